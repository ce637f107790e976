"""The life of an event: drafted, published, called off and, for a short while, restored; a draft may be deleted.

Publishing locks the chapter too, which it may wake. Calling off tells everybody who has a seat or waits, once; answers
stay as they were, so that a restored event is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import moves
from chapters.data import ChapterData, ChapterState, EventData, EventPlanData, EventState, SeriesScope
from chapters.exceptions import InvalidValueError, SentAgainError, StateError
from chapters.models import Event
from chapters.reading import get_chapter
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode
from people import api as people

from . import facts, news, points
from .awaiting import await_added_dates
from .changing import EventChangeData, has_series, read_locked, record
from .hosts import list_members, write_hosts
from .line import promote_locked
from .permissions import can_restore
from .plans import read_plan
from .questions import write_questions
from .reading import coming
from .records import MODES_OF
from .rows import lock_event, lock_with_chapter, save_columns
from .units import write_units

#: States of a chapter in which it plans and holds events.
OPEN_STATES: Final = (ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT)


#: The first part of the keys of events' meetings, by which their owner is known.
OWNER: Final = "event"


def meeting_key(event_id: int) -> str:
    """Return the key of an event's meeting."""
    return f"{OWNER}:{event_id}"


def event_id_of(key: str) -> int:
    """Return the event to which the meeting of a key belongs."""
    return int(key.partition(":")[2])


# -- made and deleted --------------------------------------------------------------------------------------------------


@transaction.atomic
def create_event(
    *,
    chapter_id: int,
    actor_id: int,
    plan: EventPlanData,
    series_id: int | None = None,
    occurrence: date | None = None,
    known: EventPlanData | None = None,
    request_key: str | None = None,
) -> EventData:
    """Make a draft, of which only those know who may draft. Without hosts it is hosted by who makes it, if a member.

    ``series_id`` and ``occurrence`` make it a date of a series. ``known`` is the plan of another event that it is like:
    its units are not looked up again. ``request_key`` (at most 64 characters, drawn by lot for a form that was shown)
    makes one event however often it is sent. Raises InvalidValueError, which names the field, SentAgainError,
    StateError where the chapter plans nothing, and NotFoundError.
    """
    chapter = get_chapter(chapter_id)
    _check_chapter(chapter)
    read = read_plan(plan, chapter=chapter, event=None, before=known and replace(known, host_ids=(), questions=()))
    row = Event(
        chapter_id=chapter_id,
        series_id=series_id,
        occurrence=occurrence.isoformat() if occurrence else None,
        created_by=actor_id,
        mode=MeetingMode(read.meeting.mode).value,
        timed_at=timezone.now(),
        request_key=request_key or None,
        **read.columns,
    )
    row = _insert(row)
    meeting = attendance.create_meeting(key=meeting_key(row.pk), plan=read.meeting, actor_id=actor_id)
    row.meeting_id = meeting.id
    row.save(update_fields=["meeting_id"])
    write_hosts(row.pk, read.host_ids or tuple(list_members(chapter_id, [actor_id])))
    write_questions(row.pk, read.questions)
    write_units(row.pk, read.units)
    record(row, "create", actor_id)
    return read_locked(row)


def _insert(row: Event) -> Event:
    """Insert an event, or raise SentAgainError where its form made one; whoever sends it at once waits for that."""
    if row.request_key is None:
        row.save(force_insert=True)
        return row
    people.insert_or_update(row, by=["request_key"])
    kept = Event.objects.select_for_update().get(request_key=row.request_key)
    if kept.meeting_id is not None:
        raise SentAgainError(event_id=kept.pk, series_id=kept.series_id)
    return kept


@transaction.atomic
def delete_draft(*, event_id: int, actor_id: int) -> None:
    """Delete a draft with all that belongs to it. Raises StateError for what people know of, and NotFoundError."""
    row = lock_event(event_id)
    if row.state != EventState.DRAFT:
        raise StateError(_("People know of this event. Call it off instead."))
    record(row, "delete", actor_id)
    meeting_id = row.meeting_id
    row.delete()
    if meeting_id is not None:
        attendance.delete_meeting(meeting_id=meeting_id, actor_id=actor_id)


# -- published ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_event(*, event_id: int, actor_id: int) -> EventData:
    """Let people know of an event and answer it; the chapter is awake from then on. Publishing twice is once.

    Raises StateError (called off, or its chapter plans nothing), InvalidValueError where something is missing
    ("starts_local" that has passed, "host_ids", "place") and NotFoundError.
    """
    _chapter, row = lock_with_chapter(event_id)
    return publish(row, actor_id=actor_id)


def publish(row: Event, *, actor_id: int, tells: bool = True) -> EventData:
    """Publish an event; the caller has locked its chapter and then the event. Raises as `publish_event`.

    Who comes to the whole series gets a seat of it, unless ``tells`` is False: then the caller asks for that.
    """
    event = read_locked(row)
    if event.state is EventState.PUBLISHED:
        return event
    if event.is_cancelled:
        raise StateError(_("This event was called off. Make a new one from its copy."))
    _check_chapter(get_chapter(row.chapter_id))
    _check_ready(event)
    now = timezone.now()
    row.state, row.published_at, row.published_by = EventState.PUBLISHED, now, actor_id
    row.timed_at = now
    row.told_sequence = row.answer_sequence = event.sequence
    row.told_starts_at = event.starts_at
    row.revision += 1
    save_columns(
        row,
        *("state", "published_at", "published_by", "timed_at", "told_sequence", "answer_sequence", "told_starts_at"),
        "revision",
    )
    moves.on_event_published(row.chapter_id, actor_id)
    record(row, "publish", actor_id)
    facts.tell_published(row)
    if row.series_id is not None and tells:
        await_added_dates(row.series_id, [row.pk])
    return read_locked(row)


