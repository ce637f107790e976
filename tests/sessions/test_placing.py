"""Who is seated by others: the team, a cohort, a host, and what leaving the course frees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from discussion_ext.api import attendance, sessions
from discussion_ext.data import AssignedBy, AttendanceState, SeatSource, SessionData, TickData
from people import api as people

from .conftest import COURSE, plan_of, soon

pytestmark = pytest.mark.django_db


def _move(group: Any, user_id: int) -> None:
    from django.contrib.auth.models import User

    from openedx.core.djangoapps.course_groups import cohorts

    cohorts.add_user_to_cohort(group, User.objects.get(pk=user_id))


def _unenrol(user_id: int) -> None:
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import CourseEnrollment

    CourseEnrollment.unenroll(User.objects.get(pk=user_id), COURSE)


class TestCohorts:
    """Members get their seats, and lose them with the cohort."""

    def test_members_are_seated_when_the_rule_is_made(
        self,
        *,
        add: Any,
        assigned: Any,
        cohort: Any,
        learner: int,
        peer: int,
        staff: int,
        own: Any,
        run: Any,
        waiting: Any,
    ) -> None:
        """By the errand that the change of rules leaves; the team is no part of it."""
        evenings, mornings = cohort("Evenings", learner, staff), cohort("Mornings", peer)
        evening, morning = add(cohort_ids=[evenings.id]), add(title="Morning", cohort_ids=[mornings.id])
        assigned(AssignedBy.COHORT)
        assert own(learner).sitting is None
        run()
        assert own(learner).sitting.id == evening.id
        assert own(learner).source == SeatSource.COHORT
        assert own(peer).sitting.id == morning.id
        assert own(staff).sitting is None
        assert waiting() == sorted([learner, peer])

    def test_a_change_of_cohort_moves_the_seat(
        self, add: Any, assigned: Any, cohort: Any, learner: int, own: Any, run: Any, told: Any
    ) -> None:
        """The platform's signal leaves an errand; they are told once of each seat."""
        evenings, mornings = cohort("Evenings", learner), cohort("Mornings")
        evening, morning = add(cohort_ids=[evenings.id]), add(title="Morning", cohort_ids=[mornings.id])
        assigned(AssignedBy.COHORT)
        run()
        _move(mornings, learner)
        assert own(learner).sitting.id == evening.id
        run()
        assert own(learner).sitting.id == morning.id
        assert sessions.get_sitting(evening.id).meeting.seats_taken == 0
        assert [each.kind for each in told()] == ["sitting_assigned"] * 2

    def test_who_has_attended_stays(
        self, add: Any, assigned: Any, cohort: Any, learner: int, own: Any, run: Any, at: Any, staff: int
    ) -> None:
        """A change of cohort after the sitting takes nothing away."""
        evenings, mornings = cohort("Evenings", learner), cohort("Mornings")
        evening = add(cohort_ids=[evenings.id])
        add(title="Morning", cohort_ids=[mornings.id], starts_local=soon(days=20))
        assigned(AssignedBy.COHORT)
        run()
        at(evening.meeting.ends_at)
        attendance.import_attendance(
            meeting_id=evening.meeting.id, actor_id=staff, states={learner: AttendanceState.PRESENT}
        )
        _move(mornings, learner)
        run()
        assert own(learner).sitting.id == evening.id

    def test_a_full_sitting_leads_to_the_next_of_the_cohort(
        self, add: Any, assigned: Any, cohort: Any, learner: int, peer: int, own: Any, run: Any
    ) -> None:
        """Two sittings of one cohort: the first ones sit in the first."""
        group = cohort("Evenings", learner, peer)
        first = add(cohort_ids=[group.id], capacity=1)
        second = add(title="Later", cohort_ids=[group.id], starts_local=soon(days=11), capacity=1)
        assigned(AssignedBy.COHORT)
        run()
        assert {own(learner).sitting.id, own(peer).sitting.id} == {first.id, second.id}

    def test_a_cancelled_sitting_hands_its_members_to_another_one(
        self, add: Any, assigned: Any, cohort: Any, learner: int, own: Any, run: Any, staff: int
    ) -> None:
        """Without another one they stay where they are; with one that is added later they go there."""
        group = cohort("Evenings", learner)
        first = add(cohort_ids=[group.id])
        assigned(AssignedBy.COHORT)
        run()
        sessions.cancel_sitting(sitting_id=first.id, actor_id=staff, reason="Ill.")
        run()
        assert own(learner).sitting.id == first.id
        second = add(title="Later", cohort_ids=[group.id], starts_local=soon(days=30))
        run()
        assert own(learner).sitting.id == second.id

    def test_a_late_member_sits_in_the_past_sitting(
        self, add: Any, assigned: Any, cohort: Any, learner: int, own: Any, run: Any, at: Any
    ) -> None:
        """Where nothing lies ahead: its recording can still count."""
        group = cohort("Evenings")
        sitting = add(cohort_ids=[group.id])
        assigned(AssignedBy.COHORT)
        run()
        at(sitting.meeting.ends_at + timedelta(days=1))
        _move(group, learner)
        run()
        assert own(learner).sitting.id == sitting.id

    def test_what_the_team_decided_stands(
        self, add: Any, assigned: Any, cohort: Any, learner: int, own: Any, run: Any, staff: int, session: SessionData
    ) -> None:
        """A seat given by hand is not moved by the sweep."""
        group = cohort("Evenings", learner)
        add(cohort_ids=[group.id])
        other = add(title="Other")
        assigned(AssignedBy.COHORT)
        run()
        sessions.assign(session_id=session.id, user_ids=[learner], sitting_id=other.id, actor_id=staff)
        people.run_job("discussion_ext.place_learners")
        assert own(learner).sitting.id == other.id


