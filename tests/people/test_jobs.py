"""Periodic jobs: one record for beat, cron and operator, one run at a time, and a run that died is noticed."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.utils import timezone

from people import api
from people.data import JobData, JobStepData
from people.models import JobRun
from people.tasks import run_job_task
from people.upkeep import jobs

pytestmark = pytest.mark.django_db


class Work:
    """A pile of work, done two by two; ``error`` is raised before the second batch."""

    def __init__(self):
        self.left = 5
        self.error = None
        self.during = lambda: None

    def run(self, *, limit, floor=0):
        done = 0
        while self.left > floor and done < limit:
            if self.error is not None and done:
                raise self.error
            number = min(2, self.left - floor, limit - done)
            self.left -= number
            done += number
            self.during()
            yield {"stones": number}

    def look(self, *, floor=0):
        return {"stones": self.left - floor}


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def job(work, monkeypatch, settings):
    monkeypatch.setattr(jobs, "_jobs", {})
    settings.PEOPLE_JOBS = {"people.move_stones": "STONES_EVERY"}
    settings.STONES_EVERY = 300
    job = JobData(name="people.move_stones", says="Moves stones.", work=work.run, look=work.look, limit=100)
    api.register_job(job)
    return job


def record():
    return JobRun.objects.get(pk="people.move_stones")


def status():
    return api.list_jobs()[0]


def test_a_run_is_recorded(job, work):
    run = api.run_job(job.name)
    assert (work.left, run.counts) == (0, {"stones": 5})
    seen = status()
    assert seen.last_started_at <= seen.last_finished_at == seen.last_succeeded_at
    assert (seen.counts, seen.error, seen.failures) == ({"stones": 5}, "", 0)
    assert not seen.is_running
    assert not seen.is_late


def test_each_batch_is_a_heartbeat(job, work):
    seen = []
    work.during = lambda: seen.append((record().counts, status().is_running))
    told = []
    api.run_job(job.name, tell=told.append)
    assert seen == [({}, True), ({"stones": 2}, True), ({"stones": 4}, True)]
    assert told == [{"stones": 2}, {"stones": 4}, {"stones": 5}]


def test_it_ends_with_its_limit_or_its_seconds(job, work):
    assert api.run_job(job.name, limit=3).counts == {"stones": 3}
    assert api.run_job(job.name, seconds=0).counts == {"stones": 2}
    assert work.left == 0


def test_a_failure_leaves_its_class_and_what_was_done(job, work):
    work.error = OperationalError("somebody's name")
    for number in (1, 2):
        with pytest.raises(OperationalError):
            api.run_job(job.name)
        assert (record().error, record().failures) == ("OperationalError", number)
    assert record().counts == {"stones": 2}
    assert record().held_until is None, "the next may start at once"
    work.error = None
    api.run_job(job.name)
    assert (record().error, record().failures) == ("", 0)


def test_only_one_runs_at_a_time(job, work):
    inner = []
    work.during = lambda: inner.append(api.run_job(job.name).is_busy)
    assert not api.run_job(job.name).is_busy
    assert inner == [True, True, True]
    assert record().counts == {"stones": 5}


def test_some_may_run_beside_themselves(job, work, monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})
    api.register_job(JobData(name=job.name, says="", work=work.run, look=work.look, limit=2, is_single=False))
    inner = []

    def meanwhile():
        work.during = lambda: None
        inner.append(api.run_job(job.name))

    work.during = meanwhile
    api.run_job(job.name)
    assert [run.is_busy for run in inner] == [False]
    assert work.left == 1


def test_overtaken_by_every_next_run_its_success_counts(job, work, monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})
    api.register_job(JobData(name=job.name, says="", work=work.run, look=work.look, limit=100, is_single=False))
    work.during = lambda: JobRun.objects.update(token="next", counts={"stones": 99})
    api.run_job(job.name)
    assert record().succeeded_at is not None
    assert (record().token, record().counts) == ("next", {"stones": 99}), "what the row shows is the next run's"


def test_a_run_that_died_is_noticed_and_followed(job, work):
    JobRun.objects.create(
        name=job.name, started_at=timezone.now(), token="dead", held_until=timezone.now() + timedelta(minutes=1)
    )
    assert api.run_job(job.name).is_busy
    JobRun.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert not status().is_running
    lost = []
    work.during = lambda: lost.append((record().error, record().failures))
    assert api.run_job(job.name).counts == {"stones": 5}
    assert lost[0] == ("RunLost", 1)
    assert (record().error, record().failures) == ("", 0)


def test_a_run_that_was_given_up_on_does_not_speak_for_its_successor(job, work):
    def overtake():
        JobRun.objects.update(token="successor", counts={"stones": 99})

    work.during = overtake
    api.run_job(job.name)
    assert (record().token, record().counts, record().succeeded_at) == ("successor", {"stones": 99}, None)


def test_a_part_is_no_success_of_the_whole(job):
    api.run_job(job.name, is_partial=True)
    assert record().finished_at is not None
    assert record().succeeded_at is None
    assert status().is_late


@pytest.mark.parametrize(("hours", "is_late"), [(None, True), (0.5, False), (2, True)])
def test_a_job_is_late_after_three_intervals(job, settings, hours, is_late):
    settings.STONES_EVERY = 1200
    if hours is not None:
        JobRun.objects.create(name=job.name, succeeded_at=timezone.now() - timedelta(hours=hours))
    assert status().is_late is is_late
    settings.STONES_EVERY = 0
    assert status().is_late is False


def test_the_beat_asks_every_hour_and_a_rare_job_runs_once_a_day(job, work, settings):
    settings.STONES_EVERY = 86_400
    run_job_task(job.name)
    assert work.left == 0
    work.left = 5
    for hours, left in ((1, 5), (23, 5), (23.6, 0)):
        JobRun.objects.update(succeeded_at=timezone.now() - timedelta(hours=hours))
        run_job_task(job.name)
        assert work.left == left


def test_a_frequent_job_is_not_left_out_because_its_last_run_took_a_while(job, work):
    JobRun.objects.create(name=job.name, succeeded_at=timezone.now() - timedelta(seconds=250))
    run_job_task(job.name)
    assert work.left == 0


class TestResumable:
    """A round through ten towns that leaves no mark in any of them."""

    @pytest.fixture
    def seen(self, work, monkeypatch, settings):
        seen = []

        def walk(*, resume, towns=10):
            for town in range(resume["town"] if resume else 0, towns):
                work.during()
                if work.error is not None and town == 4:
                    raise work.error
                seen.append(town)
                yield JobStepData(counts={"towns": 1}, cursor={"town": town + 1})

        monkeypatch.setattr(jobs, "_jobs", {})
        settings.PEOPLE_JOBS = {"people.move_stones": "STONES_EVERY"}
        settings.STONES_EVERY = 86_400
        look = work.look
        api.register_job(
            JobData(name="people.move_stones", says="", work=walk, look=look, limit=None, is_resumable=True, seconds=0)
        )
        return seen

    def test_what_its_seconds_end_is_due_at_once_and_no_success(self, seen):
        last = timezone.now() - timedelta(hours=1)
        JobRun.objects.create(name="people.move_stones", succeeded_at=last)
        run = api.run_job("people.move_stones", seconds=0)
        assert (run.counts, run.is_unfinished) == ({"towns": 1}, True)
        assert (record().succeeded_at, record().failures, record().held_until) == (last, 0, None)
        assert api.is_job_due("people.move_stones")

    def test_the_beat_goes_on_until_the_round_is_made(self, seen):
        for towns in range(1, 11):
            run_job_task("people.move_stones")
            assert (seen, record().succeeded_at) == (list(range(towns)), None)
        run_job_task("people.move_stones")
        assert seen == list(range(10)), "each town once"
        assert record().succeeded_at is not None
        assert record().cursor is None
        run_job_task("people.move_stones")
        assert len(seen) == 10, "until tomorrow"

    def test_a_failure_is_followed_from_where_it_was(self, seen, work):
        work.error = OperationalError()
        with pytest.raises(OperationalError):
            api.run_job("people.move_stones", is_continued=True)
        assert (record().cursor, record().failures) == ({"town": 4}, 1)
        work.error = None
        api.run_job("people.move_stones", is_continued=True)
        assert seen == list(range(10))
        assert (record().failures, record().cursor) == (0, None)

    def test_a_run_that_died_is_followed_from_where_it_was(self, seen):
        lapsed = timezone.now() - timedelta(seconds=1)
        JobRun.objects.create(name="people.move_stones", token="dead", held_until=lapsed, cursor={"town": 7})
        api.run_job("people.move_stones", is_continued=True)
        assert seen == [7, 8, 9]
        assert record().succeeded_at is not None

    def test_one_that_was_given_up_on_does_not_move_its_successor(self, seen, work):
        work.during = lambda: JobRun.objects.update(token="successor", cursor={"town": 99})
        api.run_job("people.move_stones", is_continued=True)
        assert record().cursor == {"town": 99}

    def test_an_operator_starts_from_the_beginning_and_ends_the_round(self, seen):
        JobRun.objects.create(name="people.move_stones", cursor={"town": 7})
        api.run_job("people.move_stones")
        assert seen == list(range(10))
        assert record().cursor is None

    def test_a_part_leaves_the_round_as_it_is(self, seen):
        JobRun.objects.create(name="people.move_stones", cursor={"town": 7})
        api.run_job("people.move_stones", is_partial=True, towns=2)
        assert seen == [0, 1]
        assert record().cursor == {"town": 7}


def test_a_name_that_nobody_knows_is_logged(job, caplog):
    run_job_task("people.sing")
    assert "people.unknown_job name=people.sing" in caplog.text
    with pytest.raises(api.UnknownJobError):
        api.run_job("people.sing")


def test_a_name_is_taken_once(job):
    with pytest.raises(api.UnknownJobError):
        api.register_job(JobData(name=job.name, says="", work=job.work, look=job.look))


class TestCommand:
    @pytest.fixture
    def call(self, job):
        class Command(api.JobCommand):
            job = "people.move_stones"
            limit = 4

            def add_job_arguments(self, parser):
                parser.add_argument("--floor", type=int, default=0)

            def read_options(self, options):
                return {"floor": options["floor"]}

        def run(*arguments):
            from django.core.management import call_command

            out = StringIO()
            call_command(Command(stdout=out), *arguments)
            return out.getvalue()

        return run

    def test_a_dry_run_says_and_does_nothing(self, call, work):
        assert call("--dry-run", "--floor", "1") == "There is to do: stones: 4. Nothing was changed.\n"
        assert work.left == 5
        assert not JobRun.objects.exists()

    def test_it_says_how_far_it_is(self, call, work):
        assert call() == "... stones: 2\n... stones: 4\nDone: stones: 4.\n"
        assert call() == "... stones: 1\nDone: stones: 1.\n"
        assert call() == "Done: nothing.\n"
        assert record().succeeded_at is not None

    def test_it_leaves_the_work_to_a_run_that_is_at_it(self, call, work):
        JobRun.objects.create(name="people.move_stones", held_until=timezone.now() + timedelta(minutes=1))
        assert call() == "Another run is at work; it is left to that one.\n"
        assert work.left == 5

    @pytest.mark.parametrize("limit", ["0", "-1", "many"])
    def test_a_limit_is_a_number(self, call, limit):
        with pytest.raises(CommandError, match="--limit"):
            call(f"--limit={limit}")
