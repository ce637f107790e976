"""Compare totals, boards and histogram with the ledger and repair them; meant for every night."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from gamification import api
from people import api as people


class Command(people.JobCommand):
    """Compare and repair the sums."""

    help = "Compare totals, boards and histogram with the ledger and repair what differs."
    job = "gamification.rebuild_boards"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take courses."""
        parser.add_argument("courses", nargs="*", help="Course keys; all courses with points if none is given.")

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the courses: also one that the platform has no more, if there are points from it."""
        known = api.list_numbered_courses() if options["courses"] else ()
        return {"course_keys": [people.read_course(text, known=known) for text in options["courses"]]}

    def is_partial(self, options: Mapping[str, Any]) -> bool:
        """Tell whether only some courses are compared."""
        return bool(options["courses"])

    def say_due(self, counts: Mapping[str, int]) -> str:
        """Return how much differs, also where it is nothing: that is what somebody who doubts the ranks asks."""
        differing = ", ".join(f"{what}: {counts.get(f'{what} wrong', 0)}" for what in ("totals", "places", "bars"))
        return f"Courses compared: {counts.get('courses compared', 0)}. Other than in the ledger are {differing}."
