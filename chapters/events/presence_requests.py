"""People who say that they were at an event though nobody recorded it, and what hosts answer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import EventData, EventState, Presence, PresenceRequestData
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.membership.rows import read_text
from chapters.models import PresenceRequest
from chapters.standpoints import no
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from people import api as people

from . import news
from .hosts import list_team
from .presence import find_presence, forgotten_at
from .reading import get_event

MOST_TEXT = 500
_MOST_REQUESTS = 50


@transaction.atomic
def ask_presence(*, event_id: int, user_id: int, text: str) -> PresenceRequestData:
    """Keep that somebody says they were there, in 1 to 500 characters, and tell the hosts; said again it is reworded.

    Raises InvalidValueError ("text"), NotFoundError, and StateError: not over yet, called off, recorded already, too
    long ago, or answered before.
    """
    event, said = get_event(event_id), read_text(text, field="text", most=MOST_TEXT)
    _check_open(event, user_id)
    people.insert_or_update(PresenceRequest(event_id=event_id, user_id=user_id), by=["event", "user_id"])
    row = PresenceRequest.objects.select_for_update().get(event_id=event_id, user_id=user_id)
    if row.is_accepted is not None:
        raise StateError(_("This was answered already: “%(answer)s”") % {"answer": row.answer})
    is_new = not row.text
    row.text = said
    row.save(update_fields=["text"])
    if is_new:
        team = list_team(event_id, event.chapter_id)
        news.tell_presence_asked(event, [each for each in team if each != user_id], request_id=row.pk)
    return to_request(row)


@transaction.atomic
def answer_presence(
    *, event_id: int, user_id: int, actor_id: int, is_accepted: bool, answer: str = ""
) -> PresenceRequestData:
    """Answer somebody who says they were there, and tell them. Accepted, they count as having come.

    ``answer`` has at most 500 characters; a no needs some. The same answer again changes nothing.

    Raises NotFoundError, InvalidValueError ("answer"), StateError (answered otherwise meanwhile) and NotAllowedError
    for one's own request and where the roll is no longer this person's to correct.
    """
    if not is_accepted and not str(answer or "").strip():
        raise InvalidValueError(_("Say why: the person will read it."), field="answer")
    said = read_text(answer, field="answer", most=MOST_TEXT, is_needed=False)
    row = PresenceRequest.objects.select_for_update().filter(event_id=event_id, user_id=user_id).first()
    if row is None:
        raise NotFoundError(_("There is no such request, or not any more."))
    if actor_id == user_id:
        refusal = no("own_request", _("Nobody answers their own request."), _("Ask another host or organizer."))
        raise NotAllowedError(refusal)
    if row.is_accepted is not None:
        if row.is_accepted is not is_accepted:
            raise StateError(_("Somebody else has answered this meanwhile: “%(answer)s”") % {"answer": row.answer})
        return to_request(row)
    row.is_accepted, row.answer, row.answered_at, row.answered_by = is_accepted, said, timezone.now(), actor_id
    row.save(update_fields=["is_accepted", "answer", "answered_at", "answered_by"])
    event = get_event(event_id)
    if is_accepted:
        _record(event, user_id, actor_id=actor_id, reason=said or _("They say that they were there."))
    people.record_audit(
        actor_id=actor_id,
        verb="event.presence_accepted" if is_accepted else "event.presence_refused",
        target=f"event:{event_id}",
        context_key=f"chapter:{event.chapter_id}",
        data={"user": user_id},
    )
    news.tell_presence_answered(event, user_id, request_id=row.pk)
    return to_request(row)


def find_presence_request(event_id: int, user_id: int) -> PresenceRequestData | None:
    """Return what somebody said of having been there, None where they said nothing."""
    row = PresenceRequest.objects.filter(event_id=event_id, user_id=user_id).first()
    return to_request(row) if row else None


def list_presence_requests(
    *, chapter_id: int | None = None, event_id: int | None = None, limit: int = _MOST_REQUESTS
) -> tuple[PresenceRequestData, ...]:
    """Return requests that wait for an answer, of a chapter or of an event, the oldest first; one query."""
    rows = PresenceRequest.objects.filter(is_accepted__isnull=True)
    if chapter_id is not None:
        rows = rows.filter(event__chapter_id=chapter_id)
    if event_id is not None:
        rows = rows.filter(event_id=event_id)
    return tuple(to_request(row) for row in rows.order_by("asked_at", "pk")[:limit])


def can_ask(event: EventData, presence: Presence) -> bool:
    """Tell whether somebody of whom this is known may say that they were there."""
    now = timezone.now()
    is_held = event.state is EventState.PUBLISHED and event.is_over(now)
    return is_held and now < forgotten_at(event) and presence is not Presence.ATTENDED


def to_request(row: PresenceRequest) -> PresenceRequestData:
    """Return a request as it is handed out."""
    return PresenceRequestData(
        id=row.pk,
        event_id=row.event_id,
        user_id=row.user_id,
        text=row.text,
        asked_at=row.asked_at,
        is_accepted=row.is_accepted,
        answer=row.answer,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
    )


def _check_open(event: EventData, user_id: int) -> None:
    now = timezone.now()
    if event.state is not EventState.PUBLISHED:
        raise StateError(_("This event did not take place."))
    if not event.is_over(now):
        raise StateError(_("This event is not over. Check in with the code, or ask your host."))
    if now >= forgotten_at(event):
        raise StateError(_("This event is too long ago: it is no longer kept who did not come."))
    if find_presence(event.id, user_id).presence is Presence.ATTENDED:
        raise StateError(_("It is recorded already that you were there."))


def _record(event: EventData, user_id: int, *, actor_id: int, reason: str) -> None:
    try:
        attendance.correct_attendance(
            meeting_id=event.meeting_id,
            user_id=user_id,
            state=AttendanceState.PRESENT,
            actor_id=actor_id,
            reason=reason,
        )
    except attendance.NotHostError as refusal:
        raise NotAllowedError(no("not_host", refusal.message, _("Ask an organizer of the chapter."))) from refusal
