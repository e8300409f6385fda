"""The legal frame of every column, pseudonyms, retention, and what was published."""
