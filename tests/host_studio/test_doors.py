"""The blocks' handlers in Studio, which runs them for everybody who is signed in: the answers of docs/doors.md."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey

from common.djangoapps.student.models import CourseEnrollment
from common.djangoapps.student.roles import CourseStaffRole
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from tests.doors import task_team
from tests.doors.calls import FORM_OF_A_CASE, FORM_OF_A_PANEL
from tests.doors.table import Row, rows

ROLES = ("anonymous", "stranger", "learner", "elsewhere", "team", "site staff", "superuser")
STUDIO = rows("Handlers in Studio")
SECRET = "Two of nine bakers call in sick."
STAGES = [{"id": "s1", "kind": "discuss", "instructions": SECRET}]
FORM_OF_A_TASK = task_team.FORM | task_team.form_over(STAGES)
DATA = {
    **{f"blended_task.author_action/{act}": FORM_OF_A_TASK for act in ("submit", "preview", "add", "preset")},
    "case_discussion.author_action/submit": FORM_OF_A_CASE,
    "case_discussion.author_action/preview": {},
    "chapter_panel.edit_panel": FORM_OF_A_PANEL,
    "points_panel.edit_panel": {"display_name": "Mine now", "latest_count": 3, "has_board": True},
    "points_panel.choose_name": {"choice": "name"},
}


@pytest.fixture
def blocks(course_key: CourseKey, unit_key: UsageKey) -> dict[str, UsageKey]:
    """Return a case and a task that nobody has seen yet, and a points block."""
    store = CourseStore(Branch.DRAFT)
    case = {"display_name": "Secret", "case_text": SECRET, "prompt": "What now?"}
    return {
        "blended_task": store.create_child(None, unit_key, "blended_task", fields={"stages": STAGES}).location,
        "case_discussion": store.create_child(None, unit_key, "case_discussion", fields=case).location,
        "chapter_panel": store.create_child(None, unit_key, "chapter_panel").location,
        "points_panel": store.create_child(None, unit_key, "points_panel").location,
    }


@pytest.fixture
def client_of(course_key: CourseKey) -> Any:
    """Return a maker of browsers by role."""

    def make(role: str) -> Client:
        client = Client()
        if role != "anonymous":
            rights = {"is_staff": role in {"site staff", "superuser"}, "is_superuser": role == "superuser"}
            user = User.objects.create_user(role, f"{role.split(maxsplit=1)[0]}@example.org", "pw", **rights)
            if role == "learner":
                CourseEnrollment.enroll(user, course_key)
            if role == "team":
                CourseStaffRole(course_key).add_users(user)
            if role == "elsewhere":
                CourseStaffRole(CourseKey.from_string("course-v1:School+Other+2026")).add_users(user)
            client.force_login(user)
        return client

    return make


def send(client: Client, blocks: dict[str, UsageKey], door: str) -> Any:
    block, _dot, handler = door.partition(".")
    handler = handler.replace("stage_action/", "stage_action/s1/")
    url = f"/xblock/{blocks[block]}/handler/{handler}"
    if door.endswith("team_csv"):
        return client.get(url)
    return client.post(url, json.dumps(DATA.get(door, {})), content_type="application/json")


@pytest.mark.parametrize("line", STUDIO, ids=lambda line: line.door)
@pytest.mark.parametrize("role", ROLES)
def test_roles(blocks: dict[str, UsageKey], client_of: Any, line: Row, role: str) -> None:
    response = send(client_of(role), blocks, line.door)
    assert str(response.status_code) == line[role][:3], response.content
    if response.status_code == 302:
        assert response.url.startswith("/login")
    if line[role] != "200":
        assert SECRET.encode() not in response.content


def test_the_preview_is_what_would_be_seen(blocks: dict[str, UsageKey], client_of: Any) -> None:
    """Without the question who calls, strangers would read here what is not published."""
    response = send(client_of("team"), blocks, "case_discussion.author_action/preview")
    assert SECRET.encode() in response.content


def test_only_the_team_changes_a_block(blocks: dict[str, UsageKey], client_of: Any, course_key: CourseKey) -> None:
    def title(block: str) -> Any:
        return CourseStore(Branch.DRAFT).get_tree(course_key).nodes[blocks[block]].fields.get("display_name")

    for role in ("stranger", "learner", "elsewhere"):
        client = client_of(role)
        send(client, blocks, "case_discussion.author_action/submit")
        send(client, blocks, "points_panel.edit_panel")
    assert title("case_discussion") == "Secret"
    assert title("points_panel") is None
    team = client_of("team")
    send(team, blocks, "case_discussion.author_action/submit")
    send(team, blocks, "points_panel.edit_panel")
    assert (title("case_discussion"), title("points_panel")) == ("Mine now", "Mine now")
