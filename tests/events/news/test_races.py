"""Many at once, on a server database at both isolation levels. A race has a twin that shows it without the lock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from chapters.api import event_mails
from chapters.data import EventMailAudience, EventMailData
from chapters.events import crowds, mails, reminders
from chapters.models import Event, EventMail, EventNotice
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_chapter, make_organizer
from tests.events.news.conftest import EVENING, HOUR, answer, plan_event

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
_forms = itertools.count(1)


def race(*acts: Callable[[], Any], is_request: bool = True) -> list[Any]:
    """Run acts at once, each as a request (one transaction that has read before) or as a worker; errors are results."""
    start = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            if not is_request:
                connection.ensure_connection()
                start.wait()
                return act()
            with transaction.atomic():
                list(EventMail.objects.all())
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def writes(event: Event, actor_id: int, *, key: str = "") -> Callable[[], EventMailData]:
    """Return a letter that is about to be sent."""
    return lambda: event_mails.send_mail(
        event_id=event.pk,
        actor_id=actor_id,
        audience=EventMailAudience.GOING,
        subject="Bring a pen",
        body="We write by hand.",
        request_key=key or f"form-{next(_forms)}",
    )


@pytest.fixture
def start(settings: Any) -> Callable[[], tuple[Event, int]]:
    """Return a way to make an evening and its organizer."""
    settings.CHAPTERS_CHAPTER_MAILS = ""
    settings.CHAPTERS_ACT_LIMITS = {"event_mail": ""}

    def make() -> tuple[Event, int]:
        chapter = make_chapter()
        return plan_event(chapter), make_organizer(chapter)

    return make


def test_one_form_that_is_sent_three_times_at_once_is_one_letter(start):
    for _ in range(ROUNDS):
        event, lead = start()
        key = f"form-{next(_forms)}"
        outcomes = race(*[writes(event, lead, key=key)] * 3)
        assert len({each.id for each in outcomes}) == 1, outcomes
        assert EventMail.objects.filter(event=event).count() == 1


def test_of_five_letters_at_once_three_are_sent(start):
    for _ in range(ROUNDS):
        event, lead = start()
        outcomes = race(*(writes(event, lead) for _ in range(5)))
        assert sum(isinstance(each, people.TooFastError) for each in outcomes) == 2, outcomes
        assert EventMail.objects.filter(event=event).count() == 3


def test_without_the_lock_more_are_sent(start, monkeypatch):
    """The twin: who counts without locks sees what was there before."""
    event, lead = start()
    for _ in range(2):
        writes(event, lead)()
    meet = threading.Barrier(3, timeout=20)
    check = mails._check_event_limit

    def check_and_wait(row: Event, now: datetime) -> None:
        check(row, now)
        row.letters += next(_forms)  # a number of its own, which the lock would have given
        meet.wait()

    monkeypatch.setattr(mails, "lock_event", lambda event_id: Event.objects.get(pk=event_id))
    monkeypatch.setattr(mails, "_check_event_limit", check_and_wait)
    race(*(writes(event, lead) for _ in range(3)))
    assert EventMail.objects.filter(event=event).count() == 5


def test_letters_about_neighbouring_events_do_not_stop_each_other(start):
    for _ in range(ROUNDS):
        made = [start() for _ in range(4)]
        outcomes = race(*(writes(event, lead) for event, lead in made))
        kinds = [type(each).__name__ for each in outcomes]
        assert kinds == ["EventMailData"] * 4, kinds


def test_two_workers_with_one_errand_tell_everybody_once(start, monkeypatch):
    """A claim that lapsed while its worker was still at it."""
    monkeypatch.setattr(crowds, "_BATCH", 5)
    event, _lead = start()
    readers = [answer(event).user_id for _ in range(20)]
    facts = {"event_id": event.pk, "kind": "event_called_off", "part": "1", "sequence": 1, "chapter_id": 1}
    for number in range(ROUNDS):
        told = {**facts, "part": str(number)}
        outcomes = race(*[lambda told=told: crowds.tell_crowd(told)] * 3, is_request=False)
        assert outcomes == [None] * 3
        found = NewsItem.objects.filter(key__startswith=f"event_called_off:{event.pk}:{number}:")
        assert sorted(found.values_list("user_id", flat=True)) == sorted(readers)


def test_two_runs_of_the_job_leave_one_notice(start, clock):
    events = [start()[0] for _ in range(3)]
    clock.set(EVENING - HOUR)
    (batch,) = [each for each in reminders._iterate_due(clock.now) if each]
    assert len(batch) == len(events)
    outcomes = race(*[lambda: [reminders._begin(due) for due in batch]] * 3, is_request=False)
    assert [sum(each) for each in zip(*outcomes, strict=True)] == [1, 1, 1], outcomes
    assert EventNotice.objects.count() == 3
