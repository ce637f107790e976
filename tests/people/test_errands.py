"""What must still be done is done once it can be, whoever runs it and however often it was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_delete
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people import api
from people.models import Errand
from people.upkeep import errands

pytestmark = pytest.mark.django_db


class Kind:
    """An errand kind of the test: keeps what it was run with, and fails while it is told to."""

    def __init__(self) -> None:
        self.ran: list[dict[str, int]] = []
        self.error: Exception | None = None
        self.meanwhile = lambda: None

    def __call__(self, facts: dict[str, int]) -> None:
        self.ran.append(dict(facts))
        self.meanwhile()
        if self.error:
            raise self.error


@pytest.fixture
def kind(monkeypatch) -> Kind:
    work = Kind()
    monkeypatch.setattr(errands, "_runs", {"test.work": work})
    return work


def add(key: str = "post:1", **facts: int) -> None:
    api.add_errand(kind="test.work", key=key, facts=facts)


def later(**delta: int):
    return timezone.now() + timedelta(**delta)


def test_done_once_and_gone(kind):
    add(post=1)
    assert api.run_errands().done == 1
    assert kind.ran == [{"post": 1}]
    assert not Errand.objects.exists()
    assert api.run_errands().total == 0


def test_asked_for_again_it_stays_one_with_the_newest_facts(kind):
    add(post=1)
    add(post=2)
    add("post:other", post=3)
    api.run_errands()
    assert sorted(facts["post"] for facts in kind.ran) == [2, 3]


def test_asked_for_again_it_may_keep_the_facts_that_it_has(kind):
    for post in (1, 2):
        api.add_errand(kind="test.work", key="post:1", facts={"post": post}, keeps_facts=True)
    api.run_errands()
    assert kind.ran == [{"post": 1}]


def test_what_arrives_during_the_work_is_done_afterwards(kind):
    def arrive() -> None:
        if len(kind.ran) == 1:
            add(post=2)

    kind.meanwhile = arrive
    add(post=1)
    assert api.run_errands().done == 1
    assert [facts["post"] for facts in kind.ran] == [1, 2]
    assert not Errand.objects.exists()


def test_what_arrives_while_it_is_deleted_is_done_where_somebody_listens_to_every_deletion(kind):
    """With such a receiver (audit plugins have one) Django reads the rows and then deletes them by their keys."""

    def listen(**_kwargs):
        pass

    pre_delete.connect(listen)
    try:
        add(post=1)
        with CaptureQueriesContext(connection) as queries:
            api.run_errands()
    finally:
        pre_delete.disconnect(listen)
    assert not Errand.objects.exists()
    statements = [query["sql"] for query in queries if "people_errand" in query["sql"]]
    assert [sql.split()[0] for sql in statements[-3:]] == ["UPDATE", "SELECT", "DELETE"], "locked before it is read"


def test_facts_that_keep_arriving_do_not_keep_the_runner(kind):
    kind.meanwhile = lambda: add(post=2)
    add(post=1)
    api.run_errands()
    assert len(kind.ran) == errands._REPEATS
    assert Errand.objects.get().claimed_until is None


def test_a_failing_one_stops_nobody_and_waits_longer_each_time(kind, settings):
    settings.PEOPLE_ERRAND_RETRY_MINUTES = [10, 100]
    kind.error = ValueError("a learner's words")
    add("bad", post=1)
    moment = timezone.now()
    pauses = []
    for _ in range(3):
        run = api.run_errands(now=moment)
        assert (run.done, run.failed) == (0, 1)
        assert api.run_errands(now=moment + timedelta(minutes=7)).total == 0
        row = Errand.objects.get()
        pauses.append((row.due_at - moment) / timedelta(minutes=1))
        moment = row.due_at
    assert 8 <= pauses[0] <= 12
    assert all(80 <= pause <= 120 for pause in pauses[1:])
    assert (row.attempts, row.error) == (3, "ValueError")
    kind.error = None
    add("good", post=2)
    assert api.run_errands(now=moment).done == 2


def test_pauses_differ_so_that_a_crowd_does_not_come_back_at_once(kind):
    kind.error = ValueError()
    for number in range(20):
        add(f"post:{number}")
    assert api.run_errands().failed == 20
    assert len(set(Errand.objects.values_list("due_at", flat=True))) > 10


def test_a_new_fact_makes_a_waiting_one_due_and_the_failures_stay_counted(kind):
    kind.error = ValueError()
    add(post=1)
    api.run_errands()
    assert api.count_errands() == 0
    add(post=2)
    assert api.count_errands() == 1
    assert Errand.objects.get().attempts == 1


def test_nobody_runs_what_somebody_else_has_until_the_claim_lapses(kind, settings):
    settings.PEOPLE_ERRAND_CLAIM_MINUTES = 30
    add(post=1)
    errands._claim(Errand.objects.get().pk, timezone.now())  # and then this runner is killed
    assert api.run_errands().total == 0
    assert api.run_errands(now=later(minutes=31)).done == 1
    assert not Errand.objects.exists()


def test_not_before_its_moment(kind):
    api.add_errand(kind="test.work", key="k", facts={}, due_at=later(hours=1))
    assert api.run_errands().total == 0
    assert api.run_errands(now=later(hours=2)).done == 1


def test_a_limit_and_batches(kind, monkeypatch):
    monkeypatch.setattr(errands, "_BATCH", 2)
    for number in range(7):
        add(f"post:{number}")
    assert api.run_errands(limit=5).done == 5
    assert api.run_errands(limit=5).done == 2


def test_only_one_kind(kind, monkeypatch):
    other = Kind()
    monkeypatch.setitem(errands._runs, "test.other", other)
    add()
    api.add_errand(kind="test.other", key="k", facts={})
    api.run_errands(kind="test.other")
    assert (len(kind.ran), len(other.ran)) == (0, 1)


def test_what_nobody_here_can_do_stays_and_is_seen(kind, monkeypatch, settings):
    settings.PEOPLE_ERRAND_STUCK_ATTEMPTS = 2
    add()
    assert api.list_stuck_errands() == []
    monkeypatch.setattr(errands, "_runs", {"test.other": Kind()})
    assert api.run_errands().total == 0
    (stuck,) = api.list_stuck_errands()
    assert (stuck.kind, stuck.is_known) == ("test.work", False)


def test_what_fails_for_ever_is_kept_and_seen(kind, settings):
    settings.PEOPLE_ERRAND_STUCK_ATTEMPTS = 3
    kind.error = RuntimeError()
    add()
    for days in range(1, 5):
        api.run_errands(now=later(days=days))
    (stuck,) = api.list_stuck_errands()
    assert (stuck.attempts, stuck.error, stuck.is_known) == (4, "RuntimeError", True)


def test_right_after_the_commit(kind, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        api.add_errand(kind="test.work", key="k", facts={"post": 1}, run_after_commit=True)
        assert kind.ran == []
    assert kind.ran == [{"post": 1}]
    assert not Errand.objects.exists()


def test_a_broker_that_is_down_costs_nothing(kind, django_capture_on_commit_callbacks, monkeypatch):
    def refuse(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("people.tasks.run_errand_task.delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        api.add_errand(kind="test.work", key="k", facts={}, run_after_commit=True)
    assert api.run_errands().done == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "nobody"}, "kind"),
        ({"key": ""}, "key"),
        ({"facts": {"when": timezone.now}}, "facts"),
        ({"due_at": timezone.now().replace(tzinfo=None)}, "due_at"),
    ],
)
def test_what_cannot_be_kept_is_refused(kind, change, field):
    with pytest.raises(api.InvalidErrandError) as raised:
        api.add_errand(**{"kind": "test.work", "key": "k", "facts": {}} | change)
    assert raised.value.field == field
    assert not Errand.objects.exists()


def test_long_keys_that_begin_alike_are_two(kind):
    add("ü" * 300 + "a", post=1)
    add("ü" * 300 + "b", post=2)
    assert api.run_errands().done == 2


def test_a_kind_has_one_runner(kind):
    api.register_errand("test.work", kind)
    with pytest.raises(api.InvalidErrandError):
        api.register_errand("test.work", Kind())


def test_the_command(kind, capsys):
    add("a")
    add("b")
    call_command("run_errands", "--dry-run")
    assert kind.ran == []
    call_command("run_errands")
    assert len(kind.ran) == 2
    assert "Done: done: 2." in capsys.readouterr().out


def test_operators_see_them_and_try_again(kind, admin_client, django_capture_on_commit_callbacks):
    kind.error = ValueError()
    add("post:17")
    api.run_errands()
    address = reverse("admin:people_errand_changelist")
    page = admin_client.get(address).content.decode()
    assert "post:17" in page
    assert "ValueError" in page
    kind.error = None
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(address, {"action": "run_again", "_selected_action": [Errand.objects.get().pk]})
    assert not Errand.objects.exists()
