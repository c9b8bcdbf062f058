"""One file for each step; their names begin with their number."""
