"""Check-in codes and the roll of a meeting, for the host's page and other programs of hosts."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, PermissionDenied, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from discussion_ext.api import attendance as api
from discussion_ext.attendance.lists import find_walk_ins, list_roll
from discussion_ext.attendance.owners import owner_of
from discussion_ext.attendance.permissions import keep_roll_pace, may_call_roll
from discussion_ext.attendance.wording import say_attendance, say_recorded
from discussion_ext.data import AttendanceData, AttendanceState, MeetingData, TickData, TickResultData
from discussion_ext.exceptions import CaseError
from people import api as people
from people.data import PRIVATE_HEADERS

from .parsers import ShortJSONParser

log = logging.getLogger(__name__)

PAGE_SIZE: Final = 500


class Refused(APIException):
    """A refusal of the api, with its own status and code."""

    def __init__(self, error: CaseError) -> None:
        self.status_code = error.status
        self.wait = error.wait_seconds or None
        super().__init__({error.field or "detail": [error.message] if error.field else error.message}, error.code)


class Unavailable(APIException):
    """The database refuses."""

    status_code = 503
    default_code = "unavailable"
    default_detail = gettext_lazy("This cannot be done right now. Try again in a few minutes.")


class MayCallRoll(BasePermission):
    """Hosts and the team of the meeting."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer and keep a refusal's words for the response."""
        decision = may_call_roll(request.user.pk, view.find_meeting())
        self.message, self.code = decision.sentence, decision.code
        return decision.is_allowed


class RollPace(BaseThrottle):
    """Counts what hosts send; reading the code and the roll is not limited."""

    wait_seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a request and say whether it may go on."""
        if (request.method in SAFE_METHODS and not view.is_search) or request.user.pk is None:
            return True
        try:
            keep_roll_pace(request.user.pk)
        except people.TooFastError as refused:
            self.wait_seconds = refused.wait_seconds
            return False
        return True

    def wait(self) -> int | None:
        """Return for how many seconds to wait; REST framework says it in ``Retry-After``."""
        return self.wait_seconds


class CodeSerializer(serializers.Serializer):
    """The code that lets people in now."""

    code = serializers.CharField(help_text="Six digits.")
    seconds_left = serializers.IntegerField(help_text="For how long it is shown, 1 to every_seconds.")
    every_seconds = serializers.IntegerField()
    qr_svg = serializers.CharField(help_text="A picture for phones: the address of the check-in page with its mark.")


class AttendanceSerializer(serializers.Serializer):
    """What is known of one person."""

    user_id = serializers.IntegerField()
    state = serializers.CharField(help_text="present, absent or excused.")
    source = serializers.CharField(help_text="code, scan, ticket, roll, import, replay or correction.")  # type: ignore[assignment]
    arrived_at = serializers.DateTimeField(allow_null=True)
    said = serializers.SerializerMethodField(help_text='In words: "18:57, by code".')

    def get_said(self, attendance: AttendanceData) -> str:
        """Return when and how, in the language of the request; to who scans tickets, who let them in."""
        names = self.context.get("names")
        if names is not None:
            return say_recorded(attendance, self.context["meeting"], by=names.get(attendance.recorded_by, ""))
        return say_attendance(attendance, self.context["meeting"])


class RollRowSerializer(serializers.Serializer):
    """One person who has a seat, or came without one."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    note = serializers.CharField(help_text='What the host should know at the door, in few words: "and 1 guest".')
    attendance = AttendanceSerializer(allow_null=True)


class RollSerializer(serializers.Serializer):
    """A page of the roll in the order of the people's ids."""

    present = serializers.IntegerField(help_text="How many are there, of the whole meeting.")
    seats = serializers.IntegerField(help_text="How many have a seat, of the whole meeting.")
    next_after = serializers.IntegerField(allow_null=True, help_text="Give it as `after` for the next page.")
    results = RollRowSerializer(many=True)


