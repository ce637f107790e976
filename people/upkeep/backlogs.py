"""How long rows wait that should be done within minutes: the same judgement for every queue of the suite."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from people.data import SeenData
from people.moments import format_utc

#: More rows than these are not counted: the doctor says "10000 or more".
MOST: Final = 10_000

_LATE: Final = timedelta(hours=1)
_VERY_LATE: Final = timedelta(days=1)


def look_at_backlog(rows: QuerySet[Any], *, moment: str, what: str, command: str) -> SeenData | None:
    """Return what is wrong with rows that wait since the moment named, None where none waits for more than an hour.

    ``what`` is their plural noun. The oldest are looked at, so the rows need an index that yields them in order.
    """
    late = rows.filter(**{f"{moment}__lt": timezone.now() - _LATE}).order_by(moment)
    count = count_some(late)
    if not count:
        return None
    oldest: datetime = late.values_list(moment, flat=True)[0]
    said = f"{say_count(count)} {what} wait, the oldest since {format_utc(oldest)}."
    remedy = f"See that the periodic jobs run; manage.py lms {command} does it at once and says what stops it."
    is_old = oldest < timezone.now() - _VERY_LATE
    return SeenData.failure(said, remedy) if is_old else SeenData.warning(said, remedy)


def count_some(rows: QuerySet[Any]) -> int:
    """Return how many rows there are, counting no further than ``MOST``."""
    return rows.order_by()[:MOST].count()


def say_count(count: int) -> str:
    """Return a number that was counted up to ``MOST``."""
    return f"{MOST} or more" if count >= MOST else str(count)
