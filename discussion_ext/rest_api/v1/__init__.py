"""Version 1: check-in codes, the roll of a meeting, and class sessions."""
