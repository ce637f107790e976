"""Class sessions of a course: one's own sitting and what may be chosen, and the team's view of sittings."""

from __future__ import annotations

import functools
from datetime import UTC
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from discussion_ext.api import attendance as meetings
from discussion_ext.api import sessions as api
from discussion_ext.attendance.permissions import Decision
from discussion_ext.data import AttendanceState, OwnSittingData, SessionData, SittingData
from discussion_ext.permissions import keep_pace
from discussion_ext.sessions.permissions import may_choose, may_run_sessions
from people import api as people

from .attendance import MeetingView


class MayChoose(BasePermission):
    """Who is enrolled, while the platform lets them into the course."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer and keep a refusal's words for the response."""
        return _answer(self, may_choose(request.user.pk, view.course_key))


class MayRunSessions(BasePermission):
    """The course team."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer and keep a refusal's words for the response."""
        return _answer(self, may_run_sessions(request.user.pk, view.course_key))


class SeatPace(BaseThrottle):
    """Counts what learners change; reading is not limited."""

    wait_seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a request and say whether it may go on."""
        if request.method in SAFE_METHODS or request.user.pk is None:
            return True
        try:
            keep_pace("seat", user_id=request.user.pk)
        except people.TooFastError as refused:
            self.wait_seconds = refused.wait_seconds
            return False
        return True

    def wait(self) -> int | None:
        """Return for how many seconds to wait; REST framework says it in ``Retry-After``."""
        return self.wait_seconds


class SittingSerializer(serializers.Serializer):
    """One sitting. Instants are in UTC; ``zone`` is where its wall clock hangs."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    mode = serializers.CharField(help_text="offline, online or hybrid.")
    place = serializers.CharField()
    starts_at = serializers.DateTimeField(default_timezone=UTC)
    ends_at = serializers.DateTimeField(default_timezone=UTC)
    zone = serializers.CharField(help_text="An IANA name.")
    capacity = serializers.IntegerField(help_text="0 for no limit.")
    seats_taken = serializers.IntegerField()
    is_cancelled = serializers.BooleanField()
    cancel_reason = serializers.CharField()


class ChoiceSerializer(serializers.Serializer):
    """A sitting as the learner sees it."""

    sitting = SittingSerializer()
    is_mine = serializers.BooleanField()
    host_name = serializers.CharField()
    refusal = serializers.CharField(help_text="Why they may not take it, in a sentence; empty when they may.")
    is_wished = serializers.BooleanField(help_text="Whether they asked to be told when a seat opens.")


class OwnSessionSerializer(serializers.Serializer):
    """A session, and where the learner sits in it."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    block_id = serializers.CharField()
    assigned_by = serializers.CharField(help_text="choice, cohort or team.")
    sitting = SittingSerializer(allow_null=True)
    attendance = serializers.CharField(help_text="present, absent, excused, or empty while nothing is known.")
    may_change_until = serializers.DateTimeField(allow_null=True, default_timezone=UTC)


class OwnSessionsSerializer(serializers.Serializer):
    """The class sessions of a course, as the learner has them."""

    results = OwnSessionSerializer(many=True)


class ChoicesSerializer(serializers.Serializer):
    """What may be chosen in a session, by time."""

    results = ChoiceSerializer(many=True)


class SeatActSerializer(serializers.Serializer):
    """What a learner does with a seat."""

    ACTS: ClassVar = ("choose", "leave", "wish", "unwish")

    act = serializers.ChoiceField(choices=ACTS)
    sitting_id = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="0 to leave.")


class TeamSittingSerializer(SittingSerializer):
    """A sitting as the course team sees it."""

    session_id = serializers.IntegerField()
    host_id = serializers.IntegerField(allow_null=True)
    cohort_ids = serializers.ListField(child=serializers.IntegerField())
    present = serializers.IntegerField()
    absent = serializers.IntegerField()
    excused = serializers.IntegerField()


class TeamSittingsSerializer(serializers.Serializer):
    """The sittings of a session by time, cancelled ones among them."""

    results = TeamSittingSerializer(many=True)


class CourseSessionsView(MeetingView):
    """What the views share: the course and, where the address names one, the session."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated, MayChoose)

    @functools.cached_property
    def course_key(self) -> CourseKey:
        """Return the course of the address. Raise 404 for text that is no key."""
        try:
            return CourseKey.from_string(self.kwargs["course_id"])
        except InvalidKeyError as error:
            raise NotFound({"course_id": [_("No course has this key.")]}) from error

    @functools.cached_property
    def session(self) -> SessionData:
        """Return the session of the address. Raise 404 for one of another course."""
        text = self.kwargs["session_id"]
        found = api.get_session(int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0)
        if found.course_key != self.course_key:
            raise api.SessionNotFoundError
        return found

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the site's own limits and ours."""
        return [*super(MeetingView, self).get_throttles(), SeatPace()]

    def get_serializer_context(self) -> dict[str, Any]:
        """Return the usual context: these serializers say no moments in words."""
        return dict(super(MeetingView, self).get_serializer_context())


