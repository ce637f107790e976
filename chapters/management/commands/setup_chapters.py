"""Make the group of community managers and the regions of the directory, where they are missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chapters.setting_up import MANAGERS, set_up_chapters


class Command(BaseCommand):
    """Set up once; again changes nothing."""

    help = (
        f"Makes the group “{MANAGERS}”, whose members manage every chapter, and regions by which the directory is"
        " read, where there are none yet; points of chapters can be switched on in the admin of gamification after it."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make what is missing and say what that was."""
        done = set_up_chapters()
        said = ", ".join(f"{count} {what}" for what, count in done.items())
        self.stdout.write(f"Made: {said}." if said else "Everything is there already; nothing was changed.")
