"""Fold what waits, also after an interruption: the catch-up that cron or an operator runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gamification import api


class Command(BaseCommand):
    """Fold waiting ledger lines into totals and boards."""

    help = "Add ledger lines that still wait to totals and boards, and look again at completions that failed."

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
            lines, completions = api.count_waiting_entries(min_age_seconds=age), api.count_missed_completions()
            self.stdout.write(f"{lines} lines wait to be folded, {completions} completions to be looked at again.")
            return
        looked = api.look_again(options["limit"])
        folded = api.sweep_entries(options["limit"], min_age_seconds=age)
        self.stdout.write(f"Folded {folded} lines; looked again at {looked} completions.")
