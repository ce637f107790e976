"""What is sent to the doors of events: too often, twice, or in every value of a wrong kind."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction

from chapters import paces
from tests.doors.calls import call_of
from tests.doors.event_calls import BODIES
from tests.doors.table import Row, allowed, chapter_row, rows
from tests.doors.test_fuzz import fingerprint
from tests.doors.world import World, as_json

LIMITED: Final = [row for row in rows("Chapter events") if row["Limit"] and row["Limit"] != "`search`"]
WILD: Final[tuple[Any, ...]] = (
    None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, 1e308, "", " ", "x", "\x00", "\ud800", "\u202e", "9" * 5000, "%s",
    "1' OR '1'='1", "x" * 30_000, [], [[]], [None], ["x"] * 200, {}, {"$gt": 0}, {"a": {"b": []}},
)  # fmt: skip
#: Acts that come to the same when they are sent again.
REPEATED: Final = (
    "api_event_publish POST", "api_event_answer PUT", "api_event_decline POST", "api_event_offer POST",
    "api_event_keep POST", "api_event_survey PUT", "api_event_presence POST", "api_event_presences POST",
    "api_event_mails POST", "api_attendees POST", "api_attendee POST", "api_series_answer PUT",
    "api_series_decline POST", "api_series_publish POST",
)  # fmt: skip


@pytest.mark.parametrize("line", LIMITED, ids=lambda line: line.door)
def test_every_limit_holds(world: World, line: Row, settings: Any) -> None:
    """Beyond it the answer says how long to wait, and nothing has changed."""
    settings.CHAPTERS_ACT_LIMITS = {line["Limit"].strip("`"): "0/h"}
    cache.clear()
    client, before = world.client(allowed(line)), fingerprint()
    response = call_of(line.door, world).send(client)
    assert response.status_code == 429, response.content
    assert 1 <= int(response["Retry-After"]) <= 3600
    assert fingerprint() == before


@pytest.mark.parametrize("sent", REPEATED)
def test_sending_again_is_harmless(world: World, sent: str) -> None:
    """After the second time everything is as after the first: a program that heard no answer may ask again."""
    door = f"chapters:{sent}"
    client, call = world.client(allowed(chapter_row(door))), call_of(door, world)
    first = call.send(client)
    before = fingerprint()
    second = call.send(client)
    after = fingerprint()
    assert first.status_code == 200, first.content
    if sent == "api_event_publish POST":  # what it asks for is so already, and the answer says it
        assert (second.status_code, second.json()["code"]) == (403, "published")
    else:
        assert second.status_code == 200, second.content
    changed = [name for name, found in after.items() if found != before[name]]
    assert changed == []


@pytest.mark.slow
@pytest.mark.parametrize("sent", BODIES)
def test_any_value_of_any_field(world: World, sent: str, settings: Any) -> None:
    """An answer that is ours and names the field, never a 500; after a refusal the database is as it was."""
    settings.CHAPTERS_ACT_LIMITS = dict.fromkeys(paces.DEFAULTS, "")
    door = f"chapters:{sent}"
    client, call = world.client(allowed(chapter_row(door))), call_of(door, world)
    right, before = json.loads(call.body["data"]), fingerprint()
    for field in right or {"nothing": None}:
        for wild in WILD:
            with transaction.atomic():
                response = call.send(client, **as_json(right | {field: wild}))
                assert response.status_code < 500, (field, wild)
                if response.status_code == 400:
                    named = {name.split(".")[0].split("-")[0] for name in response.json()} - {"code"}
                    assert named, (field, wild)
                if response.status_code >= 400:
                    assert response.json()["code"], (field, wild)
                transaction.set_rollback(True)
            cache.clear()
    assert fingerprint() == before
