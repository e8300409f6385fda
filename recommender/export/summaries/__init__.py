"""Small tables of a plan that people look at, each adding up to it."""
