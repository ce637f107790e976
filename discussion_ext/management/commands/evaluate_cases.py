"""Evaluate everybody in a course's cases again, after an upgrade or a change of the site's numbers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from discussion_ext import api


class Command(BaseCommand):
    """Evaluate, and tell grade book, completion and ledger what changed."""

    help = "Evaluates everybody who takes part in the cases of a course again. Grades decided by the team stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the course and a dry run."""
        parser.add_argument("course", help="key of the course, such as course-v1:Org+Course+Run")
        parser.add_argument("--dry-run", action="store_true", help="only say how many would be evaluated")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Evaluate case by case."""
        try:
            course_key = CourseKey.from_string(options["course"])
        except InvalidKeyError as error:
            raise CommandError(f"course: {options['course']} is no key of a course.") from error
        for title, number in api.evaluate_course(course_key, is_dry_run=options["dry_run"]):
            self.stdout.write(f"{title}: {number}")
