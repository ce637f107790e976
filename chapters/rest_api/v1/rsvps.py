"""Who comes: the reader's own answer to an event, what they do with an offer, their ticket, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import event_results, rsvps
from chapters.data import EventAct, RsvpDraftData
from chapters.exceptions import NotAllowedError, StateError
from chapters.views.event_ticket import find_no_ticket
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState, MeetingMode
from people import api as people

from .event_base import EventView
from .event_bodies import AnswerEventSerializer, AskPresenceSerializer, OfferSerializer, SurveySerializer
from .event_drawing import draw_answer, draw_request
from .event_shapes import AnswerGivenSerializer, PresenceSerializer, SurveyReadSerializer, TicketSerializer


class _OwnAnswerView(EventView):
    """A door to the reader's own answer."""

    def answer_now(self) -> Response:
        """Return the reader's answer as it stands now, with the place in line."""
        self.read_again()
        if self.rsvp is None:
            raise NotFound(_("You have not answered this event."))
        return self.answer(draw_answer(self.rsvp))


class AnswerView(_OwnAnswerView):
    """My answer to an event."""

    takes = {"PUT": AnswerEventSerializer}
    gives = {"GET": AnswerGivenSerializer, "PUT": AnswerGivenSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return the reader's own answer."""
        self.require_act(EventAct.SEE)
        return self.answer_now()

    def put(self, request: Request, slug: str, event_id: str) -> Response:
        """Say that the reader comes: to a seat, a place in line, or a request where organizers approve.

        Sent again it changes how they come; the same twice comes to the same.
        """
        self.require_act(EventAct.ANSWER)
        draft = make_draft(self.read())
        self.require_act(EventAct.ANSWER, mode=draft.mode)
        self.keep_pace("attend")
        rsvps.answer(event_id=self.event.id, user_id=self.reader_id, draft=draft)
        return self.answer_now()


class DeclineView(_OwnAnswerView):
    """That I cannot come."""

    gives = {"POST": AnswerGivenSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Give the seat back, leave the line, take a request back or pass an offer on."""
        self.require_act(EventAct.SEE)
        self.keep_pace("attend")
        rsvps.decline(event_id=self.event.id, user_id=self.reader_id)
        return self.answer_now()


class OfferView(_OwnAnswerView):
    """The seat that is kept for me, or has come free while I wait."""

    takes = {"POST": OfferSerializer}
    gives = {"POST": AnswerGivenSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Take the seat, perhaps online instead of in the room, or pass it on; twice is once."""
        self.require_act(EventAct.SEE)
        sent = self.read()
        who: dict[str, Any] = {"event_id": self.event.id, "user_id": self.reader_id}
        if self.rsvp is None:
            raise StateError(_("No seat is kept for you here."))
        mode = MeetingMode(sent["mode"]) if sent["mode"] else None
        if sent["is_taken"]:
            self.require_act(EventAct.ANSWER, mode=mode or self.rsvp.mode)
        self.keep_pace("attend")
        if sent["is_taken"]:
            rsvps.take_offer(**who, mode=mode)
        else:
            rsvps.pass_offer(**who)
        return self.answer_now()


class KeepView(_OwnAnswerView):
    """That I come although the event was moved."""

    gives = {"POST": AnswerGivenSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Keep the seat at the new time or place; twice is once."""
        self.require_act(EventAct.SEE)
        if self.rsvp is None:
            raise StateError(_("You have no seat to keep."))
        self.keep_pace("attend")
        rsvps.keep_seat(event_id=self.event.id, user_id=self.reader_id)
        return self.answer_now()


class TicketView(EventView):
    """My ticket, and whether I was checked in."""

    gives = {"GET": TicketSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return what the QR code of the reader's ticket says, and whether they were checked in."""
        event, rsvp = self.event, self.rsvp
        refusal = find_no_ticket(event, rsvp, slug=self.chapter.slug, now=self.now)
        if refusal is not None:
            raise NotAllowedError(refusal)
        token = attendance.make_ticket(event.meeting_id, self.reader_id)
        found = attendance.find_attendance([event.meeting_id], [self.reader_id])
        known = found.get((event.meeting_id, self.reader_id))
        is_in = known is not None and known.state is AttendanceState.PRESENT
        ticket = {
            "url": people.absolute_url(reverse("discussion_ext:ticket_check_in", args=[event.uid, token])),
            "guests": rsvp.guests if rsvp is not None else 0,
            "is_checked_in": is_in,
            "arrived_at": known.arrived_at if known is not None and is_in else None,
        }
        return self.answer(ticket)


class SurveyView(EventView):
    """What I thought of an event."""

    takes = {"PUT": SurveySerializer}
    gives = {"GET": SurveyReadSerializer, "PUT": SurveyReadSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return what the reader said, and whether they are asked."""
        known = event_results.find_presence(self.event.id, self.reader_id)
        own = event_results.find_survey(self.event.id, self.reader_id)
        return self.answer(
            {
                "is_asked": event_results.can_answer(self.event, known.presence),
                "rating": own.rating if own else None,
                "useful": own.useful if own else "",
                "better": own.better if own else "",
            }
        )

    def put(self, request: Request, slug: str, event_id: str) -> Response:
        """Keep what the reader thinks, once they were there; nobody is shown who said it."""
        where = self.event.id
        sent = self.read()
        self.keep_pace("attend")
        event_results.save_survey(event_id=where, user_id=self.reader_id, **sent)
        return self.answer({"is_asked": True, **sent})


class PresenceView(EventView):
    """Whether I was there."""

    takes = {"POST": AskPresenceSerializer}
    gives = {"GET": PresenceSerializer, "POST": PresenceSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return what is known of the reader at the event, and what they said of it."""
        event, user_id = self.event, self.reader_id
        known = event_results.find_presence(event.id, user_id)
        asked = event_results.find_presence_request(event.id, user_id)
        return self.answer(
            {
                "presence": known.presence.value,
                "arrived_at": known.arrived_at,
                "reason": known.reason,
                "counts_until": known.counts_until,
                "may_ask": event_results.can_ask(event, known.presence)
                and (asked is None or asked.is_accepted is None),
                "request": draw_request(asked) if asked is not None else None,
            }
        )

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Say that the reader was there though nobody recorded it; the hosts answer."""
        where = self.event.id
        sent = self.read()
        self.keep_pace("ask")
        event_results.ask_presence(event_id=where, user_id=self.reader_id, text=sent["text"])
        return self.get(request, slug, event_id)


def make_draft(sent: Mapping[str, Any]) -> RsvpDraftData:
    """Return what somebody answers from what they sent."""
    return RsvpDraftData(
        mode=MeetingMode(sent["mode"]),
        guests=sent["guests"],
        needs_step_free=sent["needs_step_free"],
        needs_note=sent["needs_note"],
        answers=tuple((each["question"], each["answer"]) for each in sent["answers"]),
    )
