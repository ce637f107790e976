"""Events of a chapter as people see them: what is coming, what was, and the page of each."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chapters import addresses
from chapters.api import event_calendars, event_results, rsvps
from chapters.api import events as events_api
from chapters.api import series as series_api
from chapters.data import (
    Action,
    ChapterData,
    ChapterState,
    EventAct,
    EventOpenTo,
    EventState,
    EventWhen,
    SeriesData,
)
from chapters.events.permissions import list_open_to
from chapters.exceptions import NotAllowedError
from chapters.forms.answers import AnswerForm
from discussion_ext.api import render_markdown
from people import api as people

from .board_rows import KINDS
from .event_cards import draw_row, say_came
from .event_facts import draw_facts, draw_hosts, draw_tags
from .event_seat import Situation, draw_seat, draw_seats
from .event_series import draw_series, find_place, list_seen
from .event_units import draw_units
from .event_visits import EventVisit, make_form, open_event
from .event_words import draw_tag, say_mode, split_agenda, tag_presence
from .frame import chapter_page, find_reader, open_chapter, render_chapter_page
from .my_events import RENEWED, say_renewed

_LONGEST_CURSOR: Final = 200
#: Where somebody may still change what they have said.
_ANSWERABLE: Final = frozenset({Situation.OPEN, Situation.SEAT, Situation.PENDING})
#: Chapters whose open events search engines are told of.
_FOUND: Final = frozenset({ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT})


@chapter_page(is_public=True)
def events(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a chapter's events: those to come, or with ``when=past`` those that are over; ``cursor`` goes on."""
    chapter, access = open_chapter(request, slug)
    when = EventWhen.PAST if request.GET.get("when") == EventWhen.PAST else EventWhen.COMING
    cursor, user_id, now = request.GET.get("cursor", "")[:_LONGEST_CURSOR], find_reader(request), timezone.now()
    page = events_api.list_events(
        chapter_id=chapter.id, when=when, user_id=user_id, open_to=list_open_to(access), cursor=cursor
    )
    url = addresses.chapter_url(slug, "events")
    context = {
        "rows": [draw_row(chapter, card, now=now, shows_place=not card.event.is_place_hidden) for card in page.events],
        "is_past": when is EventWhen.PAST,
        "is_first": not cursor,
        "shows": [
            {"label": _("Coming"), "url": url, "is_current": when is EventWhen.COMING},
            {"label": _("Past"), "url": f"{url}?when={EventWhen.PAST.value}", "is_current": when is EventWhen.PAST},
        ],
        "more_url": "?" + urlencode({"when": when.value, "cursor": page.cursor}) if page.cursor else "",
        "calendar": _draw_calendar(chapter, user_id, url, is_inside=access.can(Action.SEE_EVENTS)),
        "notice": say_renewed() if request.GET.get("done") == RENEWED else "",
        "new_url": addresses.chapter_url(slug, "desk_event_new") if access.can(Action.DRAFT_EVENT) else "",
        "board_url": addresses.chapter_url(slug) if access.is_member else "",
        "can_join": access.decide(Action.JOIN),
        "is_inside": access.can(Action.SEE_EVENTS),
        "canonical_url": people.absolute_url(url),
        "is_found": chapter.state in _FOUND and not cursor,
    }
    return render_chapter_page(request, chapter, access, "events/list.html", context, tab="events")


