"""Events in calendars of other programs, and for search engines."""

from chapters.events.calendars import (
    chapter_feed_url,
    find_chapter_calendar,
    find_event_calendar,
    find_personal_calendar,
    fingerprint,
    list_own_entries,
    personal_url,
    read_personal_token,
    render_calendar,
    renew_personal,
    uid_of,
)
from chapters.events.schema import schema_event, write_schema

__all__ = [
    "chapter_feed_url",
    "find_chapter_calendar",
    "find_event_calendar",
    "find_personal_calendar",
    "fingerprint",
    "list_own_entries",
    "personal_url",
    "read_personal_token",
    "render_calendar",
    "renew_personal",
    "schema_event",
    "uid_of",
    "write_schema",
]
