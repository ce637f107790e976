"""Requests to join: read, answered within their time, and reminded of."""

from __future__ import annotations

from chapters.data import JoinRequestData, MembershipData, RequestPage


def list_requests(*, chapter_id: int, cursor: str = "", limit: int | None = None) -> RequestPage:
    """Return open requests of a chapter, the earliest due first; a fixed number of queries."""
    raise NotImplementedError


def list_overdue_requests(*, cursor: str = "", limit: int | None = None) -> RequestPage:
    """Return requests of all chapters whose time is over, for community managers."""
    raise NotImplementedError


def get_request(membership_id: int) -> JoinRequestData:
    """Return one open request, or raise NotFoundError."""
    raise NotImplementedError


def accept_request(*, membership_id: int, actor_id: int, note: str = "") -> MembershipData:
    """Let an applicant in and tell them. Raises StateError where it was answered, BannedError and NotFoundError."""
    raise NotImplementedError


def decline_request(*, membership_id: int, actor_id: int, note: str = "") -> MembershipData:
    """Say no with a note that the applicant reads; they may ask again later. Raises as `accept_request` does."""
    raise NotImplementedError
