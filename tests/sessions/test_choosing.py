"""Learners choose, change and leave their sitting, up to the cut-off and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from discussion_ext.api import attendance, sessions
from discussion_ext.data import AssignedBy, AttendanceState, SeatSource, SessionData

from .conftest import soon

pytestmark = pytest.mark.django_db


def _seats(sitting: Any) -> int:
    return sessions.get_sitting(sitting.id).meeting.seats_taken


def test_a_seat_is_taken_and_the_learner_looked_at_again(
    add: Any, choose: Any, learner: int, waiting: Any, session: SessionData
) -> None:
    """Choosing takes a seat, and says until when it can be changed."""
    sitting = add(capacity=2)
    mine = choose(learner, sitting)
    assert mine.sitting.id == sitting.id
    assert mine.source == SeatSource.CHOICE
    assert mine.may_change_until == sitting.meeting.starts_at - timedelta(hours=24)
    assert _seats(sitting) == 1
    assert waiting() == [learner]


def test_choosing_the_same_again_changes_nothing(add: Any, choose: Any, learner: int, waiting: Any) -> None:
    """A second press of the button is harmless."""
    sitting = add(capacity=2)
    choose(learner, sitting)
    waiting()
    choose(learner, sitting)
    assert _seats(sitting) == 1
    assert waiting() == []


def test_changing_frees_the_seat_that_is_left(add: Any, choose: Any, learner: int) -> None:
    """One person has one seat in a session."""
    first, second = add(capacity=1), add(capacity=1, title="Lunch")
    choose(learner, first)
    choose(learner, second)
    assert (_seats(first), _seats(second)) == (0, 1)


def test_a_full_sitting_is_refused_with_the_way_out(add: Any, choose: Any, learner: int, peer: int) -> None:
    """The refusal names both ways: another sitting, or being told."""
    sitting = add(capacity=1)
    choose(peer, sitting)
    with pytest.raises(sessions.SeatRefusedError) as refused:
        choose(learner, sitting)
    assert refused.value.code == "full"
    assert "ask to be told when a seat opens" in refused.value.message


@pytest.mark.parametrize(("late", "is_refused"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_the_cut_off_itself_is_in_time(
    add: Any, choose: Any, learner: int, own: Any, at: Any, late: timedelta, is_refused: bool
) -> None:
    """At exactly so many hours before the start one may still change; a moment later not any more."""
    first, second = add(), add(title="Later", starts_local=soon(days=20))
    choose(learner, first)
    at(sessions.cut_off(sessions.list_sessions(first_key(own, learner))[0], first) + late)
    if not is_refused:
        assert choose(learner, second).sitting.id == second.id
        return
    with pytest.raises(sessions.SeatRefusedError) as refused:
        choose(learner, second)
    assert refused.value.code == "too_late"
    assert own(learner).may_change_until is None


def first_key(own: Any, learner: int) -> Any:
    """Return the course of a learner's session."""
    return sessions.get_session(own(learner).session_id).course_key


