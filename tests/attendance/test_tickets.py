"""Personal tickets: what they say and hide, and what becomes of one at the door."""

from __future__ import annotations

import base64
import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussion_ext.api import attendance as api
from discussion_ext.attendance.lists import list_roll
from discussion_ext.data import AttendanceSource, AttendanceState, TickData
from discussion_ext.exceptions import CaseError
from discussion_ext.models import AttendanceChange
from tests.attendance.conftest import AMARA, CHEN, HOST, PRIYA, START, STRANGER, TEAM, enter, slot_of

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)
KEYS = map(str, itertools.count())
PRESENT = AttendanceState.PRESENT


def scan(meeting: Any, user_id: int, *, by: int = HOST, **options: Any) -> Any:
    token = api.make_ticket(meeting.id, user_id)
    return api.check_in_ticket(meeting_id=meeting.id, token=token, actor_id=by, request_key=next(KEYS), **options)


def scanned(token: str, made_at: Any, key: str = "k") -> TickData:
    return TickData(request_key=key, ticket=token, state=PRESENT, made_at=made_at)


def send(meeting: Any, *ticks: TickData) -> list[Any]:
    return api.record_roll(meeting_id=meeting.id, actor_id=HOST, ticks=ticks)


class TestToken:
    @given(user_id=st.integers(1, 2**31 - 1))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    def test_it_is_read_back(self, meeting: Any, user_id: int) -> None:
        token = api.make_ticket(meeting.id, user_id)
        assert len(token) == 22
        assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        assert api.read_ticket(meeting, token) == user_id

    def test_it_hides_who_it_is(self, meeting: Any) -> None:
        """Neighbours in number have nothing in common, and the number stands nowhere in the bytes."""
        tokens = [api.make_ticket(meeting.id, each) for each in range(1, 300)]
        raw = [base64.urlsafe_b64decode(each + "==") for each in tokens]
        assert len(set(tokens)) == len(tokens)
        assert not any(number.to_bytes(4) == each[-4:] for number, each in enumerate(raw, 1))
        for place in range(16):
            assert len({each[place] for each in raw}) > 100

    def test_the_picture_holds_the_address_and_nothing_else(
        self, meeting: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("discussion_ext.attendance.codes.draw_qr", lambda address: address)
        address = api.draw_ticket_qr(meeting.id, AMARA)
        path, _slash, token = address.rstrip("/").rpartition("/")
        assert path.endswith(f"/check_in/{meeting.uid}/ticket")
        assert token == api.make_ticket(meeting.id, AMARA)
        assert str(AMARA) not in address.replace(meeting.uid, "").replace(token, "")

    def test_a_whole_address_is_read_too(self, meeting: Any) -> None:
        token = api.make_ticket(meeting.id, AMARA)
        assert api.read_ticket(meeting, f" https://lms.example.org/x/{token}/ ") == AMARA

    def test_it_is_of_one_meeting(self, meeting: Any, make_meeting: Any) -> None:
        with pytest.raises(api.WrongTicketError, match="no ticket of this meeting"):
            api.read_ticket(make_meeting(), api.make_ticket(meeting.id, AMARA))

    def test_it_needs_the_key_of_the_site(self, meeting: Any, settings: Any) -> None:
        token = api.make_ticket(meeting.id, AMARA)
        settings.SECRET_KEY = "another"
        with pytest.raises(api.WrongTicketError):
            api.read_ticket(meeting, token)

    def test_no_bit_of_it_can_be_changed(self, meeting: Any) -> None:
        token = api.make_ticket(meeting.id, AMARA)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for place, letter in enumerate(token):
            for other in letters:
                forged = token[:place] + other + token[place + 1 :]
                if other == letter:
                    assert api.read_ticket(meeting, forged) == AMARA
                else:
                    with pytest.raises(api.WrongTicketError):
                        api.read_ticket(meeting, forged)

    @pytest.mark.parametrize(
        "token",
        ["", "/", "x", "AMARA", "0" * 22, "=" * 22, "é" * 22, "陈" * 22, "A" * 21, "A" * 23, "A" * 5000, "\0" * 22],
    )
    def test_what_is_none(self, meeting: Any, token: str) -> None:
        with pytest.raises(api.WrongTicketError) as refused:
            api.read_ticket(meeting, token)
        assert (refused.value.field, refused.value.status) == ("ticket", 422)


class TestDoor:
    def test_a_host_lets_somebody_in(self, meeting: Any, owner: Any) -> None:
        result = scan(meeting, AMARA)
        known = result.attendance
        assert (result.outcome, result.user_id) == ("saved", AMARA)
        assert (known.state, known.source, known.recorded_by) == (PRESENT, AttendanceSource.TICKET, HOST)
        assert owner.told == [AMARA]

    def test_scanned_again_they_are_in_already(self, meeting: Any, owner: Any, clock: Any) -> None:
        first = scan(meeting, AMARA)
        clock(START + 4 * MINUTE)
        again = scan(meeting, AMARA, by=TEAM)
        assert again.outcome == "already"
        assert (again.attendance.arrived_at, again.attendance.recorded_by) == (first.attendance.arrived_at, HOST)
        assert (owner.told, AttendanceChange.objects.count()) == ([AMARA], 1)

    def test_who_checked_in_by_code_is_in_already(self, meeting: Any) -> None:
        enter(meeting, AMARA)
        assert scan(meeting, AMARA).attendance.source is AttendanceSource.CODE

    def test_only_hosts(self, meeting: Any) -> None:
        for each in (AMARA, STRANGER):
            with pytest.raises(api.NotHostError):
                scan(meeting, AMARA, by=each)
        assert not AttendanceChange.objects.exists()

    def test_nobody_without_a_place(self, meeting: Any, owner: Any) -> None:
        owner.visitors.add(PRIYA)
        with pytest.raises(api.NoPlaceError):
            scan(meeting, PRIYA)
        assert not AttendanceChange.objects.exists()

    def test_a_seat_that_was_given_back(self, meeting: Any, owner: Any) -> None:
        api.free_seat(slot=slot_of(meeting, CHEN))
        with pytest.raises(api.NoPlaceError, match="no seat any more"):
            scan(meeting, CHEN)
        owner.visitors.add(CHEN)
        assert scan(meeting, CHEN, is_walk_in=True).attendance.source is AttendanceSource.ROLL
        assert scan(meeting, CHEN).outcome == "already"

    def test_a_walk_in_whom_the_owner_does_not_take(self, meeting: Any) -> None:
        with pytest.raises(CaseError, match="no seat"):
            scan(meeting, STRANGER, is_walk_in=True)

    def test_before_it_opens_and_after_it_was_called_off(self, meeting: Any, clock: Any) -> None:
        clock(meeting.check_in_from - MINUTE)
        with pytest.raises(api.CheckInClosedError):
            scan(meeting, AMARA)
        clock(START)
        api.cancel_meeting(meeting_id=meeting.id, actor_id=TEAM, reason="The room is under water")
        with pytest.raises(api.MeetingCancelledError):
            scan(meeting, AMARA)

    def test_long_after(self, meeting: Any, clock: Any) -> None:
        clock(meeting.correct_until + MINUTE)
        with pytest.raises(api.NotHostError):
            scan(meeting, AMARA)
        assert scan(meeting, AMARA, by=TEAM).outcome == "saved"


class TestKeptTickets:
    """Tickets that were scanned without network and sent later, with the time of the scan."""

    def test_they_carry_their_own_time(self, meeting: Any, clock: Any) -> None:
        clock(START + 60 * MINUTE)
        (result,) = send(meeting, scanned(api.make_ticket(meeting.id, AMARA), START + 3 * MINUTE))
        assert (result.outcome, result.user_id, result.attendance.arrived_at) == ("saved", AMARA, START + 3 * MINUTE)
        assert result.attendance.source is AttendanceSource.TICKET

    def test_sent_twice_they_count_once(self, meeting: Any, owner: Any) -> None:
        tick = scanned(api.make_ticket(meeting.id, AMARA), START - 5 * MINUTE)
        assert [each.outcome for _ in range(2) for each in send(meeting, tick)] == ["saved", "known"]
        assert owner.told == [AMARA]

    def test_two_hosts_scan_the_same_ticket(self, meeting: Any, clock: Any) -> None:
        clock(START + 9 * MINUTE)
        token = api.make_ticket(meeting.id, AMARA)
        outcomes = [
            each.outcome
            for tick in (
                scanned(token, START + 2 * MINUTE, "a"),
                scanned(token, START + 4 * MINUTE, "b"),
                scanned(token, START + MINUTE, "c"),
            )
            for each in send(meeting, tick)
        ]
        assert outcomes == ["saved", "already", "older"]

    def test_one_that_is_none_costs_the_others_nothing(self, meeting: Any) -> None:
        results = send(
            meeting,
            scanned("A" * 22, START, "a"),
            scanned(api.make_ticket(meeting.id, AMARA), START, "b"),
            TickData(request_key="c", user_id=CHEN, state=PRESENT, made_at=START),
        )
        assert [each.outcome for each in results] == ["refused", "saved", "saved"]
        assert (results[0].user_id, results[0].request_key) == (None, "a")
        assert "ticket" in results[0].message

    def test_without_a_seat_they_let_nobody_in(self, meeting: Any, owner: Any) -> None:
        owner.visitors.add(PRIYA)
        (result,) = send(meeting, scanned(api.make_ticket(meeting.id, PRIYA), START))
        assert (result.outcome, result.user_id) == ("refused", PRIYA)
        assert "no seat any more" in result.message

    def test_a_host_who_ticks_the_person_lets_them_in(self, meeting: Any, owner: Any) -> None:
        owner.visitors.add(PRIYA)
        results = send(
            meeting,
            scanned(api.make_ticket(meeting.id, PRIYA), START - 6 * MINUTE, "a"),
            TickData(request_key="b", user_id=PRIYA, state=PRESENT, made_at=START - 5 * MINUTE),
        )
        assert [each.outcome for each in results] == ["saved", "saved"]
        assert PRIYA in {row.user_id for row in list_roll(meeting).results}
