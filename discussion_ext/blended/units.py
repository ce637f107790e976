"""Which units somebody has finished: kept once seen, so that what is changed in a unit later takes no credit away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.models import UnitDone


def find(
    course_key: CourseKey,
    unit_ids: Collection[str],
    user_ids: Collection[int],
    *,
    asks_platform: bool = True,
    keeps: bool = True,
) -> dict[tuple[str, int], datetime]:
    """Return when these people finished these units, by unit and person; those who have not are left out.

    With ``asks_platform``, what completion says is looked at too, with ``keeps`` also kept where it is new.
    """
    known = _find_kept(course_key, unit_ids, user_ids)
    if not asks_platform:
        return known
    missing = {unit_id for unit_id in unit_ids if any((unit_id, user_id) not in known for user_id in user_ids)}
    if not missing:
        return known
    done = edx_platform.units_done(course_key=course_key, unit_ids=missing, user_ids=user_ids)
    new = {place: at for place, at in done.items() if place not in known}
    if keeps:
        _keep(course_key, new)
    return known | new


def _find_kept(
    course_key: CourseKey, unit_ids: Collection[str], user_ids: Collection[int]
) -> dict[tuple[str, int], datetime]:
    rows = UnitDone.objects.filter(user_id__in=user_ids, block_id__in=unit_ids, course_id=str(course_key))
    return {(block_id, user_id): at for block_id, user_id, at in rows.values_list("block_id", "user_id", "done_at")}


def _keep(course_key: CourseKey, found: dict[tuple[str, int], datetime]) -> None:
    """Keep what is new; what somebody else has just kept stays as it is."""
    if not found:
        return
    rows = [
        UnitDone(
            user_id=user_id,
            course_id=str(course_key),
            block_id=block_id,
            key=_key(course_key, block_id, user_id),
            done_at=at,
        )
        for (block_id, user_id), at in sorted(found.items())
    ]
    target = ["key"] if connection.features.supports_update_conflicts_with_target else None
    with transaction.atomic():
        UnitDone.objects.bulk_create(rows, update_conflicts=True, update_fields=["key"], unique_fields=target)


def _key(course_key: CourseKey, block_id: str, user_id: int) -> str:
    text = f"{course_key}\n{block_id}\n{user_id}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
