"""What is promised of every background task and every job, whichever package declares it."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from celery.exceptions import Retry
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from embedded_host.celery import APP
from people import api
from people.upkeep.background import BackgroundTask

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("people", "gamification", "discussion_ext", "chapters", "xblocks")


def our_tasks():
    APP.loader.import_default_modules()
    return {name: task for name, task in APP.tasks.items() if type(task).__module__.split(".")[0] in PACKAGES}


TASKS = our_tasks()


def test_the_tasks_are_found():
    assert {"community.people.run_job", "community.people.send_delivery", "community.people.run_errand"} <= set(TASKS)


def test_tasks_are_declared_in_one_way_only():
    """No bare ``shared_task`` anywhere: what is declared is what the checks below see."""
    declared = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "celery":
                names = {alias.name for alias in node.names}
                assert path.name == "background.py" or not names & {"Task", "shared_task", "task"}, path
            if isinstance(node, ast.FunctionDef):
                declared |= {call.args[0].value for call in node.decorator_list if _is_declaration(call)}
    assert {f"community.{name}" for name in declared} == set(TASKS)


def _is_declaration(node):
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return getattr(function, "attr", getattr(function, "id", "")) == "background_task"


@pytest.mark.parametrize("name", settings.PEOPLE_JOBS)
def test_a_job_ends_by_itself_before_its_task_is_ended(name):
    seconds = api.get_job(name).seconds
    assert seconds is not None
    assert seconds + 600 <= TASKS["community.people.run_job"].soft_time_limit, "time for the batch that is at work"


@pytest.mark.parametrize("name", sorted(TASKS))
class TestTask:
    def test_a_worker_that_dies_leaves_the_message_behind(self, name):
        assert TASKS[name].acks_late
        assert TASKS[name].reject_on_worker_lost

    def test_it_has_an_end_before_redis_takes_its_message_for_lost(self, name):
        task = TASKS[name]
        assert 0 < task.soft_time_limit < task.time_limit
        assert task.time_limit + task.retry_backoff_max < 3600

    def test_it_keeps_no_result(self, name):
        assert TASKS[name].ignore_result

    def test_it_has_a_name_of_its_own(self, name):
        prefix, package, verb = name.split(".")
        assert prefix == "community"
        assert package == type(TASKS[name]).__module__.split(".")[0]
        assert verb.isidentifier()

    def test_monitoring_knows_whose_it_is(self, name, monkeypatch):
        asked = []
        monkeypatch.setattr(
            "edx_django_utils.monitoring.internal.code_owner.utils.set_code_owner_attribute_from_module", asked.append
        )
        monkeypatch.setattr(f"{TASKS[name].__module__}.api", _Nothing())
        TASKS[name].run(*_arguments(TASKS[name]))
        assert asked == [TASKS[name].__module__]

    def test_a_database_that_fails_for_a_moment_is_tried_again_a_few_times(self, name, monkeypatch):
        task, arguments = TASKS[name], _arguments(TASKS[name])

        def fail(*_args):
            raise OperationalError(1213, "Deadlock found")

        monkeypatch.setattr(task, "_orig_run", fail)
        pauses = []
        monkeypatch.setattr(task, "retry", lambda *, exc, countdown, **_rest: _retry(task, exc, pauses, countdown))
        for retries in range(task.max_retries + 1):
            task.push_request(retries=retries, called_directly=False)
            try:
                with pytest.raises(OperationalError if retries == task.max_retries else Retry):
                    task.run(*arguments)
            finally:
                task.pop_request()
        longest = [min(task.retry_backoff_max, 2 * 2**retries) for retries in range(task.max_retries + 1)]
        assert all(0 <= pause <= most for pause, most in zip(pauses, longest, strict=True))


def _retry(task, exc, pauses, countdown):
    pauses.append(countdown)
    if task.request.retries >= task.max_retries:
        raise exc
    return Retry(exc=exc)


class _Nothing:
    """An api whose functions do nothing."""

    UnknownJobError = api.UnknownJobError

    def __getattr__(self, name):
        return lambda *args, **kwargs: None if name != "get_job" else api.get_job("people.run_errands")


def _arguments(task):
    return ["people.run_errands" if name == "name" else 1 for name in inspect.signature(task.run).parameters]


def test_pauses_differ_so_that_tasks_do_not_come_back_together():
    assert all(task.retry_jitter and task.retry_backoff for task in TASKS.values())


def test_a_sender_does_not_wait_for_a_broker_that_is_down(monkeypatch):
    sent = {}
    monkeypatch.setattr("celery.Task.apply_async", lambda self, *args, **options: sent.update(options))
    next(iter(TASKS.values())).delay(1)
    assert sent["retry_policy"]["max_retries"] == 1
    assert all(isinstance(task, BackgroundTask) for task in TASKS.values())


def test_what_a_broker_raises_reaches_nobody(monkeypatch, caplog):
    task = TASKS["community.people.run_errand"]

    def refuse(*_args, **_options):
        raise BrokerError("connection refused")

    monkeypatch.setattr(task, "delay", refuse)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda send: send())
    api.send_after_commit(task, "id")
    assert "people.task_not_sent task=community.people.run_errand error=OperationalError" in caplog.text


def test_tasks_are_sent_in_one_way_only():
    """A handler that sends by itself would hand the broker's error to a learner whose post is committed."""
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert path.name == "background.py" or not names & {"delay", "apply_async", "send_task"}, path


# -- jobs --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_job_is_a_command_with_a_dry_run():
    commands = get_commands()
    jobs = api.list_jobs()
    assert {"people.run_errands", "gamification.fold_points", "discussion_ext.sweep_discussions"} <= {
        job.name for job in jobs
    }
    for job in jobs:
        command = load_command_class(commands[job.command], job.command)
        assert isinstance(command, api.JobCommand), job.command
        assert command.job == job.name
        assert commands[job.command] == job.name.split(".")[0]
        parser = command.create_parser("manage.py", job.command)
        assert "--dry-run" in parser.format_help()


@pytest.mark.django_db
def test_the_beat_knows_jobs_that_exist():
    assert set(settings.PEOPLE_JOBS) <= {job.name for job in api.list_jobs()}
    for setting in settings.PEOPLE_JOBS.values():
        assert getattr(settings, setting) > 0
