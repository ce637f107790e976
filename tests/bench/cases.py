"""Figures of a case: what its page costs with ten contributions and with ten thousand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.data import CaseConfigData
from discussion_ext.models import Contribution, Task, TaskGroup
from gamification import api as gamification
from tests.bench.figures import analyse, compare_rates
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+case+1")
FEW, MANY = 10, 10_000
POSITION = "I would ask the night shift first, because they know what the label said before anybody changed the recipe."


def measure() -> dict[str, float]:
    """Return ``case_view_queries`` and ``case_view_time_10k_vs_10``: our own work, without login and course tree."""
    api.set_on(COURSE, True, actor_id=None)
    gamification.set_on(COURSE, True, actor_id=None)
    learner, *authors = make_learners(COURSE, MANY // 2 + 1)
    few, many = _make_case("few", learner, authors, FEW), _make_case("many", learner, authors, MANY)
    analyse(Contribution._meta.db_table, TaskGroup._meta.db_table)

    def view(case: UsageKey) -> None:
        assert api.view_case(usage_key=case, user_id=learner).peers.contributions

    queries = {case: _count_queries(lambda case=case: view(case)) for case in (few, many)}
    assert queries[few] == queries[many], f"queries grow with the crowd: {queries[few]} and {queries[many]}"
    rate_few, rate_many = compare_rates(lambda: view(few), lambda: view(many), slices=7, seconds=0.8)
    print(f"    {queries[many]} queries; {1000 / rate_few:.1f} ms with {FEW}, {1000 / rate_many:.1f} ms with {MANY:,}")
    return {"case_view_queries": queries[many], "case_view_time_10k_vs_10": rate_few / rate_many}


def _make_case(name: str, learner: int, authors: list[int], number: int) -> UsageKey:
    """Make a held case with so many contributions: positions, and answers for half of them; one position is ours."""
    case = COURSE.make_usage_key("case_discussion", name)
    config = CaseConfigData(title="The bakery", position_min=10, answer_min=5, look_back_min=5)
    api.sync_task(usage_key=case, course_key=COURSE, config=config)
    api.open_case(usage_key=case, user_id=learner)
    api.post_position(usage_key=case, user_id=learner, body=POSITION)
    task = Task.objects.get(usage_key=str(case))
    # With few they all fit on the first page, which is then as long as with many.
    answered = 0 if number <= FEW else number // 2
    writers = authors[: number - 1 - answered]
    first = 1_000_000 * (task.pk + 1)
    positions = Contribution.objects.bulk_create(
        (
            _row(task, first + index, author, kind="position", answers=int(index < answered / 2))
            for index, author in enumerate(writers)
        ),
        batch_size=2_000,
    )
    keyed = list(Contribution.objects.filter(task=task, kind="position").exclude(author_id=learner).order_by("pk"))
    assert len(positions) == len(keyed)
    Contribution.objects.bulk_create(
        (
            _row(
                task, first + number + index, writers[-1 - index % len(writers)], kind="answer",
                parent=keyed[index // 2], root=keyed[index // 2], parent_author_id=keyed[index // 2].author_id,
                ordinal=1 + index % 2,
            )
            for index in range(answered)
        ),
        batch_size=2_000,
    )  # fmt: skip
    TaskGroup.objects.update_or_create(task=task, group_id=0, defaults={"positions": len(writers) + 1})
    assert Contribution.objects.filter(task=task).count() == number
    return case


def _row(task: Task, number: int, author: int, **values: object) -> Contribution:
    moment = timezone.now() - timedelta(days=1)
    return Contribution(
        course_id=task.course_id, task=task, forum_key=f"thread:{number}", author_id=author,
        body=f"{POSITION} ({number})", body_hash=f"{number:x}", words=20, length=len(POSITION), created_at=moment,
        worded_at=moment, fold_due=None, is_counted=True, **values,
    )  # fmt: skip


def _count_queries(view: Callable[[], None]) -> int:
    view()  # names and pseudonyms are given at the first look
    with CaptureQueriesContext(connection) as queries:
        view()
    return len(queries)
