"""What our receivers cost somebody who posts."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string
from opaque_keys.edx.keys import CourseKey

from tests.bench.people import make_learners

POSITIONS = 40
AUTHORS = 120
ROUNDS = 250
TOPIC = "bench-table"


def receiver_share_of_post() -> float:
    """Return the part of a post's time that our receivers take: 0.25 is a quarter.

    The post is an answer in an open case through the forum's own ``create_parent_comment``, with points on: the one of
    which we do most. A request is one transaction with its commit and what is done in the process after it; work for
    workers is handed to a broker that takes it and does nothing. Posts with and without our receivers alternate.
    """
    from forum import api as forum_api

    course_id, threads, authors = _make_course()
    turns = itertools.cycle(itertools.product(threads, authors))
    numbers = itertools.count()

    def post() -> None:
        thread_id, author_id = next(turns)
        number = next(numbers)
        with transaction.atomic():
            forum_api.create_parent_comment(
                thread_id=thread_id,
                body=" ".join(f"word{number}x{index}" for index in range(60)),
                user_id=str(author_id),
                course_id=course_id,
                anonymous=False,
                anonymous_to_peers=False,
            )

    with _handed_over_only():
        for _ in range(10):
            post()
        share, ours, theirs = _compare(post)
        with CaptureQueriesContext(connection) as with_us:
            post()
        with _without_receivers(), CaptureQueriesContext(connection) as without_us:
            post()
    print(
        f"    a post {(ours + theirs) * 1000:.1f} ms and {len(with_us)} statements,"
        f" without us {theirs * 1000:.1f} ms and {len(without_us)}"
    )
    return share


def _compare(post: Callable[[], None]) -> tuple[float, float, float]:
    """Return our share, and the median seconds of our part and of the forum's."""
    with_us, without_us = [], []
    for _ in range(ROUNDS):
        with_us.append(_time(post))
        with _without_receivers():
            without_us.append(_time(post))
    whole, bare = statistics.median(with_us), statistics.median(without_us)
    return (whole - bare) / whole, whole - bare, bare


def _time(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _make_course() -> tuple[str, list[str], list[int]]:
    """Return a course with an open case, the threads in which positions were taken, and people who have points."""
    from forum import api as forum_api

    from discussion_ext import api as cases
    from discussion_ext.data import CaseConfigData
    from gamification import api as points

    course_key = CourseKey.from_string("course-v1:Bench+receivers+1")
    cases.set_on(course_key, True, actor_id=1)
    points.set_on(course_key, True, actor_id=1)
    config = CaseConfigData(title="A measure", position_min=10, answer_min=5, is_held=False, topic_id=TOPIC)
    usage_key = course_key.make_usage_key("case_discussion", "bench")
    cases.sync_task(usage_key=usage_key, course_key=course_key, config=config)
    people = make_learners(course_key, POSITIONS + AUTHORS)
    for user_id in people:  # somebody's first points also make the total and decide about the board
        points.record_activity(
            source=f"bench-first:{user_id}",
            revision=1,
            user_id=user_id,
            course_key=course_key,
            kind="check_in",
            occurred_at=timezone.now(),
        )
    threads = [
        forum_api.create_thread(
            title="A position",
            body=" ".join(f"start{number}x{index}" for index in range(60)),
            course_id=str(course_key),
            user_id=str(user_id),
            commentable_id=TOPIC,
        )["id"]
        for number, user_id in enumerate(people[:POSITIONS])
    ]
    return str(course_key), [str(thread) for thread in threads], people[POSITIONS:]


@contextmanager
def _handed_over_only() -> Iterator[None]:
    """Let work for workers be sent to a broker in memory, where nobody takes it."""
    from embedded_host.celery import APP

    before = {"task_always_eager": APP.conf.task_always_eager, "broker_url": APP.conf.broker_url}
    APP.conf.update(task_always_eager=False, broker_url="memory://")
    try:
        yield
    finally:
        APP.conf.update(**before)


@contextmanager
def _without_receivers() -> Iterator[None]:
    """Disconnect everything of ours that hears of the forum's rows."""
    wires = list(_list_wires())
    for signal, sender, uid, _receiver in wires:
        signal.disconnect(sender=sender, dispatch_uid=uid)
    try:
        yield
    finally:
        for signal, sender, uid, receiver in wires:
            signal.connect(receiver, sender=sender, dispatch_uid=uid, weak=False)


def _list_wires() -> Iterator[tuple[Any, Any, str, Any]]:
    config = apps.get_app_config("discussion_ext")
    signals = config.plugin_app["signals_config"]["lms.djangoapp"]
    for entry in signals["receivers"]:
        if entry.get("sender_path", "").startswith("forum."):
            receiver = import_string(f"discussion_ext.{signals['relative_path']}.{entry['receiver_func_name']}")
            yield (
                import_string(entry["signal_path"]),
                import_string(entry["sender_path"]),
                entry["dispatch_uid"],
                receiver,
            )
