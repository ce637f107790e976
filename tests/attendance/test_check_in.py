"""Checking in by the code that turns, and everything that is no code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from lxml import etree

from discussion_ext.api import attendance as api
from discussion_ext.attendance import check_in, codes
from discussion_ext.data import AttendanceSource, AttendanceState
from discussion_ext.models import AttendanceChange, Meeting
from tests.attendance.conftest import AMARA, CHEN, HOST, PRIYA, START, TEAM, enter, seat

pytestmark = pytest.mark.usefixtures("clock")
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.DISCUSSION_EXT_CHECK_IN_LIMIT = settings.DISCUSSION_EXT_WRONG_CODES_LIMIT = ""


def scan(meeting: Any, user_id: int, mark: str, **options: Any) -> Any:
    return api.check_in(meeting_id=meeting.id, user_id=user_id, code=mark, source=AttendanceSource.SCAN, **options)


def mark_of(meeting: Any, at: Any) -> str:
    return codes.make_scan_mark(Meeting.objects.get(pk=meeting.id), at=at)


class TestCode:
    def test_it_turns_every_thirty_seconds(self, meeting: Any) -> None:
        first = api.current_code(meeting.id, at=START)
        same = api.current_code(meeting.id, at=START + 29 * SECOND)
        other = api.current_code(meeting.id, at=START + 30 * SECOND)
        assert (first.seconds_left, same.seconds_left, other.seconds_left) == (30, 1, 30)
        assert first.code == same.code != other.code
        assert len(first.code) == 6
        assert first.code.isdecimal()

    def test_each_meeting_has_its_own(self, meeting: Any, make_meeting: Any) -> None:
        assert (
            len({api.current_code(each.id, at=START).code for each in (meeting, make_meeting(), make_meeting())}) == 3
        )

    def test_the_picture_is_an_address_without_styles(self, meeting: Any) -> None:
        drawn = api.draw_check_in_qr(meeting.id, at=START)
        root = etree.fromstring(drawn)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "style" not in drawn
        assert root.get("viewBox")


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}", "{1}\u2013{2}"])
def test_spaces_and_dashes_are_forgiven(meeting: Any, owner: Any, typed: str) -> None:
    code = api.current_code(meeting.id, at=START).code
    found = enter(meeting, AMARA, code=typed.format(code, code[:3], code[3:]), at=START + SECOND)
    assert (found.state, found.source) == (AttendanceState.PRESENT, AttendanceSource.CODE)
    assert (found.arrived_at, found.recorded_by) == (START + SECOND, AMARA)
    assert owner.told == [AMARA]


def test_digits_of_other_scripts_are_digits(meeting: Any) -> None:
    code = api.current_code(meeting.id, at=START).code
    arabic = code.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    assert enter(meeting, AMARA, code=arabic, at=START).state is AttendanceState.PRESENT


@pytest.mark.parametrize(
    ("age", "is_let_in"), [(0, True), (29, True), (30, True), (59, True), (60, False), (599, False)]
)
def test_a_code_is_good_in_its_window_and_the_next(meeting: Any, age: int, is_let_in: bool) -> None:
    code, at = api.current_code(meeting.id, at=START).code, START + age * SECOND
    if is_let_in:
        assert enter(meeting, AMARA, code=code, at=at).state is AttendanceState.PRESENT
        return
    with pytest.raises(api.WrongCodeError) as refusal:
        enter(meeting, AMARA, code=code, at=at)
    assert "expired" in refusal.value.message
    assert not api.find_attendance([meeting.id], [AMARA])


def test_a_code_of_the_future_is_wrong(meeting: Any) -> None:
    with pytest.raises(api.WrongCodeError):
        enter(meeting, AMARA, code=api.current_code(meeting.id, at=START + 30 * SECOND).code, at=START)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the six digits"),
        ("   ", "Type the six digits"),
        ("40217", "You typed 5."),
        ("4021733", "You typed 7."),
        ("40217a", "digits only"),
        ("<b>", "digits only"),
        ("\0" * 6, "digits only"),
        ("9" * 10_000, "You typed 10000."),
    ],
)
def test_what_is_wrong_with_it_is_said(meeting: Any, typed: str, said: str) -> None:
    with pytest.raises(api.WrongCodeError) as refusal:
        enter(meeting, AMARA, code=typed, at=START)
    assert said in refusal.value.message
    assert (refusal.value.field, refusal.value.status) == ("code", 422)


class TestAnotherMeeting:
    def test_its_code_lets_nobody_in_here(self, meeting: Any, make_meeting: Any) -> None:
        other = make_meeting(title="Next door")
        with pytest.raises(api.WrongCodeError) as refusal:
            enter(meeting, AMARA, code=api.current_code(other.id, at=START).code, at=START)
        assert "Next door" not in refusal.value.message  # it is nobody's business which other meetings there are

    def test_somebody_with_a_seat_there_is_told(self, meeting: Any, make_meeting: Any) -> None:
        other = make_meeting(title="Next door")
        api.claim_seat(meeting_id=other.id, user_id=AMARA, slot="test:other", source="choice")
        with pytest.raises(api.WrongCodeError) as refusal:
            enter(meeting, AMARA, code=api.current_code(other.id, at=START).code, at=START)
        assert "another meeting, Next door" in refusal.value.message

    def test_nor_does_its_picture(self, meeting: Any, make_meeting: Any) -> None:
        with pytest.raises(api.WrongCodeError):
            scan(meeting, AMARA, mark_of(make_meeting(), START), at=START)


class TestPicture:
    @pytest.mark.parametrize(("age", "is_let_in"), [(0, True), (180, True), (209, True), (210, False), (-30, False)])
    def test_it_holds_while_one_signs_in(self, meeting: Any, age: int, is_let_in: bool) -> None:
        mark = mark_of(meeting, START)
        if is_let_in:
            found = scan(meeting, AMARA, mark, at=START + age * SECOND)
            assert found.source is AttendanceSource.SCAN
            return
        with pytest.raises(api.WrongCodeError):
            scan(meeting, AMARA, mark, at=START + age * SECOND)

    @pytest.mark.parametrize(
        "mark", ["", "-", "x", "1-2-3", "zz-" + "0" * 20, "-1-" + "0" * 20, "f" * 400 + "-a", "é-é"]
    )
    def test_one_that_was_made_up(self, meeting: Any, mark: str) -> None:
        with pytest.raises(api.WrongCodeError):
            scan(meeting, AMARA, mark, at=START)

    def test_every_character_of_it_counts(self, meeting: Any) -> None:
        mark = mark_of(meeting, START)
        for place, letter in enumerate(mark):
            changed = mark[:place] + ("0" if letter != "0" else "1") + mark[place + 1 :]
            with pytest.raises(api.WrongCodeError):
                scan(meeting, AMARA, changed, at=START)


class TestTime:
    def test_before_it_opens_it_says_when(self, meeting: Any) -> None:
        at = meeting.check_in_from - SECOND
        with pytest.raises(api.CheckInClosedError) as refusal:
            enter(meeting, AMARA, at=at)
        assert refusal.value.opens_at == meeting.check_in_from
        assert "Thu 3 Dec, 18:30, Nairobi time" in refusal.value.message
        assert enter(meeting, AMARA, at=meeting.check_in_from).state is AttendanceState.PRESENT

    def test_after_it_closed_it_says_whom_to_ask_and_until_when(self, meeting: Any) -> None:
        assert enter(meeting, CHEN, at=meeting.check_in_until - SECOND)
        with pytest.raises(api.CheckInClosedError) as refusal:
            enter(meeting, AMARA, at=meeting.check_in_until)
        assert refusal.value.opens_at is None
        assert "closed at Thu 3 Dec, 19:30" in refusal.value.message
        assert "until Sat 5 Dec, 20:30" in refusal.value.message
        with pytest.raises(api.CheckInClosedError, match="ask your course team"):
            enter(meeting, AMARA, at=meeting.correct_until)

    def test_a_cancelled_meeting(self, meeting: Any) -> None:
        api.cancel_meeting(meeting_id=meeting.id, actor_id=HOST, reason="Water")
        with pytest.raises(api.MeetingCancelledError):
            enter(meeting, AMARA, at=START)

    def test_the_servers_clock_counts(self, meeting: Any, clock: Any) -> None:
        clock(START + 7 * SECOND)
        assert enter(meeting, AMARA).arrived_at == START + 7 * SECOND


class TestWho:
    def test_without_a_seat_the_owner_decides(self, meeting: Any, owner: Any) -> None:
        with pytest.raises(api.NoSeatError):
            enter(meeting, PRIYA, at=START)
        owner.visitors.add(PRIYA)
        assert enter(meeting, PRIYA, at=START).state is AttendanceState.PRESENT
        assert api.has_seat(meeting.id, PRIYA)

    def test_a_wrong_code_gives_no_seat(self, meeting: Any, owner: Any) -> None:
        owner.visitors.add(PRIYA)
        with pytest.raises(api.WrongCodeError):
            enter(
                meeting,
                PRIYA,
                code="000000" if api.current_code(meeting.id, at=START).code != "000000" else "1" * 6,
                at=START,
            )
        assert not api.has_seat(meeting.id, PRIYA)


def test_twice_is_once(meeting: Any, owner: Any) -> None:
    first = enter(meeting, AMARA, at=START)
    assert enter(meeting, AMARA, at=START + 40 * SECOND) == first
    assert enter(meeting, AMARA, code="whatever", at=START + 41 * SECOND) == first
    assert (owner.told, AttendanceChange.objects.count()) == ([AMARA], 1)


def test_a_correction_stands_against_the_code(meeting: Any) -> None:
    api.correct_attendance(
        meeting_id=meeting.id,
        user_id=AMARA,
        state=AttendanceState.ABSENT,
        actor_id=TEAM,
        reason="A friend had the code",
    )
    with pytest.raises(api.CheckInClosedError, match="A friend had the code"):
        enter(meeting, AMARA, at=START)


def test_a_correction_that_comes_while_the_code_is_looked_at(meeting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def correct(*_args: Any, **_options: Any) -> None:
        api.correct_attendance(
            meeting_id=meeting.id, user_id=AMARA, state=AttendanceState.ABSENT, actor_id=TEAM, reason="Not in the room"
        )

    monkeypatch.setattr(check_in, "_check", correct)
    with pytest.raises(api.CheckInClosedError, match="Not in the room"):
        enter(meeting, AMARA, at=START)
    assert api.find_attendance([meeting.id], [AMARA])[(meeting.id, AMARA)].state is AttendanceState.ABSENT


class TestGuessing:
    @pytest.fixture(autouse=True)
    def _limits(self, settings: Any) -> None:
        settings.DISCUSSION_EXT_CHECK_IN_LIMIT, settings.DISCUSSION_EXT_WRONG_CODES_LIMIT = "3/h", "5/h"

    def wrong(self, meeting: Any) -> str:
        valid = {api.current_code(meeting.id, at=START - age * 30 * SECOND).code for age in range(3)}
        return next(code for code in ("000000", "000001", "000002", "000003") if code not in valid)

    def guess(self, meeting: Any, user_id: int, code: str | None = None) -> type[Exception] | None:
        try:
            enter(meeting, user_id, code=self.wrong(meeting) if code is None else code, at=START)
        except (api.WrongCodeError, api.TooManyTriesError) as refusal:
            return type(refusal)
        return None

    def test_a_person_has_some_tries_and_then_waits_even_with_the_right_code(self, meeting: Any) -> None:
        tries = [self.guess(meeting, AMARA) for _ in range(4)]
        assert tries == [api.WrongCodeError] * 3 + [api.TooManyTriesError]
        right = api.current_code(meeting.id, at=START).code
        assert self.guess(meeting, AMARA, right) is api.TooManyTriesError
        assert self.guess(meeting, CHEN, right) is None

    def test_the_picture_is_no_way_round(self, meeting: Any) -> None:
        for _ in range(3):
            with pytest.raises(api.WrongCodeError):
                scan(meeting, AMARA, "1-abc", at=START)
        with pytest.raises(api.TooManyTriesError) as refusal:
            scan(meeting, AMARA, mark_of(meeting, START), at=START)
        assert 0 < refusal.value.wait_seconds <= 3600

    def test_many_who_guess_together_close_the_code_for_a_while(self, meeting: Any, make_meeting: Any) -> None:
        for user_id in range(20, 26):
            seat(meeting, user_id)
            assert self.guess(meeting, user_id) is api.WrongCodeError
        right = api.current_code(meeting.id, at=START).code
        assert self.guess(meeting, AMARA, right) is api.TooManyTriesError
        api.correct_attendance(
            meeting_id=meeting.id, user_id=AMARA, state=AttendanceState.PRESENT, actor_id=HOST, reason="Is here"
        )
        other = make_meeting()
        api.claim_seat(meeting_id=other.id, user_id=CHEN, slot="test:there", source="choice")
        assert enter(other, CHEN, at=START)

    def test_slips_and_old_codes_close_it_to_nobody(self, meeting: Any) -> None:
        """A full room that is slow to type is not under attack."""
        old = api.current_code(meeting.id, at=START - 120 * SECOND).code
        for user_id, typed in enumerate((old, "", "12345", "12 34 5x", old, old, old, old), start=20):
            seat(meeting, user_id)
            assert self.guess(meeting, user_id, typed) is api.WrongCodeError
        assert self.guess(meeting, AMARA, api.current_code(meeting.id, at=START).code) is None

    def test_the_picture_stays_open_while_codes_are_guessed(self, meeting: Any) -> None:
        for user_id in range(20, 26):
            seat(meeting, user_id)
            self.guess(meeting, user_id)
        assert scan(meeting, AMARA, mark_of(meeting, START), at=START).state is AttendanceState.PRESENT

    def test_while_the_cache_is_down_people_are_let_in(self, meeting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: Any, **_options: Any) -> None:
            raise ConnectionError

        for name in ("add", "get", "incr", "set"):
            monkeypatch.setattr(type(caches["default"]), name, fail)
        assert self.guess(meeting, AMARA) is api.WrongCodeError
        assert self.guess(meeting, AMARA, api.current_code(meeting.id, at=START).code) is None

    def test_many_who_are_right_are_let_in(self, meeting: Any) -> None:
        right = api.current_code(meeting.id, at=START).code
        for user_id in range(20, 40):
            seat(meeting, user_id)
            assert self.guess(meeting, user_id, right) is None

    def test_without_the_limits_guessing_goes_on(self, meeting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: it is the counts that hold guessing up."""
        monkeypatch.setattr(check_in, "_keep_pace", lambda *_args: None)
        assert {self.guess(meeting, AMARA) for _ in range(30)} == {api.WrongCodeError}
