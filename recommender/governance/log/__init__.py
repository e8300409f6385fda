"""The audit log, what is in it before it takes effect, and what rests on it."""
