"""Commands that plan and compare."""
