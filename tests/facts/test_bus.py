"""Facts on the Redis event bus: from the host's LMS through real streams into a service without the suite's apps."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.event_bus.avro.deserializer import deserialize_bytes_to_event_data
from openedx_events.event_bus.avro.serializer import serialize_event_data_to_bytes
from openedx_events.tooling import OpenEdxPublicSignal

from people.signals import PublicFact
from people.upkeep.facts import from_plain

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
COURSE = CourseKey.from_string("course-v1:Meridian+LT1+2026")
FACTS = sorted(
    (fact for fact in OpenEdxPublicSignal.all_events() if isinstance(fact, PublicFact)),
    key=lambda fact: fact.event_type,
)

EXAMPLES = {
    int: 7,
    bool: True,
    datetime: "2026-11-20T09:30:00+00:00",
    str: "answer",
    CourseKey: str(COURSE),
    UsageKey: str(COURSE.make_usage_key("case_discussion", "bakery")),
}

ANNOUNCE = """
from datetime import UTC, datetime
from django.core.management import call_command
from django.db import transaction
from opaque_keys.edx.keys import CourseKey
from gamification.signals import TOTAL_CHANGED, TotalFactData
from people import api

for app in ("waffle", "people"):
    call_command("migrate", app, verbosity=0)
course_key = CourseKey.from_string("course-v1:Meridian+LT1+2026")
at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
with transaction.atomic():
    fact = TotalFactData(user_id=7, course_key=course_key, points=12, level=1, occurred_at=at)
    api.announce(TOTAL_CHANGED, fact, key="7")
"""


def lms(home: Path, code: str, *, bus: str) -> subprocess.CompletedProcess[str]:
    """Run code in an LMS process that produces to the bus at an address."""
    foreign = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"COMMUNITY_HOME": str(home), "HOST_SETTINGS": "bus_settings", "PYTHONPATH": str(HERE), "BUS": bus}
    command = [sys.executable, str(REPOSITORY / "conf/host/manage.py"), "lms", "shell", "-c", code]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.event_type)
@pytest.mark.parametrize("is_full", [True, False], ids=["full", "least"])
def test_every_fact_goes_through_avro(fact: PublicFact, is_full: bool) -> None:
    kind = fact.init_data[fact.argument]
    plain = {field.name: EXAMPLES[field.type] for field in kind.__attrs_attrs__ if is_full or field.default is not None}
    data = from_plain(kind, plain)
    sent = serialize_event_data_to_bytes({fact.argument: data}, fact)
    assert deserialize_bytes_to_event_data(sent, fact) == {fact.argument: data}


def test_there_are_facts() -> None:
    assert len(FACTS) == 14


@pytest.mark.slow
def test_the_platform_starts_with_our_facts_in_its_producers_and_without_a_bus(tmp_path: Path) -> None:
    """openedx-events looks for the signals before our apps are ready, and stops the process if they are not there."""
    code = f"{ANNOUNCE}\nfrom people.models import Errand\nprint('left', Errand.objects.count())"
    done = lms(tmp_path, code, bus="redis://127.0.0.1:1/0")
    assert done.stdout.splitlines()[-1:] == ["left 0"], done.stderr
    assert "Error delivering message to Redis event bus" in done.stderr + done.stdout


@pytest.mark.mariadb
def test_a_fact_crosses_the_bus(tmp_path: Path) -> None:
    done = lms(tmp_path, ANNOUNCE, bus=os.environ["REDIS_URL"])
    assert done.returncode == 0, done.stderr
    assert "Error delivering" not in done.stderr
    arguments = ["community-gamification", "gamification.signals", "TOTAL_CHANGED"]
    reader = subprocess.run(
        [sys.executable, str(HERE / "other_service.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    data = {
        "user_id": "7",
        "course_key": str(COURSE),
        "points": "12",
        "level": "1",
        "occurred_at": "2026-11-20 09:30:00+00:00",
    }
    heard = f"org.openedx.community.gamification.total.changed.v1 2026-11-20T09:30:00+00:00 {data}"
    assert reader.stdout.splitlines()[-1:] == [heard], reader.stderr
