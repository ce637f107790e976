"""The example plugins, installed as an operator does and loaded by the host's real plugin loader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "conf/examples"

PREPARE = """
import datetime, json
from django.core.management import call_command
for app in ("waffle", "contenttypes", "auth", "student", "forum", "people"):
    call_command("migrate", app, verbosity=0)
from django.contrib.auth.models import User
from common.djangoapps.student.models import UserProfile
from django.db import transaction
from opaque_keys.edx.keys import CourseKey
from discussion_ext.signals import CASE_FINISHED, CASE_UNFINISHED, CaseFactData
from gamification.signals import LEVEL_REACHED, LevelFactData
from people import api

course_key = CourseKey.from_string("course-v1:Meridian+LT1+2026")
user = User.objects.create(username="amara", email="amara@example.org")
UserProfile.objects.update_or_create(user=user, defaults={"name": "Amara Okafor"})
at = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
usage_key = course_key.make_usage_key("case_discussion", "bakery")

def case(user_id, revision):
    return CaseFactData(
        user_id=user_id, course_key=course_key, usage_key=usage_key, case_id=3, revision=revision, occurred_at=at
    )

def tell(signal, fact):
    with transaction.atomic():
        api.announce(signal, fact, key=repr(fact))
"""

BADGES = """
from badge_facts import signals

heard = []
for signal in (signals.CASE_STANDING_CHANGED, signals.LEVEL_REACHED):
    signal.connect(lambda signal, sender, metadata, from_event_bus, **kwargs: heard.append(kwargs), weak=False)
tell(CASE_FINISHED, case(user.pk, 1))
tell(CASE_UNFINISHED, case(user.pk, 2))
tell(CASE_FINISHED, case(99, 1))
tell(LEVEL_REACHED, LevelFactData(user_id=user.pk, course_key=course_key, level=2, occurred_at=at))
first, second, level = [next(iter(kwargs.values())) for kwargs in heard]
assert (first.is_finished, second.is_finished, level.number) == (True, False, 2), heard
assert first.user.pii.username == "amara" and first.user.pii.name == "Amara Okafor"

from openedx_events.event_bus.avro.deserializer import deserialize_bytes_to_event_data
from openedx_events.event_bus.avro.serializer import serialize_event_data_to_bytes
for signal, kwargs in ((signals.CASE_STANDING_CHANGED, heard[0]), (signals.LEVEL_REACHED, heard[2])):
    assert deserialize_bytes_to_event_data(serialize_event_data_to_bytes(kwargs, signal), signal) == kwargs
print("badges fine")
"""

# What credentials asks of an event that may be listed in BADGES_CONFIG: an attrs object, in it a UserData with a
# username, and values that its rules can compare as text by their path.
CREDENTIALS = """
import inspect
from datetime import UTC, datetime
import attr
from django.conf import settings
settings.configure()
from badge_facts import signals
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import UserData, UserPersonalData
from openedx_events.tooling import OpenEdxPublicSignal

signal = OpenEdxPublicSignal.get_signal_by_type("org.openedx.badge_facts.case.standing.changed.v1")
user = UserData(id=7, is_active=True, pii=UserPersonalData(username="amara", email="", name=""))
course_key = CourseKey.from_string("course-v1:Meridian+LT1+2026")
usage_key = course_key.make_usage_key("case_discussion", "b")
standing = signals.CaseStandingData(user, course_key, usage_key, True, datetime.now(UTC))
found = [value for _name, value in inspect.getmembers(standing) if isinstance(value, UserData)]
assert [each.pii.username for each in found] == ["amara"]
flat = attr.asdict(standing)
assert (str(flat["is_finished"]), str(flat["course_key"])) == ("True", "course-v1:Meridian+LT1+2026")
import sys
ours = ("people", "gamification", "discussion_ext", "chapters", "lms")
assert not [name for name in sys.modules if name.split(".")[0] in ours]
print("credentials fine")
"""

WEBHOOK = """
import hashlib, hmac, http.server, threading
from django.conf import settings
from fact_webhook import receivers, tasks

assert not any("fact_webhook" in repr(receiver) for receiver in CASE_FINISHED.receivers), "nobody without an address"
taken = []
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken.append((json.loads(body), self.headers["X-Fact-Key"], self.headers["X-Fact-Signature"], body))
        self.send_response(204)
        self.end_headers()
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
settings.FACT_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/"
settings.FACT_WEBHOOK_SECRET = "key"
receivers.connect()
tell(CASE_FINISHED, case(user.pk, 1))
tell(CASE_FINISHED, case(user.pk, 1))
(fact, key, signature, body), (_again, second_key, _signature, _body) = taken
assert key == second_key
assert signature == hmac.new(b"key", body, hashlib.sha256).hexdigest()
assert fact["event"] == "org.openedx.community.discussion_ext.case.finished.v1"
assert fact["data"] == {
    "user_id": user.pk, "course_key": str(course_key), "usage_key": str(usage_key), "case_id": 3, "revision": 1,
    "occurred_at": "2026-11-20 09:30:00+00:00",
}
print("webhook fine")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which pip has installed both examples."""
    folder = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    copies = []
    for name in ("fact_webhook", "badge_facts"):
        # A copy, because building writes beside the sources.
        subprocess.run(["cp", "-r", str(EXAMPLES / name), str(source)], check=True)
        copies.append(str(source / name))
    subprocess.run([*command, "--target", str(folder), *copies], check=True, capture_output=True)
    return folder


def _run(arguments: list[str], installed: Path, home: Path) -> str:
    foreign = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"PYTHONPATH": str(installed), "COMMUNITY_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"), [(BADGES, "badges fine"), (WEBHOOK, "webhook fine")], ids=["badges", "webhook"]
)
def test_the_host_loads_it_and_it_hears(code: str, said: str, installed: Path, tmp_path: Path) -> None:
    manage = str(REPOSITORY / "conf/host/manage.py")
    assert said in _run([manage, "lms", "shell", "-c", PREPARE + code], installed, tmp_path)


@pytest.mark.slow
def test_credentials_can_read_it(installed: Path, tmp_path: Path) -> None:
    assert "credentials fine" in _run(["-c", CREDENTIALS], installed, tmp_path)
