"""Version 1 of the REST API: thin views that parse, ask for permission, call the api and serialize."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, cast

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from opaque_keys.edx.keys import CourseKey
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from gamification import api
from gamification.data import BoardPage, RowData
from gamification.pages import find_course_key
from gamification.screens import BOARD_SURFACE, Shown
from people import api as people
from people.data import PRIVATE_HEADERS

from .paging import EnginePages, PageReader, ShowFilter
from .parsers import ShortJSONParser
from .permissions import MayChooseName, MaySeePoints
from .serializers import (
    AroundSerializer,
    EntrySerializer,
    PrivacySerializer,
    RowSerializer,
    SchemeSerializer,
    StandingSerializer,
)
from .throttles import ChoicePace

log = logging.getLogger(__name__)


class PointsUnavailable(APIException):
    """The database refuses; what people do is kept and counted all the same."""

    status_code = 503
    default_code = "unavailable"


class PointsView(GenericAPIView):
    """What the views share: who may ask, the course they ask about, and an answer when the database refuses."""

    authentication_classes = (JwtAuthentication, SessionAuthenticationAllowInactiveUser)
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated, MaySeePoints)
    parser_classes = (ShortJSONParser,)
    metadata_class = None  # what there is to know stands in docs/openapi.yaml
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class: type[EnginePages] | None = None

    @functools.cached_property
    def course_key(self) -> CourseKey:
        """Return the course of the address. Raise 404 for text that is no key."""
        course_key = find_course_key(self.kwargs["course_id"])
        if course_key is None:
            raise NotFound({"course_id": [_("No course has this key.")]})
        return course_key

    @property
    def reader_id(self) -> int:
        """Return who asks; the permission classes have made sure that it is somebody."""
        return cast("int", self.request.user.pk)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let nobody on the way keep an answer about a person."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in PRIVATE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Turn a refusing database into 503 with what people need to know, and bottomless JSON into 400."""
        if isinstance(exc, RecursionError):
            exc = ParseError(_("This is nested too deeply."))
        if isinstance(exc, DatabaseError):
            log.error("gamification.rest_unavailable view=%s error=%s", type(self).__name__, people.name_error(exc))
            exc = PointsUnavailable(_("Points cannot be shown right now. Nothing is lost. Try again in a few minutes."))
        return super().handle_exception(exc)

    def rows(self, rows: Sequence[RowData]) -> list[dict[str, Any]]:
        """Return board lines under the names that people chose."""
        ids = [row.user_id for row in rows]
        names = people.display_names(ids, surface=BOARD_SURFACE, context_key=str(self.course_key)) if ids else {}
        return [
            {
                "rank": row.rank,
                "name": names[row.user_id].text,
                "name_kind": names[row.user_id].kind,
                "points": row.points,
                "level_number": row.level_number,
                "level_title": row.level_title,
                "is_me": row.user_id == self.reader_id,
            }
            for row in rows
        ]


class MeView(PointsView):
    """My points, level and place in a course."""

    serializer_class = StandingSerializer

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return the reader's standing."""
        return Response(self.get_serializer(api.get_standing(self.reader_id, self.course_key)).data)


class PagedView(PointsView, ListAPIView):
    """A paged list; subclasses say where its pages come from."""

    pagination_class = EnginePages

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return one page."""
        return self.list(request, course_id)


class EntriesView(PagedView):
    """My entries with their reasons, newest first."""

    serializer_class = EntrySerializer
    filter_backends = (ShowFilter,)

    def get_queryset(self) -> Callable[[Shown], PageReader]:  # type: ignore[override]
        """Return what reads a page of the entries to be shown."""

        def reader(show: Shown) -> PageReader:
            def read(page: int, page_size: int) -> tuple[Sequence[Any], int, int, int]:
                found = api.list_entries(self.reader_id, self.course_key, show=show, page=page, page_size=page_size)
                return found.entries, found.page, found.pages, found.total

            return read

        return reader


class BoardView(PagedView):
    """The board of a course, highest first. Hidden learners are not on it."""

    serializer_class = RowSerializer

    def get_queryset(self) -> PageReader:  # type: ignore[override]
        """Return what reads a page of the board."""

        def read(page: int, page_size: int) -> tuple[Sequence[Any], int, int, int]:
            found: BoardPage = api.list_board(self.course_key, page=page, page_size=page_size)
            return self.rows(found.rows), found.page, found.pages, found.total

        return read


class AroundView(PointsView):
    """The places around the reader."""

    serializer_class = AroundSerializer

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return two places above and below, or nothing for those who are not on the board."""
        standing = api.get_standing(self.reader_id, self.course_key)
        if not standing.is_listed:
            return Response(self.get_serializer({"before": 0, "after": 0, "results": []}).data)
        found = api.list_around(self.course_key, self.reader_id)
        shown = {"before": found.before, "after": found.after, "results": self.rows(found.rows)}
        return Response(self.get_serializer(shown).data)


class PrivacyView(PointsView):
    """How the board names the reader: by name, by pseudonym or not at all."""

    serializer_class = PrivacySerializer
    permission_classes = (IsAuthenticated, MayChooseName)

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the site's own limits and ours."""
        return [*super().get_throttles(), ChoicePace()]

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return the choice and what each way looks like."""
        return Response(self.get_serializer(api.get_privacy(self.reader_id, self.course_key)).data)

    @transaction.atomic
    def put(self, request: Request, course_id: str) -> Response:
        """Store the choice and return it."""
        # A body that is no object lacks the field, which is what its sender needs to hear.
        wanted = self.get_serializer(data=request.data if isinstance(request.data, dict) else {})
        wanted.is_valid(raise_exception=True)
        try:
            api.choose_board_name(
                user_id=self.reader_id, course_key=self.course_key, choice=wanted.validated_data["choice"]
            )
        except people.UnknownChoiceError as error:
            _refuse("choice", error)
        return self.get(request, course_id)


class SchemeView(PointsView):
    """What earns points in a course, and the levels."""

    serializer_class = SchemeSerializer

    @transaction.atomic
    def get(self, request: Request, course_id: str) -> Response:
        """Return rules and levels."""
        shown = {"rules": api.describe_scheme(self.course_key), "levels": api.list_levels(self.course_key)}
        return Response(self.get_serializer(shown).data)


def _refuse(field: str, error: Exception) -> NoReturn:
    raise ValidationError({field: [str(error)]}) from error
