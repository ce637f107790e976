"""Events at the desk: drafts, those that come and those that were, and one event with all that it asks of its team."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.access import Access
from chapters.addresses import event_url
from chapters.api import event_mails, event_results, events, rsvps
from chapters.data import Action, EventAct, EventCardData, EventData, EventPage, EventState, EventWhen, RsvpState
from chapters.exceptions import ChapterError
from chapters.forms_desk.event_acts import TemplateForm

from .desk_attendee_rows import Group, draw_attendees, draw_requests, list_groups
from .desk_event_frame import EventVisit, open_event, render_event
from .desk_event_mail import draw_mails
from .desk_event_words import say_came, say_card, say_seats, say_waiting, tag_of
from .desk_frame import attempt, desk_url, go, name_of_chapter, open_desk, render_desk, unknown_act
from .event_words import draw_date, say_open_to
from .frame import chapter_page

_FEW: Final = 3
_SHOWS: Final = ("coming", "drafts", "past")


# -- the list ----------------------------------------------------------------------------------------------------------


@chapter_page()
def events_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show events of the chapter: those that come, drafts, or those that were."""
    chapter, access, user_id = open_desk(request, slug)
    may_draft = access.can(Action.DRAFT_EVENT)
    shows = [each for each in _SHOWS if each != "drafts" or may_draft]
    show = request.GET.get("show", "")
    show = show if show in shows else shows[0]
    page = _read_page(chapter.id, user_id, show, request.GET.get("cursor", ""))
    now = timezone.now()
    context = {
        "rows": [draw_row(access, card, now) for card in page.events],
        "next_cursor": page.cursor,
        "query": f"show={show}&",
        "show": show,
        "shows": [(each, _SHOW_WORDS[each]()) for each in shows],
        "may_draft": may_draft,
    }
    return render_desk(request, chapter, access, "events/list", context, notices=_NOTICES)


def _read_page(chapter_id: int, user_id: int, show: str, cursor: str) -> EventPage:
    if show == "drafts":
        return events.list_drafts(chapter_id=chapter_id, cursor=cursor)
    when = EventWhen.PAST if show == "past" else EventWhen.COMING
    return events.list_events(chapter_id=chapter_id, when=when, user_id=user_id, cursor=cursor)


_SHOW_WORDS = {
    "coming": lambda: _("Coming"),
    "drafts": lambda: _("Drafts"),
    "past": lambda: _("Past"),
}


def draw_row(access: Access, card: EventCardData, now: datetime) -> dict[str, Any]:
    """Return what a list shows of an event: its day, a line, its state, and what the reader does with it next.

    Who only checks people in has no page of it at the desk, and is led to the one that members see.
    """
    event = card.event
    waits = event.state is EventState.PUBLISHED and event.is_over(now) and event.result_at is None
    checks_in = is_today(event, now) and not event.is_over(now)

    def may(act: EventAct) -> bool:
        return events.decide_event(access, event, act, now=now).is_allowed

    return {
        "event": event,
        "url": event_url(access.chapter.slug, event.id, "desk_event" if may(EventAct.HOST) else "event"),
        "date": draw_date(event, now=now),
        "line": say_card(card, now),
        "tag": tag_of(event, now) if event.is_cancelled or event.result_at or event.starts_at <= now else None,
        "check_in_url": check_in_url(event) if checks_in and may(EventAct.CHECK_IN) else "",
        "needs_result": waits and may(EventAct.WRITE_RESULT),
    }


def is_today(event: EventData, now: datetime) -> bool:
    """Tell whether a published event is today, or was before, by its own calendar."""
    return event.state is EventState.PUBLISHED and event.starts_local.date() <= now.astimezone(event.zone).date()


def check_in_url(event: EventData) -> str:
    """Return where hosts check people in."""
    return reverse("discussion_ext:host_check_in", args=[event.uid])


# -- one event ---------------------------------------------------------------------------------------------------------


