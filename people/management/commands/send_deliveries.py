"""Send the mail that is due: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people import api

_BATCH = 50


class Command(BaseCommand):
    """Send due deliveries in small batches and say how far it is."""

    help = "Sends the community mail that is due. May run beside itself and after a crash; nobody gets a mail twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a limit and a dry run."""
        parser.add_argument("--limit", type=int, default=5000, help="look at no more deliveries than this (5000)")
        parser.add_argument("--dry-run", action="store_true", help="only list what is due")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Send, or list."""
        limit = options["limit"]
        if limit < 1:
            raise CommandError("--limit: give a number from 1 on.")
        if options["dry_run"]:
            self._list(limit)
            return
        self._send(limit)

    def _list(self, limit: int) -> None:
        for due in api.list_due_deliveries(limit=limit):
            self.stdout.write(f"{due.due_at:%Y-%m-%d %H:%M} UTC  {due.kind}  user {due.user_id}  {due.key}")
        self.stdout.write(f"{api.count_due_deliveries()} due, nothing was sent.")

    def _send(self, limit: int) -> None:
        due, done = min(api.count_due_deliveries(), limit), 0
        totals: Counter[str] = Counter()
        while done < limit:
            run = api.process_deliveries(limit=min(_BATCH, limit - done))
            totals.update(asdict(run))
            if not run.total:
                break
            done += run.total
            self.stdout.write(f"{done} of {max(done, due)}")
        self.stdout.write(", ".join(f"{count} {name}" for name, count in totals.items() if count) or "Nothing is due.")
