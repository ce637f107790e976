"""Confidential reports for those who handle them: never for whom they accuse, nor for who has a role in that chapter.

Which reports a reader may know of is decided in ``chapters.api.concerns`` alone; one that they may not see does not
exist for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import concerns as reports
from chapters.data import ConcernData, ConcernState
from chapters.exceptions import ChapterError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.manage import CloseForm, NoteForm
from chapters.models.organizers import CONCERN_KINDS
from people import api as people

from .desk_frame import attempt, unknown_act
from .frame import chapter_page
from .manage_frame import open_manage, render_manage


@chapter_page()
def concerns(request: HttpRequest) -> HttpResponse:
    """Show the reports that nobody has in hand, those that somebody has, or those that are closed; due first."""
    user_id = open_manage(request)
    shown = request.GET.get("state", "")
    state = next((each for each in ConcernState if each.value == shown), ConcernState.NEW)
    page = reports.list_concerns(actor_id=user_id, state=state, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [_draw(each) for each in page.concerns],
        "next_cursor": page.cursor,
        "state": state.value,
        "states": [(each.value, _TAGS[each]()[0]) for each in ConcernState],
        "query": f"state={state.value}&",
    }
    return render_manage(request, "concerns", context)


@chapter_page(methods=("GET", "HEAD", "POST"))
def concern(request: HttpRequest, concern_id: int) -> HttpResponse:
    """Show one report with its notes; a POST takes it in hand, adds a note, or closes it."""
    user_id = open_manage(request)
    found = reports.get_concern(concern_id, actor_id=user_id)
    if request.method != "POST":
        return _render(request, found)
    act = request.POST.get("act", "")
    form: ChapterForm | None = {
        "note": lambda: NoteForm(request.POST, auto_id="note_%s"),
        "close": lambda: CloseForm(request.POST, auto_id="close_%s"),
    }.get(act, lambda: None)()
    run: Callable[[], Any] | None = {
        "take": lambda: reports.take_in_hand(concern_id=concern_id, actor_id=user_id),
        "note": lambda: reports.add_note(
            concern_id=concern_id,
            actor_id=user_id,
            text=form.cleaned_data["text"] if form else "",
            is_for_reporter=bool(form and form.cleaned_data["is_for_reporter"]),
        ),
        "close": lambda: reports.close_concern(
            concern_id=concern_id, actor_id=user_id, outcome=form.cleaned_data["outcome"] if form else ""
        ),
    }.get(act)
    if run is None:
        return _render(request, found, refusal=unknown_act())
    if form is not None and not form.is_valid():
        return _render(request, found, act=act, form=form, status=422)
    refusal = attempt(user_id, run, form)
    if refusal is None:
        return HttpResponseRedirect(reverse("chapters:manage_concern", args=[concern_id]) + f"?done={act}")
    return _render(request, reports.get_concern(concern_id, actor_id=user_id), act=act, form=form, refusal=refusal)


_NOTICES = {
    "take": lambda: _("The report is in your hands. Who reported it sees that somebody works on it."),
    "note": lambda: _("The note is kept."),
    "close": lambda: _("The report is closed. Who reported it can read the outcome."),
}


def _render(
    request: HttpRequest,
    found: ConcernData,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    ids = {*found.about, *(each.author_id for each in found.notes), found.handler_id, found.reporter_id} - {None}
    names = people.real_names(each for each in ids if each is not None)
    context = {
        **_draw(found),
        "about": [names[each] for each in found.about],
        "reporter": names.get(found.reporter_id or 0, ""),
        "handler": names.get(found.handler_id or 0, ""),
        "notes": [{"note": each, "by": names.get(each.author_id or 0, "")} for each in found.notes],
        "forms": {
            "note": form if act == "note" else NoteForm(auto_id="note_%s"),
            "close": form if act == "close" else CloseForm(auto_id="close_%s"),
        },
        "form": form,
        "opened": act,
        "is_new": found.state is ConcernState.NEW,
        "is_closed": found.state is ConcernState.CLOSED,
    }
    return render_manage(request, "concern", context, refusal=refusal, notices=_NOTICES, status=status)


def _draw(concern: ConcernData) -> dict[str, Any]:
    tag = (_("Overdue"), "warn", "clock") if concern.is_overdue else _TAGS[concern.state]()
    return {"concern": concern, "kind": dict(CONCERN_KINDS)[concern.kind.value], "tag": tag}


_TAGS = {
    ConcernState.NEW: lambda: (_("New"), "info", "flag"),
    ConcernState.IN_HAND: lambda: (_("In hand"), "info", "person"),
    ConcernState.CLOSED: lambda: (_("Closed"), "ok", "check"),
}
