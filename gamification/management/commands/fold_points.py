"""Fold what waits, also after an interruption: the catch-up that cron or an operator runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gamification import api


class Command(BaseCommand):
    """Fold waiting ledger lines into totals and boards."""

    help = "Add ledger lines that still wait to totals and boards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add options."""
        parser.add_argument("--limit", type=int, default=10_000, help="Persons to fold at most (10000).")
        parser.add_argument("--dry-run", action="store_true", help="Only say how much there is to do.")
        parser.add_argument("--now", action="store_true", help="Also fold what was recorded a moment ago.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run."""
        if options["limit"] < 1:
            raise CommandError("--limit: give a number from 1 on.")
        age = 0 if options["now"] else None
        if options["dry_run"]:
            self.stdout.write(f"{api.count_waiting_entries(min_age_seconds=age)} lines wait to be folded.")
            return
        folded = api.sweep_entries(options["limit"], min_age_seconds=age)
        self.stdout.write(f"Folded {folded} lines.")
