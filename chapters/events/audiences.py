"""To whom organizers of an event may write: always people of its list, chosen by the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chapters.data import EventMailAudience, RsvpState

#: Which answers make somebody part of an audience. Who came is narrowed to those who were there.
STATES_OF: Final[Mapping[EventMailAudience, tuple[RsvpState, ...]]] = {
    EventMailAudience.GOING: (RsvpState.GOING,),
    EventMailAudience.WAITING: (RsvpState.WAITLISTED, RsvpState.OFFERED),
    EventMailAudience.CAME: (RsvpState.GOING,),
    EventMailAudience.ALL: (RsvpState.PENDING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.GOING),
}
