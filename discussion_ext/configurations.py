"""What the authors ask: a versioned copy of every task block's configuration, taken at publish, checked at render."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from . import edx_platform, phases
from .availability import is_on
from .contributions import now, topic_key
from .data import BlendedConfigData, CaseConfigData, TaskData, TaskKind, TopicData
from .exceptions import CaseNotFoundError, ConfigurationsMissedError
from .models import Participation, PendingEvaluation, Task, TaskVersion

log = logging.getLogger(__name__)

TOPIC_TAKEN = "topic_taken"
_BATCH = 500

Config = CaseConfigData | BlendedConfigData

_SYNCS: dict[type[Config], Callable[..., TaskData]] = {}


def register_sync(config_type: type[Config], sync: Callable[..., TaskData]) -> None:
    """Say how configurations of this type are kept when a course is published; called once, when the app is ready.

    ``sync`` takes ``usage_key``, ``course_key`` and ``config``.
    """
    _SYNCS[config_type] = sync


def sync_task(*, usage_key: UsageKey, course_key: CourseKey, config: CaseConfigData) -> TaskData:
    """Keep this configuration as the present one; one query where nothing changed.

    A change makes a new version and leaves everybody who takes part to be evaluated again. A topic that belongs to
    another case of the course makes the task faulty: ``fault`` says so until one of the two lets go of it.
    """
    task = find_row(usage_key)
    if task is None or task.digest != digest_of(config) or not task.is_active or task.fault:
        task = _store(usage_key=usage_key, course_key=course_key, config=config)
    return to_data(task)


def may_have_cases(course_key: CourseKey) -> bool:
    """Tell whether a course has cases or may get some: one cached look-up, one more where they are off."""
    return is_on(course_key) or Task.objects.filter(course_id=str(course_key), is_active=True).exists()


def sync_course(course_key: CourseKey) -> list[int]:
    """Keep the configurations of a published course and return the ids of tasks whose people have to be evaluated.

    A case that is no longer in the course lets go of its topic, a blended task of its stages; what was written stays.
    One broken block does not stop the others; it is named in the ConfigurationsMissedError at the end.
    """
    before = dict(Task.objects.filter(course_id=str(course_key)).values_list("pk", "version"))
    present, missed = set(), []
    for usage_key, config in edx_platform.list_task_configurations(course_key):
        try:
            sync = _SYNCS.get(type(config), sync_task)
            present.add(sync(usage_key=usage_key, course_key=course_key, config=config).id)
        except Exception as error:  # noqa: BLE001
            log.error("discussion_ext.configuration_failed block=%s error=%s", usage_key, people.name_error(error))
            missed.append(usage_key)
            present.update(Task.objects.filter(usage_hash=hash_of(usage_key)).values_list("pk", flat=True))
    active = Task.objects.filter(course_id=str(course_key), is_active=True)
    active.exclude(kind=TaskKind.STAGE).exclude(pk__in=present).update(is_active=False, topic_key=None)
    active.filter(kind=TaskKind.STAGE, parent__is_active=False).update(is_active=False)
    if missed:
        raise ConfigurationsMissedError(", ".join(map(str, missed)))
    after = dict(Task.objects.filter(course_id=str(course_key), pk__in=present).values_list("pk", "version"))
    return [task_id for task_id, version in after.items() if before.get(task_id) not in {None, version}]


def find_task(usage_key: UsageKey) -> TaskData | None:
    """Return the task of a block, None where it was never published."""
    task = find_row(usage_key)
    return to_data(task) if task is not None else None


def find_row(usage_key: UsageKey) -> Task | None:
    """Return the stored task of a block, None where it was never published."""
    return Task.objects.filter(usage_hash=hash_of(usage_key)).first()


def get_task(usage_key: UsageKey) -> Task:
    """Return the stored task of a block or raise CaseNotFoundError."""
    task = find_row(usage_key)
    if task is None:
        raise CaseNotFoundError(_("This case has not been published yet."))
    return task


def list_topics(course_key: CourseKey, *, usage_key: UsageKey | None = None) -> list[TopicData]:
    """Return the course's topics, saying which of them another case has already."""
    own = hash_of(usage_key) if usage_key is not None else ""
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
        kind=TaskKind(task.kind),
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
    task = lock_row(usage_key, course_key)
    has_changed = take_over(task, config)
    if has_changed:
        _apply(task, config)
    task.is_active = True
    task.save()
    _claim_topic(task, config)
    if has_changed and task.version > 1:
        await_everybody(task)
    return task


def lock_row(usage_key: UsageKey, course_key: CourseKey, kind: TaskKind = TaskKind.CASE) -> Task:
    """Return the row of a block, made where there was none, locked until the transaction ends."""
    wanted = hash_of(usage_key)
    if not Task.objects.filter(usage_hash=wanted).exists():
        new = Task(usage_hash=wanted, usage_key=str(usage_key), course_id=str(course_key), kind=kind)
        people.insert_or_update(new, by=["usage_hash"])
    return Task.objects.select_for_update().get(usage_hash=wanted)


def take_over(task: Task, config: Config, *, digest: str = "") -> bool:
    """Begin a new version of a locked task where its configuration changed, and return whether it did.

    The caller saves it. ``digest`` is what tells configurations apart, that of the whole where it is left out.
    """
    digest = digest or digest_of(config)
    if task.digest == digest:
        return False
    task.version += 1
    task.digest = digest
    task.config = config.to_json()
    task.title = config.title[:255]
    task.by_cohort = config.by_cohort
    TaskVersion.objects.create(task=task, number=task.version, config=task.config)
    return True


def _apply(task: Task, config: CaseConfigData) -> None:
    if task.closes_at != config.closes_at and config.closes_at is not None and config.closes_at > now():
        task.reopened_at = task.reopened_until = None
    task.is_held = config.is_held
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


def digest_of(config: Config) -> str:
    """Return what tells two configurations apart."""
    return hashlib.sha256(json.dumps(config.to_json(), sort_keys=True).encode()).hexdigest()


def hash_of(usage_key: UsageKey) -> str:
    """Return the unique key under which the task of a block is stored."""
    return hashlib.sha1(str(usage_key).encode(), usedforsecurity=False).hexdigest()
