"""Do what packages must still do: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api


class Command(api.JobCommand):
    """Run due errands in small batches and say how far it is."""

    help = "Does what receivers left behind. May run beside itself, after a crash and after an outage."
    job = "people.run_errands"
    limit = 5000
