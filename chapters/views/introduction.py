"""What a member says of themselves, and who sees which part of it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from chapters.api import membership
from chapters.data import Action
from chapters.exceptions import ChapterError, InvalidValueError
from chapters.forms.members import IntroductionForm
from chapters.paces import keep_pace

from .frame import chapter_page, open_chapter, reader_id, render_chapter_page, sent


@chapter_page(methods=("GET", "HEAD", "POST"))
def introduction(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the reader's own introduction as a form; a POST changes it."""
    chapter, access = open_chapter(request, slug)
    access.require(Action.EDIT_INTRODUCTION)
    mine = access.membership
    form = IntroductionForm(sent(request), introduction=mine.introduction if mine else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            user_id = reader_id(request)
            keep_pace("introduce", user_id)
            try:
                with transaction.atomic():
                    membership.introduce(chapter_id=chapter.id, user_id=user_id, introduction=form.introduction)
            except ChapterError as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                return HttpResponseRedirect(f"{reverse('chapters:chapter', args=[slug])}?done=introduced")
        else:
            status = InvalidValueError.status
    context = {
        "form": form,
        "shows_profile": access.is_of_age,
        "own_url": reverse("chapters:person", args=[slug, reader_id(request)]),
    }
    return render_chapter_page(request, chapter, access, "members/introduction.html", context, status=status)
