"""Compare totals, boards and histogram with the ledger and repair them; meant for every night."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from people import api as people


class Command(people.JobCommand):
    """Compare and repair the sums."""

    help = "Compare totals, boards and histogram with the ledger and repair what differs."
    job = "gamification.rebuild_boards"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take courses."""
        parser.add_argument("courses", nargs="*", help="Course keys; all courses with points if none is given.")

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the courses."""
        try:
            return {"course_keys": [CourseKey.from_string(key) for key in options["courses"]]}
        except InvalidKeyError as error:
            raise CommandError(f"This is no course key: {error}") from error

    def is_partial(self, options: Mapping[str, Any]) -> bool:
        """Tell whether only some courses are compared."""
        return bool(options["courses"])
