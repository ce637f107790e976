"""Dates of a series changed one by one, or this and following: what changes, what stays, and who hears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from chapters.api import events, rsvps
from chapters.api import series as api
from chapters.data import (
    EventData,
    EventQuestionData,
    EventState,
    RsvpDraftData,
    RsvpState,
    SeriesData,
    SeriesFrequency,
    SeriesScope,
)
from chapters.exceptions import EventChangedError, InvalidValueError, NotFoundError, StateError
from chapters.models import Event, EventQuestion
from people.models import NewsItem
from tests.events.series.makers import days_of, make_plan, wall, weeks

Make = Callable[..., SeriesData]


@pytest.fixture
def change(lead: int, after: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that gives a date new values: this one, or this and following."""

    def do(event: EventData, scope: SeriesScope = SeriesScope.FOLLOWING, **changes: Any) -> Any:
        now = events.get_event(event.id)
        plan = replace(events.get_plan(event.id), **changes)
        named = {"event_id": event.id, "actor_id": lead, "plan": plan, "revision": now.revision}
        if scope is SeriesScope.FOLLOWING:
            return after(lambda: api.change_following(**named))
        return after(lambda: events.change_event(**named, scope=scope))

    return do


def dates_of(series: SeriesData) -> list[EventData]:
    return [card.event for card in api.get_series(series.id, has_drafts=True).dates]


def told() -> Counter[int]:
    """Return how many notices each person got since the last look, and forget them."""
    found = Counter(NewsItem.objects.values_list("user_id", flat=True))
    NewsItem.objects.all().delete()
    return found


def join(series: SeriesData, people_ids: Sequence[int], after: Callable[..., Any]) -> None:
    for user_id in people_ids:
        after(lambda who=user_id: rsvps.answer_series(series_id=series.id, user_id=who, draft=RsvpDraftData()))
    NewsItem.objects.all().delete()


# -- this and following ------------------------------------------------------------------------------------------------


def test_what_is_new_goes_to_this_and_following(make: Make, change: Any) -> None:
    """And not to those before; what was not touched stays as it is there."""
    made = make()
    before = dates_of(made)
    found = change(before[1], title="Case lab", summary="Bring your case.", guests_most=2)
    now = dates_of(made)
    assert [each.title for each in now] == ["Case evening", "Case lab", "Case lab", "Case lab"]
    assert [each.guests_most for each in now] == [0, 2, 2, 2]
    assert [each.id for each in found.changed] == [each.id for each in now[1:]]
    assert found.left_alone == ()
    assert days_of(api.get_series(made.id)) == days_of(made)


def test_calendars_see_a_new_sequence_for_time_and_place_only(make: Make, change: Any) -> None:
    """A new text is no reason to ask people's programs to look again."""
    made = make()
    first = dates_of(made)
    change(first[1], title="Case lab", summary="New")
    second = dates_of(made)
    assert [each.uid for each in second] == [each.uid for each in first]
    change(first[1], summary="Newer")
    third = dates_of(made)
    assert [each.sequence for each in third] == [each.sequence for each in second]
    change(first[1], place="Prinsengracht 1")
    fourth = dates_of(made)
    assert [b.sequence - a.sequence for a, b in zip(third, fourth, strict=True)] == [0, 1, 1, 1]
    assert [each.uid for each in fourth] == [each.uid for each in first]


def test_dates_that_were_changed_apart_are_left_alone_and_named(make: Make, change: Any) -> None:
    """Whatever of them it was that somebody had changed."""
    made = make()
    dates = dates_of(made)
    change(dates[2], SeriesScope.THIS, title="Guest lecture")
    assert [each.is_changed_apart for each in dates_of(made)] == [False, False, True, False]
    reach = api.list_following(dates[1].id)
    assert [each.id for each in reach.changed] == [dates[1].id, dates[3].id]
    assert [each.id for each in reach.left_alone] == [dates[2].id]
    found = change(dates[1], place="Prinsengracht 1")
    assert [each.title for each in found.left_alone] == ["Guest lecture"]
    places = [each.place for each in dates_of(made)]
    assert places == ["Westerstraat 100", "Prinsengracht 1", "Westerstraat 100", "Prinsengracht 1"]


