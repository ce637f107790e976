"""Memberships as others see them: read in a fixed number of queries."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from chapters.data import MembershipData, MembershipState
from chapters.exceptions import NotFoundError
from chapters.models import Membership, Standing
from chapters.records import memberships_to_read, to_membership

_MOST_ROWS: Final = 100


def find_membership(*, chapter_id: int, user_id: int) -> MembershipData | None:
    """Return somebody's membership, now or once, in two queries; None where there never was one."""
    row = memberships_to_read().filter(chapter_id=chapter_id, user_id=user_id).first()
    return None if row is None else to_membership(row)


def get_membership(membership_id: int) -> MembershipData:
    """Return a membership by number, or raise NotFoundError."""
    row = memberships_to_read().filter(pk=membership_id).first()
    if row is None:
        raise NotFoundError(_("There is no such membership."))
    return to_membership(row)


def read_locked(membership_id: int) -> MembershipData:
    """Return a membership as it is, not as it was when the transaction first read; the caller holds its lock."""
    row = Membership.objects.select_for_update().get(pk=membership_id)
    held = Standing.objects.select_for_update().filter(membership_id=membership_id, ended_at__isnull=True)
    row.held = list(held.order_by("pk"))  # type: ignore[attr-defined]  # as `memberships_to_read` does
    return to_membership(row)


def page_size(limit: int | None) -> int:
    """Return how many rows a page has: the site's number unless the caller says otherwise, 1 to 100."""
    return min(max(limit or settings.CHAPTERS_PAGE_SIZE, 1), _MOST_ROWS)


def list_memberships(user_id: int) -> list[MembershipData]:
    """Return the chapters of which somebody is a member now, in two queries, those they joined last first."""
    rows = memberships_to_read().filter(user_id=user_id, state=MembershipState.MEMBER)
    return [to_membership(row) for row in rows.order_by("-joined_at", "-pk")]
