"""Commands that prepare a workspace."""
