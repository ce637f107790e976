"""People of an event as its team sees them: called as in the chapter, with what they need and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import AttendeeData, ChapterData, PresenceRequestData, RsvpState
from chapters.forms_desk.event_acts import PresenceForm
from discussion_ext.data import AttendanceState
from people import api as people

from .desk_event_frame import EventVisit
from .desk_event_words import tag_rsvp
from .desk_frame import name_of_chapter
from .event_words import Tag, say_mode

#: Answers in groups, as a team looks for them.
GROUPS: Final[Mapping[str, tuple[RsvpState, ...]]] = {
    "going": (RsvpState.GOING,),
    "waiting": (RsvpState.OFFERED, RsvpState.WAITLISTED),
    "pending": (RsvpState.PENDING,),
    "gone": (
        RsvpState.NOT_COMING,
        RsvpState.CANCELLED,
        RsvpState.PASSED,
        RsvpState.LAPSED,
        RsvpState.DECLINED,
        RsvpState.REMOVED,
    ),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Some answers: what the group is called in addresses and in words, and how many it has."""

    name: str
    label: str
    count: int


def list_groups(counts: Mapping[RsvpState, int]) -> list[Group]:
    """Return the groups with how many answers each has, in their order."""
    words = {
        "going": _("Come"),
        "waiting": _("In line"),
        "pending": _("Wait for you"),
        "gone": _("Do not come"),
    }
    return [Group(name, words[name], sum(counts.get(each, 0) for each in states)) for name, states in GROUPS.items()]


def draw_attendees(
    visit: EventVisit, attendees: Iterable[AttendeeData], *, says_state: bool = True
) -> list[dict[str, Any]]:
    """Return people as a list shows them, with the state of their answer unless the list is of one state alone."""
    shown = list(attendees)
    names = name_of_chapter(visit.chapter, [each.rsvp.user_id for each in shown])
    is_over = visit.event.is_over(timezone.now())
    return [
        {
            "rsvp": each.rsvp,
            "name": names[each.rsvp.user_id],
            "line": _say_line(visit, each),
            "tag": _tag(each) or (tag_rsvp(each.rsvp.state) if says_state else None),
            "needs": _list_needs(each),
            "answers": each.answers,
            "may_remove": each.rsvp.state in _REMOVABLE and not is_over,
            "waits": each.rsvp.state is RsvpState.PENDING,
        }
        for each in shown
    ]


def draw_requests(
    chapter: ChapterData, requests: Iterable[PresenceRequestData], *, sent: PresenceForm | None = None, person: int = 0
) -> list[dict[str, Any]]:
    """Return people who say that they were at an event, as a list shows them, each with a form for the answer.

    ``sent`` is what was answered about ``person`` and could not be taken: it stands at them again.
    """
    shown = list(requests)
    names = name_of_chapter(chapter, [each.user_id for each in shown])
    return [
        {
            "request": each,
            "name": names[each.user_id],
            "form": sent if sent is not None and each.user_id == person else make_presence_form(each.user_id),
        }
        for each in shown
    ]


def make_presence_form(user_id: int, data: Any = None) -> PresenceForm:
    """Return the form that answers one person; several stand on a page, so its fields are named after them."""
    return PresenceForm(data, auto_id=f"presence-{user_id}-%s")


_REMOVABLE: Final = frozenset({RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED})


def _say_line(visit: EventVisit, attendee: AttendeeData) -> str:
    """Return how somebody comes, with how many, and where they are in line or until when a seat is kept."""
    rsvp = attendee.rsvp
    parts = [say_mode(rsvp.mode)] if len(visit.event.seats) > 1 else []
    if rsvp.guests:
        parts.append(ngettext("with %(count)d guest", "with %(count)d guests", rsvp.guests) % {"count": rsvp.guests})
    if rsvp.place_in_line:
        parts.append(_("place %(place)d in line") % {"place": rsvp.place_in_line})
    if rsvp.waits_why:
        parts.append(rsvp.waits_why)
    if rsvp.state is RsvpState.OFFERED and rsvp.offer_until is not None:
        moment = people.say_moment(rsvp.offer_until, visit.event.zone)
        parts.append(_("a seat is kept until %(moment)s") % {"moment": moment})
    if rsvp.must_answer:
        parts.append(_("has not said yet whether they come at the new time"))
    if rsvp.note:
        parts.append(_("“%(note)s”") % {"note": rsvp.note})
    return " · ".join(parts)


def _tag(attendee: AttendeeData) -> Tag | None:
    """Return whether somebody with a seat came, once that is known."""
    return (
        {
            AttendanceState.PRESENT: Tag(_("Came"), "ok", "check"),
            AttendanceState.EXCUSED: Tag(_("Excused")),
            AttendanceState.ABSENT: Tag(_("Was not there")),
        }.get(attendee.attendance)
        if attendee.attendance
        else None
    )


def _list_needs(attendee: AttendeeData) -> list[str]:
    rsvp = attendee.rsvp
    said = [_("Needs a step-free way")] if rsvp.needs_step_free else []
    return [*said, rsvp.needs_note] if rsvp.needs_note else said
