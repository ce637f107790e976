"""Where a page of a list ended, as a text that a reader hands back: the values of the last row's order, no secret."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from .exceptions import InvalidValueError

_LONGEST: Final = 400


def write_cursor(*values: int | str | datetime) -> str:
    """Return the text for a row's values."""
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[Any] | None:
    """Return the values, each of its kind (int, str, datetime), None for the first page.

    Raises InvalidValueError("cursor") for what `write_cursor` never wrote.
    """
    if not cursor:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor[:_LONGEST]) % 4)))
        return [_read(value, kind) for value, kind in zip(plain, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise InvalidValueError(
            _("This page of the list is not there. Start from the first."), field="cursor"
        ) from error


def _read(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)  # fails where the clock of an offset leads out of all years
    if isinstance(value, str):
        value.encode()  # fails for half a character, which no database takes
    if type(value) is not kind or (isinstance(value, int) and not -(2**62) < value < 2**62):
        raise TypeError(value)
    return value
