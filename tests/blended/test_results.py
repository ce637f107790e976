"""Results kept and told: by what happens in stages, by dates, by changed configurations; grades in the team's hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.data import AttendanceState, BlendedConfigData, PostedData, RequirementState, StageKind
from discussion_ext.models import Contribution, Participation, PendingEvaluation, StageStanding, Task, UnitDone
from gamification import api as gamification

from .conftest import ATTEND, CONFIG, DISCUSS, READ, REPORT, REVIEW, START, Clock, text_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def states(usage_key: UsageKey, user_id: int) -> dict[str, str]:
    """Return the kept states by stage."""
    rows = StageStanding.objects.filter(task__usage_key=str(usage_key), user_id=user_id)
    return dict(rows.values_list("stage_id", "state"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float, float]]:
    """Return what the grade book was told: learner, earned, possible."""
    found: list[tuple[int, float, float]] = []
    monkeypatch.setattr(
        "discussion_ext.edx_platform.publish_score",
        lambda *, user_id, usage_key, earned, possible: found.append((user_id, earned, possible)),
    )
    return found


class TestTheWholeWay:
    def test_prepare_attend_apply(
        self,
        task: UsageKey,
        course_key: CourseKey,
        learner: int,
        peer: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        attend: Callable[..., None],
        finished_units: dict[Any, Any],
        clock: Clock,
        settle: Callable[[], None],
        committed: Callable[[], Any],
        row: Callable[..., Any],
        told: list[Any],
    ) -> None:
        with committed():
            seat(learner, peer)
            settle()
        theirs = write(peer).contribution
        write(learner)
        assert theirs is not None
        write(learner, to=theirs.id)
        finished_units |= {("u1", learner): clock(), ("u2", learner): clock()}
        with committed():
            blended.open_task(usage_key=task, user_id=learner)
        assert states(task, learner) == {"s1": "met", "s2": "met", "s3": "open", "s4": "open", "s5": "open"}
        assert (row(learner).earned, row(learner).possible) == (4, 10)
        clock.at(START)
        with committed():
            attend(learner)
            settle()
        assert row(learner).earned == 6
        clock.at(START + DAY)
        with committed():
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=learner, text=text_of(12, 1))
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=peer, text=text_of(12, 2))
        (target,) = blended.draw_reviews(usage_key=task, stage_id="s5", user_id=learner)
        with committed():
            blended.write_review(
                usage_key=task, stage_id="s5", user_id=learner, contribution_id=target.contribution_id,
                text=text_of(8, 903),
            )  # fmt: skip
        assert row(learner).is_finished
        assert blended.get_score(usage_key=task, user_id=learner) == (10, 10)
        assert row(learner).published_completion == 1
        assert [entry for entry in told if entry[0] == learner][-1] == (learner, 10, 10)
        # Read and discuss prepare 3 each, class 3, applied 10, and the answer and review as answers.
        kinds = gamification.breakdown(learner, course_key)
        assert {"sessions"} <= {share.kind for share in kinds}
        sub_keys = set(Task.objects.filter(kind="stage").values_list("pk", flat=True))
        assert not Participation.objects.filter(task__in=sub_keys).exclude(published_earned=None).exists()

    def test_the_ledger_by_stage(
        self,
        task: UsageKey,
        learner: int,
        finished_units: dict[Any, Any],
        clock: Clock,
        committed: Callable[[], Any],
    ) -> None:
        finished_units |= {("u1", learner): clock(), ("u2", learner): clock()}
        with committed():
            blended.open_task(usage_key=task, user_id=learner)
        standing = StageStanding.objects.get(stage_id="s1", user_id=learner)
        entry = gamification.find_source_points(standing.source)
        assert entry is not None
        assert (standing.revision, entry.points, entry.kind) == (1, 3, "prepare")
        view = blended.view_task(usage_key=task, user_id=learner)
        assert [stage.points for stage in view.stages] == [3, None, None, None, None]

    def test_points_come_back_when_a_stage_is_met_no_more(
        self,
        make_task: Callable[..., UsageKey],
        course_key: CourseKey,
        learner: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        task: UsageKey,
        committed: Callable[[], Any],
    ) -> None:
        make_task(replace(CONFIG, stages=(READ, replace(DISCUSS, answers_wanted=0), ATTEND, REPORT, REVIEW)))
        seat(learner)
        post = write(learner).contribution
        assert post is not None
        with committed():
            blended.open_task(usage_key=task, user_id=learner)
        points = gamification.get_standing(learner, course_key).points
        with committed():
            api.withdraw_contribution(usage_key=blended.stage_key(task, "s2"), contribution_id=post.id, user_id=learner)
            api.sweep()
        standing = StageStanding.objects.get(stage_id="s2", user_id=learner)
        assert (standing.revision, standing.state) == (2, "open")
        assert gamification.get_standing(learner, course_key).points < points


class TestModeration:
    def test_a_removed_post_lowers_the_grade_with_the_reason(
        self,
        task: UsageKey,
        learner: int,
        staff: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        row: Callable[..., Any],
        committed: Callable[[], Any],
    ) -> None:
        seat(learner)
        post = write(learner).contribution
        assert post is not None
        assert row(learner).earned == 1.5
        key = blended.stage_key(task, "s2")
        with committed():
            api.remove_contribution(usage_key=key, contribution_id=post.id, actor_id=staff, reason="Names a client")
            api.sweep()
        assert blended.get_score(usage_key=task, user_id=learner) == (0, 10)
        stage = blended.view_task(usage_key=task, user_id=learner).stages[1]
        assert "Names a client" in "".join(item.why for item in stage.result.items)
        with committed():
            api.restore_contribution(usage_key=key, contribution_id=post.id, actor_id=staff)
            api.sweep()
        assert row(learner).earned == 1.5

    def test_an_answer_under_a_withdrawn_position_keeps_its_credit(
        self,
        task: UsageKey,
        learner: int,
        peer: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        row: Callable[..., Any],
    ) -> None:
        seat(learner, peer)
        theirs = write(peer).contribution
        write(learner)
        assert theirs is not None
        write(learner, to=theirs.id)
        assert row(learner).earned == 3.0
        api.withdraw_contribution(usage_key=blended.stage_key(task, "s2"), contribution_id=theirs.id, user_id=peer)
        api.sweep()
        assert row(learner).earned == 3.0


class TestReading:
    def test_what_was_read_stays_read(
        self, task: UsageKey, learner: int, finished_units: dict[Any, Any], clock: Clock, row: Callable[..., Any]
    ) -> None:
        finished_units |= {("u1", learner): clock(), ("u2", learner): clock()}
        blended.open_task(usage_key=task, user_id=learner)
        assert states(task, learner)["s1"] == "met"
        finished_units.clear()  # a new video was added to the units
        blended.rescore(usage_key=task, user_id=learner)
        assert states(task, learner)["s1"] == "met"
        assert UnitDone.objects.filter(user_id=learner).count() == 2

    def test_looking_keeps_nothing(
        self, task: UsageKey, learner: int, finished_units: dict[Any, Any], clock: Clock
    ) -> None:
        finished_units |= {("u1", learner): clock()}
        view = blended.view_task(usage_key=task, user_id=learner)
        assert [unit.done_at is not None for unit in view.stages[0].units] == [True, False]
        assert [unit.title for unit in view.stages[0].units] == ["Why", "How"]
        assert not UnitDone.objects.exists()
        assert not Participation.objects.exists()

    def test_a_unit_that_left_the_course_is_asked_no_more(
        self,
        task: UsageKey,
        learner: int,
        finished_units: dict[Any, Any],
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
        make_task: Callable[..., UsageKey],
        settle: Callable[[], None],
    ) -> None:
        from discussion_ext.edx_platform import UnitData

        finished_units |= {("u1", learner): clock()}
        blended.open_task(usage_key=task, user_id=learner)
        assert states(task, learner)["s1"] == "open"
        monkeypatch.setattr("discussion_ext.edx_platform.list_units", lambda _key: [UnitData("u1", "Why")])
        make_task()
        settle()
        assert states(task, learner)["s1"] == "met"


class TestDates:
    def test_a_date_that_passes_is_looked_at_by_the_sweep(
        self,
        task: UsageKey,
        learner: int,
        seat: Callable[..., None],
        clock: Clock,
        settle: Callable[[], None],
        row: Callable[..., Any],
    ) -> None:
        seat(learner)
        settle()
        assert not row(learner).is_behind
        assert row(learner).next_look_at > clock.now
        clock.at(START - timedelta(hours=23))
        settle()
        assert row(learner).is_behind
        clock.at(START + 40 * DAY)
        settle()
        assert set(states(task, learner).values()) <= {"not", "impossible"}
        assert row(learner).next_look_at is None

    def test_everybody_enrolled_has_a_row(
        self, task: UsageKey, learner: int, peer: int, staff: int, settle: Callable[[], None]
    ) -> None:
        settle()
        rows = Participation.objects.filter(task__usage_key=str(task))
        assert set(rows.values_list("user_id", flat=True)) == {learner, peer}
        assert all(row.needs_sitting and row.joined_at for row in rows)

    def test_an_individual_due_date_moves_every_stage(
        self,
        task: UsageKey,
        learner: int,
        seat: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
        row: Callable[..., Any],
    ) -> None:
        seat(learner)
        before = blended.view_task(usage_key=task, user_id=learner).result
        monkeypatch.setattr(
            "discussion_ext.edx_platform.individual_due_shifts",
            lambda *, usage_key, user_ids: dict.fromkeys(user_ids, 3 * DAY),
        )
        after = blended.view_task(usage_key=task, user_id=learner).result
        for stage_id in ("s1", "s2", "s4", "s5"):
            due, was = after.find_dates(stage_id).due_at, before.find_dates(stage_id).due_at
            assert due is not None
            assert was is not None
            assert due - was == 3 * DAY
        blended.open_task(usage_key=task, user_id=learner)
        assert row(learner).shift == 3 * DAY

    def test_a_late_joiner_catches_up(
        self, task: UsageKey, enrol: Callable[..., int], seat: Callable[..., None], clock: Clock
    ) -> None:
        clock.at(START - timedelta(hours=12))
        late = enrol(joined_at=clock.now)
        seat(late)
        dates = blended.view_task(usage_key=task, user_id=late).result.find_dates("s2")
        assert (dates.due_at, list(dates.moved_by)) == (clock.now.replace(microsecond=0) + 7 * DAY, ["catch_up"]) or (
            dates.due_at is not None and abs(dates.due_at - clock.now - 7 * DAY) < timedelta(minutes=1)
        )

    def test_reminders_are_asked_for_once(
        self, task: UsageKey, learner: int, seat: Callable[..., None], clock: Clock, settle: Callable[[], None]
    ) -> None:
        from people.models import NewsItem

        seat(learner)
        settle()
        assert not NewsItem.objects.filter(kind="stage_due").exists()
        clock.at(START - 3 * DAY + timedelta(hours=1))
        settle()
        settle()
        due = NewsItem.objects.filter(kind="stage_due", user_id=learner)
        assert sorted(item.context["stage_id"] for item in due) == ["s1", "s2"]


class TestChangedConfigurations:
    def test_points_and_weights(
        self,
        task: UsageKey,
        make_task: Callable[..., UsageKey],
        learner: int,
        peer: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        told: list[Any],
        row: Callable[..., Any],
    ) -> None:
        seat(learner, peer)
        write(learner)
        settle()
        told.clear()
        make_task(points=20)
        assert blended.view_task(usage_key=task, user_id=learner).earned != row(learner).earned
        settle()
        assert told == [(learner, 3.0, 20)]
        assert row(peer).possible == 20
        assert set(Participation.objects.filter(task__kind="blended").values_list("config_version", flat=True)) == {2}
        assert Task.objects.get(kind="blended").settle_at is None

    def test_what_does_not_change_is_told_to_nobody(
        self,
        make_task: Callable[..., UsageKey],
        task: UsageKey,
        learner: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        told: list[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        seat(learner)
        write(learner)
        settle()
        told.clear()
        make_task(intro="Welcome")
        monkeypatch.setattr("discussion_ext.blended.regrade.evaluate_learner", lambda *_args: 1 / 0)
        settle()
        assert told == []
        assert not PendingEvaluation.objects.exists()

    def test_a_new_minimum_judges_words_again(
        self,
        make_task: Callable[..., UsageKey],
        task: UsageKey,
        learner: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        row: Callable[..., Any],
    ) -> None:
        seat(learner)
        write(learner, number=12)
        make_task(replace(CONFIG, stages=(READ, replace(DISCUSS, position_min=50), ATTEND, REPORT, REVIEW)))
        settle()
        assert row(learner).earned == 0
        make_task()
        settle()
        assert row(learner).earned == 1.5

    def test_previewed_before(
        self,
        task: UsageKey,
        learner: int,
        peer: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        django_assert_max_num_queries: Callable[[int], Any],
    ) -> None:
        seat(learner, peer)
        write(learner)
        settle()
        only = BlendedConfigData(title="x", points=10, stages=(replace(DISCUSS, weight=100),))
        with django_assert_max_num_queries(50):
            preview = blended.preview_change(usage_key=task, config=only)
        assert (preview.learners, preview.looked_at, preview.raised, preview.lowered) == (2, 2, 1, 0)
        assert preview.examples == (("Learner amara", 1.5, 5.0),)
        assert blended.preview_change(usage_key=task, config=CONFIG).examples == ()
        missing = task.course_key.make_usage_key("blended_task", "nowhere")
        assert blended.preview_change(usage_key=missing, config=CONFIG).learners == 0

    def test_somebody_who_cannot_be_evaluated_holds_up_nobody(
        self,
        make_task: Callable[..., UsageKey],
        task: UsageKey,
        learner: int,
        peer: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        row: Callable[..., Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        seat(learner, peer)
        write(learner)
        write(peer)
        settle()
        make_task(points=20)
        from discussion_ext.results import evaluate_learner

        with monkeypatch.context() as broken:
            broken.setattr(
                "discussion_ext.blended.regrade.evaluate_learner",
                lambda task_id, user_id: 1 / 0 if user_id == learner else evaluate_learner(task_id, user_id),
            )
            blended.regrade_task(Task.objects.get(kind="blended").pk)
        assert row(peer).published_possible == 20
        assert row(learner).published_possible == 10
        settle()
        assert row(learner).published_possible == 20


class TestGradesInTheTeamsHands:
    def test_an_override_holds(
        self,
        task: UsageKey,
        learner: int,
        staff: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        make_task: Callable[..., UsageKey],
        settle: Callable[[], None],
        row: Callable[..., Any],
    ) -> None:
        seat(learner)
        write(learner)
        with pytest.raises(api.InvalidValueError) as refusal:
            blended.override_grade(usage_key=task, user_id=learner, actor_id=staff, score=11, reason="x")
        assert refusal.value.field == "score"
        blended.override_grade(usage_key=task, user_id=learner, actor_id=staff, score=9, reason="Spoke in class")
        make_task(intro="Welcome")
        settle()
        assert blended.get_score(usage_key=task, user_id=learner) == (9, 10)
        view = blended.view_task(usage_key=task, user_id=learner)
        assert view.override is not None
        assert (view.earned, view.override.reason) == (9, "Spoke in class")
        assert blended.calculate_score(usage_key=task, user_id=learner) == (1.5, 10)
        blended.rescore(usage_key=task, user_id=learner, only_if_higher=True)
        assert blended.get_score(usage_key=task, user_id=learner) == (9, 10)
        blended.rescore(usage_key=task, user_id=learner)
        assert blended.get_score(usage_key=task, user_id=learner) == (1.5, 10)

    def test_reset_starts_afresh(
        self,
        task: UsageKey,
        learner: int,
        staff: int,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
        settle: Callable[[], None],
        finished_units: dict[Any, Any],
        clock: Clock,
        row: Callable[..., Any],
    ) -> None:
        seat(learner)
        assert not blended.has_taken_part(usage_key=task, user_id=learner)
        write(learner)
        assert blended.has_taken_part(usage_key=task, user_id=learner)
        finished_units |= {("u1", learner): clock()}
        blended.reset_learner(usage_key=task, user_id=learner, actor_id=staff)
        settle()
        assert states(task, learner)["s2"] == "open"
        assert row(learner).earned == 0.5  # what was read cannot be done again
        assert blended.get_score(usage_key=task, user_id=learner) == (0.5, 10)
        assert Contribution.objects.filter(author_id=learner, state="live").count() == 1
        write(learner)
        assert row(learner).earned == 2.0
        key = blended.stage_key(task, "s2")
        assert api.view_case(usage_key=key, user_id=learner).position is not None


def test_attendance_reaches_the_grade(
    task: UsageKey,
    learner: int,
    seat: Callable[..., None],
    attend: Callable[..., None],
    settle: Callable[[], None],
    clock: Clock,
    row: Callable[..., Any],
) -> None:
    seat(learner)
    settle()
    clock.at(START + timedelta(minutes=5))
    attend(learner)
    settle()
    assert row(learner).earned == 2
    attend(learner, AttendanceState.EXCUSED)
    settle()
    stage = blended.view_task(usage_key=task, user_id=learner).result.find_stage("s3")
    assert stage is not None
    assert (stage.kind, stage.state) == (StageKind.ATTEND, RequirementState.IMPOSSIBLE)
    assert row(learner).earned == 0


def test_a_sitting_that_moves_moves_the_stages(
    task: UsageKey,
    learner: int,
    seat: Callable[..., None],
    staff: int,
    sitting: Any,
    settle: Callable[[], None],
    row: Callable[..., Any],
    clock: Clock,
) -> None:
    from discussion_ext.data import MeetingMode, MeetingPlanData
    from discussion_ext.sessions import sittings

    from .conftest import NAIROBI

    seat(learner)
    settle()
    clock.at(START - timedelta(hours=23))
    settle()
    assert row(learner).is_behind
    later = (START + 7 * DAY).astimezone(NAIROBI).replace(tzinfo=None)
    plan = MeetingPlanData(
        title="Evening", mode=MeetingMode.OFFLINE, starts_local=later, zone="Africa/Nairobi", minutes=120
    )
    sittings.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
    settle()
    assert not row(learner).is_behind
    assert row(learner).next_look_at is not None


def test_a_view_costs_the_same_for_any_crowd(
    task: UsageKey,
    learner: int,
    enrol: Callable[..., int],
    seat: Callable[..., None],
    write: Callable[..., PostedData],
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    seat(learner)
    write(learner)
    for _ in range(6):
        other = enrol()
        seat(other)
        write(other)
    with django_assert_max_num_queries(45):
        blended.view_task(usage_key=task, user_id=learner)
