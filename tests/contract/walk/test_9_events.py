"""Events of a chapter: answered as a series, waited for, moved, held with tickets, written up and called off."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.parser import isoparse

from tests.contract.walk.chapter import Chapter, approve, propose, rows_in_admin
from tests.contract.walk.classroom import Classroom, _register
from tests.contract.walk.event import (
    LINK,
    PLACE,
    Event,
    count_mails,
    count_news,
    hears,
    in_days,
    in_minutes,
    make_event,
    read_calendar,
    run_jobs,
)
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person, Platform, eventually
from tests.contract.walk.test_6_people_and_copies import _retire

pytestmark = pytest.mark.walk

REASON = "The library has no light that evening."
RESULT = "Walnuts: three sentences that were *said aloud*, and one that was kept for later."
SURVEY = "Say it slower than you think it."
#: How long the evening of the walk takes, which is waited for.
MINUTES = 1


@dataclass(frozen=True)
class Stage:
    """The chapter that cleo leads, in which ada, bram and the moderator are members, and a visitor is not."""

    chapter: Chapter
    course: Classroom
    visitor: Person
    ids: dict[str, int]

    def __getattr__(self, name: str) -> Person:
        """Return one of the people by name."""
        return getattr(self.course, name)

    @property
    def lead(self) -> Person:
        """Return who runs the chapter."""
        return self.course.cleo


@pytest.fixture(scope="module")
def stage(classroom: Classroom, platform: Platform, admin: Person) -> Stage:
    """Return a chapter with its members."""
    mark = secrets.token_hex(3)
    propose(classroom.cleo, f"Planners {mark}")
    chapter = approve(admin, f"Planners {mark}", f"planners-{mark}")
    for name in ("ada", "bram", "moderator"):
        assert chapter.join(classroom.people[name]).status == 200
    visitor = _register(platform, "visitor", "Vera Visser")
    if visitor.sign_in().status_code != 200:
        admin.activate(visitor.name)
        assert visitor.sign_in().status_code == 200
    ids = {name: classroom.id_of(classroom.people[name]) for name in ("cleo", "ada", "bram", "moderator")}
    return Stage(chapter, classroom, visitor, ids)


# -- a series ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dates(stage: Stage) -> list[Event]:
    """Return the dates of a series of four weeks, seen at the desk before they are made, and published."""
    said = {
        "title": "Hard talks, aloud",
        "day": in_days(10).date().isoformat(),
        "time": "18:30",
        "ends": "20:30",
        "mode": "hybrid",
        "place": PLACE,
        "link": LINK,
        "room_capacity": "2",
        "online_capacity": "9",
        "repeat": "weekly",
        "repeat_count": "4",
    }
    form = stage.chapter.page(stage.lead, "desk/events/new/")
    assert form.status == 200, form.words[:500]
    seen = form.send("title", act="preview", **said)
    assert seen.status == 200, seen.words[:800]
    assert stage.chapter.ask(stage.lead, "events/drafts/").json()["results"] == []
    made = seen.send("title", act="series")
    assert made.status == 200, made.words[:800]
    (series_id,) = re.findall(r"/desk/series/(\d+)/", made.path)
    published = stage.chapter.ask(stage.lead, f"series/{series_id}/publish/", "POST", json={})
    assert published.status_code == 200, published.text[:300]
    return [Event(stage.chapter, row["id"]) for row in published.json()["dates"]]


def test_a_series_keeps_its_time_on_the_wall(stage, dates):
    rows = [each.read(stage.ada) for each in dates]
    assert [row["starts_local"][:10] for row in rows] == [
        (in_days(10) + timedelta(weeks=week)).date().isoformat() for week in range(4)
    ]
    assert {row["starts_local"][11:] for row in rows} == {"18:30"}
    assert len({row["uid"] for row in rows}) == 4
    assert all(row["link"] == "" for row in rows)


def test_one_press_answers_all_dates(stage, admin, dates):
    for person in (stage.ada, stage.moderator):
        answered = dates[0].page(person).send("come", to="/series/", act="come")
        assert answered.status == 200, answered.words[:500]
        assert eventually(lambda person=person: [each.state(person) for each in dates] == ["going"] * 4)
    assert hears(admin, stage.ids["ada"], "event_series_answered")
    assert count_news(admin, stage.ids["ada"], "event_confirmed") == 0


# -- a line ------------------------------------------------------------------------------------------------------------


def test_a_seat_that_comes_free_is_kept_for_who_is_next(stage, admin, dates):
    full = dates[1]
    said = full.page(stage.bram).send("come", to="/answer/", come="offline")
    assert said.status == 200, said.words[:500]
    assert full.state(stage.bram) == "waitlisted"
    assert full.read(stage.bram)["answer"]["place_in_line"] == 1
    assert full.page(stage.ada).status == 200
    before = full.read(stage.ada)["ways"]
    gone = full.page(stage.ada, "keep/").send("csrfmiddlewaretoken", to="/decline/")
    assert gone.status == 200, gone.words[:500]
    assert full.state(stage.ada) == "cancelled"
    assert full.state(stage.bram) == "offered"
    assert full.read(stage.ada)["ways"] == before  # an offer holds its seat
    assert hears(admin, stage.ids["bram"], "event_offer")
    taken = full.page(stage.bram).send("act", to="/offer/", act="take")
    assert taken.status == 200, taken.words[:500]
    assert full.state(stage.bram) == "going"
    again = full.ask(stage.bram, "offer/", "POST", json={"is_taken": True})
    assert again.status_code == 200, again.text[:300]
    assert full.read(stage.ada)["ways"] == before
    assert [full.state(each) for each in (stage.ada, stage.moderator)] == ["cancelled", "going"]


def test_mails_of_a_seat_go_out_once(stage, admin):
    before = count_mails(admin, stage.ids["bram"])
    if not run_jobs("compose_news", "send_deliveries"):
        pytest.skip("needs CONTRACT_MANAGE, the command that runs the LMS's manage.py")
    assert eventually(lambda: count_mails(admin, stage.ids["bram"]) > before)
    sent = count_mails(admin, stage.ids["bram"])
    run_jobs("compose_news", "send_deliveries", "tend_events")
    assert count_mails(admin, stage.ids["bram"]) == sent


def test_looking_at_links_of_mails_changes_nothing(stage, dates):
    for rest in ("keep/", "answer/", "decline/", "offer/", "series/"):
        dates[2].page(stage.ada, rest)
    assert dates[2].state(stage.ada) == "going"


# -- a move ------------------------------------------------------------------------------------------------------------


def test_a_move_is_told_once_and_answered(stage, admin, dates):
    moved = dates[2]
    assert moved.answer(stage.bram, "online") == "going"
    before = moved.read(stage.ada)
    later = isoparse(before["starts_local"]) + timedelta(days=1)
    after = moved.change(stage.lead, starts_local=f"{later:%Y-%m-%dT%H:%M}")
    assert (after["uid"], after["moved_from"]) == (before["uid"], before["starts_at"])
    for name in ("ada", "bram", "moderator"):
        assert hears(admin, stage.ids[name], "event_moved"), name
    assert moved.read(stage.ada)["answer"]["must_answer"]
    kept = moved.page(stage.ada, "keep/").send("act", act="keep", to="/keep/")
    assert kept.status == 200, kept.words[:500]
    assert not moved.read(stage.ada)["answer"]["must_answer"]
    declined = moved.page(stage.bram, "keep/").send("act", act="decline", to="/keep/")
    assert declined.status == 200, declined.words[:500]
    assert [moved.state(each) for each in (stage.ada, stage.bram)] == ["going", "cancelled"]
    stale = moved.ask(stage.lead, "", "PATCH", json={"revision": before["revision"], "title": "Another"})
    assert stale.status_code == 409, stale.text[:300]


# -- calendars ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_house(stage: Stage) -> Event:
    """Return an event that is open to anyone, at a place that only those who come see."""
    return make_event(
        stage.lead,
        stage.chapter,
        "Open house",
        in_days(20),
        mode="hybrid",
        link=LINK,
        open_to="anyone",
        is_place_hidden=True,
        place_hint="Near the Neude",
        description="Bring **one** talk. <script>alert(1)</script>",
    )


def test_calendars_say_the_same_and_no_secret(stage, passer_by, dates, open_house):
    uids = [each.read(stage.ada)["uid"] for each in dates]
    shown = dates[2].page(stage.ada)
    own = read_calendar(stage.ada, f"{dates[2].path}calendar.ics")
    (entry,) = own.values()
    assert entry["UID"].split("@")[0] == uids[2]
    assert entry["SEQUENCE"] > 0
    assert entry["DTSTART"].dt == isoparse(dates[2].read(stage.ada)["starts_at"])
    (feed,) = {link for link in shown.list_links("/calendar/") if link.endswith(".ics")}
    mine = read_calendar(passer_by, feed)  # a calendar program is signed in nowhere
    assert set(own) <= set(mine)
    public = read_calendar(passer_by, f"{stage.chapter.path}events.ics")
    assert [str(each["SUMMARY"]) for each in public.values()] == ["Open house"]
    for found in (mine, public):
        text = "".join(each.to_ical().decode() for each in found.values()).replace("\r\n ", "")
        assert LINK not in text
    assert PLACE not in "".join(each.to_ical().decode() for each in public.values()).replace("\r\n ", "")
    personal = Page.open(stage.ada, "/chapters/mine/events/")
    (everything,) = set(personal.list_links(".ics"))
    listed = read_calendar(passer_by, everything)
    assert {key.split("@")[0] for key in listed} >= {uids[0], uids[2], uids[3]}
    assert uids[1] not in {key.split("@")[0] for key in listed}
    assert set(read_calendar(passer_by, everything)) == set(listed)


def test_an_address_of_a_calendar_can_be_changed(stage, passer_by, dates):
    (old,) = {link for link in dates[0].page(stage.bram).list_links("/calendar/") if link.endswith(".ics")}
    renewed = Page.open(stage.bram, "/chapters/mine/events/").send("act", act="renew")
    assert renewed.status == 200, renewed.words[:500]
    (new,) = {link for link in dates[0].page(stage.bram).list_links("/calendar/") if link.endswith(".ics")}
    assert new != old
    assert read_calendar(passer_by, new)
    assert passer_by.lms("GET", re.sub(r"^https?://[^/]+", "", old)).status_code in {404, 410} or not read_calendar(
        passer_by, old
    )


# -- who sees what -----------------------------------------------------------------------------------------------------


def test_the_public_page_says_nothing_private(stage, passer_by, dates, open_house):
    page = open_house.page(passer_by)
    assert page.status == 200, page.words[:300]
    assert "Open house" in page.words
    assert "Near the Neude" in page.words
    text = passer_by.lms("GET", open_house.path, headers={"Accept": "text/html"}).text
    for secret in (PLACE, LINK, "Ada Lovink", "Cleo Mensah", "<script>alert(1)"):
        assert secret not in text
    assert '"@type": "Event"' in text or '"@type":"Event"' in text
    assert "/login" in dates[0].page(passer_by).path
    assert dates[0].ask(passer_by).status_code in {401, 403, 404}
    assert [row["title"] for row in stage.chapter.ask(passer_by, "events/").json()["results"]] == ["Open house"]


def test_a_visitor_answers_what_is_open_and_nothing_else(stage, dates, open_house):
    assert open_house.answer(stage.visitor) == "going"
    assert open_house.read(stage.visitor)["place"] == PLACE
    assert dates[0].ask(stage.visitor, "answer/", "PUT", json={"mode": "online"}).status_code in {403, 404}
    for person in (stage.visitor, stage.ada):
        assert open_house.desk(person).status in {403, 404}
        assert open_house.ask(person, "attendees/").status_code == 403
        assert open_house.ask(person, "cancel/", "POST", json={"reason": "No"}).status_code == 403


# -- an evening, as it is held -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def points_on(admin: Person) -> bool:
    """Turn points of chapters on, where the site was set up for them; return whether they are on."""
    listed = Page.open(admin, "/admin/gamification/pointscourse/?q=chapters")
    numbers = listed.tree.xpath("//input[@name='_selected_action']/@value")
    if len(numbers) != 1:
        return False
    sent = listed.send("_selected_action", action="switch_on", _selected_action=numbers)
    return sent.status == 200


@pytest.fixture(scope="module")
def evening(stage: Stage, points_on: bool) -> Event:
    """Return an evening of a few minutes that begins now, with ada, bram and a guest of bram's."""
    event = make_event(
        stage.lead, stage.chapter, "A short evening", in_minutes(2), minutes=MINUTES, guests_most=1, room_capacity=9
    )
    assert event.answer(stage.ada) == "going"
    assert event.answer(stage.bram, guests=1) == "going"
    assert event.read(stage.ada)["ways"][0]["taken"] == 3
    return event


