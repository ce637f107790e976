"""What people are told of events: written in the transaction that makes it true, and sent later.

To one person, or to a few, an item is inserted at once. What concerns everybody of an event is an errand: one row, from
which ``crowds.py`` tells them in batches after the commit. Items hold ids, instants and counts; titles, places and
names are looked up when the mail is written, so that it says what is so then.

Keys make each notice exactly one in effect: they name the state's moment, the offer's number, the schedule's sequence
or the start that it was made for. Nothing here raises for what was told before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings

from chapters.data import EventData, RsvpState
from people import api as people
from people.data import NewsItemData

from .news_kinds import EventNews, NewsErrand
from .news_subjects import AboutEvent, AboutOffer, AboutRsvp

_PLACE: Final = ("mode", "place", "place_hint")


# -- answers and seats: at once, one item for a person -----------------------------------------------------------------


def tell_confirmed(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that they have a seat: by their answer, or because they took an offer."""
    _tell_state(EventNews.CONFIRMED, event, rsvp)


def tell_added(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that organizers gave them a seat or a place in line, as their state says."""
    _tell_state(EventNews.ADDED, event, rsvp)


def tell_pending(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that their request waits for approval."""
    _tell_state(EventNews.PENDING, event, rsvp)


def tell_approved(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that they were approved, to a seat or to the line, as their state says; nothing else is needed."""
    _tell_state(EventNews.APPROVED, event, rsvp)


def tell_refused(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that they were not approved; the note of their answer is quoted."""
    _tell_state(EventNews.REFUSED, event, rsvp, note=rsvp.note)


def tell_in_line(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that they are in line."""
    _tell_state(EventNews.IN_LINE, event, rsvp)


def tell_removed(event: AboutEvent, rsvp: AboutRsvp) -> None:
    """Tell somebody that organizers took their seat or place in line away; the note of their answer is quoted."""
    _tell_state(EventNews.REMOVED, event, rsvp, note=rsvp.note)


def tell_offer(event: AboutEvent, rsvp: AboutOffer, overlap_id: int | None = None) -> None:
    """Tell somebody that a seat is kept for them until ``offer_until``; ``overlap_id`` is an event they are at then."""
    _tell_offer(EventNews.OFFER, event, rsvp, overlap_id=overlap_id)


def tell_offer_lapsed(event: AboutEvent, rsvp: AboutOffer) -> None:
    """Tell somebody that the offer which they did not answer is over, and that they can queue again."""
    _tell_offer(EventNews.OFFER_LAPSED, event, rsvp)


def tell_open_round(event: AboutEvent, user_ids: Iterable[int]) -> int:
    """Tell who is in line that a free seat is anybody's who takes it first; return to how many that was new.

    Once for a person and a start, however often it is called.
    """
    start = event.starts_at.isoformat()
    items = [
        NewsItemData(
            key=f"{EventNews.OPEN_ROUND}:{event.id}:{start}:{user_id}",
            user_id=user_id,
            kind=EventNews.OPEN_ROUND,
            context=_about(event, starts_at=start),
        )
        for user_id in user_ids
    ]
    return people.add_news_for_many(items, useful_until=event.starts_at) if items else 0


def tell_series_answered(series_id: int, user_id: int, outcomes: Mapping[int, RsvpState], *, at: datetime) -> None:
    """Tell somebody in one mail what their answer to a series came to: states by event id, at this moment."""
    key = f"{EventNews.SERIES_ANSWERED}:{series_id}:{at.isoformat()}:{user_id}"
    context = _about_outcomes(series_id, outcomes)
    people.add_news(key=key, user_id=user_id, kind=EventNews.SERIES_ANSWERED, context=context)


def tell_series_added(series_id: int, outcomes: Mapping[int, Mapping[int, RsvpState]], *, batch: str) -> None:
    """Tell those who come to a whole series of its new dates, once for a ``batch``: states by person and event id."""
    items = [
        NewsItemData(
            key=f"{EventNews.SERIES_ADDED}:{series_id}:{batch}:{user_id}",
            user_id=user_id,
            kind=EventNews.SERIES_ADDED,
            context=_about_outcomes(series_id, states),
        )
        for user_id, states in outcomes.items()
        if states
    ]
    if items:
        people.add_news_for_many(items)


# -- what concerns everybody: one errand in the transaction ------------------------------------------------------------


def is_moved(before: EventData, after: EventData) -> bool:
    """Tell whether people are to be told, and asked again: another time by ``CHAPTERS_MOVE_MINUTES``, or place."""
    least = timedelta(minutes=settings.CHAPTERS_MOVE_MINUTES)
    if abs(after.starts_at - before.starts_at) >= least:
        return True
    return any(getattr(before, name) != getattr(after, name) for name in _PLACE)


def tell_called_off(event: EventData, *, actor_id: int | None = None) -> None:
    """Tell everybody with a seat, an offer, a request or a place in line, once, that an event was called off.

    The reason is read from the event; the answers stay as they are, and so name whom to tell. Who did it knows.
    """
    _tell_schedule(EventNews.CALLED_OFF, event, actor_id)


def tell_restored(event: EventData, *, actor_id: int | None = None) -> None:
    """Tell the same people that it takes place after all."""
    _tell_schedule(EventNews.RESTORED, event, actor_id)


def tell_moved(before: EventData, after: EventData, *, actor_id: int | None = None) -> bool:
    """Tell the same people of another time or place, if `is_moved`; return whether they are told.

    Notices of the schedule hold while ``Event.told_sequence`` is not beyond that of ``after``: callers set it.
    """
    if not is_moved(before, after):
        return False
    _tell_schedule(EventNews.MOVED, after, actor_id, **_say_change(before, after))
    return True


def tell_series_changed(
    series_id: int, changes: Sequence[tuple[EventData, EventData]], *, batch: str, actor_id: int | None = None
) -> None:
    """Tell each person, once for a ``batch``, which of the dates they answered were moved: (before, after) of each."""
    moved = [(before, after) for before, after in changes if is_moved(before, after)]
    _tell_series(EventNews.SERIES_CHANGED, series_id, moved, batch=batch, actor_id=actor_id)


def tell_series_called_off(
    series_id: int,
    changes: Sequence[tuple[EventData, EventData]],
    *,
    batch: str,
    actor_id: int | None = None,
) -> None:
    """Tell each person, once for a ``batch``, which of the dates they answered were called off."""
    _tell_series(EventNews.SERIES_CALLED_OFF, series_id, changes, batch=batch, actor_id=actor_id)


def remind(event: AboutEvent, name: str, *, due_at: datetime) -> None:
    """Remind who has a seat, and had it at ``due_at``, of the present start; ``name`` tells the reminders apart."""
    start = event.starts_at.isoformat()
    facts = {"reminder": name, "due_at": due_at.isoformat()}
    _tell_crowd(EventNews.REMINDER, event, part=f"{name}:{start}", **facts)


def ask_survey(event: AboutEvent) -> None:
    """Ask who came what they take with them; who came is looked up when the errand runs."""
    _tell_crowd(EventNews.SURVEY, event, part=event.starts_at.isoformat())


def tell_result(event: AboutEvent) -> None:
    """Tell who had a seat that the result of an event can be read; once, however often it is published."""
    _tell_crowd(EventNews.RESULT, event, part="")


# -- to hosts ----------------------------------------------------------------------------------------------------------


def tell_requests(event: AboutEvent, user_ids: Iterable[int], *, day: date) -> None:
    """Tell hosts, once a ``day``, that people wait for approval; how many is counted when the mail is written."""
    _tell_hosts(EventNews.REQUESTS, event, user_ids, part=day.isoformat())


def ask_result(event: AboutEvent, user_ids: Iterable[int], *, at: datetime) -> None:
    """Ask hosts to write down what came of an event; ``at`` tells this time from the others."""
    _tell_hosts(EventNews.RESULT_ASK, event, user_ids, part=at.isoformat())


def tell_presence_asked(event: AboutEvent, user_ids: Iterable[int], *, request_id: int) -> None:
    """Tell hosts that somebody says they were there though nobody recorded it."""
    _tell_hosts(EventNews.PRESENCE_ASKED, event, user_ids, part=str(request_id), request_id=request_id)


def tell_presence_answered(event: AboutEvent, user_id: int, *, request_id: int) -> None:
    """Tell somebody what the hosts answered; the answer is quoted."""
    _tell_hosts(EventNews.PRESENCE_ANSWERED, event, [user_id], part=str(request_id), request_id=request_id)


# -- adding ------------------------------------------------------------------------------------------------------------


def _tell_state(kind: EventNews, event: AboutEvent, rsvp: AboutRsvp, **facts: Any) -> None:
    at = rsvp.state_at.isoformat() if rsvp.state_at else ""
    context = _about(event, state=str(rsvp.state), state_at=at, **facts)
    _add(kind, event, rsvp.user_id, part=at, context=context)


def _tell_offer(kind: EventNews, event: AboutEvent, rsvp: AboutOffer, **facts: Any) -> None:
    until = rsvp.offer_until.isoformat() if rsvp.offer_until else ""
    context = _about(event, number=rsvp.offers, until=until, **facts)
    _add(kind, event, rsvp.user_id, part=str(rsvp.offers), context=context)


def _add(kind: EventNews, event: AboutEvent, user_id: int, *, part: str, context: Mapping[str, Any]) -> None:
    people.add_news(
        key=f"{kind}:{event.id}:{part}:{user_id}",
        user_id=user_id,
        kind=kind,
        context=context,
        useful_until=event.ends_at,
    )


def _tell_hosts(kind: EventNews, event: AboutEvent, user_ids: Iterable[int], *, part: str, **facts: Any) -> None:
    """Add items that are of use after the event as well."""
    items = [
        NewsItemData(
            key=f"{kind}:{event.id}:{part}:{user_id}", user_id=user_id, kind=kind, context=_about(event, **facts)
        )
        for user_id in user_ids
    ]
    if items:
        people.add_news_for_many(items)


def _about(event: AboutEvent, **facts: Any) -> dict[str, Any]:
    return {"event_id": event.id, "chapter_id": event.chapter_id, **facts}


def _about_outcomes(series_id: int, outcomes: Mapping[int, RsvpState]) -> dict[str, Any]:
    return {"series_id": series_id, "states": {str(event_id): str(state) for event_id, state in outcomes.items()}}


def _tell_crowd(kind: EventNews, event: AboutEvent, *, part: str, **facts: Any) -> None:
    """Leave the errand; ``part`` is what makes the notice another one of its kind."""
    about = _about(event, kind=str(kind), part=part, starts_at=event.starts_at.isoformat(), **facts)
    people.add_errand(kind=NewsErrand.CROWD, key=f"{kind}:{event.id}:{part}", facts=about, run_after_commit=True)


def _tell_schedule(kind: EventNews, event: EventData, actor_id: int | None, **facts: Any) -> None:
    about = {"sequence": event.sequence, "actor_id": actor_id or 0, **facts}
    _tell_crowd(kind, event, part=str(event.sequence), **about)


def _tell_series(
    kind: EventNews,
    series_id: int,
    changes: Sequence[tuple[EventData, EventData]],
    *,
    batch: str,
    actor_id: int | None,
) -> None:
    if not changes:
        return
    dates = [
        {
            "event_id": after.id,
            "sequence": after.sequence,
            "starts_at": after.starts_at.isoformat(),
            **_say_change(before, after),
        }
        for before, after in changes
    ]
    facts = {
        "kind": str(kind),
        "series_id": series_id,
        "chapter_id": changes[0][1].chapter_id,
        "batch": batch,
        "actor_id": actor_id or 0,
        "dates": dates,
    }
    people.add_errand(kind=NewsErrand.SERIES, key=f"{kind}:{series_id}:{batch}", facts=facts, run_after_commit=True)


def _say_change(before: EventData, after: EventData) -> dict[str, Any]:
    """Return what changed as an errand may keep it: the old start, and that the place is another, not which."""
    is_elsewhere = any(getattr(before, name) != getattr(after, name) for name in _PLACE)
    return {"old_starts_at": before.starts_at.isoformat(), "is_elsewhere": is_elsewhere}
