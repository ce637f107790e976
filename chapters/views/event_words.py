"""What pages of events say in several places, in the active language: modes, seats, answers, days and places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chapters.data import AccessFact, EventData, EventOpenTo, Presence, RsvpData, RsvpState, SeatsData
from chapters.words import say_city
from discussion_ext.data import MeetingMode
from people import api as people

from .words import say_number

#: Below this many free seats a tag in a list asks to decide.
_FEW: Final = 5

_ACCESS_FACTS: Final[dict[AccessFact, Promise]] = {
    AccessFact.STEP_FREE: gettext_lazy("Step-free"),
    AccessFact.LIFT: gettext_lazy("Lift"),
    AccessFact.TOILET: gettext_lazy("Accessible toilet"),
    AccessFact.HEARING_LOOP: gettext_lazy("Hearing loop"),
    AccessFact.CAPTIONS: gettext_lazy("Captions"),
    AccessFact.SIGN_LANGUAGE: gettext_lazy("Sign language"),
    AccessFact.QUIET_ROOM: gettext_lazy("Quiet room"),
    AccessFact.MATERIALS_AHEAD: gettext_lazy("Materials in advance"),
    AccessFact.PARKING: gettext_lazy("Parking for disabled people"),
}


class Tag(NamedTuple):
    """A short state: its words, the kind of its tag ("" plain) and its icon ("" none)."""

    text: str
    kind: str = ""
    icon: str = ""


def say_mode(mode: MeetingMode) -> str:
    """Return how somebody comes to an event."""
    return {MeetingMode.OFFLINE: _("In the room"), MeetingMode.ONLINE: _("Online")}[mode]


def modes_of(event: EventData) -> list[MeetingMode]:
    """Return how one can come to an event: in the room before online."""
    if event.mode is MeetingMode.HYBRID:
        return [MeetingMode.OFFLINE, MeetingMode.ONLINE]
    return [event.mode]


def say_seats(seats: SeatsData) -> str:
    """Return "3 of 24 seats left"; for a mode without a limit that there is one for everybody."""
    if seats.left is None:
        return _("Room for everybody")
    values = {"left": say_number(seats.left), "all": say_number(seats.capacity)}
    if seats.is_full:
        return ngettext("Full: the only seat is taken", "Full: all %(all)s seats are taken", seats.capacity) % values
    if seats.mode is MeetingMode.ONLINE:
        return ngettext("%(left)s place left", "%(left)s places left", seats.left) % values
    return ngettext("%(left)s of %(all)s seats left", "%(left)s of %(all)s seats left", seats.left) % values


def say_seats_left(event: EventData) -> str:
    """Return "3 seats left" of all modes together, "Full", or "" where a mode has no limit."""
    free = [each.left for each in event.seats]
    if not free or None in free:
        return ""
    left = sum(each for each in free if each is not None)
    if not left:
        return _("Full")
    return ngettext("%(count)s seat left", "%(count)s seats left", left) % {"count": say_number(left)}


def tag_seats(event: EventData) -> Tag | None:
    """Return the tag for the seats that are left; amber where they are few, none without a limit."""
    text = say_seats_left(event)
    if not text:
        return None
    left = sum(each.left or 0 for each in event.seats)
    return Tag(text, "warn" if left < _FEW else "")


def tag_answer(rsvp: RsvpData | None, *, now: datetime) -> Tag | None:
    """Return the tag for somebody's own answer; None where they have none that matters any more."""
    if rsvp is None:
        return None
    if rsvp.state is RsvpState.GOING and rsvp.must_answer:
        return Tag(_("Moved: say whether you come"), "warn", "clock")
    if rsvp.state is RsvpState.OFFERED and rsvp.offer_until is not None and rsvp.offer_until > now:
        return Tag(_("A seat is kept for you"), "warn", "clock")
    tags = {
        RsvpState.GOING: Tag(_("You have a seat"), "ok", "check"),
        RsvpState.WAITLISTED: Tag(_("You are in line"), "info", "list"),
        RsvpState.PENDING: Tag(_("Waits for the hosts"), "info", "clock"),
        RsvpState.NOT_COMING: Tag(_("You cannot come")),
        RsvpState.CANCELLED: Tag(_("You cannot come")),
        RsvpState.DECLINED: Tag(_("Not approved"), "", "not"),
        RsvpState.REMOVED: Tag(_("Taken off the list"), "", "not"),
    }
    return tags.get(rsvp.state)


def tag_presence(presence: Presence) -> Tag | None:
    """Return the tag for what is known of somebody at an event that is over; None where nothing is."""
    return {
        Presence.ATTENDED: Tag(_("You were there"), "ok", "check"),
        Presence.NO_SHOW: Tag(_("You had a seat")),
        Presence.CANCELLED_LATE: Tag(_("You gave your seat back late")),
        Presence.EXCUSED: Tag(_("Excused")),
    }.get(presence)


