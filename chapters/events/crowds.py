"""Telling everybody of an event: errands that run after the commit, in batches, and tell nobody twice.

Who is told is read when the errand runs, along the index of an event's answers. An errand that died is begun again from
the start; the keys of its items see to it that each person gets one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from chapters.data import RsvpState
from chapters.models import Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from people import api as people
from people.data import NewsItemData

from .news_kinds import EventNews, NewsErrand

#: Whom the schedule of an event concerns, in the order in which they move on: who is promoted meanwhile is not missed.
CONCERNED: Final = (RsvpState.PENDING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.GOING)
#: For so long a survey, and a result, are worth telling of.
USEFUL_AFTER: Final = timedelta(days=7)

_BATCH: Final = 500
_ALL: Final = (EventNews.CALLED_OFF, EventNews.RESTORED, EventNews.MOVED)


def register() -> None:
    """Make the errands known; called once, when the app is ready."""
    people.register_errand(NewsErrand.CROWD, tell_crowd)
    people.register_errand(NewsErrand.SERIES, tell_series)


def tell_crowd(facts: Mapping[str, Any]) -> None:
    """Do the errand of telling everybody whom a notice about one event concerns."""
    event = Event.objects.filter(pk=facts["event_id"]).first()
    if event is None:
        return
    kind = EventNews(facts["kind"])
    context = {name: value for name, value in facts.items() if name not in {"kind", "actor_id", "due_at"}}
    useful_until = _useful_until(kind, event)
    for rows in iterate_rsvps(event.pk, CONCERNED if kind in _ALL else (RsvpState.GOING,)):
        readers = [user_id for user_id in _choose(kind, event, rows, facts) if user_id != facts.get("actor_id")]
        items = [
            NewsItemData(
                key=f"{kind}:{event.pk}:{facts['part']}:{user_id}", user_id=user_id, kind=kind, context=context
            )
            for user_id in readers
        ]
        if items:
            people.add_news_for_many(items, useful_until=useful_until)


def tell_series(facts: Mapping[str, Any]) -> None:
    """Do the errand of telling each person in one item of those changed dates of a series that concern them."""
    dates = {each["event_id"]: each for each in facts["dates"]}
    last = Event.objects.filter(pk__in=dates).order_by("-ends_at").values_list("ends_at", flat=True).first()
    for event_id in dates:
        for rows in iterate_rsvps(event_id, CONCERNED):
            mine = _list_dates([row.user_id for row in rows], list(dates))
            items = [
                NewsItemData(
                    key=f"{facts['kind']}:{facts['series_id']}:{facts['batch']}:{user_id}",
                    user_id=user_id,
                    kind=facts["kind"],
                    context={
                        "series_id": facts["series_id"],
                        "chapter_id": facts["chapter_id"],
                        "dates": [dates[each] for each in found],
                    },
                )
                for user_id, found in mine.items()
                if user_id != facts["actor_id"]
            ]
            if items:
                people.add_news_for_many(items, useful_until=last)


def iterate_rsvps(event_id: int, states: Sequence[RsvpState]) -> Iterator[list[Rsvp]]:
    """Yield answers of an event in batches, state by state and by their numbers: along an index, with flat memory."""
    for state in states:
        rows = Rsvp.objects.filter(event_id=event_id, state=state).only("user_id", "state_at").order_by("pk")
        after = 0
        while batch := list(rows.filter(pk__gt=after)[:_BATCH]):
            yield batch
            after = batch[-1].pk


def _choose(kind: EventNews, event: Event, rows: Sequence[Rsvp], facts: Mapping[str, Any]) -> list[int]:
    """Return whom of these a notice is for."""
    if kind is EventNews.REMINDER:
        due_at = datetime.fromisoformat(facts["due_at"])
        # Who came in later has just read in the confirmation when it is.
        return [row.user_id for row in rows if row.state_at is None or row.state_at <= due_at]
    if kind is EventNews.SURVEY and event.meeting_id is not None:
        return _who_came(event.meeting_id, [row.user_id for row in rows])
    return [row.user_id for row in rows]


def _who_came(meeting_id: int, user_ids: Sequence[int]) -> list[int]:
    """Return those who were there; all of them where nobody took attendance."""
    if not attendance.count_attendance([meeting_id])[meeting_id][AttendanceState.PRESENT]:
        return list(user_ids)
    known = attendance.find_attendance([meeting_id], user_ids)
    return [user_id for (_meeting, user_id), row in known.items() if row.state is AttendanceState.PRESENT]


def _list_dates(user_ids: Sequence[int], event_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return which of these events concern whom, in the order of the events."""
    rows = Rsvp.objects.filter(event_id__in=event_ids, user_id__in=user_ids, state__in=CONCERNED)
    held: defaultdict[int, set[int]] = defaultdict(set)
    for event_id, user_id in rows.values_list("event_id", "user_id"):
        held[user_id].add(event_id)
    return {user_id: [each for each in event_ids if each in held[user_id]] for user_id in held}


def _useful_until(kind: EventNews, event: Event) -> datetime:
    if kind is EventNews.REMINDER:
        return event.starts_at
    if kind is EventNews.SURVEY:
        return event.ends_at + USEFUL_AFTER
    return max(event.ends_at, timezone.now()) + USEFUL_AFTER if kind is EventNews.RESULT else event.ends_at
