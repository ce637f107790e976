"""The page names every door there is, and no other. Whatever is added to the code without a row fails here."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

from celery import current_app
from django.contrib import admin
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from chapters import paces
from discussion_ext.permissions import ACT_LIMITS
from tests.doors.table import chapter_rows, doors, rows
from xblocks import blended_posting, blended_studio, blended_team, case_posting, case_studio, case_team
from xblocks.blended_task import BlendedTaskXBlock
from xblocks.case_discussion import CaseDiscussionXBlock
from xblocks.chapter_panel import ChapterPanelXBlock
from xblocks.points_panel import PointsPanelXBlock

OURS = ("people", "gamification", "discussion_ext", "chapters", "xblocks")
#: The handlers that serve acts named by their suffix, with the table of acts that they serve.
ACTS = {
    "blended_task.author_action": blended_studio.ACTIONS,
    "blended_task.learner_action": blended_posting.ACTIONS,
    "blended_task.team_action": blended_team.ACTIONS,
    "blended_task.stage_action": blended_posting.stage_actions("s1"),  # named without the stage
    "case_discussion.learner_action": case_posting.ACTIONS,
    "case_discussion.team_action": case_team.ACTIONS,
    "case_discussion.author_action": case_studio.ACTIONS,
}
BLOCKS = {
    "blended_task": BlendedTaskXBlock,
    "case_discussion": CaseDiscussionXBlock,
    "chapter_panel": ChapterPanelXBlock,
    "points_panel": PointsPanelXBlock,
}


def test_addresses() -> None:
    """Every pattern that leads to a view of ours, wherever it is mounted (the admin's own are asked below)."""
    found = {name for name, module in _addresses(get_resolver()) if _is_ours(module)}
    chapter_doors = [row.door for row in chapter_rows()]
    assert len(chapter_doors) == len(set(chapter_doors)), "a door stands there twice"
    assert found == {door.partition(" ")[0] for door in [*doors("Pages and REST"), *chapter_doors]}


def _addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from _addresses(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", pattern.callback)
            yield f"{namespace}{pattern.name}", inspect.unwrap(view).__module__


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OURS


def test_handlers() -> None:
    found = set()
    for block_type, block in BLOCKS.items():
        for name, method in inspect.getmembers(block, callable):
            if getattr(method, "_is_xblock_handler", False):
                door = f"{block_type}.{name}"
                found |= {f"{door}/{act}" for act in ACTS[door]} if door in ACTS else {door}
    assert found == set(doors("Handlers in the LMS"))
    studio = set(doors("Handlers in Studio"))
    assert studio <= found
    # In Studio one act stands for all of a handler that refuses everybody, and every act of the author's has a row.
    assert {door.partition("/")[0] for door in studio} == {door.partition("/")[0] for door in found}
    assert {door for door in found if ".author_" in door} <= studio


def test_the_blocks_are_those_that_are_installed() -> None:
    installed = {point.name: point.load() for point in entry_points(group="xblock.v1") if _is_ours(point.module)}
    assert installed == BLOCKS


def test_every_door_of_a_learner_is_asked_in_every_situation() -> None:
    assert doors("Situations") == doors("Pages and REST") + doors("Handlers in the LMS")


def test_cards_and_tabs() -> None:
    found = {
        f"{group} {point.name}"
        for group in ("openedx.course_app", "openedx.course_tab")
        for point in entry_points(group=group)
        if _is_ours(point.module)
    }
    assert found == set(doors("Course cards and tab"))


def test_admin_pages() -> None:
    models = {
        model._meta.label_lower: page for model, page in admin.site._registry.items() if _is_ours(model.__module__)
    }
    assert set(models) == {door for door in doors("Admin") if not door.startswith("admin:")}
    assert {row.door: row["acts"].split() for row in rows("Admin") if row.door in models} == {
        name: list(page.actions or ()) for name, page in models.items()
    }
    extra = {
        f"admin:{pattern.name}"
        for pattern in admin.site.get_urls()
        if isinstance(pattern, URLPattern) and _is_ours(inspect.unwrap(pattern.callback).__module__)
    }
    for name, page in models.items():
        own = {f"admin:{pattern.name}" for pattern in page.get_urls() if isinstance(pattern, URLPattern)}
        stem = name.replace(".", "_")
        usual = ("changelist", "add", "history", "delete", "change", "autocomplete")
        extra |= own - {f"admin:{stem}_{act}" for act in usual} - {"admin:None"}
    assert extra == {door for door in doors("Admin") if door.startswith("admin:")}


def test_commands() -> None:
    found: dict[str, Any] = {
        name: load_command_class(app if isinstance(app, str) else app.name, name)
        for name, app in get_commands().items()
        if _is_ours(app if isinstance(app, str) else app.name)
    }
    dry = {
        name: "yes" if "--dry-run" in command.create_parser("manage.py", name).format_help() else "no"
        for name, command in found.items()
    }
    assert dry == {row.door: row["dry run"] for row in rows("Commands")}


def test_tasks() -> None:
    current_app.loader.import_default_modules()
    found = {name for name, task in current_app.tasks.items() if _is_ours(inspect.unwrap(task.run).__module__)}
    assert found == set(doors("Tasks"))


def test_limits_are_those_of_the_code() -> None:
    listed = [*rows("Pages and REST"), *rows("Handlers in the LMS")]
    named = {row["Limit"].strip("`") for row in listed}
    assert {name for name in named if name.islower()} == set(ACT_LIMITS)
    assert {row["Limit"].strip("`") for row in chapter_rows()} - {""} <= set(paces.DEFAULTS)
