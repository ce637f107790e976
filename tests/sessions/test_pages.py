"""The pages: what they say, what their forms do, and for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from discussion_ext import api as cases
from discussion_ext.api import attendance, sessions
from discussion_ext.data import AssignedBy, AttendanceState, SessionData
from people import api as people

from .conftest import COURSE, soon

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"discussion_ext:{name}", args=[str(COURSE), *args])


def _text(response: Any) -> str:
    content = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", content[content.index("<main") : content.index("</main")]).split())


@pytest.fixture(autouse=True)
def _on(course_key: Any, settings: Any) -> None:
    cases.set_on(course_key, True, actor_id=None)
    settings.DISCUSSION_EXT_ACT_LIMITS = {"import": "", "export": "", "seat": "", "calendar": ""}


@pytest.fixture
def as_(client: Any, django_user_model: Any) -> Callable[[int], Any]:
    """Return a client that is signed in as somebody."""

    def sign_in(user_id: int) -> Any:
        client.force_login(django_user_model.objects.get(pk=user_id))
        return client

    return sign_in


def _form(**values: Any) -> dict[str, Any]:
    start = soon(days=10)
    base = {
        "title": "Evening",
        "day": f"{start:%Y-%m-%d}",
        "time": "19:00",
        "minutes": "90",
        "zone": "Africa/Nairobi",
        "mode": "offline",
        "place": "Room B2",
        "capacity": "24",
    }
    return {**base, **values}


def test_the_list_says_what_is_next(as_: Any, staff: int, session: SessionData, add: Any, learner: int) -> None:
    """First that nobody can come, then who has no seat, then that all is well."""
    client = as_(staff)
    assert "Nobody can come yet. Add the first sitting." in _text(client.get(_url("sessions")))
    sitting = add(capacity=3)
    assert "1 learner has no seat yet. Add a sitting" in _text(client.get(_url("sessions")))
    sessions.choose_sitting(session_id=session.id, user_id=learner, sitting_id=sitting.id)
    text = _text(client.get(_url("sessions")))
    assert "Everybody has a seat. Next: Evening" in text
    assert "1 of 3 seats taken" in text


def test_a_sitting_is_added_from_the_form(as_: Any, staff: int, session: SessionData) -> None:
    """With its host by name and an empty number of seats for no limit."""
    response = as_(staff).post(_url("sitting_add", session.id), _form(host="ruben", capacity=""))
    assert response.status_code == 302
    (sitting,) = sessions.list_sittings(session.id)
    assert (sitting.meeting.title, sitting.meeting.host_id, sitting.meeting.capacity) == ("Evening", staff, 0)
    assert f"{sitting.meeting.starts_local:%H:%M}" == "19:00"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "Give the sitting a title."),
        ({"zone": "Europe/Atlantis"}, "No time zone has this name."),
        ({"link": "javascript:alert(1)"}, "Give a whole address that begins with https:// or http://."),
        ({"replay_url": "ftp://x"}, "Give a whole address that begins with https:// or http://"),
        ({"host": "nobody"}, "Nobody of this course has this username or e-mail address."),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"capacity": "-1"}, "greater than or equal to 0"),
        ({"cohorts": ["77"]}, ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_on_top(
    as_: Any, staff: int, session: SessionData, change: dict[str, Any], said: str
) -> None:
    """Nothing is made of a form with a fault."""
    response = as_(staff).post(_url("sitting_add", session.id), _form(**change))
    if not said:  # the course has no cohorts, so the form has no such field
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert _text(response).count(said) == 2
    assert sessions.list_sittings(session.id) == []


def test_a_skipped_hour_is_answered_in_the_form(as_: Any, staff: int, session: SessionData) -> None:
    """Two choices, earlier and later; the answer makes the sitting."""
    client, url = as_(staff), _url("sitting_add", session.id)
    gap = {"day": "2027-03-28", "time": "02:30", "zone": "Europe/Amsterdam"}
    response = client.post(url, _form(**gap))
    assert response.status_code == 422
    assert re.findall(r'name="clock"\s+value="([^"]+)"', response.content.decode()) == [
        "2027-03-28T01:30",
        "2027-03-28T03:30",
    ]
    assert client.post(url, _form(**gap, clock="2027-03-28T03:30")).status_code == 302
    (sitting,) = sessions.list_sittings(session.id)
    assert sitting.meeting.starts_at.isoformat() == "2027-03-28T01:30:00+00:00"


def test_an_answer_to_another_time_is_no_answer(as_: Any, staff: int, session: SessionData) -> None:
    """Who changes the time after the question is asked anew, or not at all."""
    client, url = as_(staff), _url("sitting_add", session.id)
    changed = {"day": "2027-03-28", "time": "12:00", "zone": "Europe/Amsterdam", "clock": "2027-03-28T03:30"}
    assert client.post(url, _form(**changed)).status_code == 302
    (sitting,) = sessions.list_sittings(session.id)
    assert f"{sitting.meeting.starts_local:%H:%M}" == "12:00"


@pytest.mark.parametrize(
    ("day", "time", "zone"), [("0001-01-01", "00:00", "Asia/Shanghai"), ("9999-12-31", "23:59", "America/New_York")]
)
def test_a_day_beyond_the_calendar_is_refused_whatever_was_answered(
    as_: Any, staff: int, session: SessionData, day: str, time: str, zone: str
) -> None:
    """The first and the last day of the calendar are no day in every zone."""
    values = _form(day=day, time=time, zone=zone, clock="2027-03-28T03:30")
    response = as_(staff).post(_url("sitting_add", session.id), values)
    assert response.status_code == 422
    assert "between the years 2000 and 2199" in _text(response)


@pytest.mark.parametrize(("answer", "instant"), [("first", "00:30"), ("second", "01:30")])
def test_a_doubled_hour_is_answered_in_the_form(
    as_: Any, staff: int, session: SessionData, answer: str, instant: str
) -> None:
    """The first or the second time that the clock shows it; editing keeps the answer."""
    client, url = as_(staff), _url("sitting_add", session.id)
    twice = {"day": "2027-10-31", "time": "02:30", "zone": "Europe/Amsterdam"}
    assert client.post(url, _form(**twice)).status_code == 422
    assert client.post(url, _form(**twice, clock=answer)).status_code == 302
    (sitting,) = sessions.list_sittings(session.id)
    assert f"{sitting.meeting.starts_at:%H:%M}" == instant
    edit = client.get(_url("sitting_edit", sitting.id)).content.decode()
    assert ('name="clock" value="second"' in edit) is (answer == "second")


def test_editing_says_how_many_it_concerns_and_moves_them(
    as_: Any, staff: int, session: SessionData, add: Any, learner: int, choose: Any, run: Any, told: Any
) -> None:
    """Those who have a seat are told of the new time."""
    sitting = add(capacity=5)
    choose(learner, sitting)
    client = as_(staff)
    assert "1 person has a seat here." in _text(client.get(_url("sitting_edit", sitting.id)))
    response = client.post(_url("sitting_edit", sitting.id), _form(time="20:15"))
    assert response.status_code == 302
    run()
    assert [(each.kind, each.user_id) for each in told()] == [("sitting_moved", learner)]


def test_fewer_seats_than_people_are_refused_at_the_field(
    as_: Any, staff: int, add: Any, learner: int, peer: int, choose: Any
) -> None:
    """The form says how many have a seat."""
    sitting = add(capacity=5)
    choose(learner, sitting)
    choose(peer, sitting)
    response = as_(staff).post(_url("sitting_edit", sitting.id), _form(capacity="1"))
    assert response.status_code == 422
    assert "2 people have a seat." in _text(response)


def test_cancelling_asks_why_and_restoring_takes_it_back(
    as_: Any, staff: int, session: SessionData, add: Any, learner: int, choose: Any
) -> None:
    """Without a reason nothing happens."""
    sitting, client = add(), as_(staff)
    choose(learner, sitting)
    url = _url("sitting_cancel", sitting.id)
    assert "1 person has a seat here and is told." in _text(client.get(url))
    assert "No other sitting lies ahead." in _text(client.get(url))
    assert client.post(url, {"reason": " "}).status_code == 422
    assert not sessions.get_sitting(sitting.id).meeting.is_cancelled
    assert client.post(url, {"reason": "The host is ill."}).status_code == 302
    assert "The host is ill." in _text(client.get(_url("sitting", sitting.id)))
    assert client.post(_url("sitting", sitting.id), {"act": "restore"}).status_code == 302
    assert not sessions.get_sitting(sitting.id).meeting.is_cancelled


def test_the_rules_of_a_session_are_changed(as_: Any, staff: int, session: SessionData) -> None:
    """And what is out of range is said."""
    client, url = as_(staff), _url("session_settings", session.id)
    rules = {"title": "New", "assigned_by": "team", "change_until_hours": "48", "replay_percent": "80"}
    assert client.post(url, {**rules, "replay_percent": "101"}).status_code == 422
    assert client.post(url, rules).status_code == 302
    found = sessions.get_session(session.id)
    assert (found.title, found.assigned_by, found.change_until_hours, found.replay_percent) == (
        "New",
        AssignedBy.TEAM,
        48,
        80,
    )


def test_the_roster_finds_people_and_seats_them(
    as_: Any, staff: int, session: SessionData, add: Any, learner: int, peer: int, choose: Any, own: Any
) -> None:
    """Somebody who sits elsewhere is found and moved; a full sitting asks for a tick."""
    first, second = add(capacity=1), add(title="Lunch", capacity=1)
    choose(peer, first)
    choose(learner, second)
    client = as_(staff)
    found = _text(client.get(_url("sitting", first.id), {"q": "amar"}))
    assert "Amara Doe" in found
    assert "Even though it is full" in found
    response = client.post(_url("sitting", first.id), {"person": learner})
    assert response.status_code == 409
    assert "The last seat was taken" in _text(response)
    assert client.post(_url("sitting", first.id), {"person": learner, "is_forced": "on"}).status_code == 302
    assert own(learner).sitting.id == first.id


def test_a_correction_has_a_reason_and_a_history(
    as_: Any, staff: int, add: Any, learner: int, choose: Any, at: Any
) -> None:
    """Who, when and why stand in the table."""
    sitting = add()
    choose(learner, sitting)
    at(sitting.meeting.ends_at)
    client, url = as_(staff), _url("sitting_learner", sitting.id, learner)
    assert client.post(url, {"act": "correct", "state": "present"}).status_code == 422
    fine = {"act": "correct", "state": "present", "reason": "Sat in the last row."}
    assert client.post(url, fine).status_code == 302
    text = _text(client.get(url))
    assert "Sat in the last row." in text
    assert "Ruben Doe" in text
    assert "Present" in text


def test_a_learner_is_moved_on_their_page(as_: Any, staff: int, add: Any, learner: int, choose: Any, own: Any) -> None:
    """To another sitting, and out of all of them."""
    first, second = add(), add(title="Lunch")
    choose(learner, first)
    client, url = as_(staff), _url("sitting_learner", first.id, learner)
    client.post(url, {"act": "move", "sitting": second.id})
    assert own(learner).sitting.id == second.id
    client.post(url, {"act": "move", "sitting": ""})
    assert own(learner).sitting is None


def test_a_host_sees_their_own_sittings_only(
    as_: Any, enrol: Any, session: SessionData, add: Any, learner: int, choose: Any
) -> None:
    """Names and attendance of theirs, nothing that changes anything, nothing of others."""
    host = enrol("wanjiru")
    mine, other = add(title="Mine", host_id=host), add(title="Somebody else's")
    choose(learner, mine)
    client = as_(host)
    text = _text(client.get(_url("sessions")))
    assert "Mine" in text
    assert "Somebody else" not in text
    assert "Add a sitting" not in text
    assert "Amara Doe" in _text(client.get(_url("sitting", mine.id)))
    for response in (
        client.get(_url("sitting", other.id)),
        client.post(_url("sitting", mine.id), {"person": learner}),
        client.get(_url("sitting_edit", mine.id)),
        client.get(_url("sitting_learner", mine.id, learner)),
        client.post(_url("sitting", mine.id), {"act": "restore"}),
    ):
        assert response.status_code == 404


def test_numbers_of_another_course_lead_nowhere(as_: Any, staff: int, course_key: Any) -> None:
    """The team of one course does not reach into another one."""
    from opaque_keys.edx.keys import CourseKey

    other = CourseKey.from_string("course-v1:Else+X+1")
    session = sessions.ensure_session(course_key=other, block_id="b", title="T")
    from .conftest import plan_of

    sitting = sessions.add_sitting(session_id=session.id, plan=plan_of(), actor_id=None)
    client = as_(staff)
    for name, number in (("session_settings", session.id), ("sitting_add", session.id), ("sitting", sitting.id)):
        assert client.get(_url(name, number)).status_code == 404


@pytest.mark.parametrize("number", [0, 2**31, 10**30])
def test_numbers_that_no_database_holds_lead_nowhere(as_: Any, staff: int, add: Any, number: int) -> None:
    """An address can hold any number of digits."""
    client = as_(staff)
    for name in ("sitting", "sitting_edit", "sitting_cancel", "sitting_export", "sitting_calendar"):
        assert client.get(_url(name, number)).status_code == 404
    assert client.get(_url("sitting_learner", add().id, number)).status_code == 404


def test_the_roster_is_exported_disarmed_and_on_record(
    as_: Any, staff: int, session: SessionData, add: Any, enrol: Any, choose: Any, django_user_model: Any
) -> None:
    """A name that begins like a formula stays a name, and the export stands in the audit log."""
    from common.djangoapps.student.models import UserProfile

    person = enrol("eve")
    UserProfile.objects.filter(user_id=person).update(name='=HYPERLINK("http://x")')
    sitting = add()
    choose(person, sitting)
    response = as_(staff).get(_url("sitting_export", sitting.id))
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufefflearner,email,name")
    assert '"\'=HYPERLINK(""http://x"")"' in content
    assert people.list_audit(actor_id=staff, target=f"session:{session.id}").entries[0].verb == "session.export_roster"


def test_a_file_is_looked_over_and_taken_over(
    as_: Any, staff: int, session: SessionData, add: Any, learner: int, run: Any, own: Any
) -> None:
    """Nothing is written before the confirmation, which may be pressed twice."""
    sitting = add()
    client = as_(staff)
    file = SimpleUploadedFile("seats.csv", f"learner,sitting\namara,{sitting.id}\nnobody,{sitting.id}\n".encode())
    response = client.post(_url("session_import", session.id, "seats"), {"file": file})
    assert response.status_code == 302
    text = _text(client.get(response.url))
    assert "1 line is right, 1 is wrong." in text
    assert "Line 3, learner: Nobody who is enrolled has this username or e-mail address." in text
    run()
    assert own(learner).sitting is None
    for _press in range(2):
        assert client.post(response.url, {"act": "confirm"}).status_code == 302
    run()
    assert own(learner).sitting.id == sitting.id
    assert "1 line is taken over." in _text(client.get(response.url))


def test_somebody_elses_file_is_not_there(
    as_: Any, staff: int, session: SessionData, enrol: Any, course_key: Any
) -> None:
    """The token is bound to who read the file in."""
    from common.djangoapps.student.models import CourseAccessRole

    other = enrol("olga", is_enrolled=False)
    CourseAccessRole.objects.create(user_id=other, org="Meridian", course_id=course_key, role="instructor")
    found = sessions.read_file(
        kind=sessions.ImportKind.SEATS, session_id=session.id, data=b"learner,sitting\n", actor_id=staff
    )
    assert as_(staff).get(_url("session_preview", session.id, found.token)).status_code == 200
    assert as_(other).get(_url("session_preview", session.id, found.token)).status_code == 404


def test_a_file_that_is_no_table_is_refused_at_the_field(as_: Any, staff: int, session: SessionData) -> None:
    """And nothing chosen at all is said, too."""
    client, url = as_(staff), _url("session_import", session.id, "sittings")
    assert "Choose a file first." in _text(client.post(url, {}))
    response = client.post(url, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04\x00")})
    assert response.status_code == 422
    assert "This is no table." in _text(response)


def test_a_learner_chooses_changes_and_leaves(as_: Any, learner: int, session: SessionData, add: Any, own: Any) -> None:
    """One page does all of it, and each act says what it did."""
    first, second = add(capacity=3), add(title="Lunch")
    client, url = as_(learner), _url("my_sessions")
    text = _text(client.get(url))
    assert "Which class session will you attend?" in text
    assert "3 of 3 seats left" in text
    assert "You can change until 24 hours before." in text
    response = client.post(url, {"act": "choose", "session": session.id, "sitting": first.id})
    assert "The seat is yours." in _text(client.get(response.url))
    client.post(url, {"act": "choose", "session": session.id, "sitting": second.id})
    assert own(learner).sitting.id == second.id
    client.post(url, {"act": "leave", "session": session.id})
    assert own(learner).sitting is None


def test_who_chooses_reads_their_own_clock_too(as_: Any, learner: int, session: SessionData, add: Any) -> None:
    """A sitting elsewhere is said on the clock of its place and on the reader's own; one at home is said once."""
    from openedx.core.djangoapps.user_api.models import UserPreference

    add(zone="Africa/Nairobi")
    client, url = as_(learner), _url("my_sessions")
    UserPreference.objects.create(user_id=learner, key="time_zone", value="America/Mexico_City")
    text = _text(client.get(url))
    assert "Nairobi time" in text
    assert "Mexico City time" in text
    UserPreference.objects.update(value="Africa/Nairobi")
    assert _text(client.get(url)).count("Nairobi time") == 1


