"""A plan that keeps an earlier one, and what decisions cost."""
