"""One stage of one learner, as it is put to those who judge it, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from discussion_ext.data import (
    LearnerFactsData,
    RequirementItemData,
    RequirementState,
    StageConfigData,
    StageDatesData,
    StageEvidenceData,
    StageResultData,
)

from . import dates

COUNTS = "counts"
NOTHING = Fraction()
WHOLE = Fraction(1)
MET = RequirementState.MET
OPEN = RequirementState.OPEN
NOT = RequirementState.NOT
WAITING = RequirementState.WAITING
IMPOSSIBLE = RequirementState.IMPOSSIBLE

Judged = tuple[StageResultData, Fraction]
"""A result, and its share without the rounding of a float."""


@dataclass(frozen=True)
class Stage:
    """A stage, the learner's dates and evidence of it, and the moment."""

    config: StageConfigData
    dates: StageDatesData
    evidence: StageEvidenceData
    facts: LearnerFactsData
    zone: ZoneInfo
    now: datetime

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing more is taken."""
        return self.dates.closes_at is not None and self.now > self.dates.closes_at

    @property
    def is_open(self) -> bool:
        """Tell whether it has opened, though it may be closed again."""
        opens_at = self.dates.opens_at
        return not self.dates.is_locked and (opens_at is None or self.now >= opens_at)

    @property
    def is_overdue(self) -> bool:
        """Tell whether the due date is over."""
        return self.dates.due_at is not None and self.now > self.dates.due_at

    @cached_property
    def late_moments(self) -> tuple[datetime, ...]:
        """Return the moments after which the late policy takes another part."""
        return dates.late_moments(self.config, due_at=self.dates.due_at, zone=self.zone)

    def takes(self, at: datetime) -> bool:
        """Tell whether something done at this moment came before closing."""
        return self.dates.closes_at is None or at <= self.dates.closes_at

    def late_by(self, at: datetime) -> timedelta | None:
        """Return how late something came, None when it was in time."""
        due_at = self.dates.due_at
        return at - due_at if due_at is not None and at > due_at else None

    def credit(self, at: datetime) -> Fraction:
        """Return what the late policy leaves of something done at this moment, 0 to 1."""
        if not self.takes(at):
            return NOTHING
        begun = sum(at > moment for moment in self.late_moments)
        return max(NOTHING, WHOLE - Fraction(begun * self.config.late_percent, 100))


def make_result(
    stage: Stage,
    state: RequirementState,
    code: str,
    *,
    facts: Mapping[str, Any] | None = None,
    share: Fraction = NOTHING,
    met_at: datetime | None = None,
    late_by: timedelta | None = None,
    items: Sequence[RequirementItemData] = (),
) -> StageResultData:
    """Return the result of a stage."""
    return StageResultData(
        stage_id=stage.config.id,
        kind=stage.config.kind,
        state=state,
        code=code,
        facts=facts or {},
        weight=stage.config.weight,
        share=float(share),
        met_at=met_at,
        late_by=late_by,
        items=tuple(items),
    )
