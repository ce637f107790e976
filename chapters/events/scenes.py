"""What news of events is written from: the event, its chapter and its pages, as they are when the mail goes out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from chapters import addresses
from chapters.data import EventData
from chapters.models import Chapter
from discussion_ext.data import MeetingMode
from people import api as people

from .reading import get_events

_BREAKING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One event, with the name and slug of its chapter."""

    event: EventData
    chapter: str
    slug: str

    @property
    def values(self) -> dict[str, str]:
        """Return what sentences quote; each is one line, so that it can stand in a subject."""
        return {"title": one_line(self.event.title), "chapter": one_line(self.chapter)}

    def url(self, page: str = "event") -> str:
        """Return the path of the event, or of one of its pages."""
        return addresses.event_url(self.slug, self.event.id, page)


def find_scenes(event_ids: Iterable[int]) -> dict[int, Scene]:
    """Return the scenes of those events that exist, by number, in a fixed number of queries."""
    events = get_events(event_ids)
    ids = {event.chapter_id for event in events.values()}
    chapters = {
        pk: (name, slug) for pk, name, slug in Chapter.objects.filter(pk__in=ids).values_list("pk", "name", "slug")
    }
    return {
        event.id: Scene(event=event, chapter=chapters[event.chapter_id][0], slug=chapters[event.chapter_id][1])
        for event in events.values()
        if event.chapter_id in chapters
    }


def get_scene(event_id: int) -> Scene:
    """Return the scene of an event of which there is news. Raises LookupError where it is gone meanwhile."""
    found = find_scenes([event_id])
    return found[event_id] if event_id in found else _miss(event_id)


def say_when(starts_at: datetime, ends_at: datetime | None, *, there: ZoneInfo, zone: ZoneInfo) -> str:
    """Return when something is on the reader's clock, and on the clock of its place where that shows another time."""
    by_mine, by_theirs = starts_at.astimezone(zone), starts_at.astimezone(there)
    mine = people.format_moment(starts_at, zone=zone, until=ends_at)
    theirs = people.format_moment(starts_at, zone=there, until=ends_at)
    if by_mine.replace(tzinfo=None) == by_theirs.replace(tzinfo=None):
        return theirs
    return _("%(mine)s (by the clock of the event: %(theirs)s)") % {"mine": mine, "theirs": theirs}


def say_schedule(scene: Scene, zone: ZoneInfo, *, shows_place: bool) -> tuple[str, ...]:
    """Return lines that say when and where an event is; a hidden place only where ``shows_place`` and all come to it.

    Who joins a call needs no address: where some do, those who come to the room find it on the event's page.
    The link of those who come online is never in a mail, which people pass on: it stands on the event's page.
    """
    event = scene.event
    when = say_when(event.starts_at, event.ends_at, there=event.zone, zone=zone)
    lines = [_("When: %(when)s") % {"when": when}]
    if event.mode is not MeetingMode.ONLINE:
        is_told = shows_place and event.mode is MeetingMode.OFFLINE
        if event.place and (is_told or not event.is_place_hidden):
            lines.append(_("Where: %(place)s") % {"place": event.place})
        elif event.is_place_hidden:
            lines.append(_("Where: the place is told to who has a seat."))
    if event.mode is not MeetingMode.OFFLINE:
        lines.append(_("Online: the link is on the page of the event shortly before it begins."))
    return tuple(lines)


def one_line(text: str) -> str:
    """Return a text as one line: without line breaks, control characters and marks that turn the direction of letters.

    So it can stand in the head of a mail; marks that join letters stay, which many scripts need.
    """
    shown = "".join(" " if each in _TURNING or unicodedata.category(each) in _BREAKING else each for each in text)
    return " ".join(shown.split())


def _miss(event_id: int) -> NoReturn:
    message = f"event {event_id} is gone"
    raise LookupError(message)
