"""Who comes to an event: the list with its answers, approvals, the list on paper and as a file, and who was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters.api import event_results, events, rsvps
from chapters.attendees_file import write_attendees_file
from chapters.data import Action, AttendeeData, EventAct
from chapters.exceptions import ChapterError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.event_acts import AddForm, ExportForm, PresenceForm, RefuseForm, RemoveForm
from chapters.paces import keep_pace
from discussion_ext.data import MeetingMode

from .desk_attendee_rows import GROUPS, draw_attendees, draw_requests, list_groups, make_presence_form
from .desk_event_frame import EventVisit, open_event, render_event
from .desk_frame import attempt, open_desk, render_desk, unknown_act
from .frame import chapter_page, read_number

_TEXT_LENGTH: Final = 100
_PAGE: Final = 200
#: The most people on a list that is printed; whoever holds a larger event takes the file.
_MOST_PRINTED: Final = 1000


@chapter_page(methods=("GET", "HEAD", "POST"))
def attendees(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show who comes, waits or does not come, narrowed by a name; a POST adds somebody."""
    visit = open_event(request, slug, event_id, EventAct.SEE_ATTENDEES)
    if request.method != "POST":
        return _render(visit)
    visit.require(EventAct.MANAGE_ATTENDEES)
    form = AddForm(request.POST, event=visit.event)
    if not form.is_valid():
        return _render(visit, form=form, opened="add", status=422)
    refusal = attempt(visit.user_id, lambda: _add(visit, form), form)
    if refusal is not None:
        return _render(visit.read_again(), form=form, opened="add", refusal=refusal)
    return visit.go("desk_attendees", done="add")


def _add(visit: EventVisit, form: AddForm) -> None:
    rsvps.add_attendee(
        event_id=visit.event.id,
        user_id=form.user_id,
        actor_id=visit.user_id,
        mode=MeetingMode(form.cleaned_data["mode"]),
        is_forced=form.cleaned_data["is_forced"],
    )


@chapter_page(methods=("GET", "HEAD", "POST"))
def attendee(request: HttpRequest, slug: str, event_id: int, rsvp_id: int) -> HttpResponse:
    """Show one person of an event, as mails to its team link to it; a POST approves, refuses or removes them."""
    visit = open_event(request, slug, event_id, EventAct.MANAGE_ATTENDEES)
    rsvps.get_attendee(visit.event, rsvp_id)
    if request.method != "POST":
        return _render_one(visit, rsvp_id)
    act = request.POST.get("act", "")
    if act not in _ACTS:
        return _render_one(visit, rsvp_id, refusal=unknown_act())
    make, run = _ACTS[act]
    form = make(request.POST, auto_id=f"{act}_%s")
    if not form.is_valid():
        return _render_one(visit, rsvp_id, act=act, form=form, status=422)
    refusal = attempt(visit.user_id, lambda: run(rsvp_id, visit.user_id, form), form, pace="review")
    if refusal is not None:
        return _render_one(visit.read_again(), rsvp_id, act=act, form=form, refusal=refusal)
    return visit.go("desk_attendees", done=act)


_ACTS: Final[dict[str, tuple[type[ChapterForm], Callable[[int, int, ChapterForm], Any]]]] = {
    "approve": (
        ChapterForm,
        lambda rsvp_id, actor_id, _form: rsvps.approve(rsvp_id=rsvp_id, actor_id=actor_id),
    ),
    "refuse": (
        RefuseForm,
        lambda rsvp_id, actor_id, form: rsvps.refuse(
            rsvp_id=rsvp_id, actor_id=actor_id, note=form.cleaned_data["note"]
        ),
    ),
    "remove": (
        RemoveForm,
        lambda rsvp_id, actor_id, form: rsvps.remove_attendee(
            rsvp_id=rsvp_id, actor_id=actor_id, note=form.cleaned_data["note"]
        ),
    ),
}
_NOTICES = {
    "add": lambda: _("They are on the list, and are told."),
    "approve": lambda: _("Approved. They have a seat, or a place in line where it is full, and are told."),
    "refuse": lambda: _("They are told that they cannot come this time."),
    "remove": lambda: _("They are off the list and told why. Their seat goes to who is next in line."),
}


