"""The lists of topics of a chapter's discussion boards, and search over those that are open to the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chapters import discussion, visits
from chapters.boards import read_board_key
from chapters.data import Action, Audience
from chapters.exceptions import NotAllowedError
from discussion_ext.data import BoardTopicPage, TopicKind, TopicOrder
from people import api as people

from .board_answers import Refusal, ask_to_wait, attempt, go_on, read
from .board_rows import KINDS, board_url, draw_doors, draw_topic_row
from .frame import chapter_page, open_chapter, render_chapter_page
from .words import say_audience

_LONGEST_SEARCH: Final = 100

#: How a board can be read: in which order, or which part of it.
_VIEWS: Final[dict[str, Promise]] = {
    "recent": gettext_lazy("Latest answers"),
    "new": gettext_lazy("Newest"),
    "followed": gettext_lazy("I follow"),
    "archive": gettext_lazy("Archive"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of a list asks for; what is none of ours counts as not asked."""

    view: str
    kind: TopicKind | None
    cursor: str

    @classmethod
    def read(cls, request: HttpRequest) -> Asked:
        """Return what a request asks for."""
        view, kind = request.GET.get("view", ""), request.GET.get("kind", "")
        return cls(
            view=view if view in _VIEWS else "recent",
            kind=TopicKind(kind) if kind in set(TopicKind) else None,
            cursor=request.GET.get("cursor", ""),
        )

    def query(self, **changes: str) -> str:
        """Return the query of an address that asks for the same, but for changes; the first page of it."""
        values = {"view": self.view, "kind": self.kind.value if self.kind else ""} | changes
        said = {name: value for name, value in values.items() if value and (name, value) != ("view", "recent")}
        return f"?{urlencode(said)}" if said else ""


@chapter_page()
def boards(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the first board that is open to the reader."""
    chapter, access = open_chapter(request, slug)
    return HttpResponseRedirect(board_url(chapter, next(iter(access.boards), Audience.EVERYONE)))


@chapter_page()
def board(request: HttpRequest, slug: str, audience: Audience) -> HttpResponse:
    """Show the topics of a board; one that is closed to the reader says for whom it is and how it opens."""
    chapter, access = open_chapter(request, slug)
    doors = visits.list_doors(chapter, access)
    door = next((each for each in doors if each.audience is audience), None)
    if door is None:
        raise Http404
    if not any(each.decision.is_allowed for each in doors):
        raise NotAllowedError(door.decision)
    context: dict[str, Any] = {
        "doors": draw_doors(chapter, doors, audience),
        "audience": audience,
        "label": say_audience(audience),
        "locked": [draw for draw in draw_doors(chapter, doors, audience) if not draw["is_open"]],
        "search_url": reverse("chapters:board_search", args=[chapter.slug]),
        "reader_zone": people.person_zone(access.user_id or 0),
    }
    if not door.decision.is_allowed:
        context["closed"] = door.decision
        return render_chapter_page(request, chapter, access, "boards/board.html", context, tab="boards", status=403)
    context |= _draw_board(request, visits.open_board(chapter, access, audience), has_new=bool(door.new))
    return render_chapter_page(request, chapter, access, "boards/board.html", context, tab="boards")


@chapter_page(methods=("POST",))
def mark_read(request: HttpRequest, slug: str, audience: Audience) -> HttpResponse:
    """Note that nothing on a board is new to the reader any more."""
    chapter, access = open_chapter(request, slug)
    discussion.mark_board_read(visits.open_board(chapter, access, audience))
    return go_on(request, f"{board_url(chapter, audience)}?done=read")


@chapter_page()
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Show topics with all words of a text, of all boards that are open to the reader."""
    chapter, access = open_chapter(request, slug)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    cursor = request.GET.get("cursor", "")
    outcome = attempt(lambda: discussion.search(chapter, access, text=text, cursor=cursor))
    refusal = outcome if isinstance(outcome, Refusal) else None
    found = outcome if isinstance(outcome, BoardTopicPage) else BoardTopicPage(topics=())
    url = reverse("chapters:board_search", args=[chapter.slug])
    context = {
        "text": text,
        "rows": [draw_topic_row(chapter, each, _audience_of(each.board_key)) for each in found.topics],
        "search_url": url,
        "next_url": f"{url}?{urlencode({'q': text, 'cursor': found.cursor})}" if found.cursor else "",
        "is_first_page": not cursor,
        "board_url": board_url(chapter, next(iter(access.boards), Audience.EVERYONE)),
        "refusal": refusal.message if refusal else "",
        "reader_zone": people.person_zone(access.user_id or 0),
    }
    response = render_chapter_page(
        request,
        chapter,
        access,
        "boards/search.html",
        context,
        tab="boards",
        status=refusal.status if refusal else 200,
    )
    return ask_to_wait(response, refusal)


def _draw_board(request: HttpRequest, visit: visits.Visit, *, has_new: bool) -> dict[str, Any]:
    chapter, asked = visit.chapter, Asked.read(request)
    url = board_url(chapter, visit.audience)
    page = read(
        lambda: discussion.list_topics(
            visit,
            order=TopicOrder.NEW if asked.view == "new" else TopicOrder.RECENT,
            kind=asked.kind,
            is_followed=asked.view == "followed",
            is_archived=asked.view == "archive",
            cursor=asked.cursor,
        )
    )
    start = visit.may(Action.START_TOPIC)
    return {
        "rows": [draw_topic_row(chapter, each, None) for each in page.topics],
        "views": [
            {"label": label, "url": f"{url}{asked.query(view=view)}", "is_now": view == asked.view}
            for view, label in _VIEWS.items()
        ],
        "kinds": _draw_kinds(url, asked),
        "view": asked.view,
        "kind": KINDS[asked.kind]["name"] if asked.kind else "",
        "url": url,
        "all_url": f"{url}{asked.query(kind='')}",
        "next_url": f"{url}{asked.query(cursor=page.cursor)}" if page.cursor else "",
        "is_first_page": not asked.cursor,
        "has_new": has_new,
        "start": start,
        "start_url": f"{reverse('chapters:new_topic', args=[chapter.slug])}?board={visit.audience.value}",
        "read_url": reverse("chapters:board_read", args=[chapter.slug, visit.audience.value]),
        "reports_url": reverse("chapters:board_reports", args=[chapter.slug]) if visit.is_moderator else "",
        "notice": {
            "read": _("Nothing on this board is new to you any more."),
            "withdrawn": _("Your topic is withdrawn. Nobody sees it any more."),
        }.get(request.GET.get("done", ""), ""),
    }


def _draw_kinds(url: str, asked: Asked) -> list[dict[str, Any]]:
    every = {"label": _("All"), "url": f"{url}{asked.query(kind='')}", "is_now": asked.kind is None}
    return [
        every,
        *(
            {"label": each["name"], "url": f"{url}{asked.query(kind=kind.value)}", "is_now": kind is asked.kind}
            for kind, each in KINDS.items()
        ),
    ]


def _audience_of(key: str) -> Audience | None:
    found = read_board_key(key)
    return found[1] if found else None