def test_the_date_it_is_made_on_may_have_been_changed_apart(make: Make, change: Any) -> None:
    """Only what is new now goes on, not what made it another one before."""
    made = make()
    dates = dates_of(made)
    change(dates[0], SeriesScope.THIS, title="Opening", room_capacity=50)
    change(dates[0], place="Prinsengracht 1")
    now = dates_of(made)
    assert [each.title for each in now] == ["Opening", *["Case evening"] * 3]
    assert {each.place for each in now} == {"Prinsengracht 1"}


def test_a_new_time_is_worked_out_on_each_wall(make: Make, change: Any) -> None:
    """Half past six before and after the change of clocks."""
    made = make(starts_on=date(2027, 3, 15))
    change(dates_of(made)[0], starts_local=wall("2027-03-15 18:30"))
    now = dates_of(made)
    assert {each.starts_local.time() for each in now} == {time(18, 30)}
    assert [each.starts_at.hour for each in now] == [17, 17, 16, 16]


def test_a_new_day_moves_each_by_as_many(make: Make, change: Any) -> None:
    """The day after the third Monday is not always the third Tuesday."""
    made = make(frequency=SeriesFrequency.MONTHLY_WEEKDAY, ordinal=3)
    change(dates_of(made)[1], starts_local=wall("2027-02-16 19:00"))
    assert days_of(api.get_series(made.id)) == ["01-18 19:00", "02-16 19:00", "03-16 19:00", "04-20 19:00"]
    assert [each.occurrence.day for each in dates_of(made) if each.occurrence] == [18, 15, 15, 19]


def test_a_new_time_that_one_date_skips_moves_forward_there_alone(make: Make, change: Any) -> None:
    """And comes back when the time is changed once more."""
    made = make(starts_on=date(2027, 3, 21), count=3)
    first = dates_of(made)[0]
    change(first, starts_local=wall("2027-03-21 02:30"))
    assert days_of(api.get_series(made.id)) == ["03-21 02:30", "03-28 03:30", "04-04 02:30"]
    change(first, zone="Africa/Nairobi")
    assert days_of(api.get_series(made.id)) == ["03-21 02:30", "03-28 02:30", "04-04 02:30"]


def test_another_zone_keeps_the_wall_clock(make: Make, change: Any) -> None:
    """The evening is at seven, wherever it moves."""
    made = make()
    change(dates_of(made)[0], zone="America/New_York")
    now = dates_of(made)
    assert {each.starts_local.hour for each in now} == {19}
    assert {each.zone.key for each in now} == {"America/New_York"}
    assert {each.starts_at.hour for each in now} == {0}


def test_a_change_of_nothing_changes_nothing(make: Make, change: Any) -> None:
    """Not even a revision."""
    made = make()
    before = dates_of(made)
    change(before[0])
    assert dates_of(made) == before
    assert told() == {}


def test_an_old_form_is_refused(make: Make, lead: int, change: Any) -> None:
    """Somebody else was faster."""
    made = make()
    first = dates_of(made)[0]
    plan = events.get_plan(first.id)
    change(first, summary="Mine")
    with pytest.raises(EventChangedError):
        api.change_following(event_id=first.id, actor_id=lead, plan=plan, revision=first.revision)
    assert {each.summary for each in dates_of(made)} == {"Mine"}


def test_what_one_date_does_not_allow_is_refused_with_its_day(
    make: Make, lead: int, members: list[int], change: Any, after: Any
) -> None:
    """Two have a seat on the third date, so one seat is too few; and nothing was half-written."""
    made = make()
    dates = dates_of(made)
    for user_id in members[:2]:
        rsvps.answer(event_id=dates[2].id, user_id=user_id, draft=RsvpDraftData())
    before = dates_of(made)
    with pytest.raises(InvalidValueError, match=r"Mon 1 Feb: 2 seats are taken") as refused:
        change(dates[0], room_capacity=1)
    assert refused.value.field == "room_capacity"
    assert dates_of(made) == before


