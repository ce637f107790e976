"""The case discussion for the course team: who is where, moderation, decisions, closing."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from webob import Request

from discussion_ext import api as cases
from lms.djangoapps.courseware.models import StudentModule

from .conftest import ANSWER, LOOK_BACK, POSITION, drawn, text_of

OTHERS = "Someone should stop guessing and count how often that printer failed since summer began."
BENS_LOOK_BACK = "Counting paper jams taught me that summer heat explains more than people."


@pytest.fixture
def ben(make_learner):
    return make_learner("ben", name="Ben Osei")


@pytest.fixture
def finished(case_key, open_as, learner, ben, act):
    """Let Amara finish the case; Ben has taken a position."""
    mine, his = open_as(case_key, learner), open_as(case_key, ben)
    act(his, "learner_action", "post_position", {"text": OTHERS})
    act(mine, "learner_action", "post_position", {"text": POSITION})
    post = int(drawn(mine).select_one("[data-list] > [data-post]")["data-post"])
    act(mine, "learner_action", "post_answer", {"post": post, "text": ANSWER})
    act(mine, "learner_action", "post_look_back", {"text": LOOK_BACK})
    return mine


@pytest.fixture
def do(case_key, open_as, course_team, act):
    """Return a function that acts as the team, expects success and returns the panel."""
    block = open_as(case_key, course_team)

    def run(name, **data):
        status, answer = act(block, "team_action", name, data)
        assert status == 200, answer
        return BeautifulSoup(answer["panel"], "html.parser") if "panel" in answer else answer

    run.block = block
    return run


def grade_of(user, key):
    return StudentModule.objects.get(student=user, module_state_key=key).grade


def test_it_says_who_is_where(finished, do, make_learner):
    make_learner("carla", name="Carla Pinto")
    soup = drawn(do.block)
    text = text_of(soup)
    assert "Where 3 learners are" in text
    assert "Finished 1" in text
    assert [row.select_one("th button").get_text() for row in soup.select("tbody tr")] == [
        "Amara Okafor", "Ben Osei", "Carla Pinto",
    ]  # fmt: skip
    silent = do("overview", show="silent")
    assert [row.select_one("th button").get_text() for row in silent.select("tbody tr")] == ["Carla Pinto"]


def test_removing_takes_the_grade_and_restoring_gives_it_back(finished, do, learner, case_key, open_as):
    report = do("learner", user=learner.id)
    post = int(report.select_one("article[data-post]")["data-post"])
    assert grade_of(learner, case_key) == 10
    removed = do("remove", post=post, user=learner.id, reason="It names a colleague.")
    assert "Reason given: It names a colleague." in text_of(removed)
    assert grade_of(learner, case_key) < 10
    assert "It names a colleague." in text_of(drawn(open_as(case_key, learner)))
    do("restore", post=post, user=learner.id)
    assert grade_of(learner, case_key) == 10


def test_a_removal_needs_a_reason(finished, do, act, learner):
    post = int(do("learner", user=learner.id).select_one("article[data-post]")["data-post"])
    status, answer = act(do.block, "team_action", "remove", {"post": post, "user": learner.id, "reason": " "})
    assert (status, answer["error"]["field"]) == (400, "reason")


def test_a_decided_grade_holds_until_it_is_undone(finished, do, ben, case_key, act, open_as):
    panel = do("override", user=ben.id, score=7, reason="He spoke in class.")
    assert "7 / 10" in text_of(panel)
    assert grade_of(ben, case_key) == 7
    act(open_as(case_key, ben), "learner_action", "post_look_back", {"text": BENS_LOOK_BACK})
    assert grade_of(ben, case_key) == 7
    do("undo_override", user=ben.id)
    assert grade_of(ben, case_key) == 6


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("score", {"score": 11, "reason": "x"}),
        ("score", {"score": "many", "reason": "x"}),
        ("score", {"score": True, "reason": "x"}),
        ("score", {"score": 10**400, "reason": "x"}),
        ("reason", {"score": 5, "reason": ""}),
        ("reason", {"score": 5, "reason": "x" * 501}),
        ("user", {"score": 5, "reason": "x", "user": "all"}),
    ],
)
def test_a_wrong_decision_is_a_400_that_names_its_field(finished, do, act, ben, field, data):
    status, answer = act(do.block, "team_action", "override", {"user": ben.id, **data})
    assert (status, answer["error"]["field"]) == (400, field)


def test_only_a_learner_of_the_course_is_looked_at_and_graded(finished, do, act, outsider, course_team, ben):
    for person in (2**31 - 1, outsider.id, course_team.id):
        for name in ("learner", "override", "undo_override"):
            status, answer = act(do.block, "team_action", name, {"user": person, "score": 1, "reason": "x"})
            assert (status, answer["error"]["field"]) == (404, "user"), (person, name)
    assert act(do.block, "team_action", "override", {"user": ben.id, "score": 1, "reason": "x"})[0] == 200


def test_who_has_left_the_course_is_still_graded(finished, do, learner, case_course):
    from common.djangoapps.student.models import CourseEnrollment

    CourseEnrollment.unenroll(learner, case_course)
    assert "9 / 10" in text_of(do("override", user=learner.id, score=9, reason="She spoke in class."))


def test_a_removed_post_is_drawn_with_its_author(finished, do, learner, ben):
    post = int(do("learner", user=learner.id).select_one("article[data-post]")["data-post"])
    assert "Amara Okafor" in text_of(do("remove", post=post, user=ben.id, reason="It names a colleague."))
    assert "Amara Okafor" in text_of(do("restore", post=post, user=ben.id))


def test_closing_and_opening_again(finished, do, open_as, case_key, learner, ben, act):
    do("save_synthesis", text="Half of you")
    assert "Half of you" in drawn(do.block).select_one("textarea[name=text]").get_text()
    assert "Half of you" not in text_of(drawn(open_as(case_key, learner)))
    do("close", text="Half of you began with Dov.")
    assert "Half of you began with Dov." in text_of(drawn(open_as(case_key, learner)))
    status, answer = act(open_as(case_key, ben), "learner_action", "post_look_back", {"text": LOOK_BACK})
    assert (status, answer["error"]["code"]) == (409, "not_open")
    do("reopen")
    assert act(open_as(case_key, ben), "learner_action", "post_look_back", {"text": LOOK_BACK})[0] == 200


def test_the_team_answers_without_a_position(finished, do, act, open_as, case_key, ben):
    posts = do("posts", show="all")
    post = int(posts.select_one('[data-name="Ben Osei"]')["data-post"])
    status, answer = act(do.block, "learner_action", "post_answer", {"post": post, "text": "Well seen, go on."})
    assert status == 200
    assert "Well seen" in answer["post"]
    assert "Course team" in text_of(drawn(open_as(case_key, ben)))


def test_reports_are_settled(finished, do, act, learner, ben, case_key):
    post = int(do("learner", user=ben.id).select_one("article[data-post]")["data-post"])
    act(finished, "learner_action", "report", {"post": post, "reason": "Rude"})
    panel = do("reports")
    report = int(panel.select_one("form[data-report]")["data-report"])
    settled = do("resolve", report=report, is_upheld=False)
    assert "No open report." in text_of(settled)
    assert grade_of(ben, case_key) == 4


def test_the_csv_is_a_file_for_the_team_only(finished, do, open_as, case_key, learner):
    def get(block):
        return block.runtime.handle(block, "team_csv", Request.blank("/"), "")

    response = get(do.block)
    assert response.content_type == "text/csv"
    assert "Amara Okafor" in response.text
    assert get(open_as(case_key, learner)).status_int == 403


def test_instructor_tools_set_and_rescore(finished, open_as, case_key, learner):
    finished.set_score(type(finished.get_score())(raw_earned=3, raw_possible=10))
    finished.publish_grade()
    assert (finished.get_score().raw_earned, grade_of(learner, case_key)) == (3, 3)
    finished.rescore(only_if_higher=False)
    assert grade_of(learner, case_key) == 10


def test_a_reset_starts_a_learner_over(finished, case_key, learner, course_team):
    finished.clear_student_state(user_id=learner.id, course_id="", item_id="", requesting_user_id=course_team.id)
    assert not finished.has_submitted_answer()
    assert finished.calculate_score().raw_earned == 0


def test_the_teams_numbers_follow_the_cases_switch(case_key, open_as, course_team, case_course):
    cases.set_on(case_course, False, actor_id=None)
    assert "not turned on" in text_of(drawn(open_as(case_key, course_team)))
