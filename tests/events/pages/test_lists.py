"""Lists of events: of a chapter, of somebody, what is next beside other things; empty, page by page, at equal cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chapters.api import event_results, events
from chapters.data import ChapterData, ChapterState, EventData, EventOpenTo, RsvpState
from chapters.models import Chapter, Event, EventSeries, Rsvp
from discussion_ext.models import Attendance, CalendarFeed
from people import api as people
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer
from tests.chapters.page_visits import browser, markup_of, send, visit, words_of
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_rsvp

CHINESE = {"accept-language": "zh-hans"}

# -- of a chapter ------------------------------------------------------------------------------------------------------


def test_coming_events_stand_soonest_first_with_ones_own_answer(chapter: ChapterData, member: int, lead: int) -> None:
    later = make_event(chapter, title="Later evening", starts_local=in_days(20))
    sooner = make_event(chapter, title="Sooner evening", starts_local=in_days(5), room_capacity=10)
    off = make_event(chapter, title="Evening called off", actor_id=lead, starts_local=in_days(8))
    events.cancel_event(event_id=off.id, actor_id=lead, reason="No power")
    make_draft(chapter, title="Secret draft", actor_id=lead)
    make_past_event(chapter, title="Evening that was")
    make_rsvp(later, member)
    words = words_of(visit(member, "events", chapter.slug))
    assert words.index("Sooner evening") < words.index("Evening called off") < words.index("Later evening")
    assert "10 seats left" in words
    assert "You have a seat" in words
    assert "Called off" in words
    assert "Secret draft" not in words
    assert "Evening that was" not in words
    past = words_of(visit(member, "events", chapter.slug, when="past"))
    assert "Evening that was" in past
    assert "Sooner evening" not in past
    assert sooner.id != later.id


def test_time_and_zone_are_joined_as_the_language_does(chapter: ChapterData, member: int) -> None:
    """In lists and on the page: Chinese has a comma of its own."""
    event = make_event(chapter, zone="Asia/Shanghai")
    for name, args in (("events", []), ("event", [event.id])):
        page = browser(member).get(reverse(f"chapters:{name}", args=[chapter.slug, *args]), headers=CHINESE)
        (moment,) = set(re.findall(r"<time [^>]*>([^<]+)</time>", page.content.decode()))
        assert "," not in moment
        assert "，" in moment


def test_the_trail_of_an_events_pages_leads_to_all_events(chapter: ChapterData, member: int) -> None:
    coming, past = make_event(chapter), make_past_event(chapter)
    for each in (coming, past):
        make_rsvp(each, member)
    for name, event in (("event_keep", coming), ("event_presence", past)):
        page = visit(member, name, chapter.slug, event.id)
        assert page.status_code == 200, name
        trail = re.search(r'<ol class="cs-crumbs".*?</ol>', markup_of(page), re.DOTALL)
        assert trail is not None
        assert f'href="{reverse("chapters:events", args=[chapter.slug])}"' in trail[0], name


def test_outside_only_open_events_are_listed(chapter: ChapterData) -> None:
    make_event(chapter, title="Open evening", open_to=EventOpenTo.ANYONE)
    make_event(chapter, title="Table of members")
    for person in (None, make_account()):
        page = visit(person, "events", chapter.slug)
        assert page.status_code == 200
        assert "Open evening" in words_of(page)
        assert "Table of members" not in markup_of(page)
        assert "Events for members only are not in this list." in words_of(page)


def test_an_empty_list_says_what_can_be_done(chapter: ChapterData, lead: int, member: int) -> None:
    assert "Plan an event" in words_of(visit(lead, "events", chapter.slug))
    words = words_of(visit(member, "events", chapter.slug))
    assert "Nothing is planned at the moment" in words
    assert "Go to the board" in words
    assert "Plan an event" not in words
    assert "Nothing has been yet" in words_of(visit(member, "events", chapter.slug, when="past"))
    assert "the next event finds you" in words_of(visit(None, "events", chapter.slug))


@pytest.mark.parametrize("when", ["", "past"])
def test_lists_go_on_page_by_page(chapter: ChapterData, member: int, settings: Any, when: str) -> None:
    settings.CHAPTERS_PAGE_SIZE = 2
    actor = make_organizer(chapter)
    for number in range(5):
        if when:
            make_past_event(chapter, actor_id=actor, title=f"Evening {number}", days=3 + number)
        else:
            make_event(chapter, actor_id=actor, title=f"Evening {number}", starts_local=in_days(5 + number))
    address, seen = f"/chapters/{chapter.slug}/events/?when={when}", []
    for _page in range(4):
        page = browser(member).get(address)
        assert page.status_code == 200
        seen += re.findall(r">(Evening \d)<", markup_of(page))
        more = re.search(r'href="(\?[^"]*cursor=[^"]+)"', markup_of(page))
        if more is None:
            break
        address = f"/chapters/{chapter.slug}/events/{more.group(1)}".replace("&amp;", "&")
    assert seen == [f"Evening {number}" for number in range(5)]


@pytest.mark.parametrize("page", ["events", "my_events"])
@pytest.mark.parametrize("when", ["coming", "past"])
def test_a_broken_cursor_is_refused_in_words(chapter: ChapterData, member: int, page: str, when: str) -> None:
    place = [] if page == "my_events" else [chapter.slug]
    found = visit(member, page, *place, cursor="nonsense", when=when)
    assert found.status_code == 400
    assert "This is not possible" in words_of(found)


# -- of somebody -------------------------------------------------------------------------------------------------------


def test_my_events_are_those_of_all_chapters(chapter: ChapterData, member: int) -> None:
    other = make_chapter("Utrecht circle")
    make_member(other, member)
    for place, title in ((chapter, "Evening in Nairobi"), (other, "Evening in Utrecht")):
        make_rsvp(make_event(place, title=title), member)
    make_event(chapter, title="Evening of others")
    words = words_of(visit(member, "my_events"))
    for said in ("Evening in Nairobi", "Nairobi evening chapter", "Evening in Utrecht", "Utrecht circle"):
        assert said in words, said
    assert "Evening of others" not in words
    assert visit(None, "my_events").status_code == 302


def test_my_events_begin_with_a_next_step(member: int) -> None:
    assert "You come to nothing at the moment" in words_of(visit(member, "my_events"))
    assert "You have not been anywhere yet" in words_of(visit(member, "my_events", when="past"))


def test_what_is_known_of_ones_coming_is_said_to_oneself(chapter: ChapterData, lead: int, member: int) -> None:
    there = make_past_event(chapter, actor_id=lead, title="Where I was", days=10)
    missed = make_past_event(chapter, actor_id=lead, title="Where I was not", days=20)
    unknown = make_past_event(chapter, actor_id=lead, title="Nobody took attendance", days=30)
    other = make_member(chapter).user_id
    for event in (there, missed, unknown):
        make_rsvp(event, member)
        make_rsvp(event, other)
    for event, came in ((there, [member, other]), (missed, [other])):
        for user_id in came:
            make_present(event, user_id)
    words = words_of(visit(member, "my_events", when="past"))
    rows = {title: words.partition(title)[2][:260] for title in (there.title, missed.title, unknown.title)}
    assert "You were there" in rows["Where I was"]
    assert "Nobody recorded you there. Hosts see this until" in rows["Where I was not"]
    assert "I was there" in rows["Where I was not"]
    assert "Nobody recorded you" not in rows["Nobody took attendance"]


def make_present(event: EventData, user_id: int) -> None:
    """Record that somebody came, as a host would have on the evening."""
    Attendance.objects.create(
        meeting_id=event.meeting_id,
        user_id=user_id,
        state="present",
        source="roll",
        arrived_at=event.starts_at + timedelta(minutes=5),
        recorded_at=event.starts_at + timedelta(minutes=6),
    )


def test_a_calendar_gets_a_new_address_by_a_post_only(chapter: ChapterData, member: int) -> None:
    def find_address() -> str:
        page = markup_of(visit(member, "my_events"))
        found = re.search(r'href="([^"]+)"[^>]*>\s*<svg[^>]*>.*?</svg>\s*All my events', page, re.DOTALL)
        assert found is not None
        return found.group(1)

    before = find_address()
    assert find_address() == before
    assert not CalendarFeed.objects.exists()
    sent = send(member, "my_events", act="renew")
    assert sent["Location"] == "/chapters/mine/events/?done=renewed#calendar"
    assert find_address() != before
    assert send(member, "my_events", act="nonsense").status_code == 400
    assert send(None, "my_events", act="renew")["Location"].startswith("/login")


@pytest.mark.parametrize("back", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "x", ""])
def test_a_form_leads_back_to_pages_of_ours_only(member: int, back: str) -> None:
    assert send(member, "my_events", act="renew", back=back)["Location"].startswith("/chapters/mine/events/")


# -- what is next ------------------------------------------------------------------------------------------------------


def test_members_see_their_next_event_and_what_they_have_not_answered(chapter: ChapterData, member: int) -> None:
    mine = make_event(chapter, title="My evening", starts_local=in_days(9))
    make_event(chapter, title="Another evening", starts_local=in_days(4))
    declined = make_event(chapter, title="Evening without me", starts_local=in_days(3))
    make_rsvp(mine, member)
    make_rsvp(declined, member, state=RsvpState.NOT_COMING)
    words = words_of(visit(member, "chapter", chapter.slug))
    assert words.index("Your next event") < words.index("My evening") < words.index("Will you come?")
    assert words.index("Will you come?") < words.index("Another evening")
    assert "Evening without me" not in words


def test_without_events_a_chapter_says_how_one_begins(chapter: ChapterData, member: int) -> None:
    assert "No event is planned" in words_of(visit(member, "chapter", chapter.slug))


def test_the_public_page_shows_open_events_and_what_came_of_some(chapter: ChapterData, lead: int) -> None:
    make_event(chapter, title="Open evening", open_to=EventOpenTo.ANYONE)
    make_event(chapter, title="Table of members")
    past = make_past_event(chapter, actor_id=lead, title="Twelve sentences", open_to=EventOpenTo.ANYONE)
    closed = make_past_event(chapter, actor_id=lead, title="Closed table")
    for event in (past, closed):
        event_results.save_result(event_id=event.id, actor_id=lead, text="We kept *three*.", revision=0, publishes=True)
    for person in (None, make_account()):
        words = words_of(visit(person, "chapter", chapter.slug))
        assert "Open evening" in words
        assert "What came of it" in words
        assert "Twelve sentences" in words
        assert "Table of members" not in words
        assert "Closed table" not in words
        assert "2 events" in words


def test_the_directory_names_the_next_date_that_is_open_to_the_reader(chapter: ChapterData, member: int) -> None:
    sooner = make_event(chapter, starts_local=in_days(4))
    later = make_event(chapter, starts_local=in_days(9), open_to=EventOpenTo.ANYONE)
    assert f"next on {say_day(later)}" in words_of(visit(None, "directory"))
    assert f"next on {say_day(sooner)}" in words_of(visit(member, "directory"))
    Event.objects.update(state="draft")
    assert "next on" not in words_of(visit(member, "directory"))


def say_day(event: EventData) -> str:
    """Return an event's day as cards say it."""
    return people.say_day(event.starts_at.astimezone(event.zone).date())


