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
        # Readable by the operator alone; an older export is not overwritten by accident.
        try:
            with path.open("x", encoding="utf-8", opener=_private) as file:
                file.writelines(pieces)
        except FileExistsError as error:
            raise CommandError(f"{path} exists already.") from error
        self.stdout.write(f"Written to {path}.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
