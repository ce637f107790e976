"""The blended task for the course team: the table, one learner and why, decisions, posts, questions, reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from webob import Request

from common.djangoapps.student.models import CourseEnrollment
from discussion_ext import api as cases
from discussion_ext.api import blended, sessions
from discussion_ext.blended.upkeep import sweep_blended_tasks
from discussion_ext.data import Anchor, MeetingMode, MeetingPlanData, MomentRule, StageConfigData, StageKind
from discussion_ext.models import StageDecision
from lms.djangoapps.courseware.models import StudentModule
from people.models import NewsItem
from xblocks.blended_stages import to_stored

from .conftest import drawn, text_of

POSITION = "I never told my manager that the late calls wake my children every single night."
OTHERS = "Someone should stop guessing and count how often that printer failed since summer began."
ANSWER = "Counting sounds fair, yet who would trust numbers that you collected all alone?"
LONG_AGO = MomentRule(anchor=Anchor.FIXED, at=timezone.now() - timedelta(days=3))
STAGES = (
    StageConfigData(
        id="s1", kind=StageKind.DISCUSS, title="Discuss", weight=50, position_min=8, answers_wanted=1, answer_min=5
    ),
    StageConfigData(id="s2", kind=StageKind.ATTEND, title="Come to class", weight=20),
    StageConfigData(id="s3", kind=StageKind.REPORT, title="Apply", weight=30, report_min=8, due=LONG_AGO),
)
TASK = {"display_name": "Giving feedback upwards", "catch_up_days": 0, "stages": [to_stored(stage) for stage in STAGES]}


@pytest.fixture
def ben(make_learner):
    return make_learner("ben", name="Ben Osei")


@pytest.fixture
def carla(make_learner):
    return make_learner("carla", name="Carla Pinto")


@pytest.fixture
def make_known_task(make_task):
    """Return a maker of published tasks of which the sweep has told all learners."""

    def make(**fields):
        made = make_task(**fields)
        for _told in sweep_blended_tasks(limit=100):
            pass
        return made

    return make


@pytest.fixture
def key(make_known_task, learner, ben, carla):
    """Return the key of a task that three learners have, of whom nobody has begun."""
    return make_known_task(**TASK)


@pytest.fixture
def sitting(key, course_team, django_capture_on_commit_callbacks):
    """Return the one sitting of the task's class session."""
    session = sessions.find_session(course_key=key.course_key, block_id=key.block_id)
    starts = (timezone.now() + timedelta(hours=1)).replace(tzinfo=None, second=0, microsecond=0)
    plan = MeetingPlanData(title="Evening", mode=MeetingMode.OFFLINE, starts_local=starts, zone="UTC", place="B2")
    with django_capture_on_commit_callbacks(execute=True):
        return sessions.add_sitting(session_id=session.id, plan=plan, actor_id=course_team.id)


@pytest.fixture
def discussed(key, sitting, open_as, learner, ben, act):
    """Let Amara and Ben choose the sitting and take positions; Amara answers Ben and has finished the stage."""
    mine, his = open_as(key, learner), open_as(key, ben)
    for block, text in ((his, OTHERS), (mine, POSITION)):
        drawn(block)
        assert act(block, "learner_action", "choose", {"sitting": sitting.id})[0] == 200
        assert act(block, "stage_action", "s1/post_position", {"text": text, "step": "position"})[0] == 200
    other = drawn(mine).select_one('[data-stage="s1"] [data-list] > [data-name="Ben Osei"]')["data-post"]
    status, _answer = act(
        mine, "stage_action", "s1/post_answer", {"post": int(other), "text": ANSWER, "step": "answer"}
    )
    assert status == 200
    return mine


@pytest.fixture
def do(key, open_as, course_team, act):
    """Return a function that acts as the team, expects success and returns the panel."""
    block = open_as(key, course_team)

    def run(name, **data):
        status, answer = act(block, "team_action", name, data)
        assert status == 200, answer
        return BeautifulSoup(answer["panel"], "html.parser")

    run.block = block
    return run


@pytest.fixture
def refused(do, act):
    """Return a function that acts as the team and returns status and what the refusal names."""

    def run(name, **data):
        status, answer = act(do.block, "team_action", name, data)
        return status, answer.get("error", {}).get("field", "")

    return run


