"""Evaluate everybody in a course's cases again, after an upgrade or a change of the site's numbers."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from people import api as people


class Command(people.JobCommand):
    """Evaluate, and tell grade book, completion and ledger what changed."""

    help = "Evaluates everybody who takes part in the cases of a course again. Grades decided by the team stay."
    job = "discussion_ext.evaluate_cases"

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Take the course."""
        parser.add_argument("course", help="key of the course, such as course-v1:Org+Course+Run")

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the course."""
        return {"course_key": people.read_course(options["course"])}
