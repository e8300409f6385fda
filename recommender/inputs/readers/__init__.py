"""Each file of a workspace as values, or every problem in it."""
