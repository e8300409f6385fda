"""Commands of decisions and account."""
