"""Rules that bring rows and columns of their own to a formulation."""
