"""How facts are told: after the commit, at least once, and at nobody's cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification
from gamification.signals import TOTAL_CHANGED, TotalFactData
from people import api as people
from people.models import Errand
from people.upkeep import errands, facts

COURSE = CourseKey.from_string("course-v1:Meridian+LT1+2026")
NOW = datetime(2026, 11, 20, 9, 30, 0, 123, tzinfo=UTC)


def fact(points: int = 10) -> TotalFactData:
    return TotalFactData(user_id=7, course_key=COURSE, points=points, level=1, occurred_at=NOW)


def announce(points: int = 10) -> None:
    people.announce(TOTAL_CHANGED, fact(points), key="7 here")


@pytest.mark.django_db(transaction=True)
class TestMoment:
    """When a fact is told."""

    def test_it_is_told_when_the_transaction_is_committed(self, listen: Callable[..., list[Any]]) -> None:
        heard = listen(TOTAL_CHANGED)
        with transaction.atomic():
            announce()
            assert heard == []
        assert heard == [fact()]
        assert not Errand.objects.exists()

    def test_what_is_rolled_back_is_not_told(self, listen: Callable[..., list[Any]]) -> None:
        heard = listen(TOTAL_CHANGED)
        with transaction.atomic():
            announce()
            transaction.set_rollback(True)
        people.run_errands()
        assert heard == []

    def test_receivers_run_outside_of_any_transaction(self, listen: Callable[..., list[Any]]) -> None:
        inside: list[bool] = []
        listen(TOTAL_CHANGED, then=lambda _data: inside.append(connection.in_atomic_block))
        with transaction.atomic():
            announce()
        assert inside == [False]

    def test_announced_twice_before_it_is_told_it_is_told_once(self, listen: Callable[..., list[Any]]) -> None:
        heard = listen(TOTAL_CHANGED)
        with transaction.atomic():
            announce(10)
            announce(13)
        assert heard == [fact(13)]

    def test_nobody_listening_costs_nothing(self, django_assert_num_queries: Any) -> None:
        assert not TOTAL_CHANGED.has_listeners()
        with django_assert_num_queries(0):
            announce()


@pytest.mark.django_db(transaction=True)
class TestInterruption:
    """A process that dies between commit and telling."""

    def test_what_no_worker_took_is_told_by_the_sweep(
        self, listen: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard = listen(TOTAL_CHANGED)
        monkeypatch.setattr(errands, "_hand_over", lambda errand_id: None)
        with transaction.atomic():
            announce()
        assert heard == []
        people.run_errands()
        assert heard == [fact()]

    def test_a_worker_that_dies_while_telling_tells_again(self, listen: Callable[..., list[Any]]) -> None:
        def die(_data: Any) -> None:
            if len(heard) == 1:
                raise KeyboardInterrupt  # as a kill: nothing that comes after is done

        heard = listen(TOTAL_CHANGED, then=die)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            announce()
        people.run_errands(now=timezone.now() + timedelta(hours=1))
        assert heard == [fact(), fact()]
        assert not Errand.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("debug", [False, True])
class TestFailingReceivers:
    """A consumer's trouble is its own."""

    @pytest.mark.parametrize("error", [ValueError, DatabaseError])
    def test_the_others_hear_and_nothing_is_left(
        self, debug: bool, error: type[Exception], listen: Callable[..., list[Any]], settings: Any
    ) -> None:
        settings.DEBUG = debug

        def fail(_data: Any) -> None:
            raise error("no")

        first = listen(TOTAL_CHANGED, then=fail)
        second = listen(TOTAL_CHANGED)
        with transaction.atomic():
            announce()
        assert (first, second) == ([fact()], [fact()])
        assert not Errand.objects.exists()

    def test_the_points_stand(
        self, debug: bool, listen: Callable[..., list[Any]], settings: Any, points_course: CourseKey, learner: Any
    ) -> None:
        settings.DEBUG = debug

        def fail(_data: Any) -> None:
            with transaction.atomic():
                Errand.objects.create(id="x", kind="x", key="x", ticket="x", due_at=NOW, created_at=NOW)
                raise IntegrityError("no")

        listen(TOTAL_CHANGED, then=fail)
        gamification.record_activity(
            source="x:1",
            revision=1,
            user_id=learner.id,
            course_key=points_course,
            kind="case_finished",
            occurred_at=NOW,
        )
        assert gamification.get_standing(learner.id, points_course).points == 10


@pytest.mark.django_db
def test_a_fact_that_cannot_be_kept_is_lost_and_the_caller_is_not(
    listen: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_kwargs: Any) -> str:
        Errand.objects.create(id="x", kind=None)
        raise AssertionError

    listen(TOTAL_CHANGED)
    monkeypatch.setattr(facts, "add_errand", refuse)
    announce()
    assert Errand.objects.count() == 0, "and the transaction can go on"
    assert "people.fact_lost event=org.openedx.community.gamification.total.changed.v1 key=7 here" in caplog.text


@pytest.mark.django_db
def test_a_transaction_that_is_lost_is_no_success(
    listen: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As InnoDB does it after a deadlock: the savepoint is gone too."""

    def deadlock(*_args: Any, **_kwargs: Any) -> str:
        raise OperationalError(1213, "Deadlock found")

    listen(TOTAL_CHANGED)
    monkeypatch.setattr(facts, "add_errand", deadlock)
    monkeypatch.setattr(connection, "savepoint_rollback", deadlock)
    with transaction.atomic(), pytest.raises(OperationalError):
        announce()
    monkeypatch.undo()
    assert "people.fact_lost" not in caplog.text


def test_a_fact_survives_json() -> None:
    plain = facts.to_plain(fact())
    assert plain["course_key"] == str(COURSE)
    assert facts.from_plain(TotalFactData, {**plain, "dropped_field": 1}) == fact()
