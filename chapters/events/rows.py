"""Rows of events under lock. A chapter is locked before its events, events by id, answers and the meeting after."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from chapters.exceptions import NotFoundError
from chapters.membership.rows import lock_chapter
from chapters.models import Chapter, Event


def lock_event(event_id: int) -> Event:
    """Return an event whose row nobody else changes until the transaction ends, or raise NotFoundError."""
    row = Event.objects.select_for_update().filter(pk=event_id).first()
    if row is None:
        raise NotFoundError(_("There is no such event, or not any more."))
    return row


def lock_events(event_ids: Iterable[int]) -> list[Event]:
    """Lock events in the order of their ids, one statement each; those that are gone are left out."""
    found = (Event.objects.select_for_update().filter(pk=each).first() for each in sorted(set(event_ids)))
    return [row for row in found if row is not None]


def lock_with_chapter(event_id: int) -> tuple[Chapter, Event]:
    """Lock the chapter of an event and then the event, for steps that may move the chapter. Raises NotFoundError."""
    chapter_id = Event.objects.filter(pk=event_id).values_list("chapter_id", flat=True).first()
    if chapter_id is None:
        raise NotFoundError(_("There is no such event, or not any more."))
    return lock_chapter(chapter_id), lock_event(event_id)


def save_columns(row: Event, *names: str) -> None:
    """Store these columns of an event; its counters are never among them: `seats` alone changes those."""
    row.save(update_fields=[*names, "changed_at"])
