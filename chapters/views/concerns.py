"""Confidential reports: the form, and the page on which the reporter follows what becomes of theirs."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import api
from chapters.api import concerns, membership, organizers
from chapters.data import Action, ChapterData, ConcernData, ConcernKind, ConcernState
from chapters.exceptions import ChapterError, InvalidValueError
from chapters.forms.concerns import ConcernForm
from chapters.membership.listing import name_members
from chapters.paces import keep_pace
from people import api as people

from .frame import chapter_page, open_chapter, read_number, reader_id, render_chapter_page, render_page, sent
from .words import say_role


@chapter_page(methods=("GET", "HEAD", "POST"))
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a confidential report about a chapter; it goes to the community team and to nobody of the chapter."""
    chapter, access = open_chapter(request, slug)
    access.require(Action.REPORT_CONCERN)
    user_id = reader_id(request)
    about = read_number(request.GET.get("about", ""))
    form = ConcernForm(
        sent(request),
        team=_list_subjects(chapter, access, about),
        initial={"about": [about] if about else []},
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            keep_pace("concern", user_id)
            try:
                with transaction.atomic():
                    concern = _file(form, chapter, user_id)
            except ChapterError as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return HttpResponseRedirect(f"{reverse('chapters:my_report', args=[concern.id])}?done=filed")
        else:
            status = InvalidValueError.status
    context = {
        "form": form,
        "hours": settings.CHAPTERS_CONCERN_HOURS,
        "mine": [_draw_row(each) for each in concerns.list_own_concerns(user_id)],
    }
    return render_chapter_page(request, chapter, access, "concern/report.html", context, status=status)


@chapter_page()
def my_report(request: HttpRequest, concern_id: int) -> HttpResponse:
    """Show the reporter where their report is and what was noted for them; nobody else finds this page."""
    user_id = reader_id(request)
    concern = concerns.get_own_concern(concern_id, user_id)
    zone = people.person_zone(user_id)
    context = {
        "concern": concern,
        "kind": say_kind(concern.kind),
        "state": say_concern_state(concern.state),
        "due": people.format_moment(concern.due_at, zone=zone),
        "notes": [note for note in concern.notes if note.is_for_reporter],
        "notice": _("Your report has arrived. Nobody of the chapter sees it.")
        if request.GET.get("done") == "filed"
        else "",
    }
    return render_page(request, "concern/mine.html", context)


def say_kind(kind: ConcernKind) -> str:
    """Return what a report is about, in words."""
    return {
        ConcernKind.HARASSMENT: _("Harassment or discrimination"),
        ConcernKind.SAFETY: _("Somebody may be in danger"),
        ConcernKind.MONEY: _("Money, selling or recruiting"),
        ConcernKind.CONDUCT: _("How an organizer behaves"),
        ConcernKind.OTHER: _("Something else"),
    }[kind]


def say_concern_state(state: ConcernState) -> tuple[str, str]:
    """Return where a report is, in words for who reported, and the kind of its tag."""
    return {
        ConcernState.NEW: (_("Arrived"), "info"),
        ConcernState.IN_HAND: (_("Somebody looks into it"), "act"),
        ConcernState.CLOSED: (_("Closed"), "ok"),
    }[state]


def _file(form: ConcernForm, chapter: ChapterData, user_id: int) -> ConcernData:
    return concerns.create_concern(
        chapter_id=chapter.id,
        reporter_id=user_id,
        kind=form.chosen_kind,
        text=form.cleaned_data["text"],
        about=form.cleaned_data.get("about", []),
        is_anonymous=form.cleaned_data["is_anonymous"],
        request_key=form.cleaned_data["request_key"],
    )


def _list_subjects(chapter: ChapterData, access: api.Access, about: int) -> list[tuple[int, str]]:
    """Return whom a report can be about: those with a role, and the member from whose page the reader comes.

    People outside the chapter choose among the organizers who are named to everybody.
    """
    if access.can(Action.SEE_MEMBERS):
        row = membership.find_membership(chapter_id=chapter.id, user_id=about) if about else None
        # Who asked to join and never came in is nobody whom members know of.
        asked = {about} if row is not None and row.first_joined_at is not None else set()
        found = {*access.terms, *asked}
    else:
        found = {term.user_id for term in organizers.list_organizers(chapter.id) if term.is_named_in_public}
    ids = [each for each in found if each != access.user_id]
    names = name_members(chapter.id, ids) if ids else {}
    shown = []
    for user_id in ids:
        roles = ", ".join(say_role(role) for role in sorted(access.terms.get(user_id, ())))
        shown.append((user_id, f"{names[user_id].text} ({roles})" if roles else names[user_id].text))
    return sorted(shown, key=lambda each: each[1].casefold())


def _draw_row(concern: ConcernData) -> dict[str, object]:
    return {
        "concern": concern,
        "url": reverse("chapters:my_report", args=[concern.id]),
        "kind": say_kind(concern.kind),
        "state": say_concern_state(concern.state),
    }