class TestEnrolment:
    """Leaving the course frees the seat; what is known of attendance stays."""

    def test_leaving_frees_a_seat_ahead(
        self, add: Any, choose: Any, learner: int, peer: int, own: Any, run: Any, told: Any, session: SessionData
    ) -> None:
        """And whoever waited for one is told."""
        sitting = add(capacity=1)
        choose(learner, sitting)
        sessions.wish_seat(session_id=session.id, user_id=peer, sitting_id=sitting.id)
        run()
        _unenrol(learner)
        run()
        run()  # the seat that was freed opens to those who wait
        assert own(learner).sitting is None
        assert [(each.kind, each.user_id) for each in told()] == [("seat_open", peer)]

    def test_a_past_seat_and_its_attendance_stay(
        self, add: Any, choose: Any, learner: int, own: Any, run: Any, at: Any, staff: int
    ) -> None:
        """Coming back, everything is as it was."""
        sitting = add()
        choose(learner, sitting)
        at(sitting.meeting.ends_at)
        attendance.import_attendance(
            meeting_id=sitting.meeting.id, actor_id=staff, states={learner: AttendanceState.PRESENT}
        )
        _unenrol(learner)
        run()
        assert own(learner).attendance.state == AttendanceState.PRESENT

    def test_the_sweep_frees_what_nobody_told_us_of(self, add: Any, choose: Any, learner: int, own: Any) -> None:
        """An enrolment that ended without a signal."""
        from common.djangoapps.student.models import CourseEnrollment

        choose(learner, add())
        CourseEnrollment.objects.filter(user_id=learner).update(is_active=False)
        assert people.look_at_job("discussion_ext.place_learners")["sessions to be looked at"] == 1
        assert own(learner).sitting is not None
        people.run_job("discussion_ext.place_learners")
        assert own(learner).sitting is None


