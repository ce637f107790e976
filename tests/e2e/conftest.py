"""One browser and one house for all browser tests, told in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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
