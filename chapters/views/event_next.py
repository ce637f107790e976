"""What comes next, where it is shown beside other things: on a chapter's pages, in courses, in blocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from chapters import addresses, api
from chapters.api import event_results, events
from chapters.data import ChapterData, CourseChapterData, EventCardData, EventOpenTo, RsvpState
from chapters.events.permissions import list_open_to
from people import api as people

from .event_cards import draw_row, say_came

_LOOKS_AT: Final = 6
_PUBLIC: Final = 3
_RESULTS: Final = 2
_OF_COURSE: Final = 3
_LONGEST_RESULT: Final = 160
#: Answers that make an event the reader's own.
_MINE: Final = frozenset({RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING})


def draw_next_for(chapter: ChapterData, access: api.Access) -> dict[str, Any]:
    """Return the reader's next event in a chapter, and the soonest that they have not answered."""
    now = timezone.now()
    found = events.list_events(
        chapter_id=chapter.id, user_id=access.user_id, open_to=list_open_to(access), limit=_LOOKS_AT
    )
    coming = [card for card in found.events if not card.event.is_cancelled]
    mine = next((card for card in coming if _is_mine(card)), None)
    other = next((card for card in coming if card.rsvp is None), None)
    return {
        "mine": _draw(chapter, mine, now) if mine else None,
        "other": _draw(chapter, other, now) if other else None,
        "events_url": addresses.chapter_url(chapter.slug, "events"),
    }


def draw_next_public(chapter: ChapterData, access: api.Access) -> dict[str, Any]:
    """Return what is coming in a chapter and is open to anyone, and what came of what was."""
    now, open_to = timezone.now(), frozenset({EventOpenTo.ANYONE})
    found = events.list_events(chapter_id=chapter.id, user_id=access.user_id, open_to=open_to, limit=_LOOKS_AT)
    coming = [card for card in found.events if not card.event.is_cancelled][:_PUBLIC]
    results = event_results.list_results(chapter_id=chapter.id, open_to=open_to, limit=_RESULTS).results
    came = event_results.count_came([each.event.id for each in results]) if results else {}
    return {
        "rows": [_draw(chapter, card, now) for card in coming],
        "events_url": addresses.chapter_url(chapter.slug, "events"),
        "results": [
            {
                "title": each.event.title,
                "lang": each.event.languages[0] if each.event.languages else "",
                "url": addresses.event_url(chapter.slug, each.event.id, "event_result"),
                "day": people.say_day(each.event.starts_at.astimezone(each.event.zone).date()),
                "came": say_came(number) if (number := came.get(each.event.id, 0)) else "",
                "summary": each.event.summary[:_LONGEST_RESULT],
            }
            for each in results
        ],
        "results_url": addresses.chapter_url(chapter.slug, "results"),
    }


def draw_next_of(chapters: Iterable[CourseChapterData]) -> list[dict[str, Any]]:
    """Return the next events of chapters that a course shows, the soonest first, each with its chapter's name."""
    now = timezone.now()
    found = [(each.chapter, each.next_event) for each in chapters if each.next_event is not None]
    soonest = sorted(found, key=lambda each: each[1].starts_at)[:_OF_COURSE]
    return [
        draw_row(
            chapter, EventCardData(event=event), now=now, shows_place=not event.is_place_hidden, shows_chapter=True
        )
        for chapter, event in soonest
    ]


def _draw(chapter: ChapterData, card: EventCardData, now: datetime) -> dict[str, Any]:
    return draw_row(chapter, card, now=now, shows_place=not card.event.is_place_hidden)


def _is_mine(card: EventCardData) -> bool:
    return card.rsvp is not None and card.rsvp.state in _MINE
