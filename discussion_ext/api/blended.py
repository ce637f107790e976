"""Blended tasks: stages before, at and after a class session."""
