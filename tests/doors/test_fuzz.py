"""Any JSON at any handler: an answer that is ours, never a 500, and after a refusal the database is as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussion_ext.permissions import ACT_LIMITS
from tests.doors.calls import call_of
from tests.doors.table import allowed, rows
from tests.doors.world import World

pytestmark = pytest.mark.slow
ACTS = [row for row in rows("Handlers in the LMS") if row["Methods"] == "POST"]
#: The names that some handler reads.
NAMES = (
    "post", "text", "page", "order", "show", "name", "reason", "is_helpful", "step", "user", "score", "report",
    "is_upheld", "choice", "display_name", "latest_count", "has_board", "position_min", "case_text", "opens_at",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, 1e308, -0.0, 0.1])
    | st.text(st.characters(codec=None), max_size=40)
    | st.sampled_from(["", " ", "\x00", "\ud800", "🙂" * 9, "all", "unanswered", "name", "1", "１", "1e5", "%s", "'--"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
OURS = ("people", "gamification", "discussion_ext", "chapters", "forum")


def fingerprint() -> dict[str, list[Any]]:
    """Return what is stored, but for when somebody was seen last."""
    found = {}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            names = [field.attname for field in model._meta.concrete_fields if "seen_at" not in field.attname]
            found[model._meta.label] = list(model.objects.order_by("pk").values_list(*names))
    return found


@pytest.fixture(autouse=True)
def _patient_site(settings: Any) -> None:
    """Lift the limits: an answer of haste would hide all others."""
    settings.DISCUSSION_EXT_ACT_LIMITS = dict.fromkeys(ACT_LIMITS, "")
    settings.DISCUSSION_EXT_RATE_LIMIT = settings.GAMIFICATION_NAME_CHOICE_LIMIT = ""
    cache.clear()


def fuzz(world: World, line: Any, bodies: Any, *, examples: int) -> set[int]:
    """Send bodies to a door as somebody who may use it; return which statuses there were."""
    call, client = call_of(line.door, world), world.client(allowed(line))
    before = fingerprint()
    seen: set[int] = set()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(body=bodies)
    def send(body: bytes) -> None:
        with transaction.atomic():
            response = call.send(client, data=body, content_type="application/json")
            assert response.status_code < 500, response.content
            seen.add(response.status_code)
            answer = json.loads(response.content)
            if response.status_code != 200:
                assert answer["error"]["message"], answer
                assert fingerprint() == before
            transaction.set_rollback(True)

    send()
    return seen


def _changed(line: Any, world: World) -> Any:
    """Return bodies that are right but for one or two values."""
    right = json.loads(call_of(line.door, world).body["data"])
    names = st.sampled_from([*right, *NAMES])
    changes = st.dictionaries(names, VALUES, min_size=1, max_size=2)
    return changes.map(lambda change: json.dumps({**right, **change}).encode())


@pytest.mark.parametrize("line", ACTS, ids=lambda line: line.door)
def test_any_body(world: World, line: Any) -> None:
    objects = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), VALUES, max_size=6)
    anything = (objects | VALUES).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)
    seen = fuzz(world, line, anything | _changed(line, world), examples=30)
    if line[allowed(line)] == "403":
        assert seen <= {400, 403, 415}  # nothing at all has no type
