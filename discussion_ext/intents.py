"""What our own api is doing while it calls the forum, for the one receiver to know.

A post made elsewhere comes without an intent: then everything follows from the post itself and the current request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .data import ContributionKind, ContributionState, TopicKind


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One act of our api. ``restores`` is the contribution that is posted again; ``kind`` what the post shall be.

    ``actor_id``, ``state`` and ``reason`` say who takes a post away, and why. A post that ``is_unpaid`` was written
    before our time and earns nothing. On a board ``topic_kind`` and ``closes_at`` are those of a new topic, and
    ``picture_uids`` what its author uploaded for the post.
    """

    kind: ContributionKind | None = None
    restores: int | None = None
    actor_id: int | None = None
    state: ContributionState | None = None
    reason: str = ""
    is_unpaid: bool = False
    topic_kind: TopicKind | None = None
    closes_at: datetime | None = None
    picture_uids: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what a repair has to know: ids and codes. The reason, somebody's words, is in the audit log."""
        values = {name: value for name, value in asdict(self).items() if value and name != "reason"}
        if self.closes_at:
            values["closes_at"] = self.closes_at.isoformat()
        return values

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Intent:
        """Return the intent that :meth:`to_json` gave away."""
        values = dict(data)
        if "kind" in values:
            values["kind"] = ContributionKind(values["kind"])
        if "state" in values:
            values["state"] = ContributionState(values["state"])
        if "topic_kind" in values:
            values["topic_kind"] = TopicKind(values["topic_kind"])
        if "closes_at" in values:
            values["closes_at"] = datetime.fromisoformat(values["closes_at"])
        if "picture_uids" in values:
            values["picture_uids"] = tuple(values["picture_uids"])
        return cls(**values)


_current: ContextVar[Intent | None] = ContextVar("discussion_ext_intent", default=None)


def current_intent() -> Intent | None:
    """Return the intent of the call in progress, if it is ours."""
    return _current.get()


@contextmanager
def acting(intent: Intent) -> Iterator[None]:
    """Let the receiver know what is meant while the forum is called."""
    token = _current.set(intent)
    try:
        yield
    finally:
        _current.reset(token)