def _check_ready(event: EventData) -> None:
    if event.starts_at <= timezone.now():
        raise InvalidValueError(_("Choose a time to come: this one has passed."), field="starts_local")
    if not event.host_ids:
        raise InvalidValueError(
            _("Name somebody who hosts it: people ask them, and they write the result."), field="host_ids"
        )
    if MeetingMode.OFFLINE in MODES_OF[event.mode] and not (event.place or event.place_hint):
        raise InvalidValueError(_("Say where it is, or, while that is not certain, which part of town."), field="place")


def _check_chapter(chapter: ChapterData) -> None:
    if chapter.state not in OPEN_STATES:
        raise StateError(_("This chapter plans no events now."))


# -- called off --------------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel_event(*, event_id: int, actor_id: int, reason: str, scope: SeriesScope = SeriesScope.THIS) -> EventData:
    """Call an event off and tell everybody concerned once; ``reason`` (1 to 500 characters) is what they read.

    Doing so again changes nothing. With FOLLOWING later dates of its series are called off too. Raises StateError (a
    draft, or over), InvalidValueError("reason") and NotFoundError.
    """
    if scope is SeriesScope.FOLLOWING and has_series(event_id):
        from .series_changes import cancel_following  # it calls dates off one by one, by what stands here

        return cancel_following(event_id=event_id, actor_id=actor_id, reason=reason).changed[0]
    return call_off(lock_event(event_id), actor_id=actor_id, reason=reason).after


def call_off(row: Event, *, actor_id: int | None, reason: str, tells: bool = True) -> EventChangeData:
    """Call off an event whose row the caller has locked, and have people told unless ``tells`` is False.

    Raises as `cancel_event`.
    """
    before = read_locked(row)
    if before.is_cancelled:
        return EventChangeData(before=before, after=before)
    if before.state is EventState.DRAFT:
        raise StateError(_("Nobody knows of a draft. Delete it instead."))
    if before.is_over(timezone.now()):
        raise StateError(_("This event is over, so it cannot be called off."))
    row.state = EventState.CANCELLED
    row.revision += 1
    save_columns(row, "state", "revision")
    try:
        attendance.cancel_meeting(meeting_id=before.meeting_id, actor_id=actor_id, reason=reason)
    except attendance.MeetingError as refusal:
        raise InvalidValueError(refusal.message, field=refusal.field) from refusal
    after = _keep_told(row, read_locked(row))
    record(row, "cancel", actor_id, reason=after.cancel_reason)
    facts.tell_cancelled(row)
    points.await_event(row.pk)
    if tells:
        news.tell_called_off(after, actor_id=actor_id)
    return EventChangeData(before=before, after=after)


@transaction.atomic
def restore_event(*, event_id: int, actor_id: int) -> EventData:
    """Let an event take place after all, within a day and before it begins, with the answers that it had.

    Everybody concerned is told, and free seats go to the line. Restoring twice is once. Raises StateError and
    NotFoundError.
    """
    chapter, row = lock_with_chapter(event_id)
    before = read_locked(row)
    if before.state is EventState.PUBLISHED:
        return before
    _check_chapter(get_chapter(chapter.pk))
    if not can_restore(before, timezone.now()):
        raise StateError(
            _("An event that was called off can be restored within a day, and before it begins. Copy it instead.")
        )
    row.state, row.timed_at = EventState.PUBLISHED, timezone.now()
    row.revision += 1
    save_columns(row, "state", "timed_at", "revision")
    attendance.restore_meeting(meeting_id=before.meeting_id, actor_id=actor_id)
    after = _keep_told(row, read_locked(row))
    record(row, "restore", actor_id)
    facts.tell_published(row)
    points.await_event(row.pk)
    news.tell_restored(after, actor_id=actor_id)
    promote_locked(row)
    return read_locked(row)


def _keep_told(row: Event, event: EventData) -> EventData:
    """Note that people know of the event as it is, and return it."""
    row.told_sequence = event.sequence
    save_columns(row, "told_sequence")
    return replace(event, changed_at=row.changed_at)


# -- what follows from a chapter's life --------------------------------------------------------------------------------


def run_archived(facts_of: Mapping[str, Any]) -> None:
    """Do the errand of a chapter that was archived: call its coming events off, one by one, each with one notice."""
    chapter_id, actor_id = int(facts_of["chapter"]), facts_of["actor"]
    chapter = get_chapter(chapter_id)
    if chapter.state is not ChapterState.ARCHIVED:
        return
    reason = chapter.state_reason or _("The chapter was archived.")
    found = coming(Event.objects.filter(chapter_id=chapter_id, state=EventState.PUBLISHED), timezone.now())
    for event_id in list(found.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = lock_event(event_id)
            if row.state == EventState.PUBLISHED and row.ends_at > timezone.now():
                call_off(row, actor_id=actor_id, reason=reason)
