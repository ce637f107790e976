"""The grade book and completion, told from outside a request for the block."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from opaque_keys.edx.keys import UsageKey


@dataclass(frozen=True)
class ScoredBlock:
    """What the grade book wants to know of a block when its score is published outside a request for it."""

    location: UsageKey
    weight: None = None
    """No weight: the raw score is the score."""


def publish_score(*, user_id: int, usage_key: UsageKey, earned: float, possible: float) -> None:
    """Tell the grade book a score, lower than before or not."""
    from lms.djangoapps.grades.signals.signals import SCORE_PUBLISHED

    SCORE_PUBLISHED.send(
        sender=None,
        block=ScoredBlock(location=usage_key),
        user=get_user_model().objects.get(pk=user_id),
        raw_earned=earned,
        raw_possible=possible,
        only_if_higher=False,
    )


def is_completion_tracked() -> bool:
    """Tell whether the site tracks completion; without it nothing is ever complete."""
    from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH

    return ENABLE_COMPLETION_TRACKING_SWITCH.is_enabled()


def publish_completion(*, user_id: int, usage_key: UsageKey, completion: float) -> None:
    """Tell completion how far someone is, 0..1, unless the site does not track completion."""
    from completion.models import BlockCompletion

    if not is_completion_tracked():
        return
    user = get_user_model().objects.get(pk=user_id)
    BlockCompletion.objects.submit_completion(user=user, block_key=usage_key, completion=completion)