def test_questions_keep_their_answers_on_each_date(make: Make, lead: int, members: list[int], change: Any) -> None:
    """A question that is asked alike there is the same one; a new one is new everywhere."""
    made = make(of=make_plan(host_ids=(lead,), questions=(EventQuestionData(text="What do you bring?"),)), count=2)
    first, second = dates_of(made)
    (asked,) = events.list_questions(second.id)
    draft = RsvpDraftData(answers=((asked.id or 0, "Soup"),))
    rsvps.answer(event_id=second.id, user_id=members[0], draft=draft)
    (mine,) = events.list_questions(first.id)
    change(first, questions=(replace(mine, is_needed=True), EventQuestionData(text="Vegan?")))
    then = events.list_questions(second.id)
    assert [(each.text, each.is_needed) for each in then] == [("What do you bring?", True), ("Vegan?", False)]
    assert then[0].id == asked.id
    assert rsvps.list_own_answers(second.id, members[0]) == {asked.id: "Soup"}
    assert EventQuestion.objects.count() == 4


def test_an_answered_question_of_a_later_date_stays(make: Make, lead: int, members: list[int], change: Any) -> None:
    """It cannot be taken away from those who answered; the refusal says on which day."""
    made = make(of=make_plan(host_ids=(lead,), questions=(EventQuestionData(text="What do you bring?"),)), count=2)
    first, second = dates_of(made)
    (asked,) = events.list_questions(second.id)
    draft = RsvpDraftData(answers=((asked.id or 0, "Soup"),))
    rsvps.answer(event_id=second.id, user_id=members[0], draft=draft)
    with pytest.raises(InvalidValueError, match="Mon 25 Jan: "):
        change(first, questions=())
    assert len(events.list_questions(first.id)) == 1


def test_everybody_hears_once_of_all_dates(make: Make, members: list[int], change: Any, after: Any) -> None:
    """Three dates move: one mail for who comes to all, one for who comes to one, none for who comes to none of them."""
    made = make()
    dates = dates_of(made)
    join(made, members[:1], after)
    rsvps.answer(event_id=dates[3].id, user_id=members[1], draft=RsvpDraftData())
    rsvps.answer(event_id=dates[0].id, user_id=members[2], draft=RsvpDraftData())
    NewsItem.objects.all().delete()
    change(dates[1], starts_local=wall("2027-01-26 19:00"))
    assert told() == {members[0]: 1, members[1]: 1}
    change(dates[1], summary="Only a text")
    assert told() == {}


def test_two_batches_are_two_notices(make: Make, members: list[int], change: Any, after: Any) -> None:
    """A second move is told as well."""
    made = make()
    join(made, members[:1], after)
    first = dates_of(made)[0]
    change(first, starts_local=wall("2027-01-19 19:00"))
    change(first, starts_local=wall("2027-01-20 19:00"))
    assert told() == {members[0]: 2}


def test_the_api_of_events_leads_here(make: Make, lead: int) -> None:
    """Whoever changes an event with the scope of the form needs not know of series."""
    made = make()
    first = dates_of(made)[0]
    plan = replace(events.get_plan(first.id), title="Case lab")
    found = events.change_event(
        event_id=first.id, actor_id=lead, plan=plan, revision=first.revision, scope=SeriesScope.FOLLOWING
    )
    assert found.id == first.id
    assert {each.title for each in dates_of(made)} == {"Case lab"}
    assert not any(each.is_changed_apart for each in dates_of(made))
    events.cancel_event(event_id=first.id, actor_id=lead, reason="Ill", scope=SeriesScope.FOLLOWING)
    assert all(each.is_cancelled for each in dates_of(made))


