"""The reader's own membership: come in, introduce oneself, choose how to hear of news, appeal a ban, and go."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.api import membership as members
from chapters.data import Action, Digest, IntroductionData, MembershipData, MembershipState

from .base import ApiView, ChapterView
from .chapter_shapes import MineSerializer
from .drawing import draw_ban, draw_chapter, draw_membership
from .member_shapes import (
    AppealSerializer,
    BanSerializer,
    ChangeMembershipSerializer,
    InvitationSerializer,
    InvitationsSerializer,
    JoinSerializer,
    LeaveSerializer,
    MembershipSerializer,
    OwnIntroductionSerializer,
)


class MineView(ApiView):
    """Chapters of which I am a member."""

    gives = {"GET": MineSerializer}

    def get(self, request: Request) -> Response:
        """Return the reader's chapters."""
        return self.answer({"results": [draw_chapter(chapter) for chapter in api.list_mine(self.reader_id)]})


class InvitationsView(ApiView):
    """Chapters that I am invited to because of a course."""

    gives = {"GET": InvitationsSerializer}

    def get(self, request: Request) -> Response:
        """Return the reader's open invitations, newest first."""
        found = members.list_invitations(self.reader_id)
        return self.answer({"results": [draw_invitation(invitation) for invitation in found]})


class DismissView(ApiView):
    """An invitation that I do not want."""

    gives = {"POST": InvitationSerializer}

    def post(self, request: Request, invitation_id: str) -> Response:
        """Put an invitation away. The chapter stays open to the reader."""
        self.keep_pace("invitation")
        found = members.dismiss_invitation(invitation_id=self.number("invitation_id"), user_id=self.reader_id)
        return self.answer(draw_invitation(found))


class MembershipView(ChapterView):
    """My membership in a chapter."""

    takes = {"POST": JoinSerializer, "PATCH": ChangeMembershipSerializer}
    gives = {"GET": MembershipSerializer, "POST": MembershipSerializer, "PATCH": MembershipSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the reader's membership, also one that is over."""
        found = members.find_membership(chapter_id=self.chapter.id, user_id=self.reader_id)
        if found is None:
            raise NotFound(_("You are no member of this chapter, and never were."))
        return self.answer(draw_membership(found))

    def post(self, request: Request, slug: str) -> Response:
        """Join the chapter; where it asks questions, an organizer answers. Twice comes to the same."""
        self.require(Action.JOIN)
        sent = self.read()
        self.keep_pace("join")
        joined = members.join(
            chapter_id=self.chapter.id,
            user_id=self.reader_id,
            introduction=OwnIntroductionSerializer.merge(self._introduction(), sent.get("introduction", {})),
            answers={each["question"]: each["answer"] for each in sent.get("answers", [])},
        )
        return self.answer(draw_membership(joined))

    @transaction.atomic
    def patch(self, request: Request, slug: str) -> Response:
        """Change the reader's introduction, and how often they hear by mail."""
        self.require(Action.EDIT_INTRODUCTION)
        sent = self.read()
        self.keep_pace("introduce")
        changed: MembershipData | None = None
        who: dict[str, Any] = {"chapter_id": self.chapter.id, "user_id": self.reader_id}
        if "introduction" in sent:
            introduction = OwnIntroductionSerializer.merge(self._introduction(), sent["introduction"])
            changed = members.introduce(**who, introduction=introduction)
        if "digest" in sent or "paused_until" in sent:
            digest = Digest(sent["digest"]) if "digest" in sent else None
            current = self.access.membership.paused_until if self.access.membership else None
            changed = members.set_mail(**who, digest=digest, paused_until=sent.get("paused_until", current))
        return self.answer(draw_membership(changed)) if changed else self.get(request, slug)

    def _introduction(self) -> IntroductionData:
        return self.access.membership.introduction if self.access.membership else IntroductionData()


class LeaveView(ChapterView):
    """Leaving a chapter."""

    takes = {"POST": LeaveSerializer}
    gives = {"POST": MembershipSerializer}

    def post(self, request: Request, slug: str) -> Response:
        """Leave the chapter, or take a request to join back; why is said by who wants to."""
        self.require(Action.LEAVE)
        sent = self.read()
        self.keep_pace("leave")
        who: dict[str, Any] = {"chapter_id": self.chapter.id, "user_id": self.reader_id}
        waits = self.access.membership is not None and self.access.membership.state is MembershipState.REQUESTED
        left = members.withdraw_request(**who) if waits else members.leave(**who, **sent)
        return self.answer(draw_membership(left))


class AppealView(ChapterView):
    """My ban from a chapter, and what I say to it."""

    takes = {"POST": AppealSerializer}
    gives = {"GET": BanSerializer, "POST": BanSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the ban that is in force against the reader."""
        return self.answer(draw_ban(self._find_ban()))

    def post(self, request: Request, slug: str) -> Response:
        """Say once why the ban is wrong."""
        self.require(Action.APPEAL)
        sent = self.read()
        self.keep_pace("appeal")
        told = members.appeal(ban_id=self._find_ban().id, user_id=self.reader_id, text=sent["text"])
        return self.answer(draw_ban(told))

    def _find_ban(self) -> Any:
        found = members.find_ban(chapter_id=self.chapter.id, user_id=self.reader_id)
        if found is None:
            raise NotFound(_("You are not banned from this chapter."))
        return found


def draw_invitation(invitation: Any) -> dict[str, Any]:
    """Return an invitation in the shape of its serializer."""
    return {
        "id": invitation.id,
        "chapter": draw_chapter(invitation.chapter),
        "audience": invitation.audience.value,
        "course_id": invitation.course_id,
        "course_name": invitation.course_name,
        "created_at": invitation.created_at,
    }
