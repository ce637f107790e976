"""Errors shared by the platform's APIs."""

from django.core.exceptions import ObjectDoesNotExist


class CourseNotFoundError(ObjectDoesNotExist):
    """There is no such course, or this person may not enter it."""


class PageNotFoundError(ObjectDoesNotExist):
    """The list has no such page."""


class DiscussionNotFoundError(ObjectDoesNotExist):
    """There is no such discussion."""
