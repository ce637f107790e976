"""Discussion boards of a chapter: topics, replies, pictures, and what readers do with them."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import discussion, visits
from chapters.data import Audience
from chapters.exceptions import NotFoundError
from discussion_ext.data import TopicDraftData, TopicKind, TopicOrder

from .base import ChapterView
from .board_drawing import draw_picture, draw_post, draw_topic
from .board_shapes import (
    BoardsSerializer,
    DoneSerializer,
    EditSerializer,
    FollowSerializer,
    HelpfulCountSerializer,
    HelpfulSerializer,
    MadeSerializer,
    PictureSerializer,
    ReplySerializer,
    ReportSerializer,
    StartSerializer,
    TopicDetailSerializer,
    TopicsSerializer,
    UploadSerializer,
)

CURSOR = {"cursor": "Where the page before ended."}


class BoardsView(ChapterView):
    """The boards of a chapter."""

    gives = {"GET": BoardsSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the boards; of those that are closed to the reader, why."""
        doors = [
            {
                "audience": door.audience.value,
                "is_open": door.decision.is_allowed,
                "reason": door.decision.sentence,
                "new": door.new,
            }
            for door in visits.list_doors(self.chapter, self.access)
        ]
        return self.answer({"results": doors})


class BoardView(ChapterView):
    """What the doors to one board share."""

    @functools.cached_property
    def visit(self) -> visits.Visit:
        """Return the reader's visit. Raises NotAllowedError where the board is closed to them."""
        if self.kwargs["audience"] not in set(Audience):
            raise NotFoundError(_("This chapter has no such board."))
        return visits.open_board(self.chapter, self.access, Audience(self.kwargs["audience"]))


class TopicsView(BoardView):
    """The topics of a board."""

    takes = {"POST": StartSerializer}
    gives = {"GET": TopicsSerializer, "POST": MadeSerializer}
    statuses = {"POST": 201}
    query_parameters = CURSOR | {
        "order": "recent (by the last post) or new.",
        "kind": "problem, experience or light.",
        "show": "followed or archived; else all that are listed.",
    }

    def get(self, request: Request, slug: str, audience: str) -> Response:
        """Return a page of topics, pinned ones first."""
        show = self.asked("show")
        if show not in {"", "followed", "archived"}:
            raise ValidationError({"show": [_("Choose one of: %(words)s.") % {"words": "followed, archived"}]})
        page = discussion.list_topics(
            self.visit,
            order=self.asked_word("order", TopicOrder) or TopicOrder.RECENT,
            kind=self.asked_word("kind", TopicKind),
            is_followed=show == "followed",
            is_archived=show == "archived",
            cursor=self.asked("cursor"),
        )
        return self.answer_page([draw_topic(topic) for topic in page.topics], page.cursor)

    def post(self, request: Request, slug: str, audience: str) -> Response:
        """Begin a topic."""
        visit, sent = self.visit, self.read()
        draft = TopicDraftData(
            kind=TopicKind(sent["kind"]),
            title=sent["title"],
            body=sent["body"],
            picture_uids=tuple(sent["pictures"]),
            closes_at=timezone.now() + timedelta(days=sent["closes_in_days"]) if sent["closes_in_days"] else None,
        )
        topic_id = discussion.start_topic(visit, draft, insists=sent["insists"])
        started = visits.open_topic(self.chapter, self.access, topic_id)
        return self.answer({"topic_id": topic_id, "post_id": started.post_id})


class ReadBoardView(BoardView):
    """Having read a board."""

    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, audience: str) -> Response:
        """Note that nothing on the board is new to the reader any more."""
        discussion.mark_board_read(self.visit)
        return self.answer({"done": True})


class UploadView(BoardView):
    """Pictures for posts of a board."""

    parser_classes = (MultiPartParser,)
    takes = {"POST": UploadSerializer}
    gives = {"POST": PictureSerializer}
    statuses = {"POST": 201}

    def post(self, request: Request, slug: str, audience: str) -> Response:
        """Keep a picture for a post that is being written."""
        visit, sent = self.visit, self.read()
        picture = discussion.add_picture(visit, file=sent["picture"], alt=sent["alt"])
        return self.answer(draw_picture(picture))


