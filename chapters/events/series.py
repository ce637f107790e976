"""Series: the rule, what was left out, and the dates, which are events of their own. Read, locked and recorded here.

A date is an event like any other, with seats, answers and a check-in of its own. A series is locked after its chapter
and before its events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import EventCardData, EventData, EventState, SeriesData, SeriesFrequency, SeriesRuleData
from chapters.exceptions import NotFoundError
from chapters.membership.rows import lock_chapter
from chapters.models import Event, EventSeries
from people import api as people

from .cards import list_cards
from .reading import coming
from .records import events_to_read, to_events
from .rules import MOST_DATES, say_end, say_rule

#: So many dates of a series are shown: those that come and as many of the past as fit beside them.
MOST_SHOWN: Final = 2 * MOST_DATES
MOST_LISTED: Final = 100

SHOWN: Final = (EventState.PUBLISHED, EventState.CANCELLED)
#: States of dates that are still to be held.
GOING_ON: Final = (EventState.DRAFT, EventState.PUBLISHED)


# -- reading -----------------------------------------------------------------------------------------------------------


def get_series(series_id: int, user_id: int | None = None, *, has_drafts: bool = False) -> SeriesData:
    """Return a series with its dates, by time and with somebody's own answers. Raises NotFoundError.

    Drafts are among the dates for who makes them (``has_drafts``). The number of queries is fixed.
    """
    row = EventSeries.objects.filter(pk=series_id).first()
    if row is None:
        raise _no_series()
    states = tuple(EventState) if has_drafts else SHOWN
    rows = events_to_read().filter(series_id=series_id, state__in=states).order_by("-starts_at", "-pk")[:MOST_SHOWN]
    events = to_events(reversed(list(rows)))
    return _to_series(row, events, cards=list_cards(events, user_id=user_id))


def find_series(
    chapter_id: int, series_id: int, user_id: int | None = None, *, has_drafts: bool = False
) -> SeriesData | None:
    """Return a series of this chapter as `get_series` does, None where it has none of this number."""
    if not EventSeries.objects.filter(pk=series_id, chapter_id=chapter_id).exists():
        return None
    return get_series(series_id, user_id, has_drafts=has_drafts)


def list_series(chapter_id: int) -> tuple[SeriesData, ...]:
    """Return the series of a chapter that have a date to come, the newest first and without their dates; five queries.

    The rule of each is said as its next date has it.
    """
    found = Event.objects.filter(chapter_id=chapter_id, series_id__isnull=False, state__in=GOING_ON)
    dates = coming(found, timezone.now()).order_by("starts_at", "pk")
    next_ids: dict[int, int] = {}
    for series_id, event_id in dates.values_list("series_id", "pk")[: MOST_LISTED * MOST_DATES]:
        next_ids.setdefault(series_id or 0, event_id)
    next_dates = {each.series_id: each for each in to_events(events_to_read().filter(pk__in=next_ids.values()))}
    rows = EventSeries.objects.filter(pk__in=list(next_ids)).order_by("-pk")[:MOST_LISTED]
    return tuple(_to_series(row, [next_dates[row.pk]], cards=()) for row in rows if row.pk in next_dates)


def _to_series(row: EventSeries, dates: Sequence[EventData], *, cards: tuple[EventCardData, ...]) -> SeriesData:
    rule = to_rule(row)
    model = find_model(dates)
    takes_place = {each.occurrence for each in dates if not each.is_cancelled}
    return SeriesData(
        id=row.pk,
        chapter_id=row.chapter_id,
        title=row.title,
        rule=rule,
        sentence=f"{say_rule(rule, shift=find_shift(model))} {say_end(rule)}",
        skipped=tuple(day for day in read_skipped(row) if day not in takes_place),
        dates=cards,
    )


def to_rule(row: EventSeries) -> SeriesRuleData:
    """Return the rule of a series."""
    return SeriesRuleData(
        frequency=SeriesFrequency(row.frequency),
        starts_on=date.fromisoformat(row.starts_on),
        at=time.fromisoformat(row.at),
        ordinal=row.ordinal,
        until=date.fromisoformat(row.until) if row.until else None,
        count=row.count,
    )


def read_skipped(row: EventSeries) -> tuple[date, ...]:
    """Return the days of the rule that were left out, in order."""
    return tuple(sorted(map(date.fromisoformat, row.skipped.split())))


def find_shift(event: EventData | None) -> int:
    """Return by how many days a date was moved from the day that its rule gave it."""
    if event is None or event.occurrence is None:
        return 0
    return (event.starts_local.date() - event.occurrence).days


def find_model(dates: Sequence[EventData]) -> EventData | None:
    """Return the last date that is as the series has them: not changed apart and, if there is one, not called off."""
    alike = [each for each in dates if not each.is_changed_apart]
    going_on = [each for each in alike if not each.is_cancelled]
    return next(iter([*going_on[-1:], *alike[-1:], *dates[-1:]]), None)


# -- for those who change them -----------------------------------------------------------------------------------------


def lock_series(series_id: int) -> EventSeries:
    """Lock the chapter of a series and then the series, and return its row. Raises NotFoundError."""
    chapter_id = EventSeries.objects.filter(pk=series_id).values_list("chapter_id", flat=True).first()
    if chapter_id is None:
        raise _no_series()
    lock_chapter(chapter_id)
    row = EventSeries.objects.select_for_update().filter(pk=series_id).first()
    if row is None:
        raise _no_series()
    return row


def record_series(row: EventSeries, verb: str, actor_id: int, **facts: object) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=f"series.{verb}",
        target=f"series:{row.pk}",
        context_key=f"chapter:{row.chapter_id}",
        data=facts,
    )


def _no_series() -> NotFoundError:
    return NotFoundError(_("There is no such series, or not any more."))
