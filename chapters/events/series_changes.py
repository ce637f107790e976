"""Changes to dates of a series: one date left out or moved, or *this and following*.

What organizers change of one date goes to the later ones field by field: what they did not touch stays as it is there,
and times are worked out on each date's own wall. Dates that were changed apart are left alone and named. Everything is
one transaction, and everybody concerned hears of it once, however many dates it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chapters.data import (
    EventData,
    EventPlanData,
    EventQuestionData,
    EventState,
    SeriesChangeData,
    SeriesData,
)
from chapters.exceptions import ChapterError, InvalidValueError, NotFoundError, StateError
from chapters.models import Event, EventSeries

from . import changing, life, news
from .records import events_to_read, to_events, to_plan
from .rows import lock_events
from .rules import place_date, read_zone
from .series import get_series, lock_series, read_skipped, record_series, to_rule
from .series_making import name_date

#: What makes the moment of a date: worked out for each date apart.
_WHEN: Final = frozenset({"starts_local", "fold", "zone"})
#: Of each date its own, because rows of it hang on them.
_OWN: Final = frozenset({"questions"})


# -- one date ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def skip_date(*, event_id: int, actor_id: int, reason: str) -> SeriesData:
    """Leave one date out. A draft is deleted; a published one is called off, and who comes is told ``reason``.

    Raises StateError for an event of no series, NotFoundError, and what calling off raises.
    """
    row = _lock_series_of(event_id)
    (event,) = lock_events([event_id])
    if event.state == EventState.DRAFT:
        life.delete_draft(event_id=event_id, actor_id=actor_id)
    else:
        life.call_off(event, actor_id=actor_id, reason=reason)
    days = {*read_skipped(row), date.fromisoformat(_occurrence_of(event))}
    row.skipped = " ".join(day.isoformat() for day in sorted(days))
    row.save(update_fields=["skipped"])
    record_series(row, "skip", actor_id, day=_occurrence_of(event))
    return get_series(row.pk, has_drafts=True)


def move_date(
    *, event_id: int, actor_id: int, starts_local: datetime, revision: int, fold: int | None = None
) -> EventData:
    """Move one date of a series alone; it is changed apart from the others from then on.

    Raises what `changing.change_event` raises.
    """
    event = _read_one(event_id)
    plan = replace(to_plan(*event), starts_local=starts_local, fold=fold)
    return changing.change_event(event_id=event_id, actor_id=actor_id, plan=plan, revision=revision)


# -- this and following ------------------------------------------------------------------------------------------------


def list_following(event_id: int) -> SeriesChangeData:
    """Return what a change of *this and following* would reach, and which later dates it would leave alone.

    Five queries. Raises NotFoundError, and StateError for an event of no series.
    """
    later = _list_later(_find_anchor(event_id)).order_by("occurrence").values_list("pk", flat=True)
    return _split(to_events(events_to_read().filter(pk__in=list(later)).order_by("occurrence")), event_id)


@transaction.atomic
def change_following(*, event_id: int, actor_id: int, plan: EventPlanData, revision: int) -> SeriesChangeData:
    """Give a date a plan, and the later dates what is new in it.

    A new day moves each by as many days. Raises EventChangedError where ``revision`` is not that of the date as it is,
    InvalidValueError, which names the field and, of a later date, the day, and what changing one event raises.
    """
    series = _lock_series_of(event_id)
    first, later, left = _lock_following(event_id)
    changing.check_revision(first[0], revision)
    before = to_plan(*first)
    pairs = [changing.apply_plan(first[0], plan, actor_id=actor_id, tells=False)]
    after = to_plan(*_read_one(event_id))
    changed = _list_changed(before, after)
    for row, event in later if changed else []:
        own = to_plan(row, event)
        try:
            merged = _merge(own, before, after, changed, series)
            pairs.append(changing.apply_plan(row, merged, actor_id=actor_id, tells=False))
        except ChapterError as error:
            if not isinstance(error, InvalidValueError | StateError):
                raise
            raise name_date(error, event.starts_local.date()) from error
    _follow(series, before, after)
    record_series(series, "change", actor_id, fields=sorted(changed), dates=len(pairs))
    told = [(each.before, each.after) for each in pairs]
    news.tell_series_changed(series.pk, told, batch=_name_batch(pairs[0].after), actor_id=actor_id)
    return SeriesChangeData(changed=tuple(each.after for each in pairs), left_alone=left)


@transaction.atomic
def cancel_following(*, event_id: int, actor_id: int, reason: str) -> SeriesChangeData:
    """Call a date and the later ones off, and delete those that are drafts; everybody is told ``reason`` once.

    Dates that were changed apart are left alone. Raises what calling one event off raises.
    """
    series = _lock_series_of(event_id)
    first, later, left = _lock_following(event_id)
    pairs = [life.call_off(first[0], actor_id=actor_id, reason=reason, tells=False)]
    for row, _event in later:
        if row.state == EventState.DRAFT:
            life.delete_draft(event_id=row.pk, actor_id=actor_id)
        else:
            pairs.append(life.call_off(row, actor_id=actor_id, reason=reason, tells=False))
    record_series(series, "call_off", actor_id, dates=len(pairs))
    told = [(each.before, each.after) for each in pairs if not each.before.is_cancelled]
    news.tell_series_called_off(series.pk, told, batch=_name_batch(pairs[0].after), actor_id=actor_id)
    return SeriesChangeData(changed=tuple(each.after for each in pairs), left_alone=left)


# -- which dates -------------------------------------------------------------------------------------------------------

_Date = tuple[Event, EventData]


def _lock_following(event_id: int) -> tuple[_Date, list[_Date], tuple[EventData, ...]]:
    """Lock a date and the later ones of its series; return it, those that go with it, and those that are left alone.

    What a date is stands in several tables, so nothing is decided on what was read before a wait for the locks: where a
    date was changed meanwhile, EventChangedError is raised. The caller holds the lock of the series.
    """
    seen = dict(_list_later(_find_anchor(event_id)).values_list("pk", "revision"))
    rows = {row.pk: row for row in lock_events(seen)}
    for row in rows.values():
        changing.check_revision(row, seen[row.pk])
    split = _split(to_events(events_to_read().filter(pk__in=list(rows)).order_by("occurrence")), event_id)
    if not split.changed or split.changed[0].id != event_id:
        raise _no_event()
    first, *later = ((rows[each.id], each) for each in split.changed)
    return first, later, split.left_alone


def _find_anchor(event_id: int) -> Event:
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise _no_event()
    return event


def _list_later(event: Event) -> QuerySet[Event]:
    """Return a date and those after it that the rule gave."""
    return Event.objects.filter(series_id=event.series_id, occurrence__gte=_occurrence_of(event))


def _split(events: Sequence[EventData], event_id: int) -> SeriesChangeData:
    """Return which of these dates go with the one of ``event_id``, it first; what was called off stays as it is."""
    this = [each for each in events if each.id == event_id]
    later = [each for each in events if each.id != event_id and not each.is_cancelled]
    return SeriesChangeData(
        changed=(*this, *(each for each in later if not each.is_changed_apart)),
        left_alone=tuple(each for each in later if each.is_changed_apart),
    )


def _lock_series_of(event_id: int) -> EventSeries:
    """Lock the series of an event, after its chapter. Raises NotFoundError, and StateError for an event of none."""
    found = Event.objects.filter(pk=event_id).values_list("series_id", flat=True)
    if not found:
        raise _no_event()
    series_id = found[0]
    if series_id is None:
        raise StateError(_("This event is not a date of a series."))
    return lock_series(series_id)


def _read_one(event_id: int) -> _Date:
    row = events_to_read().filter(pk=event_id).first()
    found = to_events([row]) if row is not None else []
    if row is None or not found:
        raise _no_event()
    return row, found[0]


def _occurrence_of(event: Event) -> str:
    if event.occurrence is None:
        raise StateError(_("This event is not a date of a series."))
    return event.occurrence


# -- what goes to the others -------------------------------------------------------------------------------------------


def _list_changed(before: EventPlanData, after: EventPlanData) -> frozenset[str]:
    """Return the fields of a plan that somebody changed."""
    names = [field.name for field in fields(EventPlanData)]
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


def _merge(
    own: EventPlanData, before: EventPlanData, after: EventPlanData, changed: frozenset[str], series: EventSeries
) -> EventPlanData:
    """Return the plan of another date with what is new: ``before`` and ``after`` are the first date's."""
    values: dict[str, Any] = {name: getattr(after, name) for name in changed - _WHEN - _OWN}
    if changed & _WHEN:
        values |= _merge_moment(own, before, after, series)
    if "questions" in changed:
        values["questions"] = _merge_questions(own.questions, before.questions, after.questions)
    return replace(own, **values)


