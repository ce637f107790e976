"""Who comes in and who stays out: requests to join, the questions behind them, bans and appeals."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import membership as api
from chapters.data import Action, BanData, JoinQuestionData, QuestionKind
from chapters.exceptions import NotFoundError

from .base import ChapterView
from .drawing import draw_ban
from .member_shapes import (
    AnswerAppealSerializer,
    BanActSerializer,
    BanSerializer,
    BansSerializer,
    DecidedSerializer,
    DecideRequestSerializer,
    JoinRequestsSerializer,
    OptionalReasonSerializer,
    QuestionsSerializer,
)


class RequestsView(ChapterView):
    """Requests to join a chapter."""

    gives = {"GET": JoinRequestsSerializer}
    query_parameters = {"cursor": "Where the page before ended."}

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of open requests, the earliest due first."""
        self.require(Action.REVIEW_REQUESTS)
        page = api.list_requests(chapter_id=self.chapter.id, cursor=self.asked("cursor"))
        return self.answer_page(page.requests, page.cursor)


class RequestView(ChapterView):
    """One request to join."""

    takes = {"POST": DecideRequestSerializer}
    gives = {"POST": DecidedSerializer}

    def post(self, request: Request, slug: str, membership_id: str) -> Response:
        """Let the applicant in, or decline with a note that they read."""
        self.require(Action.REVIEW_REQUESTS)
        sent = self.read()
        asked = api.get_request(self.number("membership_id"))
        if asked.chapter_id != self.chapter.id:
            raise NotFoundError(_("There is no such request."))
        self.keep_pace("review")
        act = api.accept_request if sent["is_accepted"] else api.decline_request
        decided = act(membership_id=asked.membership_id, actor_id=self.reader_id, note=sent["note"])
        return self.answer({"state": decided.state.value})


class QuestionsView(ChapterView):
    """What a chapter asks who wants to join."""

    takes = {"PUT": QuestionsSerializer}
    gives = {"GET": QuestionsSerializer, "PUT": QuestionsSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the questions in their order."""
        if not self.access.decide(Action.EDIT_QUESTIONS).is_allowed:
            self.require(Action.JOIN)
        return self.answer({"questions": api.list_questions(self.chapter.id)})

    def put(self, request: Request, slug: str) -> Response:
        """Replace the questions. An empty list lets people in without a request."""
        self.require(Action.EDIT_QUESTIONS)
        sent = self.read()["questions"]
        self.keep_pace("organize")
        questions = [
            JoinQuestionData(**{**each, "kind": QuestionKind(each["kind"]), "choices": tuple(each["choices"])})
            for each in sent
        ]
        kept = api.set_questions(chapter_id=self.chapter.id, actor_id=self.reader_id, questions=questions)
        return self.answer({"questions": kept})


class BansView(ChapterView):
    """Who may not be in a chapter."""

    takes = {"POST": BanActSerializer}
    gives = {"GET": BansSerializer, "POST": BanSerializer}
    query_parameters = {"cursor": "Where the page before ended."}

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of bans, newest first, those that are over included."""
        self.require(Action.BAN)
        page = api.list_bans(chapter_id=self.chapter.id, cursor=self.asked("cursor"))
        return self.answer_page([draw_ban(ban) for ban in page.bans], page.cursor)

    def post(self, request: Request, slug: str) -> Response:
        """Keep somebody out, and remove them if they are in."""
        self.require(Action.BAN)
        sent = self.read()
        self.require(Action.BAN, target_id=sent["user_id"])
        if api.find_membership(chapter_id=self.chapter.id, user_id=sent["user_id"]) is None:
            raise NotFoundError(_("This person is not a member."), field="user_id")
        self.keep_pace("organize")
        banned = api.ban(
            chapter_id=self.chapter.id,
            user_id=sent["user_id"],
            actor_id=self.reader_id,
            reason=sent["reason"],
            expires_at=timezone.now() + timedelta(days=sent["days"]) if sent["days"] else None,
        )
        return self.answer(draw_ban(banned))


class BanView(ChapterView):
    """Lifting a ban."""

    takes = {"POST": OptionalReasonSerializer}
    gives = {"POST": BanSerializer}

    def post(self, request: Request, slug: str, ban_id: str) -> Response:
        """Let somebody come in again."""
        self.require(Action.BAN)
        sent = self.read()
        found = find_ban_of(self)
        self.keep_pace("organize")
        return self.answer(draw_ban(api.lift_ban(ban_id=found.id, actor_id=self.reader_id, **sent)))


class AnswerAppealView(ChapterView):
    """Answering what a banned person says."""

    takes = {"POST": AnswerAppealSerializer}
    gives = {"POST": BanSerializer}

    def post(self, request: Request, slug: str, ban_id: str) -> Response:
        """Answer an appeal once, and perhaps lift the ban."""
        self.require(Action.ANSWER_APPEAL)
        sent = self.read()
        found = find_ban_of(self)
        self.require(Action.ANSWER_APPEAL, target_id=found.banned_by)
        self.keep_pace("organize")
        return self.answer(draw_ban(api.answer_appeal(ban_id=found.id, actor_id=self.reader_id, **sent)))


def find_ban_of(view: ChapterView) -> BanData:
    """Return the ban of the address. Raises NotFoundError for one of another chapter."""
    found = api.get_ban(view.number("ban_id"))
    if found.chapter_id != view.chapter.id:
        raise NotFoundError(_("There is no such ban."))
    return found
