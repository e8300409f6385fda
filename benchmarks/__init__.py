"""Ours against its peers on documented instances: ``python -m benchmarks``, not a test."""
