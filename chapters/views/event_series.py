"""The dates of a series on the page of one of them: what the reader answered to each, and one press for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses, api
from chapters.data import (
    ChapterData,
    DecisionData,
    EventAct,
    EventCardData,
    EventData,
    RsvpState,
    SeriesData,
)
from chapters.events.permissions import decide_event
from discussion_ext.data import MeetingMode

from .event_cards import draw_row
from .event_words import modes_of

#: So many dates are shown before and from the one that is looked at on.
_BEFORE: Final = 4
_AFTER: Final = 8
#: Refusals that are about a date's time and about nobody.
_PASSING: Final = frozenset({"not_open", "closed", "over", "called_off"})
#: Answers by which a date needs no "Come" any more.
_ANSWERED: Final = frozenset({RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING})


def list_seen(access: api.Access, series: SeriesData, *, now: datetime) -> list[EventCardData]:
    """Return the dates of a series that somebody may see: of an open series one may be for members."""
    return [
        card
        for card in series.dates
        if decide_event(access, card.event, EventAct.SEE, rsvp=card.rsvp, now=now).is_allowed
    ]


def find_place(seen: Sequence[EventCardData], event: EventData) -> tuple[int, int] | None:
    """Return which of how many dates an event is, from 1; None where it is none of them."""
    ids = [card.event.id for card in seen]
    return (ids.index(event.id) + 1, len(ids)) if event.id in ids else None


def draw_series(
    chapter: ChapterData,
    access: api.Access,
    series: SeriesData,
    event: EventData,
    *,
    comes_to_all: bool,
    now: datetime,
) -> dict[str, Any]:
    """Return what ``events/series.html`` shows; empty for a series of one date.

    ``comes_to_all``: the reader has said that they come to the whole series, also to dates that are added.
    """
    seen = list_seen(access, series, now=now)
    if len(seen) < 2:
        return {}
    shown = _window(seen, event)
    open_dates = [card for card in seen if _may_come(access, card, now=now).is_allowed]
    unanswered = [card for card in open_dates if not _is_answered(card)]
    return {
        "sentence": series.sentence,
        "rows": [_draw_date(chapter, access, card, event, now=now) for card in shown],
        "url": addresses.event_url(chapter.slug, event.id, "event_series"),
        "comes": _draw_ways(access, series, event, now=now) if len(unanswered) > 1 else [],
        "can_stop": comes_to_all and any(not card.event.is_over(now) for card in seen),
        "more": _say_more(len(seen) - len(shown)),
    }


def find_refusal(access: api.Access, series: SeriesData, mode: MeetingMode, *, now: datetime) -> DecisionData | None:
    """Return why somebody cannot come to a whole series: a date to come that is not for them; None for nothing.

    Dates whose answers are not taken yet, or not any more, keep nobody from the others.
    """
    for card in _list_coming(series, now=now):
        modes = modes_of(card.event)
        way = mode if mode in modes else modes[0]
        decision = decide_event(access, card.event, EventAct.ANSWER, rsvp=card.rsvp, mode=way, now=now)
        if not decision.is_allowed and decision.code not in _PASSING:
            return decision
    return None


def list_coming(series: SeriesData, *, now: datetime) -> list[EventData]:
    """Return the dates of a series that have not begun and were not called off, the soonest first."""
    return [card.event for card in _list_coming(series, now=now) if card.event.starts_at > now]


def _list_coming(series: SeriesData, *, now: datetime) -> list[EventCardData]:
    return [card for card in series.dates if not card.event.is_over(now) and not card.event.is_cancelled]


def _window(dates: Sequence[EventCardData], event: EventData) -> Sequence[EventCardData]:
    """Return the dates around the one that is looked at: a series may have sixty."""
    at = next((place for place, card in enumerate(dates) if card.event.id == event.id), 0)
    first = max(0, min(at - _BEFORE, len(dates) - _BEFORE - _AFTER))
    return dates[first : first + _BEFORE + _AFTER]


def _draw_date(
    chapter: ChapterData, access: api.Access, card: EventCardData, event: EventData, *, now: datetime
) -> dict[str, Any]:
    row = draw_row(chapter, card, now=now, shows_place=None)
    is_current = card.event.id == event.id
    act = None
    if not is_current and not _is_answered(card) and _may_come(access, card, now=now).is_allowed:
        url = addresses.event_url(chapter.slug, card.event.id, "event_answer")
        act = {"url": url, "come": modes_of(card.event)[0].value}
        row["parts"] = [*row["parts"], row["tag"]["text"]] if row["tag"] else row["parts"]
        row["tag"] = None
    return row | {"is_current": is_current, "act": act}


def _draw_ways(access: api.Access, series: SeriesData, event: EventData, *, now: datetime) -> list[dict[str, str]]:
    """Return the ways in which the reader may come to all dates."""
    modes = modes_of(event)
    open_modes = [mode for mode in modes if find_refusal(access, series, mode, now=now) is None]
    if len(modes) == 1 and open_modes:
        return [{"value": modes[0].value, "label": _("Come to all that are left")}]
    labels = {
        MeetingMode.OFFLINE: _("Come to all that are left, in the room"),
        MeetingMode.ONLINE: _("Online to all that are left"),
    }
    return [{"value": mode.value, "label": labels[mode]} for mode in open_modes]


def _may_come(access: api.Access, card: EventCardData, *, now: datetime) -> DecisionData:
    return decide_event(access, card.event, EventAct.ANSWER, rsvp=card.rsvp, now=now)


def _is_answered(card: EventCardData) -> bool:
    return card.rsvp is not None and card.rsvp.state in _ANSWERED


def _say_more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext(
        "%(count)s more date stands in the list of events.", "%(count)s more dates stand in the list of events.", count
    ) % {"count": count}
