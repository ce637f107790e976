"""What the pages of the organizers' desk share: their way in, what was done, and a refusal beside the form."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters.access import Access
from chapters.data import Action, ChapterData
from chapters.exceptions import ChapterError
from chapters.forms.base import ChapterForm
from chapters.membership.listing import name_members
from chapters.paces import keep_pace
from people.data import NameData

from .frame import find_refusal_of, open_chapter, reader_id, render_chapter_page, require


def open_desk(request: HttpRequest, slug: str, action: Action = Action.SEE_DESK) -> tuple[ChapterData, Access, int]:
    """Return the chapter, what the reader may do, and who they are, for those who may ``action`` at its desk."""
    chapter, access = open_chapter(request, slug)
    require(access, action)
    return chapter, access, reader_id(request)


def desk_url(name: str, chapter: ChapterData, *args: object, done: str = "", **query: str) -> str:
    """Return the address of a page of a chapter's desk, saying what was ``done``."""
    url = reverse(f"chapters:{name}", args=[chapter.slug, *args])
    words = {**query, **({"done": done} if done else {})}
    return url + ("?" + "&".join(f"{key}={value}" for key, value in words.items()) if words else "")


def go(name: str, chapter: ChapterData, *args: object, done: str = "") -> HttpResponseRedirect:
    """Lead to a page of the desk after something was done."""
    return HttpResponseRedirect(desk_url(name, chapter, *args, done=done))


def attempt(
    user_id: int, act: Callable[[], Any], form: ChapterForm | None = None, *, pace: str = "organize"
) -> ChapterError | None:
    """Do one act of a person at their pace; return the refusal, shown in ``form`` as well, or None once it is done.

    What the act had written before it was refused is undone. Raises ``people.TooFastError``, which becomes a page.
    """
    keep_pace(pace, user_id)
    refusal = find_refusal_of(act)
    if refusal is not None and form is not None:
        form.refuse(refusal)
    return refusal


def draw_form_key() -> str:
    """Return the one-time key of a form that makes something, for its hidden field ``form_key``."""
    return uuid.uuid4().hex


def read_form_key(request: HttpRequest, user_id: int) -> str | None:
    """Return what is the same, as 64 characters, when somebody sends one shown form twice; None without its key.

    What was changed in it counts: a form that is gone back to, and filled in otherwise, is another one.
    """
    key = request.POST.get("form_key", "")
    if not key:
        return None
    values = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    said = json.dumps([user_id, request.path, values])
    return hashlib.sha256(said.encode()).hexdigest()


def render_desk(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    template: str,
    context: dict[str, Any],
    *,
    refusal: ChapterError | None = None,
    notices: Mapping[str, Callable[[], str]] | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return a page of the desk from ``templates/chapters/desk/``; a refusal gives the page its status."""
    done = request.GET.get("done", "")
    frame = {
        "notice": notices[done]() if notices and done in notices and request.method != "POST" else "",
        "refusal": refusal.message if refusal is not None and not refusal.field else "",
    }
    code = status or (refusal.status if refusal is not None else 200)
    return render_chapter_page(
        request, chapter, access, f"desk/{template}.html", frame | context, tab="desk", status=code
    )


def name_of_chapter(chapter: ChapterData, user_ids: Iterable[int | None]) -> dict[int, NameData]:
    """Return how people are called in the chapter, the young by a pseudonym; who is gone is a former learner."""
    return name_members(chapter.id, (user_id for user_id in user_ids if user_id is not None))


def unknown_act() -> ChapterError:
    """Return the refusal of a form that asks for something the page does not do."""
    return ChapterError(_("There is no such act."), field="act")
