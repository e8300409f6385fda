"""The allocation problem of candidates, resources and rules, with the meaning of its numbers."""
