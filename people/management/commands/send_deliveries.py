"""Send the mail that is due: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from people import api


class Command(api.JobCommand):
    """Send due deliveries in small batches and say how far it is."""

    help = "Sends the community mail that is due. May run beside itself and after a crash; nobody gets a mail twice."
    job = "people.send_deliveries"
    limit = 5000

    def list_due(self, options: Mapping[str, Any]) -> Iterator[str]:
        """Say what a dry run looks at."""
        for due in api.list_due_deliveries(limit=options["limit"]):
            yield f"{due.due_at:%Y-%m-%d %H:%M} UTC  {due.kind}  user {due.user_id}  {due.key}"
