"""Calendars of events as programs fetch them: who may read what, what never stands in them, and what stays the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chapters.api import event_calendars as calendars
from chapters.api import events, membership, rsvps
from chapters.api import series as series_api
from chapters.data import (
    Audience,
    ChapterData,
    ChapterState,
    EventData,
    EventOpenTo,
    EventPlanData,
    RsvpDraftData,
    SeriesFrequency,
    SeriesRuleData,
)
from chapters.events.calendars import LOOKS_BACK, MOST_ENTRIES
from chapters.exceptions import NotFoundError
from chapters.models import Chapter, Event
from discussion_ext.api import sessions
from discussion_ext.data import MeetingMode
from discussion_ext.models import Meeting
from people import api as people
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member

Make = Callable[..., EventData]
Read = Callable[[bytes], list[dict[str, Any]]]

FEED = "/chapters/amsterdam/events.ics"


def path_of(chapter: ChapterData, user_id: int) -> str:
    return urlsplit(calendars.personal_url(chapter.id, user_id)).path


def change(event: EventData, lead: int, **changes: Any) -> EventData:
    now = events.get_event(event.id)
    plan = replace(events.get_plan(event.id), **changes)
    return events.change_event(event_id=event.id, actor_id=lead, plan=plan, revision=now.revision)


# -- the public feed of a chapter --------------------------------------------------------------------------------------


def test_anybody_reads_the_events_that_are_open_to_anyone(make: Make, client: Client, read: Read) -> None:
    """Published ones: no drafts, and none that are for members."""
    shown = make()
    make(title="For members", open_to=EventOpenTo.MEMBERS)
    make(title="A draft", publishes=False)
    response = client.get(FEED)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (entry,) = read(response.content)
    assert entry["uid"] == f"{shown.uid}@{urlsplit(people.absolute_url('/')).hostname}"
    assert entry["title"] == "Case evening"
    assert entry["wall"] == datetime.fromisoformat("2027-01-18 19:00")
    assert (entry["start"], entry["end"]) == (shown.starts_at, shown.ends_at)
    assert entry["place"] == "Westerstraat 100"
    assert entry["url"].endswith(f"/chapters/amsterdam/events/{shown.id}/")
    assert "For members" not in response.content.decode()


def test_uids_stay_and_the_sequence_rises_with_time_place_and_state_only(
    make: Make, client: Client, lead: int, read: Read
) -> None:
    """Over two exports and every kind of edit."""
    event = make()

    def look() -> dict[str, Any]:
        (entry,) = read(client.get(FEED).content)
        return entry

    first = look()
    assert look() == first
    change(event, lead, description="Longer", room_capacity=20, host_ids=(lead,))
    assert look() == first
    change(event, lead, title="Case lab", summary="Bring your case.")
    named = look()
    assert (named["title"], named["sequence"]) == ("Case lab", first["sequence"])
    for number, changes in enumerate(
        ({"starts_local": datetime.fromisoformat("2027-01-19 20:00")}, {"minutes": 60}, {"place": "Dam 1"}), start=1
    ):
        change(event, lead, **changes)
        assert look()["sequence"] == first["sequence"] + number
    events.cancel_event(event_id=event.id, actor_id=lead, reason="Snow")
    gone = look()
    assert (gone["uid"], gone["sequence"], gone["status"]) == (first["uid"], first["sequence"] + 4, "CANCELLED")
    assert "Called off: Snow" in gone["text"]
    events.restore_event(event_id=event.id, actor_id=lead)
    assert (look()["status"], look()["sequence"]) == ("CONFIRMED", first["sequence"] + 5)


def test_a_file_that_has_not_changed_is_not_sent_again(make: Make, client: Client, lead: int) -> None:
    """Programs that ask with the fingerprint get an empty answer, until something is new."""
    event = make()
    first = client.get(FEED)
    again = client.get(FEED, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "public, max-age=300"
    events.cancel_event(event_id=event.id, actor_id=lead, reason="Snow")
    assert client.get(FEED, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_hints_say_how_often_to_look_again(make: Make, client: Client) -> None:
    """In the two ways that programs know."""
    make()
    text = client.get(FEED).content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-PUBLISHED-TTL:PT1H" in text


def test_past_events_stay_for_a_while(make: Make, client: Client, clock: Any, read: Read) -> None:
    """And go when they are half a year old."""
    event = make()
    clock(event.ends_at + timedelta(days=30))
    assert len(read(client.get(FEED).content)) == 1
    clock(event.starts_at + LOOKS_BACK + timedelta(hours=1))
    assert read(client.get(FEED).content) == []


@pytest.mark.parametrize("state", [ChapterState.PROPOSED, ChapterState.DECLINED])
def test_a_chapter_that_is_hidden_has_no_calendar(make: Make, client: Client, state: ChapterState) -> None:
    """It answers as one that is not there."""
    make()
    Chapter.objects.update(state=state)
    assert client.get(FEED).status_code == client.get("/chapters/nowhere/events.ics").status_code == 404


def test_reading_writes_nothing_and_nothing_else_is_taken(make: Make, client: Client) -> None:
    """GET and HEAD only."""
    make()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(FEED).status_code == 200
    assert not [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert client.head(FEED).status_code == 200
    assert client.post(FEED).status_code == 405


def test_hostile_text_stays_text(make: Make, client: Client, read: Read) -> None:
    """No line of it becomes an entry of its own."""
    bad = "Evening; a,b\\c <script>alert(1)</script> BEGIN:VEVENT"
    make(title=bad, place=bad, summary=bad)
    (entry,) = read(client.get(FEED).content)
    assert entry["title"] == entry["place"] == bad
    assert bad in entry["text"]


def test_a_failing_database_is_said_to_programs(make: Make, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """They keep what they have and come again."""
    from django.db import DatabaseError

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise DatabaseError

    make()
    monkeypatch.setattr("chapters.views.event_calendars.calendars.find_chapter_calendar", fail)
    response = client.get(FEED)
    assert (response.status_code, response["Retry-After"]) == (503, "60")


# -- what never stands in them -----------------------------------------------------------------------------------------


SECRETS = ("https://meet.example.com/secret-room", "Behind the green door 7", "Anna Bakker", "Lotte de Wit")


def test_no_secret_stands_in_any_calendar(
    make: Make, chapter: ChapterData, lead: int, member: int, client: Client, as_: Any, after: Any
) -> None:
    """Neither the call, nor a place for those with a seat only, nor anybody's name: also for who knows them all."""
    event = make(
        mode=MeetingMode.HYBRID, link=SECRETS[0], place=SECRETS[1], place_hint="Near the station", is_place_hidden=True
    )
    for user_id in (lead, member):
        after(lambda who=user_id: rsvps.answer(event_id=event.id, user_id=who, draft=RsvpDraftData()))
    texts = [
        client.get(FEED).content,
        client.get(path_of(chapter, lead)).content,
        client.get(path_of(chapter, member)).content,
        as_(member).get(f"/chapters/amsterdam/events/{event.id}/calendar.ics").content,
        client.get(urlsplit(sessions.calendar_url(member)).path).content,
        calendars.write_schema(events.get_event(event.id), chapter).encode(),
    ]
    for text in texts:
        unfolded = text.replace(b"\r\n ", b"").decode()
        assert "Case evening" in unfolded
        assert "Near the station" in unfolded
        assert [secret for secret in SECRETS if secret in unfolded] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": MeetingMode.ONLINE, "place": "", "link": SECRETS[0]}, "Online"),
        ({"mode": MeetingMode.HYBRID, "link": SECRETS[0]}, "Westerstraat 100, and online"),
        ({"is_place_hidden": True, "place_hint": "Jordaan"}, "Jordaan"),
        ({"is_place_hidden": True}, ""),
        ({"mode": MeetingMode.HYBRID, "is_place_hidden": True, "link": SECRETS[0]}, "Online, and in a room"),
    ],
)
def test_where_it_is_is_said_as_far_as_everybody_may_know(
    make: Make, client: Client, read: Read, changes: dict[str, Any], said: str
) -> None:
    """A part of town, or that it is online."""
    make(**changes)
    (entry,) = read(client.get(FEED).content)
    assert entry["place"] == said


