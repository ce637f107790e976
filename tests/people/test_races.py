"""Two at once, on a server database: one claim, one name each. Each race has a twin that shows it is real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from people import api, deliveries, news, news_kinds, pseudonyms
from people.data import NewsItemData, NewsKindData, NewsLineData
from people.models import Delivery, NewsItem, Pseudonym
from people.upkeep import errands

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

COURSE = "course-v1:A+B+C"
NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)


def together(count: int, act: Callable[[threading.Barrier, int], Any]) -> list[Any]:
    """Run an act in threads with connections of their own; each passes the barrier when all are ready."""
    barrier = threading.Barrier(count, timeout=20)

    def run(number: int) -> Any:
        connection.ensure_connection()
        try:
            return act(barrier, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def delivery(person) -> int:
    api.request_delivery(key="k", user_id=person.pk, kind="case_answered", context={}, not_before=NOON)
    return Delivery.objects.get().pk


def test_one_of_many_senders_gets_the_claim(delivery):
    def claim(barrier, _number):
        barrier.wait()
        return deliveries.claim_delivery(delivery, now=NOON)

    tokens = [token for token in together(8, claim) if token]
    assert len(tokens) == 1
    assert Delivery.objects.get().claim_token == tokens[0]


def test_senders_of_different_mails_do_not_deadlock(person):
    """Few are due, and so a server may find each of them by what is due: they meet there, whoever claims which."""
    for number in range(8):
        api.request_delivery(key=f"{number}", user_id=person.pk, kind="case_answered", context={}, not_before=NOON)
    numbers = list(Delivery.objects.values_list("pk", flat=True))

    def send(barrier, number):
        barrier.wait()
        return api.process_delivery(numbers[number], now=NOON)

    outcomes = together(8, send)
    assert set(outcomes) <= {"sent", "postponed"}
    assert outcomes.count("sent") == Delivery.objects.filter(state="sent").count() > 0


def test_looking_before_claiming_would_give_it_to_all(delivery):
    def look_then_claim(barrier, number):
        row = Delivery.objects.get(pk=delivery)
        is_free = row.state == "pending"
        barrier.wait()
        if is_free:
            Delivery.objects.filter(pk=delivery).update(state="claimed", claim_token=str(number))
        return is_free

    assert all(together(4, look_then_claim))


def test_an_errand_that_somebody_adds_again_holds_nobody_up(monkeypatch):
    done = []
    monkeypatch.setattr(errands, "_runs", {"test.work": lambda facts: done.append(facts["number"])})
    for number in range(3):
        api.add_errand(
            kind="test.work",
            key=str(number),
            facts={"number": number},
            due_at=timezone.now() - timedelta(minutes=3 - number),
        )
    added, swept = threading.Event(), threading.Event()

    def add_again():
        try:
            with transaction.atomic():
                for number in range(2):
                    api.add_errand(kind="test.work", key=str(number), facts={"number": number})
                added.set()
                assert swept.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(add_again)
        assert added.wait(20)
        started = time.monotonic()
        try:
            run = api.run_errands(limit=1)
            took = time.monotonic() - started
        finally:
            swept.set()
        adding.result()
    assert (run.done, run.taken, done) == (1, 2, [2])
    assert took < 5, "it waited for a lock"
    assert api.run_errands().done == 2
    assert sorted(done) == [0, 1, 2]


def test_one_of_many_runners_gets_the_errand(monkeypatch):
    done = []
    monkeypatch.setattr(errands, "_runs", {"test.work": lambda facts: done.append(facts["number"])})
    errand_id = api.add_errand(kind="test.work", key="1", facts={"number": 1})

    def run(barrier, _number):
        barrier.wait()
        return api.run_errand(errand_id)

    outcomes = together(8, run)
    assert done == [1]
    assert sorted(outcomes) == ["done"] + ["taken"] * 7


def test_many_requests_of_one_key_store_one_delivery(person):
    def request(barrier, _number):
        barrier.wait()
        return api.request_delivery(key="k", user_id=person.pk, kind="case_answered", context={}, not_before=NOON)

    assert sorted(together(6, request)) == [False] * 5 + [True]
    assert Delivery.objects.count() == 1


def test_many_allocations_at_once_agree_on_everybody(monkeypatch):
    """Few names and many people, so that every round has losers; all see the same names in the end."""
    monkeypatch.setattr(pseudonyms, "_candidate", lambda user_id, _context, attempt: f"Name {(user_id + attempt) % 70}")
    monkeypatch.setattr(pseudonyms, "_ROUNDS", 70)

    def allocate(barrier, number):
        ids = range(number * 10, number * 10 + 30)
        barrier.wait()
        return api.pseudonyms(ids, context_key=COURSE)

    results = together(4, allocate)
    stored = dict(Pseudonym.objects.values_list("user_id", "text"))
    assert len(stored) == len(set(stored.values())) == 60
    for found in results:
        assert len(found) == 30
        assert found.items() <= stored.items()


def test_looking_for_a_free_name_first_would_give_it_twice():
    def look_then_take(barrier, number):
        is_free = not Pseudonym.objects.filter(context_key=COURSE, text="Quiet Heron").exists()
        barrier.wait()
        return "Quiet Heron" if is_free else f"Quiet Heron {number}"

    assert together(2, look_then_take) == ["Quiet Heron", "Quiet Heron"]


def test_many_first_choices_at_once_do_not_block_each_other():
    """At the strictest level in use: a locking look for a missing row would lock the gap and deadlock."""

    def choose(barrier, number):
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        barrier.wait()
        with transaction.atomic():
            return api.choose_name(user_id=number, surface="board", context_key=COURSE, choice="hidden").value

    assert together(8, choose) == ["hidden"] * 8
    assert api.list_hidden(range(8), surface="board", context_key=COURSE) == set(range(8))


def test_pressing_the_button_twice_at_once_is_no_error(person):
    def stop(barrier, _number):
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with transaction.atomic():
            api.is_subscribed(person.pk, "case_answered")  # what the request has seen so far
            barrier.wait()
            api.unsubscribe(person.pk, "case_answered")

    together(4, stop)
    assert not api.is_subscribed(person.pk, "case_answered")


class TestAskingAgain:
    """Many items are asked for again and again, and their keys lie among each other."""

    @pytest.fixture
    def ask(self, person, monkeypatch) -> Callable[[], list[Any]]:
        """Return what has two ask again for an item each, and then for a new one beside the other's."""
        monkeypatch.setattr(news, "_hash", lambda key: key)
        monkeypatch.setattr(
            news_kinds, "_KINDS", {"due": NewsKindData(name="due", say=lambda *_args: NewsLineData("", "", ""))}
        )

        def add(key: str) -> None:
            item = NewsItemData(key=key, user_id=person.pk, kind="due", context={})
            api.add_news_for_many([item])

        def act(barrier, number):
            try:
                with transaction.atomic():
                    add(("b", "d")[number])
                    barrier.wait()
                    add(("c", "a")[number])
            except OperationalError as error:
                return error
            return None

        def run() -> list[Any]:
            add("b")
            add("d")
            return together(2, act)

        return run

    def test_they_do_not_deadlock(self, ask):
        assert ask() == [None, None]
        assert set(NewsItem.objects.values_list("key", flat=True)) == {"a", "b", "c", "d"}

    def test_without_looking_first_they_do(self, ask, monkeypatch):
        monkeypatch.setattr(news, "_list_known", lambda _hashes: set())
        assert sorted(map(type, ask()), key=str) == sorted([OperationalError, type(None)], key=str)
