"""A new event: from scratch or from a template; as a series, whose dates are seen before any of them is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from chapters.access import Access
from chapters.api import events, series
from chapters.data import Action, ChapterData, EventPlanData, EventTemplateData, EventWhen, OccurrenceData
from chapters.exceptions import ChapterError, SentAgainError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.event_repeat import RepeatForm
from chapters.forms_desk.events import EventForm
from chapters.models.members import QUESTION_KINDS
from discussion_ext.api import attendance
from people import api as people

from .desk_event_frame import list_hosts
from .desk_event_words import say_when
from .desk_frame import attempt, draw_form_key, go, open_desk, read_form_key, render_desk
from .frame import chapter_page, read_number, require, sent

#: How many past events stand on the page of a new one, to be copied.
_FEW: Final = 5


@chapter_page(methods=("GET", "HEAD", "POST"))
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a new event; a POST makes a draft, publishes it, or shows the dates of a series first."""
    chapter, access, user_id = open_desk(request, slug, Action.DRAFT_EVENT)
    posted = sent(request)
    template = find_template(chapter.id, request.GET.get("template", ""))
    form = _new_form(chapter, access, posted, template.plan if template else None)
    repeat = RepeatForm(posted)
    page = NewPage(request, chapter, access, form, repeat)
    if posted is None:
        return page.render(template=template)
    is_valid = all([form.is_valid(), repeat.is_valid()])
    if not is_valid or form.plan is None:
        return page.render(status=422)
    if repeat.is_wanted:
        return _make_series(page, form.plan, posted, user_id)
    if posted.get("act") == "preview":
        repeat.add_error("repeat", _("Choose how it comes back, to see its dates."))
        return page.render(status=422)
    return _make_event(page, form.plan, posted, user_id)


def _make_event(page: NewPage, plan: EventPlanData, posted: QueryDict, user_id: int) -> HttpResponse:
    """Make one event, and publish it where that was asked; what is refused leaves nothing behind."""
    publishes = posted.get("act") == "publish"
    if publishes:
        require(page.access, Action.PUBLISH_EVENT)
    made: list[int] = []

    def make() -> None:
        key = read_form_key(page.request, user_id)
        draft = events.create_event(chapter_id=page.chapter.id, actor_id=user_id, plan=plan, request_key=key)
        made.append(draft.id)
        if publishes:
            events.publish_event(event_id=draft.id, actor_id=user_id)

    refusal = attempt(user_id, make, page.form)
    if isinstance(refusal, SentAgainError):
        made.append(refusal.event_id)
    elif refusal is not None:
        return page.render(refusal=refusal)
    return go("desk_event", page.chapter, made[-1], done="publish" if publishes else "made")


def _make_series(page: NewPage, plan: EventPlanData, posted: QueryDict, user_id: int) -> HttpResponse:
    """Show the dates of a series, and make them once the reader has seen exactly these."""
    rule = page.repeat.make_rule(plan.starts_local.date(), plan.starts_local.time())
    try:
        dates = series.preview_series(rule, plan.zone, plan.minutes)
    except ChapterError as refusal:
        _refuse(page.form, page.repeat, refusal)
        return page.render(status=refusal.status)
    seen = _sign(dates)
    if posted.get("act") != "series" or posted.get("seen") != seen:
        return page.render(dates=dates, seen=seen)
    made: list[int] = []

    def make() -> None:
        key = read_form_key(page.request, user_id)
        done = series.create_series(chapter_id=page.chapter.id, actor_id=user_id, plan=plan, rule=rule, request_key=key)
        made.append(done.id)

    refused = attempt(user_id, make)
    if isinstance(refused, SentAgainError) and refused.series_id is not None:
        made.append(refused.series_id)
    elif refused is not None:
        _refuse(page.form, page.repeat, refused)
        return page.render(dates=dates, seen=seen, refusal=refused)
    return go("desk_series", page.chapter, made[-1], done="made")


class NewPage:
    """The page of a new event while it is worked out: what its forms hold, and what is drawn around them."""

    def __init__(
        self, request: HttpRequest, chapter: ChapterData, access: Access, form: EventForm, repeat: RepeatForm
    ) -> None:
        self.request, self.chapter, self.access = request, chapter, access
        self.form, self.repeat = form, repeat

    def render(
        self,
        *,
        template: EventTemplateData | None = None,
        dates: Sequence[OccurrenceData] = (),
        seen: str = "",
        refusal: ChapterError | None = None,
        status: int | None = None,
    ) -> HttpResponse:
        """Return the page; ``dates`` are those of a series that is looked at before it is made."""
        zone = self.form.plan.zone if self.form.plan else ""
        is_first = not self.form.is_bound and template is None
        context = {
            "form": self.form,
            "repeat": self.repeat,
            "dates": [_say_date(each, zone) for each in dates],
            "seen": seen,
            "template": template,
            "beginnings": _list_beginnings(self.chapter) if is_first else None,
            "kinds": QUESTION_KINDS,
            "form_key": draw_form_key(),
            "may_publish": self.access.can(Action.PUBLISH_EVENT),
            "opens_repeat": bool(self.repeat.errors or dates or self.request.GET.get("repeat")),
            "has_desk": True,
        }
        return render_desk(
            self.request, self.chapter, self.access, "events/new", context, refusal=refusal, status=status
        )


def _new_form(chapter: ChapterData, access: Access, posted: QueryDict | None, plan: EventPlanData | None) -> EventForm:
    """Return the form of an event that is not there yet; a template gives all but the day."""
    hosts = list_hosts(chapter, access, plan.host_ids if plan else ())
    initial: dict[str, Any] = {"day": None, "ends_on": None, "clock": ""} if plan else {}
    if plan is None and access.user_id in dict(hosts):
        initial["hosts"] = [str(access.user_id)]
    return EventForm(posted, chapter=chapter, hosts=hosts, plan=plan, initial=initial)


def _list_beginnings(chapter: ChapterData) -> dict[str, Any]:
    """Return what a new event can begin with: templates, and the last events."""
    past = events.list_events(chapter_id=chapter.id, when=EventWhen.PAST, limit=_FEW).events
    return {
        "templates": events.list_templates(chapter.id),
        "past": [{"event": card.event, "when": say_when(card.event)} for card in past],
    }


def find_template(chapter_id: int, number: str) -> EventTemplateData | None:
    wanted = read_number(number)
    return next((each for each in events.list_templates(chapter_id) if each.id == wanted), None) if wanted else None


def _refuse(form: ChapterForm, repeat: RepeatForm, refusal: ChapterError) -> None:
    """Show a refusal of a series in the form that has the field."""
    name = repeat.api_fields.get(refusal.field, refusal.field)
    (repeat if name in repeat.fields else form).refuse(refusal)


def _say_date(date: OccurrenceData, zone: str) -> dict[str, str]:
    place = attendance.find_zone(zone)
    return {"said": people.format_moment(date.starts_at, zone=place), "note": date.note}


def _sign(dates: Sequence[OccurrenceData]) -> str:
    """Return a short text that says whether two lists of dates are the same."""
    said = " ".join(f"{each.starts_at:%Y%m%dT%H%MZ}" for each in dates)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
