"""Requests to join: each with its answers on one card, one press for yes, one line more for no."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters.access import Access
from chapters.api import membership
from chapters.data import Action, Audience, ChapterData, JoinRequestData
from chapters.exceptions import ChapterError, NotFoundError
from chapters.forms_desk.members import AnswerForm
from chapters.models.chapters import AUDIENCES

from .desk_frame import attempt, go, name_of_chapter, open_desk, render_desk, unknown_act
from .frame import chapter_page


@chapter_page()
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who waits for an answer, the earliest due first."""
    chapter, access, _user_id = open_desk(request, slug, Action.REVIEW_REQUESTS)
    return _render(request, chapter, access)


@chapter_page(methods=("GET", "HEAD", "POST"))
def one_request(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Show one request, as the mail about it links to it; a POST accepts or declines it.

    Somebody else may have answered in the meantime: then that is said, beside those who still wait.
    """
    chapter, access, user_id = open_desk(request, slug, Action.REVIEW_REQUESTS)
    if membership.get_membership(membership_id).chapter_id != chapter.id:
        raise Http404
    if request.method != "POST":
        return _render(request, chapter, access, membership_id=membership_id)
    form = AnswerForm(request.POST)
    act = request.POST.get("act", "")
    answer = _ANSWERS.get(act)
    if answer is None:
        return _render(request, chapter, access, membership_id=membership_id, form=form, refusal=unknown_act())
    if not form.is_valid():
        return _render(request, chapter, access, membership_id=membership_id, form=form, status=422)
    note = form.cleaned_data["note"]
    refusal = attempt(
        user_id, lambda: answer(membership_id=membership_id, actor_id=user_id, note=note), form, pace="review"
    )
    if refusal is None:
        return go("desk_requests", chapter, done=act)
    return _render(request, chapter, access, refusal=refusal)


_ANSWERS = {
    "accept": membership.accept_request,
    "decline": membership.decline_request,
}

_NOTICES = {
    "accept": lambda: _("They are in. They have been told, and other members can say hello."),
    "decline": lambda: _("They have been told, with your line."),
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    *,
    membership_id: int = 0,
    form: AnswerForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return the page with one request, or with all; one that is answered already is said to be."""
    page_cursor = "" if membership_id else request.GET.get("cursor", "")
    if membership_id:
        try:
            shown, cursor = [membership.get_request(membership_id)], ""
        except NotFoundError:
            shown, cursor = [], ""
    else:
        page = membership.list_requests(chapter_id=chapter.id, cursor=page_cursor)
        shown, cursor = list(page.requests), page.cursor
    names = name_of_chapter(chapter, [each.user_id for each in shown])
    context = {
        "cards": [{"request": each, "name": names.get(each.user_id), "fits": say_fits(each)} for each in shown],
        "next_cursor": cursor,
        "is_one": bool(membership_id),
        "form": form or AnswerForm(),
    }
    return render_desk(request, chapter, access, "requests", context, refusal=refusal, notices=_NOTICES, status=status)


def say_fits(request: JoinRequestData) -> list[str]:
    """Return which boards besides everybody's the applicant's courses open to them, in words."""
    words: dict[str, Any] = dict(AUDIENCES)
    return [str(words[each.value]) for each in Audience if each in request.audiences and each is not Audience.EVERYONE]
