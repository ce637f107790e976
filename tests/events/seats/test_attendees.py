"""Who comes, as hosts see it: pages, a search, a file; at the same cost whatever the crowd."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chapters.api import events
from chapters.api import rsvps as api
from chapters.data import ChapterData, QuestionKind, RsvpState
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.models import EventQuestion
from people import api as people
from tests.chapters.factories import make_account
from tests.events.seats.evenings import come, fill_up, make_event

GOING, LINE = RsvpState.GOING, RsvpState.WAITLISTED


def test_pages_go_through_everybody_once_in_order(chapter: ChapterData) -> None:
    row = make_event(chapter, room_capacity=3)
    ids = [make_account() for _ in range(8)]
    fill_up(row, *ids)
    event, cursor, found = events.get_event(row.pk), "", []
    while True:
        page = api.list_attendees(event=event, cursor=cursor, limit=2)
        found += [(each.rsvp.user_id, each.rsvp.state) for each in page.attendees]
        if not (cursor := page.cursor):
            break
    assert found == [(each, GOING) for each in ids[:3]] + [(each, LINE) for each in ids[3:]]


def test_one_state_alone(chapter: ChapterData) -> None:
    row = make_event(chapter, room_capacity=1)
    fill_up(row, 1, 2, 3)
    page = api.list_attendees(event=events.get_event(row.pk), states=[LINE])
    assert [each.rsvp.user_id for each in page.attendees] == [2, 3]
    assert api.count_rsvps(row.pk) == {GOING: 1, LINE: 2}
    assert api.is_seated(row.pk, 1)
    assert not api.is_seated(row.pk, 2)


@pytest.mark.parametrize("cursor", ["nonsense", "WzAsIngiLDFd", "WzBd"])
def test_a_page_that_is_not_there(chapter: ChapterData, cursor: str) -> None:
    event = events.get_event(make_event(chapter).pk)
    with pytest.raises(InvalidValueError) as refused:
        api.list_attendees(event=event, states=[LINE], cursor=cursor)
    assert refused.value.field == "cursor"


def test_a_search_finds_people_by_what_they_are_called_here(chapter: ChapterData) -> None:
    row = make_event(chapter)
    shown, hidden = make_account("Amina Yusuf"), make_account("Amina Otieno")
    other = make_account("Bo Lind")
    for each in (shown, hidden, other):
        choice = "pseudonym" if each == hidden else "name"
        people.choose_name(user_id=each, surface="chapter", context_key=f"chapter:{chapter.id}", choice=choice)
    fill_up(row, shown, hidden, other)
    event = events.get_event(row.pk)
    assert [each.rsvp.user_id for each in api.list_attendees(event=event, text=" aMINA ").attendees] == [shown]
    assert not api.list_attendees(event=event, text="%").attendees


def test_what_they_answered_and_need_is_for_hosts(chapter: ChapterData) -> None:
    row = make_event(chapter, guests_most=1)
    asked = EventQuestion.objects.create(event=row, kind=QuestionKind.LINE, text="Diet?")
    found = come(row, make_account("Amina"), guests=1, needs_note="=1+1", answers=((asked.pk, "Vegan"),))
    event = events.get_event(row.pk)
    assert api.get_attendee(event, found.id).answers == (("Diet?", "Vegan"),)
    head, line = csv.reader(io.StringIO("".join(api.iter_attendees_csv(event))))
    assert dict(zip(head, line, strict=True)) | {"Name": "", "Since": ""} == {
        "Name": "",
        "Answer": "Going",
        "Comes": "In the room",
        "Guests": "1",
        "Needs step-free access": "",
        "Needs": "'=1+1",
        "Since": "",
        "Diet?": "Vegan",
    }
    with pytest.raises(NotFoundError):
        api.get_attendee(event, 404)


def test_queries_do_not_grow_with_the_crowd(chapter: ChapterData) -> None:
    def cost(people_count: int) -> int:
        row = make_event(chapter, room_capacity=people_count // 2)
        fill_up(row, *[make_account() for _ in range(people_count)])
        event = events.get_event(row.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = api.list_attendees(event=event, limit=100)
        assert len(page.attendees) == people_count
        return len(queries)

    assert cost(4) == cost(24)
