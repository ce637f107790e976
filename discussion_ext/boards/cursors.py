"""Cursors of pages: where the next one begins, as text that anybody may forge and nobody can misuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from discussion_ext.exceptions import InvalidValueError

from .places import LARGEST_ID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def write_cursor(*numbers: int) -> str:
    """Return numbers as a cursor."""
    return "-".join(str(number) for number in numbers)


def read_cursor(cursor: str, count: int) -> Sequence[int]:
    """Return the numbers of a cursor, none for an empty one, or raise InvalidValueError (``field`` "cursor")."""
    if not cursor:
        return ()
    parts = cursor.split("-") if len(cursor) <= 40 * count else []
    is_fine = len(parts) == count and all(part.isascii() and part.isdecimal() for part in parts)
    numbers = [int(part) for part in parts] if is_fine else []
    if not numbers or any(number > LARGEST_ID for number in numbers):
        raise InvalidValueError(_("This page does not exist. Begin with the first."), field="cursor")
    return numbers


def to_number(moment: datetime) -> int:
    """Return a moment as a number of a cursor: microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(number: int) -> datetime:
    """Return the moment that such a number stands for."""
    return _EPOCH + min(number, _LATEST) * _MICROSECOND
