"""The REST API is what docs/openapi.yaml says, whatever is asked of it: no 5xx, no answer of another shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.middleware.csrf import _get_new_csrf_string
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chapters import paces
from embedded_host import api_schema
from gamification import api as points
from tests.doors import chapter_calls
from tests.doors.calls import call_of
from tests.doors.table import chapter_row, chapter_rows, row, rows
from tests.doors.world import COURSE, World

KEPT = yaml.safe_load(Path(api_schema.PAGE).read_text(encoding="utf-8"))
OPERATIONS = [(path, method) for path, item in KEPT["paths"].items() for method in item]


def _can_be_wrong(path: str, method: str) -> bool:
    """Return whether an operation takes anything that the schema limits; any text may be tried as a course's key."""
    operation = KEPT["paths"][path][method]
    return "requestBody" in operation or any(one["in"] == "query" for one in operation.get("parameters", ()))


def _roles(path: str) -> tuple[str, ...]:
    """Return as whom an operation is asked."""
    return ("anonymous", "member", "superuser") if path.startswith("/chapters/") else ("anonymous", "learner", "team")


ASKED = [(*operation, "positive", role) for operation in OPERATIONS for role in _roles(operation[0])]
ASKED += [(*one[:2], "negative", one[3]) for one in ASKED if _can_be_wrong(*one[:2])]


def test_the_page_is_up_to_date() -> None:
    """What is kept is what the code says; `manage.py lms describe_api` writes it again."""
    assert api_schema.write_text() == api_schema.PAGE.read_text(encoding="utf-8")


def _door_of(path: str) -> str:
    """Return the name of the door that stands at an address of the schema."""
    return resolve(re.sub(r"{\w+}", "1", path)).view_name


def test_it_describes_every_door_of_the_api() -> None:
    described = {(_door_of(path), method.upper()) for path, method in OPERATIONS}
    assert described == {
        (row.door.split()[0], method)
        for row in [*rows("Pages and REST"), *chapter_rows()]
        if ":api_" in row.door and row["Methods"]
        for method in set(row["Methods"].split()) - {"HEAD"}
    }


#: schemathesis does not close the answers that it gets, and so not the file behind an export; web servers do.
UNCLOSED = "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"


@pytest.mark.slow
@pytest.mark.filterwarnings(UNCLOSED)
class TestWhateverIsAsked:
    """schemathesis makes requests that follow the schema and requests that do not."""

    @pytest.fixture
    def schema(self) -> Any:
        """Return the kept schema, asked of the LMS in this process."""
        import schemathesis

        loaded = schemathesis.openapi.from_dict(KEPT)
        loaded.app = get_wsgi_application()
        return loaded

    @pytest.fixture
    def sent(self, world: World) -> Callable[[str], dict[str, Any]]:
        """Return a maker of what a browser of somebody's own sends along."""

        def make(role: str) -> dict[str, Any]:
            if role == "anonymous":
                return {}
            token, session = _get_new_csrf_string(), world.client(role).cookies["sessionid"].value
            return {"cookies": {"sessionid": session, "csrftoken": token}, "headers": {"X-CSRFToken": token}}

        return make

    @pytest.mark.usefixtures("_patient_site")
    @pytest.mark.parametrize(("path", "method", "mode", "role"), ASKED)
    def test_the_answer_follows(
        self, world: World, schema: Any, sent: Any, path: str, method: str, mode: str, role: str
    ) -> None:
        from schemathesis.generation import GenerationMode
        from schemathesis.specs.openapi.checks import (
            ignored_auth,
            negative_data_rejection,
            positive_data_acceptance,
        )

        along = sent(role)
        seen: set[int] = set()
        known = _known(world, path)

        @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(
            case=schema[path][method].as_strategy(generation_mode=GenerationMode(mode)),
            is_known=st.sampled_from([True] * 4 + [False]),
        )
        def ask(case: Any, is_known: bool) -> None:
            if is_known:
                case.path_parameters = {name: known[name] for name in case.path_parameters}
            response = case.call(**along)
            seen.add(response.status_code)
            # It takes the session that is sent along for one it has made up; strangers are asked in test_who.
            # It does not know either that a request too large to be read is refused as such, nor what a schema cannot
            # say of a field: that there is such a zone, that a text is more than blanks.
            unasked = [ignored_auth]
            if response.status_code == 413:
                unasked.append(negative_data_rejection)
            if response.status_code in {400, 422} and set(response.json()) - {"detail", "code"}:
                unasked.append(positive_data_acceptance)
            case.validate_response(response, transport_kwargs=along, excluded_checks=unasked)

        ask()
        if mode == "positive":
            assert _wanted(path, method, role) & seen, seen
        assert points.get_privacy(world.people["classmate"].pk, COURSE).choice == "pseudonym"

    @pytest.fixture
    def _patient_site(self, settings: Any) -> None:
        """Let everybody change their mind as often as schemathesis wants."""
        settings.GAMIFICATION_NAME_CHOICE_LIMIT = ""
        settings.CHAPTERS_ACT_LIMITS = dict.fromkeys(paces.DEFAULTS, "")
        cache.clear()


def _known(world: World, path: str) -> dict[str, str]:
    """Return what stands at the places of an address: things that are there."""
    if not path.startswith("/chapters/"):
        return {"course_id": str(COURSE), "uid": world.meeting_uid, "session_id": str(world.ids["open session"])}
    short = _door_of(path).removeprefix("chapters:")
    where = {"slug": chapter_calls.SLUG, **chapter_calls.ADDRESSES.get(short, lambda _world: {})(world)}
    return {name: str(value) for name, value in where.items()}


def _wanted(path: str, method: str, role: str) -> set[int]:
    """Return what one of the answers has to be: that of docs/doors.md or, where a body names what is not there, no."""
    door = _door_of(path)
    name = door if method == "get" else f"{door} {method.upper()}"
    line = chapter_row(name) if door.startswith("chapters:") else row("Pages and REST", name)
    allowed = int(line[role])
    if door.startswith("chapters:"):
        # What was done once may be over: who has left is no member any more.
        return {allowed} if method == "get" else {allowed, 400, 403, 404, 409, 422}
    return {allowed, 400, 404, 409} if method == "post" else {allowed}


def test_a_refusal_of_haste_follows_too(world: World, settings: Any) -> None:
    """The one answer that schemathesis does not meet, because the limit is lifted for it."""
    settings.GAMIFICATION_NAME_CHOICE_LIMIT = "0/h"
    response = call_of("gamification:api_privacy PUT", world).send(world.client("learner"))
    assert response.status_code == 429
    jsonschema.validate(response.json(), KEPT["components"]["schemas"]["Refusal"])
