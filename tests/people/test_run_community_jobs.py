"""One command for cron: every job that is due, and no other."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from people.data import JobData
from people.models import JobRun
from people.upkeep import jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Replace all jobs by three small ones, and return the names of those that have run."""
    names: list[str] = []

    def small(name: str, *, fails: bool = False) -> JobData:
        def work() -> Generator[Mapping[str, int], None, None]:
            names.append(name)
            if fails:
                raise ValueError("secret words")
            yield {"done": 2}

        return JobData(name=name, says="Small.", work=work, look=lambda: {"due": 1}, limit=None)

    monkeypatch.setattr(jobs, "_jobs", {})
    settings.PEOPLE_JOBS = {}
    for name, seconds, fails in (("t.fails", 60, True), ("t.fine", 60, False), ("t.never", 0, False)):
        jobs.register_job(small(name, fails=fails))
        setting = f"TEST_{name[2:].upper()}_EVERY_SECONDS"
        settings.PEOPLE_JOBS[name] = setting
        setattr(settings, setting, seconds)
    return names


def test_what_is_due_runs_and_a_failure_stops_no_other(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"Failed: t\.fails"):
        call_command("run_community_jobs")
    assert ran == ["t.fails", "t.fine"]
    said = capsys.readouterr()
    assert "t.fine: done: 2" in said.out
    assert "ValueError" in said.err
    assert "secret" not in said.err


def test_what_ran_a_moment_ago_waits(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    JobRun.objects.create(name="t.fine", succeeded_at=timezone.now() - timedelta(seconds=5))
    JobRun.objects.create(name="t.fails", succeeded_at=timezone.now() - timedelta(seconds=5))
    call_command("run_community_jobs")
    assert ran == []
    JobRun.objects.filter(name="t.fine").update(succeeded_at=timezone.now() - timedelta(minutes=2))
    call_command("run_community_jobs")
    assert ran == ["t.fine"]


def test_the_most_frequent_is_first_and_each_ends_in_its_time(
    ran: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TEST_FAILS_EVERY_SECONDS = 86_400
    seconds: list[float | None] = []
    real = jobs.run_job

    def run(name: str, **options: Any) -> Any:
        seconds.append(options["seconds"])
        return real(name, **options)

    monkeypatch.setattr("people.management.commands.run_community_jobs.run_job", run)
    with pytest.raises(CommandError):
        call_command("run_community_jobs")
    assert ran == ["t.fine", "t.fails"]
    assert seconds == [240, 240]


def test_a_dry_run_names_and_does_nothing(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("run_community_jobs", "--dry-run")
    assert capsys.readouterr().out == "Due: t.fails, t.fine.\n"
    assert ran == []


def test_what_another_run_has_in_hand_is_left_to_it(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    held_until = timezone.now() + timedelta(minutes=5)
    for name in ("t.fine", "t.fails"):
        JobRun.objects.create(name=name, held_until=held_until)
    call_command("run_community_jobs")
    assert ran == []
    assert "t.fine: at work elsewhere" in capsys.readouterr().out
