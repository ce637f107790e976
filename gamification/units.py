"""A finished unit earns points: looked at whenever a block is completed, and looked at again where that failed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from opaque_keys.edx.keys import UsageKey

from . import courses, edx_platform
from .ledger import record_activity

KIND = "unit_finished"

#: Kind of errand.
UNIT = "points.unit"


def gives_points(block_key: UsageKey) -> bool:
    """Tell whether completing this block may finish a unit that earns points: one look into memory."""
    return block_key.block_type not in settings.GAMIFICATION_OWN_BLOCK_TYPES and courses.is_on(block_key.course_key)


def record_unit(*, user_id: int, block_key: UsageKey, completed_at: datetime) -> bool:
    """Record the unit around a block that was completed, if it is finished now; return whether it was recorded."""
    unit = edx_platform.find_finished_unit(user_id, block_key, without_types=settings.GAMIFICATION_OWN_BLOCK_TYPES)
    if unit is None:
        return False
    digest = hashlib.sha1(unit.usage_key.encode(), usedforsecurity=False).hexdigest()
    return record_activity(
        source=f"unit:{digest}:user:{user_id}",
        revision=1,
        user_id=user_id,
        course_key=block_key.course_key,
        kind=KIND,
        occurred_at=completed_at,
        title=unit.title,
        url=unit.url,
    )


def run_unit(facts: Mapping[str, Any]) -> None:
    """Do the errand of a completed block that could not be looked at."""
    record_unit(
        user_id=facts["user"],
        block_key=UsageKey.from_string(facts["block"]),
        completed_at=datetime.fromisoformat(facts["at"]),
    )
