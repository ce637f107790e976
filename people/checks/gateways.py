"""Does the platform still have what our gateways ask for?

A gateway imports the platform inside its functions, so a name that moved shows only when somebody needs it. Each
function is read and what it imports is imported; that says that the name is there, not that it means the same: what it
means is what ``tests/contract`` runs.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Final

from people.data import SeenData
from people.upkeep import suite
from people.upkeep.checkups import current_service

#: What Studio has not installed: functions that need it are asked in the LMS.
_LMS_ONLY: Final = ("forum", "completion", "lms")


def list_gateways() -> list[ModuleType]:
    """Return the gateway modules of our apps: ``edx_platform``, or the modules in it."""
    found = []
    for name in suite.list_app_names():
        gateway = pkgutil.resolve_name(f"{name}.edx_platform")
        parts = pkgutil.iter_modules(getattr(gateway, "__path__", []))
        found += [pkgutil.resolve_name(f"{gateway.__name__}.{part.name}") for part in parts] or [gateway]
    return found


def list_functions(gateway: ModuleType) -> list[str]:
    """Return the names of the functions a gateway module offers."""
    functions = inspect.getmembers(gateway, inspect.isfunction)
    return [name for name, one in functions if one.__module__ == gateway.__name__ and not name.startswith("_")]


def check_gateways() -> Iterator[SeenData]:
    """See that every name of the platform that a gateway's function imports is there."""
    looked, problems, left = 0, 0, 0
    for gateway in list_gateways():
        for function, target in _imports(gateway):
            if current_service() == "cms" and target.partition(".")[0] in _LMS_ONLY:
                left += 1
                continue
            looked += 1
            if error := _error(target):
                problems += 1
                yield SeenData.failure(
                    f"{gateway.__name__}.{function} needs {target}: {error}.",
                    "Install a version of the suite that is made for this release of the platform.",
                )
    if not problems:
        rest = f"; {left} are the LMS's to ask" if left else ""
        yield SeenData.ok(f"{looked} names of the platform are there{rest}.")


def _imports(gateway: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield what each function imports, as the function's name and a dotted path."""
    for node in ast.parse(inspect.getsource(gateway)).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.ImportFrom) and inner.module and not inner.level:
                for alias in inner.names:
                    yield node.name, f"{inner.module}.{alias.name}"
            elif isinstance(inner, ast.Import):
                for alias in inner.names:
                    yield node.name, alias.name


def _error(target: str) -> str:
    try:
        pkgutil.resolve_name(target)
    except Exception as error:  # noqa: BLE001 - an import may raise anything
        return type(error).__name__
    return ""
