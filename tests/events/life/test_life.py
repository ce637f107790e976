"""The life of an event: what each step needs, what it does, and what follows for the people of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events, move_chapter
from chapters.data import ChapterData, ChapterState, EventData, EventState, RsvpState, SeatsData
from chapters.events import changing, news
from chapters.events.life import run_archived
from chapters.events.news_kinds import EventNews
from chapters.events.rows import lock_event, save_columns
from chapters.exceptions import EventChangedError, InvalidValueError, NotFoundError, StateError
from chapters.models import Chapter, Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.attendance.meetings import retime_meeting
from discussion_ext.data import MeetingMode
from discussion_ext.models import Meeting
from people.models import AuditEntry, NewsItem
from tests.chapters.factories import make_chapter, make_manager
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_rsvp, put_start

Told = list[tuple[str, Any]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return what people are told of whole events, in order, beside telling it."""
    heard: Told = []

    def listen(name: str) -> None:
        tell = getattr(news, name)

        def note(*args: Any, **kwargs: Any) -> Any:
            heard.append((name, args))
            return tell(*args, **kwargs)

        monkeypatch.setattr(news, name, note)

    for name in ("tell_called_off", "tell_restored", "tell_moved"):
        listen(name)
    return heard


def change(event: EventData, actor_id: int, **values: Any) -> EventData:
    """Change what is given of an event, and nothing else."""
    plan = replace(events.get_plan(event.id), **values)
    revision = events.get_event(event.id).revision
    return events.change_event(event_id=event.id, actor_id=actor_id, plan=plan, revision=revision)


def field_of(refusal: Any) -> str:
    return str(refusal.value.field)


class TestPublishing:
    def test_people_know_of_it_then(self, chapter: ChapterData, lead: int) -> None:
        draft = make_draft(chapter, actor_id=lead)
        event = events.publish_event(event_id=draft.id, actor_id=lead)
        row = Event.objects.get(pk=event.id)
        assert event.state is EventState.PUBLISHED
        assert (row.published_by, row.told_starts_at, row.told_sequence) == (lead, event.starts_at, event.sequence)
        assert row.timed_at == row.published_at

    def test_twice_is_once(self, chapter: ChapterData, lead: int) -> None:
        draft = make_draft(chapter, actor_id=lead)
        first = events.publish_event(event_id=draft.id, actor_id=lead)
        assert events.publish_event(event_id=draft.id, actor_id=lead) == first
        assert AuditEntry.objects.filter(verb="chapter.event.publish").count() == 1

    def test_a_start_that_has_passed_is_refused(self, chapter: ChapterData, lead: int) -> None:
        draft = put_start(make_draft(chapter, actor_id=lead), timezone.now() - timedelta(minutes=1))
        with pytest.raises(InvalidValueError) as refusal:
            events.publish_event(event_id=draft.id, actor_id=lead)
        assert field_of(refusal) == "starts_local"
        assert change(draft, lead, summary="Later then").summary == "Later then", "its other words may change"

    def test_somebody_hosts_it_somewhere(self, chapter: ChapterData, lead: int, manager: int) -> None:
        nobody = make_draft(chapter, actor_id=manager)
        with pytest.raises(InvalidValueError) as refusal:
            events.publish_event(event_id=nobody.id, actor_id=manager)
        assert field_of(refusal) == "host_ids"
        nowhere = make_draft(chapter, actor_id=lead, place="")
        with pytest.raises(InvalidValueError) as refusal:
            events.publish_event(event_id=nowhere.id, actor_id=lead)
        assert field_of(refusal) == "place"
        change(nowhere, lead, place_hint="Near the station")
        events.publish_event(event_id=nowhere.id, actor_id=lead)

    @pytest.mark.parametrize("state", [ChapterState.DORMANT, ChapterState.PAUSED])
    def test_it_wakes_a_chapter_that_sleeps(self, db: None, state: ChapterState) -> None:
        chapter = make_chapter(state=state)
        make_event(chapter)
        assert Chapter.objects.get(pk=chapter.id).state == ChapterState.ACTIVE

    @pytest.mark.parametrize("state", [ChapterState.PROPOSED, ChapterState.DECLINED, ChapterState.ARCHIVED])
    def test_a_chapter_that_is_not_there_plans_nothing(
        self, chapter: ChapterData, lead: int, state: ChapterState
    ) -> None:
        draft = make_draft(chapter, actor_id=lead)
        Chapter.objects.filter(pk=chapter.id).update(state=state)
        with pytest.raises(StateError):
            events.publish_event(event_id=draft.id, actor_id=lead)
        with pytest.raises(StateError):
            make_draft(chapter, actor_id=lead)

    def test_no_such_event(self, db: None) -> None:
        for act in (events.publish_event, events.restore_event, events.delete_draft):
            with pytest.raises(NotFoundError):
                act(event_id=404, actor_id=1)


