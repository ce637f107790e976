"""When the outside world hears of members: in the transaction in which somebody comes in or goes."""

from __future__ import annotations

from django.utils import timezone

from chapters.models import Membership
from chapters.signals import MEMBERSHIP_ENDED, MEMBERSHIP_STARTED, MembershipFactData
from people import api as people


def tell_started(row: Membership) -> None:
    """Announce that somebody is a member now."""
    fact = MembershipFactData(**_who(row), way=row.joined_by, occurred_at=row.joined_at or timezone.now())
    people.announce(MEMBERSHIP_STARTED, fact, key=f"{row.pk} {row.times_joined}")


def tell_ended(row: Membership) -> None:
    """Announce that somebody is a member no longer."""
    fact = MembershipFactData(**_who(row), way=row.state, occurred_at=row.left_at or timezone.now())
    people.announce(MEMBERSHIP_ENDED, fact, key=f"{row.pk} {row.times_joined}")


def _who(row: Membership) -> dict[str, int]:
    return {
        "membership_id": row.pk,
        "chapter_id": row.chapter_id,
        "user_id": row.user_id,
        "times": row.times_joined,
    }
