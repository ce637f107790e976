"""What the hosts of an event do: who comes, who says that they were there, letters, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import event_mails, event_results, events, rsvps
from chapters.data import EventAct, EventMailAudience, EventMailData, RsvpState
from chapters.events.attendees import LISTED
from chapters.events.hosts import list_members
from chapters.exceptions import NotFoundError
from discussion_ext.data import MeetingMode

from .attendee_shapes import (
    AttendeeSerializer,
    AttendeesSerializer,
    LetterReadSerializer,
    LettersSerializer,
    PresenceRequestSerializer,
    PresenceRequestsSerializer,
)
from .base import AnybodyReads, ChapterView
from .boards import CURSOR
from .event_base import EventView
from .event_bodies import (
    AddAttendeeSerializer,
    AnswerPresenceSerializer,
    DecideAttendeeSerializer,
    LetterSerializer,
    ResultWriteSerializer,
)
from .event_drawing import draw_attendee, draw_requests, draw_result
from .event_shapes import ResultSerializer, ResultsSerializer, SurveySummarySerializer

_ACTS: Final[dict[str, Any]] = {
    "approve": lambda note, **who: rsvps.approve(**who),
    "refuse": lambda note, **who: rsvps.refuse(**who, note=note),
    "remove": lambda note, **who: rsvps.remove_attendee(**who, note=note),
}
_LONGEST_SEARCH: Final = 100


class AttendeesView(EventView):
    """Who comes to an event, for its hosts."""

    takes = {"POST": AddAttendeeSerializer}
    gives = {"GET": AttendeesSerializer, "POST": AttendeeSerializer}
    query_parameters = CURSOR | {
        "state": "One state of answers; without it who comes, has an offer, waits or asks.",
        "q": "What somebody is called here.",
    }

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return a page of the list with what people need and answered, and how many answers there are by state."""
        self.require_act(EventAct.SEE_ATTENDEES)
        state, text = self.asked_word("state", RsvpState), self.asked("q", _LONGEST_SEARCH)
        if text:
            self.keep_pace("search")
        states = LISTED if state is None else (state,)
        page = rsvps.list_attendees(event=self.event, states=states, cursor=self.asked("cursor"), text=text)
        counts = rsvps.count_rsvps(self.event.id)
        return self.answer(
            {
                "counts": {each.value: counts.get(each, 0) for each in RsvpState},
                "results": [draw_attendee(each) for each in page.attendees],
                "next_cursor": page.cursor,
            }
        )

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Put a member of the chapter on the list; they are told."""
        self.require_act(EventAct.MANAGE_ATTENDEES)
        sent = self.read()
        if not list_members(self.chapter.id, [sent["user_id"]]):
            raise NotFoundError(_("This person is not a member."), field="user_id")
        self.keep_pace("organize")
        added = rsvps.add_attendee(
            event_id=self.event.id,
            actor_id=self.reader_id,
            user_id=sent["user_id"],
            mode=MeetingMode(sent["mode"]),
            is_forced=sent["is_forced"],
        )
        return self.answer(draw_attendee(rsvps.get_attendee(self.event, added.id)))


class AttendeeView(EventView):
    """One answer on an event's list."""

    takes = {"POST": DecideAttendeeSerializer}
    gives = {"GET": AttendeeSerializer, "POST": AttendeeSerializer}

    def get(self, request: Request, slug: str, event_id: str, rsvp_id: str) -> Response:
        """Return the answer with what the person needs."""
        self.require_act(EventAct.SEE_ATTENDEES)
        return self.answer(draw_attendee(rsvps.get_attendee(self.event, self.number("rsvp_id"))))

    def post(self, request: Request, slug: str, event_id: str, rsvp_id: str) -> Response:
        """Approve, refuse or remove; the person is told, and whoever is next gets what that frees."""
        self.require_act(EventAct.MANAGE_ATTENDEES)
        sent = self.read()
        found = rsvps.get_attendee(self.event, self.number("rsvp_id")).rsvp
        self.keep_pace("review")
        _ACTS[sent["act"]](sent["note"], rsvp_id=found.id, actor_id=self.reader_id)
        self.read_again()
        return self.answer(draw_attendee(rsvps.get_attendee(self.event, found.id)))


