"""Series are made as drafts of one plan, published together, and extended from where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chapters.api import events, rsvps
from chapters.api import series as api
from chapters.data import (
    ChapterData,
    EventPlanData,
    EventQuestionData,
    EventState,
    EventUnitData,
    MembershipState,
    RsvpDraftData,
    RsvpState,
    SeriesData,
    SeriesFrequency,
)
from chapters.exceptions import InvalidValueError, NotFoundError, StateError
from chapters.models import Event, EventSeries, Membership
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_chapter, make_member
from tests.events.series.makers import days_of, make_plan, make_rule, wall, weeks

Make = Callable[..., SeriesData]


def test_units_are_looked_up_once_for_all_dates(
    chapter: ChapterData, lead: int, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first date prepares with is known for the others, and for those that are added."""
    asked: list[str] = []
    monkeypatch.setattr(
        "chapters.edx_platform.units.find_unit_title", lambda key: asked.append(str(key)) or "Before you speak"
    )
    unit = EventUnitData(usage_key="block-v1:edX+DemoX+1+type@vertical+block@talks", title="Mine")
    made = make(of=make_plan(host_ids=(lead,), units=(unit,)))
    api.extend_series(series_id=made.id, actor_id=lead, more=2)
    assert len(asked) == 1
    dates = [card.event.id for card in api.get_series(made.id, has_drafts=True).dates]
    assert [events.list_units(each)[0].title for each in dates] == ["Before you speak"] * 6


def test_each_date_is_a_draft_of_the_plan(make: Make, plan: EventPlanData) -> None:
    """With its own UID, at the time of the rule on the wall, and with everything that was filled in."""
    made = make(publishes=False)
    assert days_of(made) == ["01-18 19:00", "01-25 19:00", "02-01 19:00", "02-08 19:00"]
    dates = [card.event for card in made.dates]
    assert {each.state for each in dates} == {EventState.DRAFT}
    assert {each.series_id for each in dates} == {made.id}
    assert [each.occurrence for each in dates] == [each.starts_local.date() for each in dates]
    assert len({each.uid for each in dates}) == 4
    for number, each in enumerate(dates):
        assert replace(events.get_plan(each.id), fold=None) == replace(plan, starts_local=weeks(number))
    assert made.title == "Case evening"
    assert made.sentence == "Every week on Monday at 19:00. 4 dates."


def test_the_wall_clock_holds_over_the_change_of_clocks(make: Make) -> None:
    """In spring the same evening is an hour earlier by the clock of the world."""
    made = make(starts_on=date(2027, 3, 15), count=4)
    assert {card.event.starts_local.hour for card in made.dates} == {19}
    assert [card.event.starts_at.hour for card in made.dates] == [18, 18, 17, 17]


def test_skipped_and_doubled_times_are_made_as_they_were_shown(make: Make) -> None:
    """The night of the change: half past two does not exist in March, and comes twice in October."""
    spring = make(starts_on=date(2027, 3, 21), at=time(2, 30), count=3)
    assert days_of(spring) == ["03-21 02:30", "03-28 03:30", "04-04 02:30"]
    autumn = make(starts_on=date(2027, 10, 24), at=time(2, 30), count=3)
    assert [card.event.starts_at.hour for card in autumn.dates] == [0, 0, 1]
    assert not any(card.event.is_changed_apart for card in (*spring.dates, *autumn.dates))


@pytest.mark.parametrize(
    ("of", "rule", "field"),
    [
        ({"title": " "}, {}, "title"),
        ({"title": "x" * 300}, {}, "title"),
        ({"link": "javascript:alert(1)"}, {}, "link"),
        ({"zone": "Mars/Olympus"}, {}, "zone"),
        ({"minutes": 0}, {}, "minutes"),
        ({}, {"count": 61}, "count"),
        ({}, {"starts_on": date(2027, 1, 4), "at": time(7)}, "starts_on"),
    ],
)
def test_a_refusal_names_the_field_and_leaves_nothing(
    make: Make, lead: int, of: dict[str, Any], rule: dict[str, Any], field: str
) -> None:
    """Of the rule or of the plan; the last one has a first date that has passed."""
    with pytest.raises(InvalidValueError) as refused:
        make(of=make_plan(host_ids=(lead,), **of), **rule)
    assert refused.value.field == field
    assert not EventSeries.objects.exists()
    assert not Event.objects.exists()


