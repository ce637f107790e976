"""Proposing a chapter, and what its proposer sees until the community team has answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import addresses, api
from chapters.data import Action, ChapterData, ChapterState
from chapters.edx_platform import profiles
from chapters.exceptions import ChapterError, InvalidValueError, StateError
from chapters.forms.plans import ProposalForm
from chapters.paces import keep_pace
from chapters.words import say_place
from people import api as people

from .frame import chapter_page, open_chapter, reader_id, refuse, render_chapter_page, render_page, sent
from .public import HIDDEN
from .words import say_languages


@chapter_page(methods=("GET", "HEAD", "POST"))
def propose(request: HttpRequest) -> HttpResponse:
    """Ask what a chapter is for, for whom and where; a POST proposes it to the community team."""
    user_id = reader_id(request)
    form = ProposalForm(
        sent(request),
        regions=api.list_regions(),
        zone=people.person_zone(user_id).key,
        initial=_initial(user_id),
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            keep_pace("propose", user_id)
            try:
                with transaction.atomic():
                    chapter = api.propose(actor_id=user_id, plan=form.plan)
            except ChapterError as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return HttpResponseRedirect(f"{addresses.proposal_url(chapter.slug)}?done=proposed")
        else:
            status = InvalidValueError.status
    context = {"form": form, "days": settings.CHAPTERS_PROPOSAL_DAYS}
    return render_page(request, "directory/propose.html", context, status=status)


@chapter_page(methods=("GET", "HEAD", "POST"))
def proposal(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a proposal to who made it; a POST changes it (``act=save``) or takes it back (``act=withdraw``)."""
    chapter, access = open_chapter(request, slug)
    if chapter.state not in HIDDEN:
        return HttpResponseRedirect(addresses.chapter_url(slug))
    may_edit = access.can(Action.EDIT_CHAPTER)
    transitions = api.list_transitions(chapter, reader_id(request))
    may_withdraw = chapter.proposed_by == access.user_id and any(
        each.to is ChapterState.DECLINED for each in transitions
    )
    form = None
    status = 200
    if request.method == "POST" and request.POST.get("act") == "withdraw":
        return _withdraw(request, chapter, may_withdraw=may_withdraw)
    if request.method == "POST" or (may_edit and "edit" in request.GET):
        access.require(Action.EDIT_CHAPTER)
        form = ProposalForm(sent(request), regions=api.list_regions(), chapter=chapter)
    if request.method == "POST" and form is not None:
        refusal = _save(form, chapter, reader_id(request))
        if refusal is None:
            return HttpResponseRedirect(f"{addresses.proposal_url(slug)}?done=saved")
        status = refusal.status
    context = {
        "form": form,
        "rows": [] if form else _rows(chapter),
        "is_waiting": chapter.state is ChapterState.PROPOSED,
        "is_mine": chapter.proposed_by == access.user_id,
        "answer_by": people.say_day((chapter.created_at + timedelta(days=settings.CHAPTERS_PROPOSAL_DAYS)).date()),
        "may_edit": may_edit,
        "may_withdraw": may_withdraw,
        "manage_url": reverse("chapters:manage_chapter", args=[chapter.id]) if access.is_manager else "",
        "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
    }
    return render_chapter_page(request, chapter, access, "directory/proposal.html", context, status=status)


def _save(form: ProposalForm, chapter: ChapterData, user_id: int) -> ChapterError | None:
    """Change a proposal, or return what is wrong, which the form then shows."""
    if not form.is_valid():
        return InvalidValueError("")
    keep_pace("organize", user_id)
    try:
        with transaction.atomic():
            api.change_chapter(chapter_id=chapter.id, actor_id=user_id, plan=form.plan)
    except ChapterError as refusal:
        form.refuse(refusal)
        return refusal
    return None


def _withdraw(request: HttpRequest, chapter: ChapterData, *, may_withdraw: bool) -> HttpResponse:
    if not may_withdraw:
        return refuse(request, StateError(_("This proposal cannot be taken back any more.")), slug=chapter.slug)
    user_id = reader_id(request)
    keep_pace("propose", user_id)
    api.move_chapter(chapter_id=chapter.id, actor_id=user_id, to=ChapterState.DECLINED)
    return HttpResponseRedirect(f"{addresses.proposal_url(chapter.slug)}?done=withdrawn")


def _initial(user_id: int) -> dict[str, Any]:
    account = profiles.find_account(user_id)
    return {"country": account.country if account else ""}


def _rows(chapter: ChapterData) -> list[tuple[str, str]]:
    """Return what was proposed, as labels and texts; what was left empty is left out."""
    said = chapter.positioning
    rows = [
        (_("For whom"), said.audience),
        (_("What they get"), said.core_value),
        (_("Tone"), said.tone),
        (_("In one sentence"), chapter.lead),
        (_("Only here"), said.unique_value),
        (_("Lost without it"), said.lost),
        (_("What it is after"), said.goals),
        (_("What it is about"), said.field),
        (_("Who fits in"), said.members),
        (_("What comes out of it"), said.results),
        (_("What we will not do"), said.will_not),
        (_("Where it is"), say_place(chapter)),
        (_("Time zone"), people.say_zone(chapter.zone)),
        (_("Languages"), say_languages(chapter.languages)),
        (_("How people reach you"), chapter.contact),
    ]
    return [(label, text) for label, text in rows if text]


_NOTICES = {
    "proposed": lambda: _("Your proposal has arrived. Thank you for beginning something."),
    "saved": lambda: _("Saved. The community team sees the new text."),
    "withdrawn": lambda: _("Taken back. Propose it again whenever you like."),
}
