"""Topics and posts as the pages of discussion boards show them: words, marks, and who may do what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from chapters.data import Action, Audience, ChapterData
from chapters.visits import BoardDoor, Visit
from discussion_ext.data import (
    BoardPostData,
    BoardPostPage,
    BoardTopicData,
    ContributionState,
    PictureData,
    TopicKind,
    TopicState,
)
from people import api as people

from .words import say_audience

READERS: Final[dict[Audience, Promise]] = {
    Audience.EVERYONE: gettext_lazy("Every member of the chapter"),
    Audience.LEARNERS: gettext_lazy("Members who take one of its courses"),
    Audience.ALUMNI: gettext_lazy("Members who completed one of its courses"),
}
#: Of each kind: its name, what it is for, its icon, and the colour of its mark.
KINDS: Final[dict[TopicKind, dict[str, Any]]] = {
    TopicKind.PROBLEM: {
        "name": pgettext_lazy("kind of topic", "Problem"),
        "says": gettext_lazy("Something you are stuck with, or a trap you stepped into. Others say what they tried."),
        "icon": "chat",
        "tone": "act",
    },
    TopicKind.EXPERIENCE: {
        "name": pgettext_lazy("kind of topic", "Experience"),
        "says": gettext_lazy("What you did and what came of it, so that others can use it."),
        "icon": "book",
        "tone": "info",
    },
    TopicKind.LIGHT: {
        "name": pgettext_lazy("kind of topic", "Light"),
        "says": gettext_lazy("A small question that everybody can answer in a minute."),
        "icon": "hello",
        "tone": "",
    },
}


def draw_doors(chapter: ChapterData, doors: Collection[BoardDoor], now: Audience | None) -> list[dict[str, Any]]:
    """Return the boards of a chapter for the segment above its topics."""
    return [
        {
            "label": say_audience(door.audience),
            "url": board_url(chapter, door.audience),
            "is_open": door.decision.is_allowed,
            "is_now": door.audience is now,
            "reason": door.decision.sentence,
            "new": door.new,
        }
        for door in doors
    ]


def draw_topic_row(chapter: ChapterData, topic: BoardTopicData, audience: Audience | None) -> dict[str, Any]:
    """Return a topic as a line of a list; ``audience`` is named where topics of several boards stand together."""
    return {
        "topic": topic,
        "url": topic_url(chapter, topic.id),
        "kind": KINDS[topic.kind],
        "board": say_audience(audience) if audience else "",
        "closes": say_closing(chapter, topic),
        "is_closed": topic.state is TopicState.CLOSED,
        "is_archived": topic.state is TopicState.ARCHIVED,
    }


def draw_thread(visit: Visit, page: BoardPostPage, organizers: Collection[int]) -> dict[str, Any]:
    """Return a topic's posts: the first, and the responses of this page, each with its comments."""
    rights = Rights(visit, page.topic)
    threads: list[dict[str, Any]] = []
    for post in page.replies:
        row = rights.draw(post, organizers, is_comment=post.parent_id != page.first.id)
        if post.parent_id == page.first.id:
            threads.append({"row": row, "comments": []})
            continue
        if not threads:  # its response stands on the page before
            threads.append({"row": None, "comments": []})
        threads[-1]["comments"].append(row)
    return {"first": rights.draw(page.first, organizers, is_first=True), "threads": threads, "rights": rights}


class Rights:
    """What a reader may do in one topic: asked once, for all of its posts."""

    def __init__(self, visit: Visit, topic: BoardTopicData) -> None:
        self.chapter = visit.chapter
        self.is_open = topic.state is TopicState.OPEN
        self.reply = visit.may(Action.REPLY)
        self.can_write = self.reply.is_allowed
        self.can_reply = self.can_write and self.is_open
        self.can_react = visit.may(Action.REACT).is_allowed
        self.can_report = visit.may(Action.REPORT_POST).is_allowed
        self.can_moderate = visit.is_moderator

    def draw(
        self, post: BoardPostData, organizers: Collection[int], *, is_first: bool = False, is_comment: bool = False
    ) -> dict[str, Any]:
        """Return a post with its marks, addresses, and what the reader may do with it."""
        is_live = post.state is ContributionState.LIVE
        return {
            "post": post,
            "number": str(post.id),
            "anchor": f"post-{post.id}",
            "is_live": is_live,
            "is_removed": post.state is ContributionState.REMOVED,
            "is_first": is_first,
            "is_comment": is_comment,
            "is_organizer": post.author.user_id in organizers and post.author.kind != "hidden",
            "pictures": [draw_picture(each) for each in post.pictures],
            "can_reply": self.can_reply and is_live and not is_first and not is_comment,
            "can_edit": self.can_reply and is_live and post.is_mine,
            "can_withdraw": self.can_write and is_live and post.is_mine,
            "can_react": self.can_react and is_live and not post.is_mine,
            "can_report": self.can_report and not self.can_moderate and is_live and not post.is_mine,
            "can_remove": self.can_moderate and is_live and not post.is_mine,
            "can_restore": self.can_moderate and post.state is ContributionState.REMOVED and not post.is_mine,
            "urls": {act: reverse(f"chapters:post_{act}", args=[self.chapter.slug, post.id]) for act in _POST_ACTS},
        }


_SHOWN_WIDTH: Final = 480
_SHOWN_HEIGHT: Final = 300
_POST_ACTS: Final = ("edit", "withdraw", "helpful", "report", "remove", "restore", "settle")


def draw_picture(picture: PictureData) -> dict[str, Any]:
    """Return a picture with its address, and the size at which it is shown: its place is kept while it loads."""
    shrunk = min(1.0, _SHOWN_WIDTH / picture.width, _SHOWN_HEIGHT / picture.height)
    return {
        "uid": picture.uid,
        "alt": picture.alt,
        "url": picture_url(picture.uid),
        "width": str(max(1, round(picture.width * shrunk))),
        "height": str(max(1, round(picture.height * shrunk))),
    }


def say_closing(chapter: ChapterData, topic: BoardTopicData) -> str:
    """Return until when a topic takes answers, on the chapter's clock; empty where no day was agreed, or it is over."""
    if topic.closes_at is None or topic.state is not TopicState.OPEN:
        return ""
    return people.format_moment(topic.closes_at, zone=chapter.zone)


def board_url(chapter: ChapterData, audience: Audience) -> str:
    """Return the address of a board."""
    return reverse("chapters:board", args=[chapter.slug, audience.value])


def topic_url(chapter: ChapterData, topic_id: int, *, done: str = "", post_id: int | None = None) -> str:
    """Return the address of a topic, at a post, saying what was done."""
    url = reverse("chapters:topic", args=[chapter.slug, topic_id])
    asked = [*([f"post={post_id}"] if post_id else []), *([f"done={done}"] if done else [])]
    return f"{url}{'?' + '&'.join(asked) if asked else ''}{f'#post-{post_id}' if post_id else ''}"


def picture_url(uid: str) -> str:
    """Return the address of a picture."""
    return reverse("chapters:picture", args=[uid])