class TestChanging:
    def test_who_comes_second_is_told_so(self, event: EventData, lead: int) -> None:
        plan = events.get_plan(event.id)
        events.change_event(
            event_id=event.id, actor_id=lead, plan=replace(plan, summary="Mine"), revision=event.revision
        )
        with pytest.raises(EventChangedError):
            events.change_event(
                event_id=event.id, actor_id=lead, plan=replace(plan, title="Theirs"), revision=event.revision
            )
        now = events.get_event(event.id)
        assert (now.summary, now.title) == ("Mine", event.title)

    def test_nothing_new_changes_nothing(self, event: EventData, lead: int, told: Told) -> None:
        assert change(event, lead) == event
        assert told == []

    def test_answers_do_not_count_as_changes(self, event: EventData, lead: int) -> None:
        make_rsvp(event)
        plan = replace(events.get_plan(event.id), summary="New")
        changed = events.change_event(event_id=event.id, actor_id=lead, plan=plan, revision=event.revision)
        assert changed.seats_of(MeetingMode.OFFLINE).taken == 1  # type: ignore[union-attr]

    def test_fewer_seats_than_are_taken_are_refused_in_words(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=5)
        make_rsvp(event, guests=2)
        make_rsvp(event, state=RsvpState.OFFERED)
        with pytest.raises(InvalidValueError, match="4 seats") as refusal:
            change(event, lead, room_capacity=3)
        assert field_of(refusal) == "room_capacity"
        assert change(event, lead, room_capacity=4).is_full
        assert not change(event, lead, room_capacity=0).is_full, "0 is no limit"

    def test_a_way_to_come_stays_while_people_use_it(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, mode=MeetingMode.HYBRID)
        make_rsvp(event, mode=MeetingMode.ONLINE, state=RsvpState.PENDING)
        with pytest.raises(InvalidValueError, match="1 person comes online") as refusal:
            change(event, lead, mode=MeetingMode.OFFLINE)
        assert field_of(refusal) == "mode"
        assert change(event, lead, mode=MeetingMode.ONLINE).mode is MeetingMode.ONLINE

    def test_more_seats_go_to_the_line(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1)
        make_rsvp(event)
        waiting = make_rsvp(event, state=RsvpState.WAITLISTED)
        changed = change(event, lead, room_capacity=2)
        waiting.refresh_from_db()
        assert waiting.state == RsvpState.OFFERED
        assert (changed.waiting, changed.seats) == (0, (SeatsData(mode=MeetingMode.OFFLINE, capacity=2, taken=2),))

    def test_counters_survive_a_change_of_words(self, chapter: ChapterData, lead: int) -> None:
        """Nothing but seats writes what is counted: a form that was opened earlier cannot put it back."""
        event = make_event(chapter, actor_id=lead, room_capacity=3)
        row = Event.objects.get(pk=event.id)
        make_rsvp(event)
        row.summary = "From an older reading"
        save_columns(row, "summary")
        assert Event.objects.get(pk=event.id).room_taken == 1

    def test_one_that_was_called_off_is_copied_instead(self, event: EventData, lead: int) -> None:
        events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
        with pytest.raises(StateError):
            change(event, lead, title="New")


