"""What the authors of blended tasks ask: a versioned copy, with a task of its own for each stage in which people write.

A discussion and a report each have a held case of their own, under a key of no block: so posting, evidence, near-copies
and moderation are those of cases. A review is an answer to a report, and belongs to the report's stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.availability import is_on
from discussion_ext.configurations import digest_of, find_row, lock_row, take_over, to_data
from discussion_ext.contributions import now
from discussion_ext.data import (
    BlendedConfigData,
    CaseConfigData,
    StageConfigData,
    StageKind,
    TaskData,
    TaskKind,
)
from discussion_ext.exceptions import CaseNotFoundError, CaseOffError, InvalidValueError
from discussion_ext.models import Participation, Task
from discussion_ext.sessions import lessons

from . import watch

WRITTEN = (StageKind.DISCUSS, StageKind.REPORT)


def stage_key(usage_key: UsageKey, stage_id: str) -> UsageKey:
    """Return the key under which a stage of a blended task keeps its posts."""
    course_key: CourseKey = usage_key.course_key
    return course_key.make_usage_key("blended_stage", f"{usage_key.block_id}.{stage_id}")


# -- taking over -------------------------------------------------------------------------------------------------------


def sync_blended(*, usage_key: UsageKey, course_key: CourseKey, config: BlendedConfigData) -> TaskData:
    """Keep this configuration as the present one; one query where nothing changed.

    A change makes a new version, and everybody who takes part is evaluated again by the next sweep, or when they look.
    A stage that is no longer asked keeps its posts and results, and takes no more.
    """
    task = find_row(usage_key)
    if task is None or task.digest != digest_of(config) or not task.is_active or _lacks_session(task, config):
        task = _store(usage_key=usage_key, course_key=course_key, config=config)
    return to_data(task)


def sync_published(*, usage_key: UsageKey, course_key: CourseKey, config: BlendedConfigData) -> TaskData:
    """Do the same at publish, when the units of the course are looked at too."""
    data = sync_blended(usage_key=usage_key, course_key=course_key, config=config)
    asked = {unit_id for stage in config.stages for unit_id in stage.unit_ids}
    units = edx_platform.list_units(course_key) if asked else []
    present = [{"id": unit.block_id, "title": unit.title} for unit in units if unit.block_id in asked]
    with transaction.atomic():
        task = Task.objects.select_for_update().get(pk=data.id)
        if task.units != present:
            is_lost_or_found = task.units is not None and _ids(task.units) != _ids(present)
            task.units = present
            task.save(update_fields=["units"])
            if is_lost_or_found:
                await_everybody(task)
    return data


def await_everybody(task: Task) -> None:
    """Have everybody evaluated again by the next sweep, as if an earlier configuration had been theirs."""
    Participation.objects.filter(task=task).update(config_version=0)
    Task.objects.filter(pk=task.pk).update(settle_at=now())


def find_blended_config(usage_key: UsageKey) -> BlendedConfigData | None:
    """Return what a blended task asks now, None where it was never published."""
    task = find_row(usage_key)
    return config_of(task) if task is not None and task.kind == TaskKind.BLENDED else None


def list_blended_tasks(course_key: CourseKey) -> list[TaskData]:
    """Return the blended tasks of a course by title, without those that were taken out of it."""
    found = Task.objects.filter(course_id=str(course_key), kind=TaskKind.BLENDED, is_active=True)
    return [to_data(task) for task in found.order_by("title", "pk")]


# -- rows --------------------------------------------------------------------------------------------------------------


def get_blended(usage_key: UsageKey) -> Task:
    """Return the stored blended task of a block or raise CaseNotFoundError."""
    task = find_row(usage_key)
    if task is None or task.kind != TaskKind.BLENDED:
        raise CaseNotFoundError(_("This task has not been published yet."))
    return task


def access_blended(usage_key: UsageKey) -> Task:
    """Return the task of a block. Raises CaseNotFoundError, and CaseOffError where tasks are off in the course."""
    task = get_blended(usage_key)
    if not is_on(CourseKey.from_string(task.course_id)):
        raise CaseOffError(_("Tasks are turned off in this course."))
    return task


def config_of(task: Task) -> BlendedConfigData:
    """Return what a blended task asks now."""
    return BlendedConfigData.from_json(task.config)


def stages_of(task: Task) -> dict[str, Task]:
    """Return the tasks of the stages in which people write, also of those that are no longer asked, by stage."""
    return {stage.stage_id: stage for stage in Task.objects.filter(parent=task, kind=TaskKind.STAGE)}


def find_stage(config: BlendedConfigData, stage_id: str, *kinds: StageKind) -> StageConfigData:
    """Return a stage, of one of these kinds where some are given, or raise InvalidValueError."""
    stage = config.find_stage(stage_id)
    if stage is None or (kinds and stage.kind not in kinds):
        raise InvalidValueError(_("There is no such stage in this task."), field="stage_id")
    return stage


def titles_of_units(task: Task) -> Mapping[str, str] | None:
    """Return the titles of the asked units that are in the course, None while that is not known."""
    return None if task.units is None else {unit["id"]: unit["title"] for unit in task.units}


def case_of(stage: StageConfigData, config: BlendedConfigData) -> CaseConfigData:
    """Return what the case of a stage asks: words are judged there, dates and shares by the blended task."""
    asked = CaseConfigData(
        title=stage.title or config.title,
        case_html=stage.instructions_html,
        look_back_min=0,
        position_points=1,
        answers_points=1,
        by_cohort=config.by_cohort,
    )
    if stage.kind == StageKind.DISCUSS:
        return replace(
            asked,
            position_min=stage.position_min,
            answers_wanted=stage.answers_wanted,
            answer_min=stage.answer_min,
        )
    reviews = [each.review_min for each in config.stages if each.report_stage_id == stage.id]
    return replace(
        asked, position_min=stage.report_min, answers_wanted=0, answer_min=min(reviews, default=stage.review_min)
    )


# -- storing -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _store(*, usage_key: UsageKey, course_key: CourseKey, config: BlendedConfigData) -> Task:
    session_id = _find_session(usage_key, course_key, config)
    task = lock_row(usage_key, course_key, TaskKind.BLENDED)
    has_moved = task.session_id != session_id and task.version > 0
    if take_over(task, config):
        task.settle_at = now()
    task.session_id = session_id
    task.is_active = True
    task.save()
    if has_moved:
        await_everybody(task)
    written = [stage for stage in config.stages if stage.kind in WRITTEN]
    for stage in written:
        _store_stage(task, usage_key, course_key, stage, config)
    asked = {stage.id for stage in written}
    Task.objects.filter(parent=task, is_active=True).exclude(stage_id__in=asked).update(is_active=False)
    transaction.on_commit(partial(watch.forget, course_key))
    return task


def _store_stage(
    parent: Task, usage_key: UsageKey, course_key: CourseKey, stage: StageConfigData, config: BlendedConfigData
) -> None:
    asked = case_of(stage, config)
    task = lock_row(stage_key(usage_key, stage.id), course_key, TaskKind.STAGE)
    # Nobody is judged by a title.
    take_over(task, asked, digest=digest_of(replace(asked, title="")))
    task.parent, task.stage_id, task.title = parent, stage.id, asked.title[:255]
    task.is_active = True
    task.save()


def _find_session(usage_key: UsageKey, course_key: CourseKey, config: BlendedConfigData) -> int | None:
    """Return the class session that dates hang on: that of the block, made where there was none, or of another."""
    if not config.needs_session:
        return None
    if not config.session_block or config.session_block == usage_key.block_id:
        return lessons.ensure_session(course_key=course_key, block_id=usage_key.block_id, title=config.title).id
    other = lessons.find_session(course_key=course_key, block_id=config.session_block)
    return other.id if other else None


def _lacks_session(task: Task, config: BlendedConfigData) -> bool:
    return task.session_id is None and config.needs_session


def _ids(units: Sequence[Mapping[str, str]]) -> set[str]:
    return {unit["id"] for unit in units}
