"""The ticket to an event in a room: who has one, and what stands on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses
from chapters.data import DecisionData, EventData, RsvpData, RsvpState
from chapters.exceptions import NotAllowedError
from chapters.standpoints import no
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode

from .event_visits import EventVisit, open_event
from .event_words import say_when, say_where
from .frame import chapter_page, reader_id, render_chapter_page
from .words import say_number


@chapter_page()
def ticket(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show somebody with a seat in the room their ticket; it needs no network once it is open."""
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    if (refusal := find_no_ticket(visit.event, visit.rsvp, slug=slug, now=visit.now)) is not None:
        raise NotAllowedError(refusal)
    event = visit.event
    context = {
        "event": event,
        "event_url": visit.url(),
        "when": say_when(event, now=visit.now),
        "where": event.place or say_where(event, shows_place=True),
        "guests": _say_guests(visit),
        "picture": mark_safe(attendance.draw_ticket_qr(event.meeting_id, user_id)),  # noqa: S308 - drawn by us
        "decline_url": visit.url("event_decline"),
        "waiting": _say_waiting(visit),
    }
    return render_chapter_page(request, visit.chapter, visit.access, "events/ticket.html", context, tab="events")


def find_no_ticket(event: EventData, rsvp: RsvpData | None, *, slug: str, now: datetime) -> DecisionData | None:
    """Return why somebody has no ticket: none is needed, none is valid any more, or there is no seat."""
    url = addresses.event_url(slug, event.id)
    if event.is_cancelled:
        return no("called_off", _("This event was called off."), _("Read why."), url)
    if event.is_over(now):
        return no("over", _("This event is over."), _("Look at what came of it."), url)
    if rsvp is None or rsvp.state is not RsvpState.GOING:
        return no("no_seat", _("A ticket is for people who have a seat."), _("Say that you come."), url)
    if rsvp.mode is MeetingMode.ONLINE:
        return no("online", _("Whoever comes online needs no ticket."), _("Look for the link."), url)
    return None


def _say_guests(visit: EventVisit) -> str:
    guests = visit.rsvp.guests if visit.rsvp is not None else 0
    if not guests:
        return ""
    return ngettext("For you and %(count)s guest", "For you and %(count)s guests", guests) % {"count": guests}


def _say_waiting(visit: EventVisit) -> str:
    """Return what becomes of the seat when it is given back; empty where nobody waits."""
    event, waiting = visit.event, visit.event.waiting
    if not waiting:
        return ""
    values = {"count": say_number(waiting)}
    if visit.now >= event.starts_at - timedelta(hours=settings.CHAPTERS_OPEN_ROUND_HOURS):
        return (
            ngettext(
                "%(count)s person is waiting and is told at once.",
                "%(count)s people are waiting; your seat goes to whoever takes it first.",
                waiting,
            )
            % values
        )
    return (
        ngettext(
            "%(count)s person is waiting; your seat goes to them.",
            "%(count)s people are waiting; your seat goes to the first.",
            waiting,
        )
        % values
    )
