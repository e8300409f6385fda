"""Ours against its peers on documented instances: ``python -m benchmarks``; no part of the tests."""