class OwnSessionsView(CourseSessionsView):
    """My class sessions in a course."""

    serializer_class = OwnSessionsSerializer

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return every session of the course with the sitting that is the reader's."""
        shown = [self._draw(session) for session in api.list_sessions(self.course_key)]
        return Response(self.get_serializer({"results": shown}).data)

    def _draw(self, session: SessionData) -> dict[str, Any]:
        own: OwnSittingData = api.find_own_sitting(session_id=session.id, user_id=self.reader_id)
        return {
            "id": session.id,
            "title": session.title,
            "block_id": session.block_id,
            "assigned_by": session.assigned_by.value,
            "sitting": _draw_sitting(own.sitting) if own.sitting else None,
            "attendance": own.attendance.state.value if own.attendance else "",
            "may_change_until": own.may_change_until,
        }


class ChoicesView(CourseSessionsView):
    """What I may choose in a class session."""

    serializer_class = ChoicesSerializer
    request_serializer_class = SeatActSerializer

    @transaction.atomic
    def get(self, request: Request, course_id: str, session_id: str) -> Response:
        """Return the sittings that lie ahead for the reader, and their own."""
        found = api.list_choices(session_id=self.session.id, user_id=self.reader_id)
        shown = [
            {
                "sitting": _draw_sitting(each.sitting),
                "is_mine": each.is_mine,
                "host_name": each.host_name,
                "refusal": each.refusal,
                "is_wished": each.is_wished,
            }
            for each in found
        ]
        return Response(self.get_serializer({"results": shown}).data)

    @transaction.atomic
    def post(self, request: Request, course_id: str, session_id: str) -> Response:
        """Choose or leave a sitting, or ask to be told of a seat; return what may be chosen now."""
        sent = SeatActSerializer(data=request.data if isinstance(request.data, dict) else {})
        sent.is_valid(raise_exception=True)
        who = {"session_id": self.session.id, "user_id": self.reader_id}
        sitting_id = sent.validated_data["sitting_id"]
        match sent.validated_data["act"]:
            case "choose":
                api.choose_sitting(**who, sitting_id=sitting_id)
            case "leave":
                api.leave_sitting(**who)
            case "wish":
                api.wish_seat(**who, sitting_id=sitting_id)
            case _:
                api.unwish_seat(**who, sitting_id=sitting_id)
        return self.get(request, course_id, session_id)


class TeamSittingsView(CourseSessionsView):
    """The sittings of a class session, with who came."""

    serializer_class = TeamSittingsSerializer
    permission_classes = (IsAuthenticated, MayRunSessions)

    @transaction.atomic
    def get(self, request: Request, course_id: str, session_id: str) -> Response:
        """Return every sitting by time, with seats and attendance."""
        sittings = api.list_sittings(self.session.id)
        counts = meetings.count_attendance([each.meeting.id for each in sittings])
        shown = [
            {
                **_draw_sitting(each),
                "session_id": each.session_id,
                "host_id": each.meeting.host_id,
                "cohort_ids": list(each.cohort_ids),
                **{state.value: counts[each.meeting.id][state] for state in AttendanceState},
            }
            for each in sittings
        ]
        return Response(self.get_serializer({"results": shown}).data)


def _draw_sitting(sitting: SittingData) -> dict[str, Any]:
    meeting = sitting.meeting
    return {
        "id": sitting.id,
        "title": meeting.title,
        "mode": meeting.mode.value,
        "place": meeting.place,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "zone": meeting.zone.key,
        "capacity": meeting.capacity,
        "seats_taken": meeting.seats_taken,
        "is_cancelled": meeting.is_cancelled,
        "cancel_reason": meeting.cancel_reason,
    }


def _answer(permission: Any, decision: Decision) -> bool:
    permission.message, permission.code = decision.sentence, decision.code
    return decision.is_allowed
