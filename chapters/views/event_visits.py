"""Somebody at the page of an event: what they may see and do there, and who is not let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from chapters import addresses, api
from chapters.api import events, rsvps
from chapters.data import Action, ChapterData, EventAct, EventData, RsvpData
from chapters.events.permissions import decide_event
from chapters.exceptions import NotAllowedError
from chapters.forms.answers import AnswerForm

from .event_seat import SeatCard, Situation
from .event_words import modes_of, say_mode
from .frame import find_reader, open_chapter


@dataclass(frozen=True, kw_only=True)
class EventVisit:
    """Somebody at an event's page: the chapter, what they may do there, the event, and what they have answered."""

    chapter: ChapterData
    access: api.Access
    event: EventData
    rsvp: RsvpData | None
    now: datetime

    def can(self, act: EventAct) -> bool:
        """Tell whether the reader may do something with the event."""
        return decide_event(self.access, self.event, act, rsvp=self.rsvp, now=self.now).is_allowed

    def draw_card(self) -> SeatCard:
        """Return what the card "Will you come?" is drawn from."""
        access, event, rsvp, now = self.access, self.event, self.rsvp, self.now
        return SeatCard(
            event=event,
            rsvp=rsvp,
            may_answer=decide_event(access, event, EventAct.ANSWER, rsvp=rsvp, now=now),
            by_mode={
                mode: decide_event(access, event, EventAct.ANSWER, rsvp=rsvp, mode=mode, now=now)
                for mode in modes_of(event)
            },
            now=now,
        )

    def url(self, page: str = "event") -> str:
        """Return the address of the event, or of one of its pages."""
        return addresses.event_url(self.chapter.slug, self.event.id, page)


def open_event(request: HttpRequest, slug: str, event_id: int) -> EventVisit:
    """Return the visit of an address. Raise 404 for no event; refuse who may not see those of the chapter.

    Somebody outside is refused alike whether or not there is an event of that number.
    """
    chapter, access = open_chapter(request, slug)
    event, user_id, now = events.find_event(chapter.id, event_id), find_reader(request), timezone.now()
    rsvp = rsvps.find_rsvp(event_id, user_id) if event is not None and user_id is not None else None
    if event is not None and decide_event(access, event, EventAct.SEE, rsvp=rsvp, now=now).is_allowed:
        return EventVisit(chapter=chapter, access=access, event=event, rsvp=rsvp, now=now)
    inside = access.decide(Action.SEE_EVENTS)
    if not inside.is_allowed:
        raise NotAllowedError(inside)
    raise Http404


def make_form(visit: EventVisit, data: Any = None) -> AnswerForm:
    """Return the form in which the reader answers, with what they said before; ``data`` is what they sent."""
    event, rsvp = visit.event, visit.rsvp
    questions = events.list_questions(event.id)
    own = rsvps.list_own_answers(event.id, rsvp.user_id) if rsvp is not None and questions else {}
    is_live = rsvp is not None and visit.draw_card().situation is not Situation.OPEN
    return AnswerForm(
        data,
        event=event,
        choices=[(mode, say_mode(mode)) for mode in modes_of(event)],
        questions=questions,
        rsvp=rsvp if is_live else None,
        own=own,
        auto_id="seat-%s",
    )
