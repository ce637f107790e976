"""The blended task for a learner, through its handlers: sitting, discussion, check-in, report, review, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError
from django.utils import timezone
from opaque_keys.edx.locator import LibraryLocatorV2, LibraryUsageLocatorV2
from xblock.fields import ScopeIds

from common.djangoapps.student.models import CourseEnrollment
from discussion_ext import api as cases
from discussion_ext.api import attendance, blended, sessions
from discussion_ext.data import (
    Anchor,
    AttendanceState,
    MeetingMode,
    MeetingPlanData,
    MomentRule,
    StageConfigData,
    StageKind,
)
from lms.djangoapps.courseware.models import StudentModule
from xblocks.blended_stages import to_stored
from xblocks.blended_task import BlendedTaskXBlock

from .conftest import drawn, text_of

POSITION = "I never told my manager that the late calls wake my children every single night."
OTHERS = "Someone should stop guessing and count how often that printer failed since summer began."
ANSWER = "Counting sounds fair, yet who would trust numbers that you collected all alone?"
REPORT = "I said it on Monday; she went quiet, then moved the weekly call two hours earlier."
HIS_REPORT = "Nothing happened at first because I waited until Friday before asking anything at all."
REVIEW = "You waited for a calm moment first, which I would have skipped entirely."
BEFORE = MomentRule(anchor=Anchor.SESSION_START, days=-7)
AFTER = MomentRule(anchor=Anchor.SESSION_START, hours=-24)
STAGES = (
    StageConfigData(
        id="s1", kind=StageKind.DISCUSS, title="Discuss", weight=40, position_min=8, answers_wanted=1, answer_min=5
    ),
    StageConfigData(id="s2", kind=StageKind.ATTEND, title="Attend", weight=20),
    StageConfigData(
        id="s3",
        kind=StageKind.REPORT,
        title="Apply",
        weight=30,
        report_min=8,
        opens=MomentRule(anchor=Anchor.SESSION_START),
        due=MomentRule(anchor=Anchor.SESSION_START, days=14),
    ),
    StageConfigData(
        id="s4",
        kind=StageKind.REVIEW,
        title="Review",
        weight=10,
        report_stage_id="s3",
        reviews_wanted=1,
        review_min=5,
        questions=("What would you have said?",),
        opens=MomentRule(anchor=Anchor.SESSION_START),
    ),
)
TASK = {"display_name": "Giving feedback upwards", "stages": [to_stored(stage) for stage in STAGES]}


@pytest.fixture
def ben(make_learner):
    return make_learner("ben", name="Ben Osei")


@pytest.fixture
def key(make_task):
    return make_task(**TASK)


@pytest.fixture
def add_sitting(key, course_team, django_capture_on_commit_callbacks):
    """Return a function that adds a sitting that begins some time from now."""

    def add(title="Evening", *, starts_in=timedelta(minutes=5), capacity=0):
        session = sessions.find_session(course_key=key.course_key, block_id=key.block_id)
        starts = (timezone.now() + starts_in).replace(tzinfo=None, second=0, microsecond=0)
        plan = MeetingPlanData(
            title=title,
            mode=MeetingMode.OFFLINE,
            starts_local=starts,
            zone="UTC",
            place="B2",
            capacity=capacity,
            host_id=course_team.id,
        )
        with django_capture_on_commit_callbacks(execute=True):
            return sessions.add_sitting(session_id=session.id, plan=plan, actor_id=course_team.id)

    return add


@pytest.fixture
def sitting(add_sitting):
    """Return a sitting of which the doors are open."""
    return add_sitting()


@pytest.fixture
def do(act):
    """Return a function that acts on the task and expects success."""

    def run(block, name, /, **data):
        status, answer = act(block, "learner_action", name, data)
        assert status == 200, answer
        return answer

    return run


@pytest.fixture
def stage(act):
    """Return a function that acts in a stage and expects success."""

    def run(block, stage_id, name, /, **data):
        status, answer = act(block, "stage_action", f"{stage_id}/{name}", data)
        assert status == 200, answer
        return answer

    return run


@pytest.fixture
def both(key, sitting, open_as, learner, ben, do):
    """Return the blocks of two learners who sit in the sitting."""
    mine, his = open_as(key, learner), open_as(key, ben)
    for block in (mine, his):
        drawn(block)
        do(block, "choose", sitting=sitting.id)
    return mine, his


def soup_of(answer):
    return BeautifulSoup(answer["task"], "html.parser")


def part(soup, stage_id):
    return soup.select_one(f'[data-stage="{stage_id}"]')


def post_of(soup, stage_id, name):
    """Return the id of the first post in a stage by the person of that name."""
    return int(part(soup, stage_id).select_one(f'[data-list] > [data-name="{name}"]')["data-post"])


def code_of(sitting):
    return attendance.current_code(sitting.meeting.id).code


class TestWay:
    """From choosing a sitting to the grade."""

    def test_first_a_sitting_is_chosen(self, key, sitting, open_as, learner, do):
        block = open_as(key, learner)
        soup = drawn(block)
        assert "Which class session will you attend?" in text_of(soup)
        assert part(soup, "s3")["data-phase"] == "locked"
        chosen = soup_of(do(block, "choose", sitting=str(sitting.id)))
        assert "The seat is yours." in text_of(chosen.select_one("[data-focus=notice]"))
        assert "Your class session: Evening" in text_of(chosen)

    def test_others_are_held_until_the_own_position(self, both, stage):
        mine, his = both
        stage(his, "s1", "post_position", text=OTHERS, step="position")
        held = part(drawn(mine), "s1")
        assert "1 classmate has posted." in text_of(held)
        assert "printer failed" not in text_of(held)
        answer = stage(mine, "s1", "post_position", text=POSITION, step="position")
        assert (answer["stage"], answer["focus"]) == ("s1", "notice")
        shown = part(soup_of(answer), "s1")
        assert "printer failed" in text_of(shown)
        assert "Your position is posted and counts" in text_of(shown.select_one("[data-focus=notice]"))

    def test_the_whole_way_gives_grade_and_completion(self, both, stage, sitting, key, learner):
        mine, his = both
        stage(his, "s1", "post_position", text=OTHERS, step="position")
        stage(mine, "s1", "post_position", text=POSITION, step="position")
        post = post_of(drawn(mine), "s1", "Ben Osei")
        discussed = soup_of(stage(mine, "s1", "post_answer", post=post, text=ANSWER, step="answer"))
        assert part(discussed, "s1")["data-phase"] == "done"
        there = soup_of(stage(mine, "s2", "check_in", code=code_of(sitting)))
        assert part(there, "s2")["data-phase"] == "done"
        assert "You are checked in." in text_of(part(there, "s2"))
        sessions.change_sitting(sitting_id=sitting.id, plan=earlier(sitting), actor_id=None)
        stage(his, "s3", "hand_in", text=HIS_REPORT)
        handed = soup_of(stage(mine, "s3", "hand_in", text=REPORT, link="https://docs.example/mine"))
        assert part(handed, "s3")["data-phase"] == "done"
        assert part(handed, "s3").select_one("input[name=link]")["value"] == "https://docs.example/mine"
        (shown,) = part(handed, "s3").select("article .cs-prose a")
        assert (shown["href"], shown.text) == ("https://docs.example/mine",) * 2
        drawn_report = soup_of(stage(mine, "s4", "draw"))
        assert "Report 1 of 1, by Ben Osei" in text_of(part(drawn_report, "s4"))
        report = int(part(drawn_report, "s4").select_one("form[data-act=review]")["data-post-id"])
        finished = soup_of(stage(mine, "s4", "review", post=report, text=REVIEW))
        assert "Grade 100 %" in text_of(finished)
        module = StudentModule.objects.get(student=learner, module_state_key=key)
        assert (module.grade, module.max_grade) == (10, 10)
        assert (mine.get_score().raw_earned, mine.calculate_score().raw_earned) == (10, 10)
        assert "1 review by a classmate" in text_of(part(drawn(his), "s3"))

    def test_a_report_can_be_changed_until_it_closes(self, both, stage, sitting):
        mine, _his = both
        sessions.change_sitting(sitting_id=sitting.id, plan=earlier(sitting), actor_id=None)
        stage(mine, "s3", "hand_in", text=REPORT)
        changed = part(soup_of(stage(mine, "s3", "hand_in", text=REPORT + " Twice.")), "s3")
        assert "Twice." in text_of(changed)
        assert len(changed.select("article")) == 1

    def test_one_more_answer_changes_the_stage_and_the_head_only(self, make_task, act, open_as, learner, ben):
        wanted = [{**to_stored(STAGES[0]), "answers_wanted": 2}]
        key = make_task(stages=wanted)
        mine, his = open_as(key, learner), open_as(key, ben)
        for block, text in ((his, OTHERS), (mine, POSITION)):
            drawn(block)
            act(block, "stage_action", "s1/post_position", {"text": text, "step": "position"})
        post = post_of(drawn(mine), "s1", "Ben Osei")
        data = {"post": post, "text": ANSWER, "step": "answer"}
        answer = act(mine, "stage_action", "s1/post_answer", data)[1]
        assert "task" not in answer
        assert "1 of 2" in text_of(BeautifulSoup(answer["parts"]["stand"], "html.parser"))
        assert "1 of 1 stage to go" in text_of(BeautifulSoup(answer["head"], "html.parser"))

    def test_a_task_without_a_class_session_shows_none(self, make_task, open_as, learner):
        soup = drawn(open_as(make_task(stages=[to_stored(STAGES[0])]), learner))
        assert "class session" not in text_of(soup)
        assert part(soup, "s1")["data-phase"] == "open"


def earlier(sitting):
    """Return the plan of the same sitting a while ago, so that what comes after it is open."""
    starts = (timezone.now() - timedelta(minutes=20)).replace(tzinfo=None, second=0, microsecond=0)
    meeting = sitting.meeting
    return MeetingPlanData(
        title=meeting.title, mode=meeting.mode, starts_local=starts, zone="UTC", place="B2", host_id=meeting.host_id
    )


class TestSeats:
    """Full sittings, changes, wishes."""

    def test_a_full_sitting_is_refused_and_a_wish_is_kept(self, key, add_sitting, open_as, learner, ben, do, act):
        small = add_sitting("Small", capacity=1, starts_in=timedelta(days=3))
        his, mine = open_as(key, ben), open_as(key, learner)
        drawn(his)
        do(his, "choose", sitting=small.id)
        assert "full" in text_of(drawn(mine).select_one(".cs-option"))
        status, answer = act(mine, "learner_action", "choose", {"sitting": small.id})
        assert (status, bool(answer["error"]["message"])) == (409, True)
        wished = soup_of(do(mine, "wish", sitting=small.id, is_wished=True))
        assert wished.select_one("[data-do=wish]")["aria-pressed"] == "true"
        back = soup_of(do(mine, "wish", sitting=small.id, is_wished=False))
        assert back.select_one("[data-do=wish]")["aria-pressed"] == "false"

    def test_changing_moves_every_date(self, key, add_sitting, open_as, learner, do):
        first = add_sitting("First", starts_in=timedelta(days=10))
        second = add_sitting("Second", starts_in=timedelta(days=20))
        block = open_as(key, learner)
        drawn(block)
        before = text_of(part(soup_of(do(block, "choose", sitting=first.id)), "s3"))
        after = text_of(part(soup_of(do(block, "choose", sitting=second.id)), "s3"))
        assert before != after

    def test_a_sitting_of_another_task_is_not_found(self, key, make_task, add_sitting, open_as, learner, act):
        add_sitting()
        other = make_task(**TASK)
        block = open_as(other, learner)
        drawn(block)
        ours = sessions.find_session(course_key=key.course_key, block_id=key.block_id)
        foreign = sessions.list_sittings(ours.id)[0].id
        assert act(block, "learner_action", "choose", {"sitting": foreign})[0] == 404
        assert act(block, "learner_action", "wish", {"sitting": foreign, "is_wished": True})[0] == 404


class TestCheckIn:
    """The code that the host shows."""

    @pytest.mark.parametrize(
        ("code", "field"), [("", "code"), ("12", "code"), ("abcdef", "code"), ("0" * 41, "code"), (["1"], "code")]
    )
    def test_a_wrong_code_is_refused_beside_its_field(self, both, act, code, field):
        mine, _his = both
        status, answer = act(mine, "stage_action", "s2/check_in", {"code": code})
        assert status in {400, 403, 409, 422}
        assert answer["error"]["field"] == field

    def test_spaces_in_a_code_are_no_mistake(self, both, stage, sitting):
        code = code_of(sitting)
        stage(both[0], "s2", "check_in", code=f" {code[:3]} {code[3:]} ")
        known = attendance.find_attendance([sitting.meeting.id], [both[0].scope_ids.user_id])
        assert [each.state for each in known.values()] == [AttendanceState.PRESENT]

    def test_guessing_is_slowed_down(self, both, act, settings):
        settings.DISCUSSION_EXT_CHECK_IN_LIMIT = "3/m"
        answers = [act(both[0], "stage_action", "s2/check_in", {"code": "000000"}) for _try in range(4)]
        assert answers[-1][0] == 429

    def test_before_choosing_there_is_nowhere_to_check_in(self, key, sitting, open_as, learner, act):
        block = open_as(key, learner)
        drawn(block)
        status, answer = act(block, "stage_action", "s2/check_in", {"code": code_of(sitting)})
        assert (status, answer["error"]["code"]) == (409, "no_sitting")

    def test_before_the_doors_open_it_is_refused(self, key, add_sitting, open_as, learner, do, act):
        later = add_sitting(starts_in=timedelta(days=3))
        block = open_as(key, learner)
        drawn(block)
        soup = soup_of(do(block, "choose", sitting=later.id))
        assert part(soup, "s2").select_one("[aria-disabled=true]")
        assert act(block, "stage_action", "s2/check_in", {"code": code_of(later)})[0] == 409


class TestTime:
    """Stages open and close by each learner's own dates, whatever is sent."""

    def test_what_is_locked_takes_nothing(self, key, add_sitting, open_as, learner, do, act):
        later = add_sitting(starts_in=timedelta(days=3))
        block = open_as(key, learner)
        drawn(block)
        do(block, "choose", sitting=later.id)
        for name, data in (("s3/hand_in", {"text": REPORT}), ("s4/draw", {})):
            status, answer = act(block, "stage_action", name, data)
            assert status in {403, 409}, (name, answer)
        assert not part(drawn(block), "s3").select("textarea")

    def test_a_stage_of_a_session_waits_for_a_sitting(self, key, sitting, open_as, learner, act):
        block = open_as(key, learner)
        drawn(block)
        assert act(block, "stage_action", "s3/hand_in", {"text": REPORT})[0] in {403, 409}


