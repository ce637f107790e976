"""Pinning, closing, archiving."""

from __future__ import annotations

from discussion_ext.data import (
    TopicState,
)


def set_pinned(*, topic_id: int, actor_id: int, is_pinned: bool) -> None:
    """Keep a topic at the top of its board, or let it go; a board has at most 3 such topics."""
    raise NotImplementedError


def set_topic_state(*, topic_id: int, actor_id: int, state: TopicState) -> None:
    """Open, close or archive a topic."""
    raise NotImplementedError
