"""Two at once, on a server database and at both isolation levels. Each race has a twin that shows it is real."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from forum.models import CommentThread, ForumUser

from discussion_ext import counts, grounds
from discussion_ext.api import boards
from discussion_ext.boards import folding, states, writing
from discussion_ext.data import BoardData, ContributionState, TopicDraftData, TopicKind, TopicState
from discussion_ext.exceptions import CaseError, InvalidValueError, PinnedEnoughError
from discussion_ext.models import Board, BoardReader, Contribution, Topic, TopicReader

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


class Meeting:
    """A point at which those who race wait for each other, but not forever: a lock may keep one of them away."""

    def __init__(self, people: int) -> None:
        self._barrier = threading.Barrier(people)

    def wait(self) -> None:
        """Wait until all are here, or long enough to know that they are kept away."""
        try:
            self._barrier.wait(timeout=1.5)
        except threading.BrokenBarrierError:
            self._barrier.reset()


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own (one transaction); a refusal is a result."""
    start = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                Contribution.objects.count()  # a request has read something before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _known(*user_ids: int) -> None:
    """Make people known to the forum, which makes a row of its own for them: a race of its own."""
    for user_id in user_ids:
        ForumUser.objects.get_or_create(user_id=user_id)


def _start(board: BoardData, user_id: int, title: str = "Keys") -> int:
    draft = TopicDraftData(kind=TopicKind.PROBLEM, title=title, body="Who has them?")
    return boards.start_topic(board_key=board.key, author_id=user_id, draft=draft)


