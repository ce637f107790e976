"""What our own api is doing while it calls the forum, for the one receiver to know.

A post made elsewhere comes without an intent: then everything follows from the post itself and the current request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from .data import ContributionKind, ContributionState


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One act of our api. ``restores`` is the contribution that is posted again; ``kind`` what the post shall be.

    ``actor_id``, ``state`` and ``reason`` say who takes a post away, and why. A post that ``is_unpaid`` was written
    before our time and earns nothing.
    """

    kind: ContributionKind | None = None
    restores: int | None = None
    actor_id: int | None = None
    state: ContributionState | None = None
    reason: str = ""
    is_unpaid: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what a repair has to know: ids and codes. The reason, somebody's words, is in the audit log."""
        return {name: value for name, value in asdict(self).items() if value and name != "reason"}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Intent:
        """Return the intent that :meth:`to_json` gave away."""
        values = dict(data)
        if "kind" in values:
            values["kind"] = ContributionKind(values["kind"])
        if "state" in values:
            values["state"] = ContributionState(values["state"])
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
