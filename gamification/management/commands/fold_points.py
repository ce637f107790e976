"""Fold what waits, also after an interruption: the catch-up that cron or an operator runs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from people import api as people


class Command(people.JobCommand):
    """Fold waiting ledger lines into totals and boards."""

    help = "Add ledger lines that still wait to totals and boards."
    job = "gamification.fold_points"
    limit = 10_000

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take the option to leave nothing to the folds under way."""
        parser.add_argument("--now", action="store_true", help="also fold what was recorded a moment ago")

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the least age of a line."""
        return {"min_age_seconds": 0 if options["now"] else None}
