"""Do what packages must still do: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people import api

_BATCH = 50


class Command(BaseCommand):
    """Run due errands in small batches and say how far it is."""

    help = "Does what receivers left behind. May run beside itself, after a crash and after an outage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a limit and a dry run."""
        parser.add_argument("--limit", type=int, default=5000, help="run no more errands than this (5000)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many are due")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, or count."""
        limit = options["limit"]
        if limit < 1:
            raise CommandError("--limit: give a number from 1 on.")
        due = api.count_errands()
        if options["dry_run"]:
            self.stdout.write(f"{due} errands are due, nothing was done.")
            return
        done = failed = 0
        while done + failed < limit:
            run = api.run_errands(limit=min(_BATCH, limit - done - failed))
            if not run.total:
                break
            done, failed = done + run.done, failed + run.failed + run.taken
            self.stdout.write(f"{done + failed} of {max(done + failed, min(due, limit))}")
        self.stdout.write(f"{done} errands done, {failed} left for later.")
