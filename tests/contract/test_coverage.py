"""Every function of every gateway has a contract."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from people.checks.gateways import list_functions, list_gateways

HERE = Path(__file__).parent
FILES = {
    "chapters": (
        "test_chapters_gateway.py",
        "test_chapters_pages.py",
        "test_chapters_people.py",
        "test_chapters_events.py",
    ),
    "people": ("test_people_gateway.py",),
    "gamification": ("test_gamification_gateway.py",),
    "discussion_ext": ("test_discussion_gateway.py", "test_forum_gateway.py", "test_course_gateway.py"),
}


def covered(file: str) -> set[str]:
    """Return the names that tests of a file say they cover."""
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    marks = [mark for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for mark in node.decorator_list]
    calls = [mark for mark in marks if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "covers"]
    return {argument.value for call in calls for argument in call.args if isinstance(argument, ast.Constant)}


@pytest.mark.contract
@pytest.mark.parametrize("package", sorted(FILES))
def test_every_function_is_covered(package: str) -> None:
    gateways = [gateway for gateway in list_gateways() if gateway.__name__.partition(".")[0] == package]
    functions = {name for gateway in gateways for name in list_functions(gateway)}
    assert functions == set().union(*(covered(file) for file in FILES[package]))


@pytest.mark.contract
def test_every_package_with_a_gateway_is_looked_at() -> None:
    assert {gateway.__name__.partition(".")[0] for gateway in list_gateways()} == set(FILES)
