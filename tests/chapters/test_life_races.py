"""Many decide at once, on a server database at both isolation levels. Each race has a twin that shows it is real."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from chapters import api, moves, organizers, terms
from chapters.api import concerns
from chapters.data import ChapterData, ChapterRole, ChapterState, ConcernKind
from chapters.exceptions import LastOrganizerError, StateError
from chapters.models import Chapter, Concern, Term
from people.models import AuditEntry
from tests.chapters.factories import make_account, make_chapter, make_manager, make_member, make_organizer
from tests.chapters.test_lifecycle import plan

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = 6


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own (one transaction that has read before); a refusal is a result."""
    start = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                Chapter.objects.count()
                list(Term.objects.all())  # a request has asked who may do what before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def count(outcomes: list[Any], kind: type) -> int:
    return sum(isinstance(each, kind) for each in outcomes)


class Meet:
    """A point at which those who race wait for each other, but not forever: a lock may keep one of them away."""

    def __init__(self, people: int) -> None:
        self._barrier = threading.Barrier(people)

    def wait(self) -> None:
        """Wait until all are here, or long enough to know that they are kept away."""
        try:
            self._barrier.wait(timeout=1.5)
        except threading.BrokenBarrierError:
            self._barrier.reset()


class TestTwoLastOrganizersStepDown:
    def start(self) -> tuple[ChapterData, list[int]]:
        chapter = make_chapter()
        return chapter, [make_organizer(chapter), make_organizer(chapter, role=ChapterRole.CO_ORGANIZER)]

    def both_go(self, chapter: ChapterData, ids: list[int]) -> list[Any]:
        acts = [lambda each=each: organizers.step_down(chapter_id=chapter.id, user_id=each) for each in ids]
        return race(*acts)

    def left(self, chapter: ChapterData) -> int:
        return Term.objects.filter(chapter_id=chapter.id, ended_at__isnull=True).count()

    def test_one_stays(self) -> None:
        for _ in range(ROUNDS):
            chapter, ids = self.start()
            outcomes = self.both_go(chapter, ids)
            assert count(outcomes, LastOrganizerError) == 1, outcomes
            assert self.left(chapter) == 1
            assert not api.get_chapter(chapter.id).needs_organizer

    def test_without_the_lock_nobody_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: who reads without locks finds the other still there."""
        looked = Meet(2)

        def look(chapter_id: int) -> list[Term]:
            held = list(Term.objects.filter(chapter_id=chapter_id, ended_at__isnull=True).order_by("pk"))
            looked.wait()
            return held

        for module in (organizers, terms):
            monkeypatch.setattr(module, "lock_terms", look)
        monkeypatch.setattr(organizers, "lock_chapter", lambda pk: Chapter.objects.get(pk=pk))
        chapter, ids = self.start()
        outcomes = self.both_go(chapter, ids)
        assert count(outcomes, LastOrganizerError) == 0, outcomes
        assert self.left(chapter) == 0


class TestTwoManagersMoveAChapter:
    def both_move(self, chapter: ChapterData) -> list[Any]:
        managers = [make_manager(), make_manager()]
        wanted = [ChapterState.ARCHIVED, ChapterState.DORMANT]

        def move(actor_id: int, to: ChapterState) -> ChapterData:
            return api.move_chapter(
                chapter_id=chapter.id, actor_id=actor_id, to=to, reason="Quiet", seen=ChapterState.ACTIVE
            )

        pairs = zip(managers, wanted, strict=True)
        return race(*[lambda actor=actor, to=to: move(actor, to) for actor, to in pairs])

    def moves_of(self, chapter: ChapterData) -> list[tuple[str, str]]:
        entries = AuditEntry.objects.filter(verb="chapter.move", context_key=chapter.key).order_by("pk")
        return [(entry.data["from"], entry.data["to"]) for entry in entries]

    def test_one_after_the_other(self) -> None:
        for _ in range(ROUNDS):
            chapter = make_chapter()
            outcomes = self.both_move(chapter)
            assert count(outcomes, StateError) == 1, outcomes
            ((start, to),) = self.moves_of(chapter)
            assert (start, to) == ("active", api.get_chapter(chapter.id).state)

    def test_without_the_lock_both_leave_from_the_same_state(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: two steps from one state are on record, of which one never was."""
        looked = Meet(2)

        def look(chapter_id: int) -> Chapter:
            row = Chapter.objects.get(pk=chapter_id)
            looked.wait()
            return row

        monkeypatch.setattr(moves, "lock_chapter", look)
        chapter = make_chapter()
        outcomes = self.both_move(chapter)
        assert count(outcomes, StateError) == 0, outcomes
        assert sorted(self.moves_of(chapter)) == [("active", "archived"), ("active", "dormant")]