def grade_of(user, key):
    return StudentModule.objects.get(student=user, module_state_key=key).grade


def names_in(panel):
    return [row.select_one("th button").get_text() for row in panel.select("tbody tr")]


def cells_of(panel, name):
    row = next(row for row in panel.select("tbody tr") if row.select_one("th button").get_text() == name)
    return [text_of(cell) for cell in row.select("td")]


def part(panel, stage_id):
    return panel.select_one(f'li[data-stage="{stage_id}"]')


class TestTable:
    """Who is where, narrowed and paged."""

    def test_it_shows_learner_by_stage_with_a_word_for_every_shape(self, discussed, do):
        panel = drawn(do.block)
        assert "Where 3 learners are" in text_of(panel)
        assert names_in(panel) == ["Amara Okafor", "Ben Osei", "Carla Pinto"]
        headings = [text_of(heading) for heading in panel.select("thead th")]
        assert headings == [
            "Learner", "1. Discuss : Discuss", "2. Attend : Come to class", "3. Report back : Apply", "Grade",
        ]  # fmt: skip
        assert cells_of(panel, "Amara Okafor") == ["Done", "Open", "Missed", "5 / 10"]
        assert cells_of(panel, "Carla Pinto")[-1] == "0 / 10"
        assert "No sitting" in text_of(panel.select("tbody tr")[2].th)
        assert all(cell.select_one("svg") for cell in panel.select("tbody td .cs-cell"))

    def test_it_is_narrowed_by_what_is_known_and_by_name(self, discussed, do, sitting):
        assert names_in(do("overview", show="no_sitting")) == ["Carla Pinto"]
        assert names_in(do("overview", sitting=sitting.id)) == ["Amara Okafor", "Ben Osei"]
        assert names_in(do("overview", search="pinto")) == ["Carla Pinto"]
        # Ben has still to answer somebody.
        assert names_in(do("overview", show="behind", stage="s1")) == ["Ben Osei", "Carla Pinto"]
        assert "Nobody is like this." in text_of(do("overview", search="nobody at all"))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("show", "rich"),
            ("page", 0),
            ("page", "x"),
            ("sitting", "x"),
            ("stage", "s9"),
            ("search", "x" * 101),
            ("part", -1),
        ],
    )
    def test_a_filter_that_there_is_not_is_named(self, refused, field, value):
        status, named = refused("overview", **{field: value})
        assert (status in (400, 404), named) in {(True, field), (True, f"{field}_id")}

    def test_more_stages_than_fit_are_shown_in_parts(self, make_known_task, learner, open_as, course_team, act):
        stages = [
            to_stored(StageConfigData(id=f"t{number}", kind=StageKind.REPORT, title=f"Part {number}"))
            for number in range(1, 8)
        ]
        block = open_as(make_known_task(display_name="Long", stages=stages), course_team)
        panel = drawn(block)
        assert len(panel.select("thead th")) == 7
        assert [text_of(button) for button in panel.select("[data-team-part]")] == ["Stages 1–5", "Stages 6–7"]
        second = BeautifulSoup(act(block, "team_action", "overview", {"part": 1})[1]["panel"], "html.parser")
        assert [text_of(heading) for heading in second.select("thead th")][1:3] == [
            "6. Report back : Part 6", "7. Report back : Part 7",
        ]  # fmt: skip

    def test_the_way_to_the_class_sessions_is_there(self, do, key):
        assert drawn(do.block).select_one(f'a[href*="{key.course_key}"][target=_top]')


