"""Looking after the boards: reported posts, removing and restoring, what stays on top, and what is over."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from chapters import discussion
from discussion_ext.data import TopicState

from .base import ChapterView
from .board_drawing import draw_report
from .board_shapes import BoardReportsSerializer, DoneSerializer, PinSerializer, SettleSerializer, TopicStateSerializer
from .boards import CURSOR, PlaceView
from .member_shapes import OptionalReasonSerializer, ReasonSerializer


class ReportsView(ChapterView):
    """Reported posts of a chapter."""

    gives = {"GET": BoardReportsSerializer}
    query_parameters = CURSOR

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of reported posts, longest waiting first."""
        page = discussion.list_reports(self.chapter, self.access, cursor=self.asked("cursor"))
        return self.answer_page([draw_report(report) for report in page.reports], page.cursor)


class SettleView(PlaceView):
    """Deciding about a reported post."""

    place = "post_id"
    takes = {"POST": SettleSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, post_id: str) -> Response:
        """Decide all open reports of a post: upheld, it goes, for a reason that its author reads."""
        visit, sent = self.visit, self.read()
        discussion.settle_reports(visit, **sent)
        return self.answer({"done": True})


class RemoveView(PlaceView):
    """Taking a post away."""

    place = "post_id"
    takes = {"POST": ReasonSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, post_id: str) -> Response:
        """Take a post away, for a reason that its author reads."""
        visit, sent = self.visit, self.read()
        discussion.remove_post(visit, **sent)
        return self.answer({"done": True})


class RestoreView(PlaceView):
    """Putting a post back."""

    place = "post_id"
    takes = {"POST": OptionalReasonSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, post_id: str) -> Response:
        """Put a post back that was taken away."""
        visit, sent = self.visit, self.read()
        discussion.restore_post(visit, **sent)
        return self.answer({"done": True})


class PinView(PlaceView):
    """What stays on top of a board."""

    takes = {"PUT": PinSerializer}
    gives = {"PUT": DoneSerializer}

    def put(self, request: Request, slug: str, topic_id: str) -> Response:
        """Keep a topic on top of its board, or let it go."""
        visit, sent = self.visit, self.read()
        discussion.set_pinned(visit, **sent)
        return self.answer({"done": True})


class TopicStateView(PlaceView):
    """What can still be done in a topic."""

    takes = {"PUT": TopicStateSerializer}
    gives = {"PUT": DoneSerializer}

    def put(self, request: Request, slug: str, topic_id: str) -> Response:
        """Open, close or archive a topic."""
        visit, sent = self.visit, self.read()
        discussion.set_topic_state(visit, state=TopicState(sent["state"]))
        return self.answer({"done": True})
