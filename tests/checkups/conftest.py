"""Asking the doctor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from people import api
from people.data import FindingData


@pytest.fixture
def look() -> Callable[[str], list[FindingData]]:
    """Return a function that runs one check, named "area/name", and returns what it found."""

    def run(place: str) -> list[FindingData]:
        area, _, name = place.partition("/")
        found = [finding for finding in api.run_checkups(area=area) if finding.name == name]
        assert found, f"no check is called {place}"
        return found

    return run


@pytest.fixture
def checkups(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """Return an empty table of checks to register in; the real one comes back afterwards."""
    table: dict[Any, Any] = {}
    monkeypatch.setattr("people.upkeep.checkups._checkups", table)
    return table
