"""What a choice of columns means: who has what, who is owed it, and why not."""
