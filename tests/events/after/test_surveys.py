"""How it was: one answer of each who came, and a summary in which nobody can be told apart."""

from __future__ import annotations

from typing import Any

import pytest

from chapters.api import event_results as api
from chapters.data import ChapterData, EventData, EventState, Presence
from chapters.exceptions import InvalidValueError, StateError
from chapters.models import EventSurvey
from discussion_ext.data import AttendanceState
from tests.events.after.conftest import record
from tests.events.factories import make_event, put_state


@pytest.fixture
def came(evening: EventData, guest: Any) -> list[int]:
    """Return five people who came."""
    found = [guest(evening) for _ in range(5)]
    record(evening, *found)
    return found


def say(event: EventData, user_id: int, rating: int = 4, **words: str) -> Any:
    return api.save_survey(event_id=event.id, user_id=user_id, rating=rating, **words)


def test_one_answer_each_which_may_be_changed(evening: EventData, came: list[int]) -> None:
    assert api.find_survey(evening.id, came[0]) is None
    say(evening, came[0], 2, useful="Two names", better="Air")
    say(evening, came[0], 5, useful="Three names")
    assert EventSurvey.objects.count() == 1
    found = api.find_survey(evening.id, came[0])
    assert (found.rating, found.useful, found.better) == (5, "Three names", "")


@pytest.mark.parametrize("rating", [0, 6, -1, 4.5, "4", None, True])
def test_ratings_are_whole_numbers_from_one_to_five(evening: EventData, came: list[int], rating: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        say(evening, came[0], rating)
    assert refused.value.field == "rating"
    assert not EventSurvey.objects.exists()


@pytest.mark.parametrize("field", ["useful", "better"])
def test_words_are_bounded(evening: EventData, came: list[int], field: str) -> None:
    say(evening, came[0], **{field: "x" * 500})
    with pytest.raises(InvalidValueError) as refused:
        say(evening, came[0], **{field: "x" * 501})
    assert refused.value.field == field


def test_only_who_came_is_asked_and_only_for_a_while(
    chapter: ChapterData, evening: EventData, came: list[int], guest: Any, lead: int, settings: Any
) -> None:
    absent = guest(evening)
    record(evening, absent, state=AttendanceState.ABSENT)
    for user_id in (absent, lead):
        with pytest.raises(StateError, match="were there"):
            say(evening, user_id)
    with pytest.raises(StateError, match="not over"):
        say(make_event(chapter, actor_id=lead), came[0])
    assert api.can_answer(evening, Presence.ATTENDED)
    assert not api.can_answer(evening, Presence.NO_SHOW)
    settings.CHAPTERS_SURVEY_DAYS = 9
    with pytest.raises(StateError, match="too long ago"):
        say(evening, came[0])
    with pytest.raises(StateError, match="did not take place"):
        say(put_state(evening, EventState.CANCELLED), came[0])


class TestSummary:
    def test_with_few_answers_nothing_but_their_number(self, evening: EventData, came: list[int]) -> None:
        for user_id in came[:2]:
            say(evening, user_id, 1, useful="A", better="B")
        found = api.summarize_survey(evening.id)
        assert (found.answers, found.asked, found.rating, found.useful, found.better) == (2, 5, None, (), ())

    def test_from_three_on_the_mean_and_the_words(self, evening: EventData, came: list[int]) -> None:
        for user_id, rating in zip(came[:3], (5, 4, 4), strict=True):
            say(evening, user_id, rating, useful=f"useful {user_id}")
        found = api.summarize_survey(evening.id)
        assert (found.answers, found.rating, found.better) == (3, 4.3, ())
        assert set(found.useful) == {f"useful {each}" for each in came[:3]}

    def test_words_of_too_few_stay_out(self, evening: EventData, came: list[int]) -> None:
        for user_id in came:
            say(evening, user_id)
        for user_id in came[:2]:
            say(evening, user_id, better="Somebody's secret")
        assert api.summarize_survey(evening.id).better == ()

    def test_order_tells_neither_time_nor_person(self, evening: EventData, guest: Any) -> None:
        people = [guest(evening) for _ in range(12)]
        record(evening, *people)
        for number, user_id in enumerate(people):
            say(evening, user_id, useful=f"{number:02}", better=f"{number:02}")
        found = api.summarize_survey(evening.id)
        written = tuple(f"{number:02}" for number in range(12))
        assert found.useful not in (written, written[::-1], found.better)
        assert sorted(found.useful) == sorted(found.better) == sorted(written)
        assert api.summarize_survey(evening.id).useful == found.useful

    def test_queries_do_not_grow(self, evening: EventData, came: list[int], django_assert_num_queries: Any) -> None:
        for user_id in came:
            say(evening, user_id, useful="A", better="B")
        with django_assert_num_queries(5):
            api.summarize_survey(evening.id)
