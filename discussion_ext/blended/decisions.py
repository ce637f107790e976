"""What the course team decides about one stage of one learner: more time, excused, marked otherwise."""

from __future__ import annotations

from datetime import datetime

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import StageDecisionData


def extend_stage(
    *, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str, until: datetime
) -> StageDecisionData:
    """Give a learner more time: the stage is due then."""
    raise NotImplementedError


def excuse_stage(
    *, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str
) -> StageDecisionData:
    """Leave a stage out of a learner's grade."""
    raise NotImplementedError


def mark_stage(
    *, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str, share: float
) -> StageDecisionData:
    """Let this share (0 to 1) of a stage hold for a learner instead of what the evaluator found."""
    raise NotImplementedError


def revoke_decision(*, usage_key: UsageKey, user_id: int, decision_id: int, actor_id: int, reason: str = "") -> None:
    """Take a decision back: what the evaluator finds holds again."""
    raise NotImplementedError
