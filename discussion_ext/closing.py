"""The end of a case: the team's synthesis, closing by hand, opening again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from people import api as people

from . import configurations, phases
from .cases import post_limit
from .configurations import get_task
from .contributions import now
from .exceptions import CaseNotOpenError, InvalidTextError, InvalidValueError
from .models import Task
from .targets import name_task


def save_synthesis(*, usage_key: UsageKey, actor_id: int, body: str) -> None:
    """Keep the closing text; learners read it when the case is closed."""
    with transaction.atomic():
        task = _lock(usage_key)
        _set_synthesis(task, actor_id, body)
        task.save()


def close_case(*, usage_key: UsageKey, actor_id: int, synthesis: str = "") -> int:
    """Close a case now, and leave everybody to be evaluated once more; return the id of the task."""
    with transaction.atomic():
        task = _lock(usage_key)
        moment = now()
        if phases.is_closed(task, moment):
            raise CaseNotOpenError(_("This case is closed already."))
        if synthesis.strip():
            _set_synthesis(task, actor_id, synthesis)
        task.closed_at, task.closed_by, task.settle_at = moment, actor_id, None
        task.save()
        configurations.await_everybody(task)
        _audit(task, "case.close", actor_id)
    return task.pk


def reopen_case(*, usage_key: UsageKey, actor_id: int, until: datetime | None = None) -> int:
    """Open a closed case again, until a moment or until somebody closes it; return the id of the task."""
    with transaction.atomic():
        task = _lock(usage_key)
        moment = now()
        if not phases.is_closed(task, moment):
            raise CaseNotOpenError(_("This case is open already."))
        if until is not None and (until.tzinfo is None or until <= moment):
            raise InvalidValueError(_("Choose a moment in the future."), field="until")
        task.closed_at = task.closed_by = None
        task.reopened_at, task.reopened_until = moment, until
        task.settle_at = phases.closing_moment(task)
        task.save()
        configurations.await_everybody(task)
        _audit(task, "case.reopen", actor_id, {"until": until.isoformat()} if until else None)
    return task.pk


def _lock(usage_key: UsageKey) -> Task:
    return Task.objects.select_for_update().get(pk=get_task(usage_key).pk)


def _set_synthesis(task: Task, actor_id: int, body: str) -> None:
    if not isinstance(body, str) or len(body) > post_limit():
        message = _("The text is too long: at most %(limit)d characters.") % {"limit": post_limit()}
        raise InvalidTextError(message, field="synthesis")
    task.synthesis = body.strip()
    task.synthesis_by = actor_id
    task.synthesis_at = now()


def _audit(task: Task, verb: str, actor_id: int, data: dict[str, Any] | None = None) -> None:
    people.record_audit(actor_id=actor_id, verb=verb, target=name_task(task.pk), context_key=task.course_id, data=data)