class SearchView(ChapterView):
    """Search within a chapter."""

    gives = {"GET": TopicsSerializer}
    query_parameters = CURSOR | {"q": "Words of a post, all of which it has."}

    def get(self, request: Request, slug: str) -> Response:
        """Return topics of the boards that the reader may read."""
        page = discussion.search(self.chapter, self.access, text=self.asked("q"), cursor=self.asked("cursor"))
        return self.answer_page([draw_topic(topic) for topic in page.topics], page.cursor)


class PlaceView(ChapterView):
    """What the doors to one topic or post share."""

    place: ClassVar[str] = "topic_id"

    @functools.cached_property
    def visit(self) -> visits.Visit:
        """Return the reader's visit. Raises NotFoundError for another chapter's, NotAllowedError for a closed board."""
        find = visits.open_topic if self.place == "topic_id" else visits.open_post
        return find(self.chapter, self.access, self.number(self.place))


class TopicView(PlaceView):
    """One topic."""

    gives = {"GET": TopicDetailSerializer}
    query_parameters = CURSOR

    def get(self, request: Request, slug: str, topic_id: str) -> Response:
        """Return a topic with a page of its replies, oldest first."""
        page = discussion.read_topic(self.visit, cursor=self.asked("cursor"))
        shown = {
            "topic": draw_topic(page.topic),
            "first": draw_post(page.first),
            "results": [draw_post(post) for post in page.replies],
            "next_cursor": page.cursor,
        }
        return self.answer(shown)


class RepliesView(PlaceView):
    """Replies to a topic."""

    takes = {"POST": ReplySerializer}
    gives = {"POST": MadeSerializer}
    statuses = {"POST": 201}

    def post(self, request: Request, slug: str, topic_id: str) -> Response:
        """Answer the topic, or a response in it."""
        visit, sent = self.visit, self.read()
        post_id = discussion.reply(
            visit, body=sent["body"], parent_id=sent["parent_id"], picture_uids=tuple(sent["pictures"])
        )
        return self.answer({"topic_id": visit.topic_id, "post_id": post_id})


class FollowView(PlaceView):
    """Following a topic."""

    takes = {"PUT": FollowSerializer}
    gives = {"PUT": DoneSerializer}

    def put(self, request: Request, slug: str, topic_id: str) -> Response:
        """Follow the topic, or no longer."""
        visit, sent = self.visit, self.read()
        discussion.follow(visit, is_on=sent["is_followed"])
        return self.answer({"done": True})


class SeenView(PlaceView):
    """Having seen a topic."""

    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, topic_id: str) -> Response:
        """Note that the reader has seen all of the topic."""
        discussion.mark_seen(self.visit)
        return self.answer({"done": True})


class PostView(PlaceView):
    """One's own post."""

    place = "post_id"
    takes = {"PUT": EditSerializer}
    gives = {"PUT": DoneSerializer, "DELETE": DoneSerializer}

    def put(self, request: Request, slug: str, post_id: str) -> Response:
        """Change one's own post."""
        visit, sent = self.visit, self.read()
        uids = tuple(sent["pictures"]) if "pictures" in sent else None
        discussion.edit_post(visit, body=sent["body"], title=sent.get("title"), picture_uids=uids)
        return self.answer({"done": True})

    def delete(self, request: Request, slug: str, post_id: str) -> Response:
        """Take one's own post back."""
        discussion.withdraw_post(self.visit)
        return self.answer({"done": True})


class HelpfulView(PlaceView):
    """Finding a post helpful."""

    place = "post_id"
    takes = {"PUT": HelpfulSerializer}
    gives = {"PUT": HelpfulCountSerializer}

    def put(self, request: Request, slug: str, post_id: str) -> Response:
        """Say that somebody else's post is helpful, or no longer."""
        visit, sent = self.visit, self.read()
        return self.answer({"helpful": discussion.set_helpful(visit, is_helpful=sent["is_helpful"])})


class ReportView(PlaceView):
    """Reporting a post."""

    place = "post_id"
    takes = {"POST": ReportSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, post_id: str) -> Response:
        """Ask those who look after the boards to look at a post; again changes nothing."""
        visit, sent = self.visit, self.read()
        discussion.report_post(visit, reason=sent["reason"])
        return self.answer({"done": True})
