"""Receivers of what happens on the platform. Thin: each asks the api, and none ever harms the sender."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, transaction

from . import api

log = logging.getLogger(__name__)


def on_enrollment_changed(*, enrollment: Any, **_kwargs: Any) -> None:
    """Move somebody who enrolled or left in or out of the course's board (openedx-events)."""
    api.refresh_board_row(user_id=enrollment.user.id, course_key=enrollment.course.course_key)


def on_role_changed(*, instance: Any, **_kwargs: Any) -> None:
    """Move somebody who got or lost a role: a role may be for a whole organisation, so on all boards."""
    try:
        with transaction.atomic():
            api.refresh_board_rows(user_id=instance.user_id)
    except DatabaseError:
        log.exception("The boards of user %s are not up to date; the nightly comparison will.", instance.user_id)


def on_block_completed(*, instance: Any, **_kwargs: Any) -> None:
    """Give points for a unit that is finished with this block (``BlockCompletion`` was saved)."""
    if instance.completion == 1.0 and instance.context_key.is_course:
        block_key = instance.block_key.map_into_course(instance.context_key)
        api.look_at_block(user_id=instance.user_id, block_key=block_key)


def on_user_retired(*, user: Any, **_kwargs: Any) -> None:
    """Erase texts and take the person off all boards. Errors are passed on: a retirement must not succeed by half."""
    api.retire_person(user_id=user.id)
