"""Changing an event, copying it, and the templates that new ones begin with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.api import events, series
from chapters.data import Action, EventAct, EventState, SeriesScope
from chapters.exceptions import ChapterError, EventChangedError, SentAgainError
from chapters.forms_desk.event_acts import CopyForm, ScopeForm
from chapters.forms_desk.events import EventForm
from chapters.models.members import QUESTION_KINDS

from .desk_event_frame import EventVisit, find_following, list_hosts, open_event, render_event
from .desk_event_new import find_template
from .desk_frame import attempt, draw_form_key, go, open_desk, read_form_key, render_desk, unknown_act
from .frame import chapter_page, read_number, require, sent


@chapter_page(methods=("GET", "HEAD", "POST"))
def edit(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show an event to be changed; a POST changes it, or says who changed it meanwhile and what stands now."""
    visit = open_event(request, slug, event_id, EventAct.EDIT)
    posted = sent(request)
    plan = events.get_plan(visit.event.id)
    hosts = list_hosts(visit.chapter, visit.access, plan.host_ids)
    form = EventForm(posted, chapter=visit.chapter, hosts=hosts, plan=plan, event=visit.event)
    scope = ScopeForm(posted, event=visit.event)
    if posted is None:
        return _render_edit(visit, form, scope, revision=visit.event.revision)
    is_valid = all([form.is_valid(), scope.is_valid()])
    revision = read_number(posted.get("revision", ""))
    if not is_valid or form.plan is None:
        return _render_edit(visit, form, scope, revision=revision, status=422)
    wanted, chosen = form.plan, scope.chosen

    def change() -> None:
        if chosen is SeriesScope.FOLLOWING:
            events.require_following(visit.access, series.list_following(visit.event.id).changed, EventAct.EDIT)
        events.change_event(
            event_id=visit.event.id, actor_id=visit.user_id, plan=wanted, revision=revision, scope=chosen
        )

    refusal = attempt(visit.user_id, change)
    done = "saved_all" if chosen is SeriesScope.FOLLOWING else "saved"
    if refusal is None:
        return visit.go(done=done)
    if isinstance(refusal, EventChangedError):
        differences = form.list_differences(events.get_plan(visit.event.id))
        if not differences and visit.did_last("change"):
            return visit.go(done=done)
        return _render_conflict(visit, form, scope, refusal, differences)
    form.refuse(refusal)
    return _render_edit(visit, form, scope, revision=revision, refusal=refusal)


def _render_conflict(
    visit: EventVisit,
    form: EventForm,
    scope: ScopeForm,
    refusal: ChapterError,
    differences: Sequence[tuple[str, str]],
) -> HttpResponse:
    """Return the form with what was sent, beside what stands now where that differs: saving again replaces it."""
    visit = visit.read_again()
    return _render_edit(
        visit, form, scope, revision=visit.event.revision, differences=differences, status=refusal.status
    )


def _render_edit(
    visit: EventVisit,
    form: EventForm,
    scope: ScopeForm,
    *,
    revision: int,
    differences: Sequence[tuple[str, str]] | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "scope": scope,
        "revision": revision,
        "differences": differences,
        "kinds": QUESTION_KINDS,
        "following": find_following(visit),
        "moves": visit.event.state is EventState.PUBLISHED and visit.event.starts_at > timezone.now(),
    }
    return render_event(visit, "edit", context, refusal=refusal, status=status)


# -- copied ------------------------------------------------------------------------------------------------------------


@chapter_page(methods=("GET", "HEAD", "POST"))
def copy(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask when the copy of an event takes place; a POST makes it, as a draft."""
    visit = open_event(request, slug, event_id)
    require(visit.access, Action.DRAFT_EVENT)
    form = CopyForm(sent(request), initial={"time": visit.event.starts_local.time()})
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        start = datetime.combine(form.cleaned_data["day"], form.cleaned_data["time"])
        made: list[int] = []

        def make() -> None:
            key = read_form_key(request, visit.user_id)
            copied = events.copy_event(
                event_id=visit.event.id, actor_id=visit.user_id, starts_local=start, request_key=key
            )
            made.append(copied.id)

        refusal = attempt(visit.user_id, make, form)
        if isinstance(refusal, SentAgainError):
            made.append(refusal.event_id)
        if made:
            return go("desk_event", visit.chapter, made[-1], done="made")
    status = 422 if form.is_bound and refusal is None else None
    return render_event(visit, "copy", {"form": form, "form_key": draw_form_key()}, refusal=refusal, status=status)


# -- templates ---------------------------------------------------------------------------------------------------------


@chapter_page(methods=("GET", "HEAD", "POST"))
def templates(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the templates of a chapter, those of every chapter among them; a POST deletes one of its own."""
    chapter, access, user_id = open_desk(request, slug, Action.DRAFT_EVENT)
    refusal: ChapterError | None = None
    if request.method == "POST":
        wanted = find_template(chapter.id, request.POST.get("template", ""))
        if wanted is None or wanted.chapter_id != chapter.id:
            raise Http404
        if request.POST.get("act") != "delete":
            refusal = unknown_act()
        else:
            refusal = attempt(
                user_id, lambda: events.delete_template(template_id=wanted.id, chapter_id=chapter.id, actor_id=user_id)
            )
        if refusal is None:
            return go("desk_event_templates", chapter, done="delete")
    context = {
        "rows": [
            {"template": each, "is_own": each.chapter_id == chapter.id} for each in events.list_templates(chapter.id)
        ]
    }
    notices = {"delete": lambda: _("The template is deleted. Events that began with it stay.")}
    return render_desk(request, chapter, access, "events/templates", context, refusal=refusal, notices=notices)
