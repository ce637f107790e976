"""What the views of version 1 share: who asks, the chapter they ask about, and refusals in one shape."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from django.db import DatabaseError
from django.utils.translation import gettext as _
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, NotFound, ParseError, Throttled, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api, paces
from chapters.data import Action, Audience, ChapterData
from chapters.exceptions import ChapterError, NotAllowedError
from discussion_ext import api as discussion
from people import api as people
from people.data import PRIVATE_HEADERS

from .parsers import ShortJSONParser
from .refusals import Refused, Unavailable, describe_validation

log = logging.getLogger(__name__)

Word = TypeVar("Word", bound=StrEnum)


class AnybodyReads(BasePermission):
    """Public parts are read without a login; whoever writes is somebody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer."""
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_authenticated)


class ApiView(GenericAPIView):
    """A door for people who are signed in. ``takes`` and ``gives`` name the shapes of bodies and answers by method.

    ``statuses`` names the status of an answer that is not 200.
    """

    authentication_classes = (JwtAuthentication, SessionAuthenticationAllowInactiveUser)
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)
    parser_classes: tuple[type[Any], ...] = (ShortJSONParser,)
    metadata_class = None  # what there is to know stands in docs/openapi.yaml
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    pagination_class = None
    takes: ClassVar[Mapping[str, type[serializers.Serializer]]] = {}
    gives: ClassVar[Mapping[str, type[serializers.Serializer]]] = {}
    statuses: ClassVar[Mapping[str, int]] = {}
    query_parameters: ClassVar[Mapping[str, str]] = {}

    @property
    def reader_id(self) -> int:
        """Return who asks; the permission classes have made sure that it is somebody."""
        return cast("int", self.request.user.pk)

    @property
    def reader_or_none(self) -> int | None:
        """Return who asks, None where nobody is signed in."""
        return self.request.user.pk

    @classmethod
    def describe_answer(cls, method: str) -> dict[Any, Any]:
        """Return what docs/openapi.yaml says of a method's answer: its shape by status."""
        return {cls.statuses.get(method, 200): cls.gives[method]}

    def read(self) -> dict[str, Any]:
        """Return the body, checked. Raises ValidationError that names what is wrong."""
        if not isinstance(self.request.data, Mapping):
            raise ParseError(_("Send an object."))
        shape = self.takes[cast("str", self.request.method)]
        sent = shape(data=self.request.data, partial=self.request.method == "PATCH")
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def answer(self, shown: Any) -> Response:
        """Return something in the shape that this method gives."""
        method = cast("str", self.request.method)
        method = "GET" if method == "HEAD" else method
        shape = self.gives[method](shown, context=self.get_serializer_context())
        return Response(shape.data, status=self.statuses.get(method, 200))

    def answer_page(self, rows: Any, cursor: str) -> Response:
        """Return a page of a list."""
        return self.answer({"results": rows, "next_cursor": cursor})

    def asked(self, name: str, most: int = 200) -> str:
        """Return a parameter of the address. Raises ValidationError for one that is longer than ``most`` characters."""
        text = self.request.query_params.get(name, "").replace("\x00", "").strip()
        if len(text) > most:
            raise ValidationError({name: [_("This is longer than %(most)d characters.") % {"most": most}]})
        return text

    def asked_word(self, name: str, words: type[Word]) -> Word | None:
        """Return one of several words of a parameter, None where it is not there. Raises ValidationError."""
        text: Any = self.asked(name)
        if not text:
            return None
        try:
            return words(text)
        except ValueError as error:
            said = _("Choose one of: %(words)s.") % {"words": ", ".join(words)}
            raise ValidationError({name: [said]}) from error

    def keep_pace(self, act: str) -> None:
        """Count that the reader does something once more. Raises ``people.TooFastError``."""
        paces.keep_pace(act, self.reader_id)

    def number(self, name: str) -> int:
        """Return the number of a row that stands in the address; 0, which no row has, for what is none."""
        text = self.kwargs[name]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let nobody on the way keep an answer about a person."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in PRIVATE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Turn refusals into answers with a code, a refusing database into 503, and bottomless JSON into 400."""
        response = super().handle_exception(self._translate(exc))
        if isinstance(response.data, dict) and "code" not in response.data:
            code = exc.get_codes() if hasattr(exc, "get_codes") else ""
            response.data["code"] = code if isinstance(code, str) and code else "refused"
        return response

    def _translate(self, exc: Exception) -> Exception:
        answer = exc
        if isinstance(exc, NotAllowedError) and self.reader_or_none is None:
            answer = NotAuthenticated(exc.message)
        elif isinstance(exc, (ChapterError, discussion.CaseError)):
            answer = Refused(exc)
        elif isinstance(exc, people.TooFastError):
            answer = Throttled(wait=exc.wait_seconds)
        elif isinstance(exc, ValidationError):
            answer = describe_validation(exc)
        elif isinstance(exc, RecursionError):
            answer = ParseError(_("This is nested too deeply."))
        elif isinstance(exc, DatabaseError):
            log.error("chapters.rest_unavailable view=%s error=%s", type(self).__name__, people.name_error(exc))
            answer = Unavailable()
        return answer


class ChapterView(ApiView):
    """A door to one chapter, named in the address. One that the reader may not see does not exist for them."""

    @functools.cached_property
    def chapter(self) -> ChapterData:
        """Return the chapter of the address. Raises NotFound where there is none that this person may see."""
        found = api.find_chapter(self.kwargs["slug"])
        if found is None or not api.find_access(found, self.reader_or_none).decide(Action.SEE).is_allowed:
            raise NotFound(_("There is no such chapter."))
        return found

    @functools.cached_property
    def access(self) -> api.Access:
        """Return what the reader is and may do in the chapter."""
        return api.find_access(self.chapter, self.reader_or_none)

    def require(self, action: Action, *, audience: Audience | None = None, target_id: int | None = None) -> None:
        """Make sure that the reader may do this. Raises NotAllowedError with reason and next step."""
        decision = self.access.decide(action, audience=audience, target_id=target_id)
        if not decision.is_allowed:
            raise NotAllowedError(decision)
