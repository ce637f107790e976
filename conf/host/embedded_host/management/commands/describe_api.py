"""Write docs/openapi.yaml, the description of the suite's REST API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from embedded_host import api_schema


class Command(BaseCommand):
    """Make the schema from the code and keep it."""

    help = "Writes docs/openapi.yaml from the code."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write."""
        api_schema.PAGE.write_text(api_schema.write_text(), encoding="utf-8")
        self.stdout.write(f"{api_schema.PAGE.name} is written.")
