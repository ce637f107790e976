"""Errors of the discussion API."""

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.exceptions import APIException


class DiscussionDisabledError(ObjectDoesNotExist):
    """The course has no discussion."""


class ThreadNotFoundError(ObjectDoesNotExist):
    """There is no such thread, or this person may not see it."""


class CommentNotFoundError(ObjectDoesNotExist):
    """There is no such response or comment, or this person may not see it."""


class DiscussionBlackOutException(APIException):
    """Nobody but the course team may post at this time."""

    status_code = 403
    default_detail = "Discussions are in blackout period."