def ticket_of(event: Event, person: Person) -> str:
    """Return the path that somebody's ticket says."""
    return re.sub(r"^https?://[^/]+", "", event.read(person, "ticket/")["url"])


def test_a_ticket_lets_in_once_and_only_by_a_host(stage, evening):
    drawn = evening.page(stage.ada, "ticket/")
    assert drawn.status == 200, drawn.words[:300]
    assert drawn.tree.xpath("//*[local-name()='svg']")
    path = ticket_of(evening, stage.ada)
    assert stage.ids["ada"] not in map(int, re.findall(r"\d+", path.rsplit("/ticket/")[-1]) or [0])
    for person in (stage.ada, stage.bram):
        refused = Page.open(person, path)
        assert refused.status == 403, refused.words[:300]
        assert "Ada" not in refused.words
    scanned = Page.open(stage.lead, path)
    assert "Ada Lovink" in scanned.words
    assert not evening.read(stage.ada, "ticket/")["is_checked_in"]  # looking lets nobody in
    let_in = scanned.send("key")
    assert let_in.status == 200, let_in.words[:300]
    assert "In now" in let_in.words
    assert "Already in" in Page.open(stage.lead, path).words
    forged = path[:-3] + ("AA/" if path[-3:-1] != "AA" else "BB/")
    assert "Ada" not in Page.open(stage.lead, forged).words
    assert evening.read(stage.ada, "ticket/")["is_checked_in"]