class TestDrafts:
    """Half a text is kept for each stage by itself."""

    def test_drafts_of_two_stages_with_one_name_stay_apart(self, make_task, act, open_as, learner, stage):
        two = [to_stored(STAGES[0]), {**to_stored(STAGES[0]), "id": "s9"}]
        key = make_task(stages=two)
        block = open_as(key, learner)
        drawn(block)
        stage(block, "s1", "draft", name="position", text="One begun")
        stage(block, "s9", "draft", name="position", text="Another begun")
        again = drawn(open_as(key, learner))
        assert part(again, "s1").select_one("textarea").text.strip() == "One begun"
        assert part(again, "s9").select_one("textarea").text.strip() == "Another begun"

    def test_handing_in_lets_the_draft_go(self, both, stage, sitting, open_as, key, learner):
        mine, _his = both
        sessions.change_sitting(sitting_id=sitting.id, plan=earlier(sitting), actor_id=None)
        stage(mine, "s3", "draft", name="report", text="Half a report")
        assert "Half a report" in str(part(drawn(open_as(key, learner)), "s3"))
        stage(mine, "s3", "hand_in", text=REPORT)
        assert "Half a report" not in str(part(drawn(open_as(key, learner)), "s3"))


class TestAppeal:
    """Asking for another look at what is settled without full result."""

    @pytest.fixture(autouse=True)
    def _half(self, key, both, course_team):
        blended.mark_stage(
            usage_key=key,
            user_id=both[0].scope_ids.user_id,
            stage_id="s1",
            actor_id=course_team.id,
            share=0.5,
            reason="Half.",
        )

    def test_what_is_still_open_is_not_looked_at_again(self, both, act):
        assert act(both[1], "stage_action", "s3/appeal", {"text": "Too early."})[0] in {403, 409}

    @pytest.fixture
    def key(self, make_task):
        yesterday = MomentRule(anchor=Anchor.FIXED, at=timezone.now() - timedelta(days=1))
        closed = [replace(STAGES[0], due=yesterday), *STAGES[1:]]
        return make_task(**{**TASK, "catch_up_days": 0, "stages": [to_stored(each) for each in closed]})

    def test_what_is_not_over_cannot_be_asked_about(self, both, act):
        status, answer = act(both[0], "stage_action", "s2/appeal", {"text": "Already?"})
        assert (status, answer["error"]["code"]) == (409, "not_open")

    def test_it_is_kept_and_shown(self, both, stage):
        mine, _his = both
        assert part(drawn(mine), "s1").select_one("form[data-form=appeal]")
        shown = part(soup_of(stage(mine, "s1", "appeal", text="My answer was <i>mine</i>.")), "s1")
        assert "My answer was <i>mine</i>." in text_of(shown)
        assert "has not answered yet" in text_of(shown)

    def test_twice_is_refused(self, both, stage, act):
        stage(both[0], "s1", "appeal", text="Once.")
        assert act(both[0], "stage_action", "s1/appeal", {"text": "Twice."})[0] in {403, 409}

    @pytest.mark.parametrize("text", ["", "   ", None, 5, "x" * 2001])
    def test_it_needs_a_text(self, both, act, text):
        status, answer = act(both[0], "stage_action", "s1/appeal", {"text": text})
        assert (status, answer["error"]["field"]) == (400, "text")


