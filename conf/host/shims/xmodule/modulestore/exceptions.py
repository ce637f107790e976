"""Errors of the course store."""


class ItemNotFoundError(Exception):
    """There is no such block or course."""
