"""Going: by oneself in one click, or removed by an organizer; and why people go."""

from __future__ import annotations

from chapters.data import LeavingSummaryData, MembershipData


def leave(*, chapter_id: int, user_id: int, reason: str = "", note: str = "") -> MembershipData:
    """Let a member go; ``reason`` is a LeaveReason or empty. Leaving twice changes nothing.

    Raises LastOrganizerError, InvalidValueError ("reason", "note") and NotFoundError.
    """
    raise NotImplementedError


def remove_member(*, chapter_id: int, user_id: int, actor_id: int, reason: str) -> MembershipData:
    """Remove a member, with a reason that they are told. Raises LastOrganizerError and NotFoundError."""
    raise NotImplementedError


def summarize_leaving(chapter_id: int, *, days: int = 90) -> LeavingSummaryData:
    """Return why members left within ``days`` (1 to 366); reasons of few are one number, without words."""
    raise NotImplementedError
