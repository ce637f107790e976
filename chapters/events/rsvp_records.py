"""Rows of answers as the frozen data that is handed out."""

from __future__ import annotations

from collections.abc import Iterable

from chapters.data import RsvpData, RsvpSource, RsvpState
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode

#: States in which somebody is asked whether they come to a moved event too.
_ASKED = frozenset({RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING})


def to_rsvp(
    row: Rsvp, event: Event, *, place_in_line: int | None = None, waits_why: str = "", overlaps: str = ""
) -> RsvpData:
    """Return an answer with what was found out about its place in line; no query."""
    return RsvpData(
        id=row.pk,
        event_id=row.event_id,
        user_id=row.user_id,
        state=RsvpState(row.state),
        mode=MeetingMode(row.mode),
        guests=row.guests,
        source=RsvpSource(row.source),
        needs_step_free=row.needs_step_free,
        needs_note=row.needs_note,
        queued_at=row.queued_at,
        offer_until=row.offer_until,
        state_at=row.state_at or row.created_at,
        note=row.note,
        must_answer=row.state in _ASKED and row.answered_sequence < event.answer_sequence,
        place_in_line=place_in_line,
        waits_why=waits_why,
        overlaps=overlaps,
    )


def to_rsvps(rows: Iterable[Rsvp]) -> list[RsvpData]:
    """Return answers that were read together with their events."""
    return [to_rsvp(row, row.event) for row in rows]
