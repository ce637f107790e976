"""The doors through which facts come in: the forum's rows, published courses, retired people.

A failing receiver never costs a learner's post: whatever goes wrong is undone to the savepoint, logged with ids only
and marked, and the sweep (`repair_contributions`) does it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from . import api, edx_platform, tasks
from .exceptions import CaseError
from .models import Contribution

log = logging.getLogger(__name__)

_TEXT_FIELDS = {"body", "commentable_id", "retired_username"}


def on_post_saved(sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Record a thread or comment of the forum that appeared or changed; other saves do nothing."""
    if raw or (update_fields is not None and not _TEXT_FIELDS & set(update_fields)):
        return
    if not _is_watched(instance):
        return
    key = edx_platform.post_key(instance)

    def record() -> None:
        _complete_later(api.record_post(edx_platform.read_post(instance)))

    _shield(key, record)


def on_post_deleted(sender: Any, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Record that a thread or comment of the forum is gone, and by whom."""
    if not _is_watched(instance):
        return
    key = edx_platform.post_key(instance)
    is_target = origin is None or origin is instance or _is_bulk_of_threads(sender, origin)

    def record() -> None:
        _complete_later(api.record_deletion(key, is_target=is_target, actor_id=edx_platform.current_user_id()))

    _shield(key, record)


def on_vote_saved(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Follow a vote in the forum; the forum saves each one twice, the second time without change."""
    if not raw:
        _record_vote(instance, is_up=instance.vote > 0)


def on_vote_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Follow a vote that was taken back."""
    _record_vote(instance, is_up=False)


def on_flag_saved(sender: Any, instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """Follow a report made in the forum."""
    key = edx_platform.target_key(instance)
    if created and not raw and key is not None:
        _shield(None, lambda: api.record_flag(key, user_id=instance.user_id))


def on_flag_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Follow a report that was taken back in the forum."""
    key = edx_platform.target_key(instance)
    if key is not None:
        _shield(None, lambda: api.record_unflag(key, user_id=instance.user_id))


def on_course_published(sender: Any, course_key: CourseKey, **kwargs: Any) -> None:
    """Take over the configurations of a published course."""
    _shield(None, lambda: api.sync_course(course_key))


def on_course_published_in_lms(sender: Any, course_key: CourseKey, **kwargs: Any) -> None:
    """Take over the configurations and evaluate again where they changed."""

    def sync() -> None:
        for task_id in api.sync_course(course_key):
            _after_commit(tasks.evaluate_task_task, task_id)

    _shield(None, sync)


def on_user_retired(sender: Any, user: Any, **kwargs: Any) -> None:
    """Forget the words of a person who leaves the site."""
    api.retire_person(user.pk)


def _record_vote(vote: Any, *, is_up: bool) -> None:
    key = edx_platform.target_key(vote)
    if key is None:
        return

    def record() -> None:
        mark_id = api.record_vote(key, user_id=vote.user_id, is_up=is_up)
        if mark_id is not None:
            _after_commit(tasks.fold_mark_task, mark_id)

    _shield(None, record)


def _complete_later(contribution: Contribution | None) -> None:
    if contribution is not None:
        _after_commit(tasks.complete_contribution_task, contribution.pk)


def _after_commit(task: Any, *ids: int) -> None:
    """Enqueue a task once the post is committed; a broker that is down costs nothing, the sweep does the work."""

    def enqueue() -> None:  # not a partial: Django logs the name of what failed
        task.delay(*ids)

    transaction.on_commit(enqueue, robust=True)


def _is_watched(instance: Any) -> bool:
    """Tell whether the course of a post is one of ours; when even that cannot be told the post is looked at later."""
    try:
        return api.is_watched(instance.course_id)
    except Exception as error:  # noqa: BLE001
        log.error("Could not tell whether %s is watched: %s", edx_platform.post_key(instance), type(error).__name__)
        _mark(edx_platform.post_key(instance), error)
        return False


def _is_bulk_of_threads(sender: Any, origin: Any) -> bool:
    """Tell whether whole threads were deleted by a query: each of them is a target, unlike what stood beneath it."""
    return getattr(origin, "model", None) is sender and hasattr(sender, "commentable_id")


def _shield(key: str | None, act: Callable[[], Any]) -> None:
    try:
        with transaction.atomic():
            act()
    except CaseError:
        raise
    except Exception as error:  # noqa: BLE001 - the learner's post stands whatever happens here
        log.error("Receiver failed for %s: %s", key or "a reaction", type(error).__name__)
        if key is not None:
            _mark(key, error)


def _mark(key: str, error: Exception) -> None:
    try:
        with transaction.atomic():
            api.mark_for_repair(key, error=type(error).__name__)
    except Exception as failure:  # noqa: BLE001 - the sweep also finds posts without a mark
        log.error("Could not mark %s for repair: %s", key, type(failure).__name__)
