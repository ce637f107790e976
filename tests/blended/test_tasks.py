"""Configurations taken over: versions, stages of their own, sessions, and what stays when something goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.data import CaseConfigData, TaskKind
from discussion_ext.models import ClassSession, Contribution, Participation, Task, TaskVersion

from .conftest import CONFIG, DISCUSS, READ

pytestmark = pytest.mark.django_db


def test_stages_in_which_people_write_have_a_task_of_their_own(task: UsageKey) -> None:
    parent = Task.objects.get(usage_key=str(task))
    stages = {stage.stage_id: stage for stage in Task.objects.filter(parent=parent)}
    assert set(stages) == {"s2", "s4"}
    assert {stage.kind for stage in stages.values()} == {"stage"}
    assert stages["s2"].usage_key == str(blended.stage_key(task, "s2"))
    asked = CaseConfigData.from_json(stages["s2"].config)
    assert (asked.position_min, asked.answers_wanted, asked.answer_min, asked.look_back_min) == (10, 1, 5, 0)
    report = CaseConfigData.from_json(stages["s4"].config)
    assert (report.position_min, report.answers_wanted, report.answer_min) == (10, 0, 5)
    assert parent.session_id == ClassSession.objects.get(block_id="feedback").pk
    assert blended.find_blended_config(task) == CONFIG


def test_the_same_again_costs_one_query_and_changes_nothing(
    task: UsageKey, course_key: CourseKey, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(1):
        data = blended.sync_blended(usage_key=task, course_key=course_key, config=CONFIG)
    assert (data.version, data.kind) == (1, TaskKind.BLENDED)
    assert TaskVersion.objects.filter(task_id=data.id).count() == 1


def test_a_new_title_judges_nobodys_words_again(task: UsageKey, course_key: CourseKey) -> None:
    changed = replace(CONFIG, title="Feedback", stages=(READ, replace(DISCUSS, title="Say it"), *CONFIG.stages[2:]))
    assert blended.sync_blended(usage_key=task, course_key=course_key, config=changed).version == 2
    stage = Task.objects.get(stage_id="s2")
    assert (stage.version, stage.title) == (1, "Say it")


def test_a_stage_that_goes_keeps_what_was_written(
    task: UsageKey, course_key: CourseKey, learner: int, seat: Callable[..., None], write: Callable[..., object]
) -> None:
    seat(learner)
    write(learner)
    blended.sync_blended(usage_key=task, course_key=course_key, config=replace(CONFIG, stages=CONFIG.stages[2:]))
    stage = Task.objects.get(stage_id="s2")
    assert not stage.is_active
    assert Contribution.objects.filter(task=stage).count() == 1
    assert Participation.objects.get(task=stage).has_position
    with pytest.raises(api.CaseNotOpenError):
        write(learner, stage="s2")
    blended.sync_blended(usage_key=task, course_key=course_key, config=CONFIG)
    assert Task.objects.get(stage_id="s2").is_active


def test_a_published_course_brings_blended_tasks_and_takes_them_out(
    task: UsageKey, course_key: CourseKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = course_key.make_usage_key("case_discussion", "bakery")
    found = [(task, CONFIG), (case, CaseConfigData(title="A name and a measure"))]
    monkeypatch.setattr("discussion_ext.edx_platform.list_task_configurations", lambda _key: iter(found))
    api.sync_course(course_key)
    active = Task.objects.filter(is_active=True)
    assert sorted(active.values_list("kind", flat=True)) == ["blended", "case", "stage", "stage"]
    assert [data.usage_key for data in blended.list_blended_tasks(course_key)] == [task]
    found.pop(0)
    api.sync_course(course_key)
    assert list(active.values_list("kind", flat=True)) == ["case"]
    assert blended.list_blended_tasks(course_key) == []


def test_the_session_of_another_task_is_shared(make_task: Callable[..., UsageKey], task: UsageKey) -> None:
    other = make_task(name="second", session_block="feedback")
    rows = {row.usage_key: row.session_id for row in Task.objects.filter(kind="blended")}
    assert rows[str(other)] == rows[str(task)]
    assert ClassSession.objects.count() == 1


def test_a_session_that_comes_later_is_found(make_task: Callable[..., UsageKey], course_key: CourseKey) -> None:
    asked = replace(CONFIG, session_block="feedback")
    second = make_task(asked, name="second")
    assert Task.objects.get(usage_key=str(second)).session_id is None
    make_task()
    blended.sync_blended(usage_key=second, course_key=course_key, config=asked)
    row = Task.objects.get(usage_key=str(second))
    assert row.session_id == ClassSession.objects.get().pk
    assert row.settle_at is not None


def test_sub_tasks_are_no_cases(task: UsageKey, course_key: CourseKey) -> None:
    titles = [title for title, _number in api.evaluate_course(course_key, is_dry_run=True)]
    assert titles == ["Giving feedback upwards"]
    assert api.list_topics(course_key) == []
    with pytest.raises(api.CaseNotFoundError):
        blended.view_task(usage_key=blended.stage_key(task, "s2"), user_id=1)
