"""Run every periodic job of the suite that is due: one line in a crontab where no Celery beat runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.upkeep.jobs import get_job, is_job_due, list_jobs, run_job
from people.upkeep.logs import name_error


class Command(BaseCommand):
    """Run what is due."""

    help = "Run every periodic job that is due. Safe beside a beat: no job is run by two at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a dry run."""
        parser.add_argument("--dry-run", action="store_true", help="only name the jobs that are due")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run each, the most frequent first: mail does not wait for the night's job. One that fails stops no other."""
        jobs = sorted(list_jobs(), key=lambda job: job.every_seconds)
        due = [job.name for job in jobs if job.every_seconds and is_job_due(job.name)]
        if options["dry_run"]:
            self.stdout.write(f"Due: {', '.join(due) or 'nothing'}.")
            return
        failed = [name for name in due if not self._run(name)]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")

    def _run(self, name: str) -> bool:
        try:
            run = run_job(name, seconds=get_job(name).seconds, is_continued=True)
        except Exception as error:  # noqa: BLE001 - the record of the job says it too, and the next job must run
            self.stderr.write(f"{name}: {name_error(error)}")
            return False
        done = ", ".join(f"{what}: {number}" for what, number in run.counts.items() if number)
        end = "; the next run goes on" if run.is_unfinished else ""
        self.stdout.write(f"{name}: {'at work elsewhere' if run.is_busy else done or 'nothing to do'}{end}")
        return True
