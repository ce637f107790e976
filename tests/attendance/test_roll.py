"""The roll: ticks that come late, twice and in any order; sheets, corrections and replays."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussion_ext.api import attendance as api
from discussion_ext.attendance.lists import find_walk_ins, list_roll
from discussion_ext.attendance.wording import say_attendance
from discussion_ext.data import AttendanceSource, AttendanceState, TickData
from discussion_ext.exceptions import CaseError
from discussion_ext.models import Attendance, AttendanceChange
from tests.attendance.conftest import AMARA, CHEN, HOST, PRIYA, START, STRANGER, TEAM, enter, seat

pytestmark = pytest.mark.usefixtures("clock")
PRESENT, ABSENT, EXCUSED = AttendanceState.PRESENT, AttendanceState.ABSENT, AttendanceState.EXCUSED
MINUTE = timedelta(minutes=1)


def tick(user_id: int, state: AttendanceState, made_at: datetime, key: str = "") -> TickData:
    return TickData(request_key=key or f"{user_id}{made_at}"[:40], user_id=user_id, state=state, made_at=made_at)


def call(meeting: Any, *ticks: TickData, actor_id: int = HOST) -> list[str]:
    return [each.outcome for each in api.record_roll(meeting_id=meeting.id, actor_id=actor_id, ticks=ticks)]


def find(meeting: Any, user_id: int) -> Any:
    return api.find_attendance([meeting.id], [user_id]).get((meeting.id, user_id))


@pytest.fixture(autouse=True)
def _later(clock: Any) -> None:
    clock(START + 60 * MINUTE)


class TestTicks:
    def test_a_tick_is_saved_once(self, meeting: Any, owner: Any) -> None:
        one = tick(AMARA, PRESENT, START + MINUTE, "a")
        assert [call(meeting, one), call(meeting, one), call(meeting, one, one)] == [
            ["saved"],
            ["known"],
            ["known"] * 2,
        ]
        found = find(meeting, AMARA)
        assert (found.state, found.source, found.arrived_at) == (PRESENT, AttendanceSource.ROLL, START + MINUTE)
        assert found.recorded_by == HOST
        assert (owner.told, AttendanceChange.objects.count()) == ([AMARA], 1)

    def test_the_last_made_holds_in_whatever_order_they_come(self, meeting: Any) -> None:
        late, early = tick(AMARA, ABSENT, START + 2 * MINUTE, "b"), tick(AMARA, PRESENT, START + MINUTE, "a")
        assert [call(meeting, late), call(meeting, early)] == [["saved"], ["older"]]
        assert find(meeting, AMARA).state is ABSENT
        assert (
            call(meeting, tick(CHEN, ABSENT, START + 2 * MINUTE), tick(CHEN, PRESENT, START + MINUTE)) == ["saved"] * 2
        )
        assert find(meeting, CHEN).state is ABSENT

    def test_what_a_code_said_is_not_undone_by_an_older_tick(self, meeting: Any) -> None:
        enter(meeting, AMARA, at=START + 5 * MINUTE)
        assert call(meeting, tick(AMARA, ABSENT, START + MINUTE)) == ["older"]
        assert find(meeting, AMARA).source is AttendanceSource.CODE

    def test_said_again_it_keeps_when_somebody_came_and_outdates_what_is_older(self, meeting: Any) -> None:
        enter(meeting, AMARA, at=START)
        assert call(meeting, tick(AMARA, PRESENT, START + 9 * MINUTE, "b")) == ["saved"]
        assert (find(meeting, AMARA).source, find(meeting, AMARA).arrived_at) == (AttendanceSource.CODE, START)
        assert call(meeting, tick(AMARA, ABSENT, START + 5 * MINUTE, "a")) == ["older"]
        assert AttendanceChange.objects.count() == 1

    def test_a_clock_that_is_ahead_does_not_win_for_ever(self, meeting: Any, clock: Any) -> None:
        assert call(meeting, tick(AMARA, PRESENT, START + timedelta(days=400), "a")) == ["saved"]
        assert find(meeting, AMARA).arrived_at == START + 60 * MINUTE
        clock(START + 61 * MINUTE)
        assert call(meeting, tick(AMARA, ABSENT, START + 61 * MINUTE, "b")) == ["saved"]

    def test_a_clock_that_is_behind_counts_from_when_the_roll_opened(self, meeting: Any) -> None:
        assert call(meeting, tick(AMARA, PRESENT, START - timedelta(days=400))) == ["saved"]
        assert find(meeting, AMARA).arrived_at == meeting.check_in_from

    def test_one_that_is_refused_does_not_stop_the_others(self, meeting: Any, owner: Any) -> None:
        ticks = [
            tick(STRANGER, PRESENT, START),
            tick(CHEN, PRESENT, START),
            tick(AMARA, PRESENT, START, "k" * 41),
            tick(AMARA, EXCUSED, START, "c"),
        ]
        results = api.record_roll(meeting_id=meeting.id, actor_id=HOST, ticks=ticks)
        assert [each.outcome for each in results] == ["refused", "saved", "refused", "saved"]
        assert "no seat" in results[0].message
        assert [each.request_key for each in results] == [each.request_key for each in ticks]
        assert sorted(owner.told) == [AMARA, CHEN]
        assert not find(meeting, STRANGER)

    def test_somebody_who_is_not_on_the_list_gets_a_seat_first(self, meeting: Any, owner: Any) -> None:
        owner.visitors.add(PRIYA)
        assert call(meeting, tick(PRIYA, PRESENT, START)) == ["saved"]
        assert api.has_seat(meeting.id, PRIYA)

    @pytest.mark.parametrize("state", [ABSENT, EXCUSED])
    def test_who_is_not_there_is_given_no_seat(self, meeting: Any, owner: Any, state: AttendanceState) -> None:
        owner.visitors.add(PRIYA)
        assert call(meeting, tick(PRIYA, state, START)) == ["refused"]
        assert not api.has_seat(meeting.id, PRIYA)
        assert not find(meeting, PRIYA)

    def test_who_came_without_a_seat_can_be_unticked(self, meeting: Any, owner: Any) -> None:
        api.import_attendance(meeting_id=meeting.id, actor_id=TEAM, states={PRIYA: PRESENT})
        assert call(meeting, tick(PRIYA, ABSENT, START + 60 * MINUTE)) == ["saved"]
        assert find(meeting, PRIYA).state is ABSENT

    def test_the_key_of_one_person_is_free_for_another(self, meeting: Any) -> None:
        assert call(meeting, tick(AMARA, PRESENT, START, "a"), tick(CHEN, PRESENT, START, "a")) == ["saved"] * 2

    def test_too_many_at_once(self, meeting: Any) -> None:
        with pytest.raises(CaseError) as refusal:
            call(meeting, *[tick(AMARA, PRESENT, START)] * 501)
        assert refusal.value.field == "ticks"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), states=st.lists(st.sampled_from([PRESENT, ABSENT]), min_size=1, max_size=5))
def test_any_order_and_repetition_ends_the_same(meeting: Any, data: Any, states: list[AttendanceState]) -> None:
    Attendance.objects.all().delete()
    AttendanceChange.objects.all().delete()
    ticks = [tick(AMARA, state, START + place * MINUTE, f"k{place}") for place, state in enumerate(states)]
    sent = data.draw(st.permutations(ticks + data.draw(st.lists(st.sampled_from(ticks), max_size=3))))
    cuts = data.draw(st.integers(1, len(sent)))
    for batch in itertools.zip_longest(*[iter(sent)] * cuts):
        call(meeting, *[each for each in batch if each])
    assert find(meeting, AMARA).state is states[-1]


class TestWho:
    @pytest.mark.parametrize("actor_id", [AMARA, STRANGER])
    def test_only_hosts_and_the_team(self, meeting: Any, actor_id: int) -> None:
        acts = [
            lambda: call(meeting, tick(AMARA, PRESENT, START), actor_id=actor_id),
            lambda: api.correct_attendance(
                meeting_id=meeting.id, user_id=AMARA, state=PRESENT, actor_id=actor_id, reason="I was there"
            ),
        ]
        for act in acts:
            with pytest.raises(api.NotHostError):
                act()
        assert not find(meeting, AMARA)

    def test_the_host_for_some_days_and_the_team_always(self, meeting: Any, clock: Any) -> None:
        clock(meeting.correct_until)
        assert call(meeting, tick(AMARA, PRESENT, START)) == ["saved"]
        clock(meeting.correct_until + timedelta(seconds=1))
        with pytest.raises(api.NotHostError, match="time for this has passed"):
            call(meeting, tick(CHEN, PRESENT, START))
        assert call(meeting, tick(CHEN, PRESENT, START), actor_id=TEAM) == ["saved"]

    def test_not_before_it_opens_and_not_when_cancelled(self, meeting: Any, clock: Any) -> None:
        clock(meeting.check_in_from - timedelta(seconds=1))
        with pytest.raises(api.CheckInClosedError) as refusal:
            call(meeting, tick(AMARA, PRESENT, START), actor_id=TEAM)
        assert refusal.value.opens_at == meeting.check_in_from
        clock(START)
        api.cancel_meeting(meeting_id=meeting.id, actor_id=TEAM, reason="Water")
        with pytest.raises(api.MeetingCancelledError):
            call(meeting, tick(AMARA, PRESENT, START))


class TestCorrection:
    def correct(self, meeting: Any, state: AttendanceState, reason: str = "Was at the dentist's") -> Any:
        return api.correct_attendance(meeting_id=meeting.id, user_id=AMARA, state=state, actor_id=HOST, reason=reason)

    def test_it_keeps_who_and_why_and_what_was_before(self, meeting: Any, clock: Any) -> None:
        enter(meeting, AMARA, at=START)
        found = self.correct(meeting, EXCUSED)
        assert (found.state, found.reason, found.recorded_by) == (EXCUSED, "Was at the dentist's", HOST)
        assert found.corrected_from is PRESENT
        assert self.correct(meeting, ABSENT, "Was at home").corrected_from is PRESENT
        assert [(each.state, each.reason, each.actor_id) for each in api.list_changes(meeting.id, AMARA)] == [
            (ABSENT, "Was at home", HOST),
            (EXCUSED, "Was at the dentist's", HOST),
            (PRESENT, "", AMARA),
        ]

    def test_where_nothing_was_known(self, meeting: Any) -> None:
        assert self.correct(meeting, PRESENT).corrected_from is None

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
    def test_a_reason_is_needed(self, meeting: Any, reason: str) -> None:
        with pytest.raises(api.MeetingError) as refusal:
            self.correct(meeting, PRESENT, reason)
        assert refusal.value.field == "reason"
        assert not find(meeting, AMARA)

    def test_ticks_from_before_it_come_too_late(self, meeting: Any) -> None:
        self.correct(meeting, EXCUSED)
        assert call(meeting, tick(AMARA, ABSENT, START + 59 * MINUTE)) == ["older"]


def test_a_sheet(meeting: Any, owner: Any) -> None:
    enter(meeting, AMARA, at=START)
    owner.told.clear()
    states = {AMARA: PRESENT, CHEN: ABSENT, STRANGER: PRESENT}
    for counts in ({"saved": 2, "known": 1}, {"saved": 0, "known": 3}):
        assert api.import_attendance(meeting_id=meeting.id, actor_id=TEAM, states=states) == counts
    assert owner.told == [CHEN, STRANGER]
    assert find(meeting, CHEN).source is AttendanceSource.IMPORT


class TestReplay:
    WATCHED = START + timedelta(days=1)

    def watch(self, meeting: Any) -> Any:
        return api.mark_replay(meeting_id=meeting.id, user_id=AMARA, at=self.WATCHED)

    @pytest.fixture(autouse=True)
    def _next_day(self, clock: Any, _later: None) -> None:
        clock(self.WATCHED + MINUTE)

    @pytest.mark.parametrize("before", [None, ABSENT])
    def test_it_counts_for_whoever_was_not_there(self, meeting: Any, owner: Any, before: Any) -> None:
        if before:
            call(meeting, tick(AMARA, before, START))
        found = self.watch(meeting)
        assert (found.state, found.source, found.arrived_at) == (PRESENT, AttendanceSource.REPLAY, self.WATCHED)
        told = list(owner.told)
        assert self.watch(meeting) == found
        assert owner.told == told

    @pytest.mark.parametrize("state", [PRESENT, EXCUSED])
    def test_it_never_overrides(self, meeting: Any, state: AttendanceState) -> None:
        call(meeting, tick(AMARA, state, START))
        found = self.watch(meeting)
        assert (found.state, found.source) == (state, AttendanceSource.ROLL)

    def test_not_in_the_room_does_not_undo_it(self, meeting: Any) -> None:
        self.watch(meeting)
        call(meeting, tick(AMARA, ABSENT, self.WATCHED + MINUTE))
        api.import_attendance(meeting_id=meeting.id, actor_id=TEAM, states={AMARA: ABSENT})
        assert find(meeting, AMARA).source is AttendanceSource.REPLAY

    def test_a_correction_does_until_it_is_watched_again(self, meeting: Any, clock: Any) -> None:
        self.watch(meeting)
        api.correct_attendance(
            meeting_id=meeting.id, user_id=AMARA, state=ABSENT, actor_id=TEAM, reason="Only skipped through it"
        )
        assert self.watch(meeting).state is ABSENT
        clock(self.WATCHED + 20 * MINUTE)
        again = api.mark_replay(meeting_id=meeting.id, user_id=AMARA, at=self.WATCHED + 10 * MINUTE)
        assert again.source is AttendanceSource.REPLAY


class TestLists:
    def test_who_has_a_seat_and_who_came_without_by_name(self, meeting: Any, owner: Any) -> None:
        api.import_attendance(meeting_id=meeting.id, actor_id=TEAM, states={PRIYA: PRESENT})
        page = list_roll(meeting)
        assert [row.name for row in page.results] == ["Amara Okafor", "Priya Nair", "陈嘉文"]
        assert (page.present, page.seats, page.next_after) == (1, 2, None)

    def test_pages(self, make_meeting: Any, django_assert_num_queries: Any) -> None:
        meeting = make_meeting()
        for user_id in range(1, 8):
            seat(meeting, user_id)
        seen, after = [], 0
        while after is not None:
            with django_assert_num_queries(4):
                page = list_roll(meeting, after=after, limit=3)
            seen += [row.user_id for row in page.results]
            after = page.next_after
        assert seen == list(range(1, 8))

    @pytest.mark.parametrize(("typed", "found"), [("pri", [PRIYA]), ("p", []), (" \0 ", []), ("zz", [])])
    def test_people_to_add(self, meeting: Any, owner: Any, typed: str, found: list[int]) -> None:
        owner.visitors |= {PRIYA, AMARA}
        assert list(find_walk_ins(meeting, typed)) == found
        assert AMARA not in find_walk_ins(meeting, "amara")  # has a seat


def test_in_words(meeting: Any, owner: Any, clock: Any) -> None:
    enter(meeting, AMARA, at=START - 3 * MINUTE)
    call(meeting, tick(CHEN, PRESENT, START - MINUTE))
    said = [say_attendance(find(meeting, each), meeting) for each in (AMARA, CHEN, PRIYA)]
    assert said == ["18:57, by code", "18:59, by the host", "Not yet"]
    api.correct_attendance(meeting_id=meeting.id, user_id=AMARA, state=ABSENT, actor_id=HOST, reason="Left at once")
    assert say_attendance(find(meeting, AMARA), meeting) == "Not here, corrected: Left at once"
    api.mark_replay(meeting_id=meeting.id, user_id=PRIYA, at=START + 30 * MINUTE)
    assert say_attendance(find(meeting, PRIYA), meeting) == "Watched the replay, Thu 3 Dec"
