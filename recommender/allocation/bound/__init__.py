"""Upper bounds: dual prices, column generation, and the best of every budget."""