EVERY_STAGE_ACT = [
    ("s1", "show", {}),
    ("s1", "more", {"page": 1}),
    ("s1", "answers", {"post": 1, "page": 1}),
    ("s1", "draft", {"name": "position", "text": "x"}),
    ("s1", "preview", {"text": "x"}),
    ("s1", "post_position", {"text": POSITION}),
    ("s1", "post_answer", {"text": ANSWER, "post": 1}),
    ("s1", "edit", {"text": ANSWER, "post": 1}),
    ("s1", "withdraw", {"post": 1}),
    ("s1", "report", {"post": 1, "reason": "x"}),
    ("s1", "helpful", {"post": 1, "is_helpful": True}),
    ("s1", "appeal", {"text": "x"}),
    ("s2", "check_in", {"code": "123456"}),
    ("s3", "hand_in", {"text": REPORT}),
    ("s4", "draw", {}),
    ("s4", "review", {"text": REVIEW, "post": 1}),
]
READING = {"show", "more", "answers", "preview"}


class TestRefusals:
    """Whatever is sent, only whoever may act acts, and a refusal says why."""

    @pytest.mark.parametrize(("stage_id", "name", "data"), EVERY_STAGE_ACT)
    def test_whoever_is_not_enrolled(self, key, open_as, make_learner, act, course_key, stage_id, name, data):
        stranger = make_learner("stranger", name="Sam Stranger")
        CourseEnrollment.objects.filter(user=stranger).update(is_active=False)
        status, answer = act(open_as(key, stranger), "stage_action", f"{stage_id}/{name}", data)
        assert (status, answer["error"]["code"]) == (403, "not_enrolled")

    @pytest.mark.parametrize(("name", "data"), [("choose", {"sitting": 1}), ("wish", {"sitting": 1}), ("show", {})])
    def test_whoever_is_not_enrolled_has_no_seat(self, key, open_as, make_learner, act, name, data):
        stranger = make_learner("stranger", name="Sam Stranger")
        CourseEnrollment.objects.filter(user=stranger).update(is_active=False)
        assert act(open_as(key, stranger), "learner_action", name, data)[0] == 403

    @pytest.mark.parametrize(("stage_id", "name", "data"), [one for one in EVERY_STAGE_ACT if one[1] not in READING])
    def test_staff_who_view_as_a_learner(self, key, open_as, course_team, learner, act, stage_id, name, data):
        block = open_as(key, course_team, masquerade_as=learner.username)
        status, answer = act(block, "stage_action", f"{stage_id}/{name}", data)
        assert (status, answer["error"]["code"]) == (403, "masquerade")

    @pytest.mark.parametrize(("stage_id", "name", "data"), EVERY_STAGE_ACT)
    def test_nobody_acts_in_a_library(self, key, open_as, learner, act, stage_id, name, data):
        opened = open_as(key, learner)
        library = LibraryUsageLocatorV2(LibraryLocatorV2("Meridian", "tasks"), "blended_task", "one")
        block = opened.runtime.construct_xblock_from_class(
            BlendedTaskXBlock, ScopeIds(learner.id, "blended_task", library, library)
        )
        block.opened_by = opened.opened_by
        status, answer = act(block, "stage_action", f"{stage_id}/{name}", data)
        assert (status, answer["error"]["code"]) == (403, "preview")

    @pytest.mark.parametrize(
        "name", ["nothing", "s1/dance", "s9/show", "s2/hand_in", "s3/check_in", "/show", "s1", "s1/"]
    )
    def test_acts_that_a_stage_does_not_have(self, key, both, act, name):
        assert act(both[0], "stage_action", name, {"code": "1", "text": "x"})[0] == 404

    @pytest.mark.parametrize("value", [0, -1, "x", True, 1.5, [1], {"a": 1}, 2**80, "9" * 30, None, ""])
    def test_sittings_that_are_none(self, both, act, value):
        status, answer = act(both[0], "learner_action", "choose", {"sitting": value})
        assert (status, answer["error"]["field"]) == (400, "sitting")

    @pytest.mark.parametrize(
        ("name", "data", "field"),
        [
            ("s3/hand_in", {"text": 5}, "text"),
            ("s3/hand_in", {"text": ""}, "text"),
            ("s3/hand_in", {"text": REPORT, "link": 5}, "link"),
            ("s3/hand_in", {"text": REPORT, "link": "javascript:alert(1)"}, "link"),
            ("s3/hand_in", {"text": REPORT, "link": "x" * 501}, "link"),
            ("s4/review", {"text": REVIEW, "post": "x"}, "post"),
            ("s4/review", {"text": "", "post": 1}, "text"),
            ("s1/draft", {"name": "", "text": "x"}, "name"),
            ("s1/draft", {"name": "x" * 41, "text": "x"}, "name"),
            ("s1/draft", {"name": "a", "text": {"x": 1}}, "text"),
        ],
    )
    def test_values_of_the_wrong_sort(self, both, sitting, act, name, data, field):
        sessions.change_sitting(sitting_id=sitting.id, plan=earlier(sitting), actor_id=None)
        status, answer = act(both[0], "stage_action", name, data)
        assert status in {400, 422}
        assert answer["error"]["field"] == field

    def test_a_report_that_was_not_drawn_is_not_reviewed(self, both, sitting, stage, act):
        mine, his = both
        sessions.change_sitting(sitting_id=sitting.id, plan=earlier(sitting), actor_id=None)
        stage(his, "s3", "hand_in", text=REPORT)
        report_key = blended.stage_key(his.scope_ids.usage_id, "s3")
        report = cases.view_case(usage_key=report_key, user_id=his.scope_ids.user_id).position.id
        assert act(mine, "stage_action", "s4/review", {"post": report, "text": REVIEW})[0] == 404

    def test_a_post_of_another_stage_or_task_is_not_found(self, both, make_task, open_as, learner, act, stage):
        mine, his = both
        stage(his, "s1", "post_position", text=OTHERS)
        stage(mine, "s1", "post_position", text=POSITION)
        foreign = post_of(drawn(mine), "s1", "Ben Osei")
        other = open_as(make_task(**TASK), learner)
        drawn(other)
        stage(other, "s1", "post_position", text=POSITION + " Elsewhere too.")
        for name in ("post_answer", "edit", "withdraw", "report", "helpful"):
            data = {"post": foreign, "text": ANSWER, "is_helpful": True}
            assert act(other, "stage_action", f"s1/{name}", data)[0] == 404, name

    def test_somebody_elses_post_is_not_changed(self, both, act, stage):
        mine, his = both
        stage(his, "s1", "post_position", text=OTHERS)
        stage(mine, "s1", "post_position", text=POSITION)
        post = post_of(drawn(mine), "s1", "Ben Osei")
        for name in ("edit", "withdraw"):
            assert act(mine, "stage_action", f"s1/{name}", {"post": post, "text": ANSWER})[0] == 403

    def test_a_page_that_was_drawn_for_somebody_else(self, both, act):
        headers = {"X-Community-Person": "999999"}
        status, answer = act(both[0], "stage_action", "s1/post_position", {"text": POSITION}, headers)
        assert (status, answer["error"]["code"]) == (409, "other_person")

    def test_a_course_without_tasks_shows_what_is_asked_and_takes_nothing(self, key, open_as, learner, act, course_key):
        cases.set_on(course_key, False, actor_id=None)
        block = open_as(key, learner)
        soup = drawn(block)
        assert "Blended tasks are not turned on in this course." in text_of(soup)
        assert "Apply" in text_of(soup)
        assert act(block, "stage_action", "s1/post_position", {"text": POSITION})[1]["error"]["code"] == "off"

    def test_whoever_is_not_enrolled_reads_what_is_asked(self, key, open_as, make_learner):
        stranger = make_learner("stranger", name="Sam Stranger")
        CourseEnrollment.objects.filter(user=stranger).update(is_active=False)
        soup = drawn(open_as(key, stranger))
        assert "Enrol in this course to take part." in text_of(soup)
        assert not soup.select("form, button")

    def test_a_neighbour_that_is_down_leaves_what_is_asked(self, key, open_as, learner, monkeypatch):
        def fail(**_who):
            raise DatabaseError

        monkeypatch.setattr("discussion_ext.api.blended.view_task", fail)
        soup = drawn(open_as(key, learner))
        assert "Your stages cannot be shown right now. Nothing is lost." in text_of(soup)
        assert "Discuss" in text_of(soup)


class TestGrades:
    """What the instructor's tools do reaches the learner's screen."""

    def test_an_override_holds_and_a_rescore_gives_it_up(self, both, sitting, stage, open_as, key, learner):
        mine, _his = both
        stage(mine, "s2", "check_in", code=code_of(sitting))
        score = mine.get_score()
        mine.set_score(score._replace(raw_earned=7.5))
        mine.publish_grade()
        assert mine.get_score().raw_earned == 7.5
        mine.rescore(only_if_higher=False)
        assert mine.get_score().raw_earned == mine.calculate_score().raw_earned < 7.5

    def test_a_reset_lets_posts_count_no_more(self, both, stage, learner):
        mine, his = both
        stage(his, "s1", "post_position", text=OTHERS)
        stage(mine, "s1", "post_position", text=POSITION)
        assert mine.calculate_score().raw_earned > 0
        mine.clear_student_state(user_id=learner.id, requesting_user_id=1, course_id="", item_id="")
        assert mine.calculate_score().raw_earned == 0
        assert part(drawn(mine), "s1").select_one("form[data-act=post_position]")
