"""Gather what is new for each person into one mail a day: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api


class Command(api.JobCommand):
    """Compose mails from waiting news and say how far it is."""

    help = "Gathers news into mails. May run beside itself and after a crash; nobody is told anything twice."
    job = "people.compose_news"
    limit = 5000
