"""Writing in stages: in the learner's own time, as in a case, with reports and reviews."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from opaque_keys.edx.keys import UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.data import PostedData, RequirementState
from discussion_ext.models import Contribution, Participation, ReviewAssignment, ReviewLoad, StageStanding

from .conftest import CONFIG, REPORT, START, Clock, text_of

pytestmark = pytest.mark.django_db

DUE = START - timedelta(hours=24)
DAY = timedelta(days=1)


class TestTheLearnersOwnTime:
    @pytest.fixture(autouse=True)
    def _seated(self, learner: int, seat: Callable[..., None]) -> None:
        seat(learner)

    @pytest.mark.parametrize(
        ("moment", "is_open"),
        [
            (START - 7 * DAY - timedelta(seconds=1), False),
            (START - 7 * DAY, True),
            (DUE, True),
            (DUE + DAY, True),  # late
            (DUE + 2 * DAY, True),
            (DUE + 2 * DAY + timedelta(seconds=50), True),  # sent before, arrived a moment later
            (DUE + 2 * DAY + timedelta(seconds=70), False),
        ],
    )
    def test_from_opening_to_closing(
        self, learner: int, clock: Clock, write: Callable[..., PostedData], moment: Any, is_open: bool
    ) -> None:
        clock.at(moment)
        if is_open:
            assert write(learner).contribution is not None
        else:
            with pytest.raises(api.CaseNotOpenError):
                write(learner)
            assert not Contribution.objects.exists()

    def test_the_same_moment_is_another_one_for_somebody_else(
        self,
        task: UsageKey,
        learner: int,
        peer: int,
        staff: int,
        clock: Clock,
        seat: Callable[..., None],
        write: Callable[..., PostedData],
    ) -> None:
        from .conftest import NAIROBI, add_sitting

        later = add_sitting(task, staff, starts_local=(START + 10 * DAY).astimezone(NAIROBI).replace(tzinfo=None))
        seat(peer, where=later)
        clock.at(START - 6 * DAY)
        write(learner)
        with pytest.raises(api.CaseNotOpenError, match="not opened"):
            write(peer)
        clock.at(START + 4 * DAY)
        write(peer)

    def test_without_a_sitting_it_is_said_what_to_do(self, peer: int, task: UsageKey, clock: Clock) -> None:
        clock.at(START + DAY)
        with pytest.raises(api.CaseNotOpenError, match="Choose one first"):
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=peer, text=text_of(12))

    def test_what_the_case_screen_says_of_the_time(self, task: UsageKey, learner: int, clock: Clock) -> None:
        key = blended.stage_key(task, "s2")
        view = api.view_case(usage_key=key, user_id=learner)
        assert (view.phase, view.opens_at, view.closes_at) == ("open", START - 7 * DAY, DUE + 2 * DAY)
        clock.at(START - 9 * DAY)
        assert api.view_case(usage_key=key, user_id=learner).phase == "scheduled"
        clock.at(START + 5 * DAY)
        view = api.view_case(usage_key=key, user_id=learner)
        assert (view.phase, view.synthesis, view.points.hint) == ("closed", None, 0)

    def test_there_is_no_look_back(self, task: UsageKey, learner: int, write: Callable[..., PostedData]) -> None:
        write(learner)
        with pytest.raises(api.NotAllowedError):
            api.post_look_back(usage_key=blended.stage_key(task, "s2"), user_id=learner, body=text_of(12, 7))

    def test_withdrawn_after_closing(
        self, task: UsageKey, learner: int, clock: Clock, write: Callable[..., PostedData], row: Callable[..., Any]
    ) -> None:
        post = write(learner).contribution
        assert post is not None
        assert row(learner).earned > 0
        clock.at(START + 5 * DAY)
        api.withdraw_contribution(usage_key=blended.stage_key(task, "s2"), contribution_id=post.id, user_id=learner)
        api.sweep()
        assert row(learner).earned == 0


class TestCorrections:
    @pytest.fixture(autouse=True)
    def _seated(self, learner: int, seat: Callable[..., None]) -> None:
        seat(learner)

    def _credit(self, task: UsageKey, learner: int) -> tuple[float, Any]:
        result = blended.view_task(usage_key=task, user_id=learner).result.find_stage("s2")
        assert result is not None
        return result.share, result.late_by

    def test_a_word_put_right_after_the_due_date_is_not_late(
        self, task: UsageKey, learner: int, clock: Clock, write: Callable[..., PostedData]
    ) -> None:
        post = write(learner, number=20, body=text_of(20, 1)).contribution
        assert post is not None
        clock.at(DUE + timedelta(hours=3))
        api.edit_contribution(
            usage_key=blended.stage_key(task, "s2"),
            contribution_id=post.id,
            user_id=learner,
            body=text_of(20, 1) + " so",
        )
        share, late_by = self._credit(task, learner)
        assert (share, late_by) == (0.5, None)

    def test_a_new_text_after_the_due_date_is_late(
        self, task: UsageKey, learner: int, clock: Clock, write: Callable[..., PostedData]
    ) -> None:
        post = write(learner, body=text_of(20, 1)).contribution
        assert post is not None
        clock.at(DUE + timedelta(hours=3))
        api.edit_contribution(
            usage_key=blended.stage_key(task, "s2"), contribution_id=post.id, user_id=learner, body=text_of(20, 9)
        )
        share, _late_by = self._credit(task, learner)
        assert share == pytest.approx(0.4)

    def test_what_arrived_a_moment_after_the_due_date_was_in_time(
        self, task: UsageKey, learner: int, clock: Clock, write: Callable[..., PostedData]
    ) -> None:
        clock.at(DUE + timedelta(seconds=20))
        write(learner)
        assert self._credit(task, learner) == (0.5, None)


class TestReports:
    @pytest.fixture(autouse=True)
    def _after_class(self, learner: int, peer: int, seat: Callable[..., None], clock: Clock) -> None:
        seat(learner, peer)
        clock.at(START + DAY)

    def test_handed_in_and_changed(self, task: UsageKey, learner: int) -> None:
        first = blended.hand_in_report(usage_key=task, stage_id="s4", user_id=learner, text=text_of(12, 1)).contribution
        link = "https://example.org/plan"
        changed = blended.hand_in_report(
            usage_key=task, stage_id="s4", user_id=learner, text=text_of(12, 2), link=link
        ).contribution
        assert first is not None
        assert changed is not None
        assert changed.id == first.id
        assert blended.split_report(changed.body) == (text_of(12, 2), link)
        assert blended.split_report(first.body) == (first.body, "")
        stage = blended.view_task(usage_key=task, user_id=learner).stages[3]
        assert (stage.result.state, stage.phase) == (RequirementState.MET, "done")

    @pytest.mark.parametrize(
        ("text", "link", "field"),
        [
            ("short", "", "text"),
            ("", "", "text"),
            (text_of(12), "javascript:alert(1)", "link"),
            (text_of(12), "https://" + "x" * 600 + ".org", "link"),
            (text_of(12), "no link", "link"),
        ],
    )
    def test_a_report_that_is_none(self, task: UsageKey, learner: int, text: str, link: str, field: str) -> None:
        with pytest.raises(api.InvalidTextError) as refusal:
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=learner, text=text, link=link)
        assert refusal.value.field == field
        assert not Contribution.objects.exists()

    def test_a_link_that_is_asked_for(self, make_task: Callable[..., UsageKey], task: UsageKey, learner: int) -> None:
        make_task(replace(CONFIG, stages=(*CONFIG.stages[:3], replace(REPORT, needs_link=True), CONFIG.stages[4])))
        with pytest.raises(api.InvalidTextError) as refusal:
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=learner, text=text_of(12))
        assert refusal.value.field == "link"
        link = "https://example.org/plan"
        blended.hand_in_report(usage_key=task, stage_id="s4", user_id=learner, text=text_of(12), link=link)
        assert blended.view_task(usage_key=task, user_id=learner).stages[3].result.state == RequirementState.MET

    def test_a_stage_that_is_no_report(self, task: UsageKey, learner: int) -> None:
        with pytest.raises(api.InvalidValueError):
            blended.hand_in_report(usage_key=task, stage_id="s2", user_id=learner, text=text_of(12))


class TestReviews:
    @pytest.fixture
    def people(self, enrol: Callable[..., int], seat: Callable[..., None], clock: Clock) -> list[int]:
        """Return five seated learners, after class."""
        found = [enrol() for _ in range(5)]
        seat(*found)
        clock.at(START + DAY)
        return found

    @pytest.fixture
    def report(self, task: UsageKey) -> Callable[[int], int]:
        """Return a way to hand in a report; it gives its id."""

        def hand_in(user_id: int) -> int:
            posted = blended.hand_in_report(
                usage_key=task, stage_id="s4", user_id=user_id, text=text_of(12, user_id)
            ).contribution
            assert posted is not None
            return posted.id

        return hand_in

    def _draw(self, task: UsageKey, user_id: int) -> list[int]:
        drawn = blended.draw_reviews(usage_key=task, stage_id="s5", user_id=user_id)
        return [target.contribution_id for target in drawn]

    def test_fairly_never_ones_own_and_the_same_again(
        self, task: UsageKey, people: list[int], report: Callable[[int], int]
    ) -> None:
        reports = {user_id: report(user_id) for user_id in people}
        drawn = {user_id: self._draw(task, user_id) for user_id in people}
        assert all(reports[user_id] not in found for user_id, found in drawn.items())
        assert sorted(found[0] for found in drawn.values()) == sorted(reports.values())  # each report once
        assert {user_id: self._draw(task, user_id) for user_id in people} == drawn
        assert set(ReviewLoad.objects.values_list("assigned", flat=True)) == {1}

    def test_nobody_else_yet(self, task: UsageKey, people: list[int], report: Callable[[int], int]) -> None:
        report(people[0])
        assert self._draw(task, people[0]) == []
        theirs = report(people[1])
        assert self._draw(task, people[0]) == [theirs]

    def test_a_report_that_goes_is_exchanged_unless_it_was_reviewed(
        self, task: UsageKey, people: list[int], report: Callable[[int], int], staff: int, clock: Clock
    ) -> None:
        first, second, third = report(people[0]), report(people[1]), report(people[2])
        me = people[3]
        clock.at(START + 18 * DAY)  # who handed in nothing may review by now
        assert self._draw(task, me) == [first]
        key = blended.stage_key(task, "s4")
        api.remove_contribution(usage_key=key, contribution_id=first, actor_id=staff, reason="Names somebody")
        assert self._draw(task, me) == [second]
        blended.write_review(usage_key=task, stage_id="s5", user_id=me, contribution_id=second, text=text_of(8, 901))
        api.withdraw_contribution(usage_key=key, contribution_id=second, user_id=people[1])
        assert self._draw(task, me) == [second]
        assert self._draw(task, people[4]) == [third]
        api.restore_contribution(usage_key=key, contribution_id=first, actor_id=staff)
        assert self._draw(task, people[2]) == [first]
        assert ReviewLoad.objects.get(contribution_id=first).assigned == 1

    def test_written_changed_and_counted(
        self, task: UsageKey, people: list[int], report: Callable[[int], int], committed: Callable[[], Any]
    ) -> None:
        me, other = people[:2]
        mine = report(me)
        (target,) = [report(other)] if self._draw(task, me) == [] else []
        self._draw(task, me)
        with committed():
            first = blended.write_review(
                usage_key=task, stage_id="s5", user_id=me, contribution_id=target, text=text_of(8, 901)
            ).contribution
        again = blended.write_review(
            usage_key=task, stage_id="s5", user_id=me, contribution_id=target, text=text_of(8, 902)
        ).contribution
        assert first is not None
        assert again is not None
        assert (first.id, again.body) == (again.id, text_of(8, 902))
        view = blended.view_task(usage_key=task, user_id=me)
        assert view.stages[4].result.state == RequirementState.MET
        assert [each.review_id for each in view.stages[4].reviews] == [again.id]
        received = blended.view_task(usage_key=task, user_id=other).stages[3].reviews_received
        assert len(received) == 1
        assert text_of(8, 902).split()[0] in received[0]
        assert mine != target

    def test_only_what_was_drawn(self, task: UsageKey, people: list[int], report: Callable[[int], int]) -> None:
        me, other, third = people[:3]
        report(me)
        drawn, not_drawn = report(other), report(third)
        assert self._draw(task, me) == [drawn]
        with pytest.raises(api.ContributionNotFoundError):
            blended.write_review(
                usage_key=task, stage_id="s5", user_id=me, contribution_id=not_drawn, text=text_of(8, 901)
            )
        # Through the door of answers it can be said, and does not count.
        api.post_answer(
            usage_key=blended.stage_key(task, "s4"), contribution_id=not_drawn, user_id=me, body=text_of(8, 903)
        )
        api.sweep()
        assert blended.view_task(usage_key=task, user_id=me).stages[4].result.share == 0

    def test_reports_of_others_are_held_while_ones_own_can_come(
        self, task: UsageKey, people: list[int], report: Callable[[int], int], clock: Clock
    ) -> None:
        target = report(people[1])
        with pytest.raises(api.PostsHeldError):
            self._draw(task, people[0])
        assert not ReviewAssignment.objects.exists()
        clock.at(START + 18 * DAY)  # reports are closed, reviews are not
        assert self._draw(task, people[0]) == [target]

    def test_reviews_have_a_time_of_their_own(
        self, task: UsageKey, people: list[int], report: Callable[[int], int], clock: Clock
    ) -> None:
        me, other = people[:2]
        report(me)
        target = report(other)
        self._draw(task, me)
        clock.at(START + 18 * DAY)  # reports are closed, reviews are not
        with pytest.raises(api.CaseNotOpenError):
            report(me)
        blended.write_review(usage_key=task, stage_id="s5", user_id=me, contribution_id=target, text=text_of(8, 901))
        clock.at(START + 22 * DAY)
        with pytest.raises(api.CaseNotOpenError):
            blended.draw_reviews(usage_key=task, stage_id="s5", user_id=me)

    def test_within_the_cohort(
        self,
        make_task: Callable[..., UsageKey],
        task: UsageKey,
        people: list[int],
        report: Callable[[int], int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cohorts = {user_id: 1 + index % 2 for index, user_id in enumerate(people)}
        monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda user_id, _key: cohorts[user_id])
        monkeypatch.setattr(
            "discussion_ext.edx_platform.cohorts_of", lambda _key, ids: {each: cohorts[each] for each in ids}
        )
        make_task(by_cohort=True)
        reports = {report(user_id): cohorts[user_id] for user_id in people}
        for user_id in people:
            assert {reports[pk] for pk in self._draw(task, user_id)} == {cohorts[user_id]}

    def test_who_waits_for_a_report_is_looked_at_when_there_is_one(
        self,
        task: UsageKey,
        people: list[int],
        report: Callable[[int], int],
        committed: Callable[[], Any],
        settle: Callable[[], None],
    ) -> None:
        me, other = people[:2]
        settle()
        kept = StageStanding.objects.filter(stage_id="s5", user_id=me)
        assert kept.get().state == RequirementState.WAITING
        with committed():
            report(other)
        assert kept.get().state == RequirementState.OPEN

    def test_starting_over_gives_reports_back(
        self, task: UsageKey, people: list[int], report: Callable[[int], int], staff: int
    ) -> None:
        me, other = people[:2]
        report(me)
        target = report(other)
        self._draw(task, me)
        blended.reset_learner(usage_key=task, user_id=me, actor_id=staff)
        assert not ReviewAssignment.objects.exists()
        assert ReviewLoad.objects.get(contribution_id=target).assigned == 0


def test_a_position_is_needed_to_see_those_of_others(
    task: UsageKey, learner: int, peer: int, seat: Callable[..., None], write: Callable[..., PostedData]
) -> None:
    seat(learner, peer)
    theirs = write(peer).contribution
    assert theirs is not None
    with pytest.raises(api.PostsHeldError):
        write(learner, to=theirs.id)
    write(learner)
    write(learner, to=theirs.id)
    assert Participation.objects.get(task__usage_key=str(task), user_id=learner).earned == 3