class TestTeam:
    """The course team seats people one by one and many at once."""

    def test_only_the_rest_is_refused(self, add: Any, enrol: Any, session: SessionData, staff: int, own: Any) -> None:
        """A sitting of two takes two of three, and force the third; who is not enrolled gets nothing."""
        sitting, ids, stranger = add(capacity=2), [enrol() for _ in range(3)], enrol(is_enrolled=False)
        common: dict[str, Any] = {"session_id": session.id, "sitting_id": sitting.id, "actor_id": staff}
        assert set(sessions.assign(**common, user_ids=[*ids, stranger])) == {ids[2], stranger}
        assert set(sessions.assign(**common, user_ids=[ids[2], stranger], is_forced=True)) == {stranger}
        assert own(ids[2]).sitting.id == sitting.id
        assert sessions.get_sitting(sitting.id).meeting.seats_taken == 3

    def test_acts_are_on_record(self, add: Any, learner: int, session: SessionData, staff: int) -> None:
        """From where to where, by whom."""
        sitting = add()
        sessions.assign(session_id=session.id, user_ids=[learner], sitting_id=sitting.id, actor_id=staff)
        sessions.assign(session_id=session.id, user_ids=[learner], sitting_id=None, actor_id=staff)
        entries = people.list_audit(target=f"session:{session.id}", actor_id=staff).entries
        assert [entry.verb for entry in entries[:2]] == ["seat.free", "seat.assign"]
        assert entries[1].data == {"user": learner, "from": None, "to": sitting.id}


class TestWalkIns:
    """Whoever comes to another sitting sits there from then on."""

    def test_by_code_only_where_there_is_room(
        self, add: Any, choose: Any, learner: int, peer: int, own: Any, at: Any
    ) -> None:
        """A full room refuses; one with room takes the seat along."""
        mine, full, roomy = add(), add(title="Full", capacity=1), add(title="Roomy", capacity=1)
        choose(learner, mine)
        choose(peer, full)
        at(mine.meeting.starts_at)
        for sitting, is_in in ((full, False), (roomy, True)):
            code = attendance.current_code(sitting.meeting.id, at=mine.meeting.starts_at).code
            if not is_in:
                with pytest.raises(sessions.SessionError, match="This sitting is full"):
                    attendance.check_in(meeting_id=sitting.meeting.id, user_id=learner, code=code, source="code")
                continue
            attendance.check_in(
                meeting_id=sitting.meeting.id, user_id=learner, code=code, source=attendance_source("code")
            )
        assert own(learner).sitting.id == roomy.id
        assert own(learner).source == SeatSource.WALK_IN

    def test_a_host_ticks_over_the_capacity(
        self, add: Any, choose: Any, learner: int, peer: int, own: Any, at: Any, staff: int
    ) -> None:
        """The host sees who is in the room."""
        mine, full = add(), add(title="Full", capacity=1)
        choose(learner, mine)
        choose(peer, full)
        at(mine.meeting.starts_at)
        tick = TickData(request_key="k", user_id=learner, state=AttendanceState.PRESENT, made_at=mine.meeting.starts_at)
        attendance.record_roll(meeting_id=full.meeting.id, actor_id=staff, ticks=[tick])
        assert own(learner).sitting.id == full.id
        assert sessions.get_sitting(mine.id).meeting.seats_taken == 0


def attendance_source(name: str) -> Any:
    """Return a way in which attendance becomes known."""
    from discussion_ext.data import AttendanceSource

    return AttendanceSource(name)


