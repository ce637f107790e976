"""One event a quarter: in which quarters of this year a chapter holds one, by its own calendar."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from chapters.data import ChapterData, EventState
from chapters.models import Event

_QUARTERS: Final = 4
_MONTHS: Final = 3


@dataclass(frozen=True, kw_only=True)
class QuartersData:
    """Published events of a chapter in this year. ``counts`` has a number for each quarter; ``now`` is 1 to 4.

    ``next_at`` is when the next one of this quarter begins, None where none is to come; ``ends_on`` the quarter's last
    day. What was called off does not count.
    """

    year: int
    now: int
    counts: tuple[int, ...]
    next_at: datetime | None
    ends_on: date

    @property
    def has_one(self) -> bool:
        """Tell whether this quarter has an event, held or to come."""
        return self.counts[self.now - 1] > 0


def read_quarters(chapter: ChapterData) -> QuartersData:
    """Return this year's quarters of a chapter: one query, over the events of one chapter in one year."""
    now = timezone.now()
    today = now.astimezone(chapter.zone).date()
    current = (today.month - 1) // _MONTHS + 1
    starts = [_start(chapter, today.year, number) for number in range(1, _QUARTERS + 2)]
    spans = [Q(starts_at__gte=first, starts_at__lt=last) for first, last in itertools.pairwise(starts)]
    rows = Event.objects.filter(
        chapter_id=chapter.id,
        state=EventState.PUBLISHED,
        starts_at__gte=starts[0],
        starts_at__lt=starts[-1],
    )
    wanted: dict[str, Any] = {f"in_{number}": Count("pk", filter=span) for number, span in enumerate(spans, start=1)}
    next_at = Min("starts_at", filter=spans[current - 1] & Q(starts_at__gt=now))
    found = rows.aggregate(**wanted, next_at=next_at)
    return QuartersData(
        year=today.year,
        now=current,
        counts=tuple(found[f"in_{number}"] for number in range(1, _QUARTERS + 1)),
        next_at=found["next_at"],
        ends_on=_first_day(today.year, current + 1) - timedelta(days=1),
    )


def _start(chapter: ChapterData, year: int, number: int) -> datetime:
    """Return the instant at which a quarter begins where the chapter is; 5 is the next year's first."""
    return datetime.combine(_first_day(year, number), time(), chapter.zone)


def _first_day(year: int, number: int) -> date:
    return date(year + (number - 1) // _QUARTERS, (number - 1) % _QUARTERS * _MONTHS + 1, 1)
