"""In which courses chapters are shown: tab, blocks and invitations on pages of the course. One cached look-up answers.

It says nothing about who belongs to a chapter: enrolment and results count whether or not a course shows its chapters.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from people import api as people

from .models import CourseSwitch

_SECONDS = 60
_UNSET = -1


def is_on(course_key: CourseKey) -> bool:
    """Tell whether a course shows its chapters; a change is seen everywhere within a minute. Works without a cache."""
    name = _cache_name(course_key)
    known = None
    with suppress(Exception):  # whatever a cache raises when it is down
        known = cache.get(name)
    if known is None:
        known = _read(course_key)
        with suppress(Exception):
            cache.set(name, known, _SECONDS)
    return _decide(int(known))


def is_on_now(course_key: CourseKey) -> bool:
    """Tell what `is_on` tells, but never from memory: for whoever keeps the answer longer than we remember it."""
    return _decide(_read(course_key))


@transaction.atomic
def set_on(course_key: CourseKey, is_on: bool, *, actor_id: int) -> None:
    """Show a course's chapters in it, or no longer. Chapters, members and boards stay as they are."""
    CourseSwitch.objects.update_or_create(course_id=str(course_key), defaults={"is_on": is_on, "changed_by": actor_id})
    people.record_audit(
        actor_id=actor_id,
        verb="chapters.turned_on" if is_on else "chapters.turned_off",
        target=str(course_key),
        context_key=str(course_key),
    )
    _forget(course_key)
    transaction.on_commit(lambda: _forget(course_key))


def _read(course_key: CourseKey) -> int:
    row = CourseSwitch.objects.filter(course_id=str(course_key)).values_list("is_on", flat=True).first()
    return _UNSET if row is None else int(row)


def _decide(known: int) -> bool:
    return bool(settings.CHAPTERS_ON_BY_DEFAULT) if known == _UNSET else bool(known)


def _forget(course_key: CourseKey) -> None:
    with suppress(Exception):
        cache.delete(_cache_name(course_key))


def _cache_name(course_key: CourseKey) -> str:
    return f"chapters.is_on.{hashlib.sha1(str(course_key).encode(), usedforsecurity=False).hexdigest()}"
