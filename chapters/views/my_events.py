"""The events of somebody in all chapters: what they come to, what they were at, and the address of their calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from chapters import addresses, api
from chapters.api import event_calendars, event_results
from chapters.api import events as events_api
from chapters.data import ChapterData, EventCardData, EventData, EventWhen, Presence, PresenceData
from chapters.exceptions import InvalidValueError
from chapters.paces import keep_pace
from discussion_ext.api import sessions
from people import api as people

from .event_cards import draw_row
from .event_words import draw_tag, tag_presence
from .frame import chapter_page, reader_id, render_page

_LONGEST_CURSOR: Final = 200
_LONGEST_URL: Final = 500
#: What addresses of pages say once a calendar has a new address.
RENEWED: Final = "renewed"


@chapter_page(methods=("GET", "HEAD", "POST"))
def my_events(request: HttpRequest) -> HttpResponse:
    """Show the reader's events: to come, or with ``when=past`` those that are over; ``cursor`` goes on.

    A POST with ``act=renew`` gives all calendars of the reader new addresses and leads to ``back``.
    """
    user_id, url = reader_id(request), addresses.my_events_url()
    if request.method == "POST":
        if request.POST.get("act") != "renew":
            raise InvalidValueError(_("There is no such act."), field="act")
        keep_pace("attend", user_id)
        event_calendars.renew_personal(user_id)
        return HttpResponseRedirect(f"{_read_back(request) or url}?done={RENEWED}#calendar")
    is_past = request.GET.get("when") == EventWhen.PAST
    cursor, now = request.GET.get("cursor", "")[:_LONGEST_CURSOR], timezone.now()
    rows, next_cursor = (_list_past if is_past else _list_coming)(user_id, cursor, now)
    when = EventWhen.PAST if is_past else EventWhen.COMING
    context = {
        "rows": rows,
        "is_past": is_past,
        "is_first": not cursor,
        "shows": [
            {"label": _("Coming"), "url": url, "is_current": not is_past},
            {"label": _("Past"), "url": f"{url}?when={EventWhen.PAST.value}", "is_current": is_past},
        ],
        "more_url": "?" + urlencode({"when": when.value, "cursor": next_cursor}) if next_cursor else "",
        "calendar_url": sessions.calendar_url(user_id),
        "calendar": {"renew_url": url},
        "points": _draw_points(user_id),
        "notice": say_renewed() if request.GET.get("done") == RENEWED else "",
    }
    return render_page(request, "events/mine.html", context)


def say_renewed() -> str:
    """Return what a page says once a calendar has a new address."""
    return _("The calendar has a new address. Put it into your calendar program; the old one is empty.")


def _list_coming(user_id: int, cursor: str, now: datetime) -> tuple[list[dict[str, Any]], str]:
    page = events_api.list_my_events(user_id=user_id, when=EventWhen.COMING, cursor=cursor)
    chapters = _find_chapters([card.event for card in page.events])
    drawn = [
        draw_row(
            chapters[card.event.chapter_id],
            card,
            now=now,
            shows_place=not card.event.is_place_hidden,
            shows_chapter=True,
        )
        for card in page.events
        if card.event.chapter_id in chapters
    ]
    return drawn, page.cursor


def _list_past(user_id: int, cursor: str, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """Return what is known of the reader at events that are over: nobody else sees it said of a person."""
    page = event_results.list_presence(user_id=user_id, cursor=cursor)
    events = events_api.get_events([each.event_id for each in page.presences])
    chapters = _find_chapters(list(events.values()))
    drawn = [
        _draw_past(chapters[event.chapter_id], event, each, now=now)
        for each in page.presences
        if (event := events.get(each.event_id)) is not None and event.chapter_id in chapters
    ]
    return drawn, page.cursor


def _draw_past(chapter: ChapterData, event: EventData, known: PresenceData, *, now: datetime) -> dict[str, Any]:
    row = draw_row(chapter, EventCardData(event=event), now=now, shows_chapter=True)
    may_ask = event_results.can_ask(event, known.presence) and known.presence is not Presence.ATTENDED
    return row | {
        "tag": draw_tag(tag_presence(known.presence)),
        "says": _say_known(event, known),
        "ask_url": addresses.event_url(chapter.slug, event.id, "event_presence") if may_ask else "",
        "has_asked": known.has_asked,
    }


def _say_known(event: EventData, known: PresenceData) -> str:
    """Return what stands below a past event: when somebody came, why they were excused, until when it counts."""
    if known.presence is Presence.ATTENDED and known.arrived_at is not None:
        return _("You came at %(time)s.") % {"time": people.say_time(known.arrived_at, event.zone)}
    if known.presence is Presence.EXCUSED:
        return known.reason
    if known.has_asked:
        return _("You said that you were there. The hosts answer.")
    if known.counts_until is not None:
        day = people.say_day(known.counts_until.astimezone(event.zone).date())
        if known.presence is Presence.NO_SHOW:
            return _("Nobody recorded you there. Hosts see this until %(day)s, then it is forgotten.") % {"day": day}
        return _("You gave the seat back late. Hosts see this until %(day)s, then it is forgotten.") % {"day": day}
    return ""


def _draw_points(user_id: int) -> dict[str, Any] | None:
    """Return the points that events of all chapters brought the reader; None where chapters give none."""
    points = events_api.get_points(user_id)
    if points is None:
        return None
    zone = people.person_zone(user_id)
    latest = [
        {"title": title, "url": url, "points": number, "when": people.say_recent(moment, zone)}
        for title, url, number, moment in points.latest
    ]
    return {"total": points.points, "level": points.level, "level_title": points.level_title, "latest": latest}


def _find_chapters(events: list[EventData]) -> dict[int, ChapterData]:
    return api.get_chapters({event.chapter_id for event in events})


def _read_back(request: HttpRequest) -> str:
    """Return the page of ours from which the form was sent, "" for none or another site's."""
    back = request.POST.get("back", "")[:_LONGEST_URL]
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) and back.startswith("/")
    return back if is_ours and "?" not in back and "#" not in back else ""
