"""Cursors come back as they went, and forged ones are refused with the field's name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from discussion_ext.boards.cursors import read_cursor, to_moment, to_number, write_cursor
from discussion_ext.exceptions import InvalidValueError


def test_they_come_back() -> None:
    moment = datetime(2026, 11, 22, 7, 39, 27, 123456, tzinfo=UTC)
    numbers = read_cursor(write_cursor(to_number(moment), 12), 2)
    assert (to_moment(numbers[0]), numbers[1]) == (moment, 12)
    assert read_cursor("", 2) == ()


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "1-2-3", "-1-2", "1--2", "1-²", "1-٣", "1-1e9", " 1-2", "9" * 30 + "-1", "1-" + "9" * 5000, "-", "1-'"],
)
def test_forged_ones_are_refused(cursor: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        read_cursor(cursor, 2)
    assert refusal.value.field == "cursor"


def test_a_moment_beyond_all_calendars_is_the_last() -> None:
    assert to_moment(2**63 - 1).year == 9999