# -- a chapter's feed of one person ------------------------------------------------------------------------------------


def titles(read: Read, response: Any) -> list[str]:
    assert response.status_code == 200
    return [entry["title"] for entry in read(response.content)]


def test_a_member_reads_what_members_see(
    make: Make, chapter: ChapterData, member: int, client: Client, read: Read
) -> None:
    """Without signing in: the address is the key, and no cache on the way keeps it."""
    make()
    make(title="For members", open_to=EventOpenTo.MEMBERS)
    response = client.get(path_of(chapter, member))
    assert titles(read, response) == ["Case evening", "For members"]
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Referrer-Policy"] == "no-referrer"
    again = client.get(path_of(chapter, member), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_an_address_that_was_renewed_opens_nothing(
    make: Make, chapter: ChapterData, member: int, client: Client
) -> None:
    """Nor do all other calendars of the person, whose addresses are new too."""
    make()
    old, own = path_of(chapter, member), urlsplit(sessions.calendar_url(member)).path
    calendars.renew_personal(member)
    assert client.get(old).status_code == client.get(own).status_code == 404
    assert client.get(path_of(chapter, member)).status_code == 200


def test_forged_addresses_open_nothing(make: Make, chapter: ChapterData, member: int, client: Client) -> None:
    """Changed by hand, made for another chapter or another purpose, and not made here at all."""
    make()
    good = path_of(chapter, member)
    token = good.rsplit("/", 1)[-1].removesuffix(".ics")
    other = make_chapter("Elsewhere", slug="elsewhere")
    salt = "discussion_ext.calendar"
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "x",
        signing.dumps([member, 0, f"chapter:{chapter.id}"], salt="another"),
        signing.dumps([member, 0], salt=salt),
        signing.dumps([member, 1, f"chapter:{chapter.id}"], salt=salt),
        signing.dumps([member, 0, f"chapter:{other.id}"], salt=salt),
        signing.dumps([member, 0, f"chapter:{chapter.id}", "more"], salt=salt),
        signing.dumps([member], salt=salt),
        signing.dumps(member, salt=salt),
        signing.dumps({"a": 1}, salt=salt),
        signing.dumps([member + 5000, 0, f"chapter:{chapter.id}"], salt=salt),
    ]
    for each in forged:
        assert client.get(f"/chapters/amsterdam/calendar/{each}.ics").status_code == 404, each
    assert client.get(f"/chapters/elsewhere/calendar/{token}.ics").status_code == 404
    assert client.get(urlsplit(sessions.calendar_url(member)).path.replace(_token(member), token)).status_code == 404
    assert client.get(good).status_code == 200