@chapter_page(is_public=True)
def event(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show one event, with what the reader may answer."""
    try:
        visit = open_event(request, slug, event_id)
    except NotAllowedError:
        if request.user.is_authenticated:
            raise
        return redirect_to_login(request.get_full_path())
    return show_event(request, visit)


def show_event(
    request: HttpRequest, visit: EventVisit, *, form: AnswerForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Return the page of an event; ``form`` is one that was sent and could not be taken, ``refusal`` why not."""
    card, event, chapter = visit.draw_card(), visit.event, visit.chapter
    user_id = find_reader(request)
    series = series_api.get_series(event.series_id, user_id) if event.series_id else None
    if form is None and card.situation in _ANSWERABLE and card.may_answer.is_allowed:
        form = make_form(visit)
    context = {
        **_draw_page(visit, series, user_id),
        "seat": draw_seat(card, form),
        "seat_bars": [bar | {"mode": say_mode(each.mode)} for each in event.seats if (bar := draw_seats(each))],
        "over": _draw_over(visit, user_id) if card.situation is Situation.OVER else None,
        "series": _draw_series(visit, series, user_id) if series else None,
        "calendar": _draw_calendar_of(visit, user_id),
        "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
        "refusal": refusal,
    }
    return render_chapter_page(
        request, chapter, visit.access, "events/event.html", context, tab="events", status=status
    )


def _draw_page(visit: EventVisit, series: SeriesData | None, user_id: int | None) -> dict[str, Any]:
    """Return what stands around the card: words, facts, agenda, units, addresses, and what machines read."""
    event, chapter = visit.event, visit.chapter
    dates = list_seen(visit.access, series, now=visit.now) if series else []
    zone = people.person_zone(user_id) if user_id is not None else None
    is_found = event.open_to is EventOpenTo.ANYONE and event.state is not EventState.DRAFT and chapter.state in _FOUND
    return {
        "event": event,
        "event_lang": event.languages[0] if event.languages else "",
        "tags": draw_tags(event, place_in_series=find_place(dates, event)),
        "kind": KINDS[event.kind] if event.kind else None,
        "is_draft": event.state is EventState.DRAFT,
        "facts": draw_facts(
            event,
            zone=zone,
            rsvp=visit.rsvp,
            shows_place=visit.can(EventAct.SEE_PLACE),
            shows_link=visit.can(EventAct.SEE_LINK),
            now=visit.now,
        ),
        "hosts": draw_hosts(chapter, event, is_inside=visit.access.is_member or visit.access.is_manager),
        "description": render_markdown(event.description) if event.description else "",
        "agenda": split_agenda(event.agenda),
        "units": draw_units(events_api.list_units(event.id), user_id=user_id, zone=zone or event.zone),
        "host_url": visit.url("desk_event") if visit.can(EventAct.HOST) else "",
        "is_found": is_found,
        "schema": event_calendars.write_schema(event, chapter) if is_found else "",
        **_list_addresses(visit),
    }


def _list_addresses(visit: EventVisit) -> dict[str, str]:
    pages = ("answer", "decline", "offer", "keep", "ticket")
    return {f"{page}_url": visit.url(f"event_{page}") for page in pages} | {
        "event_url": visit.url(),
        "events_url": addresses.chapter_url(visit.chapter.slug, "events"),
        "sign_in_url": addresses.sign_in_url(visit.url()),
        "canonical_url": people.absolute_url(visit.url()),
    }


def _draw_series(visit: EventVisit, series: SeriesData, user_id: int | None) -> dict[str, Any]:
    comes = user_id is not None and rsvps.find_series_answer(series.id, user_id)
    return draw_series(visit.chapter, visit.access, series, visit.event, comes_to_all=comes, now=visit.now)


def _draw_over(visit: EventVisit, user_id: int | None) -> dict[str, Any]:
    """Return what stands on the card once the event is over."""
    event = visit.event
    came = event_results.count_came([event.id]).get(event.id, 0)
    known = event_results.find_presence(event.id, user_id) if user_id is not None else None
    may_say = known is not None and event_results.can_answer(event, known.presence)
    waits = "" if event.result_at or not visit.access.can(Action.SEE_EVENTS) else _say_result_waits()
    return {
        "presence": draw_tag(tag_presence(known.presence)) if known is not None else None,
        "came": say_came(came) if came else "",
        "result_url": visit.url("event_result") if event.result_at is not None else "",
        "waits": waits,
        "survey_url": visit.url("event_survey") if may_say else "",
        "has_survey": may_say and user_id is not None and event_results.find_survey(event.id, user_id) is not None,
        "dispute_url": visit.url("event_presence") if known and event_results.can_ask(event, known.presence) else "",
    }


def _say_result_waits() -> str:
    return _("The hosts write down what came of it. It then stands here.")


def _draw_calendar_of(visit: EventVisit, user_id: int | None) -> dict[str, Any] | None:
    """Return the calendars of an event's page; None for a draft, which stands in none."""
    if visit.event.state is EventState.DRAFT:
        return None
    found = _draw_calendar(visit.chapter, user_id, visit.url(), is_inside=visit.access.can(Action.SEE_EVENTS))
    is_over = visit.event.is_over(visit.now) or visit.event.is_cancelled
    return found | {"event_url": "" if is_over else visit.url("event_calendar")}


def _draw_calendar(chapter: ChapterData, user_id: int | None, page_url: str, *, is_inside: bool) -> dict[str, Any]:
    """Return the calendar of a chapter: for who is inside one of their own, for others the public one.

    Whoever asks for a new address on ``page_url`` finds it there.
    """
    if user_id is None or not is_inside:
        return {"feed_url": event_calendars.chapter_feed_url(chapter.slug), "is_personal": False}
    return {
        "feed_url": event_calendars.personal_url(chapter.id, user_id),
        "is_personal": True,
        "renew_url": addresses.my_events_url(),
        "back_url": page_url,
    }


_NOTICES: Final = {
    "changed": lambda: _("Saved."),
    "declined": lambda: _("Saved: you do not come. Thank you for saying so."),
    "left": lambda: _("You left the line."),
    "withdrawn": lambda: _("Your request is taken back."),
    "passed": lambda: _("Passed on. The next in line is asked."),
    "series": lambda: _("Saved. What you have for each date stands beside it."),
    "stopped": lambda: _("Saved: you do not come to the dates that are left."),
    "kept": lambda: _("Saved: your seat moved with the event."),
    "said": lambda: _("Thank you. What you said is saved."),
    RENEWED: say_renewed,
}
