"""Import a course export: ``manage.py import_course PATH``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from embedded_host.courses.importing import ImportReport, import_course
from embedded_host.courses.olx_source import OlxError
from xmodule.modulestore.exceptions import DuplicateCourseError


class Command(BaseCommand):
    """Import a course from a folder or .tar.gz and say what became of everything in it."""

    help = "Import a course export (folder or .tar.gz), all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path, and a key to import under."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--key", help="import under this course key instead of the export's own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the report."""
        try:
            key = CourseKey.from_string(options["key"]) if options["key"] else None
        except InvalidKeyError as error:
            raise CommandError(f"--key: not a course key: {options['key']}") from error
        try:
            report = import_course(options["path"], key)
        except (OlxError, DuplicateCourseError) as error:
            raise CommandError(str(error)) from error
        self._print(report)

    def _print(self, report: ImportReport) -> None:
        verb = "Replaced" if report.is_replacement else "Imported"
        self.stdout.write(f"{verb} {report.course_key}: {sum(report.counts.values())} blocks, {report.assets} files")
        self.stdout.write(f"  {'type':<24}{'blocks':>8}  shown as")
        for block_type, count in sorted(report.counts.items()):
            shown = "named placeholder, OLX kept" if block_type in report.placeholders else "block"
            self.stdout.write(f"  {block_type:<24}{count:>8}  {shown}")
        if report.files_beside:
            self.stdout.write(f"  {len(report.files_beside)} files outside the course tree are kept for export:")
            for name in report.files_beside:
                self.stdout.write(f"    {name}")
        for note in report.notes:
            self.stdout.write(f"  {note}")
