"""What courses give by rules: a pure judgement."""

from __future__ import annotations

import pytest
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, Match, RuleData
from chapters.membership.rules import CoursesData, judge, named_courses
from tests.membership.conftest import OTHER, TALKS, TEAMS

BOTH = ("Meridian", "Elsewhere")
KEYS = {"teams": TEAMS, "talks": TALKS, "other": OTHER}


def rule(audience: Audience, *courses: str, match: Match = Match.ANY, organizations: tuple[str, ...] = ()) -> RuleData:
    return RuleData(
        audience=audience,
        match=match,
        courses=tuple(str(KEYS[each]) for each in courses),
        organizations=organizations,
    )


@pytest.mark.parametrize(
    ("asked", "taken", "completed", "giver"),
    [
        (rule(Audience.LEARNERS, "teams"), ["teams"], [], "teams"),
        (rule(Audience.LEARNERS, "teams"), ["talks"], ["teams"], None),
        (rule(Audience.ALUMNI, "teams"), ["teams"], [], None),
        (rule(Audience.ALUMNI, "teams"), [], ["teams"], "teams"),
        (rule(Audience.ALUMNI, "teams", "talks"), [], ["teams", "talks"], "talks"),
        (rule(Audience.ALUMNI, "teams", "talks", match=Match.ALL), [], ["teams"], None),
        (rule(Audience.ALUMNI, "teams", "talks", match=Match.ALL), [], ["teams", "talks", "other"], "talks"),
        (rule(Audience.ALUMNI, organizations=("Meridian",)), [], ["talks"], "talks"),
        (rule(Audience.ALUMNI, organizations=("Meridian",)), [], ["other"], None),
        (rule(Audience.ALUMNI, organizations=BOTH, match=Match.ALL), [], ["talks"], None),
        (rule(Audience.ALUMNI, "teams", organizations=("Elsewhere",), match=Match.ALL), [], ["teams"], None),
        (rule(Audience.ALUMNI, organizations=BOTH, match=Match.ALL), [], ["talks", "other"], "other"),
        (rule(Audience.ALUMNI), ["teams"], ["teams"], None),
        (rule(Audience.ALUMNI, match=Match.ALL), ["teams"], ["teams"], None),
        (rule(Audience.EVERYONE, "teams"), ["teams"], ["teams"], None),
    ],
)
def test_what_a_rule_gives(asked: RuleData, taken: list[str], completed: list[str], giver: str | None) -> None:
    courses = CoursesData(
        taken=frozenset(KEYS[each] for each in taken), completed=frozenset(KEYS[each] for each in completed)
    )
    assert judge([asked], courses) == ({} if giver is None else {asked.audience: str(KEYS[giver])})


def test_a_name_that_is_no_course_is_met_by_nobody() -> None:
    asked = RuleData(audience=Audience.ALUMNI, match=Match.ALL, courses=(str(TEAMS), "no course"))
    assert judge([asked], CoursesData(completed=frozenset([TEAMS]))) == {}
    assert named_courses([asked]) == {TEAMS}


def test_organizations_ask_for_any_course() -> None:
    assert named_courses([rule(Audience.ALUMNI, "teams")]) == {TEAMS}
    assert named_courses([rule(Audience.ALUMNI, "teams", organizations=("Meridian",))]) is None


def test_another_run_is_another_course() -> None:
    other_run = CourseKey.from_string("course-v1:Meridian+LT1+2027")
    assert judge([rule(Audience.ALUMNI, "teams")], CoursesData(completed=frozenset([other_run]))) == {}
