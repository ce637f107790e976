"""A beat that was stopped for three days and is started again: everything is caught up, and nothing comes in a flood.

The processes are real. The three days are not waited for: the beat's own file is set back, and so are the rows.
"""

from __future__ import annotations

import shelve
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from discussion_ext.models import Contribution, PendingEvaluation
from gamification.models import Entry
from people import api as people
from people.models import Delivery, Errand, JobRun
from tests.workers.fleet import QUEUE, Fleet
from tests.workers.order import assert_in_order, read_mails

JOB = "community.people.run_job"
DAYS = timedelta(days=3)
MAILS, READERS = 80, 4

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.django_db(transaction=True),
    pytest.mark.isolation("read committed"),
]


def read_messages(fleet: Fleet) -> list[dict[str, object]]:
    """Return what waits in the queue."""
    from kombu.utils.json import loads

    found = []
    for raw in fleet.redis.lrange(QUEUE, 0, -1):
        headers = loads(raw)["headers"]
        found.append({"task": headers["task"], "job": headers["argsrepr"], "expires": headers["expires"]})
    return found


def wait_for_round(fleet: Fleet) -> None:
    """Wait until the beat has asked for every job."""
    fleet.wait_for(lambda: fleet.redis.llen(QUEUE) >= len(settings.PEOPLE_JOBS), "the beat's first round")


@pytest.fixture
def neglected(make_case: Callable, enrol: Callable, post_elsewhere: Callable) -> int:
    """Leave three days of work undone: posts, points, mails, errands; return how many mails are of no use any more."""
    case = make_case()
    for _ in range(12):
        post_elsewhere(case, enrol())
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("discussion_ext.api.record_post", lambda _post: 1 / 0)
        for _ in range(3):
            post_elsewhere(case, enrol())
    readers = [enrol() for _ in range(READERS)]
    for number in range(MAILS):
        context = {"course_name": "Leading teams", "case_title": f"Mail {number}", "url": "/courses/x"}
        people.request_delivery(
            key=f"test:{number}", user_id=readers[number % READERS], kind="case_answered", context=context
        )
        asked = timezone.now() - timedelta(hours=72 * (1 - number / MAILS))
        Delivery.objects.filter(key=f"test:{number}").update(due_at=asked, useful_until=asked + timedelta(hours=48))
    past = timezone.now() - DAYS
    Errand.objects.update(due_at=past)
    Entry.objects.update(recorded_at=past)
    PendingEvaluation.objects.update(created_at=past)
    for name in settings.PEOPLE_JOBS:
        JobRun.objects.create(name=name, started_at=past, finished_at=past, succeeded_at=past)
    return Delivery.objects.filter(useful_until__lt=timezone.now()).count()


def test_a_beat_started_after_three_days(neglected, start_fleet, tmp_path):
    assert all(job.is_late for job in people.list_jobs() if job.every_seconds and job.every_seconds < 86_400)
    fleet = start_fleet()
    _stop_for_three_days(fleet)

    beat = fleet.start_beat()
    wait_for_round(fleet)
    messages = read_messages(fleet)
    fleet.kill(beat)
    # One message for each job, not one for each time it was missed, and none that is worth anything much later.
    assert {message["task"] for message in messages} == {JOB}
    assert Counter(message["job"] for message in messages) == {f"['{name}']": 1 for name in settings.PEOPLE_JOBS}
    for message in messages:
        until = datetime.fromisoformat(str(message["expires"]))
        assert until.replace(tzinfo=until.tzinfo or UTC) <= timezone.now() + timedelta(hours=1)

    fleet.start_worker()
    fleet.wait_idle()
    assert not any(job.is_late for job in people.list_jobs())
    assert not PendingEvaluation.objects.exists()
    assert Contribution.objects.count() == 15
    # Of the mails, what is of no use is left, and nobody gets more than an hour's worth.
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert 0 < neglected == states["skipped"]
    assert states["sent"] == sum(read_mails(tmp_path).values()) == READERS * settings.PEOPLE_DELIVERY_MOST_PER_HOUR
    assert states["pending"] == MAILS - neglected - states["sent"] > 0, "they go out in the hours to come"
    assert Delivery.objects.filter(state="pending", due_at__lte=timezone.now()).count() == 0

    Delivery.objects.filter(state="pending").delete()
    Delivery.objects.filter(state="skipped").delete()
    # The repaired posts' points came after the sweep of points; the next round of the beat takes them.
    Entry.objects.filter(is_folded=False).update(recorded_at=timezone.now() - DAYS)
    JobRun.objects.update(succeeded_at=timezone.now() - DAYS)
    for name in settings.PEOPLE_JOBS:
        fleet.send(JOB, name)
    fleet.wait_idle()
    assert_in_order(tmp_path)


def test_a_worker_started_after_three_days_under_a_running_beat(neglected, start_fleet):
    """The messages of three days lie in the queue: all but the last have expired and are dropped unread."""
    fleet = start_fleet()
    for _ in range(200):
        for name in settings.PEOPLE_JOBS:
            fleet.sender.send_task(JOB, args=[name], queue=QUEUE, expires=0.1)
    time.sleep(0.2)
    started = timezone.now()
    fleet.start_worker()
    fleet.wait_idle()
    assert not JobRun.objects.filter(started_at__gt=started).exists()
    assert PendingEvaluation.objects.exists()
    fleet.send(JOB, "discussion_ext.sweep_discussions")
    fleet.wait_idle()
    assert not PendingEvaluation.objects.exists()


def _stop_for_three_days(fleet: Fleet) -> None:
    """Run the beat for a moment, end it, and set back when it last asked for anything."""
    beat = fleet.start_beat()
    # Said when the file is written.
    fleet.wait_for(lambda: b"Current schedule" in (fleet.folder / "beat0.log").read_bytes(), "the beat's first start")
    fleet.terminate(beat)
    with shelve.open(str(fleet.folder / "beat-schedule"), writeback=True) as store:  # noqa: S301 - our own process's
        assert set(settings.PEOPLE_JOBS) <= set(store["entries"])
        for entry in store["entries"].values():
            entry.last_run_at -= DAYS
    fleet.redis.flushdb()
