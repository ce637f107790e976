"""Who runs the chapter: roles with their terms, and how each of them ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import organizers
from chapters.access import Access
from chapters.data import Action, ChapterData, EndReason, TermData
from chapters.exceptions import ChapterError, NotFoundError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.life import EndRoleForm, HandBackForm
from chapters.models.organizers import ROLES
from people import api as people

from .desk_frame import attempt, go, name_of_chapter, open_desk, render_desk, unknown_act
from .frame import chapter_page, read_number, require

#: From how many days before its end on a term asks to be thought of.
ENDING_DAYS = 45


@chapter_page(methods=("GET", "HEAD", "POST"))
def roles(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has which role until when; a POST ends one, steps down, hands back, or shows a name in public."""
    chapter, access, user_id = open_desk(request, slug)
    if request.method != "POST":
        return _render(request, chapter, access, user_id)
    act = request.POST.get("act", "")
    do = _ACTS.get(act)
    if do is None:
        return _render(request, chapter, access, user_id, refusal=unknown_act())
    form, run = do(request, access, user_id)
    if form is not None and not form.is_valid():
        return _render(request, chapter, access, user_id, act=act, form=form, status=422)
    refusal = attempt(user_id, run, form)
    if refusal is None:
        return _leave_desk(chapter, user_id, act)
    return _render(request, chapter, access, user_id, act=act, form=form, refusal=refusal)


def say_term(chapter: ChapterData, term: TermData) -> str:
    """Return since when somebody has a role and until when."""
    zone, today = chapter.zone, timezone.now().astimezone(chapter.zone).date()
    if term.ended_at is not None:
        return _("Until %(day)s") % {"day": people.say_day(term.ended_at.astimezone(zone).date(), today=today)}
    if term.ends_on is None:
        return _("Without an end")
    return _("Until %(day)s") % {"day": people.say_day(term.ends_on, today=today)}


def is_ending(chapter: ChapterData, term: TermData) -> bool:
    """Tell whether a term ends soon, or is over its day."""
    today = timezone.now().astimezone(chapter.zone).date()
    return term.ends_on is not None and term.ends_on <= today + timedelta(days=ENDING_DAYS)


def say_days_left(chapter: ChapterData, day: date) -> str:
    """Return in words how long a term still lasts."""
    left = (day - timezone.now().astimezone(chapter.zone).date()).days
    if left <= 0:
        return _("Ends today")
    return ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}


def _leave_desk(chapter: ChapterData, user_id: int, act: str) -> HttpResponse:
    """Lead on; who has no role any more has no desk either and goes to the chapter."""
    is_mine = any(term.user_id == user_id for term in organizers.list_terms(chapter.id))
    return go("desk_roles", chapter, done=act) if is_mine or act in {"end", "public"} else go("chapter", chapter)


def _find_term(access: Access, request: HttpRequest) -> TermData:
    number = read_number(request.POST.get("term", ""))
    found = next((term for term in organizers.list_terms(access.chapter.id) if term.id == number), None)
    if found is None:
        raise NotFoundError(_("This role has ended already."))
    return found


def _end(request: HttpRequest, access: Access, user_id: int) -> tuple[ChapterForm, Callable[[], Any]]:
    term = _find_term(access, request)
    require(access, organizers.ACTION_OF_ROLE[term.role], target_id=term.user_id)
    form = EndRoleForm(request.POST, auto_id=f"end{term.id}_%s")
    return form, lambda: organizers.end_role(term_id=term.id, actor_id=user_id, reason=form.cleaned_data["reason"])


def _step_down(request: HttpRequest, access: Access, user_id: int) -> tuple[None, Callable[[], Any]]:
    del request
    require(access, Action.STEP_DOWN)
    return None, lambda: organizers.step_down(chapter_id=access.chapter.id, user_id=user_id)


def _hand_back(request: HttpRequest, access: Access, user_id: int) -> tuple[ChapterForm, Callable[[], Any]]:
    require(access, Action.HAND_BACK)
    form = HandBackForm(request.POST, auto_id="hand_back_%s")
    return form, lambda: organizers.hand_back(
        chapter_id=access.chapter.id, actor_id=user_id, reason=form.cleaned_data["reason"]
    )


def _show_in_public(request: HttpRequest, access: Access, user_id: int) -> tuple[None, Callable[[], Any]]:
    term = _find_term(access, request)
    if term.user_id != user_id:
        raise NotFoundError(_("This is for the person who has the role."))
    is_on = request.POST.get("is_on") == "1"
    return None, lambda: organizers.name_in_public(term_id=term.id, user_id=user_id, is_on=is_on)


_ACTS: dict[str, Callable[[HttpRequest, Access, int], tuple[ChapterForm | None, Callable[[], Any]]]] = {
    "end": _end,
    "step_down": _step_down,
    "hand_back": _hand_back,
    "public": _show_in_public,
}

_NOTICES = {
    "end": lambda: _("The role has ended. They have been told."),
    "step_down": lambda: _("You stepped down."),
    "public": lambda: _("Saved."),
}

_ENDED = {
    EndReason.STEPPED_DOWN: lambda: _("Stepped down"),
    EndReason.HANDED_OVER: lambda: _("Handed over"),
    EndReason.HANDED_BACK: lambda: _("Handed back"),
    EndReason.EXPIRED: lambda: _("Term was over"),
    EndReason.REPLACED: lambda: _("Replaced"),
    EndReason.REMOVED: lambda: _("Ended by somebody else"),
    EndReason.LEFT: lambda: _("Left the chapter"),
    EndReason.RETIRED: lambda: _("Closed the account"),
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    user_id: int,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    terms = organizers.list_terms(chapter.id)
    past = organizers.list_terms(chapter.id, is_past=True)
    names = name_of_chapter(chapter, [each.user_id for each in (*terms, *past)])
    at_term = read_number(request.POST.get("term", "")) if act == "end" else 0
    words = dict(ROLES)
    may_end = {role: access.can(action) for role, action in organizers.ACTION_OF_ROLE.items()}
    rows = [
        {
            "term": term,
            "name": names[term.user_id],
            "role": words[term.role.value],
            "until": say_term(chapter, term),
            "left": say_days_left(chapter, term.ends_on) if term.ends_on and is_ending(chapter, term) else "",
            "is_me": term.user_id == user_id,
            "may_end": term.user_id != user_id and may_end[term.role],
            "form": form if term.id == at_term and form else EndRoleForm(auto_id=f"end{term.id}_%s"),
            "is_open": term.id == at_term,
        }
        for term in terms
    ]
    context = {
        "rows": rows,
        "past": [
            {
                "name": names[term.user_id],
                "role": words[term.role.value],
                "until": say_term(chapter, term),
                "why": _ENDED[term.end_reason]() if term.end_reason else "",
            }
            for term in past
        ],
        "may": {
            "give": access.decide(Action.GIVE_ROLE),
            "step_down": access.decide(Action.STEP_DOWN),
            "hand_over": access.decide(Action.HAND_OVER),
            "hand_back": access.decide(Action.HAND_BACK),
        },
        "has_role": bool(access.roles),
        "runs": access.is_organizer,
        "hand_back_form": form if act == "hand_back" and form else HandBackForm(auto_id="hand_back_%s"),
        "form": form,
        "opened": act,
    }
    return render_desk(request, chapter, access, "roles", context, refusal=refusal, notices=_NOTICES, status=status)
