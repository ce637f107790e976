"""What readers have seen and follow."""

from __future__ import annotations

from collections.abc import Sequence


def follow(*, topic_id: int, user_id: int, is_on: bool) -> None:
    """Follow a topic, or say that one does not want to."""
    raise NotImplementedError


def mark_seen(*, topic_id: int, user_id: int) -> None:
    """Note that somebody has seen all of a topic."""
    raise NotImplementedError


def mark_board_read(*, board_key: str, user_id: int) -> None:
    """Note that somebody does not want to be shown what is on a board as new."""
    raise NotImplementedError


def count_new(*, board_keys: Sequence[str], user_id: int) -> dict[str, int]:
    """Return for each board in how many topics something is new to somebody, 99 at most."""
    raise NotImplementedError
