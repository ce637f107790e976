"""Scores of learners, stored beside their state."""

from __future__ import annotations

from datetime import datetime

from opaque_keys.edx.keys import UsageKey

from .models import StudentModule


def set_score(user_id: int, usage_key: UsageKey, score: float, max_score: float) -> datetime:
    """Store the score and return when."""
    module, created = StudentModule.objects.get_or_create(
        student_id=user_id,
        module_state_key=usage_key,
        course_id=usage_key.context_key,
        defaults={"grade": score, "max_grade": max_score, "module_type": usage_key.block_type},
    )
    if not created:
        module.grade = score
        module.max_grade = max_score
        module.save(update_fields=["grade", "max_grade", "modified"])
    return module.modified


def get_score(user_id: int, usage_key: UsageKey) -> StudentModule | None:
    """Return the row that holds the score, or None."""
    return StudentModule.objects.filter(
        student_id=user_id, module_state_key=usage_key, course_id=usage_key.context_key
    ).first()
