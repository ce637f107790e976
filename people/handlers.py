"""Receivers: mail and errands go out after commit, a reserved key is no course's, a retired person is forgotten."""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone

from . import api, edx_platform
from .data import DeliveryState
from .models import Delivery
from .tasks import run_errand_task, send_delivery_task
from .upkeep.reserved_keys import find_reservation

log = logging.getLogger(__name__)


# The delivery itself is the note of what is to be done: ``send_deliveries`` finds it.
@api.guarded(missed=None, in_savepoint=False)
def on_delivery_saved(sender: Any, instance: Delivery, created: bool = False, **_kwargs: Any) -> None:
    """Hand a new delivery that is due at once to the worker; what the broker loses, the next run finds."""
    if created and instance.state == DeliveryState.PENDING and instance.due_at <= timezone.now():
        api.send_after_commit(send_delivery_task, instance.pk)


# The errand stays: ``run_errands`` finds it.
@api.guarded(missed=None, in_savepoint=False)
def on_errand_due(sender: Any, errand_id: str, **_kwargs: Any) -> None:
    """Hand an errand to the worker; a broker that is down costs nothing."""
    api.send_after_commit(run_errand_task, errand_id)


@api.passes_errors_on
def on_course_about_to_exist(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Refuse a course under a reserved key. Its creator has to get the error: that is the refusal."""
    if instance._state.adding and (setting := find_reservation(instance.course_id)):
        log.error("people.reserved_key_refused course=%s setting=%s", instance.course_id, setting)
        edx_platform.refuse_new_course(instance.course_id, reason=f"the key that {setting} reserves")


@api.passes_errors_on
def on_user_retired(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Forget a person who leaves the platform. Its pipeline must see a failure, so as to come again."""
    api.retire_person(user.pk)
