"""Compare the forum with our records, for posts that left not even a mark: run it once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from discussion_ext import api


class Command(BaseCommand):
    """Record posts of the forum that we missed, and note those that vanished without a word."""

    help = "Finds posts of the forum without a record and records without a post, and repairs both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to look back, and a dry run."""
        parser.add_argument("--hours", type=int, default=48, help="look at posts of so many hours (48)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare, and say what was found."""
        if options["hours"] < 1:
            raise CommandError("--hours: give a number from 1 on.")
        found = api.repair_forum(hours=options["hours"], is_dry_run=options["dry_run"])
        self.stdout.write(f"{found['missing']} posts without a record, {found['vanished']} records without a post")
