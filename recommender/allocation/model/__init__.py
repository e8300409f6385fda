"""The allocation problem as numbers, its solutions, and rows that every choice keeps."""
