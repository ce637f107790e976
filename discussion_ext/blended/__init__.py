"""Blended tasks: stages before, at and after a class session, and what follows from what people did in them."""
