"""Ours against its peers on documented instances: ``python -m tests.benchmarks``, not a test."""
