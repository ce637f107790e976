"""Our own statements never deadlock: everything that happens in a course happens at once, on a server, for a while.

InnoDB ends a deadlock by throwing away the whole transaction of one of the two, a learner's post with it; no guard can
save that. So none may arise between statements of ours. The server counts deadlocks, and each is looked at: the forum
deadlocks with itself now and then (it locks a thread to answer it, then writes to it), which is not ours to mend.
"""

# ruff: noqa: S311 - luck, not secrets
from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from forum import api as forum_api
from forum.models import CommentThread, ForumUser
from opaque_keys.edx.keys import CourseKey, UsageKey

from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment
from common.djangoapps.student.roles import CourseStaffRole
from discussion_ext import api as cases
from discussion_ext.data import CaseConfigData
from discussion_ext.models import Contribution, PendingEvaluation, Report
from gamification import api as points
from people import api as people
from people.models import Errand

from .scenes import act_as

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

SECONDS, MOST_SECONDS = 8, 60
LEARNERS = 6
_TABLE = re.compile(r"of table `[^`]+`\.`([a-z_]+)`")
_OURS = ("people_", "gamification_", "discussion_ext_")

Act = Callable[[], Any]


# -- seeing deadlocks --------------------------------------------------------------------------------------------------


class Watch:
    """Looks at the server all the time and keeps what it says about each deadlock, also of those that nobody felt."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._old: str | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._before = self._count()
        # The server shows the last one for as long as it runs: that of an earlier test is none of this one.
        self._look()
        self._old = next(iter(self._seen), None)
        self._seen.clear()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._look()

    @property
    def deadlocks(self) -> list[set[str]]:
        """Return the tables of each deadlock there was."""
        return [set(_TABLE.findall(text)) for text in self._seen.values()]

    @property
    def ours(self) -> list[str]:
        """Return what the server says of those in which a lock on one of our tables had a part."""
        return [text for text in self._seen.values() if any(f"`.`{prefix}" in text for prefix in _OURS)]

    def _run(self) -> None:
        known = self._before
        try:
            while not self._is_over.wait(timeout=0.02):
                present = self._count()
                if present != known:
                    self._look()
                known = present
        finally:
            connection.close()

    def _count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'")
            return int(cursor.fetchone()[0])

    def _look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW ENGINE INNODB STATUS")
            status = cursor.fetchone()[2]
        _before, _title, rest = status.partition("LATEST DETECTED DEADLOCK")
        section = rest.partition("\nTRANSACTIONS\n")[0]
        # Rows in hexadecimal help nobody.
        text = "\n".join(line[:300] for line in section.splitlines() if not re.match(r"\s*\d+: len|Record lock", line))
        name = "".join(text.splitlines()[:3])
        if text.strip() and name != self._old:
            self._seen.setdefault(name, text)


class Crowd:
    """Threads that act until the time is up, each act as a request of its own, and what came of it.

    Where the machine is slow they go on until all that is wanted has been done once.
    """

    def __init__(self, seconds: float, *, wanted: Collection[str] = ()) -> None:
        self._end = time.monotonic() + seconds
        self._last = time.monotonic() + MOST_SECONDS
        self._wanted = set(wanted)
        self._lock = threading.Lock()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.errors: list[str] = []

    def run(self, requests: list[list[Act]], jobs: list[Act]) -> None:
        """Let everybody choose among their acts again and again; jobs run outside any transaction."""
        with ThreadPoolExecutor(len(requests) + 1) as pool:
            futures = [pool.submit(self._live, number, acts, True) for number, acts in enumerate(requests)]
            futures.append(pool.submit(self._live, len(requests), jobs, False))
        for future in futures:
            future.result()

    def _live(self, number: int, acts: list[Act], is_request: bool) -> None:
        luck = random.Random(number)
        try:
            while self._goes_on():
                self._try(luck.choice(acts), is_request)
        finally:
            act_as(None)
            connection.close()

    def _goes_on(self) -> bool:
        now = time.monotonic()
        with self._lock:
            return now < (self._end if self._wanted <= self.done.keys() else self._last)

    def _try(self, act: Act, is_request: bool) -> None:
        name = act.__name__
        try:
            if is_request:
                with transaction.atomic():
                    act()
            else:
                act()
        except cases.CaseError as refusal:
            with self._lock:
                self.refused[f"{name}: {refusal.code}"] += 1
        except Exception as error:  # noqa: BLE001 - looked at in the end
            with self._lock:
                self.errors.append(f"{name}: {error!r}")
        else:
            with self._lock:
                self.done[name] += 1


# -- a busy course -----------------------------------------------------------------------------------------------------


def text_of(words: int) -> str:
    """Return words that nobody has written yet."""
    return " ".join(f"word{random.getrandbits(48):x}" for _ in range(words))


class Town:
    """A course with a held and an open case, its learners and its team, and all that they do."""

    def __init__(self, course_key: CourseKey) -> None:
        self.course_key = course_key
        self.course_id = str(course_key)
        self.learners = [self._enrol(f"learner{number}") for number in range(LEARNERS)]
        self.staff = self._enrol("staff")
        CourseStaffRole(course_key).add_users(self.staff)
        self.held = self._make_case("held", is_held=True)
        self.open = self._make_case("open", is_held=False, topic_id="table")

    def _enrol(self, name: str) -> User:
        user = User.objects.create(username=name, email=f"{name}@example.org")
        ForumUser.objects.get_or_create(user=user)
        CourseEnrollment.enroll(user, self.course_key)
        return user

    def _make_case(self, name: str, **values: Any) -> UsageKey:
        usage_key = self.course_key.make_usage_key("case_discussion", name)
        self._configure(usage_key, title=name, **values)
        return usage_key

    def _configure(self, usage_key: UsageKey, **values: Any) -> None:
        config = {"position_min": 5, "answer_min": 3, "answers_wanted": 2, "look_back_min": 3, **values}
        cases.sync_task(usage_key=usage_key, course_key=self.course_key, config=CaseConfigData(**config))

    def any_post(self, **wanted: Any) -> Contribution | None:
        """Return somebody's live post."""
        found = Contribution.objects.filter(state="live", forum_key__isnull=False, **wanted)
        return found.order_by("?").first()

    # -- learners --

    def acts_of(self, user: User) -> list[Act]:  # noqa: C901 - all that a learner does
        """Return what a learner does."""

        def take_position() -> None:
            cases.post_position(usage_key=self.held, user_id=user.pk, body=text_of(12))

        def answer() -> None:
            if post := self.any_post(task__is_held=True, kind="position"):
                cases.post_answer(
                    usage_key=self.held, contribution_id=post.pk, user_id=user.pk, body=text_of(8), is_team=False
                )

        def look_back() -> None:
            cases.post_look_back(usage_key=self.held, user_id=user.pk, body=text_of(8))

        def edit() -> None:
            if post := self.any_post(author_id=user.pk, task__is_held=True):
                cases.edit_contribution(usage_key=self.held, contribution_id=post.pk, user_id=user.pk, body=text_of(12))

        def withdraw() -> None:
            if post := self.any_post(author_id=user.pk, task__is_held=True):
                cases.withdraw_contribution(usage_key=self.held, contribution_id=post.pk, user_id=user.pk)

        def open_case() -> None:
            cases.open_case(usage_key=self.held, user_id=user.pk)

        def mark() -> None:
            if post := self.any_post(task__is_held=True):
                cases.set_helpful(
                    usage_key=self.held, contribution_id=post.pk, user_id=user.pk, is_helpful=random.random() < 0.6
                )

        def report() -> None:
            if post := self.any_post(task__is_held=True):
                cases.report_contribution(usage_key=self.held, contribution_id=post.pk, user_id=user.pk, reason="Hm")

        def start_elsewhere() -> None:
            forum_api.create_thread(
                title="Elsewhere", body=text_of(16), course_id=self.course_id, user_id=str(user.pk),
                commentable_id=random.choice(["table", "general"]),
            )  # fmt: skip

        def respond_elsewhere() -> None:
            if post := self.any_post(root=None, task__is_held=False):
                forum_api.create_parent_comment(
                    thread_id=post.forum_key.partition(":")[2], body=text_of(16), user_id=str(user.pk),
                    course_id=self.course_id, anonymous=False, anonymous_to_peers=False,
                )  # fmt: skip

        def delete_elsewhere() -> None:
            if post := self.any_post(root=None, task__is_held=False, author_id=user.pk):
                act_as(user)
                forum_api.delete_thread(post.forum_key.partition(":")[2], course_id=self.course_id)

        def leave_and_come_back() -> None:
            CourseEnrollment.unenroll(user, self.course_key)
            CourseEnrollment.enroll(user, self.course_key)

        def earn() -> None:
            points.record_activity(
                source=f"stress:{random.getrandbits(60):x}", revision=1, user_id=user.pk, course_key=self.course_key,
                kind="unit_finished", occurred_at=timezone.now(),
            )  # fmt: skip

        def hide() -> None:
            points.choose_board_name(
                user_id=user.pk, course_key=self.course_key, choice=random.choice(["hidden", "name", "pseudonym"])
            )

        return [
            take_position, answer, answer, look_back, edit, withdraw, open_case, mark, mark, report, start_elsewhere,
            respond_elsewhere, delete_elsewhere, leave_and_come_back, earn, hide,
        ]  # fmt: skip

    # -- the team, and what runs by itself --

    def acts_of_team(self) -> list[Act]:  # noqa: C901 - all that the team does
        """Return what the course team does."""

        def remove() -> None:
            if post := self.any_post(task__is_held=True):
                cases.remove_contribution(
                    usage_key=self.held, contribution_id=post.pk, actor_id=self.staff.pk, reason="Off topic"
                )

        def restore() -> None:
            post = Contribution.objects.filter(task__is_held=True, state="removed").order_by("?").first()
            if post is not None:
                cases.restore_contribution(usage_key=self.held, contribution_id=post.pk, actor_id=self.staff.pk)

        def dismiss() -> None:
            report = Report.objects.filter(state="open", task__is_held=True).first()
            if report is not None:
                cases.resolve_report(
                    usage_key=self.held, report_id=report.pk, actor_id=self.staff.pk, is_upheld=random.random() < 0.3
                )

        def close_and_reopen() -> None:
            cases.close_case(usage_key=self.held, actor_id=self.staff.pk)
            cases.reopen_case(usage_key=self.held, actor_id=self.staff.pk)

        def publish() -> None:
            self._configure(self.held, title="held", is_held=True, answers_wanted=random.choice([1, 2, 3]))

        def change_role() -> None:
            user = random.choice(self.learners)
            if not CourseAccessRole.objects.filter(user=user).delete()[0]:
                CourseAccessRole.objects.create(
                    user=user, org=self.course_key.org, course_id=self.course_key, role="staff"
                )

        return [remove, restore, dismiss, close_and_reopen, publish, change_role]

    def acts_of_jobs(self) -> list[Act]:
        """Return what runs by itself, outside any transaction."""

        def run_errands() -> None:
            people.run_errands(limit=50)

        def sweep_discussions() -> None:
            cases.sweep(limit=50)

        def fold() -> None:
            points.sweep_entries(50, min_age_seconds=0)

        def compare() -> None:
            points.compare_course(self.course_key, is_repair=True)

        return [run_errands, sweep_discussions, fold, compare]


