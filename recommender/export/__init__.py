"""Plans leave the program here: one file a format, each from the same value."""