def _token(user_id: int) -> str:
    return sessions.make_calendar_token(user_id)


@pytest.mark.parametrize("is_retired", [True, False])
def test_an_account_that_is_not_in_use_reads_nothing(
    make: Make, chapter: ChapterData, member: int, client: Client, *, is_retired: bool
) -> None:
    """Retired, or switched off by the site."""
    make()
    path, own = path_of(chapter, member), urlsplit(sessions.calendar_url(member)).path
    user = User.objects.get(pk=member)
    user.is_active = False
    if is_retired:
        user.set_unusable_password()
    user.save()
    if is_retired:
        people.retire_person(user_id=member)
    assert client.get(path).status_code == client.get(own).status_code == 404


def test_who_is_kept_out_reads_what_everybody_reads(
    make: Make, chapter: ChapterData, member: int, client: Client, read: Read
) -> None:
    """The chapter's own events are closed to them."""
    make()
    make(title="For members", open_to=EventOpenTo.MEMBERS)
    path = path_of(chapter, member)
    make_ban(chapter, member)
    assert titles(read, client.get(path)) == ["Case evening"]


def test_who_left_reads_what_everybody_reads(
    make: Make, chapter: ChapterData, member: int, client: Client, read: Read, after: Any
) -> None:
    """And their own calendar keeps what they may still come to."""
    for_all, inside = make(), make(title="For members", open_to=EventOpenTo.MEMBERS)
    path, own = path_of(chapter, member), urlsplit(sessions.calendar_url(member)).path
    for event in (for_all, inside):
        after(lambda pk=event.id: rsvps.answer(event_id=pk, user_id=member, draft=RsvpDraftData()))
    assert titles(read, client.get(own)) == ["Case evening", "For members"]
    after(lambda: membership.leave(chapter_id=chapter.id, user_id=member))
    assert titles(read, client.get(path)) == ["Case evening"]
    assert titles(read, client.get(own)) == ["Case evening"]


def test_a_person_who_asks_all_the_time_waits(
    make: Make, chapter: ChapterData, member: int, client: Client, settings: Any
) -> None:
    """A program gone wild costs nobody else."""
    make()
    settings.CHAPTERS_ACT_LIMITS = {"calendar": "1/h"}
    assert client.get(path_of(chapter, member)).status_code == 200
    refused = client.get(path_of(chapter, member))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert client.get(FEED).status_code == 200


# -- one's own calendar, and one event ---------------------------------------------------------------------------------