class TestReplays:
    """Finishing the recording's unit counts as attended, after the sitting."""

    @pytest.fixture
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
        """Return what the platform says of finished units, to be filled."""
        done: dict[Any, Any] = {}
        monkeypatch.setattr("discussion_ext.edx_platform.units_done", lambda **_asked: done)
        return done

    @pytest.mark.parametrize("percent", [0, 80])
    def test_only_where_the_session_says_so(
        self, add: Any, choose: Any, learner: int, own: Any, at: Any, assigned: Any, watched: Any, percent: int
    ) -> None:
        """Not before the sitting is over, not without the rule, and once."""
        sitting = add(replay_unit="unit")
        choose(learner, sitting)
        assigned(replay=percent)
        watched["unit", learner] = sitting.meeting.ends_at + timedelta(hours=1)
        session_id = sitting.session_id
        assert sessions.take_replays(session_id=session_id, user_ids=[learner]) == 0
        at(sitting.meeting.ends_at + timedelta(hours=2))
        assert sessions.take_replays(session_id=session_id, user_ids=[learner]) == (1 if percent else 0)
        assert sessions.take_replays(session_id=session_id, user_ids=[learner]) == 0
        assert (own(learner).attendance is not None) is bool(percent)
        assert own(learner).can_replay is bool(percent)

    def test_a_sitting_without_a_recording_takes_that_of_another(
        self, add: Any, choose: Any, learner: int, own: Any, at: Any, assigned: Any, watched: Any
    ) -> None:
        """It is the same lesson; a cancelled sitting counts for nobody."""
        mine = add()
        add(title="Recorded", replay_unit="unit")
        choose(learner, mine)
        assigned(replay=100)
        watched["unit", learner] = mine.meeting.ends_at
        at(mine.meeting.ends_at)
        people.run_job("discussion_ext.place_learners")
        assert own(learner).attendance.source.value == "replay"


class TestMoves:
    """A sitting that is moved, cancelled or restored takes its people along."""

    def test_everybody_who_sits_there_is_looked_at_and_told(
        self, add: Any, choose: Any, enrol: Any, run: Any, waiting: Any, told: Any, staff: int
    ) -> None:
        """Nobody else; twice before the errand is once, from the first time to the last."""
        sitting, other = add(), add(title="Other")
        ids = [enrol() for _ in range(3)]
        for user_id in ids[:2]:
            choose(user_id, sitting)
        choose(ids[2], other)
        waiting()
        for hours in (1, 2):
            plan = plan_of(starts_local=sitting.meeting.starts_local + timedelta(hours=hours))
            sessions.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
        run()
        assert waiting() == ids[:2]
        news = told()
        assert [(each.kind, each.user_id) for each in news] == [("sitting_moved", user_id) for user_id in ids[:2]]
        assert news[0].context["old_starts_at"] == sitting.meeting.starts_at.isoformat()
        assert news[0].context["starts_at"] == (sitting.meeting.starts_at + timedelta(hours=2)).isoformat()

    def test_a_new_title_or_host_tells_nobody(
        self, add: Any, choose: Any, learner: int, run: Any, waiting: Any, told: Any, staff: int
    ) -> None:
        """Only time and place are news."""
        sitting = add()
        choose(learner, sitting)
        waiting()
        sessions.change_sitting(
            sitting_id=sitting.id,
            plan=plan_of(title="New", host_id=staff, starts_local=sitting.meeting.starts_local),
            actor_id=staff,
        )
        run()
        assert waiting() == []
        assert told() == []

    def test_a_longer_sitting_moves_dates_and_is_no_news(
        self, add: Any, choose: Any, learner: int, run: Any, waiting: Any, told: Any, staff: int
    ) -> None:
        """What opens at its end opens later."""
        sitting = add()
        choose(learner, sitting)
        waiting()
        plan = plan_of(minutes=120, starts_local=sitting.meeting.starts_local)
        sessions.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
        run()
        assert waiting() == [learner]
        assert told() == []

    def test_cancelled_and_restored(
        self, add: Any, choose: Any, learner: int, run: Any, waiting: Any, told: Any, staff: int, own: Any
    ) -> None:
        """With the reason; the seat is still there."""
        sitting = add()
        choose(learner, sitting)
        sessions.cancel_sitting(sitting_id=sitting.id, actor_id=staff, reason="The host is ill.")
        run()
        sessions.restore_sitting(sitting_id=sitting.id, actor_id=staff)
        run()
        assert [each.kind for each in told()] == ["sitting_cancelled", "sitting_moved"]
        assert told()[0].context["reason"] == "The host is ill."
        assert told()[1].context["is_restored"]
        assert own(learner).sitting.id == sitting.id

    @pytest.mark.parametrize(("day", "instant"), [("2027-03-25", "18:00"), ("2027-03-29", "17:00")])
    def test_over_a_change_of_clocks_the_wall_clock_stays(self, add: Any, staff: int, day: str, instant: str) -> None:
        """19:00 in Amsterdam is 19:00 before and after the clocks go forward, and back."""
        from datetime import datetime

        sitting = add(zone="Europe/Amsterdam", starts_local=datetime.fromisoformat("2027-03-24T19:00"))
        plan = plan_of(zone="Europe/Amsterdam", starts_local=datetime.fromisoformat(f"{day}T19:00"))
        moved = sessions.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
        assert f"{moved.meeting.starts_at:%H:%M}" == instant


