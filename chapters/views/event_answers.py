"""What people answer to an event: that they come, that they cannot, an offer, a whole series, a move.

Each is a POST that may be sent twice, and leads back to the event's page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from chapters.api import events, rsvps
from chapters.api import series as series_api
from chapters.data import EventAct, RsvpDraftData, RsvpState, SeriesData
from chapters.events.permissions import require_event
from chapters.exceptions import ChapterError, InvalidValueError, NotAllowedError
from chapters.paces import keep_pace
from discussion_ext.data import MeetingMode

from .event_seat import LIVE, draw_seat
from .event_series import find_refusal, list_coming
from .event_visits import EventVisit, make_form, open_event
from .event_words import draw_when, modes_of
from .events import show_event
from .frame import chapter_page, find_refusal_of, reader_id, render_chapter_page

_POST: Final = ("POST",)
#: What the page says after somebody took back what they had, by what that was.
_TAKEN_BACK: Final = {RsvpState.WAITLISTED: "left", RsvpState.PENDING: "withdrawn", RsvpState.OFFERED: "passed"}


@chapter_page(methods=_POST)
def answer(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Take an answer: in the room, online, or not at all. What cannot be taken is shown again as it was typed."""
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    form = make_form(visit, request.POST)
    if not form.is_valid():
        return show_event(request, visit, form=form, status=InvalidValueError.status)
    keep_pace("attend", user_id)
    if not form.comes:
        return _go_back(visit, _decline(visit, user_id))
    draft = form.draft
    refusal = find_refusal_of(lambda: _answer(visit, user_id, draft))
    if refusal is None:
        return _go_back(visit, "changed" if visit.draw_card().situation in LIVE else "")
    form.refuse(refusal)
    return show_event(request, visit, form=form, status=refusal.status)