@pytest.mark.parametrize(("late", "is_refused"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_the_cut_off_binds_at_the_sitting_that_is_taken_too(
    add: Any, choose: Any, learner: int, session: SessionData, at: Any, late: timedelta, is_refused: bool
) -> None:
    """Somebody who changes cannot slip into a sitting whose list is closed."""
    first, second = add(title="Later", starts_local=soon(days=20)), add()
    choose(learner, first)
    at(sessions.cut_off(session, second) + late)
    if not is_refused:
        assert choose(learner, second).sitting.id == second.id
        return
    with pytest.raises(sessions.SeatRefusedError) as refused:
        choose(learner, second)
    assert refused.value.code == "too_late"


def test_who_has_no_seat_may_take_one_until_it_begins(add: Any, choose: Any, learner: int, peer: int, at: Any) -> None:
    """The cut-off is for changing: a late joiner still gets a seat, until the sitting starts."""
    sitting = add()
    at(sitting.meeting.starts_at - timedelta(microseconds=1))
    assert choose(learner, sitting).sitting.id == sitting.id
    at(sitting.meeting.starts_at)
    with pytest.raises(sessions.SeatRefusedError) as refused:
        choose(peer, sitting)
    assert refused.value.code == "begun"


def test_after_a_cancellation_everybody_may_choose_again(
    add: Any, choose: Any, learner: int, staff: int, at: Any, own: Any
) -> None:
    """A cancelled sitting is left without a cut-off, and stays the learner's own until there is another one."""
    first, second = add(), add(title="Tomorrow", starts_local=soon(days=11))
    choose(learner, first)
    sessions.cancel_sitting(sitting_id=first.id, actor_id=staff, reason="The host is ill.")
    assert own(learner).sitting.meeting.is_cancelled
    at(first.meeting.starts_at + timedelta(hours=2))
    assert choose(learner, second).sitting.id == second.id


def test_cancelled_sittings_and_those_of_other_groups_are_refused(
    add: Any, choose: Any, learner: int, staff: int, cohort: Any, session: SessionData
) -> None:
    """Nobody gets a seat in them, whatever they post, and they are not offered."""
    group = cohort("Night")
    cancelled, others, mine = add(), add(cohort_ids=[group.id]), add(title="Open to all")
    sessions.cancel_sitting(sitting_id=cancelled.id, actor_id=staff, reason="No room.")
    for sitting, code in ((cancelled, "cancelled"), (others, "not_yours")):
        with pytest.raises(sessions.SeatRefusedError) as refused:
            choose(learner, sitting)
        assert refused.value.code == code
    choices = sessions.list_choices(session_id=session.id, user_id=learner)
    assert [each.sitting.id for each in choices] == [mine.id]


def test_a_sitting_of_another_session_is_not_found(add: Any, learner: int, course_key: Any) -> None:
    """A forged number leads nowhere."""
    other = sessions.ensure_session(course_key=course_key, block_id="other", title="Other")
    with pytest.raises(sessions.SittingNotFoundError):
        sessions.choose_sitting(session_id=other.id, user_id=learner, sitting_id=add().id)


@pytest.mark.parametrize("by", [AssignedBy.COHORT, AssignedBy.TEAM])
def test_where_others_decide_nobody_chooses(
    add: Any, choose: Any, learner: int, session: SessionData, assigned: Callable[..., Any], by: AssignedBy
) -> None:
    """The refusal says who decides."""
    sitting = add()
    choose(learner, sitting)
    assigned(by)
    for act in (lambda: choose(learner, add(title="x")), lambda: _leave(session, learner)):
        with pytest.raises(sessions.SeatRefusedError) as refused:
            act()
        assert refused.value.code == "not_choice"


def _leave(session: SessionData, user_id: int) -> Any:
    return sessions.leave_sitting(session_id=session.id, user_id=user_id)


def test_leaving_gives_the_seat_back(add: Any, choose: Any, learner: int, session: SessionData, waiting: Any) -> None:
    """And the learner is looked at again; leaving twice is harmless."""
    sitting = add(capacity=1)
    choose(learner, sitting)
    waiting()
    assert _leave(session, learner).sitting is None
    assert _leave(session, learner).sitting is None
    assert _seats(sitting) == 0
    assert waiting() == [learner]


def test_who_was_there_stays_there(add: Any, choose: Any, learner: int, own: Any, staff: int, at: Any) -> None:
    """Attendance decides: the sitting where somebody was present is theirs, and no other can be chosen."""
    seat, visited, third = add(), add(title="Visited"), add(title="Third", starts_local=soon(days=30))
    choose(learner, seat)
    at(visited.meeting.ends_at)
    attendance.import_attendance(
        meeting_id=visited.meeting.id, actor_id=staff, states={learner: AttendanceState.PRESENT}
    )
    assert own(learner).sitting.id == visited.id
    assert own(learner).attendance.state == AttendanceState.PRESENT
    with pytest.raises(sessions.SeatRefusedError) as refused:
        choose(learner, third)
    assert refused.value.code == "attended"


def test_own_sittings_cost_no_more_for_many(
    add: Any, choose: Any, enrol: Any, session: SessionData, django_assert_num_queries: Any
) -> None:
    """Six queries, whether for one learner or for thirty."""
    sitting = add()
    ids = [enrol() for _number in range(30)]
    for user_id in ids[:20]:
        choose(user_id, sitting)
    for some in (ids[:1], ids):
        with django_assert_num_queries(6):
            found = sessions.find_own_sittings(session_id=session.id, user_ids=some)
        assert set(found) == set(some)
    assert found[ids[0]].sitting.id == sitting.id
    assert found[ids[-1]].sitting is None


def test_a_past_sitting_is_offered_for_its_recording_only_where_none_lies_ahead(
    add: Any, choose: Any, learner: int, session: SessionData, assigned: Any, at: Any
) -> None:
    """A late joiner is not stuck: the recording of a past sitting can still count."""
    past = add(starts_local=soon(days=2), replay_unit="unit1", capacity=1)
    assigned(replay=80)
    at(past.meeting.ends_at + timedelta(hours=1))
    assert [each.sitting.id for each in sessions.list_choices(session_id=session.id, user_id=learner)] == [past.id]
    assert sessions.list_choices(session_id=session.id, user_id=learner)[0].refusal == ""
    ahead = add(title="Ahead", starts_local=soon(days=10))
    assert [each.sitting.id for each in sessions.list_choices(session_id=session.id, user_id=learner)] == [ahead.id]
    with pytest.raises(sessions.SeatRefusedError):
        choose(learner, past)
    sessions.cancel_sitting(sitting_id=ahead.id, actor_id=None, reason="Nobody came.")
    assert choose(learner, past).can_replay
