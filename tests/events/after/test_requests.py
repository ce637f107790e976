"""People who say that they were there: asked once, answered by somebody else, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from chapters.api import event_results as api
from chapters.data import ChapterData, EventData, EventState, Presence
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceSource, AttendanceState
from people.models import AuditEntry, NewsItem
from tests.events.after.conftest import record
from tests.events.factories import make_event, put_state


@pytest.fixture
def missed(evening: EventData, guest: Any) -> int:
    """Return somebody who had a seat at an evening whose roll was called without them."""
    record(evening, guest(evening))
    return guest(evening, "Chidi Obi")


def ask(event: EventData, user_id: int, text: str = "I sat by the window") -> Any:
    return api.ask_presence(event_id=event.id, user_id=user_id, text=text)


def answer(event: EventData, user_id: int, actor_id: int, *, yes: bool = True, text: str = "") -> Any:
    return api.answer_presence(event_id=event.id, user_id=user_id, actor_id=actor_id, is_accepted=yes, answer=text)


def test_accepted_they_came(evening: EventData, missed: int, lead: int) -> None:
    ask(evening, missed)
    found = answer(evening, missed, lead, text="You are in the photo")
    assert (found.is_accepted, found.answered_by) == (True, lead)
    known = api.find_presence(evening.id, missed)
    assert (known.presence, known.reason) == (Presence.ATTENDED, "You are in the photo")
    recorded = attendance.find_attendance([evening.meeting_id], [missed])[evening.meeting_id, missed]
    assert (recorded.source, recorded.recorded_by) == (AttendanceSource.CORRECTION, lead)
    assert AuditEntry.objects.filter(verb="event.presence_accepted", actor_id=lead).count() == 1


def test_refused_with_words(evening: EventData, missed: int, lead: int) -> None:
    ask(evening, missed)
    with pytest.raises(InvalidValueError) as refused:
        answer(evening, missed, lead, yes=False)
    assert refused.value.field == "answer"
    answer(evening, missed, lead, yes=False, text="Nobody saw you")
    known = api.find_presence(evening.id, missed)
    assert (known.presence, known.reason) == (Presence.NO_SHOW, "Nobody saw you")


def test_hosts_are_told_once_and_the_person_of_the_answer(evening: EventData, missed: int, lead: int) -> None:
    ask(evening, missed)
    ask(evening, missed, "I sat by the door")
    assert NewsItem.objects.filter(user_id=lead, kind__contains="presence").count() == 1
    answer(evening, missed, lead)
    assert NewsItem.objects.filter(user_id=missed, kind__contains="presence").count() == 1


def test_said_again_it_is_reworded_and_stays_one(evening: EventData, missed: int) -> None:
    first, second = ask(evening, missed), ask(evening, missed, "I sat by the door")
    assert (first.id, second.text) == (second.id, "I sat by the door")
    assert [each.text for each in api.list_presence_requests(event_id=evening.id)] == ["I sat by the door"]


def test_answered_it_is_closed(evening: EventData, missed: int, lead: int) -> None:
    ask(evening, missed)
    answer(evening, missed, lead, yes=False, text="Nobody saw you")
    with pytest.raises(StateError, match="answered already"):
        ask(evening, missed)
    assert answer(evening, missed, lead, yes=False, text="Again").answer == "Nobody saw you"
    with pytest.raises(StateError, match="meanwhile"):
        answer(evening, missed, lead)
    assert api.list_presence_requests(event_id=evening.id) == ()


def test_nobody_answers_their_own(evening: EventData, lead: int, missed: int) -> None:
    ask(evening, lead)
    with pytest.raises(NotAllowedError):
        answer(evening, lead, lead)
    assert attendance.find_attendance([evening.meeting_id], [lead]) == {}


def test_somebody_who_does_not_run_the_chapter_records_nothing(evening: EventData, missed: int, member: int) -> None:
    ask(evening, missed)
    with pytest.raises(NotAllowedError):
        answer(evening, missed, member)
    assert api.find_presence(evening.id, missed).presence is not Presence.ATTENDED


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "\0"])
def test_words_are_needed_and_bounded(evening: EventData, missed: int, text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        ask(evening, missed, text)
    assert refused.value.field == "text"


def test_when_it_makes_no_sense(
    chapter: ChapterData, evening: EventData, missed: int, lead: int, settings: Any
) -> None:
    with pytest.raises(StateError, match="not over"):
        ask(make_event(chapter, actor_id=lead), missed)
    settings.CHAPTERS_NO_SHOW_DAYS = 5
    with pytest.raises(StateError, match="too long ago"):
        ask(evening, missed)
    settings.CHAPTERS_NO_SHOW_DAYS = 180
    record(evening, missed)
    with pytest.raises(StateError, match="recorded already"):
        ask(evening, missed)
    with pytest.raises(StateError, match="did not take place"):
        ask(put_state(evening, EventState.CANCELLED), missed)
    with pytest.raises(NotFoundError):
        api.ask_presence(event_id=evening.id + 999, user_id=missed, text="x")
    with pytest.raises(NotFoundError):
        answer(evening, missed, lead)


def test_those_of_a_chapter_wait_in_the_order_they_came(
    chapter: ChapterData, evening: EventData, missed: int, guest: Any, django_assert_num_queries: Any
) -> None:
    other = guest(evening)
    ask(evening, missed)
    ask(evening, other)
    with django_assert_num_queries(1):
        waiting = api.list_presence_requests(chapter_id=chapter.id)
    assert [each.user_id for each in waiting] == [missed, other]
    record(evening, missed, state=AttendanceState.ABSENT)
    assert len(api.list_presence_requests(chapter_id=chapter.id, limit=1)) == 1
