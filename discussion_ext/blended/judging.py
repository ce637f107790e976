"""The evaluator of blended tasks with the site's numbers: what arrived a moment after a date was sent before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from discussion_ext.data import (
    BlendedConfigData,
    BlendedResultData,
    LearnerFactsData,
    PieceData,
    StageDatesData,
    StageEvidenceData,
)

from . import evaluation


def grace() -> timedelta:
    """Return how long after a date something may still arrive."""
    return timedelta(seconds=settings.DISCUSSION_EXT_GRACE_SECONDS)


def judge(
    *, config: BlendedConfigData, config_version: int, facts: LearnerFactsData, now: datetime
) -> BlendedResultData:
    """Return the result of one learner."""
    result = evaluation.evaluate(config=config, config_version=config_version, facts=facts, now=now)
    forgiven = {stage_id: _forgive(found, result.find_dates(stage_id)) for stage_id, found in facts.evidence.items()}
    if _is_same(forgiven, facts.evidence):
        return result
    facts = replace(facts, evidence=forgiven)
    return evaluation.evaluate(config=config, config_version=config_version, facts=facts, now=now)


def _forgive(found: StageEvidenceData, dates: StageDatesData) -> StageEvidenceData:
    """Return the evidence with pieces that came within the grace after a date put on that date."""
    moments = [moment for moment in (dates.due_at, dates.closes_at) if moment is not None]
    pieces = tuple(_pull_back(piece, moments) for piece in found.pieces)
    return found if all(map(_is, pieces, found.pieces)) else replace(found, pieces=pieces)


def _pull_back(piece: PieceData, moments: list[datetime]) -> PieceData:
    near = [moment for moment in moments if moment < piece.at <= moment + grace()]
    return replace(piece, at=min(near)) if near else piece


def _is_same(left: Mapping[str, StageEvidenceData], right: Mapping[str, StageEvidenceData]) -> bool:
    return all(left[stage_id] is found for stage_id, found in right.items())


def _is(left: object, right: object) -> bool:
    return left is right
