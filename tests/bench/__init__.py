"""Figures that must not get worse, each a ratio to what the same database does at its best."""
