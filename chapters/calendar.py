"""What the calendar brings: pauses and terms that are over, reminders of terms that end, reports that nobody took.

One job does all of it, from where things stand: it may run at any time and twice, and after an outage it does what was
due meanwhile, once. Each chapter, term and report is a transaction of its own, so one that fails stops no other.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.utils import timezone

from people import api as people
from people.data import JobData, JobStepData

from . import concerns, life_news, moves, nearby, organizers
from .data import ChapterState, ConcernState
from .models import Chapter, Concern, Term
from .records import read_zone

log = logging.getLogger(__name__)

#: So many days before its last day somebody is reminded of a term, the longest time ahead first.
REMIND_DAYS: Final = (30, 7)

PAUSES: Final = "pauses ended"
TERMS: Final = "terms ended"
REMINDED: Final = "people reminded"
ESCALATED: Final = "reports escalated"
COUNTED: Final = "countries counted"
FAILED: Final = "failed"

_BATCH: Final = 100
_PARTS: Final = ("pauses", "terms", "reports", "people")

Counts = Mapping[str, int]


def move_chapters(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Do what is due, part by part and in the order of numbers; ``resume`` is part and number of the last one done."""
    place = resume or {"part": _PARTS[0], "after": 0}
    for part in _PARTS[_PARTS.index(place["part"]) :]:
        after = place["after"] if part == place["part"] else 0
        while True:
            counts, after = _STEPS[part](after)
            yield JobStepData(counts=counts, cursor={"part": part, "after": after})
            if not after:
                break


def look_at_chapters() -> Counts:
    """Count what the next run would do."""
    now = timezone.now()
    paused = Chapter.objects.filter(state=ChapterState.PAUSED, paused_until__lt=_latest_day(now))
    ending = Term.objects.filter(ended_at__isnull=True, ends_on__lt=_latest_day(now))
    waiting = Concern.objects.filter(state=ConcernState.NEW, due_at__lte=now)
    return {
        PAUSES: _count_over(paused.values_list("zone", "paused_until"), now),
        TERMS: _count_over(ending.values_list("chapter__zone", "ends_on"), now),
        ESCALATED: waiting.count(),
    }


def _end_pauses(after: int) -> tuple[Counts, int]:
    now = timezone.now()
    ids = moves.list_paused(until=_latest_day(now), after=after, limit=_BATCH)
    counts: Counter[str] = Counter()
    for chapter_id in ids:
        counts[_try("pause", chapter_id, partial(_end_pause, chapter_id, now))] += 1
    return _without_nothing(counts), ids[-1] if len(ids) == _BATCH else 0


def _end_pause(chapter_id: int, now: datetime) -> str:
    return PAUSES if moves.end_pause(chapter_id, now=now) else ""


def _tend_terms(after: int) -> tuple[Counts, int]:
    """End terms whose last day is over on their chapter's wall, and remind of those that end soon."""
    now = timezone.now()
    rows = organizers.list_ending(until=_latest_day(now) + timedelta(days=REMIND_DAYS[0]), after=after, limit=_BATCH)
    counts: Counter[str] = Counter()
    for row in rows:
        counts[_try("term", row.pk, partial(_tend_term, row, now))] += 1
    return _without_nothing(counts), rows[-1].pk if len(rows) == _BATCH else 0


def _tend_term(row: Term, now: datetime) -> str:
    if row.ends_on is None:
        return ""
    left = (row.ends_on - _today(row.chapter.zone, now)).days
    if left < 0:
        return TERMS if organizers.end_expired(row.pk, now=now) else ""
    reached = [days for days in REMIND_DAYS if left <= days]
    is_new = bool(reached) and life_news.tell_term_ending(row.chapter, row, ends_on=row.ends_on, days=reached[-1])
    return REMINDED if is_new else ""


def _escalate(after: int) -> tuple[Counts, int]:
    now = timezone.now()
    rows = concerns.list_overdue(now=now, after=after, limit=_BATCH)
    counts: Counter[str] = Counter()
    for row in rows:
        counts[_try("report", row.pk, partial(_escalate_one, row, now))] += 1
    return _without_nothing(counts), rows[-1].pk if len(rows) == _BATCH else 0


def _escalate_one(row: Concern, now: datetime) -> str:
    return ESCALATED if concerns.escalate(row, now=now) else ""


def _count_people(after: int) -> tuple[Counts, int]:
    del after
    return ({COUNTED: nearby.count_people()} if nearby.is_due() else {}), 0


_STEPS: Final[Mapping[str, Callable[[int], tuple[Counts, int]]]] = {
    "pauses": _end_pauses,
    "terms": _tend_terms,
    "reports": _escalate,
    "people": _count_people,
}


def _try(kind: str, pk: int, act: Callable[[], str]) -> str:
    """Do one thing and return what it counts as; one that fails is met again by the next run."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - one chapter's trouble must not stop the others
        log.error("chapters.calendar_failed kind=%s id=%s error=%s", kind, pk, people.name_error(error))
        return FAILED


def _without_nothing(counts: Counter[str]) -> Counts:
    return {name: number for name, number in counts.items() if name}


def _count_over(days: Iterable[tuple[str, date | None]], now: datetime) -> int:
    """Return how many of these days are over on the wall of their zone."""
    return sum(day is not None and day < _today(zone, now) for zone, day in days)


def _today(zone: str, now: datetime) -> date:
    return now.astimezone(read_zone(zone)).date()


def _latest_day(now: datetime) -> date:
    """Return the first day that has begun nowhere yet, or the one before: what ends before it may be over somewhere."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()


MOVE_CHAPTERS: Final = JobData(
    name="chapters.move_chapters",
    says="Ends pauses and terms that are over, reminds of terms that end, and escalates reports that nobody took.",
    work=move_chapters,
    look=look_at_chapters,
    limit=None,
    is_resumable=True,
    seconds=people.LONG_SECONDS,
)