class TestMoving:
    def test_another_time_is_told_and_asks_again(self, event: EventData, lead: int, told: Told) -> None:
        moved = change(event, lead, starts_local=event.starts_local + timedelta(hours=1))
        row = Event.objects.get(pk=event.id)
        assert [name for name, _args in told] == ["tell_moved"]
        assert moved.moved_from == event.starts_at
        assert moved.sequence > event.sequence
        assert (row.answer_sequence, row.told_sequence) == (moved.sequence, moved.sequence)
        assert (row.starts_at, row.told_starts_at) == (moved.starts_at, moved.starts_at)
        assert row.timed_at > row.published_at

    @pytest.mark.parametrize(("minutes", "is_told"), [(14, False), (15, True), (-14, False), (-15, True)])
    def test_a_quarter_of_an_hour_is_a_move(
        self, event: EventData, lead: int, told: Told, minutes: int, is_told: bool
    ) -> None:
        change(event, lead, starts_local=event.starts_local + timedelta(minutes=minutes))
        assert bool(told) is is_told

    def test_little_moves_add_up(self, event: EventData, lead: int, told: Told) -> None:
        first = change(event, lead, starts_local=event.starts_local + timedelta(minutes=10))
        assert told == []
        second = change(event, lead, starts_local=first.starts_local + timedelta(minutes=10))
        (_name, (before, after)) = told[0]
        assert (before.starts_at, after.starts_at) == (event.starts_at, second.starts_at)
        assert before.starts_local == event.starts_local
        third = change(event, lead, starts_local=second.starts_local + timedelta(minutes=10))
        assert len(told) == 1, "counted from what people know"
        assert Event.objects.get(pk=event.id).answer_sequence == second.sequence < third.sequence

    def test_an_offer_lapses_before_the_new_start(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1, starts_local=in_days(10))
        offered = make_rsvp(event, state=RsvpState.OFFERED)
        change(event, lead, starts_local=in_days(1))
        offered.refresh_from_db()
        starts_at = events.get_event(event.id).starts_at
        assert offered.offer_until == starts_at - timedelta(minutes=60)
        told = NewsItem.objects.filter(user_id=offered.user_id, kind=EventNews.OFFER)
        assert [item.context["until"] for item in told] == [offered.offer_until.isoformat()]
        assert told[0].context["number"] == offered.offers == 2

    def test_an_offer_that_ends_in_time_stays_as_it_is(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1, starts_local=in_days(10))
        offered = make_rsvp(event, state=RsvpState.OFFERED)
        change(event, lead, starts_local=in_days(5))
        assert Rsvp.objects.values_list("offer_until", "offers").get() == (offered.offer_until, 1)

    def test_another_place_is_told(self, event: EventData, lead: int, told: Told) -> None:
        change(event, lead, place="Town hall")
        assert [name for name, _args in told] == ["tell_moved"]
        assert events.get_event(event.id).moved_from is None, "its time is the same"

    @pytest.mark.parametrize("values", [{"title": "New"}, {"link": "https://meet.example.org/new"}, {"guests_most": 2}])
    def test_nothing_else_is(self, event: EventData, lead: int, told: Told, values: Any) -> None:
        change(event, lead, **values)
        assert told == []
        assert Event.objects.get(pk=event.id).answer_sequence == 0

    def test_of_a_draft_nobody_knows(self, chapter: ChapterData, lead: int, told: Told) -> None:
        draft = make_draft(chapter, actor_id=lead)
        moved = change(draft, lead, starts_local=in_days(20), place="Elsewhere")
        assert told == []
        assert moved.moved_from is None

    def test_a_batch_tells_by_itself(self, event: EventData, lead: int, told: Told) -> None:
        plan = replace(events.get_plan(event.id), place="Town hall")
        moved = changing.apply_plan(lock_event(event.id), plan, actor_id=lead, tells=False)
        assert (moved.is_moved, told) == (True, [])
        assert Event.objects.get(pk=event.id).answer_sequence == moved.after.sequence

    @pytest.mark.parametrize("days", [0.02, 3])
    def test_the_time_of_what_has_begun_stays(self, chapter: ChapterData, lead: int, days: float) -> None:
        event = make_past_event(chapter, actor_id=lead, days=days)
        for values in ({"starts_local": in_days(5)}, {"minutes": 30}, {"zone": "Asia/Tokyo"}):
            with pytest.raises(InvalidValueError) as refusal:
                change(event, lead, **values)
            assert field_of(refusal) == "starts_local"
        assert change(event, lead, description="What we did").description == "What we did"

    def test_into_the_past_is_no_move(self, event: EventData, lead: int) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            change(event, lead, starts_local=in_days(-1))
        assert field_of(refusal) == "starts_local"

    def test_nobody_is_told_of_a_past_one(self, chapter: ChapterData, lead: int, told: Told) -> None:
        change(make_past_event(chapter, actor_id=lead), lead, place="It was the town hall")
        assert told == []

    def test_what_the_engine_moved_is_read_again(
        self, chapter: ChapterData, lead: int, told: Told, at_once: Callable[[], Any]
    ) -> None:
        """A country changes its clocks: the wall clock stays, the instant and its copies move, and nobody is asked."""
        event = make_event(chapter, actor_id=lead)
        wrong = event.starts_at + timedelta(hours=1)
        Meeting.objects.filter(pk=event.meeting_id).update(starts_at=wrong, ends_at=wrong + timedelta(hours=2))
        Event.objects.filter(pk=event.id).update(starts_at=wrong, ends_at=wrong + timedelta(hours=2))
        with at_once():
            assert retime_meeting(event.meeting_id)
        row = Event.objects.get(pk=event.id)
        assert (row.starts_at, row.ends_at, row.told_starts_at) == (event.starts_at, event.ends_at, event.starts_at)
        assert told == []


