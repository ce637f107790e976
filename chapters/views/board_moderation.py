"""What whoever looks after a chapter's boards does: reported posts, and topics that are pinned, closed or put away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import discussion, visits
from chapters.access import Access
from chapters.boards import read_board_key
from chapters.data import Action, ChapterData
from chapters.exceptions import InvalidValueError
from discussion_ext.data import BoardReportData, TopicState
from people import api as people

from .board_answers import Refusal, ask_to_wait, attempt, go_on, read
from .board_rows import draw_picture, topic_url
from .frame import chapter_page, open_chapter, render_chapter_page
from .posts import act_on_post, read_reason
from .topics import act_on_topic
from .words import say_audience


@chapter_page()
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """Show reported posts of the chapter's boards, those that wait longest first."""
    chapter, access = open_chapter(request, slug)
    return _draw_queue(request, chapter, access)


def _draw_queue(
    request: HttpRequest, chapter: ChapterData, access: Access, refusal: Refusal | None = None, refused_id: int = 0
) -> HttpResponse:
    """Return the list of reported posts; a decision that was refused stands at its post, with what was typed."""
    page = read(lambda: discussion.list_reports(chapter, access, cursor=request.GET.get("cursor", "")))
    url = reverse("chapters:board_reports", args=[chapter.slug])
    context = {
        "rows": [_draw_report(chapter, each) for each in page.reports],
        "reader_zone": people.person_zone(access.user_id or 0),
        "next_url": f"{url}?cursor={page.cursor}" if page.cursor else "",
        "boards_url": reverse("chapters:boards", args=[chapter.slug]),
        "refused": {"at": refused_id, "message": refusal.message, "reason": read_reason(request)} if refusal else {},
        "notice": {
            "removed": _("The post is removed. Its author reads your reason."),
            "kept": _("The post stays, and its reports are settled."),
        }.get(request.GET.get("done", ""), ""),
    }
    status = refusal.status if refusal else 200
    response = render_chapter_page(
        request, chapter, access, "boards/reports.html", context, tab="boards", status=status
    )
    return ask_to_wait(response, refusal)


@chapter_page(methods=("POST",))
def settle(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Decide the reports of a post: "remove" it, or "keep" it; ``from`` "queue" leads back to the list of reports."""
    is_upheld, reason = request.POST.get("decision") == "remove", read_reason(request)
    done = "removed" if is_upheld else "kept"

    def decide(visit: visits.Visit) -> None:
        discussion.settle_reports(visit, is_upheld=is_upheld, reason=reason)

    if request.POST.get("from") != "queue":
        return act_on_post(request, slug, post_id, decide, act="settle", done=done)
    chapter, access = open_chapter(request, slug)
    visit = visits.open_post(chapter, access, post_id)
    visit.require(Action.MODERATE)
    outcome = attempt(lambda: decide(visit))
    if isinstance(outcome, Refusal):
        return _draw_queue(request, chapter, access, outcome, post_id)
    return go_on(request, f"{reverse('chapters:board_reports', args=[slug])}?done={done}")


@chapter_page(methods=("POST",))
def remove(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Take a post away, for a reason that its author reads."""
    reason = read_reason(request)
    return act_on_post(
        request, slug, post_id, lambda visit: discussion.remove_post(visit, reason=reason), act="remove", done="removed"
    )


@chapter_page(methods=("POST",))
def restore(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Put a post back that was taken away."""
    return act_on_post(request, slug, post_id, discussion.restore_post, act="restore", done="restored")


@chapter_page(methods=("POST",))
def pin(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Keep a topic at the top of its board ("on" in the form's ``pin``), or let it go."""
    is_pinned = request.POST.get("pin") == "on"
    done = "pinned" if is_pinned else "unpinned"
    return act_on_topic(
        request, slug, topic_id, lambda visit: discussion.set_pinned(visit, is_pinned=is_pinned), done=done
    )


@chapter_page(methods=("POST",))
def state(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Open, close or archive a topic."""
    wanted = request.POST.get("state", "")
    if wanted not in set(TopicState):
        raise InvalidValueError(_("Choose whether the topic is open, closed or in the archive."), field="state")
    to = TopicState(wanted)
    return act_on_topic(
        request, slug, topic_id, lambda visit: discussion.set_topic_state(visit, state=to), done=to.value
    )


def _draw_report(chapter: ChapterData, report: BoardReportData) -> dict[str, Any]:
    found = read_board_key(report.board_key)
    return {
        "report": report,
        "post": report.post,
        "number": str(report.post.id),
        "board": say_audience(found[1]) if found else "",
        "pictures": [draw_picture(each) for each in report.post.pictures],
        "url": topic_url(chapter, report.post.topic_id, post_id=report.post.id),
        "settle_url": reverse("chapters:post_settle", args=[chapter.slug, report.post.id]),
    }
