"""How a refusal is told: a sentence under ``detail`` or the field, with a code and, where known, a next step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError

from chapters.exceptions import ChapterError, NotAllowedError
from discussion_ext import api as discussion


class Refused(APIException):
    """A refusal of chapters or of their boards, with its own status and code."""

    def __init__(self, error: ChapterError | discussion.CaseError) -> None:
        self.status_code = error.status
        self.wait = getattr(error, "wait_seconds", 0) or None
        super().__init__(error.message, error.code)
        self.detail = _describe(error)


class Unavailable(APIException):
    """The database or the forum refuses."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("This cannot be done right now. Try again in a few minutes.")


def _describe(error: ChapterError | discussion.CaseError) -> Any:
    if isinstance(error, NotAllowedError):
        decision = error.decision
        said = {"detail": decision.reason or error.message, "code": error.code}
        more = {"next_step": decision.next_step, "next_url": decision.next_url}
        return said | {name: str(value) for name, value in more.items() if value}
    words = {error.field: [error.message]} if error.field else {"detail": error.message}
    return words | {"code": error.code}


def describe_validation(error: ValidationError) -> ValidationError:
    """Return the same refusal in one shape: each wrong field by its path ("introduction.why") with its sentences."""
    if not isinstance(error.detail, Mapping):
        return ValidationError({"detail": [str(each) for each in error.detail], "code": "invalid"})
    found: dict[str, Any] = {}
    for path, sentence in _walk(error.detail):
        found.setdefault(path or "detail", []).append(sentence)
    return ValidationError({**found, "code": "invalid"})


def _walk(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every sentence with the path to what it is about; places in lists are counted from 0."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from _walk(below, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, (str, Promise)):
        yield path, str(detail)
    else:
        for place, below in enumerate(detail):
            yield from _walk(below, path if isinstance(below, str) else f"{path}.{place}".lstrip("."))
