"""Plan and comparison folders: written whole, read back equal, compared and rebuilt."""