def test_drafts_change_with_the_others(make: Make, lead: int, change: Any) -> None:
    """Dates that were added and not published yet are dates of the series too."""
    made = make(count=2)
    api.extend_series(series_id=made.id, actor_id=lead, more=1)
    change(dates_of(made)[0], title="Case lab")
    assert {each.title for each in dates_of(made)} == {"Case lab"}
    assert dates_of(made)[2].state is EventState.DRAFT


# -- called off --------------------------------------------------------------------------------------------------------


def test_this_and_following_are_called_off_with_one_notice(
    make: Make, lead: int, members: list[int], change: Any, after: Any
) -> None:
    """The reason is on each date; a date changed apart is left, a draft goes."""
    made = make()
    api.extend_series(series_id=made.id, actor_id=lead, more=1)
    dates = dates_of(made)
    change(dates[2], SeriesScope.THIS, summary="Another one")
    join(made, members[:2], after)
    found = after(lambda: api.cancel_following(event_id=dates[1].id, actor_id=lead, reason="The room is gone."))
    now = dates_of(made)
    assert [each.state.value for each in now] == ["published", "cancelled", "published", "cancelled"]
    assert {each.cancel_reason for each in found.changed} == {"The room is gone."}
    assert [each.id for each in found.left_alone] == [dates[2].id]
    assert told() == {members[0]: 1, members[1]: 1}
    assert [b.sequence - a.sequence for a, b in zip(dates, now, strict=False)] == [0, 1, 0, 1]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_needed(make: Make, lead: int, reason: str) -> None:
    """And nothing is called off without."""
    made = make()
    with pytest.raises(InvalidValueError) as refused:
        api.cancel_following(event_id=dates_of(made)[0].id, actor_id=lead, reason=reason)
    assert refused.value.field == "reason"
    assert not any(each.is_cancelled for each in dates_of(made))


# -- one date ----------------------------------------------------------------------------------------------------------


def test_a_date_is_left_out_and_who_comes_is_told(make: Make, lead: int, members: list[int], after: Any) -> None:
    """It stays to be seen, called off; the others take place."""
    made = make()
    join(made, members[:1], after)
    second = dates_of(made)[1]
    found = after(lambda: api.skip_date(event_id=second.id, actor_id=lead, reason="King's day"))
    assert found.skipped == (date(2027, 1, 25),)
    assert [each.is_cancelled for each in dates_of(made)] == [False, True, False, False]
    assert told() == {members[0]: 1}
    events.restore_event(event_id=second.id, actor_id=lead)
    assert api.get_series(made.id).skipped == ()


def test_a_draft_that_is_left_out_is_gone(make: Make, lead: int) -> None:
    """Nobody knew of it, so no reason is asked for."""
    made = make(publishes=False)
    found = api.skip_date(event_id=dates_of(made)[0].id, actor_id=lead, reason="")
    assert days_of(found) == ["01-25 19:00", "02-01 19:00", "02-08 19:00"]
    assert found.skipped == (date(2027, 1, 18),)
    assert Event.objects.count() == 3


def test_a_date_is_moved_alone(make: Make, lead: int, members: list[int], after: Any) -> None:
    """Across a date of the rule, even; it keeps its own place in the rule."""
    made = make()
    join(made, members[:1], after)
    second = dates_of(made)[1]
    after(
        lambda: api.move_date(
            event_id=second.id, actor_id=lead, starts_local=wall("2027-02-03 20:00"), revision=second.revision
        )
    )
    assert days_of(api.get_series(made.id)) == ["01-18 19:00", "02-01 19:00", "02-03 20:00", "02-08 19:00"]
    moved = events.get_event(second.id)
    assert (moved.occurrence, moved.is_changed_apart) == (date(2027, 1, 25), True)
    assert moved.moved_from == second.starts_at
    assert told() == {members[0]: 1}