class PresencesView(EventView):
    """Who says that they were at an event though nobody recorded it."""

    takes = {"POST": AnswerPresenceSerializer}
    gives = {"GET": PresenceRequestsSerializer, "POST": PresenceRequestSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return those that wait for an answer, the oldest first."""
        self.require_act(EventAct.MANAGE_ATTENDEES)
        waiting = event_results.list_presence_requests(event_id=self.event.id)
        return self.answer({"results": draw_requests(self.chapter.id, waiting)})

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Answer one of them; accepted, the person counts as having come. Nobody answers their own."""
        self.require_act(EventAct.MANAGE_ATTENDEES)
        sent = self.read()
        self.keep_pace("review")
        answered = event_results.answer_presence(event_id=self.event.id, actor_id=self.reader_id, **sent)
        return self.answer(draw_requests(self.chapter.id, [answered])[0])


class LettersView(EventView):
    """Letters to people of an event."""

    takes = {"POST": LetterSerializer}
    gives = {"GET": LettersSerializer, "POST": LetterReadSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return the last letters, the newest first."""
        self.require_act(EventAct.MAIL)
        return self.answer({"results": [_draw_letter(each) for each in event_mails.list_mails(self.event.id)]})

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Write to people of the event, each alone; addresses are shown to nobody, and letters a day are limited."""
        self.require_act(EventAct.MAIL)
        sent = self.read()
        written = event_mails.send_mail(
            event_id=self.event.id,
            actor_id=self.reader_id,
            **{**sent, "audience": EventMailAudience(sent["audience"])},
        )
        return self.answer(_draw_letter(written))


def _draw_letter(letter: EventMailData) -> dict[str, Any]:
    return asdict(letter) | {"audience": letter.audience.value}


# -- what came of it ---------------------------------------------------------------------------------------------------


class ResultsView(ChapterView):
    """What came of a chapter's events."""

    permission_classes = (AnybodyReads,)
    gives = {"GET": ResultsSerializer}
    query_parameters = CURSOR

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of published results of events that are open to the reader, of the latest event first."""
        page = event_results.list_results(
            chapter_id=self.chapter.id, open_to=events.list_open_to(self.access), cursor=self.asked("cursor")
        )
        return self.answer_page([draw_result(card.event, card.result) for card in page.results], page.cursor)


class ResultView(EventView):
    """What came of an event."""

    permission_classes = (AnybodyReads,)
    takes = {"PUT": ResultWriteSerializer}
    gives = {"GET": ResultSerializer, "PUT": ResultSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return what was published; a draft is for those who write it."""
        self.require_act(EventAct.SEE_RESULT)
        found = event_results.find_result(self.event.id)
        if found is None or (found.published_at is None and not self.can(EventAct.WRITE_RESULT)):
            raise NotFound(_("Nobody has written down yet what came of this event."))
        return self.answer(draw_result(self.event, found))

    def put(self, request: Request, slug: str, event_id: str) -> Response:
        """Keep what came of the event, and publish it where that is said."""
        self.require_act(EventAct.WRITE_RESULT)
        sent = self.read()
        self.keep_pace("organize")
        kept = event_results.save_result(
            event_id=self.event.id,
            actor_id=self.reader_id,
            text=sent["text"],
            revision=sent["revision"],
            publishes=sent["is_published"],
        )
        return self.answer(draw_result(self.event, kept))


class SurveySummaryView(EventView):
    """What people thought of an event."""

    gives = {"GET": SurveySummarySerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return what those who came said, without names; of few answers only their number."""
        self.require_act(EventAct.WRITE_RESULT)
        return self.answer(event_results.summarize_survey(self.event.id))
