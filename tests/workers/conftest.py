"""A community whose work is left undone, and real processes to do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opaque_keys.edx.keys import UsageKey

pytest.register_assert_rewrite("tests.workers.order")

from tests.discussion_ext.conftest import (  # noqa: E402, F401 - fixtures of this folder too
    COURSE,
    course_key,
    enrol,
    make_case,
    text_of,
)
from tests.workers.fleet import Fleet  # noqa: E402


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave undone in this process what is done after a commit: no message is sent and nothing is folded."""
    monkeypatch.setattr("people.upkeep.background.BackgroundTask.apply_async", lambda *_args, **_options: None)
    monkeypatch.setattr("gamification.folding._try_to_fold", lambda **_who: None)


@pytest.fixture
def start_fleet(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Fleet]]:
    """Return a way to bring processes up beside the database of the test; all of them end with it."""
    fleets: list[Fleet] = []

    def start(**options: Any) -> Fleet:
        fleets.append(Fleet(tmp_path, **options))
        return fleets[-1]

    yield start
    try:
        for fleet in fleets:
            print(fleet.describe())  # pytest shows it where the test failed
    finally:
        for fleet in fleets:
            fleet.stop_all()


@pytest.fixture
def post_elsewhere(nobody_works: None) -> Callable[[UsageKey, int], str]:
    """Return a way to post a position around the block, so that nobody evaluates its author in the request."""
    from discussion_ext import edx_platform
    from discussion_ext.contributions import held_course_id, held_topic_id
    from discussion_ext.models import Task

    def post(case: UsageKey, user_id: int) -> str:
        task = Task.objects.get(usage_key=str(case))
        return edx_platform.create_thread(
            course_id=held_course_id(),
            topic_id=held_topic_id(task.pk),
            author_id=user_id,
            title="A name and a measure",
            body=text_of(20, 1000 + user_id),
            is_held=True,
        )

    return post
