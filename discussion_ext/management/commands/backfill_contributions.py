"""Take up what was in the forum before us: run it once for a course that turned cases or points on in mid-course."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError

from people import api as people


class Command(people.JobCommand):
    """Record posts from before, batch by batch, and go on there when it is started again."""

    help = (
        "Takes up posts that were in the forum before cases or points were turned on. Nobody gets a mail. May be "
        "interrupted and started again. Points are given only with --points, by the scheme of their day."
    )
    job = "discussion_ext.backfill_contributions"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take the course, from when on, and how."""
        parser.add_argument("course", nargs="?", help="key of a course; all courses that use us if none is given")
        parser.add_argument(
            "--since", metavar="YYYY-MM-DD", help="leave older posts alone, but for what newer ones answer"
        )
        parser.add_argument(
            "--points", action=BooleanOptionalAction, default=False, help="whether they earn points; cannot be undone"
        )
        parser.add_argument(
            "--again", action="store_true", help="start from the beginning, not where the last run stopped"
        )

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is to be taken up."""
        return {
            "course_key": people.read_course(options["course"]) if options["course"] else None,
            "since": _read_day(options["since"]),
            "has_points": options["points"],
            "is_again": options["again"],
        }

    def is_partial(self, options: Mapping[str, Any]) -> bool:
        """Tell whether only one course is taken up."""
        return bool(options["course"])


def _read_day(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError as error:
        raise CommandError(f"--since: {text} is no day like 2026-01-31.") from error
