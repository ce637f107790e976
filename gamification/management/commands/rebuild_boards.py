"""Compare totals, boards and histogram with the ledger and repair them; meant for every night."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from gamification import api


class Command(BaseCommand):
    """Compare and repair the sums."""

    help = "Compare totals, boards and histogram with the ledger and repair what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add options."""
        parser.add_argument("courses", nargs="*", help="Course keys; all courses with points if none is given.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what differs.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run."""
        verb = "differ" if options["dry_run"] else "repaired"
        for course_key in self._list_courses(options["courses"]):
            found = api.compare_course(course_key, is_repair=not options["dry_run"])
            self.stdout.write(
                f"{course_key}: {verb}: {found.totals} totals, {found.listings} places on the board, {found.bars} bars"
                if found
                else f"{course_key}: all right"
            )

    def _list_courses(self, keys: list[str]) -> list[CourseKey]:
        try:
            return [CourseKey.from_string(key) for key in keys] or api.list_numbered_courses()
        except InvalidKeyError as error:
            raise CommandError(f"This is no course key: {error}") from error