def _merge_moment(
    own: EventPlanData, before: EventPlanData, after: EventPlanData, series: EventSeries
) -> Mapping[str, Any]:
    """Move a date by as many days, to the new time and zone where they are new."""
    days = after.starts_local.date() - before.starts_local.date()
    at = after.starts_local.time()
    if at == before.starts_local.time():
        at = to_rule(series).at if _is_moved_by_clock(own, series) else own.starts_local.time()
    zone = after.zone if after.zone != before.zone else own.zone
    placed = place_date(own.starts_local.date() + days, at, read_zone(zone))
    return {"zone": zone, "starts_local": placed.starts_local, "fold": placed.fold}


def _is_moved_by_clock(own: EventPlanData, series: EventSeries) -> bool:
    """Tell whether a date stands where the clock put it because it skips the time of the series that day."""
    meant = place_date(own.starts_local.date(), to_rule(series).at, read_zone(own.zone))
    return bool(meant.note) and meant.starts_local == own.starts_local


def _merge_questions(
    own: Sequence[EventQuestionData], before: Sequence[EventQuestionData], after: Sequence[EventQuestionData]
) -> tuple[EventQuestionData, ...]:
    """Return the questions of another date: a question there that was asked alike keeps its answers."""
    asked = {each.id: each for each in before}
    free = list(own)

    def match(question: EventQuestionData) -> EventQuestionData:
        was = asked.get(question.id, question)
        twin = next((each for each in free if replace(each, id=None) == replace(was, id=None)), None)
        if twin is not None:
            free.remove(twin)
        return replace(question, id=twin.id if twin else None)

    return tuple(match(each) for each in after)


def _follow(series: EventSeries, before: EventPlanData, after: EventPlanData) -> None:
    """Let the dates that come later be made at the new time, under the new title."""
    if after.starts_local.time() != before.starts_local.time():
        series.at = f"{after.starts_local:%H:%M}"
    if after.title != before.title:
        series.title = after.title
    series.save(update_fields=["at", "title"])


# -- small things ------------------------------------------------------------------------------------------------------


def _name_batch(event: EventData) -> str:
    """Return what makes telling of one change of many dates once in effect: the first one as it is after it."""
    return f"{event.id}:{event.revision}:{event.sequence}"


def _no_event() -> NotFoundError:
    return NotFoundError(_("There is no such event, or not any more."))
