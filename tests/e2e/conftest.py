"""One browser and one house for all browser tests, told in the order in which they are written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.house import House
from tests.e2e.town import PEOPLE, SAMPLE, Town

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the order of the file: a walk is a story, and its chapters build on each other."""
    places = [index for index, item in enumerate(items) if HERE in item.path.parents]
    in_order = sorted((items[index] for index in places), key=lambda item: (str(item.path), item.reportinfo()[1]))
    for index, item in zip(places, in_order, strict=True):
        items[index] = item


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Build the house around the sample course, or around the export that ``COURSE_EXPORT`` names."""
    house = House(tmp_path_factory.mktemp("house"))
    house.manage("migrate", "--verbosity", "0")
    imported = house.manage("import_course", os.environ.get("COURSE_EXPORT", SAMPLE))
    course = re.search(r"course-v1:[^:\s]+", imported)[0]
    sessions = house.stage("people", course=course, accounts=PEOPLE)
    house.stage("switch_on", course=course, username="ruben")
    units = house.stage("units", course=course)
    with house:
        standing = Town(house, browser, course, units, sessions)
        yield standing
        standing.close()


@pytest.fixture(autouse=True)
def no_trouble(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which a script broke, a file was missing or the server failed, even if the screen looked right."""
    yield
    if "town" in request.fixturenames:
        town: Town = request.getfixturevalue("town")
        found, town.troubles = town.troubles, []
        failures = [name for name, log in town.house.logs.items() if "Traceback (most recent call last)" in log]
        logs = "\n".join(town.house.logs[name][-6000:] for name in failures)
        assert not found, "\n".join(found) + logs
        assert not failures, logs
