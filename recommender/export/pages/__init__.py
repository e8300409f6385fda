"""Pages of a plan for people, and the templates and drawings they are made with."""
