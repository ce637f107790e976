"""The edge cases of docs/edge-cases.md: that each is decided, and the tests of those that are shown nowhere else."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.data import MomentRule
from tests.blended.sample import (
    BEFORE,
    CLOSED,
    DAY,
    DECAY,
    DISCUSS,
    END,
    GRACE,
    HOUR,
    LONG_AFTER,
    NAIROBI,
    PRIYA,
    READ,
    REPORT,
    REVIEW,
    START,
    TICK,
    TOMAS,
    extended,
    facts,
    fixed,
    judge,
    meeting,
    only,
    post,
    rule,
    seated,
    unit,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "edge-cases.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.*?) \|$", re.MULTILINE)
UNTESTED = ("Cannot arise", "Belongs to questions and pairing")


# -- the table ---------------------------------------------------------------------------------------------------------


def rows():
    return [(int(number), rule_, tests) for number, _what, rule_, tests in ROW.findall(PAGE.read_text())]


def named_tests(path):
    """Return the tests of a file, those in classes as Class::test."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return {name for name in found if name.split("::")[-1].startswith("test_")}


def test_every_case_is_decided_once():
    assert [number for number, _rule, _tests in rows()] == list(range(1, 51))


@pytest.mark.parametrize(("number", "rule_", "tests"), rows())
def test_a_rule_names_tests_that_exist_or_says_why_there_is_none(number, rule_, tests):
    named = re.findall(r"`([^`]+\.py)::([^`]+)`", tests)
    assert bool(named) is not rule_.startswith(UNTESTED), number
    for path, test in named:
        assert test in named_tests(ROOT / "tests" / path), f"{path}::{test}"


# -- pure rules --------------------------------------------------------------------------------------------------------

DUE = END + 14 * DAY


def one(asked, pieces=(), *, now=LONG_AFTER, **known):
    return judge(only(asked), facts(pieces={asked.id: pieces}, **known), now).stages[0]


def test_two_friends_who_only_answer_each_other_fill_one_place():
    answers = [post("answer", number, BEFORE, to=PRIYA) for number in range(2, 9)]
    assert one(DISCUSS, [post("position", 1, BEFORE), *answers], others=9).share == 0.75


def test_what_a_team_does_together_is_shown_by_each():
    together = [post("report", 4, END + DAY)]
    results = [one(REPORT, pieces) for pieces in (together, [])]
    assert [result.share for result in results] == [1, 0]


def test_an_extension_that_is_revoked_is_as_if_it_had_never_been():
    late = [post("report", 4, DUE + 2 * DAY)]
    asked = replace(REPORT, **CLOSED)
    assert one(asked, late, decisions=[extended("s4", DUE + 3 * DAY)]).share == 1
    assert one(asked, late, decisions=[]).share == 0


def test_a_due_date_that_moves_judges_what_is_there_by_the_new_one():
    handed_in = [post("report", 4, DUE - DAY)]
    for moved, share in ((rule("session_end", 20), 1), (rule("session_end", 13), 1), (rule("session_end", 12), 0.8)):
        assert one(replace(REPORT, due=moved), handed_in).share == share


def test_each_learner_has_the_dates_of_their_own_sitting():
    report = [post("report", 4, DUE + DAY)]
    first, second = seated(meeting()), seated(meeting(START + 5 * DAY))
    asked = replace(REPORT, **CLOSED)
    assert [one(asked, report, sitting=sitting).share for sitting in (first, second)] == [0, 1]


def test_who_joins_when_everybody_has_left_is_not_asked_for_answers():
    joined_at = START + 60 * DAY
    position = [post("position", 1, joined_at + DAY)]
    result = one(DISCUSS, position, others=0, joined_at=joined_at, now=joined_at + 30 * DAY)
    assert (result.state, result.share) == ("met", 1)


def test_the_last_minute_of_a_day_and_midnight_are_what_they_say():
    last_minute = fixed((START.astimezone(NAIROBI)).replace(hour=23, minute=59))
    asked = replace(REPORT, opens=MomentRule(), due=last_minute, **CLOSED)
    assert one(asked, [post("report", 4, last_minute.at)]).share == 1
    assert one(asked, [post("report", 4, last_minute.at + TICK)]).share == 0
    midnight = replace(asked, due=fixed(last_minute.at + timedelta(minutes=1)))
    assert one(midnight, [post("report", 4, last_minute.at + timedelta(seconds=59))]).share == 1


