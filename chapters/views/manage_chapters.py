"""All chapters for community managers, and one of them: its proposal, its organizers, the steps of its life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chapters import api, organizers
from chapters.access import Access, find_access
from chapters.data import Action, ChapterData, ChapterRole, ChapterState
from chapters.exceptions import ChapterError, InvalidValueError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.life import MoveForm
from chapters.forms_desk.manage import ApproveForm, DeclineForm, LeadForm
from chapters.models.chapters import STATES
from chapters.models.organizers import ROLES
from people import api as people

from .desk_frame import attempt, unknown_act
from .desk_life import NOTICES, draw_steps, read_state, say_state
from .frame import chapter_page, read_number, require
from .manage_frame import open_manage, render_manage

_TEXT_LENGTH: Final = 100
_TAGS: Final = {
    ChapterState.PROPOSED: "warn",
    ChapterState.FORMING: "info",
    ChapterState.ACTIVE: "ok",
    ChapterState.DORMANT: "warn",
}


@chapter_page()
def chapters(request: HttpRequest) -> HttpResponse:
    """Show chapters in any state, narrowed by a word, a state, a region, or to those without organizer."""
    open_manage(request)
    typed = request.GET.get("q", "").strip()[:_TEXT_LENGTH]
    state = next((each for each in ChapterState if each.value == request.GET.get("state", "")), None)
    region = read_number(request.GET.get("region", "")) or None
    is_alone = request.GET.get("show", "") == "alone"
    page = api.list_for_manager(
        text=typed,
        state=state,
        region_id=region,
        is_without_organizer=is_alone,
        cursor=request.GET.get("cursor", ""),
    )
    words = dict(STATES)
    context = {
        "rows": [
            {"row": each, "state": words[each.chapter.state.value], "tag": _TAGS.get(each.chapter.state, "")}
            for each in page.chapters
        ],
        "next_cursor": page.cursor,
        "typed": typed,
        "state": state.value if state else "",
        "states": STATES,
        "region": region or 0,
        "regions": api.list_regions(),
        "is_alone": is_alone,
        "is_narrowed": bool(typed or state or region or is_alone),
    }
    return render_manage(request, "chapters", context)


@chapter_page(methods=("GET", "HEAD", "POST"))
def chapter(request: HttpRequest, chapter_id: int) -> HttpResponse:
    """Show one chapter; a POST answers its proposal, gives it a lead organizer, or takes a step of its life."""
    user_id = open_manage(request)
    found = api.get_chapter(chapter_id)
    access = find_access(found, user_id)
    require(access, Action.MANAGE)
    if request.method != "POST":
        return _render(request, found, access)
    act = request.POST.get("act", "")
    do = _ACTS.get(act)
    made = do(request, found, user_id) if do is not None else None
    if made is None:
        return _render(request, found, access, refusal=unknown_act())
    form, run, done = made
    if not form.is_valid():
        return _render(request, found, access, act=act, form=form, status=422)
    refusal = attempt(user_id, run, form)
    if refusal is None:
        url = reverse("chapters:manage_chapter", args=[chapter_id])
        return HttpResponseRedirect(f"{url}?done={done}")
    return _render(request, api.get_chapter(chapter_id), access, act=act, form=form, refusal=refusal)


Made = tuple[ChapterForm, Callable[[], Any], str]


def _approve(request: HttpRequest, chapter: ChapterData, user_id: int) -> Made:
    form = ApproveForm(request.POST, regions=_list_regions(), auto_id="approve_%s")
    return (
        form,
        lambda: api.move_chapter(
            chapter_id=chapter.id,
            actor_id=user_id,
            to=ChapterState.FORMING,
            seen=ChapterState.PROPOSED,
            slug=form.cleaned_data["slug"],
            region_id=form.cleaned_data["region"],
        ),
        ChapterState.FORMING.value,
    )


def _decline(request: HttpRequest, chapter: ChapterData, user_id: int) -> Made:
    form = DeclineForm(request.POST, auto_id="decline_%s")
    return (
        form,
        lambda: api.move_chapter(
            chapter_id=chapter.id,
            actor_id=user_id,
            to=ChapterState.DECLINED,
            seen=ChapterState.PROPOSED,
            reason=form.cleaned_data["reason"],
        ),
        ChapterState.DECLINED.value,
    )


def _lead(request: HttpRequest, chapter: ChapterData, user_id: int) -> Made:
    form = LeadForm(request.POST, auto_id="lead_%s")

    def give() -> None:
        try:
            person = people.find_person(username=form.cleaned_data["username"].strip())
        except people.PersonNotFoundError as error:
            raise InvalidValueError(_("Nobody has this username."), field="username") from error
        organizers.give_role(
            chapter_id=chapter.id,
            actor_id=user_id,
            user_id=person,
            role=ChapterRole.LEAD,
            ends_on=form.cleaned_data["ends_on"],
        )

    return form, give, "lead"


def _move(request: HttpRequest, chapter: ChapterData, user_id: int) -> Made | None:
    steps = api.list_transitions(chapter, user_id)
    step = next((each for each in steps if each.to.value == request.POST.get("to", "")), None)
    if step is None:
        return None
    form = MoveForm(request.POST, step=step, auto_id=f"{step.to.value}_%s")
    return (
        form,
        lambda: api.move_chapter(
            chapter_id=chapter.id,
            actor_id=user_id,
            to=step.to,
            seen=read_state(request, chapter),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data.get("until"),
        ),
        step.to.value,
    )


_ACTS: dict[str, Callable[[HttpRequest, ChapterData, int], Made | None]] = {
    "approve": _approve,
    "decline": _decline,
    "lead": _lead,
    "move": _move,
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    is_proposed = chapter.state is ChapterState.PROPOSED
    steps = () if is_proposed else api.list_transitions(chapter, access.user_id or 0)
    at = next((each for each in steps if act == "move" and each.to.value == request.POST.get("to", "")), None)
    initial = {"slug": slugify(chapter.name)[:60] or chapter.slug, "region": chapter.region_id}
    terms = organizers.list_terms(chapter.id)
    named = people.real_names({*(each.user_id for each in terms), *filter(None, [chapter.proposed_by])})
    words = dict(ROLES)
    context = {
        "chapter": chapter,
        "state": dict(STATES)[chapter.state.value],
        "means": say_state(chapter),
        "is_proposed": is_proposed,
        "proposer": named.get(chapter.proposed_by or 0, ""),
        "due_at": chapter.created_at + timedelta(days=settings.CHAPTERS_PROPOSAL_DAYS) if is_proposed else None,
        "team": [{"term": each, "name": named[each.user_id], "role": words[each.role.value]} for each in terms],
        "forms": {
            "approve": ApproveForm(regions=_list_regions(), initial=initial, auto_id="approve_%s"),
            "decline": DeclineForm(auto_id="decline_%s"),
            "lead": LeadForm(auto_id="lead_%s"),
            **({act: form} if form is not None else {}),
        },
        "steps": draw_steps(steps, form=form if isinstance(form, MoveForm) else None, at=at),
        "form": form,
        "opened": act,
        "may_lead": access.can(Action.GIVE_LEAD),
        "has_desk": access.can(Action.SEE_DESK),
        "can_edit": access.can(Action.EDIT_CHAPTER),
    }
    notices = {**NOTICES, "lead": lambda: _("They lead the chapter now and have been told.")}
    return render_manage(request, "chapter", context, refusal=refusal, notices=notices, status=status)


def _list_regions() -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in api.list_regions()]