def test_a_closed_chapter_keeps_its_events_readable(chapter: ChapterData, member: int) -> None:
    event = make_past_event(chapter, title="Evening that was")
    Chapter.objects.filter(pk=chapter.id).update(state=ChapterState.ARCHIVED)
    assert "Evening that was" in words_of(visit(member, "events", chapter.slug, when="past"))
    assert visit(member, "event", chapter.slug, event.id).status_code == 200


# -- what it costs -----------------------------------------------------------------------------------------------------


def count_queries(user_id: int | None, page: str, *args: Any, **query: Any) -> int:
    """Return how many queries a page makes at its second look."""
    client = browser(user_id)
    address = reverse(f"chapters:{page}", args=args)
    assert client.get(address, query).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address, query)
    return len(queries)


@pytest.fixture
def crowd(chapter: ChapterData) -> Callable[[EventData, int], None]:
    """Return a maker of a crowd at an event: seats, a line and people who gave theirs back."""

    def make(event: EventData, number: int) -> None:
        now = timezone.now()
        states = [RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.CANCELLED]
        first = 5_000_000 + Rsvp.objects.count()
        Rsvp.objects.bulk_create(
            Rsvp(
                event_id=event.id,
                user_id=first + place,
                state=states[place % 3],
                queued_at=now - timedelta(minutes=place) if place % 3 == 1 else None,
                state_at=now,
            )
            for place in range(number)
        )
        Event.objects.filter(pk=event.id).update(room_taken=number, waiting=number // 3)

    return make


@pytest.mark.parametrize("state", [None, RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.PENDING])
def test_the_page_costs_the_same_at_ten_and_at_a_thousand(
    chapter: ChapterData, member: int, crowd: Any, state: RsvpState | None
) -> None:
    event = make_event(chapter, room_capacity=5, open_to=EventOpenTo.ANYONE)
    if state is not None:
        make_rsvp(event, member, state=state)
    crowd(event, 10)
    few = [count_queries(person, "event", chapter.slug, event.id) for person in (member, None)]
    crowd(event, 990)
    assert [count_queries(person, "event", chapter.slug, event.id) for person in (member, None)] == few


def test_past_pages_cost_the_same_whatever_the_crowd(chapter: ChapterData, member: int, crowd: Any) -> None:
    event = make_past_event(chapter)
    make_rsvp(event, member)
    make_present(event, member)
    crowd(event, 10)
    few = count_queries(member, "event", chapter.slug, event.id)
    crowd(event, 990)
    assert count_queries(member, "event", chapter.slug, event.id) == few


@pytest.mark.parametrize("page", ["events", "chapter", "my_events", "my_events_past", "directory"])
def test_lists_cost_the_same_whatever_their_length(chapter: ChapterData, member: int, page: str) -> None:
    def look() -> int:
        query = {"when": "past"} if page.endswith("past") else {}
        place = [] if page in ("my_events", "my_events_past", "directory") else [chapter.slug]
        return count_queries(member, page.removesuffix("_past"), *place, **query)

    def fill(number: int) -> None:
        actor = make_organizer(chapter)
        for _each in range(number):
            make_rsvp(make_event(chapter, actor_id=actor, open_to=EventOpenTo.ANYONE), member)
            make_rsvp(make_past_event(chapter, actor_id=actor), member)

    fill(2)
    few = look()
    fill(6)
    assert look() == few


def test_the_dates_of_a_series_cost_the_same_whatever_their_number(chapter: ChapterData, member: int) -> None:
    actor = make_organizer(chapter)
    made = EventSeries.objects.create(
        chapter_id=chapter.id, title="Evenings", frequency="weekly", starts_on="2026-12-03", at="18:30", count=20
    )

    def add(first: int, number: int) -> EventData:
        found = [make_event(chapter, actor_id=actor, starts_local=in_days(10 + first + each)) for each in range(number)]
        for each in found:
            Event.objects.filter(pk=each.id).update(series_id=made.pk, occurrence=f"{each.starts_local:%Y-%m-%d}")
        return found[0]

    event = add(0, 2)
    few = count_queries(member, "event", chapter.slug, event.id)
    add(2, 6)
    assert count_queries(member, "event", chapter.slug, event.id) == few
    assert words_of(visit(member, "event", chapter.slug, event.id)).count("Evening of hard talks") >= 8