def draw_tag(tag: Tag | None) -> dict[str, str] | None:
    """Return a tag as templates take it."""
    return tag._asdict() if tag is not None else None


def say_open_to(open_to: EventOpenTo) -> str:
    """Return for whom an event is, in words."""
    return {
        EventOpenTo.ANYONE: _("Open to everyone"),
        EventOpenTo.MEMBERS: _("For members"),
        EventOpenTo.LEARNERS: _("For members who take its course"),
        EventOpenTo.ALUMNI: _("For members who completed its course"),
    }[open_to]


def say_access(event: EventData) -> str:
    """Return what venue or call offers: "Step-free, lift, hearing loop. Quiet room next door."; "" for nothing said."""
    named = [str(_ACCESS_FACTS[each]) for each in AccessFact if each in event.access_facts]
    facts = _(", ").join([*named[:1], *(_small(each) for each in named[1:])])
    return " ".join(part for part in (facts + "." if facts else "", event.access_note) if part)


def say_people(names: Iterable[str]) -> str:
    """Return "Wanjiru Kamau and Daniel Oduor", "A, B and C"."""
    *first, last = list(names) or [""]
    if not first:
        return last
    return _("%(first)s and %(last)s") % {"first": _(", ").join(first), "last": last}


def draw_when(event: EventData, *, now: datetime | None = None) -> dict[str, Any]:
    """Return when an event is, by the clocks of its own zone, as a text and as machines read it."""
    return {
        "utc": people.format_utc(event.starts_at),
        "text": people.format_moment(event.starts_at, zone=event.zone, until=event.ends_at, now=now or timezone.now()),
    }


def say_when(event: EventData, *, now: datetime | None = None) -> str:
    """Return "Thu 3 Dec, 18:30, Nairobi time"."""
    return people.format_moment(event.starts_at, zone=event.zone, now=now)


def say_where(event: EventData, *, shows_place: bool, mode: MeetingMode | None = None) -> str:
    """Return "Riverside Campus or online", "Online", or "" where the place is not shown: the first part of an address.

    ``mode`` is how the reader comes, None for somebody of whom it is not known.
    """
    place = event.place.partition(",")[0].strip() if shows_place else ""
    if MeetingMode.ONLINE in (event.mode, mode):
        return _("Online")
    if event.mode is MeetingMode.HYBRID and mode is None:
        return _("%(place)s or online") % {"place": place} if place else _("In the room or online")
    return place


def say_your_time(event: EventData, zone: ZoneInfo | None) -> str:
    """Return an event's time on the reader's clock, "16:30–18:30 where you are (Amsterdam)"; "" where it is the same.

    ``zone`` None, and UTC, which is what people have who never chose one, say nothing of where somebody is.
    """
    if zone is None or zone.key in {"UTC", "Etc/UTC"}:
        return ""
    theirs, ours = event.starts_at.astimezone(zone), event.starts_at.astimezone(event.zone)
    if theirs.utcoffset() == ours.utcoffset():
        return ""
    values = {
        "start": people.say_time(event.starts_at, zone),
        "end": people.say_time(event.ends_at, zone),
        "city": say_city(zone.key) or zone.key.rpartition("/")[2].replace("_", " "),
    }
    if theirs.date() == ours.date() == event.ends_at.astimezone(zone).date():
        return _("%(start)s–%(end)s where you are (%(city)s)") % values
    stretch = people.say_stretch(event.starts_at, event.ends_at, zone)
    return _("%(stretch)s where you are (%(city)s)") % {"stretch": stretch, "city": values["city"]}


def draw_date(event: EventData, *, now: datetime) -> dict[str, Any]:
    """Return the block of month and day in front of an event; it is decoration, the sentence beside it says the day."""
    day = event.starts_at.astimezone(event.zone).date()
    return {"month": format_date(day, "M"), "day": day.day, "is_past": event.is_over(now) or event.is_cancelled}


def split_agenda(agenda: str) -> list[tuple[str, str]]:
    """Return the steps of an agenda, a line each, as (what stands out, the rest): "18:30, arrive." and what follows."""
    return [_split_step(line) for each in agenda.splitlines() if (line := each.strip())]


def _split_step(line: str) -> tuple[str, str]:
    ends = [place + len(stop) for stop in (". ", ": ", "。", "：") if 0 < (place := line.find(stop)) < _LONGEST_LEAD]
    cut = min(ends, default=0)
    return (line[:cut].strip(), line[cut:].strip()) if cut else ("", line)


_LONGEST_LEAD: Final = 60


def _small(text: str) -> str:
    """Return a text that goes on with a sentence: its first letter small, unless the word is all capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
