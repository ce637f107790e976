"""The curve of levels."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gamification.levels import Curve

CURVE = Curve(first_step=55, growth=1.2)


@pytest.mark.parametrize(
    ("points", "number", "starts_at", "next_at"),
    [
        (-20, 1, 0, 55),
        (0, 1, 0, 55),
        (54, 1, 0, 55),
        (55, 2, 55, 121),
        (164, 3, 121, 200),
        (200, 4, 200, 295),
        (388, 5, 295, 409),
        (412, 6, 409, 546),
    ],
)
def test_levels_of_the_default_scheme(points: int, number: int, starts_at: int, next_at: int) -> None:
    level = CURVE.level(points)
    assert (level.number, level.starts_at, level.next_at) == (number, starts_at, next_at)


def test_titles_are_the_schemes_or_ours_and_the_last_one_stays() -> None:
    with translation.override("en"):
        assert CURVE.level(164).title == "Contributor"
        assert CURVE.level(164).next_title == "Sparring partner"
        assert CURVE.level(10**6).title == "Pillar of the community"
    own = Curve(first_step=10, growth=1.0, titles=("Seed", "Tree"))
    assert [start.title for start in own.starts(3)] == ["Seed", "Tree", "Tree"]
    assert [start.starts_at for start in own.starts(3)] == [0, 10, 20]


curves = st.builds(Curve, first_step=st.integers(1, 100_000), growth=st.floats(1.0, 3.0, allow_nan=False))


@given(curves, st.integers(-1000, 10**9), st.integers(0, 10**6))
def test_more_points_are_never_a_lower_level_and_the_way_is_a_fraction(curve: Curve, points: int, more: int) -> None:
    level, later = curve.level(points), curve.level(points + more)
    assert level.number <= later.number
    assert 0.0 <= level.fraction <= 1.0
    assert level.starts_at < level.next_at
    assert level.starts_at <= max(points, 0)
