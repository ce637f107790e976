"""Calendar files: of a chapter for everybody, of a chapter for one person by a secret address, and of one event.

Programs ask for them every few hours, most of the time for nothing new: the answer carries a fingerprint (ETag), and a
file that has not changed is neither drawn nor sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from chapters import api
from chapters.api import event_calendars as calendars
from chapters.api import events, rsvps
from chapters.data import Action, ChapterData, EventAct, EventCalendarData
from chapters.exceptions import NotFoundError
from chapters.paces import keep_pace
from people import api as people

from .frame import open_chapter

log = logging.getLogger(__name__)

_TYPE: Final = "text/calendar; charset=utf-8"
_PLAIN: Final = "text/plain; charset=utf-8"
_PUBLIC: Final = "public, max-age=300"
#: Kept by the program that asked and by nobody on the way, and asked for again each time: people come and go.
_PERSONAL: Final = "private, no-cache"
_RETRY_SECONDS: Final = "60"

View = Callable[..., HttpResponse]


def calendar_file(view: View) -> View:
    """Declare a calendar that programs fetch: what goes wrong is said in plain text, for nobody reads a page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (Http404, NotFoundError) as missing:
            return _refuse(str(missing), 404)
        except people.TooFastError as haste:
            return _refuse(str(haste), 429, wait=str(haste.wait_seconds))
        except DatabaseError as error:
            log.error("chapters.calendar_unavailable page=%s error=%s", view.__name__, people.name_error(error))
            return _refuse("", 503, wait=_RETRY_SECONDS)
        return response

    return require_safe(answer)


@calendar_file
def chapter_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a chapter's public calendar: the events that are open to anyone."""
    chapter = _find_chapter(slug, None)
    return _send(request, calendars.find_chapter_calendar(chapter), name=f"{slug}.ics", control=_PUBLIC)


@calendar_file
def chapter_feed(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Send all that one person may see of a chapter's events to whatever program knows the address."""
    chapter = api.find_chapter(slug)
    if chapter is None:
        raise Http404
    user_id = calendars.read_personal_token(token, chapter_id=chapter.id)
    keep_pace("calendar", user_id)
    access = api.find_access(chapter, user_id)
    if not access.can(Action.SEE):
        raise Http404
    return _send(request, calendars.find_personal_calendar(access), name=f"{slug}.ics", control=_PERSONAL)


@calendar_file
def event_calendar(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Send one event to somebody who may see it."""
    chapter, access = open_chapter(request, slug)
    event = events.find_event(chapter.id, event_id)
    if event is None:
        raise Http404
    rsvp = rsvps.find_rsvp(event.id, access.user_id) if access.user_id is not None else None
    if not events.decide_event(access, event, EventAct.SEE, rsvp=rsvp).is_allowed:
        raise Http404
    calendar = calendars.find_event_calendar(chapter, event)
    return _send(request, calendar, name=f"{slug}-{event.id}.ics", control=_PERSONAL)


def _find_chapter(slug: str, user_id: int | None) -> ChapterData:
    chapter = api.find_chapter(slug)
    if chapter is None or not api.find_access(chapter, user_id).can(Action.SEE):
        raise Http404
    return chapter


def _send(request: HttpRequest, calendar: EventCalendarData, *, name: str, control: str) -> HttpResponse:
    """Answer with the file, or that it is the one which the program has."""
    etag = quote_etag(calendars.fingerprint(calendar))
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(calendars.render_calendar(calendar), content_type=_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = etag
    return _guard(response, control)


def _refuse(text: str, status: int, *, wait: str = "") -> HttpResponse:
    response = HttpResponse(text, status=status, content_type=_PLAIN)
    if wait:
        response.headers["Retry-After"] = wait
    return _guard(response, "private, no-store")


def _guard(response: Any, control: str) -> HttpResponse:
    response.headers["Cache-Control"] = control
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    guarded: HttpResponse = response
    return guarded
