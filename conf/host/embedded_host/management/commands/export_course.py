"""Write a course as OLX: ``manage.py export_course COURSE_KEY PATH``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from embedded_host.courses.exporting import export_course
from embedded_host.models import Branch
from xmodule.modulestore.exceptions import ItemNotFoundError


class Command(BaseCommand):
    """Export the published course, or its drafts."""

    help = "Write a course to a folder, or to an archive where the path ends in .tar.gz."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the course, the path and the branch."""
        parser.add_argument("course_key")
        parser.add_argument("path", type=Path)
        parser.add_argument("--draft", action="store_true", help="export drafts instead of what is published")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export and print how many blocks were written."""
        branch = Branch.DRAFT if options["draft"] else Branch.PUBLISHED
        try:
            counts = export_course(CourseKey.from_string(options["course_key"]), options["path"], branch=branch)
        except InvalidKeyError as error:
            raise CommandError(f"not a course key: {options['course_key']}") from error
        except ItemNotFoundError as error:
            raise CommandError(f"there is no course {options['course_key']}") from error
        except FileExistsError as error:
            raise CommandError(f"{options['path']}: exists already") from error
        self.stdout.write(f"Wrote {sum(counts.values())} blocks to {options['path']}")
