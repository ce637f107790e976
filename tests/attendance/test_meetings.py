"""Making, changing, cancelling: what is refused and why, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from discussion_ext.api import attendance as api
from discussion_ext.attendance import meetings
from discussion_ext.models import Meeting
from people import api as people
from tests.attendance.conftest import AMARA, HOST, START, seat


def test_what_is_made_is_what_is_found(make_meeting: Any) -> None:
    made = make_meeting(capacity=24)
    assert api.find_meeting(made.key) == api.get_meetings([made.id, 4711])[made.id] == made
    assert api.find_meeting_by_uid(made.uid) == made
    assert (made.starts_at, made.ends_at) == (START, START + timedelta(minutes=90))
    assert (made.check_in_from, made.check_in_until) == (START - timedelta(minutes=30), START + timedelta(minutes=30))
    assert made.correct_until == datetime(2026, 12, 5, 17, 30, tzinfo=UTC)
    assert (made.seats_left, made.is_full, made.sequence) == (24, False, 0)


def test_the_secret_stays_inside(make_meeting: Any) -> None:
    made = make_meeting()
    assert Meeting.objects.get(pk=made.id).secret not in repr(made)


def test_one_meeting_a_key(make_meeting: Any, plan: Any) -> None:
    made = make_meeting()
    with pytest.raises(api.MeetingExistsError):
        api.create_meeting(key=made.key, plan=plan(), actor_id=HOST)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \t\u202e\0 "}, "title"),
        ({"title": "\u200b\u00ad \u2060"}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"place": "x" * 501}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "ftp://example.com/x"}, "link"),
        ({"link": "//example.com"}, "link"),
        ({"link": "https://"}, "link"),
        ({"link": "https://user:pass@example.com/"}, "link"),
        ({"link": 'https://example.com/"onload='}, "link"),
        ({"link": "https://[bad"}, "link"),
        ({"link": "https://example.com/" + "x" * 1000}, "link"),
        ({"mode": "telepathy"}, "mode"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 2881}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 10**9}, "capacity"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"starts_local": datetime.fromisoformat("1999-12-31T23:00")}, "starts_local"),
        ({"starts_local": datetime(2026, 1, 1, tzinfo=UTC)}, "starts_local"),
        ({"starts_local": datetime.fromisoformat("2026-03-29T02:30"), "zone": "Europe/Amsterdam"}, "starts_local"),
        ({"starts_local": datetime.fromisoformat("2026-10-25T02:30"), "zone": "Europe/Amsterdam"}, "fold"),
    ],
)
def test_bad_plans_name_the_field(make_meeting: Any, plan: Any, changes: dict[str, Any], field: str) -> None:
    good = make_meeting()
    with pytest.raises(api.MeetingError) as refusal:
        make_meeting(**changes)
    assert refusal.value.field == field
    with pytest.raises(api.MeetingError) as refusal:
        api.change_meeting(meeting_id=good.id, plan=plan(**changes), actor_id=HOST)
    assert refusal.value.field == field
    assert list(Meeting.objects.values_list("pk", flat=True)) == [good.id]
    assert api.get_meeting(good.id) == good


def test_hostile_text_is_kept_as_text_on_one_line(make_meeting: Any) -> None:
    made = make_meeting(title="<script>\n\u202eevil\0 \ud800x", place="  Room\tB2 ")
    assert (made.title, made.place) == ("<script> evil x", "Room B2")


class TestChange:
    def test_time_and_place_raise_the_sequence_and_a_title_does_not(self, make_meeting: Any, plan: Any) -> None:
        made = make_meeting()
        for changes, sequence in (
            ({"title": "New"}, 0),
            ({"title": "New", "capacity": 9}, 0),
            ({"title": "New", "capacity": 9, "place": "Room C"}, 1),
            ({"title": "New", "capacity": 9, "place": "Room C"}, 1),
            ({"starts_local": datetime.fromisoformat("2026-12-03T20:00")}, 2),
            ({"starts_local": datetime.fromisoformat("2026-12-03T20:00"), "minutes": 30}, 3),
            ({"zone": "Europe/Moscow", "starts_local": datetime.fromisoformat("2026-12-03T20:00"), "minutes": 30}, 4),
        ):
            changed = api.change_meeting(meeting_id=made.id, plan=plan(**changes), actor_id=HOST)
            assert changed.sequence == sequence, changes
        assert changed.uid == made.uid

    def test_the_owner_hears_before_and_after_once(self, make_meeting: Any, plan: Any, owner: Any) -> None:
        made = make_meeting()
        for _ in range(2):
            changed = api.change_meeting(meeting_id=made.id, plan=plan(place="Room C"), actor_id=HOST)
        assert owner.changes == [(made, changed)]
        (entry, *_rest) = people.list_audit(target=f"meeting:{made.id}").entries
        assert (entry.verb, entry.actor_id, entry.data["changed"]) == ("meeting.change", HOST, ["place"])

    def test_never_fewer_places_than_seats_taken(self, meeting: Any, plan: Any) -> None:
        with pytest.raises(api.CapacityError) as refusal:
            api.change_meeting(meeting_id=meeting.id, plan=plan(capacity=1), actor_id=HOST)
        assert (refusal.value.field, "2 people" in refusal.value.message) == ("capacity", True)
        assert api.change_meeting(meeting_id=meeting.id, plan=plan(capacity=2), actor_id=HOST).is_full
        assert api.change_meeting(meeting_id=meeting.id, plan=plan(capacity=0), actor_id=HOST).seats_left is None

    def test_over_a_change_of_clocks_the_wall_clock_is_what_was_meant(self, make_meeting: Any, plan: Any) -> None:
        zone = "Europe/Amsterdam"
        made = make_meeting(starts_local=datetime.fromisoformat("2026-03-26T19:00"), zone=zone)
        later = plan(starts_local=datetime.fromisoformat("2026-04-02T19:00"), zone=zone)
        moved = api.change_meeting(meeting_id=made.id, plan=later, actor_id=HOST)
        assert moved.starts_at - made.starts_at == timedelta(days=7, hours=-1)

    def test_a_meeting_that_is_none(self, db: None, plan: Any) -> None:
        with pytest.raises(api.MeetingNotFoundError):
            api.change_meeting(meeting_id=4711, plan=plan(), actor_id=HOST)


class TestCancel:
    def test_it_is_told_once_and_can_be_undone(self, meeting: Any, owner: Any) -> None:
        for _ in range(2):
            cancelled = api.cancel_meeting(meeting_id=meeting.id, actor_id=HOST, reason="Water in the room")
        assert (cancelled.is_cancelled, cancelled.cancel_reason, cancelled.sequence) == (True, "Water in the room", 1)
        assert cancelled.seats_taken == 2
        for _ in range(2):
            restored = api.restore_meeting(meeting_id=meeting.id, actor_id=HOST)
        assert (restored.is_cancelled, restored.cancel_reason, restored.sequence) == (False, "", 2)
        assert owner.changes == [(meeting, cancelled), (cancelled, restored)]

    @pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
    def test_a_reason_is_needed(self, meeting: Any, reason: str) -> None:
        with pytest.raises(api.MeetingError) as refusal:
            api.cancel_meeting(meeting_id=meeting.id, actor_id=HOST, reason=reason)
        assert refusal.value.field == "reason"
        assert not api.get_meeting(meeting.id).is_cancelled

    def test_nobody_gets_a_seat_but_by_the_team_and_leaving_works(self, meeting: Any) -> None:
        api.cancel_meeting(meeting_id=meeting.id, actor_id=HOST, reason="Water")
        with pytest.raises(api.MeetingCancelledError):
            seat(meeting, 55)
        assert seat(meeting, 56, is_forced=True)
        assert api.free_seat(slot=f"test:{AMARA}")
        assert api.count_seats([meeting.id]) == {meeting.id: 2}


class TestNewRulesOfAZone:
    @pytest.fixture
    def moved_zone(self, make_meeting: Any) -> Any:
        """Return a meeting whose instant was written when its country still had other clocks."""
        made = make_meeting(starts_local=datetime.fromisoformat("2090-06-01T19:00"))
        row = Meeting.objects.get(pk=made.id)
        row.starts_at += timedelta(hours=1)
        row.ends_at += timedelta(hours=1)
        row.save()
        return made

    def test_the_meeting_goes_back_to_its_wall_clock(self, moved_zone: Any, owner: Any) -> None:
        assert meetings.list_out_of_time() == (moved_zone.id, [moved_zone.id])
        assert meetings.retime_meeting(moved_zone.id)
        after = api.get_meeting(moved_zone.id)
        assert (after.starts_at, after.ends_at, after.sequence) == (moved_zone.starts_at, moved_zone.ends_at, 1)
        assert [changed.starts_at for _before, changed in owner.changes] == [moved_zone.starts_at]
        assert not meetings.retime_meeting(moved_zone.id)

    def test_the_job_does_it_and_ends(self, moved_zone: Any) -> None:
        assert people.look_at_job("discussion_ext.repair_meetings") == {
            "miscounted meetings": 0,
            "meetings whose clocks have changed": 1,
        }
        run = people.run_job("discussion_ext.repair_meetings")
        assert dict(run.counts) == {"miscounted meetings": 0, "meetings whose clocks have changed": 1}
        assert api.get_meeting(moved_zone.id).starts_at == moved_zone.starts_at
