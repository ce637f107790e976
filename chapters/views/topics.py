"""A topic: beginning one, reading it, answering it, following it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters import discussion, visits
from chapters.data import Action, Audience
from chapters.exceptions import ChapterError
from chapters.forms.boards import LONGEST_TEXT, MARKDOWN_HINT, PostForm, TopicForm
from discussion_ext.data import BoardPostPage, TopicDraftData, TopicKind, TopicState
from people import api as people

from .board_answers import Refusal, ask_to_wait, attempt, go_on, read
from .board_rows import KINDS, READERS, board_url, draw_thread, draw_topic_row, topic_url
from .frame import chapter_page, open_chapter, read_number, render_chapter_page
from .trays import Tray, receive_tray
from .words import say_audience


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody sent that was not taken: drawn again where they wrote it. ``at`` is the post that it is about."""

    at: int = 0
    act: str = ""
    text: str = ""
    preview: str = ""
    tray: Tray = field(default_factory=Tray)
    refusal: Refusal | None = None


# -- beginning ---------------------------------------------------------------------------------------------------------


@chapter_page(methods=("GET", "HEAD", "POST"))
def new_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form of a new topic, and begin it; "preview" shows how the text will look."""
    chapter, access = open_chapter(request, slug)
    values = request.POST if request.method == "POST" else request.GET
    visit = visits.open_board(chapter, access, _read_audience(values.get("board", "")))
    visit.require(Action.START_TOPIC)
    choices = [(each, f"{READERS[each]}") for each in chapter.boards if access.can(Action.START_TOPIC, audience=each)]
    form = TopicForm(
        request.POST if request.method == "POST" else None,
        initial={"board": visit.audience.value},
        chapter=chapter,
        boards=choices,
    )
    tray, preview, refusal = Tray(), "", None
    if request.method == "POST":
        tray = receive_tray(request, visit)
        if request.POST.get("act") == "preview":
            preview, refusal = preview_text(visit, form.data.get("body", ""))
        elif form.is_valid() and not tray.faults:
            outcome = attempt(lambda: _start(visit, form, tray))
            if not isinstance(outcome, Refusal):
                return go_on(request, topic_url(chapter, outcome, done="started"))
            form.refuse(ChapterError(outcome.message, field=outcome.field))
            refusal = outcome
    return _render_new(request, visit, form, tray, preview, refusal)


def _start(visit: visits.Visit, form: TopicForm, tray: Tray) -> int:
    typed = form.cleaned_data
    draft = TopicDraftData(
        kind=TopicKind(typed["kind"]),
        title=typed["title"],
        body=typed["body"],
        picture_uids=tray.uids,
        closes_at=typed["closes_on"],
    )
    return discussion.start_topic(visit, draft, insists=typed["insists"])


def _render_new(
    request: HttpRequest, visit: visits.Visit, form: TopicForm, tray: Tray, preview: str, refusal: Refusal | None
) -> HttpResponse:
    cadence = attempt(lambda: discussion.check_cadence(visit))
    has_faults = bool((form.is_bound and not preview and form.errors) or tray.faults)
    context = {
        "form": form,
        "show_errors": form.is_bound and request.POST.get("act") != "preview",
        "tray": tray,
        "preview": preview,
        "kinds": [(kind.value, each) for kind, each in KINDS.items()],
        "cadence": cadence.message if isinstance(cadence, Refusal) else "",
        "url": reverse("chapters:new_topic", args=[visit.chapter.slug]),
        "board_url": board_url(visit.chapter, visit.audience),
        "label": say_audience(visit.audience),
        **compose_urls(visit),
    }
    status = refusal.status if refusal else 429 if tray.wait_seconds else 422 if has_faults else 200
    response = render_chapter_page(
        request, visit.chapter, visit.access, "boards/new_topic.html", context, tab="boards", status=status
    )
    return ask_to_wait(response, refusal)


# -- reading -----------------------------------------------------------------------------------------------------------


@chapter_page()
def topic(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Show a topic with a page of its replies; reading it changes nothing, also not what is new."""
    chapter, access = open_chapter(request, slug)
    return draw_topic(request, visits.open_topic(chapter, access, topic_id))


