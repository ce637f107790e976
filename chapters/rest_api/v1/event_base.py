"""What the views of events share: the event of the address as its reader stands before it."""

from __future__ import annotations

import functools
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound

from chapters.api import events, rsvps
from chapters.data import Action, DecisionData, EventAct, EventData, RsvpData
from chapters.exceptions import NotAllowedError
from discussion_ext.data import MeetingMode

from .base import ChapterView


class EventView(ChapterView):
    """A door to one event of a chapter. One that the reader may not see does not exist for them."""

    @functools.cached_property
    def now(self) -> datetime:
        """Return the moment at which everything is decided."""
        return timezone.now()

    @functools.cached_property
    def event(self) -> EventData:
        """Return the event of the address.

        People outside are refused alike whether or not there is one of that number. Raises NotFound, NotAllowedError.
        """
        found = events.find_event(self.chapter.id, self.number("event_id"))
        if found is not None:
            decision = events.decide_event(self.access, found, EventAct.SEE, rsvp=self.rsvp, now=self.now)
            if decision.is_allowed:
                return found
        inside = self.access.decide(Action.SEE_EVENTS)
        if not inside.is_allowed:
            raise NotAllowedError(inside)
        raise NotFound(_("There is no such event, or not any more."))

    @functools.cached_property
    def rsvp(self) -> RsvpData | None:
        """Return the reader's own answer, None where there is none."""
        user_id = self.reader_or_none
        return rsvps.find_rsvp(self.number("event_id"), user_id) if user_id is not None else None

    def decide(self, act: EventAct, *, mode: MeetingMode | None = None) -> DecisionData:
        """Answer whether the reader may do something with the event."""
        return events.decide_event(self.access, self.event, act, rsvp=self.rsvp, mode=mode, now=self.now)

    def can(self, act: EventAct) -> bool:
        """Tell whether the reader may do something with the event."""
        return self.decide(act).is_allowed

    def require_act(self, act: EventAct, *, mode: MeetingMode | None = None) -> None:
        """Make sure that the reader may do something with the event. Raises NotAllowedError, NotFound."""
        decision = self.decide(act, mode=mode)
        if not decision.is_allowed:
            raise NotAllowedError(decision)

    def read_again(self) -> None:
        """Forget what was read, so that the answer to a change is what stands then."""
        for name in ("event", "rsvp", "now"):
            self.__dict__.pop(name, None)