def test_a_hand_over_against_the_successor_who_leaves() -> None:
    """Whoever comes first, a chapter has an organizer who is a member, or says that it needs one."""
    from chapters.api import membership
    from chapters.data import MembershipState
    from chapters.models import Membership

    for _ in range(ROUNDS):
        chapter = make_chapter()
        lead, next_lead = make_organizer(chapter), make_member(chapter).user_id
        handed = {"chapter_id": chapter.id, "actor_id": lead, "to_user_id": next_lead}
        left = {"chapter_id": chapter.id, "user_id": next_lead}
        outcomes = race(
            lambda handed=handed: organizers.hand_over(**handed), lambda left=left: membership.leave(**left)
        )
        assert count(outcomes, Exception) == 1, outcomes
        runs = Term.objects.filter(chapter_id=chapter.id, ended_at__isnull=True).values_list("user_id", flat=True)
        assert len(runs) == 1
        assert Membership.objects.get(chapter_id=chapter.id, user_id=runs[0]).state == MembershipState.MEMBER


def test_one_role_given_twice_at_once() -> None:
    for _ in range(ROUNDS):
        chapter = make_chapter()
        lead, member = make_organizer(chapter), make_member(chapter).user_id
        given = {"chapter_id": chapter.id, "actor_id": lead, "user_id": member, "role": ChapterRole.HOST}
        outcomes = race(*[lambda given=given: organizers.give_role(**given)] * 3)
        assert len({each.id for each in outcomes}) == 1, outcomes
        assert Term.objects.filter(chapter_id=chapter.id, user_id=member).count() == 1


def test_a_double_click_proposes_once() -> None:
    make_manager()
    for _ in range(ROUNDS):
        paula = make_account("Paula")
        outcomes = race(*[lambda paula=paula: api.propose(actor_id=paula, plan=plan())] * 3)
        assert len({each.id for each in outcomes}) == 1, outcomes
        assert Chapter.objects.filter(proposed_by=paula).count() == 1


def test_two_proposals_of_one_name_have_two_addresses() -> None:
    paulas = [make_account("Paula") for _ in range(3)]
    outcomes = race(*[lambda each=each: api.propose(actor_id=each, plan=plan(name="Oslo")) for each in paulas])
    assert len({each.slug for each in outcomes}) == 3, outcomes


def test_a_report_sent_twice_at_once_is_one() -> None:
    make_manager()
    chapter, reporter = make_chapter(), make_account()

    def report() -> Any:
        return concerns.create_concern(
            chapter_id=chapter.id, reporter_id=reporter, kind=ConcernKind.SAFETY, text="Help", request_key="k"
        )

    outcomes = race(report, report, report)
    assert len({each.id for each in outcomes}) == 1, outcomes
    assert Concern.objects.count() == 1


def test_the_clock_and_an_organizer_resume_at_once() -> None:
    from datetime import UTC, date, datetime

    for _ in range(ROUNDS):
        chapter = make_chapter(state=ChapterState.PAUSED, paused_until=date(2026, 1, 1))
        lead = make_organizer(chapter)
        now = datetime.now(UTC)
        outcomes = race(
            lambda chapter=chapter, now=now: moves.end_pause(chapter.id, now=now),
            lambda chapter=chapter, lead=lead: api.move_chapter(
                chapter_id=chapter.id, actor_id=lead, to=ChapterState.ACTIVE
            ),
        )
        assert api.get_chapter(chapter.id).state is ChapterState.ACTIVE, outcomes
        assert AuditEntry.objects.filter(verb="chapter.move", context_key=chapter.key).count() == 1
