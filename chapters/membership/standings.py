"""Which audiences a member belongs to: by course rules, or granted by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import Audience, MembershipData, MembershipState, StandingSource
from chapters.events.life_kinds import LifeErrand
from chapters.exceptions import InvalidValueError, StateError
from chapters.models import Membership, Standing
from people import api as people

from . import news, rows
from .reading import read_locked
from .rules import list_given, read_rules

#: The audiences of which one has a standing; everyone's board is open to every member.
EARNED: Final = (Audience.LEARNERS, Audience.ALUMNI)

LONGEST_REASON: Final = 300


@transaction.atomic
def grant_standing(*, chapter_id: int, user_id: int, audience: Audience, actor_id: int, reason: str) -> MembershipData:
    """Give a member an audience that no job takes away. Raises NotFoundError (no member), InvalidValueError."""
    why = rows.read_text(reason, field="reason", most=LONGEST_REASON)
    _check_audience(audience)
    row = rows.lock_member(chapter_id=chapter_id, user_id=user_id)
    standing = _lock_all(row, [audience], timezone.now())[audience]
    is_new = standing.ended_at is not None
    if is_new:
        standing.since, standing.ended_at = timezone.now(), None
    standing.source, standing.course_id = StandingSource.MANUAL, ""
    standing.granted_by, standing.reason = actor_id, why
    standing.save()
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.standing.grant",
        target=f"membership:{row.pk}",
        context_key=f"chapter:{chapter_id}",
        reason=why,
        data={"user": user_id, "audience": audience.value},
    )
    if is_new:
        news.tell_board_open(row, audience, key=f"{standing.pk}:{standing.since.isoformat()}")
    return read_locked(row.pk)


@transaction.atomic
def revoke_standing(*, chapter_id: int, user_id: int, audience: Audience, actor_id: int, reason: str) -> MembershipData:
    """Take a manual grant back; where a rule gives the audience as well, it stays, as the rule's.

    Raises NotFoundError (no member), InvalidValueError and StateError where nobody granted it.
    """
    why = rows.read_text(reason, field="reason", most=LONGEST_REASON)
    _check_audience(audience)
    row = rows.lock_member(chapter_id=chapter_id, user_id=user_id)
    held = Standing.objects.select_for_update().filter(
        membership_id=row.pk, audience=audience, source=StandingSource.MANUAL, ended_at__isnull=True
    )
    if not list(held.values_list("pk", flat=True)):
        raise StateError(_("Nobody granted this by hand; it follows the courses."))
    Standing.objects.filter(membership_id=row.pk, audience=audience).update(
        ended_at=timezone.now(), source=StandingSource.RULE, granted_by=None, reason=""
    )
    settle(row, list_given(read_rules(chapter_id), user_id))
    _await_seats(row)
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.standing.revoke",
        target=f"membership:{row.pk}",
        context_key=f"chapter:{chapter_id}",
        reason=why,
        data={"user": user_id, "audience": audience.value},
    )
    return read_locked(row.pk)


@transaction.atomic
def settle_member(membership_id: int) -> Counter[str]:
    """Make a member's standings what the rules say now, and return how many were opened and closed.

    Rules and courses are read under the membership's lock, so that of two who settle the later one knows the latest.
    Call it with no transaction open, because at repeatable read one that has read before sees what was.
    """
    row = Membership.objects.select_for_update().filter(pk=membership_id).first()
    if row is None or row.state != MembershipState.MEMBER:
        return Counter()
    return settle(row, list_given(read_rules(row.chapter_id), row.user_id))


def settle(row: Membership, given: Mapping[Audience, str]) -> Counter[str]:
    """Open and close a member's standings by what rules give; the caller holds the membership's lock.

    What a person granted is left alone. One that ended opens again as the same row.
    """
    done: Counter[str] = Counter()
    now = timezone.now()
    for audience, standing in _lock_all(row, given, now).items():
        is_open = standing.ended_at is None
        if is_open and standing.source == StandingSource.MANUAL:
            continue
        if audience in given and not is_open:
            standing.source, standing.course_id = StandingSource.RULE, given[audience]
            standing.since, standing.ended_at = now, None
            standing.granted_by, standing.reason = None, ""
            standing.save()
            done["opened"] += 1
        elif audience not in given and is_open:
            standing.ended_at = now
            standing.save(update_fields=["ended_at"])
            done["closed"] += 1
    if done["closed"]:
        _await_seats(row)
    return done


def differs(held: Mapping[Audience, StandingSource], given: Mapping[Audience, str]) -> bool:
    """Tell whether `settle` would change something, from what a member holds now."""
    by_rule = {audience for audience, source in held.items() if source is StandingSource.RULE}
    return bool(given.keys() - held.keys()) or not by_rule <= given.keys()


def _await_seats(row: Membership) -> None:
    """Have their seats looked at after the commit: some of them may be at events for an audience they left."""
    facts = {"chapter": row.chapter_id, "user": row.user_id}
    key = f"{row.chapter_id}:{row.user_id}"
    people.add_errand(kind=LifeErrand.AUDIENCE, key=key, facts=facts, run_after_commit=True)


def _lock_all(
    row: Membership, wanted: Mapping[Audience, str] | list[Audience], now: datetime
) -> dict[Audience, Standing]:
    """Return a member's standings under lock, those wanted among them; a new one is one that has ended."""
    # Written first: looking with a lock for what is not there yet locks a gap, and two such wait for each other.
    for audience in sorted(wanted):
        fresh = Standing(
            membership=row,
            chapter_id=row.chapter_id,
            audience=audience,
            source=StandingSource.RULE,
            since=now,
            ended_at=now,
        )
        people.insert_or_update(fresh, by=["membership", "audience"])
    found = Standing.objects.select_for_update().filter(membership_id=row.pk).order_by("pk")
    return {Audience(standing.audience): standing for standing in found}


def _check_audience(audience: Audience) -> None:
    if audience not in EARNED:
        raise InvalidValueError(_("Choose learners or alumni: everybody's board is open anyway."), field="audience")
