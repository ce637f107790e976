"""Hear of facts, find out who it is, and tell credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from openedx_events.learning.data import UserData, UserPersonalData

from discussion_ext.signals import CASE_FINISHED

from .signals import CASE_STANDING_CHANGED, LEVEL_REACHED, CaseStandingData, LevelData

if TYPE_CHECKING:
    from discussion_ext.signals import CaseFactData
    from gamification.signals import LevelFactData


def on_case_turned(signal: Any, case: CaseFactData, **_kwargs: Any) -> None:
    """Pass on that a case is finished, or is not any more."""
    person = find_person(case.user_id)
    if person is not None:
        standing = CaseStandingData(
            user=person,
            course_key=case.course_key,
            usage_key=case.usage_key,
            is_finished=signal is CASE_FINISHED,
            occurred_at=case.occurred_at,
        )
        CASE_STANDING_CHANGED.send_event(standing=standing, time=case.occurred_at)


def on_level_reached(level: LevelFactData, **_kwargs: Any) -> None:
    """Pass on that a level was reached."""
    person = find_person(level.user_id)
    if person is not None:
        reached = LevelData(user=person, course_key=level.course_key, number=level.level, occurred_at=level.occurred_at)
        LEVEL_REACHED.send_event(level=reached, time=level.occurred_at)


def find_person(user_id: int) -> UserData | None:
    """Return who it is, as the platform's own events say it; None for somebody who is gone or may not sign in."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).select_related("profile").first()
    if user is None:
        return None
    name = getattr(getattr(user, "profile", None), "name", "")
    return UserData(
        id=user.pk,
        is_active=user.is_active,
        pii=UserPersonalData(username=user.username, email=user.email, name=name),
    )
