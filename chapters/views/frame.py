"""The frame of every page of chapters: who may come in, what stands around the page, and what is said when it fails.

A view is declared with `chapter_page` and opens its chapter with `open_chapter`. Whatever it raises becomes a page: one
for "no such page" that does not tell a chapter one may not see from none, one for a refusal with its reason and next
step, one for haste with ``Retry-After``, one for a database that refuses.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.http import require_http_methods

from chapters import api
from chapters.covers import draw_cover
from chapters.data import Action, Audience, ChapterData, DecisionData
from chapters.exceptions import ChapterError, NotAllowedError, NotFoundError
from people import api as people

log = logging.getLogger(__name__)

_PUBLIC_SECONDS: Final = 60
_LONGEST_NUMBER: Final = 10
_LONGEST_LABEL: Final = 40
_STOPS: Final = ".。"

View = Callable[..., HttpResponse]


def chapter_page(
    *, methods: Iterable[str] = ("GET", "HEAD"), is_public: bool = False
) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Declare a page of chapters: one transaction, whose refusals and failures are pages of their own.

    One that ``is_public`` is also for people who are not signed in and is then kept for a minute by caches; every other
    asks them to sign in first and is kept by nobody.
    """

    def declare(view: View) -> Callable[..., HttpResponseBase]:
        allowed = list(methods)
        answer = require_http_methods(allowed)(_answer(view, is_public=is_public, is_shown="GET" in allowed))
        personal = people.personal_page(answer)
        public = xframe_options_deny(_kept_a_minute(answer))

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_anonymous = is_public and not request.user.is_authenticated
            return (public if is_anonymous else personal)(request, *args, **kwargs)

        return page

    return declare


def open_chapter(request: HttpRequest, slug: str) -> tuple[ChapterData, api.Access]:
    """Return the chapter of an address and what the reader may do with it. Raise 404 for none, and for one unseen."""
    chapter = api.find_chapter(slug)
    if chapter is None:
        raise Http404
    access = api.find_access(chapter, find_reader(request))
    if not access.decide(Action.SEE).is_allowed:
        raise Http404
    return chapter, access


def require(
    access: api.Access, action: Action, *, audience: Audience | None = None, target_id: int | None = None
) -> DecisionData:
    """Return the decision where it is yes. Raises NotAllowedError, which becomes a page with reason and next step."""
    decision = access.decide(action, audience=audience, target_id=target_id)
    if not decision.is_allowed:
        raise NotAllowedError(decision)
    return decision


def reader_id(request: HttpRequest) -> int:
    """Return who asks, on a page for people who are signed in."""
    if request.user.pk is None:
        raise Http404
    return int(request.user.pk)


def find_reader(request: HttpRequest) -> int | None:
    """Return who asks; None for somebody who is not signed in."""
    return int(request.user.pk) if request.user.is_authenticated and request.user.pk is not None else None


def render_chapter_page(
    request: HttpRequest,
    chapter: ChapterData,
    access: api.Access,
    template: str,
    context: dict[str, Any],
    *,
    tab: str = "",
    status: int = 200,
) -> HttpResponse:
    """Return a page within a chapter: its name, tabs (``tab`` is the one that is open) and trail around ``template``.

    ``template`` is a path below ``templates/chapters/``.
    """
    url = reverse("chapters:chapter", args=[chapter.slug])
    frame = {
        "chapter": chapter,
        "access": access,
        "chapter_url": url,
        "chapter_lang": chapter.languages[0] if chapter.languages else "",
        "cover": draw_cover(chapter.cover),
        "tabs": _tabs(chapter, access, url),
        "tab": tab,
        "desk_url": reverse("chapters:desk", args=[chapter.slug]) if access.decide(Action.SEE_DESK).is_allowed else "",
    }
    return render_page(request, template, frame | context, status=status)


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a page of chapters that is within none: the directory, a proposal, a manager's desk."""
    return render(request, f"chapters/{template}", context, status=status)


def refuse(request: HttpRequest, refusal: ChapterError | DecisionData, *, slug: str = "") -> HttpResponse:
    """Return a page that says why something is not possible and what to do next; ``slug`` leads back to a chapter."""
    if isinstance(refusal, DecisionData):
        refusal = NotAllowedError(refusal)
    if refusal.status == NotFoundError.status:
        return _missing(request)
    known = refusal.decision if isinstance(refusal, NotAllowedError) else DecisionData(reason=refusal.message)
    label = _label(known)
    context = {
        "heading": _("This is not possible"),
        "reason": known.reason,
        "next_step": known.next_step if label != known.next_step.rstrip(_STOPS) or not known.next_url else "",
        "next_url": known.next_url,
        "next_label": label,
        "back_url": reverse("chapters:chapter", args=[slug]) if slug else reverse("chapters:directory"),
        "is_in_chapter": bool(slug),
    }
    return render_page(request, "stop.html", context, status=refusal.status)