class TestSentTwice:
    @pytest.fixture
    def twice(self, board: BoardData, author: int, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return two acts that send the same topic, and meet after both looked for an earlier one."""
        _known(author)
        _start(board, author, "Before")
        meeting = Meeting(2)
        monkeypatch.setattr(writing, "_check_own", lambda *_args, **_kwargs: meeting.wait())
        return [lambda: _start(board, author)] * 2

    def test_it_is_posted_once_and_both_are_led_to_it(self, twice: Any) -> None:
        first, second = race(*twice)
        assert first == second
        assert Topic.objects.filter(contribution__title="Keys").count() == 1
        assert CommentThread.objects.count() == 2

    def test_without_the_lock_there_are_two(self, twice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            writing, "_lock_writer", lambda board, user_id: BoardReader.objects.get(board=board, user_id=user_id)
        )
        outcomes = race(*twice)
        posted = [each for each in outcomes if not isinstance(each, Exception)]
        # The forum's own row of a person's numbers may collide where rows are not read as committed.
        assert len(set(posted)) == 2 or any(isinstance(each, CaseError) for each in outcomes), outcomes


class TestPins:
    @pytest.fixture
    def both(self, board: BoardData, author: int, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return two acts that pin the last topic that can be pinned, and meet before they take its place."""
        topics = [_start(board, author, f"Keys {number}") for number in range(4)]
        for topic_id in topics[:2]:
            boards.set_pinned(topic_id=topic_id, actor_id=1, is_pinned=True)
        meeting = Meeting(2)
        lock = states._lock

        def lock_together(topic_id: int) -> Topic:
            found = lock(topic_id)
            meeting.wait()
            return found

        monkeypatch.setattr(states, "_lock", lock_together)
        return [lambda pk=pk: boards.set_pinned(topic_id=pk, actor_id=1, is_pinned=True) for pk in topics[2:]]

    def test_one_has_the_last_place_and_the_other_is_told(self, both: Any) -> None:
        outcomes = race(*both)
        assert sum(isinstance(each, PinnedEnoughError) for each in outcomes) == 1, outcomes
        assert outcomes.count(None) == 1, outcomes
        assert Topic.objects.filter(pinned_at__isnull=False).count() == Board.objects.get().pinned == 3

    def test_asking_before_taking_gives_the_place_twice(self, both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        meeting = Meeting(2)

        class Careless:
            """A board that is asked first and taken then."""

            def __init__(self, pk: int) -> None:
                self.rows = Board.objects.filter(pk=pk)

            def filter(self, **wanted: Any) -> Any:
                is_free = self.rows.filter(**wanted).exists()
                meeting.wait()
                return self.rows if is_free else self.rows.none()

            def update(self, **values: Any) -> int:
                return self.rows.update(**values)

        class Boards:
            """What ``Board`` is to the module."""

            class objects:  # noqa: N801 - as Django calls it
                @staticmethod
                def filter(pk: int) -> Careless:
                    return Careless(pk)

        monkeypatch.setattr(states, "Board", Boards)
        race(*both)
        assert Board.objects.get().pinned == 4


class TestRemoveAgainstRestore:
    @pytest.fixture
    def post_id(self, board: BoardData, author: int, reader: int) -> int:
        _known(author, reader)
        topic_id = _start(board, author)
        response = boards.reply(topic_id=topic_id, author_id=reader, body="I do.")
        boards.reply(topic_id=topic_id, author_id=author, body="Good.", parent_id=response)
        return response

    def test_two_who_remove_it_remove_it_once(self, post_id: int) -> None:
        outcomes = race(*[lambda actor=actor: boards.remove_post(post_id=post_id, actor_id=actor) for actor in (8, 9)])
        assert sum(isinstance(each, CaseError) for each in outcomes) == 1, outcomes
        assert boards.locate_post(post_id).state is ContributionState.REMOVED

    def test_two_who_put_it_back_put_it_back_once(self, post_id: int) -> None:
        boards.remove_post(post_id=post_id, actor_id=8)
        outcomes = race(*[lambda actor=actor: boards.restore_post(post_id=post_id, actor_id=actor) for actor in (8, 9)])
        assert sum(isinstance(each, CaseError) for each in outcomes) == 1, outcomes
        self._is_whole(post_id, is_live=True)

    def test_removing_and_putting_back_leave_one_or_the_other(self, post_id: int) -> None:
        boards.remove_post(post_id=post_id, actor_id=8)
        outcomes = race(
            lambda: boards.restore_post(post_id=post_id, actor_id=8),
            lambda: boards.remove_post(post_id=post_id, actor_id=9),
        )
        for each in outcomes:
            assert not isinstance(each, Exception) or isinstance(each, CaseError), outcomes
        is_live = boards.locate_post(post_id).state is ContributionState.LIVE
        self._is_whole(post_id, is_live=is_live)

    def _late(self, before: Callable[[], Any], act: Callable[[], Any]) -> Any:
        """Do ``act`` in a request that has read before ``before`` was done and committed; return what came of it."""
        began, done = threading.Event(), threading.Event()

        def come_late() -> Any:
            began.set()
            assert done.wait(20)
            return act()

        def go_before() -> None:
            assert began.wait(20)
            before()
            transaction.on_commit(done.set)

        late, first = race(come_late, go_before)
        assert first is None, first
        return late

    def _is_refused_for_now(self, outcome: Any, isolation: str) -> bool:
        """Tell whether somebody is asked to try again, as where a request cannot see what the forum has now."""
        is_refused = isinstance(outcome, CaseError)
        assert is_refused is (isolation == "repeatable read"), outcome
        assert not is_refused or outcome.status == 503
        return is_refused

    def test_what_was_put_back_meanwhile_goes_with_all_beneath_it(self, post_id: int, isolation: str) -> None:
        boards.remove_post(post_id=post_id, actor_id=8)
        outcome = self._late(
            lambda: boards.restore_post(post_id=post_id, actor_id=8),
            lambda: boards.remove_post(post_id=post_id, actor_id=9),
        )
        self._is_whole(post_id, is_live=self._is_refused_for_now(outcome, isolation))

    def test_what_was_written_meanwhile_goes_with_what_it_answers(
        self, post_id: int, author: int, isolation: str
    ) -> None:
        topic_id = Topic.objects.get().pk
        outcome = self._late(
            lambda: boards.reply(topic_id=topic_id, author_id=author, body="Thanks.", parent_id=post_id),
            lambda: boards.remove_post(post_id=post_id, actor_id=9),
        )
        is_live = self._is_refused_for_now(outcome, isolation)
        found = list(Contribution.objects.filter(parent_id=post_id).values_list("state", flat=True))
        assert found == [ContributionState.LIVE if is_live else ContributionState.GONE] * 2

    def test_what_went_meanwhile_comes_back_with_all_beneath_it(self, post_id: int, author: int) -> None:
        topic_id = Topic.objects.get().pk

        def reply_and_remove() -> None:
            boards.reply(topic_id=topic_id, author_id=author, body="Thanks.", parent_id=post_id)
            boards.remove_post(post_id=post_id, actor_id=8)

        outcome = self._late(reply_and_remove, lambda: boards.restore_post(post_id=post_id, actor_id=9))
        assert not isinstance(outcome, Exception), outcome
        found = Contribution.objects.filter(parent_id=post_id).values_list("state", flat=True)
        assert list(found) == [ContributionState.LIVE] * 2

    def test_a_report_is_decided_once(self, post_id: int, make_member: Callable[[], int]) -> None:
        reporter, moderator, other = (make_member() for _ in range(3))
        boards.report_post(post_id=post_id, user_id=reporter)
        outcome = self._late(
            lambda: boards.settle_reports(post_id=post_id, actor_id=moderator, is_upheld=False),
            lambda: boards.settle_reports(post_id=post_id, actor_id=other, is_upheld=False),
        )
        assert isinstance(outcome, InvalidValueError), outcome

    def _is_whole(self, post_id: int, *, is_live: bool) -> None:
        from forum.models import Comment

        contribution = Contribution.objects.get(pk=post_id)
        beneath = contribution.children.get()
        assert (beneath.state == ContributionState.LIVE) is is_live
        assert Comment.objects.count() == (2 if is_live else 0)
        for pk in Contribution.objects.values_list("pk", flat=True):
            counts.fold_contribution(pk)
        assert Topic.objects.get().replies == (2 if is_live else 0)

    def test_without_the_lock_it_is_put_back_twice(self, post_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
        from forum.models import Comment

        boards.remove_post(post_id=post_id, actor_id=8)
        meeting = Meeting(2)
        repost = grounds._repost

        def repost_together(ground: Any, contribution: Contribution, actor_id: int, reason: str) -> None:
            if contribution.pk == post_id:
                meeting.wait()
            repost(ground, contribution, actor_id, reason)

        monkeypatch.setattr(grounds, "_repost", repost_together)
        monkeypatch.setattr(
            counts,
            "lock_with_above",
            lambda pk, **_kwargs: Contribution.objects.select_related("parent").in_bulk([pk]),
        )
        outcomes = race(*[lambda actor=actor: boards.restore_post(post_id=post_id, actor_id=actor) for actor in (8, 9)])
        failed = [each for each in outcomes if isinstance(each, Exception)]
        is_refused_in_words = len(failed) == 1 and isinstance(failed[0], CaseError) and failed[0].status < 500
        assert Comment.objects.filter(body="I do.").count() == 2 or not is_refused_in_words, outcomes


class TestCloseAgainstReply:
    @pytest.fixture
    def both(self, board: BoardData, author: int, reader: int, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return two acts: somebody replies while a moderator closes the topic, after it was seen to be open."""
        _known(author, reader)
        topic_id = _start(board, author)
        boards.reply(topic_id=topic_id, author_id=reader, body="First.")
        seen_open = threading.Event()
        closed = threading.Event()
        check_own = writing._check_own

        def check_later(*args: Any, **kwargs: Any) -> None:
            check_own(*args, **kwargs)
            seen_open.set()
            closed.wait(1.5)

        monkeypatch.setattr(writing, "_check_own", check_later)

        def close() -> str:
            seen_open.wait(10)
            boards.set_topic_state(topic_id=topic_id, actor_id=9, state=TopicState.CLOSED)
            late = Contribution.objects.filter(body="Late.").exists()
            transaction.on_commit(closed.set)
            return "after the reply" if late else "closed"

        return [lambda: boards.reply(topic_id=topic_id, author_id=reader, body="Late."), close]

    def test_nothing_is_written_once_it_is_closed(self, both: Any, isolation: str) -> None:
        replied, closed = race(*both)
        assert not isinstance(replied, Exception), replied
        assert isinstance(closed, str), closed
        if isolation == "read committed":
            assert closed == "after the reply"

    def test_without_the_lock_somebody_writes_in_a_closed_topic(
        self, both: Any, isolation: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "_lock_live", lambda post: post)
        monkeypatch.setattr(writing, "_check_open", lambda topic: None)
        _replied, closed = race(*both)
        assert closed == "closed"


class TestCounts:
    def test_many_replies_at_once_are_counted_exactly_once(
        self, board: BoardData, author: int, make_member: Callable[[], int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        topic_id = _start(board, author)
        for number in range(6):
            boards.reply(topic_id=topic_id, author_id=make_member(), body=f"Reply {number}.")
        ids = list(Contribution.objects.values_list("pk", flat=True))
        Contribution.objects.update(fold_due=1, is_counted=False)
        Topic.objects.update(replies=0, is_counted=False)
        Board.objects.update(listed=0)
        outcomes = race(*[lambda pk=pk: counts.fold_contribution(pk) for pk in ids * 2])
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert Topic.objects.get().replies == 6
        assert Board.objects.get().listed == 1

    def test_without_the_lock_on_the_topic_counts_are_lost(
        self, board: BoardData, author: int, make_member: Callable[[], int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        topic_id = _start(board, author)
        replies = [boards.reply(topic_id=topic_id, author_id=make_member(), body=f"Reply {n}.") for n in range(2)]
        Topic.objects.update(replies=0)
        meeting = Meeting(2)
        last_reply = folding._last_reply

        def look_together(root_id: int) -> Contribution | None:
            meeting.wait()
            return last_reply(root_id)

        monkeypatch.setattr(folding, "_last_reply", look_together)
        monkeypatch.setattr(Topic.objects, "select_for_update", Topic.objects.all)
        posts = [Contribution.objects.get(pk=pk) for pk in replies]
        race(*[lambda post=post: folding.fold_post(post, step=1) for post in posts])
        assert Topic.objects.get().replies == 1


def test_two_devices_of_a_reader_mark_the_same_topic_seen(board: BoardData, author: int, reader: int) -> None:
    topic_id = _start(board, author)
    acts = [lambda: boards.mark_seen(topic_id=topic_id, user_id=reader)] * 3
    acts += [lambda: boards.follow(topic_id=topic_id, user_id=reader, is_on=True)] * 3
    acts += [lambda: boards.mark_board_read(board_key=board.key, user_id=reader)] * 2
    outcomes = race(*acts)
    assert outcomes == [None] * len(acts), outcomes
    row = TopicReader.objects.get(user_id=reader)
    assert row.seen_at is not None
    assert row.is_followed is True
    assert BoardReader.objects.filter(user_id=reader).count() == 1


def test_a_board_is_made_once(club: Any) -> None:
    acts = [lambda: boards.ensure_board(key="club:7:all", topic_id="club-7-all")] * 4
    outcomes = race(*acts)
    assert len({each.id for each in outcomes}) == 1, outcomes
    assert Board.objects.count() == 1