def test_the_roll_finds_the_others(stage, evening):
    uid = evening.read(stage.lead)["uid"]
    address = f"/discussion_ext/api/v1/meetings/{uid}/roll/"
    roll = stage.lead.read(address)
    assert (roll["present"], roll["seats"]) == (1, 2)
    ticks = [
        {"request_key": secrets.token_hex(8), "user_id": stage.ids[name], "state": state, "made_at": _now()}
        for name, state in (("bram", "absent"), ("moderator", "present"))
    ]
    sent = stage.lead.lms("POST", address, json={"ticks": ticks})
    assert sent.status_code == 200, sent.text[:300]
    assert [each["outcome"] for each in sent.json()["results"]] == ["saved", "saved"]
    again = stage.lead.lms("POST", address, json={"ticks": ticks}).json()["results"]
    assert {each["outcome"] for each in again} == {"known"}
    assert stage.ada.lms("POST", address, json={"ticks": ticks}).status_code == 403
    assert stage.lead.read(address)["present"] == 2
    assert Page.open(stage.lead, f"/discussion_ext/check_in/{uid}/host/").status == 200


def _now() -> str:
    return datetime.now(UTC).isoformat()


def test_what_came_of_it_is_written_and_read(stage, admin, evening):
    ends = isoparse(evening.read(stage.lead)["ends_at"])
    early = evening.ask(stage.lead, "result/", "PUT", json={"text": RESULT, "revision": 0, "is_published": True})
    assert early.status_code in {403, 409}, early.text[:300]
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds() + 2))
    drafted = evening.desk(stage.lead, "result/").send("text", text=RESULT)
    assert drafted.status == 200, drafted.words[:500]
    assert evening.ask(stage.ada, "result/").status_code in {403, 404}
    found = evening.read(stage.lead, "result/")
    published = evening.ask(
        stage.lead, "result/", "PUT", json={"text": RESULT, "revision": found["revision"], "is_published": True}
    )
    assert published.status_code == 200, published.text[:300]
    assert "Walnuts" in evening.page(stage.bram, "result/").words
    assert "Walnuts" in stage.chapter.page(stage.ada, "events/results/").words
    assert hears(admin, stage.ids["ada"], "event_result")


