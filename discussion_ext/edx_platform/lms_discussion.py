"""Writing to the forum as the discussions page does: with its access checks, events and notifications."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from rest_framework.exceptions import APIException

from .forum_keys import COMMENT, THREAD, is_thread, pk_of

REFUSALS: tuple[type[Exception], ...] = (
    PermissionDenied,
    ValidationError,
    Http404,
    APIException,
    ObjectDoesNotExist,
)
"""The errors by which the LMS says that a person may not post here or now; its own are subclasses of these."""


def create_thread_through_lms(request: Any, *, course_id: str, topic_id: str, title: str, body: str) -> str:
    """Post a thread as the discussions page does: with its access checks, events and notifications."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    data = {"course_id": course_id, "topic_id": topic_id, "type": "discussion", "title": title, "raw_body": body}
    return f"{THREAD}:{lms_api.create_thread(request, data)['id']}"


def create_comment_through_lms(request: Any, *, thread_key: str, parent_key: str, body: str) -> str:
    """Post a response or comment as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    data: dict[str, Any] = {"thread_id": str(pk_of(thread_key)), "raw_body": body}
    if not is_thread(parent_key):
        data["parent_id"] = str(pk_of(parent_key))
    return f"{COMMENT}:{lms_api.create_comment(request, data)['id']}"


def update_post_through_lms(request: Any, key: str, *, body: str) -> None:
    """Change the text of a post as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    change = lms_api.update_thread if is_thread(key) else lms_api.update_comment
    change(request, str(pk_of(key)), {"raw_body": body})


def delete_post_through_lms(request: Any, key: str) -> None:
    """Delete a post as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    delete = lms_api.delete_thread if is_thread(key) else lms_api.delete_comment
    delete(request, str(pk_of(key)))
