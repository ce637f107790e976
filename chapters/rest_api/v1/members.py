"""Members as the reader may see them, and what organizers do with a membership."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import membership as api
from chapters.data import Action, Audience

from .base import ChapterView
from .drawing import draw_standing
from .member_shapes import (
    DecidedSerializer,
    HelloSerializer,
    MemberSerializer,
    MembersSerializer,
    ReasonSerializer,
    StandingActSerializer,
    StandingsSerializer,
)


class MembersView(ChapterView):
    """The members of a chapter."""

    gives = {"GET": MembersSerializer}
    query_parameters = {
        "q": "Words of an introduction to all members.",
        "audience": "everyone, learners or alumni.",
        "cursor": "Where the page before ended.",
    }

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of members, newest first, as the reader may see them."""
        self.require(Action.SEE_MEMBERS)
        text = self.asked("q")
        if text:
            self.keep_pace("search")
        page = api.list_members(
            chapter=self.chapter,
            viewer=self.access,
            text=text,
            audience=self.asked_word("audience", Audience),
            cursor=self.asked("cursor"),
        )
        return self.answer_page(page.members, page.cursor)


class MemberView(ChapterView):
    """One member of a chapter."""

    gives = {"GET": MemberSerializer}

    def get(self, request: Request, slug: str, user_id: str) -> Response:
        """Return a member as the reader may see them."""
        self.require(Action.SEE_MEMBERS)
        return self.answer(api.get_member(chapter=self.chapter, viewer=self.access, user_id=self.number("user_id")))


class HelloView(ChapterView):
    """Saying hello to a member."""

    gives = {"POST": HelloSerializer}

    def post(self, request: Request, slug: str, user_id: str) -> Response:
        """Say hello, once and without words."""
        target = self.number("user_id")
        self.require(Action.SAY_HELLO, target_id=target)
        self.keep_pace("hello")
        is_first = api.say_hello(chapter_id=self.chapter.id, user_id=self.reader_id, to_user_id=target)
        return self.answer({"is_first": is_first})


class StandingView(ChapterView):
    """The audiences that organizers give by hand."""

    takes = {"POST": StandingActSerializer}
    gives = {"POST": StandingsSerializer}

    def post(self, request: Request, slug: str, user_id: str) -> Response:
        """Grant a member an audience, or take a grant back; what a course rule gives stays."""
        target = self.number("user_id")
        self.require(Action.GRANT_STANDING, target_id=target)
        sent = self.read()
        self.keep_pace("organize")
        act = api.grant_standing if sent["is_granted"] else api.revoke_standing
        found = act(
            chapter_id=self.chapter.id,
            user_id=target,
            audience=Audience(sent["audience"]),
            actor_id=self.reader_id,
            reason=sent["reason"],
        )
        return self.answer({"standings": [draw_standing(standing) for standing in found.standings]})


class RemovalView(ChapterView):
    """Removing somebody from a chapter."""

    takes = {"POST": ReasonSerializer}
    gives = {"POST": DecidedSerializer}

    def post(self, request: Request, slug: str, user_id: str) -> Response:
        """Remove a member with a reason that they are told."""
        target = self.number("user_id")
        self.require(Action.REMOVE_MEMBER, target_id=target)
        sent = self.read()
        self.keep_pace("organize")
        removed = api.remove_member(
            chapter_id=self.chapter.id, user_id=target, actor_id=self.reader_id, reason=sent["reason"]
        )
        return self.answer({"state": removed.state.value})