def test_ones_own_calendar_holds_what_one_has_a_seat_at(
    make: Make, chapter: ChapterData, lead: int, member: int, client: Client, read: Read, after: Any
) -> None:
    """Neither what one waits for, nor what one gave back; called off, it stays and says so."""
    going, full, given_back, other = (make(title=title, room_capacity=1) for title in ("A", "B", "C", "D"))
    after(lambda: rsvps.answer(event_id=full.id, user_id=lead, draft=RsvpDraftData()))
    for event in (going, full, given_back):
        after(lambda pk=event.id: rsvps.answer(event_id=pk, user_id=member, draft=RsvpDraftData()))
    after(lambda: rsvps.decline(event_id=given_back.id, user_id=member))
    path = urlsplit(sessions.calendar_url(member)).path
    assert titles(read, client.get(path)) == ["A"]
    after(lambda: events.cancel_event(event_id=going.id, actor_id=lead, reason="Snow"))
    (entry,) = read(client.get(path).content)
    assert (entry["title"], entry["status"]) == ("A", "CANCELLED")
    (public,) = (each for each in read(client.get(FEED).content) if each["title"] == "A")
    assert (public["uid"], public["sequence"]) == (entry["uid"], entry["sequence"])
    assert other.title == "D"


def test_one_event_is_a_file_for_who_may_see_it(
    make: Make, chapter: ChapterData, member: int, client: Client, as_: Any, read: Read
) -> None:
    """The same entry as in the feeds; for anybody else there is nothing."""
    shown, inside, draft = make(), make(open_to=EventOpenTo.MEMBERS), make(publishes=False)
    (public,) = read(client.get(f"/chapters/amsterdam/events/{shown.id}/calendar.ics").content)
    (fed,) = read(client.get(FEED).content)
    assert public == fed
    assert client.get(f"/chapters/amsterdam/events/{inside.id}/calendar.ics").status_code == 404
    assert as_(member).get(f"/chapters/amsterdam/events/{inside.id}/calendar.ics").status_code == 200
    assert as_(member).get(f"/chapters/amsterdam/events/{draft.id}/calendar.ics").status_code == 404
    other = make_chapter("Elsewhere", slug="elsewhere")
    assert as_(member).get(f"/chapters/{other.slug}/events/{shown.id}/calendar.ics").status_code == 404
    assert client.get(f"/chapters/amsterdam/events/{10**9}/calendar.ics").status_code == 404


# -- series ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Amsterdam", date(2027, 3, 15)),
        ("Europe/Amsterdam", date(2027, 10, 18)),
        ("America/New_York", date(2027, 3, 1)),
        ("America/New_York", date(2027, 10, 25)),
        ("Africa/Nairobi", date(2027, 3, 15)),
        ("Australia/Lord_Howe", date(2027, 3, 22)),
        ("Australia/Lord_Howe", date(2027, 9, 20)),
        ("America/Santiago", date(2027, 3, 22)),
    ],
)
def test_the_evenings_of_a_series_are_read_at_seven_by_every_program(
    chapter: ChapterData, lead: int, client: Client, read: Read, zone: str, start: date
) -> None:
    """Before and after the clocks change, in every part of the world."""
    plan = EventPlanData(
        title="Case evening",
        starts_local=datetime.combine(start, time(19)),
        zone=zone,
        place="Room 1",
        open_to=EventOpenTo.ANYONE,
        host_ids=(lead,),
    )
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=start, at=time(19), count=4)
    made = series_api.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=rule)
    made = series_api.publish_series(series_id=made.id, actor_id=lead)
    entries = read(client.get(FEED).content)
    assert [each["wall"] for each in entries] == [
        datetime.combine(start + timedelta(weeks=n), time(19)) for n in range(4)
    ]
    assert [each["start"] for each in entries] == [card.event.starts_at for card in made.dates]
    assert len({each["uid"] for each in entries}) == 4


# -- how much ----------------------------------------------------------------------------------------------------------


def grow(event: EventData, number: int, *, first: datetime) -> None:
    """Add so many published events like one, an hour apart."""
    meeting, row = Meeting.objects.get(pk=event.meeting_id), Event.objects.get(pk=event.id)
    starts = [first + timedelta(hours=place) for place in range(number)]
    meetings = [
        Meeting(
            **{
                field.attname: getattr(meeting, field.attname)
                for field in Meeting._meta.concrete_fields
                if field.attname not in {"id", "key", "uid", "starts_at", "ends_at"}
            },
            key=f"event:x{start:%Y%m%d%H}",
            uid=f"{start:%Y%m%d%H}",
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
        )
        for start in starts
    ]
    Meeting.objects.bulk_create(meetings)
    ids = dict(Meeting.objects.filter(key__startswith="event:x").values_list("key", "pk"))
    Event.objects.bulk_create(
        Event(
            **{
                field.attname: getattr(row, field.attname)
                for field in Event._meta.concrete_fields
                if field.attname not in {"id", "meeting_id", "starts_at", "ends_at"}
            },
            meeting_id=ids[each.key],
            starts_at=each.starts_at,
            ends_at=each.ends_at,
        )
        for each in meetings
    )