def test_a_refusal_of_one_date_says_which(make: Make) -> None:
    """Nobody should try them one by one."""
    with pytest.raises(InvalidValueError, match="Mon 4 Jan: "):
        make(starts_on=date(2027, 1, 4), at=time(7))


def test_publishing_is_once_and_makes_all_dates_known(make: Make, lead: int) -> None:
    """Also those that were drafted later; what has passed stays a draft."""
    made = make()
    assert {card.event.state for card in made.dates} == {EventState.PUBLISHED}
    before = [(card.event.id, card.event.revision) for card in made.dates]
    again = api.publish_series(series_id=made.id, actor_id=lead)
    assert [(card.event.id, card.event.revision) for card in again.dates] == before


def test_drafts_that_have_passed_stay_drafts(make: Make, lead: int, clock: Any) -> None:
    """The others are published all the same."""
    made = make(publishes=False)
    clock(datetime(2027, 1, 20, tzinfo=UTC))
    found = api.publish_series(series_id=made.id, actor_id=lead)
    assert [card.event.state.value for card in found.dates] == ["draft", "published", "published", "published"]


def test_members_read_no_drafts(make: Make) -> None:
    """They are asked for by who makes them."""
    made = make(publishes=False)
    assert api.get_series(made.id).dates == ()
    assert len(api.get_series(made.id, has_drafts=True).dates) == 4


def test_a_series_is_found_in_its_own_chapter(make: Make, chapter: ChapterData) -> None:
    """And in no other."""
    made = make()
    assert (found := api.find_series(chapter.id, made.id)) is not None
    assert found.title == made.title
    assert api.find_series(make_chapter("Elsewhere").id, made.id) is None
    with pytest.raises(NotFoundError):
        api.get_series(made.id + 1000)


def test_running_series_are_listed_without_a_query_for_each(
    make: Make, chapter: ChapterData, clock: Any, django_assert_num_queries: Any
) -> None:
    """Those with a date to come, the newest first."""
    first = make()
    with CaptureQueriesContext(connection) as queries:
        assert [each.id for each in api.list_series(chapter.id)] == [first.id]
    others = [make(starts_on=date(2027, 2, 1)).id for _each in range(3)]
    with django_assert_num_queries(len(queries)):
        assert [each.id for each in api.list_series(chapter.id)] == [*reversed(others), first.id]
    clock(datetime(2027, 2, 9, tzinfo=UTC))
    assert [each.id for each in api.list_series(chapter.id)] == [*reversed(others)]


def test_reading_costs_the_same_for_two_dates_and_sixty(
    make: Make, members: list[int], django_assert_num_queries: Any
) -> None:
    """With the reader's own answers."""
    few, many = make(count=2), make(count=60)
    rsvps.answer_series(series_id=many.id, user_id=members[0], draft=RsvpDraftData())
    with CaptureQueriesContext(connection) as queries:
        api.get_series(few.id, members[0])
    with django_assert_num_queries(len(queries)):
        found = api.get_series(many.id, members[0])
    assert len(found.dates) == 60
    assert {card.rsvp.state for card in found.dates if card.rsvp} == {RsvpState.GOING}
    assert all(card.rsvp is not None for card in found.dates)


# -- extending ---------------------------------------------------------------------------------------------------------


def test_a_series_goes_on_by_its_rule(make: Make, lead: int) -> None:
    """The third Mondays after the last third Monday, as drafts."""
    made = make(frequency=SeriesFrequency.MONTHLY_WEEKDAY, ordinal=3, count=2)
    more = api.extend_series(series_id=made.id, actor_id=lead, more=2)
    assert days_of(more) == ["01-18 19:00", "02-15 19:00", "03-15 19:00", "04-19 19:00"]
    assert [card.event.state.value for card in more.dates] == ["published", "published", "draft", "draft"]
    assert more.sentence == "On the third Monday of each month at 19:00. Until Mon 19 Apr."
    until = api.extend_series(series_id=made.id, actor_id=lead, until=date(2027, 6, 21))
    assert days_of(until)[-2:] == ["05-17 19:00", "06-21 19:00"]


