"""What the calendar brings: pauses, terms and reminders, by the clock of each chapter, and after an outage once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters import api, calendar, life_news
from chapters.api import organizers
from chapters.data import ChapterData, ChapterRole, ChapterState, EndReason
from chapters.models import Chapter, Term
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer

LAST_DAY = date(2026, 12, 10)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, db: None) -> Any:
    """Return a way to set the clock."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_clock


def run() -> dict[str, int]:
    return dict(people.run_job("chapters.move_chapters").counts)


def told(kind: str) -> int:
    return NewsItem.objects.filter(kind=kind).count()


class TestPauses:
    @pytest.mark.parametrize(
        ("zone", "still_paused", "over"),
        [
            # The last day ends at midnight there: in Kiritimati long before UTC's day does, in Pago Pago long after.
            (
                "Pacific/Kiritimati",
                datetime(2026, 12, 10, 9, 59, tzinfo=UTC),
                datetime(2026, 12, 10, 10, 1, tzinfo=UTC),
            ),
            ("UTC", datetime(2026, 12, 10, 23, 59, tzinfo=UTC), datetime(2026, 12, 11, 0, 1, tzinfo=UTC)),
            (
                "Pacific/Pago_Pago",
                datetime(2026, 12, 11, 10, 59, tzinfo=UTC),
                datetime(2026, 12, 11, 11, 1, tzinfo=UTC),
            ),
        ],
    )
    def test_end_with_their_last_day_on_the_chapters_wall(
        self, at: Any, zone: str, still_paused: datetime, over: datetime
    ) -> None:
        chapter = make_chapter(state=ChapterState.PAUSED, paused_until=LAST_DAY, zone=zone)
        at(still_paused)
        assert calendar.PAUSES not in run()
        assert calendar.look_at_chapters()[calendar.PAUSES] == 0
        at(over)
        assert calendar.look_at_chapters()[calendar.PAUSES] == 1
        assert run()[calendar.PAUSES] == 1
        assert api.get_chapter(chapter.id).state is ChapterState.ACTIVE
        assert calendar.PAUSES not in run()

    def test_after_an_outage(self, at: Any) -> None:
        chapters = [make_chapter(state=ChapterState.PAUSED, paused_until=LAST_DAY) for _ in range(3)]
        lead = make_organizer(chapters[0])
        at(datetime(2027, 6, 1, tzinfo=UTC))
        assert run()[calendar.PAUSES] == 3
        assert NewsItem.objects.filter(kind=life_news.MOVED, user_id=lead).count() == 1

    def test_more_than_one_batch(self, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(calendar, "_BATCH", 2)
        for _ in range(5):
            make_chapter(state=ChapterState.PAUSED, paused_until=LAST_DAY)
        at(datetime(2027, 1, 1, tzinfo=UTC))
        assert run()[calendar.PAUSES] == 5

    def test_one_that_fails_stops_no_other(self, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = (make_chapter(state=ChapterState.PAUSED, paused_until=LAST_DAY) for _ in range(2))
        real = calendar.moves.end_pause

        def fail_for_one(chapter_id: int, *, now: datetime) -> bool:
            if chapter_id == bad.id:
                raise ValueError
            return real(chapter_id, now=now)

        monkeypatch.setattr(calendar.moves, "end_pause", fail_for_one)
        at(datetime(2027, 1, 1, tzinfo=UTC))
        found = run()
        assert (found[calendar.PAUSES], found[calendar.FAILED]) == (1, 1)
        assert api.get_chapter(good.id).state is ChapterState.ACTIVE


class TestTerms:
    def term(self, chapter: ChapterData, *, ends_on: date, role: ChapterRole = ChapterRole.LEAD) -> Term:
        make_organizer(chapter, make_member(chapter).user_id, role=role, ends_on=ends_on)
        return Term.objects.latest("pk")

    def test_reminded_twice_and_then_over(self, at: Any, chapter: ChapterData, manager: int) -> None:
        term = self.term(chapter, ends_on=LAST_DAY)
        days = {40: 0, 31: 0, 30: 1, 29: 1, 8: 1, 7: 2, 1: 2, 0: 2}
        for left, reminders in days.items():
            at(datetime(2026, 12, 10, 9, tzinfo=UTC) - timedelta(days=left))
            run()
            assert told(life_news.TERM_ENDING) == reminders, left
        assert api.find_access(chapter, term.user_id).is_organizer
        at(datetime(2026, 12, 10, 21, 1, tzinfo=UTC))  # in Nairobi the day is over
        assert run()[calendar.TERMS] == 1
        term.refresh_from_db()
        assert (term.end_reason, term.open_key) == (EndReason.EXPIRED, None)
        found = api.get_chapter(chapter.id)
        assert found.needs_organizer
        assert NewsItem.objects.get(kind=life_news.NEEDS_ORGANIZER).user_id == manager
        assert NewsItem.objects.get(kind=life_news.ROLE).user_id == term.user_id
        assert calendar.TERMS not in run()

    def test_after_an_outage_one_reminder_is_enough(self, at: Any, chapter: ChapterData) -> None:
        self.term(chapter, ends_on=LAST_DAY)
        at(datetime(2026, 12, 8, tzinfo=UTC))
        assert run()[calendar.REMINDED] == 1
        assert told(life_news.TERM_ENDING) == 1

    def test_an_extended_term_is_reminded_anew(self, at: Any, chapter: ChapterData, manager: int) -> None:
        term = self.term(chapter, ends_on=LAST_DAY)
        at(datetime(2026, 12, 8, tzinfo=UTC))
        run()
        organizers.give_role(
            chapter_id=chapter.id,
            actor_id=manager,
            user_id=term.user_id,
            role=ChapterRole.LEAD,
            ends_on=date(2027, 12, 10),
        )
        item = NewsItem.objects.get(kind=life_news.TERM_ENDING)
        from people.data import NewsItemData

        data = NewsItemData(key=item.key, user_id=term.user_id, kind=item.kind, context=item.context)
        assert not life_news._hold_term(term.user_id, [data])
        at(datetime(2027, 12, 8, tzinfo=UTC))
        run()
        assert told(life_news.TERM_ENDING) == 2

    def test_one_of_two_organizers_leaves_nothing_undone(self, at: Any, chapter: ChapterData) -> None:
        make_organizer(chapter, role=ChapterRole.CO_ORGANIZER)
        self.term(chapter, ends_on=LAST_DAY)
        at(datetime(2027, 1, 1, tzinfo=UTC))
        assert run()[calendar.TERMS] == 1
        assert not api.get_chapter(chapter.id).needs_organizer

    def test_a_term_without_a_last_day_goes_on(self, at: Any, chapter: ChapterData) -> None:
        host = make_organizer(chapter, make_account(), role=ChapterRole.HOST)
        at(datetime(2036, 1, 1, tzinfo=UTC))
        run()
        assert api.find_access(chapter, host).roles == {ChapterRole.HOST}


def test_a_run_goes_on_where_one_ended(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_BATCH", 2)
    for _ in range(4):
        make_chapter(state=ChapterState.PAUSED, paused_until=LAST_DAY)
    at(datetime(2027, 1, 1, tzinfo=UTC))
    steps = calendar.move_chapters()
    first = next(steps)
    steps.close()
    assert Chapter.objects.filter(state=ChapterState.PAUSED).count() == 2
    rest = list(calendar.move_chapters(resume=first.cursor))
    assert sum(step.counts.get(calendar.PAUSES, 0) for step in rest) == 2