class TickSerializer(serializers.Serializer):
    """One tick, of a person or of a ticket that was scanned. The same request_key again is harmless."""

    request_key = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$")
    user_id = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    ticket = serializers.CharField(
        required=False, max_length=500, help_text="Instead of user_id: what the picture of a ticket says."
    )
    state = serializers.ChoiceField(choices=["present", "absent", "excused"])
    made_at = serializers.DateTimeField(help_text="By the device's clock; only orders the ticks of one person.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let pass who is named once; a ticket says that its owner came, and nothing else."""
        if ("user_id" in attrs) is ("ticket" in attrs):
            raise serializers.ValidationError({"user_id": _("Give a user_id or a ticket.")})
        if "ticket" in attrs and attrs["state"] != AttendanceState.PRESENT:
            raise serializers.ValidationError({"state": _("A ticket says that somebody is here.")})
        return attrs


class TicksSerializer(serializers.Serializer):
    """Ticks, perhaps made without network; at most 500."""

    ticks = serializers.ListField(child=TickSerializer(), min_length=1, max_length=500)
    made_by = serializers.IntegerField(
        required=False, help_text="Who made them. Refused (403) where somebody else is signed in by now."
    )


def _flatten(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with each field as a list; with one in a list, by its place, the first being 0."""
    flat: dict[str, list[str]] = {}
    for name, found in errors.items():
        if isinstance(found, Mapping):
            flat[name] = [
                f"{place}: {field}: {text}"
                for place, fields in found.items()
                for field, texts in (fields.items() if isinstance(fields, Mapping) else [("", fields)])
                for text in texts
            ]
        else:
            flat[name] = [str(text) for text in found]
    return flat


class TickResultSerializer(serializers.Serializer):
    """What became of a tick."""

    request_key = serializers.CharField()
    outcome = serializers.CharField(
        help_text="saved, known (sent before), already (a ticket of somebody who is in), older (a later one holds) or "
        "refused."
    )
    user_id = serializers.IntegerField(allow_null=True, help_text="Who it is about; null for a ticket that is none.")
    name = serializers.SerializerMethodField(help_text="What they are called, where a ticket says who it is.")
    message = serializers.CharField(help_text="Why it was refused, in words.")
    attendance = AttendanceSerializer(allow_null=True)

    def get_name(self, result: TickResultData) -> str:
        """Return the name for a ticket, an empty text for everything else."""
        return (self.context.get("names") or {}).get(result.user_id, "")


class TickResultsSerializer(serializers.Serializer):
    """What became of the ticks, in their order."""

    results = TickResultSerializer(many=True)


class PersonSerializer(serializers.Serializer):
    """Somebody whom the host may add."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()


class PeopleSerializer(serializers.Serializer):
    """Ten people at most."""

    results = PersonSerializer(many=True)


class MeetingView(GenericAPIView):
    """What the views share: who may ask, the meeting they ask about, and errors in our shape."""

    authentication_classes = (JwtAuthentication, SessionAuthenticationAllowInactiveUser)
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated, MayCallRoll)
    parser_classes = (ShortJSONParser,)
    metadata_class = None  # what there is to know stands in docs/openapi.yaml
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = None
    is_search = False

    @functools.cached_property
    def meeting(self) -> MeetingData:
        """Return the meeting of the address; the permission has made sure that there is one."""
        return cast("MeetingData", self.find_meeting())

    def find_meeting(self) -> MeetingData | None:
        """Return the meeting of the address, or None."""
        return api.find_meeting_by_uid(self.kwargs["uid"])

    @property
    def reader_id(self) -> int:
        """Return who asks."""
        return cast("int", self.request.user.pk)

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the site's own limits and ours."""
        return [*super().get_throttles(), RollPace()]

    def get_serializer_context(self) -> dict[str, Any]:
        """Return what serializers need to say moments on the clock of the place."""
        return {**super().get_serializer_context(), "meeting": self.meeting if self.kwargs else None}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let nobody on the way keep an answer about a person."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in PRIVATE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Turn refusals of the api into answers, a refusing database into 503, and bottomless JSON into 400."""
        if isinstance(exc, CaseError):
            exc = Refused(exc)
        if isinstance(exc, RecursionError):
            exc = ParseError(_("This is nested too deeply."))
        if isinstance(exc, DatabaseError):
            name = people.name_error(exc)
            log.error("discussion_ext.rest_unavailable view=%s error=%s", type(self).__name__, name)
            exc = Unavailable()
        return super().handle_exception(exc)


class CodeView(MeetingView):
    """The rotating code of a meeting."""

    serializer_class = CodeSerializer

    def get(self, request: Request, uid: str) -> Response:
        """Return the code that is shown now, with its picture."""
        now = timezone.now()
        code = api.current_code(self.meeting.id, at=now)
        shown = {
            "code": code.code,
            "seconds_left": code.seconds_left,
            "every_seconds": code.every_seconds,
            "qr_svg": api.draw_check_in_qr(self.meeting.id, at=now),
        }
        return Response(self.get_serializer(shown).data)


class RollView(MeetingView):
    """Who is there."""

    serializer_class = RollSerializer
    request_serializer_class = TicksSerializer
    response_serializer_class = TickResultsSerializer
    query_parameters = {"after": "The last user id of the page before."}

    @transaction.atomic
    def get(self, request: Request, uid: str) -> Response:
        """Return a page of people; ``after`` is the last user id of the page before."""
        text = request.query_params.get("after", "0")
        after = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        return Response(self.get_serializer(list_roll(self.meeting, after=after, limit=PAGE_SIZE)).data)

    def post(self, request: Request, uid: str) -> Response:
        """Take over ticks and return what became of each."""
        sent = TicksSerializer(data=request.data if isinstance(request.data, dict) else {})
        if not sent.is_valid():
            raise ValidationError(_flatten(sent.errors))
        ticks = [
            TickData(
                request_key=tick["request_key"],
                user_id=tick.get("user_id", 0),
                ticket=tick.get("ticket", ""),
                state=AttendanceState(tick["state"]),
                made_at=tick["made_at"],
            )
            for tick in sent.validated_data["ticks"]
        ]
        if sent.validated_data.get("made_by", self.reader_id) != self.reader_id:
            raise PermissionDenied(_("Somebody else is signed in by now. Your ticks are sent when you sign in again."))
        results = api.record_roll(meeting_id=self.meeting.id, actor_id=self.reader_id, ticks=ticks)
        context = self.get_serializer_context()
        if any(tick.ticket for tick in ticks):
            context["names"] = self._name(results)
        return Response(TickResultsSerializer({"results": results}, context=context).data)

    def _name(self, results: Iterable[TickResultData]) -> Mapping[int, str]:
        """Return the names of whom results are about, and of who recorded them."""
        ids = {result.user_id for result in results}
        ids |= {result.attendance.recorded_by for result in results if result.attendance}
        return owner_of(self.meeting).name_people(self.meeting, sorted(each for each in ids if each is not None))


class WalkInsView(MeetingView):
    """People whom the host may add to the roll."""

    serializer_class = PeopleSerializer
    query_parameters = {"q": "What a person is called, at least two characters."}
    is_search = True

    @transaction.atomic
    def get(self, request: Request, uid: str) -> Response:
        """Return up to ten people who could have a seat, by what is typed (``q``, at least two characters)."""
        found = find_walk_ins(self.meeting, request.query_params.get("q", ""))
        shown = [{"user_id": user_id, "name": name} for user_id, name in found.items()]
        return Response(self.get_serializer({"results": shown}).data)
