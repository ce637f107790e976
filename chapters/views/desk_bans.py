"""Bans of a chapter: who is kept out, why and until when, and what they say to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters.access import Access
from chapters.api import membership
from chapters.data import Action, BanData, BanState, ChapterData
from chapters.exceptions import ChapterError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.members import AppealForm, BanForm, LiftForm
from people import api as people

from .desk_frame import attempt, go, name_of_chapter, open_desk, render_desk, unknown_act
from .frame import chapter_page, require


@chapter_page()
def bans(request: HttpRequest, slug: str) -> HttpResponse:
    """Show appeals that wait for an answer, then all bans, newest first."""
    chapter, access, _user_id = open_desk(request, slug, Action.BAN)
    waiting = membership.list_appeals(chapter_id=chapter.id)
    page = membership.list_bans(chapter_id=chapter.id, cursor=request.GET.get("cursor", ""))
    names = name_of_chapter(chapter, [each.user_id for each in (*waiting, *page.bans)])
    context = {
        "waiting": [_draw(chapter, each, names) for each in waiting],
        "rows": [_draw(chapter, each, names) for each in page.bans],
        "next_cursor": page.cursor,
    }
    return render_desk(request, chapter, access, "bans", context, notices=_NOTICES)


@chapter_page(methods=("GET", "HEAD", "POST"))
def ban_person(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Ask why and for how long, and keep somebody out who is, was, or wants to be a member."""
    chapter, access, actor_id = open_desk(request, slug)
    require(access, Action.BAN, target_id=user_id)
    row = membership.find_membership(chapter_id=chapter.id, user_id=user_id)
    if row is None:
        raise Http404
    form = BanForm(request.POST if request.method == "POST" else None, chapter=chapter)
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        refusal = attempt(
            actor_id,
            lambda: membership.ban(
                chapter_id=chapter.id,
                user_id=user_id,
                actor_id=actor_id,
                reason=form.cleaned_data["reason"],
                expires_at=form.expires_at,
            ),
            form,
        )
        if refusal is None:
            return go("desk_bans", chapter, done="ban")
    context = {
        "form": form,
        "name": name_of_chapter(chapter, [user_id])[user_id],
        "is_member": row.is_member,
        "user_id": user_id,
        "earlier": membership.find_ban(chapter_id=chapter.id, user_id=user_id),
    }
    status = 422 if form.is_bound and refusal is None else None
    return render_desk(request, chapter, access, "ban_person", context, refusal=refusal, status=status)


@chapter_page(methods=("GET", "HEAD", "POST"))
def ban(request: HttpRequest, slug: str, ban_id: int) -> HttpResponse:
    """Show one ban with its appeal; a POST answers the appeal or lifts the ban."""
    chapter, access, actor_id = open_desk(request, slug, Action.BAN)
    found = membership.get_ban(ban_id)
    if found.chapter_id != chapter.id:
        raise Http404
    if request.method != "POST":
        return _render(request, chapter, access, found)
    act = request.POST.get("act", "")
    if act == "appeal":
        require(access, Action.ANSWER_APPEAL, target_id=found.banned_by)
    form: ChapterForm = (
        AppealForm(request.POST, auto_id="appeal_%s") if act == "appeal" else LiftForm(request.POST, auto_id="lift_%s")
    )
    run: Callable[[], Any] | None = {
        "appeal": lambda: membership.answer_appeal(
            ban_id=ban_id,
            actor_id=actor_id,
            answer=form.cleaned_data["answer"],
            is_lifted=form.cleaned_data["verdict"] == "lifted",
        ),
        "lift": lambda: membership.lift_ban(ban_id=ban_id, actor_id=actor_id, reason=form.cleaned_data["reason"]),
    }.get(act)
    if run is None:
        return _render(request, chapter, access, found, refusal=unknown_act())
    if not form.is_valid():
        return _render(request, chapter, access, found, act=act, form=form, status=422)
    refusal = attempt(actor_id, run, form)
    if refusal is None:
        return go("desk_bans", chapter, done=act)
    return _render(request, chapter, access, membership.get_ban(ban_id), act=act, form=form, refusal=refusal)


_NOTICES = {
    "ban": lambda: _("They are kept out and have been told why. They can appeal once."),
    "appeal": lambda: _("They have your answer."),
    "lift": lambda: _("The ban is lifted. They may join again."),
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    found: BanData,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    names = name_of_chapter(chapter, [found.user_id, found.banned_by])
    context = {
        **_draw(chapter, found, names),
        "by": names.get(found.banned_by or 0),
        "forms": {
            "appeal": form if act == "appeal" else AppealForm(auto_id="appeal_%s"),
            "lift": form if act == "lift" else LiftForm(auto_id="lift_%s"),
        },
        "form": form,
        "opened": act,
        "waits": found.state is BanState.ACTIVE and bool(found.appeal) and not found.appeal_answered_at,
        "may_answer": access.decide(Action.ANSWER_APPEAL, target_id=found.banned_by),
        "is_active": found.state is BanState.ACTIVE,
    }
    return render_desk(request, chapter, access, "ban", context, refusal=refusal, status=status)


def _draw(chapter: ChapterData, ban: BanData, names: Any) -> dict[str, Any]:
    return {"ban": ban, "name": names[ban.user_id], "said": say_ban(chapter, ban), "tag": _TAGS[ban.state]()}


def say_ban(chapter: ChapterData, ban: BanData) -> str:
    """Return in words for how long somebody is kept out, on the chapter's clock."""
    if ban.state is BanState.LIFTED:
        return _("Lifted early")
    if ban.expires_at is None:
        return _("Until somebody lifts it")
    moment = people.format_moment(ban.expires_at, zone=chapter.zone)
    if ban.state is BanState.EXPIRED:
        return _("Ended %(moment)s") % {"moment": moment}
    return _("Until %(moment)s") % {"moment": moment}


_TAGS = {
    BanState.ACTIVE: lambda: (_("In force"), "warn"),
    BanState.EXPIRED: lambda: (_("Over"), ""),
    BanState.LIFTED: lambda: (_("Lifted"), "ok"),
}