class TestLearner:
    """One learner: what is known and why, and deciding otherwise."""

    def test_it_shows_evidence_stage_by_stage(self, discussed, do, learner):
        panel = do("learner", user=learner.id)
        assert "Amara Okafor · what counted" in text_of(panel)
        assert "Evening" in text_of(panel.select_one("header + header, header ~ header"))
        assert "Done" in text_of(part(panel, "s1"))
        assert POSITION in text_of(part(panel, "s1"))
        assert ANSWER in text_of(part(panel, "s1"))
        assert "Missed" in text_of(part(panel, "s3"))

    def test_excused_is_left_out_of_the_grade_until_it_is_undone(self, discussed, do, learner, key, open_as):
        assert grade_of(learner, key) == 5
        panel = do("excuse", user=learner.id, stage="s3", reason="Parental leave.")
        assert "Excused" in text_of(part(panel, "s3"))
        assert grade_of(learner, key) == pytest.approx(7.14)
        assert "Parental leave." in text_of(drawn(open_as(key, learner)))
        decision = int(part(panel, "s3").select_one("[data-team=revoke]")["data-decision"])
        undone = do("revoke", user=learner.id, decision=decision)
        assert grade_of(learner, key) == 5
        assert "Parental leave." in text_of(part(undone, "s3"))

    def test_marked_counts_as_much_as_the_team_says(self, discussed, do, learner, key):
        panel = do("mark", user=learner.id, stage="s3", percent="50", reason="Told us by phone.")
        assert grade_of(learner, key) == 6.5
        assert "Counts as 50" in text_of(part(panel, "s3"))

    def test_more_time_opens_the_stage_again(self, discussed, do, learner, key, open_as, act):
        report = {"text": "I said it on Monday; she went quiet, then moved the weekly call two hours earlier."}
        assert act(open_as(key, learner), "stage_action", "s3/hand_in", report)[0] == 409
        until = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        panel = do("extend", user=learner.id, stage="s3", until=until, reason="She was ill.")
        assert "More time, until" in text_of(part(panel, "s3"))
        assert act(open_as(key, learner), "stage_action", "s3/hand_in", report)[0] == 200
        assert grade_of(learner, key) == 8

    @pytest.mark.parametrize(
        ("act_name", "field", "data"),
        [
            ("extend", "until", {"until": "soon"}),
            ("extend", "until", {}),
            ("extend", "until", {"until": "2020-01-01T10:00"}),
            ("extend", "reason", {"until": "2030-01-01T10:00", "reason": " "}),
            ("excuse", "reason", {"reason": ""}),
            ("excuse", "reason", {"reason": "x" * 501}),
            ("mark", "percent", {"percent": 101}),
            ("mark", "percent", {"percent": "half"}),
            ("mark", "percent", {}),
            ("mark", "stage", {"percent": 50, "stage": "s9"}),
            ("excuse", "user", {"user": "all"}),
        ],
    )
    def test_a_wrong_decision_names_its_field_and_is_not_kept(self, refused, learner, act_name, field, data):
        sent = {"user": learner.id, "stage": "s3", "reason": "x", **data}
        status, named = refused(act_name, **sent)
        assert (status, named) in {(400, field), (404, field)}
        assert not StageDecision.objects.exists()

    def test_the_whole_grade_is_set_and_let_go(self, discussed, do, refused, learner, key):
        assert "9 / 10" in text_of(do("override", user=learner.id, score=9, reason="She spoke in class."))
        assert grade_of(learner, key) == 9
        do("undo_override", user=learner.id)
        assert grade_of(learner, key) == 5
        assert refused("override", user=learner.id, score=11, reason="x") == (400, "score")
        assert refused("override", user=learner.id, score=1, reason="") == (400, "reason")


class TestReminders:
    """A nudge goes to one learner or to those of a list, once a day."""

    def test_one_learner_is_reminded_once_a_day(self, key, do, learner):
        assert "1 learner is reminded" in text_of(do("nudge", user=learner.id))
        assert "Nobody was reminded" in text_of(do("nudge", user=learner.id))
        assert NewsItem.objects.filter(user_id=learner.id, kind="task_nudge").count() == 1

    def test_a_list_is_reminded_as_it_is_filtered(self, discussed, do, learner, ben, carla):
        panel = do("nudge_list", show="no_sitting")
        assert "1 learner is reminded" in text_of(panel)
        assert names_in(panel) == ["Carla Pinto"]
        assert set(NewsItem.objects.filter(kind="task_nudge").values_list("user_id", flat=True)) == {carla.id}
        assert "2 learners are reminded" in text_of(do("nudge_list"))


