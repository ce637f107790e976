"""Compare the forum with our records, for posts that left not even a mark: run it once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, Final

from django.core.management.base import CommandError

from discussion_ext.upkeep import hours_to_repair
from people import api as people

_MOST_HOURS: Final = 100 * 366 * 24


class Command(people.JobCommand):
    """Record posts of the forum that we missed, and note those that vanished without a word."""

    help = "Finds posts of the forum without a record and records without a post, and repairs both."
    job = "discussion_ext.repair_contributions"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to look back."""
        help_text = "look at posts of so many hours (48; after an outage, since the day before the last success)"
        parser.add_argument("--hours", type=people.whole_number, help=help_text)

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return how far to look back."""
        if (options["hours"] or 0) > _MOST_HOURS:
            raise CommandError(f"--hours: give at most {_MOST_HOURS}.", returncode=2)
        return {"hours": options["hours"]}

    def is_partial(self, options: Mapping[str, Any]) -> bool:
        """Tell whether less is looked at than is due."""
        return options["hours"] is not None and options["hours"] < hours_to_repair()