@chapter_page(methods=("GET", "HEAD", "POST"))
def event(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show an event to its team; a POST publishes, restores or deletes it, or keeps it as a template."""
    visit = open_event(request, slug, event_id)
    if request.method != "POST":
        return _render(visit)
    act = request.POST.get("act", "")
    if act == "template":
        return _keep_as_template(visit)
    if act not in _ACTS:
        return _render(visit, refusal=unknown_act())
    if visit.did_last(act):
        return visit.go(done=act)
    asked, run = _ACTS[act]
    visit.require(asked)
    refusal = attempt(visit.user_id, lambda: run(event_id=visit.event.id, actor_id=visit.user_id))
    if refusal is not None:
        return _render(visit.read_again(), refusal=refusal)
    return go("desk_events", visit.chapter, done=act) if act == "delete" else visit.go(done=act)


_ACTS: Final[dict[str, tuple[EventAct, Callable[..., Any]]]] = {
    "publish": (EventAct.PUBLISH, events.publish_event),
    "restore": (EventAct.RESTORE, events.restore_event),
    "delete": (EventAct.DELETE, events.delete_draft),
}
_NOTICES = {
    "delete": lambda: _("The draft is deleted."),
    "publish": lambda: _("It is published. People can say that they come."),
    "restore": lambda: _("It takes place after all. Whoever had a seat has it again, and is told."),
    "template": lambda: _("Kept as a template. You find it where a new event begins."),
    "saved": lambda: _("Saved."),
    "saved_all": lambda: _("Saved, for this date and those that follow. People were told once."),
    "made": lambda: _("The draft is made. Look it over, and publish it."),
    "cancel": lambda: _("It is called off. Everybody concerned is told once."),
    "mail": lambda: _("Your mail is on its way."),
    "result": lambda: _("It is published. Whoever came is told, and it stands on the event's page."),
    "draft": lambda: _("The draft of the result is kept."),
}


def _keep_as_template(visit: EventVisit) -> HttpResponse:
    visit.require(EventAct.SAVE_TEMPLATE)
    form = TemplateForm(visit.request.POST)
    if not form.is_valid():
        return _render(visit, template_form=form, status=422)
    name = form.cleaned_data["name"]
    refusal = attempt(
        visit.user_id,
        lambda: events.save_template(event_id=visit.event.id, actor_id=visit.user_id, name=name),
        form,
    )
    if refusal is not None:
        return _render(visit, template_form=form, refusal=refusal)
    return visit.go(done="template")


def _render(
    visit: EventVisit,
    *,
    template_form: TemplateForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    shown = visit.event
    now = timezone.now()
    has_begun = shown.state is EventState.PUBLISHED and shown.starts_at <= now
    runs = visit.may(EventAct.SEE_ATTENDEES)
    context = {
        "has_begun": has_begun,
        "is_today": is_today(shown, now) and not shown.is_over(now),
        "is_over": shown.is_over(now),
        "seats": say_seats(shown),
        "waiting": say_waiting(shown.waiting) if shown.waiting else "",
        "check_in_url": check_in_url(shown) if visit.may(EventAct.CHECK_IN) else "",
        "hosts": [each.text for each in name_of_chapter(visit.chapter, shown.host_ids).values()],
        "public_url": reverse("chapters:event", args=[visit.chapter.slug, shown.id]),
        "series_url": desk_url("desk_series", visit.chapter, shown.series_id) if shown.series_id else "",
        "form": template_form or TemplateForm(initial={"name": shown.title}),
        "opened": "template" if template_form is not None else "",
        "numbers": _list_numbers(visit) if runs and shown.state is not EventState.DRAFT else [],
        "approvals": _draw_approvals(visit) if runs and shown.state is EventState.PUBLISHED else None,
        "show_rates": _say_show_rates(visit) if runs and not shown.is_over(now) else [],
        "mails": draw_mails(visit, event_mails.list_mails(shown.id)[:_FEW]) if visit.may(EventAct.MAIL) else [],
        "open_to": say_open_to(shown.open_to),
        **(_draw_afterwards(visit) if runs and has_begun else {}),
    }
    return render_event(visit, "event", context, refusal=refusal, notices=_NOTICES, status=status)


def _list_numbers(visit: EventVisit) -> list[Group]:
    """Return how many answers of each kind there are, of those that there are any."""
    return [group for group in list_groups(rsvps.count_rsvps(visit.event.id)) if group.count]


def _draw_approvals(visit: EventVisit) -> dict[str, Any] | None:
    """Return the first people who wait for a yes, and whether there are more; None where nobody does."""
    page = rsvps.list_attendees(event=visit.event, states=(RsvpState.PENDING,), limit=_FEW)
    if not page.attendees:
        return None
    return {"rows": draw_attendees(visit, page.attendees, says_state=False), "has_more": bool(page.cursor)}


def _say_show_rates(visit: EventVisit) -> list[str]:
    """Return how many of those with a seat usually come, by mode, and how many more could be let in."""
    said = []
    for seats in visit.event.seats:
        rate = event_results.find_show_rate(visit.chapter.id, mode=seats.mode, capacity=seats.capacity)
        if rate.rate is None:
            continue
        values = {"came": round(rate.rate * 100), "events": rate.events, "seats": rate.seats}
        text = ngettext(
            "At the last event %(came)d of 100 with a seat came.",
            "At the last %(events)d events %(came)d of 100 with a seat came.",
            rate.events,
        )
        if rate.overbook:
            more = {"count": rate.overbook, "all": seats.capacity + rate.overbook}
            hint = ngettext(
                "With %(count)d seat more, %(all)d in all, about as many come as fit.",
                "With %(count)d seats more, %(all)d in all, about as many come as fit.",
                rate.overbook,
            )
            text = f"{text % values} {hint % more}"
        else:
            text = text % values
        said.append(text)
    return said


def _draw_afterwards(visit: EventVisit) -> dict[str, Any]:
    """Return what an event leaves: who came, what they thought, what came out, and who says that they were there."""
    shown = visit.event
    came = event_results.count_came([shown.id]).get(shown.id, 0)
    waiting = event_results.list_presence_requests(event_id=shown.id, limit=_FEW)
    return {
        "came": say_came(came),
        "result": event_results.find_result(shown.id),
        "survey": event_results.summarize_survey(shown.id),
        "presences": draw_requests(visit.chapter, waiting),
    }
