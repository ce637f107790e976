"""The OpenAPI schema of the suite's REST API, made by drf-spectacular, which the platform ships too.

It lives with the host because only those who develop the suite make it; what is made is ``docs/openapi.yaml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml
from django.urls import include, path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.validation import validate_schema

from chapters.data import Audience, ChapterScope, QuestionKind, SeriesScope
from chapters.rest_api.v1.base import ApiView
from discussion_ext.data import MeetingMode, TopicKind
from discussion_ext.rest_api.v1.attendance import MeetingView
from gamification.rest_api.v1.views import PointsView

PAGE: Final = Path(__file__).parents[3] / "docs/openapi.yaml"
TITLE: Final = "Community suite"
DESCRIPTION: Final = (
    "What programs may ask of the points of a course, of check-in at its meetings, and of chapters. Who may do what "
    "stands in docs/doors.md."
)

#: Names of sets of words that stand under one name in several shapes.
_WORDS: Final[dict[str, Sequence[StrEnum]]] = {
    "AudienceEnum": [Audience.LEARNERS, Audience.ALUMNI],
    "ScopeEnum": list(ChapterScope),
    "SeriesScopeEnum": list(SeriesScope),
    "QuestionKindEnum": list(QuestionKind),
    "TopicKindEnum": list(TopicKind),
    "MeetingModeEnum": list(MeetingMode),
    "WayEnum": [MeetingMode.OFFLINE, MeetingMode.ONLINE],
}
_REFUSAL: Final = {
    "type": "object",
    "description": "What was refused and why: under detail, or under the name of the field that was wrong.",
    "minProperties": 1,
    "additionalProperties": {
        "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]
    },
}
_REFUSALS: Final = {
    "400": "A parameter or the body is wrong; the field is named.",
    "401": "Nobody is signed in.",
    "403": "The person may not do this; the sentence says why and what to do next.",
    "404": "There is no such course, meeting or chapter.",
    "406": "No such representation is made.",
    "413": "The body is longer than any of our forms.",
    "415": "The body is not JSON.",
    "429": "Too often in a short time; Retry-After says how many seconds to wait.",
    "503": "The database refuses; nothing is lost.",
}
_OF_WRITES_ONLY: Final = frozenset({"413", "415", "429"})


class _Jwt(OpenApiAuthenticationExtension):
    target_class = "edx_rest_framework_extensions.auth.jwt.authentication.JwtAuthentication"
    name = "jwt"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "JWT <token>"}


class _Session(OpenApiAuthenticationExtension):
    target_class = "edx_rest_framework_extensions.auth.session.authentication.SessionAuthenticationAllowInactiveUser"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class RefusingSchema(AutoSchema):
    """Describes an operation together with the ways in which every one of ours refuses."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation with its refusals."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for name, said in getattr(self.view, "query_parameters", {}).items() if self.method == "GET" else ():
            parameter = {"in": "query", "name": name, "schema": {"type": "string"}, "description": said}
            operation.setdefault("parameters", []).append(parameter)
        for status, description in {**_REFUSALS, **_refusals_of(self.view)}.items():
            if status in _OF_WRITES_ONLY and self.method == "GET" and not _is_ours(self.view):
                continue
            content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
            operation["responses"][status] = {"description": description, "content": content}
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def get_operation_id(self) -> str:
        """Return the name of an operation; in chapters with the variables of its address, so that each has its own."""
        if not _is_ours(self.view):
            return str(super().get_operation_id())
        words = [word.strip("{}") for word in self.path.strip("/").split("/")]
        return "_".join([*words, str(self.method).lower()])

    def get_request_serializer(self) -> Any:
        """Return what a POST takes, where the view names it apart from what a GET gives."""
        if isinstance(self.view, ApiView):
            return self.view.takes.get(self.method)
        return self._named("request_serializer_class") or super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        """Return what a POST gives, where the view names it apart from what a GET gives."""
        if isinstance(self.view, ApiView):
            return self.view.describe_answer(self.method)
        return self._named("response_serializer_class") or super().get_response_serializers()

    def _named(self, attribute: str) -> Any:
        named = getattr(self.view, attribute, None) if self.method == "POST" else None
        return named and (named if attribute.startswith("request") else {"200": named})


def _is_ours(view: Any) -> bool:
    """Say whether a view names what it takes and gives by method, as those of chapters do."""
    return isinstance(view, ApiView)


def _refusals_of(view: Any) -> dict[str, str]:
    """Return the ways of refusing that only chapters have."""
    if not _is_ours(view):
        return {}
    return {"409": "Not in the state in which the thing is now.", "422": "The text is too short, too long or no text."}


def build_schema() -> dict[str, Any]:
    """Return the schema. Raise ValueError for whatever drf-spectacular had to guess."""
    for view in (*_views(PointsView), *_views(MeetingView), *_views(ApiView)):
        view.schema = RefusingSchema()
    GENERATOR_STATS.reset()
    patterns = [path(f"{name}/", include(f"{name}.urls")) for name in ("chapters", "discussion_ext", "gamification")]
    with patched_settings(
        {"ENUM_NAME_OVERRIDES": {name: [str(word) for word in words] for name, words in _WORDS.items()}}
    ):
        schema: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    guesses = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]  # noqa: SLF001 - there is no other way to ask
    if guesses:
        raise ValueError("\n".join(map(str, guesses)))
    schema["info"] = {"title": TITLE, "description": DESCRIPTION, "version": "1"}
    schema["components"]["schemas"]["Refusal"] = _REFUSAL
    validate_schema(schema)
    return schema


def write_text() -> str:
    """Return the schema as it is kept in the repository."""
    return yaml.safe_dump(build_schema(), sort_keys=False, allow_unicode=True, width=120)


def _views(view: Any) -> list[Any]:
    return [view, *(below for child in view.__subclasses__() for below in _views(child))]