def test_every_two_weeks_keeps_its_rhythm(make: Make, lead: int) -> None:
    """Whatever week of the year it is."""
    made = make(frequency=SeriesFrequency.TWO_WEEKLY, count=2)
    assert days_of(api.extend_series(series_id=made.id, actor_id=lead, more=1))[-1] == "02-15 19:00"


def test_new_dates_are_as_the_last_one_that_stands_with_the_others(make: Make, lead: int) -> None:
    """What was changed of one date alone was meant for that one."""
    made = make(count=3)
    first, second, third = (card.event for card in made.dates)
    plan = replace(events.get_plan(second.id), title="Case evening, new", place="Prinsengracht 1")
    api.change_following(event_id=second.id, actor_id=lead, plan=plan, revision=second.revision)
    apart = events.get_plan(third.id)
    revision = events.get_event(third.id).revision
    events.change_event(event_id=third.id, actor_id=lead, plan=replace(apart, title="Guest lecture"), revision=revision)
    more = api.extend_series(series_id=made.id, actor_id=lead, more=1)
    new = more.dates[-1].event
    assert (new.title, new.place) == ("Case evening, new", "Prinsengracht 1")
    assert more.title == "Case evening, new"
    assert events.get_event(first.id).title == "Case evening"


def test_new_dates_follow_a_move_of_all(make: Make, lead: int) -> None:
    """To Tuesday at half past six: so are the dates that come after."""
    made = make(count=2)
    first = made.dates[0].event
    plan = replace(events.get_plan(first.id), starts_local=wall("2027-01-19 18:30"))
    api.change_following(event_id=first.id, actor_id=lead, plan=plan, revision=first.revision)
    more = api.extend_series(series_id=made.id, actor_id=lead, more=2)
    assert days_of(more) == ["01-19 18:30", "01-26 18:30", "02-02 18:30", "02-09 18:30"]
    assert more.sentence.startswith("Every week on Tuesday at 18:30.")


def test_a_time_that_the_clock_moved_is_not_kept_for_later_dates(make: Make, lead: int) -> None:
    """The last date stood at half past three for once."""
    made = make(starts_on=date(2027, 3, 21), at=time(2, 30), count=2)
    assert days_of(made)[-1] == "03-28 03:30"
    assert days_of(api.extend_series(series_id=made.id, actor_id=lead, more=1))[-1] == "04-04 02:30"


def test_what_was_left_out_does_not_come_back(make: Make, lead: int) -> None:
    """Neither a draft that is gone nor a date that was called off."""
    made = make(publishes=False, count=3)
    last = made.dates[-1].event
    api.skip_date(event_id=last.id, actor_id=lead, reason="Carnival")
    more = api.extend_series(series_id=made.id, actor_id=lead, more=1)
    assert days_of(more) == ["01-18 19:00", "01-25 19:00", "02-08 19:00"]
    assert more.skipped == (date(2027, 2, 1),)


def test_a_series_that_slept_goes_on_from_now(make: Make, lead: int, clock: Any) -> None:
    """Nobody comes to dates that have passed."""
    made = make(count=2)
    clock(datetime(2027, 3, 3, tzinfo=UTC))
    more = api.extend_series(series_id=made.id, actor_id=lead, more=2)
    assert days_of(more) == ["01-18 19:00", "01-25 19:00", "03-08 19:00", "03-15 19:00"]


def test_hosts_who_left_do_not_host_further_dates(make: Make, chapter: ChapterData, lead: int) -> None:
    """They stay named where they were."""
    other = make_member(chapter).user_id
    made = make(of=make_plan(host_ids=(other, lead)))
    Membership.objects.filter(user_id=other).update(state=MembershipState.LEFT)
    more = api.extend_series(series_id=made.id, actor_id=lead, more=1)
    assert more.dates[-1].event.host_ids == (lead,)
    assert more.dates[0].event.host_ids == (other, lead)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "more"),
        ({"more": 2, "until": date(2027, 6, 1)}, "more"),
        ({"more": 0}, "more"),
        ({"more": -1}, "more"),
        ({"more": 57}, "more"),
        ({"more": True}, "more"),
        ({"until": date(9999, 12, 31)}, "until"),
        ({"until": date(2028, 12, 31)}, "until"),
        ({"until": date(2027, 2, 14)}, "until"),
        ({"until": date(2020, 1, 1)}, "until"),
        ({"until": "soon"}, "until"),
    ],
)
def test_no_extension_is_endless(make: Make, lead: int, asked: dict[str, Any], field: str) -> None:
    """Sixty dates to come at most, within two years, and at least one."""
    made = make()
    with pytest.raises(InvalidValueError) as refused:
        api.extend_series(series_id=made.id, actor_id=lead, **asked)
    assert refused.value.field == field
    assert Event.objects.count() == 4