def _render(
    visit: EventVisit,
    *,
    form: AddForm | None = None,
    opened: str = "",
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    request = visit.request
    groups = list_groups(rsvps.count_rsvps(visit.event.id))
    show = request.GET.get("show", "")
    show = show if show in GROUPS else "going"
    typed = request.GET.get("q", "").strip()[:_TEXT_LENGTH]
    page = rsvps.list_attendees(
        event=visit.event, states=GROUPS[show], cursor=request.GET.get("cursor", ""), text=typed
    )
    context = {
        "groups": [group for group in groups if group.count or group.name in {"going", show}],
        "show": show,
        "typed": typed,
        "query": f"show={show}&",
        "rows": draw_attendees(visit, page.attendees, says_state=len(GROUPS[show]) > 1),
        "next_cursor": page.cursor,
        "form": form or AddForm(event=visit.event),
        "opened": opened,
    }
    return render_event(visit, "attendees", context, refusal=refusal, notices=_NOTICES, status=status)


def _render_one(
    visit: EventVisit,
    rsvp_id: int,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    (row,) = draw_attendees(visit, [rsvps.get_attendee(visit.event, rsvp_id)])
    forms = {name: make(auto_id=f"{name}_%s") for name, (make, _run) in _ACTS.items()}
    context = {
        "each": row,
        "forms": forms | ({act: form} if form is not None else {}),
        "form": form,
        "opened": act,
    }
    return render_event(visit, "attendee", context, refusal=refusal, notices=_NOTICES, status=status)


# -- on paper and as a file --------------------------------------------------------------------------------------------


@chapter_page()
def print_list(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show who comes as a list to print: names as in the chapter, what they need, no addresses, a box to tick."""
    visit = open_event(request, slug, event_id, EventAct.SEE_ATTENDEES)
    found: list[AttendeeData] = []
    cursor = ""
    while len(found) < _MOST_PRINTED:
        page = rsvps.list_attendees(event=visit.event, states=GROUPS["going"], cursor=cursor, limit=_PAGE)
        found += page.attendees
        cursor = page.cursor
        if not cursor:
            break
    rows = sorted(draw_attendees(visit, found), key=lambda each: each["name"].text.casefold())
    return render_event(visit, "print", {"rows": rows, "has_more": bool(cursor), "most": _MOST_PRINTED})


@chapter_page(methods=("GET", "HEAD", "POST"))
def export(request: HttpRequest, slug: str, event_id: int) -> Any:
    """Ask what the list is for, put it into the chapter's log, and send the file."""
    visit = open_event(request, slug, event_id, EventAct.EXPORT)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        keep_pace("export", visit.user_id)
        held = write_attendees_file(
            visit.chapter, visit.event, actor_id=visit.user_id, reason=form.cleaned_data["reason"]
        )
        name = f"attendees-{visit.event.starts_local:%Y-%m-%d}-{visit.event.id}.csv"
        return FileResponse(held, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    return render_event(visit, "export", {"form": form}, status=422 if form.is_bound else None)


# -- who says that they were there -------------------------------------------------------------------------------------


@chapter_page()
def presences(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who says that they were at an event of the chapter though nobody recorded it, of all its events."""
    chapter, access, _user_id = open_desk(request, slug, Action.RUN_EVENT)
    waiting = event_results.list_presence_requests(chapter_id=chapter.id)
    found = events.get_events({each.event_id for each in waiting})
    rows = [row | {"event": found.get(row["request"].event_id)} for row in draw_requests(chapter, waiting)]
    return render_desk(request, chapter, access, "events/presences", {"rows": rows, "has_desk": True})


@chapter_page(methods=("GET", "HEAD", "POST"))
def event_presences(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show who says that they were at one event; a POST answers one of them."""
    visit = open_event(request, slug, event_id, EventAct.MANAGE_ATTENDEES)
    if request.method != "POST":
        return _render_presences(visit)
    person, act = read_number(request.POST.get("user", "")), request.POST.get("act", "")
    form = make_presence_form(person, request.POST)
    if act not in _PRESENCE_NOTICES:
        return _render_presences(visit, person=person, form=form, refusal=unknown_act())
    if not form.is_valid():
        return _render_presences(visit, person=person, form=form, status=422)
    refusal = attempt(
        visit.user_id,
        lambda: event_results.answer_presence(
            event_id=visit.event.id,
            user_id=person,
            actor_id=visit.user_id,
            is_accepted=act == "accept",
            answer=form.cleaned_data["answer"],
        ),
        form,
        pace="review",
    )
    if refusal is not None:
        return _render_presences(visit, person=person, form=form, refusal=refusal)
    return visit.go("desk_event_presences", done=act)


_PRESENCE_NOTICES = {
    "accept": lambda: _("Recorded: they were there. They are told."),
    "keep": lambda: _("Nothing changes. They are told, with your line."),
}


def _render_presences(
    visit: EventVisit,
    *,
    person: int = 0,
    form: PresenceForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return the page of requests; ``form`` is what was sent about ``person`` and stands at them again."""
    waiting = event_results.list_presence_requests(event_id=visit.event.id)
    rows = [row | {"event": visit.event} for row in draw_requests(visit.chapter, waiting, sent=form, person=person)]
    context = {"rows": rows, "answer_form": form}
    return render_event(visit, "presences", context, refusal=refusal, notices=_PRESENCE_NOTICES, status=status)