@pytest.mark.parametrize(
    ("moment", "field"),
    [
        (wall("2027-03-28 02:30"), "starts_local"),
        (wall("2027-10-31 02:30"), "fold"),
        (wall("2026-12-01 19:00"), "starts_local"),
    ],
)
def test_a_date_is_not_moved_where_no_clock_is(make: Make, lead: int, moment: datetime, field: str) -> None:
    """A person moves it, so a person says what is meant: nothing is guessed."""
    made = make()
    first = dates_of(made)[0]
    with pytest.raises(InvalidValueError) as refused:
        api.move_date(event_id=first.id, actor_id=lead, starts_local=moment, revision=first.revision)
    assert refused.value.field == field
    assert dates_of(made)[0] == first


def test_answers_are_for_each_date_apart(make: Make, lead: int, members: list[int], after: Any) -> None:
    """The whole series but one evening; from one on; and seats run out on each date by itself."""
    made = make(of=make_plan(host_ids=(lead,), room_capacity=1))
    dates = [each.id for each in dates_of(made)]
    anna, bram, chidi = members
    join(made, [anna], after)
    after(lambda: rsvps.decline(event_id=dates[1], user_id=anna))
    after(lambda: rsvps.answer_series(series_id=made.id, user_id=bram, draft=RsvpDraftData(), from_event_id=dates[1]))
    states = {event_id: each.state for event_id, each in rsvps.find_rsvps(dates, bram).items()}
    assert states == {
        dates[1]: RsvpState.GOING,
        dates[2]: RsvpState.WAITLISTED,
        dates[3]: RsvpState.WAITLISTED,
    }
    assert {key: each.state for key, each in rsvps.find_rsvps(dates, anna).items()} == {
        dates[0]: RsvpState.GOING,
        dates[1]: RsvpState.CANCELLED,
        dates[2]: RsvpState.GOING,
        dates[3]: RsvpState.GOING,
    }
    assert rsvps.find_rsvps(dates, chidi) == {}


def test_an_event_by_itself_is_no_date(chapter: Any, lead: int) -> None:
    """Nothing follows it."""
    event = events.create_event(chapter_id=chapter.id, actor_id=lead, plan=make_plan(host_ids=(lead,)))
    plan = events.get_plan(event.id)
    for act in (
        lambda: api.change_following(event_id=event.id, actor_id=lead, plan=plan, revision=event.revision),
        lambda: api.cancel_following(event_id=event.id, actor_id=lead, reason="Ill"),
        lambda: api.skip_date(event_id=event.id, actor_id=lead, reason="Ill"),
        lambda: api.list_following(event.id),
    ):
        with pytest.raises(StateError):
            act()
        with pytest.raises(NotFoundError):
            api.list_following(event.id + 1000)
    assert weeks(0) == event.starts_local


def test_nobody_hears_twice_of_a_date_that_was_called_off_before(
    make: Make, lead: int, members: list[int], after: Any
) -> None:
    """It is where the later ones are called off from; who came to it alone has heard of it."""
    made = make()
    dates = dates_of(made)
    rsvps.answer(event_id=dates[1].id, user_id=members[0], draft=RsvpDraftData())
    after(lambda: events.cancel_event(event_id=dates[1].id, actor_id=lead, reason="Ill"))
    NewsItem.objects.all().delete()
    after(lambda: api.cancel_following(event_id=dates[1].id, actor_id=lead, reason="Ill for longer"))
    assert told() == {}
    assert [each.is_cancelled for each in dates_of(made)] == [False, True, True, True]


def test_dates_that_are_over_are_not_called_off(make: Make, lead: int, clock: Any) -> None:
    """What took place took place: the refusal comes before the later ones are touched."""
    made = make()
    clock(datetime(2027, 1, 20, tzinfo=UTC))
    with pytest.raises(StateError):
        api.cancel_following(event_id=dates_of(made)[0].id, actor_id=lead, reason="Ill")
    assert not any(each.is_cancelled for each in dates_of(made))