def test_more_time_opens_a_closed_stage_again():
    asked, now = replace(REPORT, **CLOSED), DUE + 5 * DAY
    granted = [extended("s4", DUE + 6 * DAY)]
    assert one(asked, now=now).state == "not"
    assert one(asked, now=now, decisions=granted).state == "open"
    assert one(asked, [post("report", 4, now)], now=now + HOUR, decisions=granted).share == 1


def test_a_stage_that_is_added_asks_and_one_that_goes_asks_no_more():
    read = {"s1": [unit("u1", BEFORE), unit("u2", BEFORE)]}
    shares = [
        judge(only(*stages), facts(pieces=read), LONG_AFTER).share for stages in ((READ,), (READ, REPORT), (READ,))
    ]
    assert shares == [1, 0.25, 1]


def test_one_session_of_two_tasks_gives_each_its_own_dates():
    strict, lenient = replace(REPORT, **CLOSED), replace(REPORT, **GRACE)
    report = [post("report", 4, DUE + DAY)]
    assert [one(asked, report).share for asked in (strict, lenient)] == [0, 1]


def test_late_reviews_when_their_authors_wait_no_longer():
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18), **DECAY)
    late = END + 19 * DAY
    reviews = [post("review", 5, late, to=PRIYA), post("review", 6, late, to=TOMAS)]
    assert one(asked, reviews).share == 0
    assert one(asked, [replace(reviews[0], at=END + 18 * DAY), reviews[1]]).share == 0.9


# -- with the forum and the database -----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestKept:
    @pytest.fixture(autouse=True)
    def _seated(self, learner, peer, seat):
        seat(learner, peer)

    def test_a_report_that_nobody_decided_takes_nothing(self, task, learner, peer, staff, write, row, settle):
        mine = write(learner).contribution
        write(peer)
        key = blended.stage_key(task, "s2")
        api.report_contribution(usage_key=key, contribution_id=mine.id, user_id=peer, reason="Rude")
        settle()
        assert row(learner).earned == 1.5
        report_id = api.list_reports(usage_key=key).reports[0].id
        api.resolve_report(usage_key=key, report_id=report_id, actor_id=staff, is_upheld=True, reason="Rude")
        settle()
        assert row(learner).earned == 0

    def test_who_changes_cohort_keeps_what_they_did(self, make_task, learner, peer, write, row, settle, monkeypatch):
        cohorts = {learner: 1, peer: 1}
        monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda user_id, _key: cohorts[user_id])
        monkeypatch.setattr(
            "discussion_ext.edx_platform.cohorts_of", lambda _key, ids: {each: cohorts[each] for each in ids}
        )
        make_task(by_cohort=True)
        theirs = write(peer).contribution
        write(learner)
        write(learner, to=theirs.id)
        settle()
        assert row(learner).earned == 3
        cohorts[learner] = 2
        make_task(by_cohort=True, intro="Again")
        blended.rescore(usage_key=make_task(by_cohort=True), user_id=learner, actor_id=None, only_if_higher=False)
        settle()
        assert row(learner).earned == 3

    def test_who_leaves_the_course_and_comes_back_finds_what_they_did(
        self, task, course_key, learner, write, row, settle
    ):
        from common.djangoapps.student.models import CourseEnrollment

        write(learner)
        for is_active in (False, True):
            CourseEnrollment.objects.filter(user_id=learner, course_id=course_key).update(is_active=is_active)
            blended.rescore(usage_key=task, user_id=learner, actor_id=None, only_if_higher=False)
            settle()
            assert row(learner).earned == 1.5

    def test_excused_from_everything_leaves_the_grade_as_it_was(
        self, make_task, learner, staff, write, row, settle, monkeypatch
    ):
        told = []
        monkeypatch.setattr("discussion_ext.edx_platform.publish_score", lambda **score: told.append(score["earned"]))
        write(learner)
        for stage_id in ("s1", "s3", "s4", "s5", "s2"):
            settle()
            blended.excuse_stage(
                usage_key=make_task(), user_id=learner, stage_id=stage_id, actor_id=staff, reason="Ill"
            )
        assert told[-1] == row(learner).earned == 5  # half of the only stage that was left
        make_task(intro="Everybody is looked at again")
        settle()
        assert told[-1] == row(learner).earned == 5
        assert blended.get_score(usage_key=make_task(), user_id=learner) == (5, 10)
