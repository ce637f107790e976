"""What every answer carries: nobody on the way keeps it or frames it, nobody forges its request or leads away by it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.middleware.csrf import CSRF_SESSION_KEY, _get_new_csrf_string
from django.test import Client

from tests.doors.calls import Call, call_of
from tests.doors.table import Row, allowed, chapter_rows, rows
from tests.doors.world import World

ALL = [*rows("Pages and REST"), *chapter_rows(), *rows("Handlers in the LMS")]
WRITES = [row for row in ALL if row.door.endswith((" POST", " PUT", " PATCH", " DELETE")) or row["Methods"] == "POST"]
AWAY = "//evil.example/x"
#: By which names pages are told where to go next.
LEADING = ("next", "url", "return", "return_to", "redirect", "redirect_to", "continue", "back", "target")


@pytest.fixture
def _bare_platform(settings: Any) -> None:
    """Leave out what the host's own middleware adds: the platform has no ``SecurityMiddleware``."""
    added = ("SecurityMiddleware", "XFrameOptionsMiddleware")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(added)]


@pytest.mark.usefixtures("_bare_platform")
@pytest.mark.parametrize("line", ALL, ids=lambda line: line.door)
@pytest.mark.parametrize("is_allowed", [True, False])
def test_nobody_keeps_or_frames_an_answer(world: World, line: Row, is_allowed: bool) -> None:
    response = call_of(line.door, world).send(world.client(allowed(line) if is_allowed else "stranger"))
    if not is_allowed and response.status_code == 404:
        return  # the platform's own page, without anything of ours
    kept = set(response["Cache-Control"].split(", "))
    if line.door == "chapters:chapter_calendar":
        assert kept == {"public", "max-age=300"}  # the same for everybody, and asked for by programs without end
    else:
        assert "private" in kept
        # A picture never changes, and a calendar asks whether it did: the reader's own program may keep them, and
        # nothing on the way.
        assert "no-store" in kept or response["Content-Type"].startswith(("image/", "text/calendar"))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}
    if response["Content-Type"].startswith("text/html"):
        assert response["X-Frame-Options"] == "DENY"


def test_the_address_that_is_a_key_is_told_to_nobody(world: World) -> None:
    for door in ("people:unsubscribe", "people:unsubscribe POST"):
        response = call_of(door, world).send(world.client("anonymous"))
        assert response["Referrer-Policy"] == "no-referrer"


def strict(world: World, role: str) -> Client:
    """Return a browser that is asked for a token as a real one is."""
    return world.client(role, enforce_csrf_checks=True)


@pytest.mark.parametrize("line", WRITES, ids=lambda line: line.door)
def test_a_write_without_a_token_is_refused(world: World, line: Row) -> None:
    call, role = call_of(line.door, world), allowed(line)
    forged = call.send(strict(world, role))
    if line.door == "people:unsubscribe POST":
        assert forged.status_code == 200  # the signed address is the proof, as RFC 8058 asks
        return
    assert forged.status_code == 403
    assert b"CSRF" in forged.content or b"too old" in forged.content or b"token" in forged.content
    client = strict(world, role)
    token = _get_new_csrf_string()
    client.cookies["csrftoken"] = token
    response = call.send(client, headers={"X-CSRFToken": token})
    assert str(response.status_code) == line[role][:3], response.content


def test_a_token_in_the_session_is_not_what_the_host_uses(world: World) -> None:
    """The test above would pass for the wrong reason if tokens came from elsewhere."""
    client = strict(world, "learner")
    assert CSRF_SESSION_KEY not in client.session


@pytest.mark.parametrize("line", ALL, ids=lambda line: line.door)
def test_nobody_is_led_away(world: World, line: Row) -> None:
    call = call_of(line.door, world)
    query = "&".join(f"{name}={AWAY}" for name in LEADING)
    for role in ("anonymous", allowed(line)):
        response = Call(f"{call.url}?{query}", call.method, call.body).send(
            world.client(role), headers={"Referer": f"https:{AWAY}", "X-Forwarded-Host": "evil.example"}
        )
        if "Location" in response.headers:
            to = urlsplit(response["Location"])
            assert (to.scheme, to.netloc) == ("", ""), response["Location"]
            assert to.path.startswith("/")
            assert not to.path.startswith("//")
