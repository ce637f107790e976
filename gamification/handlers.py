"""Receivers of what happens on the platform. Thin: each asks the api, and none ever harms the sender."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import UsageKey

from people import api as people

from . import api


def _has_given_points(*, enrollment: Any, **_kwargs: Any) -> bool:
    return api.has_given_points(enrollment.course.course_key)


def _missed_enrollment(*, enrollment: Any, **_kwargs: Any) -> people.Missed:
    user_id, course_id = enrollment.user.id, str(enrollment.course.course_key)
    return people.Missed(kind=api.BOARD_ROW, key=f"{user_id} {course_id}", facts={"user": user_id, "course": course_id})


@people.guarded(when=_has_given_points, missed=_missed_enrollment)
def on_enrollment_changed(*, enrollment: Any, **_kwargs: Any) -> None:
    """Move somebody who enrolled or left in or out of the course's board (openedx-events)."""
    api.refresh_board_row(user_id=enrollment.user.id, course_key=enrollment.course.course_key)


def _missed_role(*, instance: Any, **_kwargs: Any) -> people.Missed:
    return people.Missed(kind=api.BOARD_ROWS, key=str(instance.user_id), facts={"user": instance.user_id})


@people.guarded(missed=_missed_role)
def on_role_changed(*, instance: Any, **_kwargs: Any) -> None:
    """Move somebody who got or lost a role: a role may be for a whole organisation, so on all boards."""
    api.refresh_board_rows(user_id=instance.user_id)


def _may_finish_unit(*, instance: Any, **_kwargs: Any) -> bool:
    return instance.completion == 1.0 and instance.context_key.is_course and api.gives_points(_block_key(instance))


def _missed_completion(*, instance: Any, **_kwargs: Any) -> people.Missed:
    facts = {"user": instance.user_id, "block": str(_block_key(instance)), "at": instance.modified.isoformat()}
    return people.Missed(kind=api.UNIT, key=f"{instance.user_id} {facts['block']}", facts=facts)


@people.guarded(when=_may_finish_unit, missed=_missed_completion)
def on_block_completed(*, instance: Any, **_kwargs: Any) -> None:
    """Give points for a unit that is finished with this block (``BlockCompletion`` was saved)."""
    api.record_unit(user_id=instance.user_id, block_key=_block_key(instance), completed_at=instance.modified)


@people.passes_errors_on
def on_user_retired(*, user: Any, **_kwargs: Any) -> None:
    """Erase texts and take the person off all boards. The pipeline must see a failure: it comes again."""
    api.retire_person(user_id=user.id)


def _block_key(instance: Any) -> UsageKey:
    return instance.block_key.map_into_course(instance.context_key)
