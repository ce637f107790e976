"""How an event ends: called off, a date left out of its series, or held, and then what came out of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters.api import event_results, events, rsvps, series
from chapters.data import SEATED, EventAct, EventState, RsvpState, SeriesScope
from chapters.exceptions import ChapterError, NotFoundError
from chapters.forms_desk.event_acts import CancelForm, ResultForm, SkipForm
from discussion_ext import api as discussions
from people import api as people

from .desk_event_frame import EventVisit, find_following, open_event, render_event
from .desk_event_words import say_came
from .desk_frame import attempt, desk_url, go, name_of_chapter
from .frame import chapter_page, sent

#: Answers of people who are told when an event is called off.
_TOLD = SEATED | {RsvpState.WAITLISTED, RsvpState.PENDING}


@chapter_page(methods=("GET", "HEAD", "POST"))
def cancel(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask why an event is called off, and of a series for which dates; a POST does it, and tells everybody once."""
    visit = open_event(request, slug, event_id, EventAct.SEE)
    form = CancelForm(sent(request), event=visit.event)
    if _is_again(visit, form):
        return _go_called_off(visit, form)
    visit.require(EventAct.CANCEL)
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        refusal = attempt(
            visit.user_id,
            lambda: events.cancel_event(
                event_id=visit.event.id,
                actor_id=visit.user_id,
                reason=form.cleaned_data["reason"],
                scope=form.chosen,
            ),
            form,
        )
        if refusal is None:
            return _go_called_off(visit, form)
    status = 422 if form.is_bound and refusal is None else None
    context = {"form": form, "concerned": _count_concerned(visit), "following": find_following(visit)}
    return render_event(visit, "cancel", context, refusal=refusal, status=status)


def _is_again(visit: EventVisit, form: CancelForm | SkipForm) -> bool:
    """Tell whether they called the event off with this form, which came twice."""
    return visit.did_last("cancel") and form.is_valid() and form.cleaned_data["reason"] == visit.event.cancel_reason


def _go_called_off(visit: EventVisit, form: CancelForm) -> HttpResponse:
    if form.chosen is SeriesScope.FOLLOWING and visit.event.series_id is not None:
        return go("desk_series", visit.chapter, visit.event.series_id, done="cancel")
    return visit.go(done="cancel")


@chapter_page(methods=("GET", "HEAD", "POST"))
def skip(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask why a date is left out of its series; a POST leaves it out."""
    visit = open_event(request, slug, event_id)
    series_id = visit.event.series_id
    form = SkipForm(sent(request))
    if series_id is not None and _is_again(visit, form):
        return go("desk_series", visit.chapter, series_id, done="skip")
    visit.require(EventAct.DELETE if visit.event.state is EventState.DRAFT else EventAct.CANCEL)
    if series_id is None:
        raise NotFoundError(_("This event is no date of a series."))
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        refusal = attempt(
            visit.user_id,
            lambda: series.skip_date(
                event_id=visit.event.id, actor_id=visit.user_id, reason=form.cleaned_data["reason"]
            ),
            form,
        )
        if refusal is None:
            return go("desk_series", visit.chapter, series_id, done="skip")
    status = 422 if form.is_bound and refusal is None else None
    context = {
        "form": form,
        "concerned": _count_concerned(visit),
        "series_url": desk_url("desk_series", visit.chapter, series_id),
    }
    return render_event(visit, "skip", context, refusal=refusal, status=status)


def _count_concerned(visit: EventVisit) -> int:
    """Return how many people are told when an event does not take place."""
    counts = rsvps.count_rsvps(visit.event.id)
    return sum(counts.get(state, 0) for state in _TOLD)


# -- what came out of it -----------------------------------------------------------------------------------------------


@chapter_page(methods=("GET", "HEAD", "POST"))
def result(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show what came of an event to be written; a POST looks at it, keeps it as a draft, or publishes it."""
    visit = open_event(request, slug, event_id, EventAct.WRITE_RESULT)
    found = event_results.find_result(visit.event.id)
    posted = sent(request)
    form = ResultForm(posted, initial={"text": found.text, "revision": found.revision} if found else {"revision": 0})
    if posted is None:
        return _render_result(visit, form)
    if not form.is_valid():
        return _render_result(visit, form, status=422)
    act = posted.get("act", "")
    if act == "preview":
        return _render_result(visit, form, preview=form.cleaned_data["text"])
    refusal = attempt(
        visit.user_id,
        lambda: event_results.save_result(
            event_id=visit.event.id,
            actor_id=visit.user_id,
            text=form.cleaned_data["text"],
            revision=form.cleaned_data["revision"],
            publishes=act == "publish",
        ),
    )
    if refusal is None:
        return visit.go(done="result" if act == "publish" else "draft")
    if refusal.field == "revision":
        return _render_result(visit, _with_revision(form, visit.event.id), conflict=True, status=refusal.status)
    form.refuse(refusal)
    return _render_result(visit, form, refusal=refusal)


def _with_revision(form: ResultForm, event_id: int) -> ResultForm:
    """Return a form with what was sent, as if it had begun with what stands now: saving it again replaces that."""
    found = event_results.find_result(event_id)
    return ResultForm(initial={"text": form.cleaned_data["text"], "revision": found.revision if found else 0})


def _render_result(
    visit: EventVisit,
    form: ResultForm,
    *,
    preview: str = "",
    conflict: bool = False,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    found = event_results.find_result(visit.event.id)
    names = name_of_chapter(visit.chapter, [found.author_id if found else None])
    context = {
        "form": form,
        "result": found,
        "conflict": conflict,
        "author": names[found.author_id].text if found and found.author_id in names else "",
        "stands": discussions.render_markdown(found.text) if found and conflict else "",
        "preview": discussions.render_markdown(preview) if preview else "",
        "came": say_came(event_results.count_came([visit.event.id]).get(visit.event.id, 0)),
        "due": people.format_moment(found.due_at, zone=visit.event.zone) if found else "",
    }
    return render_event(visit, "result", context, refusal=refusal, status=status)
