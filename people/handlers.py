"""Receivers: a delivery asked for goes out after commit, and a retired person is forgotten."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import api
from .data import DeliveryState
from .models import Delivery
from .tasks import send_delivery_task


def on_delivery_saved(sender: Any, instance: Delivery, created: bool = False, **_kwargs: Any) -> None:
    """Hand a new delivery that is due at once to the worker; what the broker loses, the next run finds."""
    if created and instance.state == DeliveryState.PENDING and instance.due_at <= timezone.now():
        transaction.on_commit(partial(send_delivery_task.delay, instance.pk), robust=True)


def on_user_retired(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Forget a person who leaves the platform."""
    api.retire_person(user.pk)
