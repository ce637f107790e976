"""An event as a row of a list: its day, its title, one line of what matters, and the reader's own part in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses
from chapters.data import ChapterData, EventCardData, EventData

from .event_words import (
    Tag,
    draw_date,
    draw_tag,
    draw_when,
    say_seats_left,
    say_where,
    tag_answer,
    tag_presence,
    tag_seats,
)
from .words import say_number


def draw_row(
    chapter: ChapterData,
    card: EventCardData,
    *,
    now: datetime,
    shows_place: bool | None = False,
    shows_chapter: bool = False,
) -> dict[str, Any]:
    """Return what ``events/row.html`` shows of an event; ``shows_place`` where its place is no secret to the reader,
    None where the page says it already.
    """
    event = card.event
    return {
        "id": event.id,
        "title": event.title,
        "lang": event.languages[0] if event.languages else "",
        "url": addresses.event_url(chapter.slug, event.id),
        "date": draw_date(event, now=now),
        "when": draw_when(event, now=now),
        "chapter": chapter.name if shows_chapter else "",
        "chapter_lang": chapter.languages[0] if chapter.languages else "",
        "parts": _say_parts(card, now=now, shows_place=shows_place),
        "tag": draw_tag(_tag(card, now=now)),
        "is_over": event.is_over(now),
        "is_cancelled": event.is_cancelled,
    }


def _say_parts(card: EventCardData, *, now: datetime, shows_place: bool | None) -> list[str]:
    """Return what stands behind day and time: where and how many seats are left, or what came of it."""
    event = card.event
    if event.is_cancelled:
        return []
    if event.is_over(now):
        came = say_came(card.came) if card.came else ""
        return [part for part in (came, _("result published") if event.result_at else "") if part]
    if shows_place is None:
        seats = say_seats_left(event) if tag_answer(card.rsvp, now=now) else ""
        return [seats] if seats else []
    going = card.rsvp if card.rsvp is not None and card.rsvp.has_seat else None
    where = say_where(event, shows_place=shows_place or going is not None, mode=going.mode if going else None)
    return [where] if where else []


def _tag(card: EventCardData, *, now: datetime) -> Tag | None:
    """Return the one tag: called off, what the reader was or is to it, else how many seats are left."""
    event: EventData = card.event
    if event.is_cancelled:
        return Tag(_("Called off"), "bad", "warn")
    if event.is_over(now):
        return tag_presence(card.presence)
    return tag_answer(card.rsvp, now=now) or tag_seats(event)


def say_came(came: int) -> str:
    """Return "19 came"."""
    return ngettext("%(count)s came", "%(count)s came", came) % {"count": say_number(came)}