def _label(decision: DecisionData) -> str:
    """Return what stands on the button that leads to the next step: the step itself, where it is short enough."""
    step = decision.next_step.rstrip(_STOPS)
    return step if 0 < len(step) <= _LONGEST_LABEL and "." not in step else _("Go there")


def too_fast(request: HttpRequest, haste: people.TooFastError, *, slug: str = "") -> HttpResponse:
    """Return the page for somebody who did something too often, with how long to wait."""
    context = {
        "heading": _("Not so fast"),
        "reason": str(haste),
        "back_url": reverse("chapters:chapter", args=[slug]) if slug else reverse("chapters:directory"),
        "is_in_chapter": bool(slug),
    }
    response = render_page(request, "stop.html", context, status=429)
    response.headers["Retry-After"] = str(haste.wait_seconds)
    return response


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, also where it sent nothing; None while it is only looked at."""
    return request.POST if request.method == "POST" else None


def find_refusal_of(act: Callable[[], Any]) -> ChapterError | None:
    """Do one act and return None, or why it was refused; what it had written by then is undone."""
    try:
        with transaction.atomic():
            act()
    except ChapterError as refusal:
        return refusal
    return None


def read_number(text: str) -> int:
    """Return a whole number of an address or form; 0 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < _LONGEST_NUMBER else 0


def _answer(view: View, *, is_public: bool, is_shown: bool) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if is_shown else _find_form(request, kwargs))
        slug = str(kwargs.get("slug", ""))
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Http404:
            return _missing(request)
        except people.TooFastError as haste:
            return too_fast(request, haste, slug=slug)
        except ChapterError as refusal:
            return refuse(request, refusal, slug=slug)
        except DatabaseError as error:
            log.error("chapters.page_unavailable page=%s error=%s", view.__name__, people.name_error(error))
            return _unavailable(request)

    return answer


def _find_form(request: HttpRequest, named: Mapping[str, Any]) -> str:
    """Return where somebody who signs in goes on, who sent a form to an address that shows nothing."""
    if "event_id" not in named:
        return request.get_full_path()
    return reverse("chapters:event", args=[named["slug"], named["event_id"]])


def _kept_a_minute(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=_PUBLIC_SECONDS)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return answer


def _missing(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": _("There is nothing here"),
        "reason": _("The page does not exist, or it is not open to you."),
        "back_url": reverse("chapters:directory"),
    }
    return render_page(request, "stop.html", context, status=404)


def _unavailable(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": _("Chapters cannot be shown right now"),
        "reason": _("Nothing is lost, and nothing was changed. Try again in a few minutes."),
        "back_url": request.path,
        "is_retry": True,
    }
    response = render_page(request, "stop.html", context, status=503)
    response.headers["Retry-After"] = str(_PUBLIC_SECONDS)
    return response


def _tabs(chapter: ChapterData, access: api.Access, url: str) -> list[dict[str, str]]:
    """Return the pages of a chapter that the reader may open; none for people outside it."""
    tabs = [{"name": "now", "label": pgettext("page of a chapter", "Now"), "url": url}]
    if access.decide(Action.READ_BOARD, audience=Audience.EVERYONE).is_allowed:
        board = reverse("chapters:board", args=[chapter.slug, Audience.EVERYONE.value])
        tabs.append({"name": "boards", "label": _("Discussion boards"), "url": board})
    if access.decide(Action.SEE_EVENTS).is_allowed:
        events_url = reverse("chapters:events", args=[chapter.slug])
        tabs.append({"name": "events", "label": _("Events"), "url": events_url})
    if access.decide(Action.SEE_MEMBERS).is_allowed:
        people_url = reverse("chapters:people", args=[chapter.slug])
        tabs.append({"name": "people", "label": _("People"), "url": people_url})
    if access.decide(Action.SEE_EVENTS).is_allowed:
        tabs.append({"name": "results", "label": _("Results"), "url": reverse("chapters:results", args=[chapter.slug])})
    if len(tabs) == 1:
        return []
    return [*tabs, {"name": "about", "label": _("About"), "url": reverse("chapters:about", args=[chapter.slug])}]
