"""Confidential reports: who sees them and who never does, and the clock after which nothing is left of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chapters import api, calendar, life_news, retention, retirement
from chapters.api import concerns
from chapters.data import ChapterData, ChapterRole, ConcernData, ConcernKind, ConcernState
from chapters.exceptions import InvalidValueError, NotFoundError, StateError
from chapters.models import Concern, ConcernNote, ConcernSubject
from people import api as people
from people.models import AuditEntry, NewsItem
from tests.chapters.factories import give_role, make_account, make_manager, make_member, make_organizer

WORDS = "quixotzephyr shouted at me"


@pytest.fixture
def report(chapter: ChapterData, lead: int, member: int) -> Callable[..., ConcernData]:
    """Return a way to report the lead by a member."""

    def make(**values: Any) -> ConcernData:
        base: dict[str, Any] = {
            "chapter_id": chapter.id,
            "reporter_id": member,
            "kind": ConcernKind.CONDUCT,
            "text": WORDS,
            "about": [lead],
        }
        return concerns.create_concern(**{**base, **values})

    return make


def sees(user_id: int, concern: ConcernData) -> bool:
    """Tell whether somebody meets a report at any door of the api; all doors must agree."""
    doors = {
        concern.id in {each.id for each in concerns.list_concerns(actor_id=user_id).concerns},
        concerns.visible_concerns(user_id).filter(pk=concern.id).exists(),
    }
    acts = (
        lambda: concerns.get_concern(concern.id, user_id),
        lambda: concerns.take_in_hand(concern_id=concern.id, actor_id=user_id),
        lambda: concerns.add_note(concern_id=concern.id, actor_id=user_id, text="x"),
    )
    for act in acts:
        try:
            act()
            doors.add(True)
        except NotFoundError:
            doors.add(False)
    (answer,) = doors
    return answer


class TestWhoSeesIt:
    def test_managers_whom_it_does_not_accuse(self, report: Any, manager: int) -> None:
        assert sees(manager, report())

    def test_nobody_of_the_chapter(self, report: Any, chapter: ChapterData, lead: int, member: int) -> None:
        made = report()
        others = [make_organizer(chapter, role=role) for role in ChapterRole]
        assert not any(sees(each, made) for each in (lead, member, *others))

    def test_no_manager_who_is_accused(self, report: Any, manager: int) -> None:
        made = report(about=[manager])
        assert not sees(manager, made)
        assert sees(make_manager("Other"), made)

    def test_no_manager_with_a_role_there_then_or_now(self, report: Any, chapter: ChapterData, manager: int) -> None:
        made = report()
        term = give_role(chapter, manager, ChapterRole.HOST)
        assert not sees(manager, made)
        term.ended_at, term.open_key = timezone.now(), None
        term.save()
        assert not sees(manager, made)  # they were there when it was made
        assert sees(manager, report(text="Another one"))

    def test_no_manager_who_reported_it(self, report: Any, manager: int) -> None:
        assert not sees(manager, report(reporter_id=manager))

    def test_staff_that_is_accused_cannot_by_being_staff(self, report: Any, lead: int) -> None:
        User.objects.filter(pk=lead).update(is_staff=True, is_superuser=True)
        assert not sees(lead, report())

    def test_only_active_managers(self, report: Any, manager: int) -> None:
        made = report()
        User.objects.filter(pk=manager).update(is_active=False)
        assert not sees(manager, made)

    def test_news_goes_to_those_who_may_see_it_and_says_nothing(self, report: Any, manager: int, lead: int) -> None:
        barred = make_manager("Barred")
        made = report(about=[lead, barred])
        items = NewsItem.objects.filter(kind=life_news.CONCERN_WAITS)
        assert [item.user_id for item in items] == [manager]
        assert set(items[0].context) == {"url", "concern_id", "is_overdue"}
        assert made.text not in json.dumps(items[0].context)

    def test_staff_hears_where_every_manager_is_accused(self, report: Any, manager: int) -> None:
        staff = make_account("Stella", is_staff=True)
        report(about=[manager])
        assert [item.user_id for item in NewsItem.objects.filter(kind=life_news.CONCERN_WAITS)] == [staff]

    def test_it_is_in_no_log_of_the_chapter(
        self, report: Any, chapter: ChapterData, manager: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            made = report()
            concerns.take_in_hand(concern_id=made.id, actor_id=manager)
            concerns.add_note(concern_id=made.id, actor_id=manager, text=WORDS)
            concerns.close_concern(concern_id=made.id, actor_id=manager, outcome=WORDS)
        assert api.list_audit(chapter_id=chapter.id).entries == ()
        assert WORDS not in caplog.text
        entries = AuditEntry.objects.filter(context_key=f"concern:{made.id}")
        assert [entry.verb for entry in entries.order_by("pk")] == ["concern.take", "concern.note", "concern.close"]
        assert all(entry.reason == "" and entry.data == {} for entry in entries)

    def test_the_export_of_the_accused_knows_nothing(self, report: Any, lead: int, member: int) -> None:
        report()
        document = json.loads("".join(people.export_person(lead, actor_id=None)))
        rows = {section["name"]: section["rows"] for section in document["sections"]}
        assert not rows["chapters.reports"]
        assert not rows["chapters.report_subjects"]
        assert WORDS not in json.dumps(document)
        mine = "".join(people.export_person(member, actor_id=None))
        assert WORDS in mine


class TestReporting:
    def test_anonymous_to_handlers(self, report: Any, manager: int, member: int) -> None:
        made = report(is_anonymous=True)
        assert concerns.get_concern(made.id, manager).reporter_id is None
        assert concerns.get_own_concern(made.id, member).reporter_id == member
        assert concerns.get_concern(report(text="By name").id, manager).reporter_id == member

    def test_sent_twice_is_one(self, report: Any, chapter: ChapterData) -> None:
        first, again = report(request_key="abc"), report(request_key="abc")
        assert first.id == again.id
        other = report(request_key="abc", reporter_id=make_account())
        assert other.id != first.id
        assert Concern.objects.count() == 2

    def test_about_no_chapter(self, report: Any, manager: int) -> None:
        made = report(chapter_id=None)
        assert (made.chapter_id, made.chapter_name) == (None, "")
        assert sees(manager, made)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"text": " \n"}, "text"),
            ({"text": "x" * 5001}, "text"),
            ({"kind": "gossip"}, "kind"),
            ({"about": [987_654]}, "about"),
            ({"about": ["1; DROP TABLE"]}, "about"),
            ({"about": range(1, 30)}, "about"),
            ({"request_key": "k" * 41}, "request_key"),
        ],
    )
    def test_bad_input(self, report: Any, values: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidValueError) as refused:
            report(**values)
        assert refused.value.field == field
        assert not Concern.objects.exists()
        assert not ConcernSubject.objects.exists()

    def test_not_about_oneself_nor_a_chapter_that_is_none(self, report: Any, member: int) -> None:
        with pytest.raises(InvalidValueError):
            report(about=[member])
        with pytest.raises(NotFoundError):
            report(chapter_id=987_654)

    def test_the_reporter_reads_what_is_for_them(self, report: Any, manager: int, member: int) -> None:
        made = report()
        concerns.take_in_hand(concern_id=made.id, actor_id=manager)
        concerns.add_note(concern_id=made.id, actor_id=manager, text="Internal")
        concerns.add_note(concern_id=made.id, actor_id=manager, text="We look into it.", is_for_reporter=True)
        (own,) = concerns.list_own_concerns(member)
        assert [(note.text, note.author_id) for note in own.notes] == [("We look into it.", None)]
        assert (own.state, own.handler_id) == (ConcernState.IN_HAND, None)
        assert [note.text for note in concerns.get_concern(made.id, manager).notes] == ["Internal", "We look into it."]
        assert NewsItem.objects.filter(kind=life_news.CONCERN_ANSWERED, user_id=member).count() == 1
        with pytest.raises(NotFoundError):
            concerns.get_own_concern(made.id, make_account())


class TestHandling:
    def test_closed_for_good(self, report: Any, manager: int, settings: Any) -> None:
        settings.CHAPTERS_CONCERN_KEEP_DAYS = 10
        made = report()
        with pytest.raises(InvalidValueError):
            concerns.close_concern(concern_id=made.id, actor_id=manager, outcome="")
        closed = concerns.close_concern(concern_id=made.id, actor_id=manager, outcome="Spoken with them.")
        assert closed.closed_at is not None
        assert closed.erase_at == closed.closed_at + timedelta(days=10)
        for act in (
            lambda: concerns.take_in_hand(concern_id=made.id, actor_id=manager),
            lambda: concerns.add_note(concern_id=made.id, actor_id=manager, text="x"),
            lambda: concerns.close_concern(concern_id=made.id, actor_id=manager, outcome="x"),
        ):
            with pytest.raises(StateError):
                act()

    def test_the_queue_in_pages_and_counts(self, report: Any, manager: int, django_assert_max_num_queries: Any) -> None:
        made = [report(text=f"Report {number}").id for number in range(5)]
        Concern.objects.filter(pk=made[3]).update(due_at=timezone.now() - timedelta(hours=1))
        seen, cursor = [], ""
        while True:
            with django_assert_max_num_queries(4):
                page = concerns.list_concerns(actor_id=manager, cursor=cursor, limit=2)
            seen += [each.id for each in page.concerns]
            cursor = page.cursor
            if not cursor:
                break
        assert seen == [made[3], *made[:3], made[4]]
        assert concerns.count_concerns(manager) == (5, 1)
        concerns.take_in_hand(concern_id=made[3], actor_id=manager)
        assert concerns.count_concerns(manager) == (4, 0)
        taken = concerns.list_concerns(actor_id=manager, state=ConcernState.IN_HAND)
        assert [each.id for each in taken.concerns] == [made[3]]

    def test_overdue_ones_are_escalated_once_a_day(self, report: Any, manager: int, lead: int) -> None:
        other = make_manager("Other")
        made = report()
        Concern.objects.filter(pk=made.id).update(due_at=timezone.now() - timedelta(minutes=1))
        first = people.run_job("chapters.move_chapters").counts
        assert first[calendar.ESCALATED] == 1
        assert calendar.ESCALATED not in people.run_job("chapters.move_chapters").counts
        told = NewsItem.objects.filter(kind=life_news.CONCERN_WAITS, context__is_overdue=True)
        assert sorted(item.user_id for item in told) == sorted([manager, other])

    def test_news_of_one_that_somebody_took_is_dropped(self, report: Any, manager: int) -> None:
        from people.data import NewsItemData

        other, made = make_manager("Other"), report()
        data = [
            NewsItemData(key=each.key, user_id=other, kind=each.kind, context=each.context)
            for each in NewsItem.objects.filter(kind=life_news.CONCERN_WAITS, user_id=other)
        ]
        assert len(life_news._hold_waiting(other, data)) == 1
        concerns.take_in_hand(concern_id=made.id, actor_id=manager)
        assert not life_news._hold_waiting(other, data)


class TestClock:
    def test_words_and_people_go(self, report: Any, manager: int, settings: Any) -> None:
        settings.CHAPTERS_CONCERN_KEEP_DAYS = 10
        made, open_one = report(request_key="k"), report(text="Still open")
        concerns.add_note(concern_id=made.id, actor_id=manager, text=WORDS)
        concerns.close_concern(concern_id=made.id, actor_id=manager, outcome=WORDS)
        now = timezone.now()
        list(people.purge_expired(now=now + timedelta(days=9)))
        assert Concern.objects.get(pk=made.id).text == WORDS
        list(people.purge_expired(now=now + timedelta(days=11)))
        row = Concern.objects.get(pk=made.id)
        assert (row.text, row.outcome, row.reporter_id, row.handler_id, row.request_key) == ("", "", None, None, None)
        assert row.is_erased
        assert not ConcernNote.objects.exists()
        assert set(ConcernSubject.objects.values_list("concern_id", flat=True)) == {open_one.id}
        assert not retention.find_old_concerns(now + timedelta(days=99)).exists()

    def test_one_that_is_erased_is_shown_to_nobody(self, report: Any, manager: int) -> None:
        """With its words went whom it accused: a manager among them would find it in the list of closed ones."""
        accused = make_manager("Accused Manager")
        made = report(about=[accused])
        concerns.close_concern(concern_id=made.id, actor_id=manager, outcome="Done")
        assert not sees(accused, made)
        Concern.objects.update(erase_at=timezone.now() - timedelta(minutes=1))
        list(people.purge_expired())
        assert not sees(accused, made)

    def test_the_promise_holds_when_the_setting_grows(self, report: Any, manager: int, settings: Any) -> None:
        settings.CHAPTERS_CONCERN_KEEP_DAYS = 10
        made = report()
        concerns.close_concern(concern_id=made.id, actor_id=manager, outcome="Done")
        Concern.objects.update(erase_at=timezone.now() - timedelta(minutes=1))
        settings.CHAPTERS_CONCERN_KEEP_DAYS = 9999
        list(people.purge_expired())
        assert Concern.objects.get(pk=made.id).is_erased


class TestRetirement:
    def test_the_reporter_leaves(self, report: Any, manager: int, member: int) -> None:
        closed, still = report(request_key="a"), report(text="Still open")
        concerns.close_concern(concern_id=closed.id, actor_id=manager, outcome="Done")
        retirement.retire_person(member)
        retirement.retire_person(member)
        assert not Concern.objects.filter(reporter_id=member).exists()
        assert Concern.objects.get(pk=closed.id).text == ""
        assert Concern.objects.get(pk=still.id).text == "Still open"
        assert sees(manager, still)

    def test_the_accused_leaves(self, report: Any, lead: int, manager: int) -> None:
        made = report()
        retirement.retire_person(lead)
        assert not ConcernSubject.objects.filter(user_id=lead).exists()
        assert concerns.get_concern(made.id, manager).text == WORDS

    def test_the_handler_leaves(self, report: Any, manager: int) -> None:
        made = report()
        concerns.take_in_hand(concern_id=made.id, actor_id=manager)
        concerns.add_note(concern_id=made.id, actor_id=manager, text="Note")
        retirement.retire_person(manager)
        assert Concern.objects.get().handler_id is None
        assert ConcernNote.objects.get().author_id is None

    def test_an_organizer_leaves(self, chapter: ChapterData, lead: int) -> None:
        from chapters.models import Chapter

        Chapter.objects.filter(pk=chapter.id).update(contact="wanjiru@example.org", proposed_by=lead)
        retirement.retire_person(lead)
        found = api.get_chapter(chapter.id)
        assert (found.contact, found.proposed_by, found.needs_organizer) == ("", None, True)
        assert not api.find_access(found, lead).roles

    def test_a_proposal_goes_with_who_made_it(self, chapter: ChapterData) -> None:
        from chapters.models import Chapter
        from tests.chapters.test_lifecycle import plan

        paula = make_account("Paula")
        proposed = api.propose(actor_id=paula, plan=plan())
        retirement.retire_person(paula)
        assert not Chapter.objects.filter(pk=proposed.id).exists()


def test_a_member_of_another_chapter_can_be_reported(report: Any, manager: int) -> None:
    other = make_account()
    assert report(about=[other]).about == (other,)


def test_somebody_without_a_role_may_report_a_chapter_they_left(chapter: ChapterData, lead: int) -> None:
    from chapters.data import Action, MembershipState

    left = make_member(chapter, state=MembershipState.LEFT).user_id
    assert api.find_access(chapter, left).can(Action.REPORT_CONCERN)
