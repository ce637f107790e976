"""Answers to a whole series, each kept for its date, and good for dates that come later."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from chapters.api import membership
from chapters.api import rsvps as api
from chapters.data import (
    Audience,
    ChapterData,
    EventOpenTo,
    EventState,
    QuestionKind,
    RsvpDraftData,
    RsvpSource,
    RsvpState,
)
from chapters.events.awaiting import await_added_dates
from chapters.events.news_kinds import EventNews
from chapters.events.series_answers import find_unanswered_dates, join_added_dates
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.models import Event, EventQuestion, Rsvp, SeriesRsvp
from tests.chapters.factories import make_account, make_member
from tests.events.seats.evenings import ONLINE, add_date, assert_right, come, make_series, state, told

GOING, LINE = RsvpState.GOING, RsvpState.WAITLISTED


def come_to_all(series: Any, user_id: int, *, from_event_id: int | None = None, **draft: Any) -> dict[int, RsvpState]:
    return api.answer_series(
        series_id=series.pk, user_id=user_id, draft=RsvpDraftData(**draft), from_event_id=from_event_id
    )


def test_one_answer_is_one_for_each_date_and_one_mail(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=3, room_capacity=1)
    come(dates[1], 9)
    assert come_to_all(series, 1) == {dates[0].pk: GOING, dates[1].pk: LINE, dates[2].pk: GOING}
    assert Rsvp.objects.filter(user_id=1, source=RsvpSource.SERIES).count() == 3
    assert told(1) == [EventNews.SERIES_ANSWERED]
    assert_right(*dates)


def test_from_one_date_on(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=3)
    assert come_to_all(series, 1, from_event_id=dates[1].pk) == {dates[1].pk: GOING, dates[2].pk: GOING}
    assert SeriesRsvp.objects.get().from_on == dates[1].occurrence
    assert api.find_series_answer(series.pk, 1)


def test_dates_that_cannot_be_answered_are_left_out(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=4, room_capacity=1, has_waitlist=False)
    come(dates[0], 9)
    Event.objects.filter(pk=dates[1].pk).update(state=EventState.CANCELLED)
    Event.objects.filter(pk=dates[2].pk).update(opens_days=2)
    assert come_to_all(series, 1) == {dates[3].pk: GOING}


def test_where_no_date_can_be_answered_nothing_is_remembered(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=2, room_capacity=1, has_waitlist=False)
    for date in dates:
        come(date, 9)
    with pytest.raises(StateError, match="All seats"):
        come_to_all(series, 1)
    assert not SeriesRsvp.objects.exists()
    Event.objects.filter(series=series).update(state=EventState.CANCELLED)
    with pytest.raises(StateError, match="No date"):
        come_to_all(series, 1)
    with pytest.raises(NotFoundError):
        api.answer_series(series_id=404, user_id=1, draft=RsvpDraftData())
    with pytest.raises(NotFoundError):
        come_to_all(series, 1, from_event_id=404)


def test_bad_input_names_its_field_and_leaves_no_half(chapter: ChapterData) -> None:
    series, _dates = make_series(chapter, dates=2)
    with pytest.raises(InvalidValueError) as refused:
        come_to_all(series, 1, mode=ONLINE)
    assert refused.value.field == "mode"
    assert not Rsvp.objects.exists()


def test_answers_go_for_the_same_question_of_every_date(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=2)
    asked = [
        EventQuestion.objects.create(event=date, kind=QuestionKind.LINE, text="Diet?", is_needed=True) for date in dates
    ]
    assert len(come_to_all(series, 1, answers=((asked[0].pk, "Vegan"),))) == 2
    assert api.list_own_answers(dates[1].pk, 1) == {asked[1].pk: "Vegan"}


def test_answering_again_changes_all_and_doubles_nothing(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=2, guests_most=1)
    come_to_all(series, 1)
    come_to_all(series, 1, guests=1)
    assert list(Rsvp.objects.values_list("guests", flat=True)) == [1, 1]
    assert SeriesRsvp.objects.get().guests == 1
    assert_right(*dates)


def test_one_date_is_given_back_alone(chapter: ChapterData) -> None:
    series, dates = make_series(chapter, dates=2)
    come_to_all(series, 1)
    api.decline(event_id=dates[0].pk, user_id=1)
    assert [state(date, 1) for date in dates] == [RsvpState.CANCELLED, GOING]
    assert api.find_series_answer(series.pk, 1)
    assert not join_added_dates(series.pk, [date.pk for date in dates])


def test_not_coming_to_the_series_any_more_gives_back_what_is_to_come(chapter: ChapterData, after: Any) -> None:
    series, dates = make_series(chapter, dates=3, room_capacity=1)
    come_to_all(series, 1)
    come(dates[2], 2)
    found = api.decline_series(series_id=series.pk, user_id=1, from_event_id=dates[1].pk)
    assert found == {dates[1].pk: RsvpState.CANCELLED, dates[2].pk: RsvpState.CANCELLED}
    assert state(dates[0], 1) is GOING
    assert state(dates[2], 2) is RsvpState.OFFERED
    late = add_date(series, chapter, place=4, days=60)
    after(lambda: await_added_dates(series.pk, [late.pk]))
    assert not Rsvp.objects.filter(event=late).exists()


class TestDatesThatComeLater:
    def test_who_comes_to_all_comes_to_them_too_in_the_order_they_came(self, chapter: ChapterData, after: Any) -> None:
        series, _dates = make_series(chapter, dates=2)
        for user_id in (3, 1, 2):
            come_to_all(series, user_id)
        late = [add_date(series, chapter, place=place, days=30 + 7 * place, room_capacity=2) for place in (2, 3)]
        after(lambda: await_added_dates(series.pk, [date.pk for date in late]))
        for date in late:
            assert [state(date, each) for each in (3, 1, 2)] == [GOING, GOING, LINE]
        assert told(2, EventNews.SERIES_ADDED) == [EventNews.SERIES_ADDED]
        assert not join_added_dates(series.pk, [date.pk for date in late])
        assert_right(*late)

    def test_not_before_answers_are_taken(self, chapter: ChapterData) -> None:
        series, _dates = make_series(chapter, dates=2)
        come_to_all(series, 1)
        late = add_date(series, chapter, place=2, days=30, opens_days=7)
        assert not join_added_dates(series.pk, [late.pk])
        assert find_unanswered_dates() == (late.pk, [(series.pk, late.pk)])
        Event.objects.filter(pk=late.pk).update(opens_days=40)
        assert join_added_dates(series.pk, [late.pk]) == {1: {late.pk: GOING}}
        assert find_unanswered_dates() == (late.pk, [])

    def test_who_said_no_to_one_is_not_asked_again(self, chapter: ChapterData) -> None:
        series, _dates = make_series(chapter, dates=2)
        come_to_all(series, 1)
        late = add_date(series, chapter, place=2, days=30)
        api.decline(event_id=late.pk, user_id=1)
        assert not join_added_dates(series.pk, [late.pk])

    def test_earlier_dates_than_they_come_from_are_not_theirs(self, chapter: ChapterData) -> None:
        series, dates = make_series(chapter, dates=3)
        come_to_all(series, 1, from_event_id=dates[2].pk)
        assert not join_added_dates(series.pk, [date.pk for date in dates])

    def test_who_left_the_chapter_comes_no_more(self, chapter: ChapterData, after: Any) -> None:
        series, dates = make_series(chapter, dates=2, open_to=EventOpenTo.MEMBERS)
        member = make_member(chapter).user_id
        come_to_all(series, member)
        after(lambda: membership.leave(chapter_id=chapter.id, user_id=member))
        late = add_date(series, chapter, place=2, days=30, open_to=EventOpenTo.MEMBERS)
        assert not join_added_dates(series.pk, [late.pk])
        assert [state(date, member) for date in dates] == [RsvpState.CANCELLED] * 2
        assert SeriesRsvp.objects.get().ended_at <= timezone.now()

    def test_a_date_that_asks_something_new_is_left_to_the_person(self, chapter: ChapterData) -> None:
        series, _dates = make_series(chapter, dates=2)
        come_to_all(series, 1)
        late = add_date(series, chapter, place=2, days=30)
        EventQuestion.objects.create(event=late, kind=QuestionKind.LINE, text="Diet?", is_needed=True)
        assert not join_added_dates(series.pk, [late.pk])
        assert not Rsvp.objects.filter(event=late).exists()

    def test_what_somebody_needs_and_answered_goes_along(self, chapter: ChapterData) -> None:
        series, dates = make_series(chapter, dates=2)
        asked = EventQuestion.objects.create(event=dates[0], kind=QuestionKind.LINE, text="Diet?", is_needed=True)
        come_to_all(series, 1, answers=((asked.pk, "Vegan"),), needs_step_free=True, needs_note="A chair")
        late = add_date(series, chapter, place=2, days=30)
        again = EventQuestion.objects.create(event=late, kind=QuestionKind.LINE, text="Diet?", is_needed=True)
        assert join_added_dates(series.pk, [late.pk]) == {1: {late.pk: GOING}}
        row = Rsvp.objects.get(event=late)
        assert (row.needs_step_free, row.needs_note) == (True, "A chair")
        assert api.list_own_answers(late.pk, 1) == {again.pk: "Vegan"}


class TestDatesThatAreForOthers:
    def test_are_left_out_of_an_answer_to_all(self, chapter: ChapterData) -> None:
        series, dates = make_series(chapter, dates=3, open_to=EventOpenTo.MEMBERS)
        Event.objects.filter(pk=dates[1].pk).update(open_to=EventOpenTo.ALUMNI)
        member = make_member(chapter).user_id
        assert come_to_all(series, member) == {dates[0].pk: GOING, dates[2].pk: GOING}
        assert not Rsvp.objects.filter(event=dates[1]).exists()

    def test_are_not_answered_when_they_are_added(self, chapter: ChapterData) -> None:
        series, _dates = make_series(chapter, dates=2, open_to=EventOpenTo.MEMBERS)
        member, graduate = make_member(chapter).user_id, make_member(chapter, audiences=(Audience.ALUMNI,)).user_id
        for user_id in (member, graduate):
            come_to_all(series, user_id)
        late = add_date(series, chapter, place=2, days=30, open_to=EventOpenTo.ALUMNI)
        assert join_added_dates(series.pk, [late.pk]) == {graduate: {late.pk: GOING}}

    def test_who_is_too_young_does_not_come_to_a_room(self, chapter: ChapterData) -> None:
        series, dates = make_series(chapter, dates=2, mode=ONLINE.value)
        young = make_member(chapter, make_account(year_of_birth=timezone.now().year - 12)).user_id
        assert len(come_to_all(series, young, mode=ONLINE)) == len(dates)
        late = add_date(series, chapter, place=2, days=30)
        assert not join_added_dates(series.pk, [late.pk])

    def test_where_none_is_for_somebody_they_hear_why(self, chapter: ChapterData) -> None:
        series, _dates = make_series(chapter, dates=2, open_to=EventOpenTo.MEMBERS)
        with pytest.raises(NotAllowedError, match="for members"):
            come_to_all(series, make_account())
        assert not SeriesRsvp.objects.exists()
