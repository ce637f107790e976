"""The facts on an event's page: when and where, how to get in, who hosts; nothing that the reader may not see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.api import organizers
from chapters.data import ORGANIZER_ROLES, ChapterData, EventData, RsvpData, RsvpState
from chapters.membership.listing import name_members
from discussion_ext.data import MeetingMode
from people.data import NameData

from .event_words import draw_when, say_access, say_open_to, say_people, say_your_time
from .words import say_languages


def draw_facts(
    event: EventData,
    *,
    zone: ZoneInfo | None,
    rsvp: RsvpData | None,
    shows_place: bool,
    shows_link: bool,
    now: datetime,
) -> dict[str, Any]:
    """Return what ``events/facts.html`` shows. ``zone`` is the reader's, None for somebody of whom none is known."""
    return {
        "when": draw_when(event, now=now),
        "your_time": say_your_time(event, zone),
        "has_room": event.mode is not MeetingMode.ONLINE,
        "place": event.place if shows_place else "",
        "place_hint": event.place_hint,
        "is_place_hidden": not shows_place,
        "link": event.link if shows_link else "",
        "online": _say_online(event, rsvp, now=now) if event.mode is not MeetingMode.OFFLINE else "",
        "access": say_access(event),
    }


def draw_tags(event: EventData, *, place_in_series: tuple[int, int] | None) -> dict[str, Any]:
    """Return the tags above the title: where in its series, languages, for whom."""
    number, count = place_in_series or (0, 0)
    return {
        "series": _("Series, %(number)s of %(count)s") % {"number": number, "count": count} if number else "",
        "languages": say_languages(event.languages),
        "open_to": say_open_to(event.open_to),
    }


def draw_hosts(chapter: ChapterData, event: EventData, *, is_inside: bool) -> dict[str, Any]:
    """Return who hosts an event: by name to people of the chapter, to others only those who agreed to be named."""
    if not event.host_ids:
        return {}
    shown = event.host_ids if is_inside else _list_public(chapter, event.host_ids)
    names = name_members(chapter.id, shown) if shown else {}
    hosts: list[NameData] = [names[each] for each in shown if each in names and names[each].kind != "hidden"]
    others = len(event.host_ids) - len(hosts)
    named = [each.text for each in hosts]
    if others and hosts:
        named.append(ngettext("%(count)s other", "%(count)s others", others) % {"count": others})
    if not hosts:
        text = _("Hosted by members of the chapter")
    else:
        text = _("Hosted by %(names)s") % {"names": say_people(named)}
    return {"names": hosts, "text": text}


def _say_online(event: EventData, rsvp: RsvpData | None, *, now: datetime) -> str:
    """Return when and to whom the link is shown, as long as there is something to come to."""
    if event.is_over(now) or event.is_cancelled:
        return _("Or online") if event.mode is MeetingMode.HYBRID else _("Online")
    minutes = event.link_minutes
    comes_online = rsvp is not None and rsvp.state is RsvpState.GOING and rsvp.mode is MeetingMode.ONLINE
    if now >= event.starts_at - timedelta(minutes=minutes) and not comes_online:
        if event.mode is MeetingMode.HYBRID:
            return _("Or online; the link is shown here to people who come online")
        return _("Online; the link is shown here to people who come online")
    if event.mode is MeetingMode.HYBRID:
        text = ngettext(
            "Or online; the link is shown here %(count)s minute before",
            "Or online; the link is shown here %(count)s minutes before",
            minutes,
        )
    else:
        text = ngettext(
            "Online; the link is shown here %(count)s minute before",
            "Online; the link is shown here %(count)s minutes before",
            minutes,
        )
    return text % {"count": minutes}


def _list_public(chapter: ChapterData, host_ids: tuple[int, ...]) -> list[int]:
    terms = organizers.list_terms(chapter.id)
    public = {term.user_id for term in terms if term.role in ORGANIZER_ROLES and term.is_named_in_public}
    return [each for each in host_ids if each in public]
