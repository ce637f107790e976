"""What the authors ask: a versioned copy of every case block's configuration, taken at publish, checked at render."""

from __future__ import annotations

import hashlib
import json
import logging

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from . import edx_platform, phases
from .availability import is_on
from .contributions import now, topic_key
from .data import CaseConfigData, TaskData, TopicData
from .exceptions import CaseNotFoundError, ConfigurationsMissedError
from .models import Participation, PendingEvaluation, Task, TaskVersion

log = logging.getLogger(__name__)

TOPIC_TAKEN = "topic_taken"
_BATCH = 500


def sync_task(*, usage_key: UsageKey, course_key: CourseKey, config: CaseConfigData) -> TaskData:
    """Keep this configuration as the present one; one query where nothing changed.

    A change makes a new version and leaves everybody who takes part to be evaluated again. A topic that belongs to
    another case of the course makes the task faulty: ``fault`` says so until one of the two lets go of it.
    """
    task = Task.objects.filter(usage_hash=_hash(str(usage_key))).first()
    if task is None or task.digest != _digest(config) or not task.is_active or task.fault:
        task = _store(usage_key=usage_key, course_key=course_key, config=config)
    return to_data(task)


def may_have_cases(course_key: CourseKey) -> bool:
    """Tell whether a course has cases or may get some: one cached look-up, one more where they are off."""
    return is_on(course_key) or Task.objects.filter(course_id=str(course_key), is_active=True).exists()


def sync_course(course_key: CourseKey) -> list[int]:
    """Keep the configurations of a published course and return the ids of tasks whose people have to be evaluated.

    A case that is no longer in the course lets go of its topic; what was written stays. One broken block does not stop
    the others; it is named in the ConfigurationsMissedError at the end.
    """
    before = dict(Task.objects.filter(course_id=str(course_key)).values_list("pk", "version"))
    present, missed = set(), []
    for usage_key, config in edx_platform.list_task_configurations(course_key):
        try:
            present.add(sync_task(usage_key=usage_key, course_key=course_key, config=config).id)
        except Exception as error:  # noqa: BLE001
            log.error("discussion_ext.configuration_failed block=%s error=%s", usage_key, people.name_error(error))
            missed.append(usage_key)
            present.update(Task.objects.filter(usage_hash=_hash(str(usage_key))).values_list("pk", flat=True))
    gone = Task.objects.filter(course_id=str(course_key), is_active=True).exclude(pk__in=present)
    gone.update(is_active=False, topic_key=None)
    if missed:
        raise ConfigurationsMissedError(", ".join(map(str, missed)))
    after = dict(Task.objects.filter(course_id=str(course_key), pk__in=present).values_list("pk", "version"))
    return [task_id for task_id, version in after.items() if before.get(task_id) not in {None, version}]


def find_task(usage_key: UsageKey) -> TaskData | None:
    """Return the task of a block, None where it was never published."""
    task = Task.objects.filter(usage_hash=_hash(str(usage_key))).first()
    return to_data(task) if task is not None else None


def get_task(usage_key: UsageKey) -> Task:
    """Return the stored task of a block or raise CaseNotFoundError."""
    task = Task.objects.filter(usage_hash=_hash(str(usage_key))).first()
    if task is None:
        raise CaseNotFoundError(_("This case has not been published yet."))
    return task


def list_topics(course_key: CourseKey, *, usage_key: UsageKey | None = None) -> list[TopicData]:
    """Return the course's topics, saying which of them another case has already."""
    own = _hash(str(usage_key)) if usage_key is not None else ""
    owners = Task.objects.filter(course_id=str(course_key), topic_key__isnull=False).exclude(usage_hash=own)
    taken = dict(owners.values_list("topic_key", "title"))
    return [
        TopicData(id=topic.id, title=topic.title, taken_by=taken.get(topic_key(str(course_key), topic.id), ""))
        for topic in edx_platform.list_topics(course_key)
    ]


def to_data(task: Task) -> TaskData:
    """Return the task as others see it."""
    usage_key = UsageKey.from_string(task.usage_key)
    config = CaseConfigData.from_json(task.config)
    taken_by = ""
    if task.fault == TOPIC_TAKEN:
        wanted = topic_key(task.course_id, config.topic_id)
        taken_by = Task.objects.filter(topic_key=wanted).values_list("title", flat=True).first() or ""
    return TaskData(
        id=task.pk,
        usage_key=usage_key,
        course_key=CourseKey.from_string(task.course_id),
        version=task.version,
        config=config,
        fault=task.fault,
        taken_by=taken_by,
    )


def await_everybody(task: Task, *, is_waiting: bool = False) -> int:
    """Leave everybody who takes part in a task to be evaluated again; return how many. Memory stays flat.

    With ``is_waiting`` only those who wait for classmates.
    """
    found = Participation.objects.filter(task=task, is_retired=False)
    if is_waiting:
        found = found.filter(is_waiting=True)
    total, last = 0, 0
    while True:
        rows = list(found.filter(pk__gt=last).order_by("pk").values_list("pk", "user_id")[:_BATCH])
        if not rows:
            return total
        PendingEvaluation.objects.bulk_create(PendingEvaluation(task=task, user_id=user_id) for _pk, user_id in rows)
        total, last = total + len(rows), rows[-1][0]


@transaction.atomic
def _store(*, usage_key: UsageKey, course_key: CourseKey, config: CaseConfigData) -> Task:
    if not Task.objects.filter(usage_hash=_hash(str(usage_key))).exists():
        new = Task(usage_hash=_hash(str(usage_key)), usage_key=str(usage_key), course_id=str(course_key))
        people.insert_or_update(new, by=["usage_hash"])
    task = Task.objects.select_for_update().get(usage_hash=_hash(str(usage_key)))
    has_changed = task.digest != _digest(config)
    if has_changed:
        _apply(task, config)
        TaskVersion.objects.create(task=task, number=task.version, config=task.config)
    task.is_active = True
    task.save()
    _claim_topic(task, config)
    if has_changed and task.version > 1:
        await_everybody(task)
    return task


def _apply(task: Task, config: CaseConfigData) -> None:
    if task.closes_at != config.closes_at and config.closes_at is not None and config.closes_at > now():
        task.reopened_at = task.reopened_until = None
    task.version += 1
    task.digest = _digest(config)
    task.config = config.to_json()
    task.title = config.title[:255]
    task.is_held = config.is_held
    task.by_cohort = config.by_cohort
    task.opens_at = config.opens_at
    task.closes_at = config.closes_at
    task.settle_at = phases.closing_moment(task)


def _claim_topic(task: Task, config: CaseConfigData) -> None:
    """Make the topic this task's own, or mark the task as faulty when another one has it."""
    wanted = None if config.is_held or not config.topic_id else topic_key(task.course_id, config.topic_id)
    fault = ""
    try:
        with transaction.atomic():
            Task.objects.filter(pk=task.pk).update(topic_key=wanted)
    except IntegrityError:
        wanted, fault = None, TOPIC_TAKEN
        Task.objects.filter(pk=task.pk).update(topic_key=None)
    Task.objects.filter(pk=task.pk).update(fault=fault)
    task.topic_key, task.fault = wanted, fault


def _digest(config: CaseConfigData) -> str:
    return hashlib.sha256(json.dumps(config.to_json(), sort_keys=True).encode()).hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
