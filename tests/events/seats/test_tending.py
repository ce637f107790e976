"""What time brings: offers that lapse, the open round, lines that nobody looked at, and counts that went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from chapters.api import rsvps as api
from chapters.data import ChapterData, EventState, RsvpDraftData, RsvpState
from chapters.events import line
from chapters.events.news_kinds import EventNews
from chapters.events.tending import look_at_events, tend_events
from chapters.exceptions import StateError
from chapters.models import Event, Rsvp
from people import api as people
from tests.events.seats.evenings import (
    BOTH,
    ONLINE,
    ROOM,
    add_date,
    assert_right,
    come,
    fill_up,
    let_lapse,
    make_event,
    make_series,
    pass_time,
    state,
    states,
    told,
)

GOING, LINE, OFFERED, LAPSED = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.LAPSED


def tend() -> dict[str, int]:
    """Run the job and return what it did."""
    done: dict[str, int] = {}
    for step in tend_events():
        for name, number in step.counts.items():
            done[name] = done.get(name, 0) + number
    people.run_errands()
    return done


def offered(chapter: ChapterData, *others: int, **columns: Any) -> Event:
    event = make_event(chapter, room_capacity=1, **columns)
    fill_up(event, 1, 2, *others)
    api.decline(event_id=event.pk, user_id=1)
    assert state(event, 2) is OFFERED
    return event


class TestOffers:
    def test_what_lapses_goes_to_who_is_next(self, chapter: ChapterData) -> None:
        events = [offered(chapter, 3), offered(chapter, 3)]
        assert tend()["events recounted"] == 0
        assert state(events[0], 2) is OFFERED
        for event in events:
            let_lapse(event, 2)
        assert look_at_events()["offers to lapse"] == 2
        assert tend()["offers lapsed"] == 2
        for event in events:
            assert states(event) == {1: RsvpState.CANCELLED, 2: LAPSED, 3: OFFERED}
        assert told(2, EventNews.OFFER_LAPSED) == [EventNews.OFFER_LAPSED] * 2
        assert look_at_events() == {"offers to lapse": 0, "lines with free seats": 0, "miscounted events": 0}
        assert_right(*events)

    def test_a_called_off_event_keeps_them_as_they_were(self, chapter: ChapterData) -> None:
        event = offered(chapter)
        let_lapse(event, 2)
        Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)
        assert "offers lapsed" not in tend()
        assert state(event, 2) is OFFERED

    def test_the_command_does_it(self, chapter: ChapterData, capsys: Any) -> None:
        event = offered(chapter)
        let_lapse(event, 2)
        call_command("tend_events")
        assert state(event, 2) is LAPSED
        assert "offers lapsed" in capsys.readouterr().out

    def test_it_goes_on_where_it_was_interrupted(self, chapter: ChapterData, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chapters.events.tending.lapse_offers.__kwdefaults__", {"after": 0, "limit": 1})
        events = [offered(chapter) for _ in range(3)]
        for event in events:
            let_lapse(event, 2)
        first = next(tend_events())
        assert [state(event, 2) for event in events] == [LAPSED, OFFERED, OFFERED]
        assert first.cursor == {"part": "offers", "after": events[0].pk}
        list(tend_events(resume=first.cursor))
        assert [state(event, 2) for event in events] == [LAPSED] * 3


class TestLines:
    def test_a_free_seat_that_nobody_was_offered_is(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        Event.objects.filter(pk=event.pk).update(room_capacity=2)
        assert look_at_events()["lines with free seats"] == 1
        assert tend()["offers made"] == 1
        assert state(event, 2) is OFFERED

    def test_whoever_waited_longest_is_first(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 5, 4, 3, 2)
        Event.objects.filter(pk=event.pk).update(room_capacity=3)
        assert api.promote(event.pk) == 2
        assert states(event) == {1: GOING, 5: OFFERED, 4: OFFERED, 3: LINE, 2: LINE}

    def test_a_group_waits_until_all_fit_and_those_behind_pass(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=2, guests_most=2)
        fill_up(event, 1, 9)
        fill_up(event, 2, guests=2)
        fill_up(event, 3, 4)
        api.decline(event_id=event.pk, user_id=1)
        assert states(event) == {1: RsvpState.CANCELLED, 9: GOING, 2: LINE, 3: OFFERED, 4: LINE}
        Event.objects.filter(pk=event.pk).update(room_capacity=5)
        assert api.promote(event.pk) == 1
        assert [state(event, each) for each in (2, 4)] == [OFFERED, LINE]
        assert_right(event)

    def test_each_way_to_come_has_a_line(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        fill_up(event, 1, 2, 3, mode=ROOM)
        fill_up(event, 4, 5, mode=ONLINE)
        api.decline(event_id=event.pk, user_id=4)
        assert states(event) == {1: GOING, 2: LINE, 3: LINE, 4: RsvpState.CANCELLED, 5: OFFERED}
        assert api.find_rsvp(event.pk, 3).place_in_line == 2

    def test_who_waits_for_a_way_that_is_gone_comes_the_other(self, chapter: ChapterData) -> None:
        event = make_event(chapter, mode=BOTH.value, room_capacity=1, online_capacity=1)
        fill_up(event, 1, mode=ROOM)
        fill_up(event, 2, 3, mode=ONLINE)
        api.decline(event_id=event.pk, user_id=2)
        api.pass_offer(event_id=event.pk, user_id=3)
        come(event, 2, mode=ONLINE)
        come(event, 3, mode=ONLINE)
        api.decline(event_id=event.pk, user_id=2)
        api.pass_offer(event_id=event.pk, user_id=3)
        come(event, 4, mode=ONLINE)
        come(event, 3, mode=ONLINE)
        api.decline(event_id=event.pk, user_id=4)
        Event.objects.filter(pk=event.pk).update(mode=ROOM.value, room_capacity=2)
        Rsvp.objects.filter(event=event, user_id=3).update(state=LINE, offer_until=None)
        Event.objects.filter(pk=event.pk).update(online_taken=0, waiting=1)
        assert api.promote(event.pk) == 1
        assert api.find_rsvp(event.pk, 3).mode is ROOM
        assert_right(event)

    def test_long_lines_are_offered_in_steps(
        self, chapter: ChapterData, after: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(line, "_PAGE", 2)
        monkeypatch.setattr(line, "_MOST_OFFERS", 3)
        event = make_event(chapter, room_capacity=1)
        fill_up(event, *range(1, 9))
        Event.objects.filter(pk=event.pk).update(room_capacity=6)

        def promote() -> int:
            offers = api.promote(event.pk)
            # Seats are left, but those in line come first.
            assert come(event, 20).state is LINE
            return offers

        assert after(promote) == 3
        assert [state(event, each) for each in range(2, 9)] == [OFFERED] * 5 + [LINE] * 2
        assert_right(event)

    def test_no_offer_once_it_has_begun_or_is_called_off(self, chapter: ChapterData) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        Event.objects.filter(pk=event.pk).update(room_capacity=2, state=EventState.CANCELLED)
        assert api.promote(event.pk) == 0
        Event.objects.filter(pk=event.pk).update(state=EventState.PUBLISHED)
        pass_time(event, timezone.now() - timedelta(minutes=1))
        assert api.promote(event.pk) == 0

    def test_a_seat_kept_elsewhere_at_that_time_is_told_with_the_offer(self, chapter: ChapterData) -> None:
        from people.models import NewsItem

        here, there = make_event(chapter, room_capacity=1), make_event(chapter)
        fill_up(here, 1, 2)
        come(there, 2)
        api.decline(event_id=here.pk, user_id=1)
        item = NewsItem.objects.get(user_id=2, kind=EventNews.OFFER)
        assert there.pk in item.context.values()


class TestOpenRound:
    def near(self, chapter: ChapterData, after: Any, *others: int) -> Event:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3, *others)
        pass_time(event, timezone.now() + timedelta(hours=5))
        after(lambda: api.decline(event_id=event.pk, user_id=1))
        return event

    def test_everybody_in_line_is_told_once_and_the_first_takes_it(self, chapter: ChapterData, after: Any) -> None:
        event = self.near(chapter, after)
        assert states(event) == {1: RsvpState.CANCELLED, 2: LINE, 3: LINE}
        assert [told(each, EventNews.OPEN_ROUND) for each in (2, 3)] == [[EventNews.OPEN_ROUND]] * 2
        after(tend)
        after(tend)
        assert told(3, EventNews.OPEN_ROUND) == [EventNews.OPEN_ROUND]
        assert api.take_offer(event_id=event.pk, user_id=3).state is GOING
        with pytest.raises(StateError, match="All seats"):
            api.take_offer(event_id=event.pk, user_id=2)
        assert_right(event)

    def test_somebody_new_may_take_it_too(self, chapter: ChapterData, after: Any) -> None:
        assert come(self.near(chapter, after), 9).state is GOING

    def test_what_lapses_when_it_is_near_is_anybodys(self, chapter: ChapterData, after: Any) -> None:
        event = offered(chapter, 3)
        pass_time(event, timezone.now() + timedelta(hours=2))
        let_lapse(event, 2)
        after(tend)
        assert states(event) == {1: RsvpState.CANCELLED, 2: LAPSED, 3: LINE}
        assert told(3, EventNews.OPEN_ROUND)

    def test_who_does_not_fit_in_is_not_told(self, chapter: ChapterData, after: Any) -> None:
        event = make_event(chapter, room_capacity=1, guests_most=1)
        fill_up(event, 1, 2)
        fill_up(event, 3, guests=1)
        pass_time(event, timezone.now() + timedelta(hours=5))
        after(lambda: api.decline(event_id=event.pk, user_id=1))
        assert told(2, EventNews.OPEN_ROUND)
        assert not told(3, EventNews.OPEN_ROUND)

    def test_nobody_is_told_of_what_is_taken_meanwhile(self, chapter: ChapterData, after: Any) -> None:
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2)
        pass_time(event, timezone.now() + timedelta(hours=5))

        def give_and_take() -> None:
            api.decline(event_id=event.pk, user_id=1)
            come(event, 9)

        after(give_and_take)
        assert not told(2, EventNews.OPEN_ROUND)


class TestCounts:
    @pytest.mark.parametrize("columns", [{"room_taken": 5}, {"online_taken": 1}, {"waiting": 0}])
    def test_what_went_wrong_is_mended(self, chapter: ChapterData, columns: dict[str, int]) -> None:
        event, right = make_event(chapter, room_capacity=1, guests_most=1), make_event(chapter)
        come(event, 1)
        come(event, 2, guests=1)
        come(right, 1)
        Event.objects.filter(pk=event.pk).update(**columns)
        assert look_at_events()["miscounted events"] == 1
        assert tend()["events recounted"] == 1
        assert_right(event, right)

    def test_the_past_is_left_alone(self, chapter: ChapterData) -> None:
        event = make_event(chapter)
        come(event, 1)
        pass_time(event, timezone.now() - timedelta(days=2))
        Event.objects.filter(pk=event.pk).update(room_taken=9)
        assert api.recount_seats() == (0, 0)


def test_dates_whose_answers_opened_are_answered(chapter: ChapterData) -> None:
    series, _dates = make_series(chapter, dates=2)
    api.answer_series(series_id=series.pk, user_id=1, draft=RsvpDraftData())
    late = add_date(series, chapter, place=2, days=30, opens_days=7)
    assert tend()["dates of series answered"] == 0
    Event.objects.filter(pk=late.pk).update(opens_days=40)
    assert tend()["dates of series answered"] == 1
    assert state(late, 1) is GOING