def test_a_form_that_is_sent_twice_extends_once(make: Make, lead: int) -> None:
    """It carries the end that somebody saw."""
    made = make()
    seen = made.rule.end
    more = api.extend_series(series_id=made.id, actor_id=lead, more=2, end=seen)
    with pytest.raises(StateError):
        api.extend_series(series_id=made.id, actor_id=lead, more=2, end=seen)
    assert Event.objects.count() == 6
    assert len(api.extend_series(series_id=made.id, actor_id=lead, more=1, end=more.rule.end).dates) == 7


def test_dates_a_month_apart_end_after_two_years(make: Make, lead: int) -> None:
    """Fifty of them would be four."""
    made = make(frequency=SeriesFrequency.MONTHLY_LAST_DAY, starts_on=date(2027, 1, 31))
    with pytest.raises(InvalidValueError, match="two years"):
        api.extend_series(series_id=made.id, actor_id=lead, more=50)


def test_who_comes_to_the_whole_series_comes_to_new_dates_and_hears_once(
    make: Make, lead: int, members: list[int], after: Any
) -> None:
    """Each date gives seats of its own: the second person of two waits where there is one seat."""
    made = make(of=make_plan(host_ids=(lead,), room_capacity=1))
    whole, single = members[:2]
    after(lambda: rsvps.answer_series(series_id=made.id, user_id=whole, draft=RsvpDraftData()))
    after(lambda: rsvps.answer(event_id=made.dates[0].event.id, user_id=single, draft=RsvpDraftData()))
    NewsItem.objects.all().delete()
    more = after(lambda: api.extend_series(series_id=made.id, actor_id=lead, more=3, publishes=True))
    new = [card.event.id for card in more.dates[-3:]]
    assert {each.state for each in rsvps.find_rsvps(new, whole).values()} == {RsvpState.GOING}
    assert len(rsvps.find_rsvps(new, whole)) == 3
    assert rsvps.find_rsvps(new, single) == {}
    assert list(NewsItem.objects.values_list("user_id", flat=True)) == [whole]


def test_a_questions_text_is_asked_on_every_date(make: Make, lead: int) -> None:
    """As a question of each date's own."""
    asked = make_plan(host_ids=(lead,), questions=(EventQuestionData(text="What do you bring?"),))
    made = make(of=asked, count=2)
    more = api.extend_series(series_id=made.id, actor_id=lead, more=1)
    questions = [events.list_questions(card.event.id)[0] for card in more.dates]
    assert {each.text for each in questions} == {"What do you bring?"}
    assert len({each.id for each in questions}) == 3


def test_a_series_of_which_nothing_is_left_cannot_go_on(make: Make, lead: int) -> None:
    """There is nothing to make dates after."""
    made = make(publishes=False, count=2)
    for card in made.dates:
        events.delete_draft(event_id=card.event.id, actor_id=lead)
    with pytest.raises(StateError):
        api.extend_series(series_id=made.id, actor_id=lead, more=1)


def test_what_was_done_with_a_series_is_on_record(make: Make, chapter: ChapterData, lead: int) -> None:
    """In the log of the chapter."""
    made = make()
    api.extend_series(series_id=made.id, actor_id=lead, more=1)
    log = people.list_audit(target=f"series:{made.id}").entries
    assert [entry.verb for entry in log] == ["series.extend", "series.publish", "series.create"]
    assert {entry.context_key for entry in log} == {f"chapter:{chapter.id}"}


def test_a_rule_of_another_month_is_refused_before_anything_is_made(make: Make) -> None:
    """By the field of the form."""
    with pytest.raises(InvalidValueError) as refused:
        make(frequency=SeriesFrequency.MONTHLY_WEEKDAY, ordinal=2)
    assert refused.value.field == "ordinal"
    assert make_rule().ordinal == 1