def draw_topic(request: HttpRequest, visit: visits.Visit, typed: Typed | None = None) -> HttpResponse:
    """Return the page of a topic; ``typed`` is what was refused, drawn where it was written."""
    typed = typed or Typed()
    page = read(
        lambda: discussion.read_topic(
            visit,
            cursor="" if typed.at else request.GET.get("cursor", ""),
            at_post_id=typed.at or read_number(request.GET.get("post", "")) or None,
        )
    )
    status = typed.refusal.status if typed.refusal else 200
    context = _draw_page(request, visit, page) | {"typed": typed, "typed_at": str(typed.at)}
    response = render_chapter_page(
        request, visit.chapter, visit.access, "boards/topic.html", context, tab="boards", status=status
    )
    return ask_to_wait(response, typed.refusal)


def _draw_page(request: HttpRequest, visit: visits.Visit, page: BoardPostPage) -> dict[str, Any]:
    chapter, url = visit.chapter, topic_url(visit.chapter, page.topic.id)
    thread = draw_thread(visit, page, visits.list_organizers(visit.access))
    acts = {
        act: reverse(f"chapters:topic_{act}", args=[chapter.slug, page.topic.id])
        for act in ("reply", "seen", "follow", "pin", "state")
    }
    return {
        **draw_topic_row(chapter, page.topic, None),
        "label": say_audience(visit.audience),
        "board_url": board_url(chapter, visit.audience),
        "thread": thread,
        "rights": thread["rights"],
        "acts": acts,
        "states": _draw_states(page.topic.state),
        "why_not": _say_why_not(thread["rights"].reply.sentence, page.topic.state),
        "next_url": f"{url}?cursor={page.cursor}" if page.cursor else "",
        "is_whole": not page.cursor,
        "is_first_page": not request.GET.get("cursor") and not request.GET.get("post"),
        "url": url,
        "reader_zone": people.person_zone(visit.user_id),
        "has_new": page.topic.is_new,
        "notice": _NOTICES.get(request.GET.get("done", ""), str)(),
        "markdown_hint": MARKDOWN_HINT,
        "longest": str(LONGEST_TEXT),
        **compose_urls(visit),
    }


def _draw_states(state: TopicState) -> list[tuple[str, str]]:
    """Return where a topic can be moved to, with what the button says."""
    words = {
        TopicState.OPEN: _("Open it again"),
        TopicState.CLOSED: _("Close the topic"),
        TopicState.ARCHIVED: _("Move to the archive"),
    }
    return [(each.value, label) for each, label in words.items() if each is not state]


def _say_why_not(refusal: str, state: TopicState) -> str:
    """Return why there is no composer; empty where there is one."""
    if refusal:
        return refusal
    if state is TopicState.CLOSED:
        return _("This topic is closed. You can read it and say what is helpful.")
    if state is TopicState.ARCHIVED:
        return _("This topic is in the archive. You can read it.")
    return ""


# -- answering and following -------------------------------------------------------------------------------------------


