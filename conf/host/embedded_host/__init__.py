"""A small LMS and Studio for one machine: the stage on which the community suite runs without Open edX."""

from .celery import APP

__all__ = ["APP"]
