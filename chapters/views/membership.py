"""Coming and going: joining with an introduction, leaving in one press, mail, and what a banned person can say."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from chapters.api import membership
from chapters.data import Action, ChapterData, MembershipState
from chapters.exceptions import ChapterError, InvalidValueError
from chapters.forms.members import AppealForm, JoinForm, LeaveReasonForm, MailForm
from chapters.paces import keep_pace
from people import api as people

from .frame import chapter_page, open_chapter, reader_id, refuse, render_chapter_page, sent

_FORMS: Final = ("GET", "HEAD", "POST")


@chapter_page(methods=_FORMS)
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is asked of somebody who wants to join; a POST makes them a member, or asks the organizers."""
    chapter, access = open_chapter(request, slug)
    if access.is_member:
        return HttpResponseRedirect(_chapter_url(slug))
    access.require(Action.JOIN)
    questions = membership.list_questions(chapter.id) if chapter.has_questions else ()
    mine = access.membership
    form = JoinForm(sent(request), questions=questions, introduction=mine.introduction if mine else None)
    status = 200
    if request.method == "POST":
        user_id = reader_id(request)
        if form.is_valid():
            keep_pace("join", user_id)
            if (refusal := _try_to_join(form, chapter, user_id)) is None:
                return HttpResponseRedirect(f"{_chapter_url(slug)}?done=joined")
            form.refuse(refusal)
            status = refusal.status
        else:
            status = InvalidValueError.status
    context = {
        "form": form,
        "is_return": mine is not None and mine.state is MembershipState.LEFT,
        "review": _say_review() if questions else "",
        "guidelines_url": settings.CHAPTERS_GUIDELINES_URL,
        "shows_profile": access.is_of_age,
    }
    return render_chapter_page(request, chapter, access, "members/join.html", context, status=status)


@chapter_page(methods=_FORMS)
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer to leave, or to stay without mail; a POST leaves at once, or takes a request back."""
    chapter, access = open_chapter(request, slug)
    mine = access.membership
    if mine is None or mine.state not in (MembershipState.MEMBER, MembershipState.REQUESTED):
        return HttpResponseRedirect(_chapter_url(slug))
    decision = access.decide(Action.LEAVE)
    if request.method == "POST":
        if not decision.is_allowed:
            return refuse(request, decision, slug=slug)
        user_id = reader_id(request)
        keep_pace("leave", user_id)
        if mine.state is MembershipState.REQUESTED:
            membership.withdraw_request(chapter_id=chapter.id, user_id=user_id)
            return HttpResponseRedirect(f"{_chapter_url(slug)}?done=withdrawn")
        membership.leave(chapter_id=chapter.id, user_id=user_id)
        return HttpResponseRedirect(reverse("chapters:left", args=[slug]))
    context = {
        "decision": decision,
        "is_request": mine.state is MembershipState.REQUESTED,
        "is_paused": bool(mine.paused_until),
    }
    return render_chapter_page(request, chapter, access, "members/leave.html", context)


@chapter_page(methods=_FORMS)
def left(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that somebody has left and ask why, once; a POST keeps the reason. Coming back is one press away."""
    chapter, access = open_chapter(request, slug)
    mine = access.membership
    if mine is None or mine.state is not MembershipState.LEFT:
        return HttpResponseRedirect(_chapter_url(slug))
    form = LeaveReasonForm(sent(request))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            keep_pace("leave", mine.user_id)
            membership.leave(
                chapter_id=chapter.id,
                user_id=mine.user_id,
                reason=form.leave_reason.value,
                note=form.cleaned_data["note"],
            )
            return HttpResponseRedirect(f"{reverse('chapters:left', args=[slug])}?done=said")
        status = InvalidValueError.status
    context = {
        "form": form,
        "is_said": request.GET.get("done") == "said",
        "join": access.decide(Action.JOIN),
    }
    return render_chapter_page(request, chapter, access, "members/left.html", context, status=status)


@chapter_page(methods=_FORMS)
def mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how often a chapter writes to a member; a POST changes it, ``act=resume`` ends a pause."""
    chapter, access = open_chapter(request, slug)
    mine = access.membership
    if mine is None or not mine.is_member:
        access.require(Action.EDIT_INTRODUCTION)
        return HttpResponseRedirect(_chapter_url(slug))
    initial = {"digest": mine.digest.value, "paused_until": mine.paused_until}
    form = MailForm(sent(request), initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            keep_pace("mail", mine.user_id)
            until = None if request.POST.get("act") == "resume" else form.cleaned_data["paused_until"]
            try:
                with transaction.atomic():
                    membership.set_mail(
                        chapter_id=chapter.id, user_id=mine.user_id, digest=form.chosen_digest, paused_until=until
                    )
            except ChapterError as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return HttpResponseRedirect(f"{_chapter_url(slug)}?done=mail")
        else:
            status = InvalidValueError.status
    context = {
        "form": form,
        "paused_until": people.say_day(mine.paused_until) if mine.paused_until else "",
        "today": timezone.now().date(),
    }
    return render_chapter_page(request, chapter, access, "members/mail.html", context, status=status)


@chapter_page(methods=_FORMS)
def appeal(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell somebody why they are kept out and until when; a POST is what they say to it, once."""
    chapter, access = open_chapter(request, slug)
    ban = access.ban
    if ban is None:
        return HttpResponseRedirect(_chapter_url(slug))
    decision = access.decide(Action.APPEAL)
    form = AppealForm(sent(request))
    status = 200
    if request.method == "POST":
        if not decision.is_allowed:
            return refuse(request, decision, slug=slug)
        if form.is_valid():
            keep_pace("appeal", ban.user_id)
            membership.appeal(ban_id=ban.id, user_id=ban.user_id, text=form.cleaned_data["text"])
            return HttpResponseRedirect(f"{reverse('chapters:appeal', args=[slug])}?done=said")
        status = InvalidValueError.status
    context = {
        "ban": ban,
        "form": form if decision.is_allowed else None,
        "is_said": request.GET.get("done") == "said",
        "can_report": access.can(Action.REPORT_CONCERN),
    }
    return render_chapter_page(request, chapter, access, "members/appeal.html", context, status=status)


def _try_to_join(form: JoinForm, chapter: ChapterData, user_id: int) -> ChapterError | None:
    """Join, or return why that was refused; nothing is half-written."""
    try:
        with transaction.atomic():
            membership.join(
                chapter_id=chapter.id, user_id=user_id, introduction=form.introduction, answers=form.answers
            )
    except ChapterError as refusal:
        return refusal
    return None


def _say_review() -> str:
    days = settings.CHAPTERS_REVIEW_DAYS
    return ngettext(
        "Organizers read your answers and reply within %(count)d day.",
        "Organizers read your answers and reply within %(count)d days.",
        days,
    ) % {"count": days}


def _chapter_url(slug: str) -> str:
    return reverse("chapters:chapter", args=[slug])
