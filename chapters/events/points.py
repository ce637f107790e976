"""Points of chapters: who attended an event, and who hosted one that was held.

Chapters are no course, so the ledger keeps their points under a key of no course, ``CHAPTERS_POINTS_COURSE_KEY``
(decision 0023). Whether there are any is that key's switch. What the ledger was told last is an `EventCredit`, whose
row is locked while it is told: so nothing counts twice, and a correction takes back what was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters import addresses
from chapters.data import ChapterPointsData, EventState
from chapters.models import Event, EventCredit, EventHost
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from gamification import api as gamification
from people import api as people

from .life_kinds import LifeErrand

ATTEND: Final = "attend"
HOST: Final = "host"
_LATEST: Final = 5


def course_key() -> CourseKey:
    """Return the key under which the ledger keeps points of chapters."""
    return CourseKey.from_string(settings.CHAPTERS_POINTS_COURSE_KEY)


def is_on() -> bool:
    """Tell whether chapters give points, from memory if possible."""
    return gamification.is_on(course_key())


def get_points(user_id: int) -> ChapterPointsData | None:
    """Return somebody's points of all their chapters with the latest lines, None where chapters give none."""
    if not is_on():
        return None
    standing = gamification.get_standing(user_id, course_key())
    entries = gamification.list_entries(user_id, course_key(), page_size=_LATEST)
    return ChapterPointsData(
        points=standing.points,
        level=standing.level.number,
        level_title=standing.level.title,
        latest=tuple((entry.title, entry.url, entry.points, entry.occurred_at) for entry in entries.entries),
    )


def await_person(event_id: int, user_id: int) -> None:
    """Have somebody's points at an event put right after the commit, and those of its hosts; inserts only."""
    if not is_on():
        return
    people.add_errand(
        kind=LifeErrand.ATTENDED,
        key=f"{event_id}:{user_id}",
        facts={"event": event_id, "user": user_id},
        run_after_commit=True,
    )
    await_event(event_id, is_whole=False)


def await_event(event_id: int, *, is_whole: bool = True) -> None:
    """Have the points of an event's hosts put right after the commit, with ``is_whole`` everybody's; inserts only."""
    if not is_on():
        return
    facts = {"event": event_id, "is_whole": is_whole}
    key = f"{event_id}:{'all' if is_whole else 'hosts'}"
    people.add_errand(kind=LifeErrand.HELD, key=key, facts=facts, run_after_commit=True)


def run_attended(facts: Mapping[str, Any]) -> None:
    """Do the errand of one person: hosts earn for hosting, not for being there as well."""
    _settle(int(facts["event"]), int(facts["user"]), ATTEND)


def run_held(facts: Mapping[str, Any]) -> None:
    """Do the errand of an event's hosts, those included who were told to the ledger and host it no more."""
    event_id = int(facts["event"])
    hosts = set(EventHost.objects.filter(event_id=event_id).values_list("user_id", flat=True))
    hosts |= set(EventCredit.objects.filter(event_id=event_id, kind=HOST).values_list("user_id", flat=True))
    for user_id in sorted(hosts):
        _settle(event_id, user_id, HOST)
    if facts["is_whole"]:
        told = EventCredit.objects.filter(event_id=event_id, kind=ATTEND).order_by("user_id")
        for user_id in list(told.values_list("user_id", flat=True)):
            _settle(event_id, user_id, ATTEND)


@transaction.atomic
def _settle(event_id: int, user_id: int, kind: str) -> None:
    """Tell the ledger what somebody's part in an event has come to, where that differs from what it knows."""
    # Locked before anything is read: whoever comes second sees what the first told, at every isolation level.
    people.insert_or_update(EventCredit(event_id=event_id, user_id=user_id, kind=kind), by=["event", "user_id", "kind"])
    row = EventCredit.objects.select_for_update().get(event_id=event_id, user_id=user_id, kind=kind)
    event = Event.objects.select_related("chapter").filter(pk=event_id).first()
    since = _find_earned(event, user_id, kind) if event is not None else None
    if event is None or row.is_given is (since is not None) or not is_on():
        return
    row.is_given, row.revision = since is not None, row.revision + 1
    row.save(update_fields=["is_given", "revision"])
    common: dict[str, Any] = {
        "source": f"event:{event_id}:{kind}:{user_id}",
        "revision": row.revision,
        "user_id": user_id,
        "course_key": course_key(),
        "kind": kind,
        "occurred_at": since or timezone.now(),
    }
    if since is None:
        gamification.void_activity(**common, reason="unmet" if event.state == EventState.CANCELLED else "corrected")
        return
    title = attendance.get_meeting(event.meeting_id or 0).title
    act = partial(gamification.record_activity, **common, title=title)
    act(url=addresses.event_url(event.chapter.slug, event_id))


def _find_earned(event: Event, user_id: int, kind: str) -> datetime | None:
    """Return since when somebody's part earns points, None where it does not."""
    if event.state != EventState.PUBLISHED or event.meeting_id is None:
        return None
    is_host = EventHost.objects.filter(event_id=event.pk, user_id=user_id).exists()
    if is_host is not (kind == HOST):
        return None
    if kind == HOST:
        return min(event.starts_at, timezone.now()) if _was_held(event) else None
    known = attendance.find_attendance([event.meeting_id], [user_id]).get((event.meeting_id, user_id))
    if known is None or known.state is not AttendanceState.PRESENT:
        return None
    return known.arrived_at or known.recorded_at


def _was_held(event: Event) -> bool:
    """Tell whether somebody was there whom it was held for."""
    hosts = set(EventHost.objects.filter(event_id=event.pk).values_list("user_id", flat=True))
    present = attendance.count_attendance([event.meeting_id or 0])[event.meeting_id or 0][AttendanceState.PRESENT]
    known = attendance.find_attendance([event.meeting_id or 0], hosts).values()
    return present > sum(each.state is AttendanceState.PRESENT for each in known)
