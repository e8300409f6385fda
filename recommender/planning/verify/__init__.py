"""A plan read back and worked out again without a solver."""
