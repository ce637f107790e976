"""What a process says of itself with its first request, and what becomes of it when it cannot."""

from __future__ import annotations

import pytest
from django.core.signals import request_started
from django.db import OperationalError

from people.models import Service
from people.upkeep import services

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch, settings):
    clock = Clock()
    settings.PEOPLE_REPORT_SERVICE = True
    monkeypatch.setattr(services, "time", clock)
    monkeypatch.setattr(services, "_first_report", services._FirstReport())
    services.report_with_first_request()
    yield clock
    request_started.disconnect(dispatch_uid="people.report_service")


def serve() -> None:
    request_started.send(sender=None)


def test_the_first_request_reports_and_no_other(clock, monkeypatch):
    serve()
    assert Service.objects.count() == 1
    monkeypatch.setattr(services, "report_service", lambda: pytest.fail("reported again"))
    clock.now += 3600
    serve()


def test_what_fails_is_tried_again_a_minute_later(clock, monkeypatch, caplog):
    tries = []

    def refuse() -> None:
        tries.append(clock.now)
        raise OperationalError("read-only")

    with monkeypatch.context() as broken:
        broken.setattr(services, "report_service", refuse)
        for seconds in (0, 1, 58, 1, 59):
            clock.now += seconds
            serve()
    assert tries == [1000, 1060]
    assert caplog.text.count("people.service_not_reported") == 2
    assert "read-only" not in caplog.text
    clock.now += 60
    serve()
    assert Service.objects.count() == 1