class TestQuestions:
    """A learner asks to look again; the team answers, perhaps with another share."""

    @pytest.fixture
    def asked(self, discussed, act):
        status, answer = act(discussed, "stage_action", "s3/appeal", {"text": "I told you in class."})
        assert status == 200, answer
        return discussed

    def test_it_is_listed_answered_and_counted(self, asked, do, learner, key, open_as):
        assert "1 question to answer" in text_of(drawn(do.block))
        panel = do("appeals")
        assert "I told you in class." in text_of(panel)
        appeal = int(panel.select_one("form[data-appeal]")["data-appeal"])
        answered = do("answer_appeal", appeal=appeal, text="You did, and it counts.", percent="100")
        assert "Answered" in text_of(answered)
        assert grade_of(learner, key) == 8
        assert "You did, and it counts." in text_of(drawn(open_as(key, learner)))
        assert "question to answer" not in text_of(drawn(do.block))

    def test_an_answer_needs_words_and_the_share_a_range(self, asked, do, refused):
        appeal = int(do("appeals").select_one("form[data-appeal]")["data-appeal"])
        assert refused("answer_appeal", appeal=appeal, text=" ") == (400, "text")
        assert refused("answer_appeal", appeal=appeal, text="x", percent=101) == (400, "percent")
        assert refused("answer_appeal", appeal=appeal + 1, text="x")[0] == 404

    def test_a_question_in_another_task_is_not_answered_here(self, asked, make_task, open_as, course_team, act, do):
        appeal = int(do("appeals").select_one("form[data-appeal]")["data-appeal"])
        other = open_as(make_task(**TASK), course_team)
        assert act(other, "team_action", "answer_appeal", {"appeal": appeal, "text": "x"})[0] == 404
        assert act(do.block, "team_action", "answer_appeal", {"appeal": appeal, "text": "x"})[0] == 200


class TestPosts:
    """Posts of a stage are looked after as those of a case."""

    def test_removing_takes_the_grade_and_restoring_gives_it_back(self, discussed, do, learner, key, open_as):
        posts = do("posts", stage="s1")
        post = int(posts.select_one('[data-name="Amara Okafor"]')["data-post"])
        removed = do("remove", stage="s1", post=post, reason="It names a colleague.")
        assert "Reason given: It names a colleague." in text_of(removed)
        assert grade_of(learner, key) < 5
        assert "It names a colleague." in text_of(drawn(open_as(key, learner)))
        do("restore", stage="s1", post=post)
        assert grade_of(learner, key) == 5

    def test_reports_are_settled(self, discussed, do, act, ben, key):
        post = int(do("posts", stage="s1").select_one('[data-name="Ben Osei"]')["data-post"])
        assert act(discussed, "stage_action", "s1/report", {"post": post, "reason": "Rude"})[0] == 200
        panel = do("posts", stage="s1")
        report = int(panel.select_one("form[data-report]")["data-report"])
        assert "Rude" in text_of(panel)
        settled = do("resolve", stage="s1", report=report, is_upheld=False)
        assert "The post stays" in text_of(settled)
        assert not settled.select("form[data-report]")

    def test_a_post_is_only_met_in_its_own_stage(self, discussed, do, refused):
        post = int(do("posts", stage="s1").select_one("[data-post]")["data-post"])
        assert refused("remove", stage="s3", post=post, reason="x")[0] == 404
        assert refused("remove", stage="s2", post=post, reason="x") == (404, "stage")
        assert refused("remove", stage="s1", post=post, reason=" ") == (400, "reason")
        assert refused("posts", stage="s2") == (404, "stage")
        do("remove", stage="s1", post=post, reason="x")


