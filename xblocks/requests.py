"""Read a handler's request and answer it: JSON objects in, JSON out, every refusal a 4xx that names its field.

``XBlock.json_handler`` lets arrays, ``null`` and ``NaN`` through to the method and turns its stumbling into a 500, so
the blocks use plain handlers with this module.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from webob import Request, Response

from people.api import TooFastError
from people.data import PRIVATE_HEADERS

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MAX_BODY = 200_000  # bytes; one post of the longest kind in any script, with room for JSON's escapes


class RequestError(Exception):
    """The request cannot be served as it is: ``message`` is a sentence for a person, ``field`` names what to mend.

    ``details`` lists several mistakes at once, each with its own field and message.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        status: int = 400,
        code: str = "invalid",
        details: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.details = details
        self.message = message
        self.field = field
        self.status = status
        self.code = code


def require_reading(request: Request) -> None:
    """Raise `RequestError` for a request that is no plain look."""
    if request.method not in {"GET", "HEAD"}:
        raise RequestError(_("Open this as a link."), status=405, code="method")


def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body of a POST request. Raise `RequestError` for anything else."""
    if request.method != "POST":
        raise RequestError(_("Send this with POST."), status=405, code="method")
    if request.content_type != "application/json":
        raise RequestError(_("Send this as application/json."), status=415, code="media_type")
    if (request.content_length or 0) > MAX_BODY or len(request.body) > MAX_BODY:
        raise RequestError(_("That is too much to send at once."), status=413, code="too_large")
    try:
        data = json.loads(request.body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RequestError(_("The request is not valid JSON."), code="json") from error
    if not isinstance(data, dict):
        raise RequestError(_("The request must be a JSON object."), code="json")
    return data


def clean_text(value: str) -> str:
    """Return ``value`` without surrounding space and what neither a database nor an export can hold.

    That is control characters and halves of characters, which a browser sends when a text was cut inside an emoji.
    """
    return _UNWRITABLE.sub("", value.replace("\r\n", "\n")).strip()


def read_text(data: Mapping[str, Any], field: str, *, longest: int, missing: str = "") -> str:
    """Return ``data[field]`` as text without surrounding space; absent and null read as empty.

    Where the text is needed, ``missing`` is what to say of an empty one.
    """
    value = data.get(field)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise RequestError(_("This must be text."), field=field)
    value = clean_text(value)
    if missing and not value:
        raise RequestError(missing, field=field, code="empty")
    if len(value) > longest:
        message = ngettext(
            "This is longer than %(limit)s character.", "This is longer than %(limit)s characters.", longest
        )
        raise RequestError(message % {"limit": longest}, field=field, code="too_long")
    return value


def read_integer(data: Mapping[str, Any], field: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """Return ``data[field]`` as an integer between the limits; booleans and fractions are no integers."""
    value = data.get(field)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value) if len(value) < 12 else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(_("This must be a whole number."), field=field)
    if not least <= value <= most:
        message = _("Choose a number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise RequestError(message, field=field)
    return value


def read_number(data: Mapping[str, Any], field: str, *, least: float, most: float) -> float:
    """Return ``data[field]`` as a finite number between the limits; a comma may mark the fraction."""
    value = parse_number(data.get(field))
    if value is None:
        raise RequestError(_("This must be a number."), field=field)
    if not least <= value <= most:
        message = _("Choose a number from %(least)s to %(most)s.") % {"least": f"{least:g}", "most": f"{most:g}"}
        raise RequestError(message, field=field)
    return value


def parse_whole(value: Any, *, may_be_negative: bool = False) -> int | None:
    """Return a JSON integer, or the one of at most nine digits that a text spells, None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        digits = text.removeprefix("-") if may_be_negative else text
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def parse_number(value: Any) -> float | None:
    """Return a JSON number, or the number that a text spells, None for anything else and for what has no end."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_flag(data: Mapping[str, Any], field: str) -> bool:
    """Return ``data[field]``, which must be true or false."""
    value = data.get(field)
    if not isinstance(value, bool):
        raise RequestError(_("This must be true or false."), field=field)
    return value


def read_choice(data: Mapping[str, Any], field: str, choices: tuple[str, ...], *, default: str | None = None) -> str:
    """Return ``data[field]`` if it is one of ``choices``; absent reads as ``default``."""
    value = data.get(field, default)
    if not isinstance(value, str) or value not in choices:
        raise RequestError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)}, field=field)
    return value


def answer(data: Mapping[str, Any], *, status: int = 200) -> Response:
    """Return ``data`` as a JSON response, for one person only."""
    body = json.dumps(data, allow_nan=False)
    response = Response(body, status=status, content_type="application/json", charset="utf-8")
    response.headers.update(PRIVATE_HEADERS)
    return response


def refuse(
    message: str,
    *,
    status: int = 400,
    code: str = "invalid",
    field: str = "",
    details: Sequence[Mapping[str, str]] = (),
    wait_seconds: int = 0,
) -> Response:
    """Return the one shape of error all our handlers speak; ``wait_seconds`` says when to try again."""
    error: dict[str, Any] = {"message": message, "field": field, "code": code}
    if details:
        error["fields"] = [dict(detail) for detail in details]
    response = answer({"error": error}, status=status)
    if wait_seconds:
        response.headers["Retry-After"] = str(wait_seconds)
    return response


def refuse_haste(refusal: TooFastError) -> Response:
    """Return the answer to somebody who does something more often than the site allows."""
    return refuse(str(refusal), status=429, code="too_many", wait_seconds=refusal.wait_seconds)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
