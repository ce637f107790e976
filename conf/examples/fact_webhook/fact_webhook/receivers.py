"""Hear of facts and hand them to a task."""

from __future__ import annotations

from typing import Any

import attr

from discussion_ext.signals import CASE_FINISHED, CASE_UNFINISHED, CONTRIBUTION_RECORDED, CONTRIBUTION_REMOVED
from gamification.signals import LEVEL_REACHED, TOTAL_CHANGED

from .tasks import post_fact_task

FACTS = (CASE_FINISHED, CASE_UNFINISHED, CONTRIBUTION_RECORDED, CONTRIBUTION_REMOVED, LEVEL_REACHED, TOTAL_CHANGED)


def connect() -> None:
    """Listen to every fact."""
    for fact in FACTS:
        fact.connect(on_fact, dispatch_uid="fact_webhook")


def on_fact(signal: Any, metadata: Any, **kwargs: Any) -> None:
    """Hand a fact on; every fact comes with one attrs object."""
    data = next(kwargs[name] for name in signal.init_data)
    plain = {name: _plain(value) for name, value in attr.asdict(data, recurse=False).items()}
    post_fact_task.delay({"event": signal.event_type, "time": metadata.time.isoformat(), "data": plain})


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str | bool) else str(value)