@chapter_page(methods=_POST)
def decline(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Give a seat back, leave the line, take a request back or pass an offer; open to everybody who has one."""
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    keep_pace("attend", user_id)
    return _go_back(visit, _decline(visit, user_id))


@chapter_page(methods=_POST)
def offer(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Take the seat that is kept for the reader or has come free, pass it on, or come online instead of waiting."""
    visit, user_id, act = open_event(request, slug, event_id), reader_id(request), request.POST.get("act", "")
    keep_pace("attend", user_id)
    acts: dict[str, Callable[[], Any]] = {
        "take": lambda: rsvps.take_offer(event_id=event_id, user_id=user_id),
        "online": lambda: rsvps.take_offer(event_id=event_id, user_id=user_id, mode=MeetingMode.ONLINE),
        "pass": lambda: rsvps.pass_offer(event_id=event_id, user_id=user_id),
    }
    if act not in acts:
        raise _unknown_act()
    if act != "pass":
        mode = MeetingMode.ONLINE if act == "online" else visit.rsvp.mode if visit.rsvp is not None else None
        require_event(visit.access, visit.event, EventAct.ANSWER, rsvp=visit.rsvp, mode=mode, now=visit.now)
    if (refusal := find_refusal_of(acts[act])) is not None:
        return _show_refusal(request, visit, refusal)
    return _go_back(visit, "passed" if act == "pass" else "")


@chapter_page(methods=("GET", "HEAD", "POST"))
def keep(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask whether somebody comes after all, and whether they come to the new time of an event that was moved.

    Mails lead here. A POST answers: "keep" or "decline".
    """
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    if request.method == "POST":
        act = request.POST.get("act", "")
        keep_pace("attend", user_id)
        if act == "decline":
            return _go_back(visit, _decline(visit, user_id))
        if act != "keep":
            raise _unknown_act()
        refusal = find_refusal_of(lambda: rsvps.keep_seat(event_id=event_id, user_id=user_id))
        return _go_back(visit, "kept") if refusal is None else _show_refusal(request, visit, refusal)
    card = visit.draw_card()
    if card.situation not in LIVE:
        return _go_back(visit)
    context = {
        "event": visit.event,
        "event_url": visit.url(),
        "keep_url": visit.url("event_keep"),
        "decline_url": visit.url("event_decline"),
        "when": draw_when(visit.event, now=visit.now),
        "seat": draw_seat(card, None),
    }
    return render_chapter_page(request, visit.chapter, visit.access, "events/keep.html", context, tab="events")


@chapter_page(methods=_POST)
def series(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Come to all dates of a series that are left, or to none: "come" with a mode, or "stop"."""
    visit, user_id, act = open_event(request, slug, event_id), reader_id(request), request.POST.get("act", "")
    series_id = visit.event.series_id
    if series_id is None:
        raise Http404
    keep_pace("attend", user_id)
    if act == "stop":
        rsvps.decline_series(series_id=series_id, user_id=user_id)
        return _go_back(visit, "stopped", anchor="series")
    if act != "come":
        raise _unknown_act()
    dates, mode = series_api.get_series(series_id, user_id), _read_mode(request, visit)
    if (reason := find_refusal(visit.access, dates, mode, now=visit.now)) is not None:
        raise NotAllowedError(reason)
    draft = _draft_all(visit, dates, user_id, mode)
    refusal = find_refusal_of(lambda: rsvps.answer_series(series_id=series_id, user_id=user_id, draft=draft))
    if refusal is not None:
        return _show_refusal(request, visit, _say_unasked(refusal))
    return _go_back(visit, "series", anchor="series")


def _answer(visit: EventVisit, user_id: int, draft: RsvpDraftData) -> None:
    require_event(visit.access, visit.event, EventAct.ANSWER, rsvp=visit.rsvp, mode=draft.mode, now=visit.now)
    rsvps.answer(event_id=visit.event.id, user_id=user_id, draft=draft)


def _decline(visit: EventVisit, user_id: int) -> str:
    """Take back whatever somebody has and return what the page says then."""
    rsvps.decline(event_id=visit.event.id, user_id=user_id)
    return _TAKEN_BACK.get(visit.rsvp.state, "declined") if visit.rsvp is not None else "declined"


def _read_mode(request: HttpRequest, visit: EventVisit) -> MeetingMode:
    modes = modes_of(visit.event)
    return next((mode for mode in modes if mode == request.POST.get("come")), modes[0])


def _draft_all(visit: EventVisit, dates: SeriesData, user_id: int, mode: MeetingMode) -> RsvpDraftData:
    """Return what somebody answers to all dates: as they answered this one, whose words go for those of the first."""
    first, rsvp = next(iter(list_coming(dates, now=visit.now)), None), visit.rsvp
    if rsvp is None or first is None:
        return RsvpDraftData(mode=mode)
    own = rsvps.list_own_answers(visit.event.id, user_id)
    said = {each.text: own[each.id] for each in events.list_questions(visit.event.id) if each.id in own}
    asked = events.list_questions(first.id) if said else ()
    return RsvpDraftData(
        mode=mode,
        guests=rsvp.guests,
        needs_step_free=rsvp.needs_step_free,
        needs_note=rsvp.needs_note,
        answers=tuple((each.id, said[each.text]) for each in asked if each.id is not None and each.text in said),
    )


def _say_unasked(refusal: ChapterError) -> ChapterError:
    """Return a refusal as it is said beside a button that asks nothing: an answer that is missing needs a form."""
    if not refusal.field.startswith("answer-"):
        return refusal
    return InvalidValueError(
        _("The hosts ask something of everybody who comes. Answer it for one date, and then come to all.")
    )


def _show_refusal(request: HttpRequest, visit: EventVisit, refusal: ChapterError) -> HttpResponse:
    """Return the event's page as it is now, with why something could not be done."""
    fresh = open_event(request, visit.chapter.slug, visit.event.id)
    return show_event(request, fresh, refusal=refusal.message, status=refusal.status)


def _go_back(visit: EventVisit, done: str = "", *, anchor: str = "seat") -> HttpResponse:
    return HttpResponseRedirect(f"{visit.url()}{f'?done={done}' if done else ''}#{anchor}")


def _unknown_act() -> InvalidValueError:
    return InvalidValueError(_("There is no such act."), field="act")
