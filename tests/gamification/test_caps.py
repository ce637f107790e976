"""The pure arithmetic: tables for the rules, and that order and repetition never matter."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.caps import Line, Window, find_live, list_live, pay, sum_by_kind

DAY = date(2026, 11, 19)
NOON = datetime(2026, 11, 19, 12)  # noqa: DTZ001 - only compared


def line(source: str, revision: int = 1, **changes: object) -> Line:
    values = {
        "id": hash((source, revision)) % 10**9,
        "source": source,
        "revision": revision,
        "is_void": False,
        "kind": "comment",
        "local_date": DAY,
        "occurred_at": NOON,
        "worth": 3,
        "per_day": 2,
    }
    return Line(**(values | changes))


def total(*lines: Line) -> int:
    return sum(sum_by_kind(list_live(lines)).values())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], 0),
        ([line("a")], 3),
        ([line("a"), line("b")], 6),
        ([line("a"), line("b"), line("c")], 6),
        ([line("a"), line("a", 2, is_void=True)], 0),
        ([line("a", 2, is_void=True)], 0),
        ([line("a"), line("a", 2, is_void=True), line("a", 3)], 3),
        ([line("a"), line("a", 2)], 3),
        ([line("a"), line("b"), line("c"), line("a", 2, is_void=True)], 6),
        ([line("a"), line("b", local_date=DAY + timedelta(days=1)), line("c")], 9),
        ([line("a"), line("b", kind="answer"), line("c")], 9),
        ([line("a", worth=0), line("b"), line("c")], 6),  # too short to pay: takes no room
        ([line("a", per_day=None), line("b", per_day=None), line("c", per_day=None)], 9),
        ([line("a", per_day=1), line("b", per_day=2), line("c", per_day=2)], 6),
        ([line("a", kind="manual", worth=-4, per_day=None), line("b")], -1),
    ],
)
def test_what_lines_are_worth(lines: list[Line], expected: int) -> None:
    assert total(*lines) == expected


def test_the_first_of_the_day_pay_whatever_their_ids() -> None:
    late = line("a", occurred_at=NOON + timedelta(hours=2), id=1)
    early = [line("b", occurred_at=NOON, id=2), line("c", occurred_at=NOON + timedelta(hours=1), id=3)]
    payments = pay(list_live([late, *early]))
    assert {number: payment.points for number, payment in payments.items()} == {1: 0, 2: 3, 3: 3}
    assert payments[1].place == 3
    assert payments[1].is_capped(late)


def test_a_restored_award_keeps_its_first_day() -> None:
    tomorrow = DAY + timedelta(days=1)
    live = find_live([line("a", 3, local_date=tomorrow), line("a", 2, is_void=True), line("a", 1)])
    assert live is not None
    assert live.window == Window("comment", DAY)
    assert live.line.revision == 3


lines = st.builds(
    line,
    source=st.sampled_from("abcde"),
    revision=st.integers(1, 5),
    is_void=st.booleans(),
    kind=st.sampled_from(["comment", "answer"]),
    occurred_at=st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
    worth=st.sampled_from([0, 3]),
    per_day=st.sampled_from([1, 2, None]),
)
ledgers = st.lists(lines, max_size=25, unique_by=lambda entry: (entry.source, entry.revision)).map(
    lambda entries: [entry._replace(id=number) for number, entry in enumerate(entries)]
)


def naive_total(entries: list[Line]) -> int:
    """Return the total as one would do it by hand."""
    latest: dict[str, Line] = {}
    for entry in sorted(entries, key=lambda entry: entry.revision):
        latest[entry.source] = entry
    days: dict[tuple[str, object], list[Line]] = defaultdict(list)
    for entry in latest.values():
        if not entry.is_void and entry.worth:
            days[entry.kind, entry.local_date].append(entry)
    points = 0
    for day in days.values():
        day.sort(key=lambda entry: (entry.occurred_at, entry.source))
        points += sum(entry.worth for place, entry in enumerate(day) if entry.per_day is None or place < entry.per_day)
    return points


@given(ledgers, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_one_total(entries: list[Line], luck: random.Random) -> None:
    shuffled = entries * 2
    luck.shuffle(shuffled)
    assert total(*{entry.id: entry for entry in shuffled}.values()) == naive_total(entries)
