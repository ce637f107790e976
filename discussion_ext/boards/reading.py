"""A topic as one reader sees it."""

from __future__ import annotations

from discussion_ext.data import (
    BoardPostPage,
)


def read_topic(*, topic_id: int, user_id: int, is_moderator: bool = False, cursor: str = "") -> BoardPostPage:
    """Return a topic with a page of its replies."""
    raise NotImplementedError
