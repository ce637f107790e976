"""What time brings to lines, and what an interruption left undone: the job ``chapters.tend_events``.

Four walks. Offers whose deadline passed lapse, and who is next gets the seat. Lines of coming events are looked at: a
free seat that nobody was offered is, and where the start is near everybody in line is told. Dates of series that began
to take answers are answered for who comes to all of them. Last, what is counted is compared with the answers.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final

from django.db.models import F, Q
from django.utils import timezone

from chapters.data import EventState, RsvpState
from chapters.exceptions import NotFoundError
from chapters.models import Event, Rsvp
from people import api as people
from people.data import JobData, JobStepData, RangeData

from . import line, releases, series_answers
from .seats import find_miscounted, recount_seats

_BATCH: Final = 100
_OFFERS, _LINES, _SERIES, _COUNTS = "offers", "lines", "series", "counts"
_PARTS: Final = (_OFFERS, _LINES, _SERIES, _COUNTS)
_MONTH_SECONDS: Final = 31 * 24 * 3600


def register() -> None:
    """Make errands, job and ranges known; called once, when the app is ready."""
    line.register()
    releases.register()
    series_answers.register()
    people.register_job(TEND_EVENTS)
    people.register_ranges(RANGES)


def tend_events(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Do what is due for lines and seats, batch by batch."""
    part, after = (str(resume["part"]), int(resume["after"])) if resume else (_OFFERS, 0)
    steps = {_OFFERS: _lapse_offers, _LINES: _fill_lines, _SERIES: _answer_dates, _COUNTS: _recount}
    for each in _PARTS[_PARTS.index(part) :]:
        while True:
            after, counts = steps[each](after)
            if not after:
                break
            yield JobStepData(counts=counts, cursor={"part": each, "after": after})


def lapse_offers(*, after: int = 0, limit: int = _BATCH) -> tuple[int, int]:
    """Let overdue offers lapse at some events, and fill what that frees.

    Returns the last event that was looked at, 0 for none, and how many offers lapsed. Events by id
    from ``after`` on; one that is called off keeps its offers as they were.
    """
    now = timezone.now()
    overdue = Rsvp.objects.filter(state=RsvpState.OFFERED, offer_until__lte=now, event_id__gt=after)
    coming = overdue.filter(event__state=EventState.PUBLISHED, event__starts_at__gt=now)
    ids = list(coming.order_by("event_id").values_list("event_id", flat=True).distinct()[:limit])
    before = coming.filter(event_id__in=ids).count()
    for event_id in ids:
        _promote(event_id)
    return (ids[-1] if ids else 0), before


def look_at_events() -> Mapping[str, int]:
    """Count what a run would do."""
    now = timezone.now()
    overdue = Rsvp.objects.filter(
        state=RsvpState.OFFERED, offer_until__lte=now, event__state=EventState.PUBLISHED, event__starts_at__gt=now
    )
    coming = Event.objects.filter(state=EventState.PUBLISHED, ends_at__gt=now)
    return {
        "offers to lapse": overdue.count(),
        "lines with free seats": _lines_to_fill(0).count(),
        "miscounted events": find_miscounted().filter(pk__in=coming.values("pk")).count(),
    }


def _lapse_offers(after: int) -> tuple[int, dict[str, int]]:
    last, lapsed = lapse_offers(after=after)
    return last, {"offers lapsed": lapsed}


def _fill_lines(after: int) -> tuple[int, dict[str, int]]:
    ids = list(_lines_to_fill(after).values_list("pk", flat=True)[:_BATCH])
    return (ids[-1] if ids else 0), {"offers made": sum(map(_promote, ids))}


def _answer_dates(after: int) -> tuple[int, dict[str, int]]:
    last, missing = series_answers.find_unanswered_dates(after=after)
    answered = 0
    for series_id, event_id in missing:
        answered += len(series_answers.join_added_dates(series_id, [event_id]))
    return last, {"dates of series answered": answered}


def _recount(after: int) -> tuple[int, dict[str, int]]:
    last, mended = recount_seats(after=after)
    return last, {"events recounted": mended}


def _lines_to_fill(after: int) -> Any:
    """Return coming events with people in line and seats that look free, by id."""
    waiting = Event.objects.filter(
        state=EventState.PUBLISHED, starts_at__gt=timezone.now(), waiting__gt=0, pk__gt=after
    )
    in_room = Q(room_capacity=0) | Q(room_taken__lt=F("room_capacity"))
    online = Q(online_capacity=0) | Q(online_taken__lt=F("online_capacity"))
    return waiting.filter(in_room | online).order_by("pk")


def _promote(event_id: int) -> int:
    try:
        return line.promote(event_id)
    except NotFoundError:
        return 0


TEND_EVENTS: Final = JobData(
    name="chapters.tend_events",
    says="Lets offers of seats lapse, offers free seats to who is next in line, and counts seats of coming events.",
    work=tend_events,
    look=look_at_events,
    limit=None,
    is_resumable=True,
    seconds=people.LONG_SECONDS,
)
RANGES: Final = (
    RangeData.whole("CHAPTERS_OFFER_HOURS", 1, 24 * 30),
    RangeData.whole("CHAPTERS_OFFER_LAST_MINUTES", 0, 24 * 60),
    RangeData.whole("CHAPTERS_OPEN_ROUND_HOURS", 0, 24 * 7),
    RangeData.whole("CHAPTERS_LATE_CANCEL_HOURS", 0, 24 * 7),
    RangeData.number("CHAPTERS_EVENTS_EVERY_SECONDS", 0, _MONTH_SECONDS),
)
