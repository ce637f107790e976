"""Complete what was interrupted: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discussion_ext import api


class Command(BaseCommand):
    """Repair marked posts, send points, fold counts, settle closed cases and evaluate who waits."""

    help = "Completes what was interrupted in discussions. May run beside itself, after a crash and after an outage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a limit and a dry run."""
        parser.add_argument("--limit", type=int, default=5000, help="do no more than this of each kind (5000)")
        parser.add_argument("--dry-run", action="store_true", help="only say how much there is to do")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep, and say what was done."""
        if options["limit"] < 1:
            raise CommandError("--limit: give a number from 1 on.")
        done = api.sweep(limit=options["limit"], is_dry_run=options["dry_run"])
        self.stdout.write(", ".join(f"{name} {number}" for name, number in done.items()))
