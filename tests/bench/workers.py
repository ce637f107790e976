"""How much a worker gets done: our tasks against one that does nothing, all through a real broker to one process.

Every message is a fresh one: the post or mark it names waits to be completed, as after a commit.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import mock

from opaque_keys.edx.keys import CourseKey

from discussion_ext import api, edx_platform
from discussion_ext.contributions import held_course_id, held_topic_id
from discussion_ext.data import CaseConfigData
from discussion_ext.models import Contribution, HelpfulMark, PendingEvaluation, Task
from gamification import api as gamification
from tests.bench.people import make_learners
from tests.discussion_ext.conftest import text_of
from tests.workers.fleet import QUEUE, Fleet

COURSE: Final = CourseKey.from_string("course-v1:Bench+workers+1")
ROUNDS, MESSAGES = 7, 30
COMPLETE, FOLD, EMPTY = (
    f"community.{name}" for name in ("discussion_ext.complete_contribution", "discussion_ext.fold_mark", "people.rest")
)


def measure() -> dict[str, float]:
    """Return ``worker_complete_vs_empty`` and ``worker_fold_vs_empty``: messages a second, as parts of empty ones."""
    posts, marks = _leave_undone((ROUNDS + 1) * MESSAGES)
    fleet = Fleet(Path(os.environ["COMMUNITY_HOME"]))
    try:
        fleet.start_worker(imports="tests.bench.empty")
        works = {COMPLETE: iter(posts), FOLD: iter(marks), EMPTY: iter(range(len(posts)))}
        rates = _take_rates(fleet, works)
    finally:
        fleet.stop_all()
    assert not PendingEvaluation.objects.filter(task__course_id=str(COURSE)).exists()
    assert not HelpfulMark.objects.filter(contribution_id__in=posts, fold_due__isnull=False).exists()
    assert not Contribution.objects.filter(pk__in=posts, fold_due__isnull=False).exists()
    print("    " + ", ".join(f"{task}: {rate:.0f} a second" for task, rate in rates.items()))
    return {
        "worker_complete_vs_empty": rates[COMPLETE] / rates[EMPTY],
        "worker_fold_vs_empty": rates[FOLD] / rates[EMPTY],
    }


def _take_rates(fleet: Fleet, works: dict[str, Iterator[int]]) -> dict[str, float]:
    """Let the kinds alternate, so that noise hits all of them alike; the first round warms up."""
    found: dict[str, list[float]] = {task: [] for task in works}
    for number in range(ROUNDS + 1):
        for task, arguments in works.items():
            rate = _rate(fleet, task, [next(arguments) for _ in range(MESSAGES)])
            if number:
                found[task].append(rate)
    return {task: statistics.median(rates) for task, rates in found.items()}


def _rate(fleet: Fleet, task: str, arguments: list[int]) -> float:
    for argument in arguments:
        fleet.send(task, argument)
    waiting = fleet.redis.llen(QUEUE)
    started = time.perf_counter()
    while fleet.redis.llen(QUEUE) or fleet.redis.hlen("unacked"):
        time.sleep(0.001)
    return waiting / (time.perf_counter() - started)


def _leave_undone(number: int) -> tuple[list[int], list[int]]:
    """Have so many people post a position and so many mark one as helpful, and do nothing after the commits.

    Each in a case of its own: what one message does must not be done along with another.
    """
    api.set_on(COURSE, True, actor_id=None)
    gamification.set_on(COURSE, True, actor_id=None)
    people = make_learners(COURSE, number)
    with mock.patch("people.upkeep.background.BackgroundTask.apply_async", return_value=None):
        for index, user_id in enumerate(people):
            task = _make_case(f"busy{index}")
            key = edx_platform.create_thread(
                course_id=held_course_id(), topic_id=held_topic_id(task.pk), author_id=user_id,
                title=task.title, body=text_of(20, 1000 + index), is_held=True,
            )  # fmt: skip
            edx_platform.set_vote(key, course_id=held_course_id(), user_id=people[index - 1], is_up=True)
    posts = Contribution.objects.filter(author_id__in=people).order_by("pk").values_list("pk", flat=True)
    marks = HelpfulMark.objects.filter(user_id__in=people).order_by("pk").values_list("pk", flat=True)
    return list(posts), list(marks)


def _make_case(name: str) -> Task:
    case = COURSE.make_usage_key("case_discussion", name)
    config = CaseConfigData(title="The bakery", position_min=10, answer_min=5, look_back_min=5)
    api.sync_task(usage_key=case, course_key=COURSE, config=config)
    return Task.objects.get(usage_key=str(case))
