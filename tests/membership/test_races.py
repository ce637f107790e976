"""Many at once, on a server database and at both isolation levels. Each race has a twin that shows it is real."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F

from chapters import organizers
from chapters.api import membership as api
from chapters.data import Audience, ChapterData, ChapterRole, MembershipState, StandingSource
from chapters.exceptions import BannedError
from chapters.membership import joining, reconciling, rows, standings
from chapters.models import Chapter, Membership, MemberWord, Standing
from chapters.records import bans_in_force
from tests.chapters.factories import make_account, make_chapter, make_member, make_rule
from tests.membership.conftest import ME, TEAMS

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = 8


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


def race(*acts: Callable[[], Any], in_request: bool = True) -> list[Any]:
    """Run acts at once; ``in_request``: each in one transaction that has read before. A refusal is a result."""
    start = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            if not in_request:
                start.wait()
                return act()
            with transaction.atomic():
                Membership.objects.count()  # a request has read something before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def counted(chapter: ChapterData) -> tuple[int, int]:
    """Return how many members are counted and how many there are."""
    there = Membership.objects.filter(chapter_id=chapter.id, state=MembershipState.MEMBER).count()
    return Chapter.objects.get(pk=chapter.id).members, there


def join(chapter: ChapterData, user_id: int) -> Any:
    return api.join(chapter_id=chapter.id, user_id=user_id, introduction=ME)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks of chapters and memberships away."""
    monkeypatch.setattr(rows, "lock_chapter", lambda chapter_id: Chapter.objects.get(pk=chapter_id))

    def find(*, chapter_id: int, user_id: int) -> Membership:
        return Membership.objects.get(chapter_id=chapter_id, user_id=user_id)

    for name in ("lock_or_create", "lock_membership", "lock_member"):
        monkeypatch.setattr(rows, name, find)