class TestCallingOff:
    def test_everybody_hears_why_once(self, event: EventData, lead: int, told: Told) -> None:
        row = make_rsvp(event)
        off = events.cancel_event(event_id=event.id, actor_id=lead, reason=" The library  floods ")
        assert (off.state, off.cancel_reason) == (EventState.CANCELLED, "The library floods")
        assert off.cancelled_at is not None
        assert off.sequence > event.sequence
        again = events.cancel_event(event_id=event.id, actor_id=lead, reason="Other words")
        assert again == off
        assert [name for name, _args in told] == ["tell_called_off"]
        row.refresh_from_db()
        assert row.state == RsvpState.GOING, "answers stay, so that it can be restored"

    @pytest.mark.parametrize("reason", ["", " ", "x" * 501])
    def test_with_a_reason(self, event: EventData, lead: int, reason: str) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            events.cancel_event(event_id=event.id, actor_id=lead, reason=reason)
        assert field_of(refusal) == "reason"
        assert events.get_event(event.id).state is EventState.PUBLISHED

    def test_neither_a_draft_nor_what_is_over(self, chapter: ChapterData, lead: int) -> None:
        for event in (make_draft(chapter, actor_id=lead), make_past_event(chapter, actor_id=lead)):
            with pytest.raises(StateError):
                events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")

    def test_on_the_same_day_it_comes_back_with_its_answers(self, chapter: ChapterData, lead: int, told: Told) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1)
        make_rsvp(event)
        events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
        back = events.restore_event(event_id=event.id, actor_id=lead)
        assert (back.state, back.cancel_reason, back.seats) == (
            EventState.PUBLISHED,
            "",
            events.get_event(event.id).seats,
        )
        assert back.is_full
        assert events.restore_event(event_id=event.id, actor_id=lead) == back
        assert [name for name, _args in told] == ["tell_called_off", "tell_restored"]

    def test_a_day_later_it_is_final(self, event: EventData, lead: int) -> None:
        events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
        long_ago = timezone.now() - timedelta(hours=25)
        Meeting.objects.filter(pk=event.meeting_id).update(cancelled_at=long_ago)
        with pytest.raises(StateError):
            events.restore_event(event_id=event.id, actor_id=lead)

    def test_a_free_seat_of_a_restored_one_goes_to_the_line(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1)
        waiting = make_rsvp(event, state=RsvpState.WAITLISTED)
        events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
        waiting.refresh_from_db()
        assert waiting.state == RsvpState.WAITLISTED
        events.restore_event(event_id=event.id, actor_id=lead)
        waiting.refresh_from_db()
        assert waiting.state == RsvpState.OFFERED


class TestDrafts:
    def test_a_draft_goes_with_all_that_belongs_to_it(self, chapter: ChapterData, lead: int) -> None:
        draft = make_draft(chapter, actor_id=lead)
        events.delete_draft(event_id=draft.id, actor_id=lead)
        assert not Event.objects.filter(pk=draft.id).exists()
        with pytest.raises(attendance.MeetingNotFoundError):
            attendance.get_meeting(draft.meeting_id)

    def test_what_people_know_of_is_called_off_instead(self, event: EventData, lead: int) -> None:
        with pytest.raises(StateError):
            events.delete_draft(event_id=event.id, actor_id=lead)


class TestArchiving:
    def test_what_is_to_come_is_called_off_each_once(
        self, chapter: ChapterData, lead: int, told: Told, at_once: Callable[[], Any]
    ) -> None:
        soon, later = make_event(chapter, actor_id=lead), make_event(chapter, actor_id=lead, starts_local=in_days(20))
        past = make_past_event(chapter, actor_id=lead)
        draft = make_draft(chapter, actor_id=lead)
        elsewhere = make_event(make_chapter("Mombasa"))
        going = make_rsvp(soon)
        manager = make_manager()
        with at_once():
            move_chapter(chapter_id=chapter.id, actor_id=manager, to=ChapterState.ARCHIVED, reason="Nobody left")
        states = {
            each.id: each.state for each in events.get_events(Event.objects.values_list("pk", flat=True)).values()
        }
        assert states == {
            soon.id: EventState.CANCELLED,
            later.id: EventState.CANCELLED,
            past.id: EventState.PUBLISHED,
            draft.id: EventState.DRAFT,
            elsewhere.id: EventState.PUBLISHED,
        }
        assert events.get_event(soon.id).cancel_reason == "Nobody left"
        assert [name for name, _args in told] == ["tell_called_off"] * 2
        mine = NewsItem.objects.filter(user_id=going.user_id, kind__contains="event")
        assert mine.count() == 1

    def test_one_that_is_open_again_keeps_its_events(self, chapter: ChapterData, event: EventData) -> None:
        run_archived({"chapter": chapter.id, "actor": None})
        assert events.get_event(event.id).state is EventState.PUBLISHED
