"""Install a points scheme from a file for a course or for the site."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gamification import api
from people import api as people


class Command(BaseCommand):
    """Install a scheme."""

    help = "Install a points scheme (YAML). What was earned before is not scored again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add options."""
        parser.add_argument("file", type=Path, help="The scheme; see conf/schemes/ for examples.")
        parser.add_argument("--course", help="Course key; without it the scheme is for the whole site.")
        parser.add_argument("--if-changed", action="store_true", help="Do nothing where this is the latest already.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run."""
        try:
            known = api.list_numbered_courses() if options["course"] else ()
            course_key = people.read_course(options["course"], known=known) if options["course"] else None
            text = options["file"].read_text(encoding="utf-8")
            if options["if_changed"] and api.is_latest_scheme(text, course_key=course_key):
                self.stdout.write("This scheme is the latest already.")
                return
            info = api.install_scheme(text, course_key=course_key, actor_id=None)
        except OSError as error:
            raise CommandError(f"file: {error}") from error
        except UnicodeDecodeError as error:
            raise CommandError("file: this is no UTF-8 text") from error
        except api.SchemeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"“{info.title}” is version {info.version}, in force from {info.valid_from:%Y-%m-%d %H:%M:%S} UTC."
        )