def test_who_came_is_known_to_them(stage, evening):
    assert evening.read(stage.ada, "presence/")["presence"] == "attended"
    missed = evening.read(stage.bram, "presence/")
    assert (missed["presence"], missed["may_ask"]) == ("unknown", True)  # while the roll can still be corrected
    asked = evening.page(stage.bram, "presence/").send("text", text="I sat at the window.")
    assert asked.status == 200, asked.words[:500]
    (waiting,) = evening.read(stage.lead, "presences/")["results"]
    assert waiting["user_id"] == stage.ids["bram"]
    said = {"user_id": stage.ids["bram"], "is_accepted": True, "answer": "You did."}
    answered = evening.ask(stage.lead, "presences/", "POST", json=said)
    assert answered.status_code == 200, answered.text[:300]
    assert evening.read(stage.bram, "presence/")["presence"] == "attended"
    survey = evening.page(stage.ada, "survey/").send("rating", rating="5", useful=SURVEY)
    assert survey.status == 200, survey.words[:500]
    summary = evening.read(stage.lead, "survey/summary/")
    assert (summary["answers"], summary["rating"]) == (1, None)  # too few to say anything


def test_attending_and_hosting_earn_points(stage, evening, points_on):
    if not points_on:
        pytest.skip("this site gives no points for chapters")

    def total(person: Person) -> int:
        page = Page.open(person, "/chapters/mine/events/")
        return int("".join(page.tree.xpath("//section[@aria-labelledby='points']//span[@class='cs-points']")[0].text))

    for person in (stage.ada, stage.lead):
        assert eventually(lambda person=person: total(person) > 0)
    assert "A short evening" in Page.open(stage.ada, "/chapters/mine/events/").words


