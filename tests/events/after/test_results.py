"""What came of an event: drafted, published, changed with a history, and asked for until it is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import event_results as api
from chapters.api import events
from chapters.data import ChapterData, EventData, EventOpenTo, EventState
from chapters.exceptions import InvalidValueError, NotFoundError, StateError
from chapters.models import EventResult
from people import api as people
from people.models import NewsItem
from tests.events.after.conftest import record
from tests.events.factories import make_event, make_past_event, put_start, put_state


def save(event: EventData, actor_id: int, text: str = "We agreed on three things.", **options: Any) -> Any:
    known = api.find_result(event.id)
    options = {"revision": known.revision if known else 0, **options}
    return api.save_result(event_id=event.id, actor_id=actor_id, text=text, **options)


class TestWriting:
    def test_a_draft_then_published_then_changed(self, evening: EventData, lead: int, member: int) -> None:
        assert api.find_result(evening.id) is None
        draft = save(evening, lead)
        assert (draft.published_at, draft.revision, draft.author_id) == (None, 1, lead)
        assert events.get_event(evening.id).result_at is None
        published = save(evening, lead, publishes=True)
        assert events.get_event(evening.id).result_at == published.published_at is not None
        changed = save(evening, member, "We agreed on four things.")
        assert (changed.text, changed.author_id) == ("We agreed on four things.", member)
        assert changed.published_at == published.published_at
        history = [(each.actor_id, each.is_publishing) for each in api.list_result_changes(evening.id)]
        assert history == [(member, False), (lead, True), (lead, False)]

    def test_who_had_a_seat_is_told_of_the_first_publishing(self, evening: EventData, lead: int, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, user_id)
        save(evening, lead)
        people.run_errands()
        assert not NewsItem.objects.filter(user_id=user_id).exists()
        save(evening, lead, publishes=True)
        save(evening, lead, "Changed", publishes=True)
        people.run_errands()
        assert NewsItem.objects.filter(user_id=user_id).count() == 1

    def test_two_who_write_at_once(self, evening: EventData, lead: int, member: int) -> None:
        save(evening, lead, "Mine", revision=0)
        with pytest.raises(StateError) as refused:
            save(evening, member, "Theirs", revision=0)
        assert (refused.value.field, api.find_result(evening.id).text) == ("revision", "Mine")

    def test_saved_again_unchanged_is_no_change(self, evening: EventData, lead: int) -> None:
        first = save(evening, lead)
        assert save(evening, lead).revision == first.revision
        assert len(api.list_result_changes(evening.id)) == 1

    def test_a_row_that_was_only_asked_for_is_no_result(self, evening: EventData, lead: int) -> None:
        EventResult.objects.create(event_id=evening.id, asked_at=timezone.now())
        assert api.find_result(evening.id) is None
        assert save(evening, lead).revision == 1

    @pytest.mark.parametrize(("text", "publishes"), [("", True), (" \n ", True), ("x" * 20_001, False), (None, False)])
    def test_bad_texts_name_the_field(self, evening: EventData, lead: int, text: Any, publishes: bool) -> None:
        with pytest.raises(InvalidValueError) as refused:
            save(evening, lead, text, publishes=publishes)
        assert refused.value.field == "text"

    def test_published_it_cannot_be_emptied(self, evening: EventData, lead: int) -> None:
        save(evening, lead, publishes=True)
        with pytest.raises(InvalidValueError):
            save(evening, lead, "")

    def test_not_before_and_not_of_what_was_called_off(
        self, chapter: ChapterData, evening: EventData, lead: int
    ) -> None:
        coming = make_event(chapter, actor_id=lead)
        with pytest.raises(StateError, match="not begun"):
            save(coming, lead)
        running = put_start(coming, timezone.now() - timedelta(minutes=5))
        save(running, lead)
        with pytest.raises(StateError, match="not over"):
            save(running, lead, publishes=True)
        with pytest.raises(StateError, match="did not take place"):
            save(put_state(evening, EventState.CANCELLED), lead)
        with pytest.raises(NotFoundError):
            api.save_result(event_id=10**9, actor_id=lead, text="x", revision=0)


class TestLists:
    def test_published_ones_of_the_latest_event_first(self, chapter: ChapterData, lead: int) -> None:
        found = [make_past_event(chapter, days=days, actor_id=lead) for days in (30, 20, 10, 5)]
        for event in found[:3]:
            save(event, lead, publishes=True)
        save(found[3], lead)
        first = api.list_results(chapter_id=chapter.id, limit=2)
        second = api.list_results(chapter_id=chapter.id, limit=2, cursor=first.cursor)
        shown = [card.event.id for page in (first, second) for card in page.results]
        assert shown == [found[2].id, found[1].id, found[0].id]
        assert (bool(first.cursor), second.cursor) == (True, "")
        with pytest.raises(InvalidValueError):
            api.list_results(chapter_id=chapter.id, cursor="nonsense")

    def test_only_of_events_that_the_reader_may_see(self, chapter: ChapterData, lead: int) -> None:
        for open_to in (EventOpenTo.ANYONE, EventOpenTo.MEMBERS):
            save(make_past_event(chapter, days=9, actor_id=lead, open_to=open_to), lead, publishes=True)
        page = api.list_results(chapter_id=chapter.id, open_to=frozenset({EventOpenTo.ANYONE}))
        assert [card.event.open_to for card in page.results] == [EventOpenTo.ANYONE]

    def test_awaited_until_published(self, chapter: ChapterData, lead: int, guest: Any, settings: Any) -> None:
        settings.CHAPTERS_RESULT_DAYS = 3
        late, fresh = (make_past_event(chapter, days=days, actor_id=lead) for days in (20, 1))
        make_event(chapter, actor_id=lead)
        make_past_event(chapter, days=500, actor_id=lead)
        put_state(make_past_event(chapter, days=7, actor_id=lead), EventState.CANCELLED)
        record(late, guest(late))
        save(late, lead)
        awaited = api.list_awaiting_results(chapter.id)
        assert [(each.event.id, each.came, each.has_draft) for each in awaited] == [
            (late.id, 1, True),
            (fresh.id, 0, False),
        ]
        assert awaited[0].due_at == late.ends_at + timedelta(days=3)  # Nairobi's clocks never change
        save(late, lead, publishes=True)
        assert [each.event.id for each in api.list_awaiting_results(chapter.id)] == [fresh.id]

    def test_queries_do_not_grow(self, chapter: ChapterData, lead: int, django_assert_num_queries: Any) -> None:
        def make(number: int) -> None:
            for _ in range(number):
                save(make_past_event(chapter, days=9, actor_id=lead), lead, publishes=True)
                make_past_event(chapter, days=9, actor_id=lead)

        make(1)
        with django_assert_num_queries(3):
            api.list_results(chapter_id=chapter.id)
        with django_assert_num_queries(6):
            api.list_awaiting_results(chapter.id)
        make(4)
        with django_assert_num_queries(3):
            api.list_results(chapter_id=chapter.id)
        with django_assert_num_queries(6):
            api.list_awaiting_results(chapter.id)