class TestDoors:
    """Who is no member of the team here sees and changes nothing; ids of others lead nowhere."""

    ACTS = (
        ("overview", {}),
        ("learner", {}),
        ("appeals", {}),
        ("posts", {"stage": "s1"}),
        ("excuse", {"stage": "s3", "reason": "x"}),
        ("extend", {"stage": "s3", "reason": "x", "until": "2030-01-01T10:00"}),
        ("mark", {"stage": "s3", "reason": "x", "percent": 50}),
        ("revoke", {"decision": 1}),
        ("override", {"score": 10, "reason": "x"}),
        ("undo_override", {}),
        ("nudge", {}),
        ("nudge_list", {}),
        ("answer_appeal", {"appeal": 1, "text": "x"}),
        ("remove", {"stage": "s1", "post": 1, "reason": "x"}),
        ("restore", {"stage": "s1", "post": 1}),
        ("resolve", {"stage": "s1", "report": 1, "is_upheld": False}),
    )

    def test_every_act_is_listed_here(self):
        from xblocks.blended_team import ACTIONS

        assert {name for name, _data in self.ACTS} == set(ACTIONS)

    @pytest.mark.parametrize(("name", "data"), ACTS)
    def test_learners_and_staff_who_view_as_one_are_refused(self, key, open_as, act, learner, course_team, name, data):
        sent = {"user": learner.id, **data}
        status, answer = act(open_as(key, learner), "team_action", name, sent)
        assert (status, answer["error"]["code"]) == (403, "not_allowed")
        viewing = open_as(key, course_team, masquerade_as="amara")
        status, answer = act(viewing, "team_action", name, sent)
        assert (status, answer["error"]["code"]) == (403, "masquerade")

    def test_nobody_but_learners_of_the_course_is_decided_about(self, key, refused, outsider, course_team, ben):
        for person in (2**31 - 1, outsider.id, course_team.id):
            for name, data in self.ACTS[4:7]:
                assert refused(name, **{**data, "user": person}) == (404, "user"), (person, name)
            for name in ("learner", "override", "undo_override", "nudge"):
                assert refused(name, user=person, score=1, reason="x") == (404, "user"), (person, name)
        assert refused("excuse", user=ben.id, stage="s3", reason="x")[0] == 200

    def test_a_decision_about_somebody_else_is_not_undone(self, key, do, refused, learner, ben):
        panel = do("excuse", user=learner.id, stage="s3", reason="x")
        decision = int(panel.select_one("[data-team=revoke]")["data-decision"])
        assert refused("revoke", user=ben.id, decision=decision)[0] == 404
        assert refused("revoke", user=learner.id, decision=decision)[0] == 200

    def test_who_has_left_the_course_is_still_decided_about(self, discussed, do, learner, key):
        CourseEnrollment.unenroll(learner, key.course_key)
        do("mark", user=learner.id, stage="s3", percent=100, reason="She handed it in before she left.")
        assert grade_of(learner, key) == 8

    def test_the_teams_view_follows_the_switch(self, key, do, refused):
        cases.set_on(key.course_key, False, actor_id=None)
        assert "not turned on" in text_of(drawn(do.block))
        assert refused("overview")[0] == 403

    def test_before_it_is_published_the_team_reads_what_is_missing(self, key, do, monkeypatch):
        monkeypatch.setattr(blended, "find_blended_config", lambda _key: None)
        assert "once the unit is published" in text_of(drawn(do.block))


class TestFile:
    """The table as a file, for the team only."""

    def get(self, block):
        return block.runtime.handle(block, "team_csv", Request.blank("/"), "")

    def test_it_holds_every_learner_and_runs_nothing(self, discussed, do, open_as, key, learner, make_learner):
        make_learner("evil", name="=HYPERLINK(1)")
        response = self.get(do.block)
        assert response.content_type == "text/csv"
        assert "Amara Okafor" in response.text
        assert "Carla Pinto" in response.text
        assert ",=HYPERLINK" not in response.text
        assert self.get(open_as(key, learner)).status_int == 403

    def test_it_is_a_plain_look(self, do):
        request = Request.blank("/", method="POST")
        assert do.block.runtime.handle(do.block, "team_csv", request, "").status_int == 405


def test_the_screens_are_labelled_and_inline_nothing(discussed, do, learner):
    for panel in (drawn(do.block), do("learner", user=learner.id), do("posts", stage="s1"), do("appeals")):
        ids = [element["id"] for element in panel.select("[id]")]
        assert len(ids) == len(set(ids))
        labelled = {label["for"] for label in panel.select("label[for]")}
        inputs = panel.select("input, select, textarea")
        assert {field.get("id") for field in inputs} <= labelled
        assert not panel.select("[style], [onclick], script:not([type])")