# -- letters and calling off -------------------------------------------------------------------------------------------


def test_a_letter_of_organizers_shows_no_address(stage, admin, dates):
    letter = {
        "audience": "going",
        "subject": "Bring a cup",
        "body": "There is soup.",
        "request_key": secrets.token_hex(16),
    }
    for _time in range(2):
        written = dates[3].ask(stage.lead, "mails/", "POST", json=letter)
        assert written.status_code == 200, written.text[:300]
    assert "@example" not in written.text
    assert eventually(lambda: dates[3].read(stage.lead, "mails/")["results"][0]["finished_at"])
    (kept,) = dates[3].read(stage.lead, "mails/")["results"]
    assert kept["sent"] == 2
    assert hears(admin, stage.ids["ada"], "event_mail")


def test_calling_off_tells_everybody_once(stage, admin, dates):
    off = dates[3]
    assert off.answer(stage.bram) == "waitlisted"
    page = off.desk(stage.lead, "cancel/")
    assert page.status == 200, page.words[:300]
    called = page.send("reason", reason=REASON)
    assert called.status == 200, called.words[:500]
    assert off.ask(stage.lead, "cancel/", "POST", json={"reason": REASON}).status_code in {200, 403, 409}
    for name in ("ada", "bram", "moderator"):
        assert hears(admin, stage.ids[name], "event_called_off"), name
    assert REASON in off.page(stage.ada).words
    assert off.ask(stage.ada, "answer/", "PUT", json={"mode": "offline"}).status_code in {403, 409}
    (entry,) = read_calendar(stage.ada, f"{off.path}calendar.ics").values()
    assert entry["STATUS"] == "CANCELLED"
    assert entry["UID"].split("@")[0] == off.read(stage.ada)["uid"]


