"""Events as dictionaries in the shapes of the serializers; what the reader may not see is left empty here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any, Final

from chapters import api
from chapters.api import events, rsvps
from chapters.data import (
    AttendeeData,
    DecisionData,
    EventAct,
    EventCardData,
    EventData,
    EventPlanData,
    EventResultData,
    PresenceRequestData,
    RsvpData,
    SeatsData,
    SeriesData,
)
from chapters.events.cards import list_cards
from chapters.membership.listing import name_members
from chapters.views.event_facts import draw_hosts
from discussion_ext.api import render_markdown

from .event_base import EventView

_LOCAL: Final = "%Y-%m-%dT%H:%M"
_ANSWER: Final = (
    "guests", "needs_step_free", "needs_note", "state_at", "queued_at", "offer_until", "note", "must_answer",
    "place_in_line", "waits_why", "overlaps",
)  # fmt: skip
_EVENT: Final = (
    "id", "series_id", "occurrence", "uid", "title", "summary", "languages", "starts_at", "ends_at", "moved_from",
    "place_hint", "is_place_hidden", "is_full", "waiting", "guests_most", "needs_approval", "has_waitlist", "opens_at",
    "closes_at", "cancel_reason", "result_at",
)  # fmt: skip
#: Acts that say something on the page of an event; whether somebody sees it is known by then.
ACTS: Final = tuple(act for act in EventAct if act is not EventAct.SEE)


def draw_rows(access: api.Access, cards: Iterable[EventCardData]) -> list[dict[str, Any]]:
    """Return events of one chapter in a list; a hidden place stands there for who may know it."""
    return [
        draw_row(
            access.chapter.slug,
            card,
            shows_place=events.decide_event(access, card.event, EventAct.SEE_PLACE, rsvp=card.rsvp).is_allowed,
            has_reader=access.user_id is not None,
        )
        for card in cards
    ]


def draw_row(slug: str, card: EventCardData, *, shows_place: bool, has_reader: bool = True) -> dict[str, Any]:
    """Return an event in a list."""
    event = card.event
    return {name: getattr(event, name) for name in _EVENT} | {
        "chapter": slug,
        "state": event.state.value,
        "mode": event.mode.value,
        "open_to": event.open_to.value,
        "kind": event.kind.value if event.kind else "",
        "zone": event.zone.key,
        "starts_local": f"{event.starts_local:{_LOCAL}}",
        "place": event.place if shows_place else "",
        "came": card.came,
        "presence": card.presence.value if has_reader else "",
        "answer": draw_answer(card.rsvp) if card.rsvp is not None else None,
    }


def draw_own_row(slug: str, card: EventCardData, user_id: int) -> dict[str, Any]:
    """Return one of somebody's own events; who has a seat in its room or hosts it knows where it is."""
    comes = card.rsvp is not None and card.rsvp.is_in_room
    return draw_row(slug, card, shows_place=not card.event.is_place_hidden or comes or user_id in card.event.host_ids)


def draw_answer(rsvp: RsvpData) -> dict[str, Any]:
    """Return somebody's own answer."""
    return {name: getattr(rsvp, name) for name in _ANSWER} | {"state": rsvp.state.value, "mode": rsvp.mode.value}


def draw_event(view: EventView) -> dict[str, Any]:
    """Return the event of a view's address with all that its reader may see and do; a fixed number of queries."""
    event, access, user_id = view.event, view.access, view.reader_or_none
    hosts = draw_hosts(view.chapter, event, is_inside=access.is_member or access.is_manager).get("names", [])
    (card,) = list_cards([event], user_id=user_id)
    card = EventCardData(event=event, rsvp=view.rsvp, presence=card.presence, came=card.came)
    row = draw_row(view.chapter.slug, card, shows_place=view.can(EventAct.SEE_PLACE), has_reader=user_id is not None)
    return row | {
        "minutes": event.minutes,
        "description": event.description,
        "description_html": render_markdown(event.description) if event.description else "",
        "agenda": event.agenda,
        "link": event.link if view.can(EventAct.SEE_LINK) else "",
        "link_minutes": event.link_minutes,
        "access_facts": sorted(fact.value for fact in event.access_facts),
        "access_note": event.access_note,
        "hosts": hosts,
        "other_hosts": len(event.host_ids) - len(hosts),
        "offer_hours": event.offer_hours,
        "ways": [_draw_way(view, seats) for seats in event.seats],
        "questions": _draw_questions(event, user_id),
        "units": _draw_units(event, user_id),
        "comes_to_series": comes_to(event.series_id, user_id),
        "decisions": {act.value: draw_decision(view.decide(act)) for act in ACTS},
        "revision": event.revision,
    }


