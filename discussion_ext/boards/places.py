"""Boards, and where topics, posts and pictures are."""

from __future__ import annotations

from discussion_ext.data import (
    BoardData,
    BoardPlaceData,
)


def ensure_board(*, key: str, topic_id: str) -> BoardData:
    """Return a board, which is made where there is none yet."""
    raise NotImplementedError


def locate_topic(topic_id: int) -> BoardPlaceData:
    """Return where a topic is, whatever its state, or raise ContributionNotFoundError."""
    raise NotImplementedError


def locate_post(post_id: int) -> BoardPlaceData:
    """Return where a post is, whatever its state, or raise ContributionNotFoundError."""
    raise NotImplementedError


def locate_picture(uid: str) -> BoardPlaceData:
    """Return where a picture is, or raise ContributionNotFoundError."""
    raise NotImplementedError
