"""The course team: decisions about stages, questions of learners, the table, the file, nudges."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from opaque_keys.edx.keys import UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.data import AttendanceState, DecisionKind, PostedData, RequirementState
from discussion_ext.models import Appeal, Participation, StageDecision
from people import api as people
from people.models import NewsItem

from .conftest import START, Clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class TestDecisions:
    @pytest.fixture(autouse=True)
    def _seated(self, learner: int, seat: Callable[..., None]) -> None:
        seat(learner)

    def test_more_time(
        self, task: UsageKey, learner: int, staff: int, clock: Clock, write: Callable[..., PostedData]
    ) -> None:
        clock.at(START + 5 * DAY)
        with pytest.raises(api.CaseNotOpenError):
            write(learner)
        until = clock.now + 2 * DAY
        made = blended.extend_stage(
            usage_key=task, user_id=learner, stage_id="s2", actor_id=staff, reason="Was ill", until=until
        )
        assert (made.kind, made.until, made.actor_name) == (DecisionKind.EXTEND, until, "Learner ruben")
        write(learner)
        stage = blended.view_task(usage_key=task, user_id=learner).stages[1]
        assert (stage.dates.due_at, list(stage.dates.moved_by)) == (until, ["extension"])
        assert stage.result.share == 0.5
        assert [decision.reason for decision in stage.decisions] == ["Was ill"]
        entry = people.list_audit(actor_id=staff).entries[0]
        assert (entry.verb, entry.reason, entry.data["stage"]) == ("stage.extend", "Was ill", "s2")
        news = NewsItem.objects.get(user_id=learner, kind="stage_decided")
        assert news.context["stage_title"] == "Take a position"

    def test_a_later_decision_replaces_the_former_and_both_stay_on_record(
        self, task: UsageKey, learner: int, staff: int
    ) -> None:
        who = {"usage_key": task, "user_id": learner, "stage_id": "s2", "actor_id": staff}
        blended.mark_stage(**who, reason="Said it in class", share=0.5)
        blended.excuse_stage(**who, reason="Parental leave")
        report = blended.get_blended_report(usage_key=task, user_id=learner)
        assert [(each.kind, each.revoked_at is None) for each in report.decisions] == [
            ("excuse", True),
            ("mark", False),
        ]
        assert report.view.stages[1].result.state == RequirementState.IMPOSSIBLE
        extended = blended.extend_stage(**who, reason="x", until=START + DAY)
        assert StageDecision.objects.filter(revoked_at=None).count() == 2  # time and verdict are two places
        blended.revoke_decision(usage_key=task, user_id=learner, decision_id=extended.id, actor_id=staff)
        blended.revoke_decision(usage_key=task, user_id=learner, decision_id=extended.id, actor_id=staff)
        assert people.list_audit(actor_id=staff).entries[0].verb == "stage.decision_revoked"
        assert NewsItem.objects.filter(kind="stage_decided").count() == 4

    def test_a_mark_counts_whatever_happens_later(
        self, task: UsageKey, learner: int, staff: int, row: Callable[..., Any], write: Callable[..., PostedData]
    ) -> None:
        made = blended.mark_stage(
            usage_key=task, user_id=learner, stage_id="s2", actor_id=staff, reason="Said it in class", share=1
        )
        assert row(learner).earned == 3
        write(learner)
        assert row(learner).earned == 3
        blended.revoke_decision(usage_key=task, user_id=learner, decision_id=made.id, actor_id=staff)
        assert row(learner).earned == 1.5

    @pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), float("inf"), True, "1", None])
    def test_a_share_that_is_none(self, task: UsageKey, learner: int, staff: int, share: Any) -> None:
        with pytest.raises(api.InvalidValueError) as refusal:
            blended.mark_stage(usage_key=task, user_id=learner, stage_id="s2", actor_id=staff, reason="x", share=share)
        assert refusal.value.field == "share"

    def test_what_is_refused_names_the_field(
        self, task: UsageKey, learner: int, staff: int, enrol: Callable[..., int], clock: Clock
    ) -> None:
        who = {"usage_key": task, "user_id": learner, "actor_id": staff}
        later = clock.now + DAY
        for values, field in (
            ({"stage_id": "s9", "reason": "x", "until": later}, "stage_id"),
            ({"stage_id": "s2", "reason": "  ", "until": later}, "reason"),
            ({"stage_id": "s2", "reason": "x", "until": clock.now - DAY}, "until"),
            ({"stage_id": "s2", "reason": "x", "until": later.replace(tzinfo=None)}, "until"),
        ):
            with pytest.raises(api.InvalidValueError) as refusal:
                blended.extend_stage(**who, **values)
            assert refusal.value.field == field
        outsider = enrol(is_enrolled=False)
        with pytest.raises(api.LearnerNotFoundError):
            blended.excuse_stage(usage_key=task, user_id=outsider, stage_id="s2", actor_id=staff, reason="x")
        assert not StageDecision.objects.exists()

    def test_a_decision_of_somebody_else_is_not_found(
        self, task: UsageKey, learner: int, peer: int, staff: int
    ) -> None:
        made = blended.excuse_stage(usage_key=task, user_id=learner, stage_id="s2", actor_id=staff, reason="x")
        with pytest.raises(api.ContributionNotFoundError):
            blended.revoke_decision(usage_key=task, user_id=peer, decision_id=made.id, actor_id=staff)


class TestAppeals:
    @pytest.fixture(autouse=True)
    def _seated(self, learner: int, seat: Callable[..., None], clock: Clock) -> None:
        seat(learner)
        clock.at(START + 3 * DAY)

    def test_asked_once_and_answered_with_a_mark(
        self, task: UsageKey, learner: int, staff: int, row: Callable[..., Any]
    ) -> None:
        asked = blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="I was on the train")
        with pytest.raises(api.PositionExistsError):
            blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="Again")
        page = blended.list_appeals(usage_key=task)
        assert [(each.name, each.text, each.answer) for each in page.appeals] == [
            ("Learner amara", "I was on the train", "")
        ]
        assert blended.get_blended_summary(usage_key=task).asked == 1
        answered = blended.answer_appeal(
            usage_key=task, appeal_id=asked.id, actor_id=staff, text="Fair enough", share=1
        )
        assert answered.answered_at is not None
        assert row(learner).earned == 3
        view = blended.view_task(usage_key=task, user_id=learner)
        assert view.stages[1].appeal is not None
        assert view.stages[1].appeal.answer == "Fair enough"
        with pytest.raises(api.InvalidValueError) as refusal:
            blended.answer_appeal(usage_key=task, appeal_id=asked.id, actor_id=staff, text="No")
        assert refusal.value.field == "appeal_id"

    def test_nobody_loses_by_asking(
        self, task: UsageKey, learner: int, staff: int, clock: Clock, write: Callable[..., PostedData]
    ) -> None:
        clock.at(START - 3 * DAY)
        write(learner)
        clock.at(START + 3 * DAY)
        asked = blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="Why?")
        with pytest.raises(api.InvalidValueError) as refusal:
            blended.answer_appeal(usage_key=task, appeal_id=asked.id, actor_id=staff, text="x", share=0.2)
        assert refusal.value.field == "share"
        assert Appeal.objects.get().answered_at is None
        blended.answer_appeal(usage_key=task, appeal_id=asked.id, actor_id=staff, text="Because")
        assert not StageDecision.objects.exists()

    def test_until_some_days_after_the_stage_closed(
        self, task: UsageKey, learner: int, clock: Clock, settings: Any
    ) -> None:
        closes_at = blended.view_task(usage_key=task, user_id=learner).result.find_dates("s2").closes_at
        assert closes_at is not None
        clock.at(closes_at + 15 * DAY)
        with pytest.raises(api.CaseNotOpenError):
            blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="Why?")
        settings.DISCUSSION_EXT_APPEAL_DAYS = 20
        blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="Why?")

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_a_question_that_is_none(self, task: UsageKey, learner: int, text: str) -> None:
        with pytest.raises(api.InvalidTextError) as refusal:
            blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text=text)
        assert refusal.value.field == "text"

    def test_answered_ones_come_last(
        self, task: UsageKey, learner: int, peer: int, staff: int, seat: Callable[..., None]
    ) -> None:
        seat(peer)
        first = blended.appeal(usage_key=task, stage_id="s2", user_id=learner, text="First")
        blended.appeal(usage_key=task, stage_id="s2", user_id=peer, text="Second")
        blended.answer_appeal(usage_key=task, appeal_id=first.id, actor_id=staff, text="x")
        assert [each.text for each in blended.list_appeals(usage_key=task).appeals] == ["Second", "First"]


class TestTheTable:
    @pytest.fixture
    def crowd(
        self,
        task: UsageKey,
        enrol: Callable[..., int],
        seat: Callable[..., None],
        attend: Callable[..., None],
        write: Callable[..., PostedData],
        clock: Clock,
        settle: Callable[[], None],
        staff: int,
    ) -> dict[str, int]:
        """Return people of every sort, some days after class."""
        found = {name: enrol(name) for name in ("present", "absent", "late", "nowhere")}
        seat(found["present"], found["absent"], found["late"])
        write(found["present"])
        clock.at(START - timedelta(hours=20))
        write(found["late"])
        clock.at(START + timedelta(minutes=5))
        attend(found["present"])
        attend(found["absent"], AttendanceState.ABSENT)
        clock.at(START + 5 * DAY)
        settle()
        return found

    def _list(self, task: UsageKey, **narrowed: Any) -> list[int]:
        return [row.user_id for row in blended.list_blended_rows(usage_key=task, **narrowed).rows]

    def test_narrowed(self, task: UsageKey, crowd: dict[str, int], staff: int, sitting: Any) -> None:
        assert self._list(task) == sorted(crowd.values())
        assert self._list(task, show="no_sitting") == [crowd["nowhere"]]
        assert crowd["absent"] in self._list(task, show="absent")
        assert crowd["present"] not in self._list(task, show="absent")
        assert self._list(task, show="late") == [crowd["late"]]
        assert self._list(task, show="late", stage_id="s4") == []
        assert crowd["nowhere"] not in self._list(task, sitting_id=sitting.id)
        assert self._list(task, search="Learner pres") == [crowd["present"]]
        blended.appeal(usage_key=task, stage_id="s2", user_id=crowd["late"], text="Why?")
        assert self._list(task, show="asked") == [crowd["late"]]
        blended.excuse_stage(
            usage_key=task, user_id=crowd["absent"], stage_id="s3", actor_id=staff, reason="Flight cancelled"
        )
        blended.override_grade(usage_key=task, user_id=crowd["nowhere"], actor_id=staff, score=5, reason="x")
        assert self._list(task, show="changed_by_team") == sorted([crowd["absent"], crowd["nowhere"]])
        assert self._list(task, show="changed_by_team", stage_id="s3") == [crowd["absent"]]

    def test_behind(self, task: UsageKey, crowd: dict[str, int]) -> None:
        behind = self._list(task, show="behind")
        assert {crowd["present"], crowd["absent"], crowd["late"]} <= set(behind)
        assert crowd["late"] in self._list(task, show="behind", stage_id="s1")

    @pytest.mark.parametrize(
        ("narrowed", "field"),
        [({"show": "nobody"}, "show"), ({"stage_id": "s9"}, "stage_id"), ({"sitting_id": 99}, "sitting_id"),
         ({"page": 0}, "page")],
    )  # fmt: skip
    def test_a_list_that_there_is_not(self, task: UsageKey, crowd: Any, narrowed: Any, field: str) -> None:
        with pytest.raises(api.InvalidValueError) as refusal:
            blended.list_blended_rows(usage_key=task, **narrowed)
        assert refusal.value.field == field

    def test_rows_and_summary(
        self, task: UsageKey, crowd: dict[str, int], django_assert_max_num_queries: Callable[[int], Any]
    ) -> None:
        with django_assert_max_num_queries(20):
            page = blended.list_blended_rows(usage_key=task)
        present = page.rows[0]
        assert (present.name, present.sitting_title) == ("Learner present", "Evening")
        assert [cell.stage_id for cell in present.cells] == ["s1", "s2", "s3", "s4", "s5"]
        assert present.cells[2].state == RequirementState.MET
        assert present.earned == 3.5
        summary = blended.get_blended_summary(usage_key=task)
        assert (summary.learners, summary.no_sitting, summary.finished, summary.pending) == (4, 1, 0, 0)
        assert summary.met == {"s3": 1}

    def test_as_a_file(self, task: UsageKey, crowd: dict[str, int], staff: int) -> None:
        lines = list(csv.reader(blended.iter_blended_csv(usage_key=task)))
        assert len(lines) == 1 + len(crowd)
        assert lines[0][:5] == ["User id", "Name", "Sitting", "Read", "Share of Read, percent"]
        by_name = {line[1]: line for line in lines[1:]}
        assert by_name["Learner present"][-4:-1] == ["3.5", "10.0", ""]
        assert staff not in {int(line[0]) for line in lines[1:]}

    def test_one_learner(self, task: UsageKey, crowd: dict[str, int], staff: int) -> None:
        report = blended.get_blended_report(usage_key=task, user_id=crowd["late"])
        assert report.name == "Learner late"
        (post,) = report.posts["s2"]
        assert post.verdict is not None
        assert report.view.stages[1].result.late_by == timedelta(hours=4) or (
            report.view.stages[1].result.late_by is not None
        )
        with pytest.raises(api.LearnerNotFoundError):
            blended.get_blended_report(usage_key=task, user_id=staff)


class TestNudges:
    def test_once_a_day(
        self, task: UsageKey, learner: int, peer: int, staff: int, seat: Callable[..., None], clock: Clock,
        settle: Callable[[], None],
    ) -> None:  # fmt: skip
        seat(learner)
        settle()
        clock.at(START - timedelta(hours=20))
        settle()
        assert blended.nudge(usage_key=task, actor_id=staff) == 1
        assert blended.nudge(usage_key=task, actor_id=staff) == 0
        assert blended.nudge(usage_key=task, actor_id=staff, user_id=peer) == 1
        assert sorted(NewsItem.objects.filter(kind="task_nudge").values_list("user_id", flat=True)) == [learner, peer]
        clock.forward(days=1, minutes=1)
        assert blended.nudge(usage_key=task, actor_id=staff) == 1
        assert people.list_audit(actor_id=staff).entries[0].data == {"people": 1}

    def test_who_has_finished_is_left_alone(
        self, task: UsageKey, learner: int, staff: int, enrol: Callable[..., int]
    ) -> None:
        Participation.objects.create(task_id=_task_id(task), user_id=learner, is_finished=True)
        assert blended.nudge(usage_key=task, actor_id=staff, user_id=learner) == 0
        with pytest.raises(api.LearnerNotFoundError):
            blended.nudge(usage_key=task, actor_id=staff, user_id=enrol(is_enrolled=False))


def _task_id(usage_key: UsageKey) -> int:
    from discussion_ext.models import Task

    return Task.objects.get(usage_key=str(usage_key)).pk
