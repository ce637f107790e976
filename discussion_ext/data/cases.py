"""What a case is: its words, its configuration, its place in a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from opaque_keys.edx.keys import CourseKey, UsageKey

Phase = Literal["scheduled", "open", "closed"]


class ContributionKind(StrEnum):
    """What a post is. The first four belong to a case, the others to a plain discussion."""

    POSITION = "position"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    LOOK_BACK = "look_back"
    THREAD = "thread"
    RESPONSE = "response"
    COMMENT = "comment"


class ContributionState(StrEnum):
    """``GONE``: it vanished with somebody else's thread, so that its author keeps the credit."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    GONE = "gone"


CREDITED = (ContributionState.LIVE, ContributionState.GONE)
"""The states in which a post counts for its author."""


class TaskKind(StrEnum):
    """What a task is: a case, a blended task, or one stage of a blended task in which people write."""

    CASE = "case"
    BLENDED = "blended"
    STAGE = "stage"


class RequirementState(StrEnum):
    """Where a requirement, or one item of it, stands for one learner.

    ``WAITING`` (nobody left to answer yet) exists while the case is open, ``IMPOSSIBLE`` only once it is closed.
    """

    MET = "met"
    OPEN = "open"
    NOT = "not"
    WAITING = "waiting"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class CaseConfigData:
    """What the author asks. Instants are aware; a maximum of 0 is no maximum, a look back of 0 words leaves it out."""

    title: str = ""
    case_html: str = ""
    prompt: str = ""
    position_min: int = 120
    position_max: int = 0
    answers_wanted: int = 2
    answer_min: int = 30
    look_back_min: int = 60
    position_points: float = 4
    answers_points: float = 4
    look_back_points: float = 2
    is_held: bool = True
    by_cohort: bool = False
    topic_id: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary with every field; instants in ISO 8601, UTC."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseConfigData:
        """Return the configuration stored by :meth:`to_json`; unknown names are ignored, absent ones get defaults."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        for name in ("opens_at", "closes_at"):
            if isinstance(values.get(name), str):
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)

    @property
    def possible(self) -> float:
        """Return the full grade, leaving out what is not asked."""
        return float(
            self.position_points
            + (self.answers_points if self.answers_wanted else 0)
            + (self.look_back_points if self.look_back_min else 0)
        )


@dataclass(frozen=True, kw_only=True)
class TopicData:
    """A course topic that an author may pick; ``taken_by`` is the title of the case that has it already, or empty."""

    id: str
    title: str
    taken_by: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskData:
    """A task as we know it from its latest configuration.

    ``config`` is what a case or stage asks; of a blended task it holds title and ``by_cohort`` alone. ``fault`` says
    why a case cannot be used as configured: empty or ``topic_taken`` (then ``taken_by`` is the title of the other
    case).
    """

    id: int
    usage_key: UsageKey
    course_key: CourseKey
    version: int
    config: CaseConfigData
    fault: str = ""
    taken_by: str = ""
    kind: TaskKind = TaskKind.CASE
