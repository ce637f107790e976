"""What moderators do."""

from __future__ import annotations

from collections.abc import Sequence

from discussion_ext.data import (
    BoardReportPage,
)


def report_post(*, post_id: int, user_id: int, reason: str = "") -> None:
    """Ask the moderators to look at a post by somebody else; reporting again changes nothing."""
    raise NotImplementedError


def list_reports(*, board_keys: Sequence[str], actor_id: int, cursor: str = "") -> BoardReportPage:
    """Return a page of reported posts, longest waiting first."""
    raise NotImplementedError


def settle_reports(*, post_id: int, actor_id: int, is_upheld: bool, reason: str = "") -> None:
    """Decide all open reports of a post: it goes, or it stays."""
    raise NotImplementedError


def remove_post(*, post_id: int, actor_id: int, reason: str = "") -> int:
    """Take a live post away, with everything beneath it, and return its author, who reads the reason."""
    raise NotImplementedError


def restore_post(*, post_id: int, actor_id: int, reason: str = "") -> int:
    """Put a post that was taken away back, with what went down with it, and return its author."""
    raise NotImplementedError
