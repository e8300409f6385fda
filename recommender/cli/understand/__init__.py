"""Commands that explain, check and hand on a plan."""
