"""Making series: their dates as drafts of one plan, further dates after the last one, and publishing them together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import EventData, EventPlanData, EventState, OccurrenceData, SeriesData, SeriesRuleData
from chapters.exceptions import ChapterError, InvalidValueError, StateError
from chapters.membership.rows import lock_chapter
from chapters.models import Event, EventSeries
from people import api as people

from . import life
from .hosts import list_members
from .reading import get_plan
from .records import events_to_read, to_events, to_plan
from .rows import lock_events
from .rules import MOST_DATES, MOST_DAYS, iter_days, place_date, preview_series
from .series import (
    GOING_ON,
    MOST_SHOWN,
    find_model,
    find_shift,
    get_series,
    lock_series,
    read_skipped,
    record_series,
    to_rule,
)
from .series_answers import await_added_dates

_LONGEST_TITLE = 255


@transaction.atomic
def create_series(
    *, chapter_id: int, actor_id: int, plan: EventPlanData, rule: SeriesRuleData, request_key: str | None = None
) -> SeriesData:
    """Make a series whose dates are drafts of one plan; when they take place is said by the rule.

    ``request_key`` is that of `create_event`. Raises InvalidValueError, which names a field of the rule or of the plan,
    and SentAgainError.
    """
    dates = preview_series(rule, plan.zone, plan.minutes)
    lock_chapter(chapter_id)
    row = EventSeries.objects.create(
        chapter_id=chapter_id,
        title=plan.title[:_LONGEST_TITLE],
        frequency=rule.frequency.value,
        ordinal=rule.ordinal,
        starts_on=rule.starts_on.isoformat(),
        at=f"{rule.at:%H:%M}",
        until=rule.until.isoformat() if rule.until else "",
        count=rule.count,
        created_by=actor_id,
    )
    days = itertools.islice(iter_days(rule), len(dates))
    placed = zip(days, dates, strict=True)
    made = _make_dates(row, plan, placed, actor_id=actor_id, field="starts_on", request_key=request_key)
    row.title = made[0].title
    row.save(update_fields=["title"])
    record_series(row, "create", actor_id, dates=len(made))
    return get_series(row.pk, has_drafts=True)


@transaction.atomic
def extend_series(
    *,
    series_id: int,
    actor_id: int,
    until: date | None = None,
    more: int | None = None,
    publishes: bool = False,
    end: str = "",
) -> SeriesData:
    """Add the next dates of a series: up to and with the day ``until``, or so many ``more``; one of the two is given.

    They are as the last date is that nobody changed apart, hosts who left the chapter excepted. Where they are
    published at once, whoever comes to the whole series gets their seats. At most 60 dates are to come, within two
    years. ``end`` is that of the rule which somebody saw: a form that is sent twice extends once. Raises
    InvalidValueError, which names the field, StateError where the series went on meanwhile, and NotFoundError.
    """
    row = lock_series(series_id)
    if end and end != to_rule(row).end:
        raise StateError(_("This series was extended meanwhile. Look at its dates first."))
    model, plan = _read_model(series_id)
    days = _list_next(row, model, until=until, more=more)
    placed = ((day, place_date(day + timedelta(days=find_shift(model)), to_rule(row).at, model.zone)) for day in days)
    field = "until" if more is None else "more"
    like = _as_new(plan, row.chapter_id)
    made = _make_dates(row, like, placed, actor_id=actor_id, field=field, known=plan)
    row.until, row.count = days[-1].isoformat(), None
    row.save(update_fields=["until", "count"])
    record_series(row, "extend", actor_id, dates=len(made))
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


def _publish(row: EventSeries, event_ids: Sequence[int], *, actor_id: int) -> None:
    """Publish dates together: who comes to the whole series hears of all of them at once."""
    drafts = [each for each in lock_events(event_ids) if each.state == EventState.DRAFT]
    for each in drafts:
        life.publish(each, actor_id=actor_id, tells=False)
    if drafts:
        await_added_dates(row.pk, [each.pk for each in drafts])
        record_series(row, "publish", actor_id, dates=len(drafts))


def _make_dates(
    row: EventSeries,
    plan: EventPlanData,
    dates: Iterable[tuple[date, OccurrenceData]],
    *,
    actor_id: int,
    field: str,
    known: EventPlanData | None = None,
    request_key: str | None = None,
) -> list[EventData]:
    """Make a draft for each day of the rule. A refusal of its moment is one of ``field`` and says which date it is.

    The first date keeps the ``request_key`` of the form that makes them.
    ``known`` is the plan of a date that they are like, by default the first one's: its units are not looked up again.
    """
    made: list[EventData] = []
    for day, placed in dates:
        known = known or (get_plan(made[0].id) if made else None)
        try:
            made.append(
                life.create_event(
                    chapter_id=row.chapter_id,
                    actor_id=actor_id,
                    plan=replace(plan, starts_local=placed.starts_local, fold=placed.fold),
                    series_id=row.pk,
                    occurrence=day,
                    known=known,
                    request_key=None if made else request_key,
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
    to_come = Event.objects.filter(series_id=row.pk, starts_at__gt=timezone.now(), state__in=GOING_ON)
    free = max(0, MOST_DATES - to_come.count())
    furthest = today + timedelta(days=MOST_DAYS)
    if more is not None and (type(more) is not int or not 0 < more <= free):
        message = _("At most %(most)d dates of a series are to come; %(free)d can be added now.")
        raise InvalidValueError(message % {"most": MOST_DATES, "free": free}, field="more")
    if until is not None and (type(until) is not date or until > furthest):
        raise InvalidValueError(_("Give a day within the next two years."), field="until")
    return until or furthest, free


def _list_occurrences(series_id: int) -> list[date]:
    """Return the last day of the rule that was made into a date, read as it is: the caller holds the series' lock.

    Days are kept as ISO text, so that the last one is the largest.
    """
    made = Event.objects.select_for_update().filter(series_id=series_id, occurrence__isnull=False)
    last = made.order_by("-occurrence").values_list("occurrence", flat=True)[:1]
    return [date.fromisoformat(each) for each in last if each]


def _read_model(series_id: int) -> tuple[EventData, EventPlanData]:
    """Return the date that new ones are made after, with its plan. Raises StateError for a series without dates."""
    rows = list(events_to_read().filter(series_id=series_id).order_by("-occurrence")[:MOST_SHOWN])
    model = find_model(to_events(reversed(rows)))
    if model is None:
        raise StateError(_("No date of this series is left. Begin a new one."))
    row = next(each for each in rows if each.pk == model.id)
    return model, to_plan(row, model)


def _as_new(plan: EventPlanData, chapter_id: int) -> EventPlanData:
    """Return a plan for a further date: its questions are asked anew, by hosts who are members still."""
    members = list_members(chapter_id, plan.host_ids) if plan.host_ids else set()
    return replace(
        plan,
        host_ids=tuple(each for each in plan.host_ids if each in members),
        questions=tuple(replace(each, id=None) for each in plan.questions),
    )
