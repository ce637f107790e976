"""What is left of an event afterwards: its result, what people thought of it, and who was there."""

from __future__ import annotations

from html import unescape
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import formats
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chapters import addresses
from chapters.api import event_results
from chapters.data import (
    DecisionData,
    EventAct,
    EventState,
    ResultCardData,
    SurveySummaryData,
)
from chapters.events.permissions import list_open_to
from chapters.exceptions import ChapterError, NotAllowedError
from chapters.forms.after import RATINGS, PresenceForm, SurveyForm
from chapters.membership.listing import name_members
from chapters.paces import keep_pace
from chapters.standpoints import no
from discussion_ext.api import render_markdown
from people import api as people

from .event_cards import say_came
from .event_visits import EventVisit, open_event
from .event_words import draw_tag, draw_when, say_when, tag_presence
from .frame import chapter_page, find_refusal_of, open_chapter, reader_id, render_chapter_page, sent
from .words import say_number

_LONGEST_CURSOR: Final = 200
_LONGEST_QUOTE: Final = 280


@chapter_page(is_public=True)
def result(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show what came of an event: published to whoever may see the event, a draft to those who write it."""
    try:
        visit = open_event(request, slug, event_id)
        _require(visit, EventAct.SEE_RESULT)
    except NotAllowedError:
        if request.user.is_authenticated:
            raise
        return redirect_to_login(request.get_full_path())
    found = event_results.find_result(event_id)
    is_writer = visit.can(EventAct.WRITE_RESULT)
    if found is None or (found.published_at is None and not is_writer):
        raise NotAllowedError(_no_result(visit, is_writer=is_writer))
    event = visit.event
    changes = event_results.list_result_changes(event_id) if is_writer else ()
    names = name_members(visit.chapter.id, {each.actor_id for each in changes if each.actor_id is not None})
    context = {
        "event": event,
        "event_lang": event.languages[0] if event.languages else "",
        "event_url": visit.url(),
        "when": draw_when(event, now=visit.now),
        "came": say_came(came) if (came := event_results.count_came([event_id]).get(event_id, 0)) else "",
        "text": render_markdown(found.text),
        "is_draft": found.published_at is None,
        "published": people.say_day(found.published_at.astimezone(event.zone).date()) if found.published_at else "",
        "write_url": visit.url("desk_event_result") if is_writer else "",
        "history": [
            {
                "at": people.format_moment(each.at, zone=event.zone),
                "name": names[each.actor_id].text if each.actor_id in names else _("Somebody"),
                "is_publishing": each.is_publishing,
            }
            for each in changes
        ],
        "results_url": addresses.chapter_url(slug, "results"),
    }
    return render_chapter_page(request, visit.chapter, visit.access, "events/result.html", context, tab="events")


@chapter_page(is_public=True)
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came of a chapter's events, the latest first; ``cursor`` goes on."""
    chapter, access = open_chapter(request, slug)
    page = event_results.list_results(
        chapter_id=chapter.id, open_to=list_open_to(access), cursor=request.GET.get("cursor", "")[:_LONGEST_CURSOR]
    )
    context = {
        "rows": [_draw_result(slug, card) for card in page.results],
        "more_url": "?" + urlencode({"cursor": page.cursor}) if page.cursor else "",
        "events_url": addresses.chapter_url(slug, "events"),
    }
    return render_chapter_page(request, chapter, access, "events/results.html", context, tab="results")


@chapter_page(methods=("GET", "HEAD", "POST"))
def survey(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask somebody who came how it was; a POST answers. Hosts read here what people said, without names."""
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    posted, is_host = sent(request), visit.can(EventAct.WRITE_RESULT)
    known = event_results.find_presence(event_id, user_id)
    may_answer = event_results.can_answer(visit.event, known.presence)
    if not may_answer and (posted is not None or not is_host):
        raise NotAllowedError(_not_asked(visit))
    own = event_results.find_survey(event_id, user_id)
    initial = {"rating": str(own.rating), "useful": own.useful, "better": own.better} if own else None
    form = SurveyForm(posted, initial=initial, auto_id="survey-%s") if may_answer else None
    refusal: ChapterError | None = None
    if posted is not None and form is not None and form.is_valid():
        keep_pace("attend", user_id)
        said = form.cleaned_data
        refusal = find_refusal_of(lambda: event_results.save_survey(event_id=event_id, user_id=user_id, **said))
        if refusal is None:
            return HttpResponseRedirect(f"{visit.url()}?done=said#seat")
        form.refuse(refusal)
    context = {
        "event": visit.event,
        "event_url": visit.url(),
        "form": form,
        "has_answered": own is not None,
        "least": settings.CHAPTERS_SURVEY_LEAST,
        "summary": _draw_summary(event_results.summarize_survey(event_id)) if is_host else None,
    }
    status = refusal.status if refusal else 422 if form is not None and form.errors else 200
    return render_chapter_page(
        request, visit.chapter, visit.access, "events/survey.html", context, tab="events", status=status
    )


@chapter_page(methods=("GET", "HEAD", "POST"))
def presence(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Let somebody say that they were there though nobody recorded it, and read what was answered."""
    visit, user_id = open_event(request, slug, event_id), reader_id(request)
    known, asked = (
        event_results.find_presence(event_id, user_id),
        event_results.find_presence_request(event_id, user_id),
    )
    is_open = event_results.can_ask(visit.event, known.presence) and (asked is None or asked.is_accepted is None)
    if not is_open and asked is None:
        raise NotAllowedError(_not_to_ask(visit))
    posted = sent(request)
    form = PresenceForm(posted, initial={"text": asked.text} if asked else None, auto_id="presence-%s")
    refusal: ChapterError | None = None
    if posted is not None and form.is_valid():
        keep_pace("ask", user_id)
        text = form.cleaned_data["text"]
        refusal = find_refusal_of(lambda: event_results.ask_presence(event_id=event_id, user_id=user_id, text=text))
        if refusal is None:
            return HttpResponseRedirect(f"{request.path}?done=asked")
        form.refuse(refusal)
    context = {
        "event": visit.event,
        "event_url": visit.url(),
        "when": say_when(visit.event, now=visit.now),
        "form": form if is_open else None,
        "asked": asked,
        "tag": draw_tag(tag_presence(known.presence)),
        "until": people.say_day(known.counts_until.astimezone(visit.event.zone).date()) if known.counts_until else "",
        "is_sent": request.GET.get("done") == "asked",
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render_chapter_page(
        request, visit.chapter, visit.access, "events/presence.html", context, tab="events", status=status
    )


# -- who is not shown something, and why -------------------------------------------------------------------------------


def _require(visit: EventVisit, act: EventAct) -> None:
    if not visit.can(act):
        raise NotAllowedError(_no_result(visit, is_writer=False))


def _no_result(visit: EventVisit, *, is_writer: bool) -> DecisionData:
    reason = _("Nobody has written down yet what came of this event.")
    if is_writer:
        return no("no_result", reason, _("Write it."), visit.url("desk_event_result"))
    return no("no_result", reason, _("Look again later."), visit.url())


def _not_asked(visit: EventVisit) -> DecisionData:
    if visit.event.state is not EventState.PUBLISHED or not visit.event.is_over(visit.now):
        return no("not_over", _("This is asked after the event."), _("Come back then."), visit.url())
    reason = _("Only people who were there are asked, and only for a while.")
    return no("not_asked", reason, _("Say that you were there."), visit.url("event_presence"))


def _not_to_ask(visit: EventVisit) -> DecisionData:
    reason = _("Nothing is missing here: you were recorded, it is not over, or it is too long ago.")
    return no("not_missing", reason, _("Look at the event."), visit.url())


# -- what is shown -----------------------------------------------------------------------------------------------------


def _draw_result(slug: str, card: ResultCardData) -> dict[str, Any]:
    event = card.event
    return {
        "title": event.title,
        "lang": event.languages[0] if event.languages else "",
        "url": addresses.event_url(slug, event.id, "event_result"),
        "when": draw_when(event),
        "quote": _quote(card.result.text),
    }


def _quote(text: str) -> str:
    """Return how a result begins, as plain text without the marks of Markdown."""
    plain = " ".join(unescape(strip_tags(render_markdown(text))).split())
    return plain if len(plain) <= _LONGEST_QUOTE else plain[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _draw_summary(summary: SurveySummaryData) -> dict[str, Any]:
    values = {"answers": say_number(summary.answers), "asked": say_number(summary.asked)}
    return {
        "answers": _("%(answers)s of %(asked)s who came have answered") % values,
        "rating": formats.number_format(summary.rating, 1) if summary.rating is not None else "",
        "best": len(RATINGS),
        "useful": summary.useful,
        "better": summary.better,
    }
