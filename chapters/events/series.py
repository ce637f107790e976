"""Series: dates that follow a rule, made as events of their own, read, extended and published together.

A date is an event like any other, with seats, answers and a check-in of its own. The series knows the rule, what was
left out, and so which dates come next. It is locked after the chapter and before its events.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import (
    EventCardData,
    EventData,
    EventPlanData,
    EventState,
    OccurrenceData,
    SeriesData,
    SeriesFrequency,
    SeriesRuleData,
)
from chapters.exceptions import ChapterError, InvalidValueError, NotFoundError, StateError
from chapters.membership.rows import lock_chapter
from chapters.models import Event, EventSeries
from people import api as people

from . import life
from .cards import list_cards
from .hosts import list_members
from .reading import coming
from .records import events_to_read, to_events, to_plan
from .rows import lock_events
from .rules import MOST_DATES, MOST_DAYS, iter_days, place_date, preview_series, say_end, say_rule
from .series_answers import await_added_dates

#: So many dates of a series are shown: those that come and as many of the past as fit beside them.
MOST_SHOWN: Final = 2 * MOST_DATES
MOST_LISTED: Final = 100

_SHOWN: Final = (EventState.PUBLISHED, EventState.CANCELLED)
_GOING_ON: Final = (EventState.DRAFT, EventState.PUBLISHED)


# -- reading -----------------------------------------------------------------------------------------------------------


def get_series(series_id: int, user_id: int | None = None, *, has_drafts: bool = False) -> SeriesData:
    """Return a series with its dates, by time and with somebody's own answers. Raises NotFoundError.

    Drafts are among the dates for who makes them (``has_drafts``). The number of queries is fixed.
    """
    row = EventSeries.objects.filter(pk=series_id).first()
    if row is None:
        raise _no_series()
    states = tuple(EventState) if has_drafts else _SHOWN
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
    found = Event.objects.filter(chapter_id=chapter_id, series_id__isnull=False, state__in=_GOING_ON)
    dates = coming(found, timezone.now()).order_by("starts_at", "pk")
    next_ids: dict[int | None, int] = {}
    for series_id, event_id in dates.values_list("series_id", "pk")[: MOST_LISTED * MOST_DATES]:
        next_ids.setdefault(series_id, event_id)
    next_dates = {each.series_id: each for each in to_events(events_to_read().filter(pk__in=next_ids.values()))}
    rows = EventSeries.objects.filter(pk__in=next_dates).order_by("-pk")[:MOST_LISTED]
    return tuple(_to_series(row, [next_dates[row.pk]], cards=()) for row in rows)


def _to_series(row: EventSeries, dates: Sequence[EventData], *, cards: tuple[EventCardData, ...]) -> SeriesData:
    rule = to_rule(row)
    model = _find_model(dates)
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


# -- making ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_series(*, chapter_id: int, actor_id: int, plan: EventPlanData, rule: SeriesRuleData) -> SeriesData:
    """Make a series whose dates are drafts of one plan; when they take place is said by the rule.

    Raises InvalidValueError, which names a field of the rule or of the plan.
    """
    dates = preview_series(rule, plan.zone, plan.minutes)
    lock_chapter(chapter_id)
    row = EventSeries.objects.create(
        chapter_id=chapter_id,
        title=plan.title[: _longest("title")],
        frequency=rule.frequency.value,
        ordinal=rule.ordinal,
        starts_on=rule.starts_on.isoformat(),
        at=f"{rule.at:%H:%M}",
        until=rule.until.isoformat() if rule.until else "",
        count=rule.count,
        created_by=actor_id,
    )
    days = itertools.islice(iter_days(rule), len(dates))
    made = _make_dates(row, plan, zip(days, dates, strict=True), actor_id=actor_id, field="starts_on")
    row.title = made[0].title
    row.save(update_fields=["title"])
    _record(row, "create", actor_id, dates=len(made))
    return get_series(row.pk, has_drafts=True)


@transaction.atomic
def extend_series(
    *, series_id: int, actor_id: int, until: date | None = None, more: int | None = None, publishes: bool = False
) -> SeriesData:
    """Add the next dates of a series: up to and with the day ``until``, or so many ``more``; one of the two is given.

    They are as the last date is that nobody changed apart, hosts who left the chapter excepted. Where they are
    published at once, whoever comes to the whole series gets their seats. At most 60 dates are to come, within two
    years. Raises InvalidValueError, which names the field, and NotFoundError.
    """
    row = lock_series(series_id)
    model, plan = _read_model(series_id)
    days = _list_next(row, model, until=until, more=more)
    placed = ((day, place_date(day + timedelta(days=find_shift(model)), to_rule(row).at, model.zone)) for day in days)
    field = "until" if more is None else "more"
    made = _make_dates(row, _as_new(plan, row.chapter_id), placed, actor_id=actor_id, field=field)
    row.until, row.count = days[-1].isoformat(), None
    row.save(update_fields=["until", "count"])
    _record(row, "extend", actor_id, dates=len(made))
    if publishes:
        _publish(row, [each.id for each in made], actor_id=actor_id)
    return get_series(series_id, has_drafts=True)


@transaction.atomic
def publish_series(*, series_id: int, actor_id: int) -> SeriesData:
    """Publish the dates of a series that are drafts and still to come. Safe to repeat.

    Raises NotFoundError, and StateError where the chapter's state does not allow it.
    """
    row = lock_series(series_id)
    drafts = Event.objects.filter(series_id=series_id, state=EventState.DRAFT, starts_at__gt=timezone.now())
    _publish(row, list(drafts.values_list("pk", flat=True)), actor_id=actor_id)
    return get_series(series_id, has_drafts=True)


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


def _publish(row: EventSeries, event_ids: Sequence[int], *, actor_id: int) -> None:
    """Publish dates together: who comes to the whole series hears of all of them at once."""
    drafts = [each for each in lock_events(event_ids) if each.state == EventState.DRAFT]
    for each in drafts:
        life.publish(each, actor_id=actor_id, tells=False)
    if drafts:
        await_added_dates(row.pk, [each.pk for each in drafts])
        _record(row, "publish", actor_id, dates=len(drafts))


def _make_dates(
    row: EventSeries,
    plan: EventPlanData,
    dates: Iterable[tuple[date, OccurrenceData]],
    *,
    actor_id: int,
    field: str,
) -> list[EventData]:
    """Make a draft for each day of the rule. A refusal of its moment is one of ``field`` and says which date it is."""
    made = []
    for day, placed in dates:
        try:
            made.append(
                life.create_event(
                    chapter_id=row.chapter_id,
                    actor_id=actor_id,
                    plan=replace(plan, starts_local=placed.starts_local, fold=placed.fold),
                    series_id=row.pk,
                    occurrence=day,
                )
            )
        except InvalidValueError as error:
            if error.field not in {"starts_local", "fold"}:
                raise
            raise name_date(error, day, field=field) from error
    return made


def name_date(error: ChapterError, day: date, *, field: str = "") -> InvalidValueError:
    """Return a refusal that says which date of a series it is about."""
    message = _("%(day)s: %(problem)s") % {"day": people.say_day(day), "problem": error.message}
    return InvalidValueError(message, field=field or error.field)


# -- what comes next ---------------------------------------------------------------------------------------------------


def _list_next(row: EventSeries, model: EventData, *, until: date | None, more: int | None) -> list[date]:
    """Return the days of the rule after the last one that was made or left out, as far as they are asked for."""
    today = timezone.now().astimezone(model.zone).date()
    latest, free = _check_extension(row, today, until=until, more=more)
    last = max([*_list_occurrences(row.pk), *read_skipped(row), date.fromisoformat(row.starts_on)])
    after = max(last, today - timedelta(days=find_shift(model)))
    days = itertools.takewhile(lambda day: day <= latest, (day for day in iter_days(to_rule(row)) if day > after))
    found = list(itertools.islice(days, (more or free) + 1))
    if more is not None and len(found) < more:
        raise InvalidValueError(_("So many dates take longer than two years. Choose fewer."), field="more")
    if more is None and len(found) > free:
        message = _("At most %(most)d dates of a series are to come; %(free)d can be added now.")
        raise InvalidValueError(message % {"most": MOST_DATES, "free": free}, field="until")
    if not found:
        raise InvalidValueError(_("No further date of this series falls on or before that day."), field="until")
    return found[:more]


def _check_extension(row: EventSeries, today: date, *, until: date | None, more: int | None) -> tuple[date, int]:
    """Return the last day that is asked for, and how many dates can be added. Raises InvalidValueError."""
    if (until is None) == (more is None):
        raise InvalidValueError(_("Give a last day or a number of dates, not both."), field="more")
    to_come = Event.objects.filter(series_id=row.pk, starts_at__gt=timezone.now(), state__in=_GOING_ON)
    free = max(0, MOST_DATES - to_come.count())
    furthest = today + timedelta(days=MOST_DAYS)
    if more is not None and (type(more) is not int or not 0 < more <= free):
        message = _("At most %(most)d dates of a series are to come; %(free)d can be added now.")
        raise InvalidValueError(message % {"most": MOST_DATES, "free": free}, field="more")
    if until is not None and (type(until) is not date or until > furthest):
        raise InvalidValueError(_("Give a day within the next two years."), field="until")
    return until or furthest, free


def _list_occurrences(series_id: int) -> list[date]:
    """Return the days of the rule that were made into dates, the last one alone: they are ISO and so in order."""
    made = Event.objects.filter(series_id=series_id, occurrence__isnull=False).order_by("-occurrence")
    return [date.fromisoformat(each) for each in made.values_list("occurrence", flat=True)[:1] if each]


def _read_model(series_id: int) -> tuple[EventData, EventPlanData]:
    """Return the date that new ones are made after, with its plan. Raises StateError for a series without dates."""
    rows = list(events_to_read().filter(series_id=series_id).order_by("-occurrence")[:MOST_SHOWN])
    model = _find_model(to_events(reversed(rows)))
    if model is None:
        raise StateError(_("No date of this series is left. Begin a new one."))
    row = next(each for each in rows if each.pk == model.id)
    return model, to_plan(row, model)


def _find_model(dates: Sequence[EventData]) -> EventData | None:
    """Return the last date that is as the series has them: not changed apart and, if there is one, not called off."""
    alike = [each for each in dates if not each.is_changed_apart]
    going_on = [each for each in alike if not each.is_cancelled]
    return next(iter([*going_on[-1:], *alike[-1:], *dates[-1:]]), None)


def _as_new(plan: EventPlanData, chapter_id: int) -> EventPlanData:
    """Return a plan for a further date: its questions are asked anew, by hosts who are members still."""
    members = list_members(chapter_id, plan.host_ids) if plan.host_ids else set()
    return replace(
        plan,
        host_ids=tuple(each for each in plan.host_ids if each in members),
        questions=tuple(replace(each, id=None) for each in plan.questions),
    )


def _record(row: EventSeries, verb: str, actor_id: int, **facts: object) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=f"series.{verb}",
        target=f"series:{row.pk}",
        context_key=f"chapter:{row.chapter_id}",
        data=facts,
    )


def _longest(name: str) -> int:
    return int(EventSeries._meta.get_field(name).max_length or 0)


def _no_series() -> NotFoundError:
    return NotFoundError(_("There is no such series, or not any more."))
