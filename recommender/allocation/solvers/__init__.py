"""Solvers of linear and integer programmes, kept quiet and interruptible."""
