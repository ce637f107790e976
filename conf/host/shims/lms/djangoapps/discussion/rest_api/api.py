"""In-process API of the discussion: the same checks, signals and events as over REST."""

from embedded_host.forum.layer import (
    create_comment,
    create_thread,
    delete_comment,
    delete_thread,
    update_comment,
    update_thread,
)
from embedded_host.forum.lists import get_course, get_course_topics_v2, get_thread

__all__ = [
    "create_comment",
    "create_thread",
    "delete_comment",
    "delete_thread",
    "get_course",
    "get_course_topics_v2",
    "get_thread",
    "update_comment",
    "update_thread",
]