def test_a_refusal_stands_at_its_session(
    as_: Any, learner: int, peer: int, session: SessionData, add: Any, choose: Any
) -> None:
    """A full sitting: the status says so, and the way out is on the page."""
    sitting = add(capacity=1)
    choose(peer, sitting)
    client, url = as_(learner), _url("my_sessions")
    response = client.post(url, {"act": "choose", "session": session.id, "sitting": sitting.id})
    assert response.status_code == 409
    assert "This sitting is full." in _text(response)
    client.post(url, {"act": "wish", "session": session.id, "sitting": sitting.id})
    assert "You are told as soon as a seat opens." in _text(client.get(url))
    client.post(url, {"act": "unwish", "session": session.id, "sitting": sitting.id})
    assert "Tell me when a seat opens" in _text(client.get(url))
    assert client.post(url, {"act": "choose", "session": session.id}).status_code == 400
    assert client.post(url, {"act": "dance", "session": session.id}).status_code == 400


def test_reading_changes_nothing(
    as_: Any, learner: int, staff: int, session: SessionData, add: Any, choose: Any, django_assert_num_queries: Any
) -> None:
    """No page writes a row of ours when it is only read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sitting = add()
    choose(learner, sitting)
    pages = {
        learner: [_url("my_sessions"), _url("sitting_calendar", sitting.id)],
        staff: [
            _url("sessions"),
            _url("session_settings", session.id),
            _url("sitting", sitting.id),
            _url("sitting_edit", sitting.id),
            _url("sitting_cancel", sitting.id),
            _url("sitting_learner", sitting.id, learner),
            _url("session_import", session.id, "seats"),
        ],
    }
    for user_id, urls in pages.items():
        client = as_(user_id)
        for url in urls:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(url).status_code == 200
            written = [query["sql"] for query in queries if re.match(r"(INSERT|UPDATE|DELETE)", query["sql"])]
            assert [sql for sql in written if "discussion_ext" in sql or "people_" in sql] == [], url


def test_the_calendar_follows_and_can_be_renewed(
    as_: Any, client: Any, learner: int, staff: int, session: SessionData, add: Any, choose: Any
) -> None:
    """Cancelled sittings stay in it and are marked; after renewing, the old address opens nothing."""
    sitting = add(link="https://meet.example.org/secret")
    choose(learner, sitting)
    url = sessions.calendar_url(learner)
    path = url[url.index("/discussion_ext/") :]
    response = client.get(path)
    assert response.headers["Content-Type"].startswith("text/calendar")
    content = response.content.decode()
    assert "SUMMARY:Giving feedback upwards" in content
    assert "STATUS:CONFIRMED" in content
    assert "secret" not in content.replace("\r\n ", "")
    sessions.cancel_sitting(sitting_id=sitting.id, actor_id=staff, reason="Ill.")
    assert "STATUS:CANCELLED" in client.get(path).content.decode()
    as_(learner).post(_url("my_sessions"), {"act": "renew"})
    assert client.get(path).status_code == 404
    renewed = sessions.calendar_url(learner)
    assert client.get(renewed[renewed.index("/discussion_ext/") :]).status_code == 200
    assert client.get(path[:-6] + "x.ics").status_code == 404


def test_the_calendar_has_what_others_add(client: Any, learner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task adds the due dates of its stages by a hook."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from discussion_ext.data import CalendarEntryData
    from discussion_ext.sessions import calendars

    moment = datetime(2026, 12, 1, 17, tzinfo=UTC)

    def find(user_id: int) -> list[CalendarEntryData]:
        return [
            CalendarEntryData(
                uid=f"due-{user_id}", sequence=0, title="Report due", starts_at=moment, ends_at=moment,
                zone=ZoneInfo("Africa/Nairobi"), changed_at=moment,
            )
        ]  # fmt: skip

    monkeypatch.setattr(calendars, "_sources", [])
    sessions.register_calendar_source(find)
    assert "SUMMARY:Report due" in sessions.draw_calendar(learner).decode()


def test_attendance_is_read_in_from_a_file(
    *,
    as_: Any,
    staff: int,
    session: SessionData,
    add: Any,
    learner: int,
    peer: int,
    choose: Any,
    run: Any,
    own: Any,
    at: Any,
) -> None:
    """Those who came without a seat get one; before the sitting nothing can be read in."""
    sitting, other = add(capacity=1), add(title="Lunch", starts_local=soon(days=12))
    choose(learner, sitting)
    choose(peer, other)
    lines = b"learner;attendance\namara@example.org;absent\ntomas;PRESENT\n"

    def read() -> Any:
        return sessions.read_file(
            kind=sessions.ImportKind.ATTENDANCE,
            session_id=session.id,
            data=lines,
            actor_id=staff,
            sitting_id=sitting.id,
        )

    assert read().faults == [
        (2, "attendance: This sitting has not begun yet."),
        (3, "attendance: This sitting has not begun yet."),
    ]
    at(sitting.meeting.ends_at + timedelta(minutes=1))
    found = read()
    assert found.valid == 2
    sessions.confirm_file(token=found.token, actor_id=staff, session_id=session.id)
    run()
    assert own(learner).attendance.state == AttendanceState.ABSENT
    assert own(peer).sitting.id == sitting.id
    assert own(peer).attendance.state == AttendanceState.PRESENT
    assert attendance.count_seats([other.meeting.id]) == {other.meeting.id: 0}


@pytest.mark.parametrize("who", ["stranger", "off"])
def test_others_find_nothing(
    as_: Any, enrol: Any, session: SessionData, add: Any, who: str, learner: int, staff: int, course_key: Any
) -> None:
    """Not enrolled, or the suite is off in the course: 404 for everything."""
    sitting = add()
    if who == "off":
        cases.set_on(course_key, False, actor_id=None)
        ids = [learner, staff]
    else:
        ids = [enrol("strange", is_enrolled=False)]
    for user_id in ids:
        client = as_(user_id)
        for url in (_url("sessions"), _url("my_sessions"), _url("sitting", sitting.id)):
            assert client.get(url).status_code == 404


def test_programs_read_instants_in_utc(
    as_: Any, learner: int, session: SessionData, add: Any, choose: Any, settings: Any
) -> None:
    """Whatever zone is the reader's: the zone of the place stands beside."""
    settings.TIME_ZONE = "America/Mexico_City"
    choose(learner, add(zone="Africa/Nairobi"))
    (own,) = as_(learner).get(_url("api_sessions")).json()["results"]
    assert own["sitting"]["zone"] == "Africa/Nairobi"
    assert all(text.endswith("Z") for text in (own["sitting"]["starts_at"], own["sitting"]["ends_at"]))
    assert own["may_change_until"].endswith("Z")
