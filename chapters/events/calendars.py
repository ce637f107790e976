"""Events as calendars of other programs show them: of a chapter, of one person, and one by itself.

Calendars are shared and copied, so nothing stands in them that only some may know: no link of a call, no place that is
shown to those with a seat only, nobody's name. An event has one UID wherever it stands; one that was called off stays
in its calendars, marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chapters import addresses
from chapters.access import Access
from chapters.data import ChapterData, EventCalendarData, EventData, EventOpenTo, EventState, RsvpState
from chapters.exceptions import NotFoundError
from chapters.models import Chapter, Event, Rsvp
from discussion_ext.api import attendance, sessions
from discussion_ext.data import CalendarEntryData, MeetingMode
from people import api as people

from .permissions import list_open_to
from .reading import coming
from .records import events_to_read, to_events

#: For so long an event that is over stays in calendars, and so many stand in one at most: those to come first.
LOOKS_BACK: Final = timedelta(days=180)
MOST_ENTRIES: Final = 500

_SHOWN: Final = (EventState.PUBLISHED, EventState.CANCELLED)


# -- addresses ---------------------------------------------------------------------------------------------------------


def chapter_feed_url(slug: str) -> str:
    """Return the absolute address of a chapter's public calendar."""
    return people.absolute_url(addresses.chapter_url(slug, "chapter_calendar"))


def personal_url(chapter_id: int, user_id: int) -> str:
    """Return the absolute address at which somebody's programs read all that they may see of a chapter; two queries."""
    slug = Chapter.objects.values_list("slug", flat=True).get(pk=chapter_id)
    token = sessions.make_calendar_token(user_id, of=_name_of(chapter_id))
    return people.absolute_url(reverse("chapters:chapter_feed", kwargs={"slug": slug, "token": token}))


def renew_personal(user_id: int) -> None:
    """Give every calendar of somebody a new address; the old ones open nothing any more."""
    sessions.renew_calendar(user_id)


def read_personal_token(token: str, *, chapter_id: int) -> int:
    """Return whose calendar of a chapter an address opens.

    Raises NotFoundError for one that was renewed, changed by hand or is another chapter's, and for accounts that are
    not in use.
    """
    try:
        return sessions.read_calendar_token(token, of=_name_of(chapter_id))
    except sessions.SessionError as error:
        raise NotFoundError(error.message) from error


def _name_of(chapter_id: int) -> str:
    return f"chapter:{chapter_id}"


# -- what stands in them -----------------------------------------------------------------------------------------------


def find_chapter_calendar(chapter: ChapterData) -> EventCalendarData:
    """Return what everybody may know: a chapter's events that are open to anyone; five queries."""
    events = _list_recent(chapter.id, frozenset({EventOpenTo.ANYONE}))
    return _draw(events, {chapter.id: chapter.slug}, name=chapter.name, language=_language_of(chapter))


def find_personal_calendar(access: Access) -> EventCalendarData:
    """Return what somebody may see of a chapter's events, in their language, whether or not they come."""
    events = _list_recent(access.chapter.id, list_open_to(access))
    language = people.person_language(access.user_id) if access.user_id is not None else _language_of(access.chapter)
    return _draw(events, {access.chapter.id: access.chapter.slug}, name=access.chapter.name, language=language)


def find_event_calendar(chapter: ChapterData, event: EventData) -> EventCalendarData:
    """Return one event as a calendar, in the active language."""
    language = translation.get_language() or _language_of(chapter)
    return _draw([event], {chapter.id: chapter.slug}, name=event.title, language=language)


def list_own_entries(user_id: int) -> tuple[CalendarEntryData, ...]:
    """Return the events to which somebody has a seat, of all chapters, in the active language; five queries.

    Their own calendar, which also holds their class sessions, asks for these.
    """
    now = timezone.now()
    mine = Rsvp.objects.filter(user_id=user_id, state=RsvpState.GOING, event__starts_at__gt=now - LOOKS_BACK)
    ids = mine.filter(event__state__in=_SHOWN).order_by("-event__starts_at", "-event_id").values_list("event_id")
    events = to_events(events_to_read().filter(pk__in=[pk for (pk,) in ids[:MOST_ENTRIES]]).order_by("starts_at", "pk"))
    slugs = dict(Chapter.objects.filter(pk__in={each.chapter_id for each in events}).values_list("pk", "slug"))
    return tuple(_entry(event, slugs[event.chapter_id]) for event in events if event.chapter_id in slugs)


def render_calendar(calendar: EventCalendarData) -> bytes:
    """Return a calendar as a file after RFC 5545."""
    return attendance.render_calendar(calendar.entries, name=calendar.name)


def fingerprint(calendar: EventCalendarData) -> str:
    """Return what changes exactly when the file would: it can be asked for without drawing the file."""
    return hashlib.sha256(repr(calendar).encode()).hexdigest()[:32]


def uid_of(event: EventData) -> str:
    """Return the UID of an event, the same in every calendar and mail of this site, for ever."""
    return f"{event.uid}@{urlsplit(people.absolute_url('/')).hostname or 'lms'}"


def register() -> None:
    """Let people's own calendars hold the events to which they have a seat; called once, when the app is ready."""
    sessions.register_calendar_source(list_own_entries)


def _list_recent(chapter_id: int, open_to: frozenset[EventOpenTo]) -> list[EventData]:
    """Return a chapter's events by time: those to come, the soonest are kept first, and those of the last months."""
    now = timezone.now()
    found = Event.objects.filter(chapter_id=chapter_id, state__in=_SHOWN)
    if open_to != frozenset(EventOpenTo):
        found = found.filter(open_to__in=open_to)
    ids = list(coming(found, now).order_by("starts_at", "pk").values_list("pk", flat=True)[:MOST_ENTRIES])
    over = found.filter(starts_at__gt=now - LOOKS_BACK, ends_at__lte=now).order_by("-starts_at", "-pk")
    ids += over.values_list("pk", flat=True)[: MOST_ENTRIES - len(ids)]
    return to_events(events_to_read().filter(pk__in=ids).order_by("starts_at", "pk"))


def _draw(events: Iterable[EventData], slugs: Mapping[int, str], *, name: str, language: str) -> EventCalendarData:
    with translation.override(language):
        entries = tuple(_entry(event, slugs[event.chapter_id]) for event in events)
    return EventCalendarData(name=name, language=language, entries=entries)


def _entry(event: EventData, slug: str) -> CalendarEntryData:
    url = people.absolute_url(addresses.event_url(slug, event.id))
    called_off = _("Called off: %(reason)s") % {"reason": event.cancel_reason} if event.is_cancelled else ""
    return CalendarEntryData(
        uid=uid_of(event),
        sequence=event.sequence,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        changed_at=event.changed_at,
        place=_say_place(event),
        link=url,
        # Programs that show no address of an entry show its text.
        text="\n".join(part for part in (called_off, event.summary, url) if part),
        is_cancelled=event.is_cancelled,
    )


def _say_place(event: EventData) -> str:
    """Return where an event is as far as everybody may know."""
    if event.mode is MeetingMode.ONLINE:
        return _("Online")
    room = event.place_hint if event.is_place_hidden else event.place
    if event.mode is MeetingMode.HYBRID:
        return _("%(place)s, and online") % {"place": room} if room else _("Online, and in a room")
    return room


def _language_of(chapter: ChapterData) -> str:
    return chapter.languages[0] if chapter.languages else translation.get_language() or "en"