@pytest.fixture
def town(lively_course: CourseKey) -> Town:
    """Return a course in which much happens."""
    return Town(lively_course)


@pytest.fixture
def clumsy_receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one receiver in ten fail after its work, so that errands run beside everything else."""

    def sometimes(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            if random.random() < 0.1:
                raise ValueError
            return result

        return act

    for name in ("record_post", "record_deletion", "record_vote", "record_flag"):
        monkeypatch.setattr(f"discussion_ext.api.{name}", sometimes(getattr(cases, name)))


def test_everything_at_once_deadlocks_nowhere(
    town: Town, clumsy_receivers: None, sweep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ("take_position", "answer", "start_elsewhere", "mark", "leave_and_come_back", "run_errands", "fold")
    crowd = Crowd(SECONDS, wanted=wanted)
    with Watch() as watch:
        crowd.run([*(town.acts_of(user) for user in town.learners), town.acts_of_team()], town.acts_of_jobs())
    assert not watch.ours, "\n".join(watch.ours)
    # Nobody is stopped by anything but the forum itself: a thread goes while somebody responds, or it deadlocks.
    assert [error for error in crowd.errors if "elsewhere" not in error.partition(":")[0]] == []
    for name in wanted:
        assert crowd.done[name], f"{name} never happened: {crowd.done}, {crowd.refused}"

    monkeypatch.undo()
    sweep()
    sweep()
    assert not Errand.objects.exists()
    assert not points.compare_course(town.course_key, is_repair=False)


@pytest.mark.isolation("read committed")
def test_rows_locked_in_another_order_do_deadlock(town: Town) -> None:
    """The twin: the watch sees a deadlock of ours, and the order is what keeps them away."""
    with transaction.atomic():
        posted = cases.post_position(usage_key=town.held, user_id=town.learners[0].pk, body=text_of(12))
        cases.post_position(usage_key=town.held, user_id=town.learners[1].pk, body=text_of(12))
    position = posted.contribution.id
    with transaction.atomic():
        posted = cases.post_answer(
            usage_key=town.held, contribution_id=position, user_id=town.learners[1].pk, body=text_of(8)
        )
    answer, between = posted.contribution.id, threading.Barrier(2)

    def lock(first: int, second: int) -> Exception | None:
        try:
            with transaction.atomic():
                Contribution.objects.select_for_update().get(pk=first)
                between.wait(timeout=30)
                Contribution.objects.select_for_update().get(pk=second)
        except OperationalError as error:
            return error
        finally:
            connection.close()
        return None

    with Watch() as watch, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lock, (position, answer), (answer, position)))
    assert [error.args[0] for error in results if error] == [1213]
    assert watch.deadlocks == [{"discussion_ext_contribution"}]
    assert len(watch.ours) == 1


@pytest.mark.isolation("read committed")
def test_a_deadlock_in_a_receiver_reaches_the_sender(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one failure that is not hidden: InnoDB has thrown the post away, to say that it stands would be a lie."""
    with transaction.atomic():
        posts = [
            cases.post_position(usage_key=town.held, user_id=user.pk, body=text_of(12)).contribution.id
            for user in town.learners[:2]
        ]
    real, between = cases.record_post, threading.Barrier(2)

    def lock(first: int, second: int) -> None:
        Contribution.objects.select_for_update().get(pk=first)
        between.wait(timeout=30)
        Contribution.objects.select_for_update().get(pk=second)

    def record_and_lock(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        lock(*posts)
        return result

    def cross() -> None:
        try:
            with transaction.atomic():
                # InnoDB ends the one that has changed less.
                Contribution.objects.filter(pk=posts[1]).update(helpful=5)
                for number in range(300):
                    PendingEvaluation.objects.create(task_id=1, user_id=10_000 + number)
                lock(*reversed(posts))
        finally:
            connection.close()

    monkeypatch.setattr("discussion_ext.api.record_post", record_and_lock)
    threads, errands = CommentThread.objects.count(), Errand.objects.count()
    with ThreadPoolExecutor(1) as pool:
        crossing = pool.submit(cross)
        with pytest.raises(OperationalError) as raised, transaction.atomic():
            forum_api.create_thread(
                title="Lost", body=text_of(16), course_id=town.course_id, user_id=str(town.learners[2].pk),
                commentable_id="general",
            )  # fmt: skip
        crossing.result()
    assert raised.value.args[0] == 1213
    assert (CommentThread.objects.count(), Errand.objects.count()) == (threads, errands)
