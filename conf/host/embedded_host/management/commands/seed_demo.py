"""Fill the host with a believable community: ``manage.py lms seed_demo``."""

from __future__ import annotations

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from embedded_host.seed.roster import list_roles
from embedded_host.seed.run import seed

LEAST = 30


class Command(BaseCommand):
    """Seed once and say who to sign in as."""

    help = "Makes about 200 learners with six weeks of history in the sample course. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of learners."""
        parser.add_argument("--learners", type=int, default=200, help="how many learners (200)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, then list the people."""
        if options["learners"] < LEAST:
            raise CommandError(f"--learners: give at least {LEAST}, or the history has nobody to act in it.")
        began = monotonic()
        done = seed(learners=options["learners"], report=self.stdout.write)
        if done:
            numbers = ", ".join(f"{number} {what}" for what, number in done.items())
            self.stdout.write(f"{numbers} in {monotonic() - began:.0f} s.")
        else:
            self.stdout.write("The community is there already; nothing was changed.")
        self.stdout.write("\nSign in as:")
        for username, name, about in list_roles():
            self.stdout.write(f"  {username:<10}{name}: {about}")
