"""Folding when it is killed, repeated or late: nothing is lost, nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api, folding, ledger, reconciliation, statements
from gamification.models import Bucket, Entry, Total
from people.api import run_job
from people.models import JobRun

Do = Callable[..., Any]


class Killed(Exception):  # noqa: N818 - what it is
    """The process ends here."""


@contextmanager
def killed_after(count: int) -> Iterator[list[str]]:
    """Let ``count`` statements through, then end; what undoes a transaction always gets through."""
    seen: list[str] = []

    def watch(execute: Do, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("ROLLBACK", "SAVEPOINT", "RELEASE")):
            if len(seen) == count:
                raise Killed
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def count_statements(work: Callable[[], object]) -> int:
    with killed_after(1000) as seen:
        work()
    return len(seen)


@pytest.fixture
def not_at_once(monkeypatch: Any) -> None:
    """Record without folding right after commit, so that the test says when."""
    monkeypatch.setattr(ledger, "fold_after_commit", lambda **who: None)


def everything() -> tuple[Any, ...]:
    return (
        sorted(Total.objects.values_list("user_id", "points", "listing")),
        sorted(Bucket.objects.exclude(members=0).values_list("id", "members")),
        Entry.objects.filter(is_folded=False).count(),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("not_at_once")
@pytest.mark.parametrize("is_first", [True, False], ids=["first points", "more points"])
def test_a_fold_killed_between_any_two_statements_is_done_by_the_sweep(
    enrol: Do, plain_course: CourseKey, record: Do, fold: Do, void: Do, is_first: bool
) -> None:
    def prepare(user_id: int) -> None:
        if not is_first:
            record(user_id, "comment", source=f"first:{user_id}")
            fold(user_id)
            void(user_id, f"first:{user_id}", "comment")
        record(user_id, "comment")
        record(user_id)

    probe = enrol()
    prepare(probe)
    steps = count_statements(lambda: fold(probe))
    assert steps >= 5
    for step in range(steps):
        person = enrol()
        prepare(person)
        with pytest.raises(Killed), killed_after(step):
            fold(person)
        assert Entry.objects.filter(is_folded=False, user_id=person).exists(), "the kill came after the last statement"
        assert api.get_standing(person, plain_course).points == 13, "shown all the same"
        api.sweep_entries(min_age_seconds=0)
        assert Total.objects.get(user_id=person).points == 13
        assert not Entry.objects.filter(is_folded=False).exists()
        assert not api.compare_course(plain_course, is_repair=False)
        assert api.sweep_entries(min_age_seconds=0) == 0
    assert api.list_board(plain_course).total == steps + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("not_at_once")
def test_a_recording_killed_anywhere_leaves_nothing_or_a_line_that_will_be_folded(
    enrol: Do, plain_course: CourseKey, record: Do
) -> None:
    probe = enrol()
    steps = count_statements(lambda: record(probe))
    for step in range(steps):
        person = enrol()
        with pytest.raises(Killed), killed_after(step), transaction.atomic():
            record(person)
        lines = Entry.objects.filter(user_id=person).count()
        assert Entry.objects.filter(is_folded=False, user_id=person).count() == lines
        api.sweep_entries(min_age_seconds=0)
        assert api.get_standing(person, plain_course).points == 10 * lines


def test_an_error_while_folding_after_commit_never_reaches_the_request(
    person: int,
    plain_course: CourseKey,
    record: Do,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Do,
    caplog: Any,
) -> None:
    from django.db import OperationalError

    def deadlock(*args: Any) -> None:
        raise OperationalError(1213, "Deadlock found")

    with monkeypatch.context() as patch:
        patch.setattr(statements, "update_total", deadlock)
        with django_capture_on_commit_callbacks(execute=True):
            record(person)
    assert "gamification.fold_left_to_sweep" in caplog.text
    assert Entry.objects.filter(is_folded=False).count() == 1
    assert api.sweep_entries() == 0, "young lines are left to the fold that is under way"
    Entry.objects.filter(is_folded=False).update(recorded_at=timezone.now() - timedelta(minutes=5))
    assert api.sweep_entries() == 1
    assert api.get_rank(person, plain_course) == 1


def test_one_person_that_cannot_be_folded_does_not_keep_the_others_waiting(
    enrol: Do, plain_course: CourseKey, record: Do, monkeypatch: Any
) -> None:
    from django.db import OperationalError

    a, b = enrol(), enrol()
    record(a)
    record(b)
    real = folding.read_change

    def fail_for_a(*, course_id: int, user_id: int) -> folding.Change:
        if user_id == a:
            raise OperationalError(1205, "Lock wait timeout exceeded")
        return real(course_id=course_id, user_id=user_id)

    monkeypatch.setattr(folding, "read_change", fail_for_a)
    assert api.sweep_entries(min_age_seconds=0) == 1
    assert list(Entry.objects.filter(is_folded=False).values_list("user_id", flat=True)) == [a]


def test_folding_refuses_to_run_inside_a_transaction(person: int, record: Do, fold: Do) -> None:
    record(person)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        fold(person)
    assert fold(person) == 1


def test_folding_nothing_makes_no_total(person: int, fold: Do) -> None:
    assert fold(person) == 0
    assert not Total.objects.exists()


def test_a_long_backlog_is_shown_and_folded_whole(person: int, plain_course: CourseKey, record: Do, fold: Do) -> None:
    for _ in range(950):
        record(person)
    assert api.get_standing(person, plain_course).points == 9500
    assert fold(person) == 950
    assert api.get_standing(person, plain_course).points == 9500


def test_the_command_folds_and_says_so(person: int, record: Do, capsys: Any) -> None:
    record(person)
    call_command("fold_points")
    assert "Done: nothing." in capsys.readouterr().out
    call_command("fold_points", "--now", "--dry-run")
    assert "There is to do: lines to be folded: 1." in capsys.readouterr().out
    assert Entry.objects.filter(is_folded=False).count() == 1
    with pytest.raises(CommandError, match="--limit"):
        call_command("fold_points", "--limit", "0")
    call_command("fold_points", "--now")
    assert "lines folded: 1" in capsys.readouterr().out


class TestComparing:
    """``rebuild_boards`` finds and repairs whatever is wrong."""

    @pytest.fixture
    def people(self, enrol: Do, record: Do, fold: Do) -> list[int]:
        people = [enrol() for _ in range(4)]
        for number, user_id in enumerate(people):
            for _ in range(number + 1):
                record(user_id)
            fold(user_id)
        return people

    def damage_points(self, people: list[int]) -> None:
        Total.objects.filter(user_id=people[0]).update(points=999)

    def damage_shares(self, people: list[int]) -> None:
        Total.objects.filter(user_id=people[0]).update(by_kind={"comment": 10})

    def damage_listing(self, people: list[int]) -> None:
        Total.objects.filter(user_id=people[1]).update(listing=2)

    def damage_bars(self, people: list[int]) -> None:
        Bucket.objects.filter(pk=Bucket.objects.order_by("id").first().pk).update(members=7)

    def lose_bars(self, people: list[int]) -> None:
        Bucket.objects.all().delete()

    def lose_total(self, people: list[int]) -> None:
        Total.objects.filter(user_id=people[2]).delete()

    def add_bar(self, people: list[int]) -> None:
        statements.add_to_bars([(key, 3) for key in statements.list_bars(Total.objects.first().course_id, 77)])

    @pytest.mark.parametrize(
        "damage",
        ["damage_points", "damage_shares", "damage_listing", "damage_bars", "lose_bars", "lose_total", "add_bar"],
    )
    def test_what_is_wrong_is_said_then_repaired(
        self, people: list[int], plain_course: CourseKey, damage: str, capsys: Any
    ) -> None:
        right = everything()
        call_command("rebuild_boards")
        assert "wrong" not in capsys.readouterr().out
        nothing = (
            "Courses compared: 1. Other than in the ledger are totals: 0, places: 0, bars: 0. Nothing was changed.\n"
        )
        call_command("rebuild_boards", str(plain_course), "--dry-run")
        assert capsys.readouterr().out == nothing
        getattr(self, damage)(people)
        wrong = everything()
        call_command("rebuild_boards", str(plain_course), "--dry-run")
        said = capsys.readouterr().out
        assert said.startswith("Courses compared: 1. ")
        assert said != nothing
        assert everything() == wrong
        call_command("rebuild_boards")
        assert "wrong" in capsys.readouterr().out
        assert everything() == right
        call_command("rebuild_boards")
        assert "wrong" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("named", "said"),
        [
            ("nonsense", "nonsense is no key of a course; write it like course-v1:Org+Course+Run."),
            ("course-v1:Meridian+PTS+2062", "There is no course course-v1:Meridian+PTS+2062 on this site."),
        ],
    )
    @pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=["run", "dry-run"])
    def test_a_course_that_does_not_exist_is_refused(
        self, people: list[int], plain_course: CourseKey, options: list[str], named: str, said: str
    ) -> None:
        with pytest.raises(CommandError) as refusal:
            call_command("rebuild_boards", str(plain_course), named, *options)
        assert str(refusal.value) == said
        assert refusal.value.returncode == 1

    def test_what_waits_is_no_difference(self, people: list[int], plain_course: CourseKey, record: Do) -> None:
        record(people[0])
        assert not api.compare_course(plain_course, is_repair=True)
        assert Entry.objects.filter(is_folded=False).count() == 1

    def test_a_run_that_is_ended_is_followed_after_the_last_batch(
        self, people: list[int], plain_course: CourseKey, enrol: Do, record: Do, fold: Do, monkeypatch: Any
    ) -> None:
        other = CourseKey.from_string("course-v1:Meridian+PTS+2027")
        api.set_on(other, True, actor_id=None)
        record(enrol(course_key=other), course_key=other)
        call_command("fold_points", "--now")
        right = everything()
        Total.objects.update(points=1)
        monkeypatch.setattr(reconciliation, "BATCH", 2)
        runs = [run_job("gamification.rebuild_boards", seconds=0, is_continued=True) for _ in range(6)]
        # Four persons and the bars of one course, one person and the bars of the other, and nothing more.
        assert [run.counts.get("totals wrong") for run in runs] == [2, 2, 0, 1, 0, None]
        assert [run.is_unfinished for run in runs] == [True] * 5 + [False]
        assert everything() == right
        record_of_job = JobRun.objects.get(name="gamification.rebuild_boards")
        assert record_of_job.succeeded_at is not None
        assert record_of_job.cursor is None

    def test_memory_and_batches(self, people: list[int], plain_course: CourseKey, monkeypatch: Any) -> None:
        monkeypatch.setattr(reconciliation, "BATCH", 1)
        Total.objects.update(points=1)
        assert api.compare_course(plain_course, is_repair=True).totals == 4
        assert not api.compare_course(plain_course, is_repair=False)
