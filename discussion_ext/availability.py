"""In which courses cases are on. One cached look-up answers; turning is for the course team."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from people import api as people

from .data import ErrandKind
from .models import CourseSwitch

_SECONDS = 60
_UNSET = -1


def is_on(course_key: CourseKey) -> bool:
    """Tell whether cases are on in a course; a change is seen everywhere within a minute. Works without a cache."""
    name = _cache_name(course_key)
    known = None
    with suppress(Exception):  # whatever a cache raises when it is down
        known = cache.get(name)
    if known is None:
        row = CourseSwitch.objects.filter(course_id=str(course_key)).values_list("is_on", flat=True).first()
        known = _UNSET if row is None else int(row)
        with suppress(Exception):
            cache.set(name, known, _SECONDS)
    return bool(settings.DISCUSSION_EXT_ON_BY_DEFAULT) if known == _UNSET else bool(known)


@transaction.atomic
def set_on(course_key: CourseKey, is_on: bool, *, actor_id: int) -> None:
    """Turn cases on or off in a course. Nothing that was written is lost while they are off.

    What was published while they were off is taken over after the commit.
    """
    CourseSwitch.objects.update_or_create(course_id=str(course_key), defaults={"is_on": is_on, "changed_by": actor_id})
    people.record_audit(
        actor_id=actor_id,
        verb="cases.turned_on" if is_on else "cases.turned_off",
        target=str(course_key),
        context_key=str(course_key),
    )
    if is_on:
        facts = {"course": str(course_key), "is_evaluated": False}
        people.add_errand(kind=ErrandKind.COURSE, key=str(course_key), facts=facts, run_after_commit=True)
    cache.delete(_cache_name(course_key))
    transaction.on_commit(lambda: cache.delete(_cache_name(course_key)))


def _cache_name(course_key: CourseKey) -> str:
    return f"discussion_ext.is_on.{hashlib.sha1(str(course_key).encode(), usedforsecurity=False).hexdigest()}"