def test_a_calendar_has_an_end_and_keeps_what_is_to_come(
    make: Make, chapter: ChapterData, member: int, client: Client, read: Read
) -> None:
    """Five hundred entries, read with as many queries as one; the oldest past ones go first."""
    event = make(starts_local=datetime.fromisoformat("2027-01-04 22:00"))
    paths = (FEED, path_of(chapter, member))
    before = [_count(client, path) for path in paths]
    grow(event, MOST_ENTRIES - 10, first=datetime(2027, 1, 5, tzinfo=UTC))
    grow(event, 100, first=datetime(2026, 12, 1, tzinfo=UTC))
    assert [_count(client, path) for path in paths] == before
    entries = read(client.get(FEED).content)
    assert len(entries) == MOST_ENTRIES
    assert sum(each["start"] < datetime(2027, 1, 1, tzinfo=UTC) for each in entries) == 9
    assert [each["start"] for each in entries] == sorted(each["start"] for each in entries)


def _count(client: Client, path: str) -> int:
    client.get(path)  # the site is looked up once
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# -- for search engines ------------------------------------------------------------------------------------------------


def test_an_event_as_search_engines_read_it(make: Make, chapter: ChapterData) -> None:
    """With the offset of its own clock, its place, and who holds it."""
    said = calendars.schema_event(make(summary="Bring your case."), chapter)
    assert said["@type"] == "Event"
    assert said["startDate"] == "2027-01-18T19:00:00+01:00"
    assert said["endDate"] == "2027-01-18T21:00:00+01:00"
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert said["location"] == [
        {
            "@type": "Place",
            "name": "Westerstraat 100",
            "address": {"@type": "PostalAddress", "addressLocality": "Amsterdam", "addressCountry": "NL"},
        }
    ]
    assert said["organizer"]["name"] == "Amsterdam"
    assert said["url"].startswith("http")
    assert "previousStartDate" not in said


def test_a_moved_and_a_called_off_event_say_so(make: Make, chapter: ChapterData, lead: int) -> None:
    """With the start that people had in their calendars; called off says more than moved."""
    event = make()
    moved = change(event, lead, starts_local=datetime.fromisoformat("2027-07-19 20:00"))
    said = calendars.schema_event(moved, chapter)
    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert said["previousStartDate"] == "2027-01-18T19:00:00+01:00"
    assert said["startDate"] == "2027-07-19T20:00:00+02:00"
    gone = events.cancel_event(event_id=event.id, actor_id=lead, reason="Snow")
    assert calendars.schema_event(gone, chapter)["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.parametrize(
    ("mode", "said", "kinds"),
    [
        (MeetingMode.ONLINE, "OnlineEventAttendanceMode", ["VirtualLocation"]),
        (MeetingMode.HYBRID, "MixedEventAttendanceMode", ["Place", "VirtualLocation"]),
    ],
)
def test_a_call_is_found_on_our_page(
    make: Make, chapter: ChapterData, mode: MeetingMode, said: str, kinds: list[str]
) -> None:
    """Its own address is nobody's but theirs who come."""
    event = make(mode=mode, link=SECRETS[0])
    found = calendars.schema_event(event, chapter)
    assert found["eventAttendanceMode"].endswith(said)
    assert [each["@type"] for each in found["location"]] == kinds
    assert found["location"][-1]["url"].endswith(f"/events/{event.id}/")


def test_nothing_that_people_write_ends_the_script(make: Make, chapter: ChapterData) -> None:
    """Wherever it stands."""
    bad = "</script><script>alert(1)</script><!--"
    text = calendars.write_schema(make(title=bad, summary=bad, place=bad), chapter)
    assert "<" not in text
    assert ">" not in text
    assert "alert(1)" in text


def test_a_token_of_nobody_is_no_token(chapter: ChapterData) -> None:
    """The api says so as the page does."""
    with pytest.raises(NotFoundError):
        calendars.read_personal_token("nonsense", chapter_id=chapter.id)
    stranger = make_account("Oscar")
    token = urlsplit(calendars.personal_url(chapter.id, stranger)).path.rsplit("/", 1)[-1].removesuffix(".ics")
    assert calendars.read_personal_token(token, chapter_id=chapter.id) == stranger
    assert make_member(chapter, stranger, audiences=(Audience.ALUMNI,)).user_id == stranger