def draw_decision(decision: DecisionData) -> dict[str, Any]:
    """Return whether something is allowed, and the sentences."""
    return {
        "is_allowed": decision.is_allowed,
        "code": decision.code,
        "reason": str(decision.reason),
        "next_step": str(decision.next_step),
        "next_url": decision.next_url,
    }


def comes_to(series_id: int | None, user_id: int | None) -> bool:
    """Tell whether somebody comes to a whole series."""
    return series_id is not None and user_id is not None and rsvps.find_series_answer(series_id, user_id)


def _draw_way(view: EventView, seats: SeatsData) -> dict[str, Any]:
    return {
        "mode": seats.mode.value,
        "capacity": seats.capacity or None,
        "taken": seats.taken,
        "left": seats.left,
        "decision": draw_decision(view.decide(EventAct.ANSWER, mode=seats.mode)),
    }


def _draw_questions(event: EventData, user_id: int | None) -> list[dict[str, Any]]:
    own = rsvps.list_own_answers(event.id, user_id) if user_id is not None else {}
    return [
        asdict(each) | {"kind": each.kind.value, "answer": own.get(each.id or 0, "")}
        for each in events.list_questions(event.id)
    ]


def _draw_units(event: EventData, user_id: int | None) -> list[dict[str, Any]]:
    units = events.list_units(event.id)
    return [
        {"title": each.unit.title, "minutes": each.unit.minutes, "url": each.url, "finished_at": each.finished_at}
        for each in (events.list_preparation(units, user_id=user_id) if units else ())
    ]


# -- for organizers ----------------------------------------------------------------------------------------------------


def draw_plan(plan: EventPlanData, revision: int) -> dict[str, Any]:
    """Return what organizers filled in, as they send it."""
    plain = {each.name: getattr(plan, each.name) for each in fields(plan)}
    return plain | {
        "starts_local": f"{plan.starts_local:{_LOCAL}}",
        "mode": plan.mode.value,
        "open_to": plan.open_to.value,
        "kind": plan.kind.value if plan.kind else None,
        "access_facts": sorted(fact.value for fact in plan.access_facts),
        "questions": [asdict(each) | {"kind": each.kind.value} for each in plan.questions],
        "units": [{"usage_key": each.usage_key, "minutes": each.minutes} for each in plan.units],
        "revision": revision,
    }


def draw_attendee(attendee: AttendeeData) -> dict[str, Any]:
    """Return somebody on the list as hosts see them."""
    rsvp = attendee.rsvp
    plain = ("id", "user_id", "guests", "state_at", "queued_at", "offer_until", "needs_step_free", "needs_note", "note")
    return {name: getattr(rsvp, name) for name in plain} | {
        "name": attendee.name,
        "state": rsvp.state.value,
        "mode": rsvp.mode.value,
        "source": rsvp.source.value,
        "answers": [{"question": question, "answer": answer} for question, answer in attendee.answers],
        "attendance": attendee.attendance.value if attendee.attendance else "",
        "presence": attendee.presence.value,
    }


def draw_requests(chapter_id: int, requests: Iterable[PresenceRequestData]) -> list[dict[str, Any]]:
    """Return people who say that they were there; a fixed number of queries."""
    found = list(requests)
    names = name_members(chapter_id, [each.user_id for each in found])
    return [draw_request(each) | {"user_id": each.user_id, "name": names[each.user_id].text} for each in found]


def draw_request(request: PresenceRequestData) -> dict[str, Any]:
    """Return what somebody says who was there, and what was answered."""
    return {name: getattr(request, name) for name in ("text", "asked_at", "is_accepted", "answer")}


# -- series and results ------------------------------------------------------------------------------------------------


def draw_series(access: api.Access, series: SeriesData) -> dict[str, Any]:
    """Return a series with the dates that somebody may see."""
    seen = [
        card
        for card in series.dates
        if events.decide_event(access, card.event, EventAct.SEE, rsvp=card.rsvp).is_allowed
    ]
    rule = series.rule
    return {
        "id": series.id,
        "title": series.title,
        "sentence": series.sentence,
        "rule": asdict(rule) | {"frequency": rule.frequency.value, "at": f"{rule.at:%H:%M}"},
        "skipped": series.skipped,
        "comes": comes_to(series.id, access.user_id),
        "dates": draw_rows(access, seen),
    }


def draw_occurrences(occurrences: Iterable[Any]) -> list[dict[str, Any]]:
    """Return dates of a series before they are made."""
    return [
        {"starts_local": f"{each.starts_local:{_LOCAL}}", "starts_at": each.starts_at, "note": each.note}
        for each in occurrences
    ]


def draw_result(event: EventData, result: EventResultData) -> dict[str, Any]:
    """Return what came of an event."""
    plain = ("text", "published_at", "due_at", "revision")
    return {name: getattr(result, name) for name in plain} | {
        "event_id": event.id,
        "title": event.title,
        "starts_at": event.starts_at,
        "html": render_markdown(result.text),
    }
