"""An event for search engines, after schema.org: when, how and whether it takes place. Nobody's name stands in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.safestring import SafeString

from chapters import addresses
from chapters.data import ChapterData, EventData
from chapters.json_ld import write_json_ld
from discussion_ext.data import MeetingMode
from people import api as people

_SCHEMA: Final = "https://schema.org"
_MODES: Final = {
    MeetingMode.OFFLINE: "OfflineEventAttendanceMode",
    MeetingMode.ONLINE: "OnlineEventAttendanceMode",
    MeetingMode.HYBRID: "MixedEventAttendanceMode",
}


def schema_event(event: EventData, chapter: ChapterData) -> dict[str, Any]:
    """Return an event as schema.org has it; times carry the offset of the event's own clock.

    A place that is shown to those with a seat only, and the address of a call, are not in it.
    """
    url = people.absolute_url(addresses.event_url(chapter.slug, event.id))
    said: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": event.title,
        "description": event.summary,
        "startDate": _say_instant(event, event.starts_at),
        "endDate": _say_instant(event, event.ends_at),
        "eventStatus": f"{_SCHEMA}/{_find_status(event)}",
        "previousStartDate": _say_instant(event, event.moved_from) if event.moved_from else "",
        "eventAttendanceMode": f"{_SCHEMA}/{_MODES[event.mode]}",
        "location": _describe_places(event, chapter, url),
        "inLanguage": list(event.languages or chapter.languages[:1]),
        "organizer": {
            "@type": "Organization",
            "name": chapter.name,
            "url": people.absolute_url(addresses.chapter_url(chapter.slug)),
        },
    }
    return {name: value for name, value in said.items() if value}


def write_schema(event: EventData, chapter: ChapterData) -> SafeString:
    """Return `schema_event` as text that is safe inside a script element."""
    return write_json_ld(schema_event(event, chapter))


def _find_status(event: EventData) -> str:
    if event.is_cancelled:
        return "EventCancelled"
    return "EventRescheduled" if event.moved_from else "EventScheduled"


def _describe_places(event: EventData, chapter: ChapterData, url: str) -> list[dict[str, Any]]:
    """Return the room, the call or both; whoever comes online begins on our page."""
    places: list[dict[str, Any]] = []
    if event.mode is not MeetingMode.ONLINE:
        places.append(_describe_room(event, chapter))
    if event.mode is not MeetingMode.OFFLINE:
        places.append({"@type": "VirtualLocation", "url": url})
    return places


def _describe_room(event: EventData, chapter: ChapterData) -> dict[str, Any]:
    address = {"addressLocality": chapter.city, "addressCountry": chapter.country}
    known = {name: value for name, value in address.items() if value}
    room: dict[str, Any] = {
        "@type": "Place",
        "name": (event.place_hint if event.is_place_hidden else event.place) or chapter.city or chapter.name,
    }
    return room | ({"address": {"@type": "PostalAddress", **known}} if known else {})


def _say_instant(event: EventData, instant: datetime) -> str:
    return instant.astimezone(event.zone).isoformat()
