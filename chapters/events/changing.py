"""Changing an event: what may change when, and what follows for those who come.

The event is locked first, the meeting that has its time and place after it. People are told of another place and of
starts that moved, also little by little, by ``CHAPTERS_MOVE_MINUTES``: they are asked to answer once more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import EventData, EventPlanData, EventState, RsvpState, SeriesScope
from chapters.exceptions import EventChangedError, InvalidValueError, StateError
from chapters.models import Event, Rsvp
from chapters.reading import get_chapter
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode
from people import api as people

from . import news, points
from .hosts import write_hosts
from .line import promote_locked, shorten_offers
from .plans import ReadPlanData, read_plan
from .questions import check_questions, write_questions
from .records import MODES_OF, hosts_in_order, to_event, to_plan
from .rows import lock_event, save_columns
from .units import write_units

_CAPACITIES: Final = {
    MeetingMode.OFFLINE: ("room_capacity", "room_taken"),
    MeetingMode.ONLINE: ("online_capacity", "online_taken"),
}
_IN_THE_WAY: Final = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.PENDING)


@dataclass(frozen=True, kw_only=True)
class EventChangeData:
    """An event before and after a change. ``before`` has the start that people know of, where several moves add up.

    ``is_moved`` tells whether people are asked to answer again.
    """

    before: EventData
    after: EventData
    is_moved: bool = False


@transaction.atomic
def change_event(
    *, event_id: int, actor_id: int, plan: EventPlanData, revision: int, scope: SeriesScope = SeriesScope.THIS
) -> EventData:
    """Give an event a new plan and return it; one date of a series stands apart from then on.

    ``revision`` is that of the event which the plan was made from. With FOLLOWING the later dates of its series change
    too. Raises EventChangedError, InvalidValueError, which names the field (fewer seats than are taken, a way to come
    that people rely on, a time that has passed), StateError for an event that was called off, and NotFoundError.
    """
    if scope is SeriesScope.FOLLOWING and has_series(event_id):
        from .series_changes import change_following  # it changes dates one by one, by what stands here

        return change_following(event_id=event_id, actor_id=actor_id, plan=plan, revision=revision).changed[0]
    row = lock_event(event_id)
    check_revision(row, revision)
    change = apply_plan(row, plan, actor_id=actor_id)
    if change.after.revision != change.before.revision and row.series_id is not None and not row.is_changed_apart:
        Event.objects.filter(pk=row.pk).update(is_changed_apart=True)
        return replace(change.after, is_changed_apart=True)
    return change.after


def apply_plan(row: Event, plan: EventPlanData, *, actor_id: int | None, tells: bool = True) -> EventChangeData:
    """Change an event whose row the caller has locked, and have those told whom it concerns unless ``tells`` is False.

    Where nothing is new, nothing is written. Raises as `change_event`, but for the revision.
    """
    event = read_locked(row)
    if event.is_cancelled:
        raise StateError(_("This event was called off. Make a new one from its copy."))
    before = to_plan(row, event)
    read = read_plan(plan, chapter=get_chapter(row.chapter_id), event=event, before=before)
    _check_published(row, event, read)
    check_questions(read.questions, before=before.questions)
    changed = _list_changed(row, event, before, read)
    if not changed:
        return EventChangeData(before=event, after=event)
    has_new_start = row.starts_at != read.columns["starts_at"]
    _write(row, event, read, has_new_start=has_new_start)
    attendance.change_meeting(meeting_id=event.meeting_id, plan=read.meeting, actor_id=actor_id)
    after = read_locked(row)
    record(row, "change", actor_id, changed=sorted(changed))
    if "host_ids" in changed:
        points.await_event(row.pk)
    return _follow(row, event, after, tells=tells)


def read_locked(row: Event) -> EventData:
    """Return an event as it is now, whose row the caller has locked."""
    # Its result is looked up apart: MariaDB locks all that is joined, also the gap where there is none yet.
    fresh = Event.objects.select_for_update().get(pk=row.pk)
    prefetch_related_objects([fresh], hosts_in_order())
    return to_event(fresh, attendance.get_meeting(fresh.meeting_id or 0, is_locked=True))


def record(row: Event, verb: str, actor_id: int | None, *, reason: str = "", **data: Any) -> None:
    """Write an act on an event into the log of its chapter."""
    people.record_audit(
        actor_id=actor_id,
        verb=f"chapter.event.{verb}",
        target=f"event:{row.pk}",
        context_key=f"chapter:{row.chapter_id}",
        reason=reason,
        data=data,
    )


def did_last(event_id: int, user_id: int, verb: str) -> bool:
    """Tell whether the last thing that was done to an event is this, by this person: so it is asked for twice."""
    page = people.list_audit(target=f"event:{event_id}", page_size=1)
    return any((entry.verb, entry.actor_id) == (f"chapter.event.{verb}", user_id) for entry in page.entries)


def check_revision(row: Event, revision: int) -> None:
    """Raise EventChangedError unless an event is still what somebody decided on."""
    if row.revision != revision:
        raise EventChangedError(
            _("Somebody else changed this event meanwhile. Look at what is new, and then make your change again.")
        )


def has_series(event_id: int) -> bool:
    """Tell whether an event is a date of a series; one query."""
    return Event.objects.filter(pk=event_id, series_id__isnull=False).exists()


# -- what may not be ---------------------------------------------------------------------------------------------------


def _check_published(row: Event, event: EventData, read: ReadPlanData) -> None:
    """Keep to what was announced: seats that are taken, and ways to come that people rely on."""
    if event.state is EventState.DRAFT:
        return
    if not read.host_ids:
        raise InvalidValueError(
            _("Name somebody who hosts it: people ask them, and they write the result."), field="host_ids"
        )
    check_place(read)
    modes = MODES_OF[MeetingMode(read.meeting.mode)]
    for mode, (capacity, taken) in _CAPACITIES.items():
        if mode in modes:
            _check_capacity(capacity, read.columns[capacity], getattr(row, taken))
        else:
            _check_nobody_comes(row.pk, mode, getattr(row, taken))


def check_place(read: ReadPlanData) -> None:
    """Raise InvalidValueError("place") for a room of which people would not know anything."""
    if MeetingMode.OFFLINE in MODES_OF[read.meeting.mode] and not (
        read.meeting.place.strip() or read.columns["place_hint"]
    ):
        raise InvalidValueError(_("Say where it is, or, while that is not certain, which part of town."), field="place")


def _check_capacity(field: str, capacity: int, taken: int) -> None:
    if not capacity or capacity >= taken:
        return
    message = ngettext(
        "%(taken)d seat is taken or offered. Keep at least as many, or take somebody off the list first.",
        "%(taken)d seats are taken or offered. Keep at least as many, or take some people off the list first.",
        taken,
    )
    raise InvalidValueError(message % {"taken": taken}, field=field)


def _check_nobody_comes(event_id: int, mode: MeetingMode, taken: int) -> None:
    # Also as the locked event has it: at REPEATABLE READ a plain look misses who came in while this waited.
    count = Rsvp.objects.filter(event_id=event_id, mode=mode, state__in=_IN_THE_WAY).count() or taken
    if not count:
        return
    if mode is MeetingMode.OFFLINE:
        message = ngettext(
            "%(count)d person comes to the room. Offer both ways, and ask them to change to online first.",
            "%(count)d people come to the room. Offer both ways, and ask them to change to online first.",
            count,
        )
    else:
        message = ngettext(
            "%(count)d person comes online. Offer both ways, and ask them to change to the room first.",
            "%(count)d people come online. Offer both ways, and ask them to change to the room first.",
            count,
        )
    raise InvalidValueError(message % {"count": count}, field="mode")


# -- what is written ---------------------------------------------------------------------------------------------------


def _list_changed(row: Event, event: EventData, before: EventPlanData, read: ReadPlanData) -> list[str]:
    """Return what is new, by the names that plans have."""
    changed = [name for name, value in read.columns.items() if getattr(row, name) != value]
    meeting = {
        "title": event.title,
        "mode": event.mode,
        "starts_local": event.starts_local,
        "zone": event.zone.key,
        "minutes": event.minutes,
        "place": event.place,
        "link": event.link,
    }
    changed += [name for name, value in meeting.items() if getattr(read.meeting, name) != value]
    parts = {"host_ids": before.host_ids, "questions": before.questions, "units": before.units}
    return changed + [name for name, value in parts.items() if getattr(read, name) != value]


def _write(row: Event, event: EventData, read: ReadPlanData, *, has_new_start: bool) -> None:
    """Write the event's own part; before the meeting's, whose owner finds the times right then."""
    if has_new_start and event.state is EventState.PUBLISHED:
        row.moved_from = event.starts_at
    if has_new_start:
        row.timed_at = timezone.now()
    for name, value in read.columns.items():
        setattr(row, name, value)
    row.mode = MeetingMode(read.meeting.mode).value
    row.revision += 1
    save_columns(row, *read.columns, "mode", "revision", "moved_from", "timed_at")
    write_hosts(row.pk, read.host_ids)
    write_questions(row.pk, read.questions)
    write_units(row.pk, read.units)


def _follow(row: Event, event: EventData, after: EventData, *, tells: bool) -> EventChangeData:
    """Tell people of a move, ask them again, and give seats that are free now to those in line."""
    if event.state is EventState.DRAFT:
        return EventChangeData(before=event, after=after)
    known = _as_known(row, event)
    is_moved = not event.is_over(timezone.now()) and news.is_moved(known, after)
    if is_moved:
        row.told_sequence = row.answer_sequence = after.sequence
        row.told_starts_at = after.starts_at
        save_columns(row, "told_sequence", "answer_sequence", "told_starts_at")
        if tells:
            news.tell_moved(known, after)
    if after.starts_at < event.starts_at:
        shorten_offers(row, timezone.now())
    promote_locked(row)
    return EventChangeData(before=known, after=read_locked(row), is_moved=is_moved)


def _as_known(row: Event, event: EventData) -> EventData:
    """Return an event with the start that people were told last."""
    if row.told_starts_at is None or row.told_starts_at == event.starts_at:
        return event
    local = row.told_starts_at.astimezone(event.zone).replace(tzinfo=None, fold=0)
    ends_at = row.told_starts_at + (event.ends_at - event.starts_at)
    return replace(event, starts_at=row.told_starts_at, starts_local=local, ends_at=ends_at)
