"""A series at the desk: its rule in words, its dates, publishing them together, and more of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.access import Access
from chapters.api import events
from chapters.api import series as series_api
from chapters.data import Action, ChapterData, EventAct, EventData, EventState, SeriesData
from chapters.exceptions import ChapterError
from chapters.forms_desk.event_repeat import ExtendForm
from people import api as people

from .desk_event_words import tag_of
from .desk_events import draw_row
from .desk_frame import attempt, desk_url, go, open_desk, render_desk, unknown_act
from .frame import chapter_page, require

_LONGEST_END: Final = 40


@chapter_page(methods=("GET", "HEAD", "POST"))
def series(request: HttpRequest, slug: str, series_id: int) -> HttpResponse:
    """Show a series with all its dates; a POST publishes those that are drafts, or adds the next ones."""
    chapter, access, user_id = open_desk(request, slug, Action.DRAFT_EVENT)
    found = series_api.find_series(chapter.id, series_id, has_drafts=True)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _render(request, chapter, access, found)
    act = request.POST.get("act", "")
    if act == "publish":
        require(access, Action.PUBLISH_EVENT)
        refusal = attempt(user_id, lambda: series_api.publish_series(series_id=series_id, actor_id=user_id))
        if refusal is None:
            return go("desk_series", chapter, series_id, done="publish")
        return _render(request, chapter, access, found, refusal=refusal)
    if act == "extend":
        return _extend(request, chapter, access, found, user_id)
    return _render(request, chapter, access, found, refusal=unknown_act())


def _extend(
    request: HttpRequest, chapter: ChapterData, access: Access, found: SeriesData, user_id: int
) -> HttpResponse:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _render(request, chapter, access, found, form=form, status=422)
    values = form.cleaned_data
    if values["publishes"]:
        require(access, Action.PUBLISH_EVENT)
    refusal = attempt(
        user_id,
        lambda: series_api.extend_series(
            series_id=found.id,
            actor_id=user_id,
            until=values["repeat_until"],
            more=values["repeat_count"],
            publishes=values["publishes"],
            end=request.POST.get("end", "")[:_LONGEST_END],
        ),
        form,
    )
    if refusal is None:
        return go("desk_series", chapter, found.id, done="extend")
    return _render(request, chapter, access, found, form=form, refusal=refusal)


_NOTICES = {
    "made": lambda: _("The dates are made, as drafts. Look them over, and publish them together."),
    "publish": lambda: _("They are published. People can say that they come, to one date or to all."),
    "extend": lambda: _("The next dates are made."),
    "skip": lambda: _("The date is left out. Whoever had a seat that day is told."),
    "cancel": lambda: _("These dates are called off. Everybody concerned is told once."),
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    found: SeriesData,
    *,
    form: ExtendForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    now = timezone.now()
    may_publish = access.can(Action.PUBLISH_EVENT)
    drafts = [card for card in found.dates if card.event.state is EventState.DRAFT and card.event.starts_at > now]
    form = form or ExtendForm()
    if not may_publish:
        form.fields.pop("publishes", None)
    context: dict[str, Any] = {
        "series": found,
        "rows": [
            draw_row(access, card, now)
            | {"tag": tag_of(card.event, now), "may_skip": _may_skip(access, card.event, now)}
            for card in found.dates
        ],
        "skipped": [people.say_day(day) for day in found.skipped],
        "publish_label": ngettext("Publish %(count)d date", "Publish %(count)d dates", len(drafts))
        % {"count": len(drafts)}
        if drafts and may_publish
        else "",
        "may_publish": may_publish,
        "form": form,
        "opened": form.is_bound,
        "events_url": desk_url("desk_events", chapter),
        "has_desk": True,
    }
    return render_desk(
        request, chapter, access, "events/series", context, refusal=refusal, notices=_NOTICES, status=status
    )


def _may_skip(access: Access, event: EventData, now: datetime) -> bool:
    """Tell whether the reader may leave out a date that is still to come."""
    act = EventAct.DELETE if event.state is EventState.DRAFT else EventAct.CANCEL
    return event.starts_at > now and events.decide_event(access, event, act, now=now).is_allowed
