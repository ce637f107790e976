"""Write everything that the suite keeps about one person as JSON."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people import api


class Command(BaseCommand):
    """Stream the export to a file or to standard output; that it was made goes on record in the audit log."""

    help = "Writes everything that the community suite keeps about one person, as JSON. On record in the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the person and where to write."""
        person = parser.add_mutually_exclusive_group(required=True)
        person.add_argument("user_id", nargs="?", type=int, help="the account's id")
        person.add_argument("--username", default="", help="or its username")
        parser.add_argument("--output", default="-", help="a file, or - for standard output (the default)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it piece by piece."""
        try:
            user_id = api.find_person(user_id=options["user_id"], username=options["username"])
        except api.PersonNotFoundError as error:
            raise CommandError(str(error)) from error
        pieces = api.export_person(user_id, actor_id=None)
        if options["output"] == "-":
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        path = Path(options["output"])
        try:
            # Readable by the operator alone; an older export is not overwritten by accident.
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError as error:
            raise CommandError(f"{path} exists already.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(pieces)
        except BaseException:
            path.unlink(missing_ok=True)  # half an export looks like a whole one, and would be in the way of the next
            raise
        self.stdout.write(f"Written to {path}.")
