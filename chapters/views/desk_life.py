"""Where a chapter is in its life, and the steps that its organizers may take."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import api
from chapters.access import Access
from chapters.data import ChapterData, ChapterState, TransitionData
from chapters.exceptions import ChapterError
from chapters.forms_desk.life import MoveForm
from chapters.models.chapters import STATES
from people import api as people

from .desk_frame import attempt, go, open_desk, render_desk, unknown_act
from .frame import chapter_page


@chapter_page(methods=("GET", "HEAD", "POST"))
def life(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the chapter's state and what follows from it; a POST takes a step."""
    chapter, access, user_id = open_desk(request, slug)
    steps = api.list_transitions(chapter, user_id)
    if request.method != "POST":
        return _render(request, chapter, access, steps)
    step = next((each for each in steps if each.to.value == request.POST.get("to", "")), None)
    if step is None:
        return _render(request, chapter, access, steps, refusal=unknown_act())
    form = MoveForm(request.POST, step=step, auto_id=f"{step.to.value}_%s")
    if not form.is_valid():
        return _render(request, chapter, access, steps, form=form, at=step, status=422)
    refusal = attempt(
        user_id,
        lambda: api.move_chapter(
            chapter_id=chapter.id,
            actor_id=user_id,
            to=step.to,
            seen=read_state(request, chapter),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data.get("until"),
        ),
        form,
    )
    if refusal is None:
        return go("desk_life", chapter, done=step.to.value)
    return _render(request, chapter, access, steps, form=form, at=step, refusal=refusal)


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    steps: tuple[TransitionData, ...],
    *,
    form: MoveForm | None = None,
    at: TransitionData | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = {
        "state": dict(STATES)[chapter.state.value],
        "means": say_state(chapter),
        "steps": draw_steps(steps, form=form, at=at),
        "form": form,
        "forming": _say_forming(chapter),
    }
    return render_desk(request, chapter, access, "life", context, refusal=refusal, notices=NOTICES, status=status)


def draw_steps(
    steps: tuple[TransitionData, ...], *, form: MoveForm | None = None, at: TransitionData | None = None
) -> list[dict[str, Any]]:
    """Return the steps with their forms; the one that was posted keeps what was typed and stands open."""
    return [
        {
            "step": step,
            "form": form if form is not None and step == at else MoveForm(step=step, auto_id=f"{step.to.value}_%s"),
            "is_open": step == at,
            "follows": _FOLLOWS[step.to](),
        }
        for step in steps
    ]


def read_state(request: HttpRequest, chapter: ChapterData) -> ChapterState:
    """Return the state that the page showed to who posted: the api refuses a step from one that has passed."""
    shown = request.POST.get("seen", "")
    return next((state for state in ChapterState if state.value == shown), chapter.state)


def say_state(chapter: ChapterData) -> str:
    """Return what the chapter's state means for everybody, in words."""
    if chapter.state is ChapterState.PAUSED and chapter.paused_until is not None:
        today = timezone.now().astimezone(chapter.zone).date()
        return _(
            "Paused until %(day)s. Members read and write, people can join, and nobody is reminded of anything. "
            "The pause ends by itself."
        ) % {"day": people.say_day(chapter.paused_until, today=today)}
    return _MEANS[chapter.state]()


def _say_forming(chapter: ChapterData) -> str:
    """Return how far a chapter that forms is from being active; empty for any other."""
    if chapter.state is not ChapterState.FORMING:
        return ""
    needed = settings.CHAPTERS_FORMING_MEMBERS
    return ngettext(
        "%(members)d of %(count)d member needed, and an organizer.",
        "%(members)d of %(count)d members needed, and an organizer.",
        needed,
    ) % {"members": chapter.members, "count": needed}


_MEANS: Final = {
    ChapterState.PROPOSED: lambda: _("It waits for the community team. Only they and who proposed it see it."),
    ChapterState.FORMING: lambda: _("It is in the directory, people can join, and its boards are open."),
    ChapterState.ACTIVE: lambda: _("It is in the directory, people can join, and members meet."),
    ChapterState.PAUSED: lambda: _("It rests. Members read and write, and nobody is reminded of anything."),
    ChapterState.DORMANT: lambda: _(
        "It has been quiet for long and stands last in the directory. Members read and write. "
        "An event that you publish makes it active again, and the community team can reopen it."
    ),
    ChapterState.ARCHIVED: lambda: _("It is closed. Members can read what was written; nobody joins or writes."),
    ChapterState.DECLINED: lambda: _("The community team declined it."),
}

_FOLLOWS: Final = {
    ChapterState.PROPOSED: lambda: "",
    ChapterState.FORMING: lambda: _("It is listed again, people can join and its boards are open."),
    ChapterState.ACTIVE: lambda: _("It is listed among the active ones. Members hear of it."),
    ChapterState.PAUSED: lambda: _(
        "Life happens. Members keep reading and writing, nobody is reminded, and it ends by itself on the day you say."
    ),
    ChapterState.DORMANT: lambda: _("It stands last in the directory. An event that is published revives it."),
    ChapterState.ARCHIVED: lambda: _("Nobody joins or writes any more. Members are told and can read what is there."),
    ChapterState.DECLINED: lambda: _("The proposal ends here. You may propose another at any time."),
}

NOTICES: Final = {
    ChapterState.PROPOSED.value: lambda: _("The proposal waits for an answer again."),
    ChapterState.FORMING.value: lambda: _("The chapter forms. It is in the directory now."),
    ChapterState.ACTIVE.value: lambda: _("The chapter is active."),
    ChapterState.PAUSED.value: lambda: _("The chapter rests. Members have been told."),
    ChapterState.DORMANT.value: lambda: _("The chapter is dormant now."),
    ChapterState.ARCHIVED.value: lambda: _("The chapter is archived. Members have been told."),
    ChapterState.DECLINED.value: lambda: _("The proposal has ended."),
}
