"""What people write."""

from __future__ import annotations

from collections.abc import Sequence

from discussion_ext.data import (
    TopicDraftData,
)


def start_topic(*, board_key: str, author_id: int, draft: TopicDraftData) -> int:
    """Begin a topic and return its id. What is sent twice is posted once."""
    raise NotImplementedError


def reply(
    *, topic_id: int, author_id: int, body: str, parent_id: int | None = None, picture_uids: Sequence[str] = ()
) -> int:
    """Answer a topic, or a post in it, and return the new post's id. What is sent twice is posted once."""
    raise NotImplementedError


def edit_post(
    *, post_id: int, author_id: int, body: str, title: str | None = None, picture_uids: Sequence[str] | None = None
) -> None:
    """Change one's own post; ``picture_uids`` are all that it shall have, None to leave them."""
    raise NotImplementedError


def withdraw_post(*, post_id: int, author_id: int) -> None:
    """Take one's own post back, with everything beneath it."""
    raise NotImplementedError


def set_helpful(*, post_id: int, user_id: int, is_helpful: bool) -> int:
    """Mark somebody else's post as helpful, or take the mark back; return how many marks it has now."""
    raise NotImplementedError
