"""Every setting has a range, its default is in it, and the edges of the kinds of ranges."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from people import api
from people.data import RangeData
from people.upkeep.ranges import is_in_range

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    name
    for app in ("people", "gamification", "discussion_ext", "chapters")
    for name in re.findall(r"\.\. setting_name: (\w+)", (ROOT / app / "settings/common.py").read_text(encoding="utf-8"))
}


def test_every_setting_has_a_range() -> None:
    assert {declared.name for declared in api.list_ranges()} == SETTINGS


@pytest.mark.parametrize("declared", api.list_ranges(), ids=lambda declared: declared.name)
def test_no_setting_may_be_anything(declared: RangeData, settings: Any) -> None:
    assert is_in_range(declared)
    setattr(settings, declared.name, object())
    assert not is_in_range(declared)
    delattr(settings, declared.name)
    assert not is_in_range(declared)


@pytest.mark.parametrize(
    ("declared", "good", "bad"),
    [
        (RangeData.switch("X"), [True, False], [1, 0, "yes", None]),
        (RangeData.whole("X", 1, 10), [1, 10], [0, 11, 1.5, True, "5", None]),
        (RangeData.number("X", 0, 1), [0, 0.7, 1], [-0.1, 1.1, True, "0.5", None, float("nan")]),
        (RangeData.pace("X"), ["", "10/m", "5/30s", "1/d"], ["10", "m", "10/y", "-1/m", "10 / m", 10, None]),
        (RangeData.text("X"), ["", "queue"], [None, 1, ["a"]]),
    ],
    ids=["switch", "whole", "number", "pace", "text"],
)
def test_edges(declared: RangeData, good: list[Any], bad: list[Any], settings: Any) -> None:
    for value, is_good in [*((value, True) for value in good), *((value, False) for value in bad)]:
        settings.X = value
        assert is_in_range(declared) is is_good, value