def test_jobs_of_events_run(stage, admin, evening):
    if not run_jobs("run_errands", "tend_events", "remind_of_events", "compose_news", "send_deliveries"):
        pytest.skip("needs CONTRACT_MANAGE, the command that runs the LMS's manage.py")
    assert count_news(admin, stage.ids["ada"], "event_called_off") == 1
    assert hears(admin, stage.ids["ada"], "event_survey") or count_news(admin, stage.ids["ada"], "event_survey") == 0


# -- who goes frees a seat ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(stage: Stage) -> Event:
    """Return an evening with one seat."""
    return make_event(stage.lead, stage.chapter, "A table for one", in_days(30), room_capacity=1)


def come_and_wait(stage: Stage, admin: Person, small: Event, first: Person) -> None:
    """Let somebody have the only seat, and ada wait for it."""
    assert small.answer(first) == "going"
    assert small.answer(stage.ada) == "waitlisted"


def reset(stage: Stage, small: Event) -> None:
    """Let ada, for whom the seat is kept, give it back."""
    assert eventually(lambda: small.state(stage.ada) == "offered")
    small.decline(stage.ada)
    assert small.read(stage.lead)["ways"][0]["taken"] == 0


def test_leaving_the_chapter_frees_a_seat(stage, admin, small):
    come_and_wait(stage, admin, small, stage.moderator)
    left = stage.chapter.ask(stage.moderator, "leave/", "POST", json={})
    assert left.status_code == 200, left.text[:300]
    reset(stage, small)


def test_a_ban_frees_a_seat(stage, admin, small):
    come_and_wait(stage, admin, small, stage.bram)
    banned = stage.chapter.ask(
        stage.lead, "bans/", "POST", json={"user_id": stage.ids["bram"], "reason": "As the walk has it", "days": 1}
    )
    assert banned.status_code in {200, 201}, banned.text[:300]
    reset(stage, small)
    assert small.page(stage.bram).status in {403, 404}


def test_a_retired_person_frees_a_seat(stage, platform, admin, small):
    guest = _register(platform, "guest", "Gerda Guest")
    if guest.sign_in().status_code != 200:
        admin.activate(guest.name)
        assert guest.sign_in().status_code == 200
    assert stage.chapter.join(guest).status == 200
    come_and_wait(stage, admin, small, guest)
    asked = guest.lms("POST", "/api/user/v1/accounts/deactivate_logout/", data={"password": guest.password})
    if asked.status_code != 204:
        pytest.skip(f"this platform has no retirement states: {asked.status_code}")
    _retire(admin, guest)
    reset(stage, small)
    listed = small.ask(stage.lead, "attendees/")
    assert "Gerda" not in listed.text


# -- the admin ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["event", "eventseries", "rsvp", "eventtemplate", "eventmail", "eventresult"])
def test_the_admin_lists_what_there_is(stage, admin, evening, model):
    page = Page.open(admin, f"/admin/chapters/{model}/")
    assert page.status == 200
    assert "Server Error" not in page.words
    if model == "event":
        assert rows_in_admin(admin, "chapters/event", q=evening.id) >= 1
        assert Page.open(admin, f"/admin/chapters/event/{evening.id}/change/").status == 200
    assert stage.lead.lms("GET", f"/admin/chapters/{model}/", allow_redirects=False).status_code == 302
