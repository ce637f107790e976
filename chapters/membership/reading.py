"""Memberships as others see them: read in a fixed number of queries."""

from __future__ import annotations

from chapters.data import MembershipData


def find_membership(*, chapter_id: int, user_id: int) -> MembershipData | None:
    """Return somebody's membership, now or once, in two queries; None where there never was one."""
    raise NotImplementedError


def get_membership(membership_id: int) -> MembershipData:
    """Return a membership by number, or raise NotFoundError."""
    raise NotImplementedError


def list_memberships(user_id: int) -> list[MembershipData]:
    """Return the chapters of which somebody is a member now, in two queries."""
    raise NotImplementedError
