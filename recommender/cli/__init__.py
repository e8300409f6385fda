"""One command a file: each reads, calls one function and writes; click lives here only."""
