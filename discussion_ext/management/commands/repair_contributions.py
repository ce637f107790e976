"""Compare the forum with our records, for posts that left not even a mark: run it once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from people import api as people


class Command(people.JobCommand):
    """Record posts of the forum that we missed, and note those that vanished without a word."""

    help = "Finds posts of the forum without a record and records without a post, and repairs both."
    job = "discussion_ext.repair_contributions"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take how far to look back."""
        parser.add_argument("--hours", type=people.whole_number, default=48, help="look at posts of so many hours (48)")

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return how far to look back."""
        return {"hours": options["hours"]}