class TestWishes:
    """Who waits is told once, in the order in which they asked."""

    def test_in_order_and_once(
        self, add: Any, choose: Any, enrol: Any, run: Any, told: Any, session: SessionData, at: Any, staff: int
    ) -> None:
        """One seat, one person; the next one when it was not taken for half a day."""
        sitting = add(capacity=1)
        holder, first, second = (enrol() for _ in range(3))
        choose(holder, sitting)
        for user_id in (first, second, first):
            sessions.wish_seat(session_id=session.id, user_id=user_id, sitting_id=sitting.id)
        run()
        assert told() == []
        sessions.leave_sitting(session_id=session.id, user_id=holder)
        run()
        people.run_job("discussion_ext.place_learners")
        assert [(each.kind, each.user_id) for each in told()] == [("seat_open", first)]
        from django.utils import timezone

        at(timezone.now() + timedelta(hours=13))
        people.run_job("discussion_ext.place_learners")
        assert [each.user_id for each in told()] == [first, second]

    @pytest.mark.parametrize("way", ["capacity", "team", "unlimited"])
    def test_whatever_opens_a_seat(
        self,
        *,
        add: Any,
        choose: Any,
        learner: int,
        peer: int,
        run: Any,
        told: Any,
        session: SessionData,
        staff: int,
        way: str,
    ) -> None:
        """More seats, no limit, or somebody moved away by the team."""
        sitting, other = add(capacity=1), add(title="Other")
        choose(peer, sitting)
        sessions.wish_seat(session_id=session.id, user_id=learner, sitting_id=sitting.id)
        if way == "team":
            sessions.assign(session_id=session.id, user_ids=[peer], sitting_id=other.id, actor_id=staff)
        else:
            plan = plan_of(starts_local=sitting.meeting.starts_local, capacity=2 if way == "capacity" else 0)
            sessions.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
        run()
        assert ("seat_open", learner) in [(each.kind, each.user_id) for each in told()]

    def test_there_is_nothing_to_wish_for_where_there_is_room(
        self, add: Any, learner: int, session: SessionData
    ) -> None:
        """Better to take the seat."""
        sitting = add(capacity=2)
        with pytest.raises(sessions.SeatRefusedError) as refused:
            sessions.wish_seat(session_id=session.id, user_id=learner, sitting_id=sitting.id)
        assert refused.value.code == "has_room"

    def test_taking_the_seat_ends_the_wish(
        self, add: Any, choose: Any, learner: int, peer: int, session: SessionData
    ) -> None:
        """Nobody is told of the seat that they have."""
        sitting = add(capacity=1)
        choose(peer, sitting)
        sessions.wish_seat(session_id=session.id, user_id=learner, sitting_id=sitting.id)
        sessions.leave_sitting(session_id=session.id, user_id=peer)
        choose(learner, sitting)
        assert sessions.count_wishes([sitting.id]) == {}