class TestDoubleClick:
    def test_one_membership_counted_once(self) -> None:
        for _ in range(ROUNDS):
            chapter, user_id = make_chapter(), make_account()
            outcomes = race(*[lambda c=chapter, u=user_id: join(c, u)] * 4)
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert counted(chapter) == (1, 1)
            assert Membership.objects.get(chapter_id=chapter.id).times_joined == 1

    def test_many_people_at_once(self) -> None:
        for _ in range(ROUNDS // 2):
            chapter, other = make_chapter(), make_chapter()
            ids = [make_account() for _ in range(6)]
            acts = [lambda c=c, u=u: join(c, u) for u in ids for c in (chapter, other)]
            outcomes = race(*acts)
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert counted(chapter) == counted(other) == (6, 6)

    def test_looking_before_writing_counts_twice(self, unlocked: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: without the lock, and with the state asked before it is changed."""
        chapter, user_id = make_chapter(), make_account()
        make_member(chapter, user_id, state=MembershipState.LEFT)
        looked = Meet(2)

        def look_then_enter(row: Membership, **_way: Any) -> bool:
            is_out = Membership.objects.get(pk=row.pk).state != MembershipState.MEMBER
            looked.wait()
            if is_out:
                Membership.objects.filter(pk=row.pk).update(state=MembershipState.MEMBER)
                Chapter.objects.filter(pk=row.chapter_id).update(members=F("members") + 1)
            return is_out

        monkeypatch.setattr(rows, "enter", look_then_enter)
        monkeypatch.setattr(rows, "write_introduction", lambda *_said: None)  # it would lock the row as well
        race(*[lambda: join(chapter, user_id)] * 2)
        assert counted(chapter) == (2, 1)

    def test_joining_and_leaving_at_once(self) -> None:
        for _ in range(ROUNDS):
            chapter, user_id = make_chapter(), make_account()
            make_member(chapter, user_id)
            outcomes = race(
                lambda c=chapter, u=user_id: api.leave(chapter_id=c.id, user_id=u),
                lambda c=chapter, u=user_id: join(c, u),
                lambda c=chapter, u=user_id: api.leave(chapter_id=c.id, user_id=u),
            )
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            members, there = counted(chapter)
            assert members == there


class TestBanAgainstJoin:
    def acts(self, chapter: ChapterData, user_id: int) -> list[Callable[[], Any]]:
        return [
            lambda: join(chapter, user_id),
            lambda: api.ban(chapter_id=chapter.id, user_id=user_id, actor_id=1, reason="Spam"),
        ]

    def is_inside_though_banned(self, chapter: ChapterData, user_id: int) -> bool:
        is_banned = bans_in_force().filter(chapter_id=chapter.id, user_id=user_id).exists()
        mine = Membership.objects.filter(chapter_id=chapter.id, user_id=user_id, state=MembershipState.MEMBER)
        return is_banned and mine.exists()

    def test_nobody_is_in_who_is_banned(self) -> None:
        for number in range(ROUNDS * 2):
            chapter, user_id = make_chapter(), make_account()
            if number % 2:
                make_member(chapter, user_id, state=MembershipState.LEFT)
            outcomes = race(*self.acts(chapter, user_id))
            assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, BannedError)]
            assert not self.is_inside_though_banned(chapter, user_id), outcomes
            assert counted(chapter) == (0, 0)

    def test_bans_in_neighbouring_chapters_do_not_block_each_other_for_ever(self) -> None:
        for _ in range(ROUNDS * 3):
            chapters = [make_chapter() for _ in range(4)]
            user_id = make_account()
            outcomes = race(*[act for chapter in chapters for act in self.acts(chapter, user_id)])
            assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, BannedError)]

    def test_who_goes_keeps_nobody_from_coming_into_another_chapter(self) -> None:
        """Few are members, so an index of states would be short to walk: who goes locks their own row all the same."""
        chapter, other, third = make_chapter(), make_chapter(), make_chapter()
        user_id = make_account()
        make_member(other, user_id, state=MembershipState.LEFT)
        between = make_member(third, state=MembershipState.LEFT)  # words are written into gaps: not into the same one
        MemberWord.objects.create(chapter_id=third.id, membership_id=between.id, word="between")
        gone = make_account()
        join(chapter, gone)
        went, came = threading.Event(), threading.Event()

        def ban() -> None:
            api.ban(chapter_id=chapter.id, user_id=gone, actor_id=1, reason="Spam")
            went.set()
            came.wait(timeout=10)

        def come() -> None:
            went.wait(timeout=10)
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION innodb_lock_wait_timeout = 2")
            join(other, user_id)
            came.set()

        outcomes = race(ban, come)
        assert outcomes == [None, None], outcomes
        assert (counted(chapter), counted(other)) == ((0, 0), (1, 1))

    def test_first_roles_in_neighbouring_chapters_do_not_wait_for_each_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chapters = [make_chapter() for _ in range(2)]
        ids = [make_member(chapter).user_id for chapter in chapters]
        looked = Meet(2)
        genuine = organizers.lock_terms

        def look_together(chapter_id: int) -> Any:
            found = genuine(chapter_id)
            looked.wait()
            return found

        monkeypatch.setattr(organizers, "lock_terms", look_together)
        outcomes = race(
            *[
                lambda c=chapter, u=user_id: organizers.give_role(
                    chapter_id=c.id, actor_id=1, user_id=u, role=ChapterRole.CHECK_IN
                )
                for chapter, user_id in zip(chapters, ids, strict=True)
            ]
        )
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes

    def test_what_was_said_meanwhile_is_forgotten(self) -> None:
        """A request that began before somebody said something else of themselves leaves no word of that."""
        chapter, user_id = make_chapter(), make_account()
        join(chapter, user_id)
        began, said = threading.Event(), threading.Event()

        def say(skills: str) -> None:
            words = replace(ME, skills=skills)
            api.introduce(chapter_id=chapter.id, user_id=user_id, introduction=words)

        def come_late() -> None:
            began.set()
            assert said.wait(timeout=10)
            say("feedback")

        def go_before() -> None:
            assert began.wait(timeout=10)
            say("juggling")
            transaction.on_commit(said.set)

        outcomes = race(come_late, go_before)
        assert outcomes == [None, None], outcomes
        words = set(MemberWord.objects.filter(chapter_id=chapter.id).values_list("word", flat=True))
        assert "feedback" in words
        assert not words & {"juggling", "hiring"}

    def test_without_the_lock_somebody_banned_is_in(self, unlocked: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: the look for a ban, and the ban, happen between each other's steps."""
        chapter, user_id = make_chapter(), make_account()
        make_member(chapter, user_id, state=MembershipState.LEFT)
        looked, banned = threading.Event(), threading.Event()

        def look(**_who: int) -> None:
            assert not bans_in_force().filter(chapter_id=chapter.id, user_id=user_id).exists()
            looked.set()
            banned.wait(timeout=5)

        def ban_meanwhile() -> None:
            looked.wait(timeout=5)
            api.ban(chapter_id=chapter.id, user_id=user_id, actor_id=1, reason="Spam")
            transaction.on_commit(banned.set)

        monkeypatch.setattr(joining, "check_ban", look)
        race(lambda: join(chapter, user_id), ban_meanwhile)
        assert self.is_inside_though_banned(chapter, user_id)


class TestReconcileAgainstGrant:
    """A rule's standing is to be closed, and at the same moment an organizer grants it by hand."""

    @pytest.fixture
    def held(self) -> tuple[ChapterData, int]:
        chapter = make_rule(make_chapter(), Audience.ALUMNI, str(TEAMS))
        member = make_member(chapter, audiences=(Audience.ALUMNI,))
        Standing.objects.update(source=StandingSource.RULE, course_id=str(TEAMS))
        return chapter, member.user_id

    def grant(self, chapter: ChapterData, user_id: int) -> Any:
        return api.grant_standing(
            chapter_id=chapter.id, user_id=user_id, audience=Audience.ALUMNI, actor_id=1, reason="Paper of 2019"
        )

    def walk(self) -> None:
        list(reconciling.reconcile_memberships())

    def holds(self, user_id: int) -> bool:
        found = Standing.objects.get(membership__user_id=user_id, audience=Audience.ALUMNI)
        return found.source == StandingSource.MANUAL and found.ended_at is None

    def test_what_was_granted_stays(self, held: Any) -> None:
        chapter, user_id = held
        for _ in range(ROUNDS):
            Standing.objects.update(source=StandingSource.RULE, ended_at=None)
            outcomes = race(self.walk, lambda: self.grant(chapter, user_id), in_request=False)
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert self.holds(user_id)

    def test_many_members_side_by_side(self) -> None:
        """Standings of neighbours are inserted at once: no two wait for each other for ever."""
        chapter = make_rule(make_chapter(), Audience.ALUMNI, str(TEAMS))
        for _ in range(ROUNDS):
            ids = [make_member(chapter).user_id for _ in range(6)]
            outcomes = race(*[lambda u=u: self.grant(chapter, u) for u in ids])
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert all(self.holds(each) for each in ids)

    def test_without_the_lock_the_grant_is_lost(
        self, held: Any, unlocked: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The twin: the comparison has read the standing, the grant is stored, and then the comparison writes."""
        chapter, user_id = held
        read, granted = threading.Event(), threading.Event()
        genuine = standings._lock_all

        def look(row: Membership, wanted: Any, now: Any) -> dict[Audience, Standing]:
            if threading.current_thread().name == "granting":
                return genuine(row, wanted, now)
            found = {Audience(each.audience): each for each in Standing.objects.filter(membership_id=row.pk)}
            read.set()
            granted.wait(timeout=5)
            return found

        def grant_meanwhile() -> None:
            threading.current_thread().name = "granting"
            read.wait(timeout=5)
            self.grant(chapter, user_id)
            granted.set()

        class Unlocked(type(Membership.objects)):  # type: ignore[misc]
            def select_for_update(self, *_args: Any, **_options: Any) -> Any:
                return self.get_queryset()

        unlocked_rows = Unlocked()
        unlocked_rows.model = Membership
        monkeypatch.setattr(Membership, "objects", unlocked_rows)
        monkeypatch.setattr(standings, "_lock_all", look)
        outcomes = race(self.walk, grant_meanwhile, in_request=False)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert not self.holds(user_id)


@pytest.fixture(autouse=True)
def _known_types() -> None:
    """Let content types be known before threads ask for them."""
    ContentType.objects.clear_cache()
