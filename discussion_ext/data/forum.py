"""A post as the platform's forum knows it, and what may be left to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrandKind(StrEnum):
    """What our receivers may leave to be done later."""

    POST = "discussion.post"
    VOTE = "discussion.vote"
    FLAG = "discussion.flag"
    COURSE = "discussion.course"


@dataclass(frozen=True, kw_only=True)
class ForumPostData:
    """A post as it stands in the platform's forum. ``key`` is ``thread:<id>`` or ``comment:<id>``.

    ``parent_key`` is what it answers: None for a thread, the thread for a response, the response for a comment.
    """

    key: str
    course_id: str
    topic_id: str
    author_id: int
    title: str
    body: str
    is_question: bool
    is_anonymous: bool
    is_retired: bool
    parent_key: str | None
    thread_key: str
    group_id: int | None
    created_at: datetime

    @property
    def is_thread(self) -> bool:
        """Tell whether it starts a discussion."""
        return self.parent_key is None

    @property
    def is_response(self) -> bool:
        """Tell whether it answers the thread itself."""
        return self.parent_key is not None and self.parent_key == self.thread_key
