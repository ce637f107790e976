"""A course with points and a small case, and ears for what is told to the outside world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.tooling import OpenEdxPublicSignal


@pytest.fixture
def listen() -> Iterator[Callable[..., list[Any]]]:
    """Return a function that connects to a public signal and gives the list of what will be heard."""
    connected: list[tuple[OpenEdxPublicSignal, Callable[..., None]]] = []

    def connect(signal: OpenEdxPublicSignal, *, then: Callable[[Any], None] | None = None) -> list[Any]:
        heard: list[Any] = []

        def receiver(sender: Any, metadata: Any, **kwargs: Any) -> None:
            (name,) = signal.init_data
            heard.append(kwargs[name])
            assert metadata.event_type == signal.event_type
            assert metadata.time == kwargs[name].occurred_at
            if then is not None:
                then(kwargs[name])

        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))
        return heard

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver)


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context in which what waits for the commit is done at its end."""

    @contextmanager
    def run() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return run


@pytest.fixture
def case(points_course: CourseKey) -> UsageKey:
    """Return the key of a case that asks for a position of five words and nothing else."""
    from discussion_ext import api
    from discussion_ext.data import CaseConfigData

    api.set_on(points_course, True, actor_id=1)
    usage_key = points_course.make_usage_key("case_discussion", "bakery")
    config = CaseConfigData(title="A name", position_min=5, answers_wanted=0, look_back_min=0)
    api.sync_task(usage_key=usage_key, course_key=points_course, config=config)
    return usage_key


@pytest.fixture
def take_position(case: UsageKey, committed: Callable[[], Any]) -> Callable[..., int]:
    """Return a short way to take a position; it gives the contribution's id."""
    from discussion_ext import api

    def take(user: Any, body: str = "Mirjam should ask the bakers first.") -> int:
        with committed():
            posted = api.post_position(usage_key=case, user_id=user.id, body=body)
        return int(posted.contribution.id)

    return take
