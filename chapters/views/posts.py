"""A post, once it is there: its address, its author's changes, and what readers say of it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import discussion, visits
from chapters.data import Action
from chapters.exceptions import ChapterError, NotFoundError
from chapters.forms.boards import LONGEST_REASON, EditForm
from discussion_ext.data import BoardPostData, BoardPostPage, ContributionState

from .board_answers import Refusal, ask_to_wait, attempt, go_on, is_script, read
from .board_rows import board_url, topic_url
from .frame import chapter_page, open_chapter, render_chapter_page
from .topics import Typed, compose_urls, draw_topic, preview_text
from .trays import Tray, receive_tray
from .words import say_audience


@chapter_page()
def post(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Lead to where a post stands in its topic."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    return HttpResponseRedirect(topic_url(chapter, visit.topic_id, post_id=post_id))


@chapter_page(methods=("GET", "HEAD", "POST"))
def edit(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Show one's own post to change it, and change it; "preview" shows how the text will look."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    visit.require(Action.REPLY)
    page = read(lambda: discussion.read_topic(visit, at_post_id=post_id))
    found = _find_own(page, post_id)
    form = EditForm(
        request.POST if request.method == "POST" else None,
        initial={"title": page.topic.title, "body": found.text},
        has_title=found.parent_id is None,
    )
    if request.method != "POST":
        return _render_edit(request, visit, form, Tray.of_post(found.pictures))
    tray = receive_tray(request, visit)
    if request.POST.get("act") == "preview":
        preview, refusal = preview_text(visit, form.data.get("body", ""))
        return _render_edit(request, visit, form, tray, preview=preview, refusal=refusal)
    if not form.is_valid() or tray.faults:
        return _render_edit(request, visit, form, tray, refusal=Refusal(message="", status=422))
    typed = form.cleaned_data
    outcome = attempt(
        lambda: discussion.edit_post(visit, body=typed["body"], title=typed.get("title"), picture_uids=tray.uids)
    )
    if isinstance(outcome, Refusal):
        form.refuse(ChapterError(outcome.message, field=outcome.field))
        return _render_edit(request, visit, form, tray, refusal=outcome)
    return go_on(request, topic_url(chapter, visit.topic_id, done="edited", post_id=post_id))


def _render_edit(
    request: HttpRequest,
    visit: visits.Visit,
    form: EditForm,
    tray: Tray,
    *,
    preview: str = "",
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "label": say_audience(visit.audience),
        "show_errors": form.is_bound and request.POST.get("act") != "preview",
        "tray": tray,
        "preview": preview,
        "url": reverse("chapters:post_edit", args=[visit.chapter.slug, visit.post_id]),
        "topic_url": topic_url(visit.chapter, visit.topic_id, post_id=visit.post_id),
        **compose_urls(visit),
    }
    status = refusal.status if refusal else 200
    response = render_chapter_page(
        request, visit.chapter, visit.access, "boards/edit.html", context, tab="boards", status=status
    )
    return ask_to_wait(response, refusal)


@chapter_page(methods=("POST",))
def withdraw(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Take one's own post back; the form asks first."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    outcome = attempt(lambda: discussion.withdraw_post(visit))
    if isinstance(outcome, Refusal):
        return draw_topic(request, visit, Typed(at=post_id, act="withdraw", refusal=outcome))
    if outcome:  # its page is gone
        return go_on(request, f"{board_url(chapter, visit.audience)}?done=withdrawn")
    return go_on(request, topic_url(chapter, visit.topic_id, done="withdrawn"))


@chapter_page(methods=("POST",))
def helpful(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Say that a post is helpful ("on" in the form's ``helpful``), or no longer; script is told how many say so."""
    is_helpful = request.POST.get("helpful") == "on"
    if not is_script(request):
        return act_on_post(
            request, slug, post_id, lambda visit: discussion.set_helpful(visit, is_helpful=is_helpful), act="helpful"
        )
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    outcome = attempt(lambda: discussion.set_helpful(visit, is_helpful=is_helpful))
    if isinstance(outcome, Refusal):
        return ask_to_wait(JsonResponse({"message": outcome.message}, status=outcome.status), outcome)
    return JsonResponse({"helpful": outcome, "is_helpful": is_helpful})


@chapter_page(methods=("POST",))
def report(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Ask those who look after the board to look at a post."""
    reason = read_reason(request)
    return act_on_post(
        request,
        slug,
        post_id,
        lambda visit: discussion.report_post(visit, reason=reason),
        act="report",
        done="reported",
    )


def act_on_post(
    request: HttpRequest,
    slug: str,
    post_id: int,
    do: Callable[[visits.Visit], object],
    *,
    act: str,
    done: str = "",
) -> HttpResponse:
    """Do something with a post and lead back to it; where it is refused, the topic with the reason at the post."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    outcome = attempt(lambda: do(visit))
    if isinstance(outcome, Refusal):
        typed = Typed(at=post_id, act=act, text=request.POST.get("reason", "")[:LONGEST_REASON], refusal=outcome)
        return draw_topic(request, visit, typed)
    return go_on(request, topic_url(chapter, visit.topic_id, done=done, post_id=post_id))


def read_reason(request: HttpRequest) -> str:
    """Return the reason of a form, as long as one may be."""
    return request.POST.get("reason", "").strip()[:LONGEST_REASON]


def _find_own(page: BoardPostPage, post_id: int) -> BoardPostData:
    for each in (page.first, *page.replies):
        if each.id == post_id and each.is_mine and each.state is ContributionState.LIVE:
            return each
    raise NotFoundError(_("This post is not yours to change, or it is no longer there."))
