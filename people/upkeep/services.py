"""Which service runs which version: each says so when it starts to serve, so that either can tell of the other.

LMS and Studio share nothing but the database, and neither can ask the other. A process writes one row with its first
request, and a doctor's run does too. What the row tells is how a service last *started*; nobody can tell from it that
the service still runs.
"""

from __future__ import annotations

import logging
import platform
import time
from typing import Any, Final

import django
from django.conf import settings
from django.core.signals import request_started
from django.db import transaction
from django.utils import timezone

from people.data import ServiceData
from people.models import Service

from . import suite
from .checkups import current_service
from .logs import name_error

log = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 60


def report_with_first_request() -> None:
    """Arrange that this process says with its first request what it runs; called in ``AppConfig.ready()``."""
    if settings.PEOPLE_REPORT_SERVICE:
        request_started.connect(_first_report, dispatch_uid="people.report_service")


def report_service() -> None:
    """Write down what this process runs."""
    Service.objects.update_or_create(
        name=current_service(),
        defaults={
            "version": suite.version(),
            "apps": [app.name for app in suite.list_apps()],
            "python": platform.python_version(),
            "django": django.get_version(),
            "started_at": timezone.now(),
        },
    )


def find_service(name: str) -> ServiceData | None:
    """Return what a service said when it last started, None if it never did."""
    return next((service for service in list_services() if service.name == name), None)


def list_services() -> list[ServiceData]:
    """Return what every service said when it last started."""
    return [
        ServiceData(
            name=row.name,
            version=row.version,
            apps=tuple(row.apps),
            python=row.python,
            django=row.django,
            started_at=row.started_at,
        )
        for row in Service.objects.order_by("name")
    ]


class _FirstReport:
    """Reports once per process. Somebody waits for a page, so trouble is logged, and tried again a minute later."""

    def __init__(self) -> None:
        self._next_at = 0.0

    def __call__(self, **_kwargs: Any) -> None:
        moment = time.monotonic()
        if moment < self._next_at:
            return
        self._next_at = moment + _PAUSE_SECONDS
        try:
            with transaction.atomic():
                report_service()
        except Exception as error:  # noqa: BLE001
            log.warning("people.service_not_reported error=%s", name_error(error))
        else:
            request_started.disconnect(dispatch_uid="people.report_service")


_first_report = _FirstReport()
