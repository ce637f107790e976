"""A finished unit earns points: looked at whenever a block is completed, and looked at again where that failed."""

from __future__ import annotations

import hashlib
import logging

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from opaque_keys.edx.keys import UsageKey

from . import courses, edx_platform
from .ledger import record_activity
from .models import MissedCompletion

log = logging.getLogger(__name__)

KIND = "unit_finished"
MOST_ATTEMPTS = 20


def look_at_block(*, user_id: int, block_key: UsageKey) -> bool:
    """Record the unit around a block that was just completed, if it is finished now; return whether it was recorded.

    Never raises and never harms the caller's transaction: what cannot be looked at now is noted for ``look_again``.
    """
    if block_key.block_type in settings.GAMIFICATION_OWN_BLOCK_TYPES or not courses.is_on(block_key.course_key):
        return False
    try:
        with transaction.atomic():
            return _record_unit(user_id, block_key)
    except Exception:  # the neighbours are course store, completion and people; whatever they raise is repaired later
        log.exception("The unit around %s cannot be looked at for user %s; the sweep will.", block_key, user_id)
    try:
        with transaction.atomic():
            key = hashlib.sha1(f"{user_id}:{block_key}".encode(), usedforsecurity=False).hexdigest()
            MissedCompletion.objects.get_or_create(key=key, defaults={"user_id": user_id, "block_key": str(block_key)})
    except Exception:  # then the next block completed in the unit is the next chance
        log.exception("Could not even note it.")
    return False


def look_again(limit: int = 1000) -> int:
    """Look again at what could not be looked at; return how many were settled. Given up after 20 attempts."""
    settled = 0
    for missed in list(_list_missed().order_by("attempts", "id")[:limit]):
        try:
            with transaction.atomic():
                _record_unit(missed.user_id, UsageKey.from_string(missed.block_key))
                missed.delete()
        except Exception:  # one bad block must not keep the others waiting
            log.exception("The unit around %s still cannot be looked at.", missed.block_key)
            MissedCompletion.objects.filter(pk=missed.pk).update(attempts=F("attempts") + 1)
        else:
            settled += 1
    return settled


def count_missed_completions() -> int:
    """Return how many completions are still to be looked at again."""
    return _list_missed().count()


def _list_missed() -> models.QuerySet[MissedCompletion]:
    return MissedCompletion.objects.filter(attempts__lt=MOST_ATTEMPTS)


def _record_unit(user_id: int, block_key: UsageKey) -> bool:
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
        occurred_at=timezone.now(),
        title=unit.title,
        url=unit.url,
    )