@chapter_page(methods=("POST",))
def reply(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Answer a topic, or a response in it; "preview" shows how the text will look."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_topic(chapter, access, topic_id)
    visit.require(Action.REPLY)
    parent, text = read_number(request.POST.get("parent", "")), request.POST.get("body", "")
    tray = receive_tray(request, visit)
    typed = Typed(at=parent, act="reply", text=text, tray=tray)
    if request.POST.get("act") == "preview":
        preview, refusal = preview_text(visit, text)
        return draw_topic(
            request, visit, Typed(at=parent, act="reply", text=text, tray=tray, preview=preview, refusal=refusal)
        )
    form = PostForm(request.POST)
    if not form.is_valid() or tray.faults:
        message = str(next(iter(form.errors.get("body", [])), ""))
        return draw_topic(request, visit, replace(typed, refusal=Refusal(message=message, field="body", status=422)))
    outcome = attempt(
        lambda: discussion.reply(
            visit, body=form.cleaned_data["body"], parent_id=parent or None, picture_uids=tray.uids
        )
    )
    if isinstance(outcome, Refusal):
        return draw_topic(request, visit, replace(typed, refusal=outcome))
    return go_on(request, topic_url(chapter, topic_id, done="replied", post_id=outcome))


@chapter_page(methods=("POST",))
def seen(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Note that the reader has seen all of a topic."""
    return act_on_topic(request, slug, topic_id, discussion.mark_seen, done="seen")


@chapter_page(methods=("POST",))
def follow(request: HttpRequest, slug: str, topic_id: int) -> HttpResponse:
    """Follow a topic ("on" in the form's ``follow``), or no longer."""
    is_on = request.POST.get("follow") == "on"
    done = "followed" if is_on else "unfollowed"
    return act_on_topic(request, slug, topic_id, lambda visit: discussion.follow(visit, is_on=is_on), done=done)


def act_on_topic(
    request: HttpRequest, slug: str, topic_id: int, act: Callable[[visits.Visit], object], *, done: str
) -> HttpResponse:
    """Do something with a topic and lead back to it; where it is refused, the topic with the reason."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_topic(chapter, access, topic_id)
    outcome = attempt(lambda: act(visit))
    if isinstance(outcome, Refusal):
        return draw_topic(request, visit, Typed(act="topic", refusal=outcome))
    return go_on(request, topic_url(chapter, topic_id, done=done))


@chapter_page(methods=("POST",))
def preview(request: HttpRequest, slug: str, audience: Audience) -> HttpResponse:
    """Return how a text will look, as JSON, to the page's script."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_board(chapter, access, audience)
    html, refusal = preview_text(visit, request.POST.get("body", ""))
    if refusal is not None:
        return ask_to_wait(JsonResponse({"message": refusal.message}, status=refusal.status), refusal)
    return JsonResponse({"html": html})


def preview_text(visit: visits.Visit, text: str) -> tuple[str, Refusal | None]:
    """Return how a text will look, or why that cannot be shown."""
    outcome = attempt(lambda: discussion.preview(visit, text=text[:LONGEST_TEXT]))
    return ("", outcome) if isinstance(outcome, Refusal) else (outcome, None)


def compose_urls(visit: visits.Visit) -> dict[str, str]:
    """Return where the script of a composer asks for a preview and sends pictures."""
    place = [visit.chapter.slug, visit.audience.value]
    return {
        "preview_url": reverse("chapters:board_preview", args=place),
        "upload_url": reverse("chapters:board_upload", args=place),
    }


def _read_audience(text: str) -> Audience:
    return Audience(text) if text in set(Audience) else Audience.EVERYONE


_NOTICES: Final[dict[str, Callable[[], str]]] = {
    "started": lambda: _("Your topic is there. You follow it, and hear when somebody answers."),
    "replied": lambda: _("Your answer is there."),
    "edited": lambda: _("Your changes are saved."),
    "withdrawn": lambda: _("Your post is withdrawn. Nobody sees it any more."),
    "reported": lambda: _("Thank you. The people who look after the board will look at it."),
    "followed": lambda: _("You follow this topic, and hear when somebody answers."),
    "unfollowed": lambda: _("You no longer follow this topic."),
    "seen": lambda: _("The topic is marked as read."),
    "removed": lambda: _("The post is removed. Its author reads your reason."),
    "restored": lambda: _("The post is back."),
    "kept": lambda: _("The post stays, and its reports are settled."),
    "pinned": lambda: _("The topic stays at the top of its board."),
    "unpinned": lambda: _("The topic is no longer at the top."),
    "open": lambda: _("The topic is open again."),
    "closed": lambda: _("The topic is closed. It can still be read."),
    "archived": lambda: _("The topic is in the archive."),
}
