"""One browser and one house for all browser tests, told in the order in which they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.house import House

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
COURSE = "course-v1:Harbour+LTB1+open"
SAMPLE = "conf/host/sample_course"
PEOPLE = {
    "ruben": {"name": "Ruben Kok", "role": "author"},
    "mira": {"name": "Mira Sol", "role": "moderator"},
    "ada": {"name": "Ada Lovink", "role": "learner"},
    "bram": {"name": "Bram de Wit", "role": "learner"},
    "dora": {"name": "Dora Mensah", "role": "learner"},
    "xiaoyu": {"name": "林晓雨", "role": "learner"},
    "femke": {"name": "Femke van den Heuvel-Oosterbaan de Jong", "role": "learner"},
}


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


@dataclass
class Town:
    """The house with its course and people, and a door for each of them."""

    house: House
    browser: Browser
    sessions: dict[str, str]
    troubles: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def page_of(self, username: str, **options: Any) -> Page:
        """Open a browser of somebody's own, signed in to the LMS and Studio; "" is a passer-by."""
        context = self._open.enter_context(self.browser.new_context(viewport={"width": 1280, "height": 900}, **options))
        if username:
            self._sign_in(context, self.sessions[username])
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message.type, message.text))
        page.on("response", lambda response: self._weigh(response.status, response.url))
        return page

    def _sign_in(self, context: BrowserContext, session: str) -> None:
        context.add_cookies([{"name": "sessionid", "value": session, "domain": "127.0.0.1", "path": "/"}])

    def _hear(self, page: Page, kind: str, text: str) -> None:
        # A refusal by the server is said in the page; that Chromium notes it too is no trouble.
        if kind == "error" and "Failed to load resource" not in text:
            self.troubles.append(f"{page.url}: console: {text}")

    def _weigh(self, status: int, url: str) -> None:
        if status >= 500 or (status == 404 and "favicon" not in url and "/static/" in url):
            self.troubles.append(f"{url}: {status}")

    def course(self, path: str = "") -> str:
        return f"{self.house.lms}/courses/{COURSE}/{path}"

    def block(self, usage_key: str) -> str:
        return self.course(f"jump_to/{quote(usage_key, safe='')}")

    def studio(self, path: str) -> str:
        return f"{self.house.studio}/{path}"

    def stored(self, username: str, category: str = "case_discussion") -> dict[str, Any]:
        return self.house.stage("stored", username=username, course=COURSE, category=category)

    def close(self) -> None:
        self._open.close()


@pytest.fixture(scope="session")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    house = House(tmp_path_factory.mktemp("house"))
    house.manage("migrate", "--verbosity", "0")
    house.manage("import_course", SAMPLE)
    sessions = house.stage("people", course=COURSE, accounts=PEOPLE)
    house.stage("switch_on", course=COURSE, username="ruben")
    with house:
        standing = Town(house, browser, sessions)
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


@pytest.fixture(scope="session")
def visit(town: Town) -> Callable[..., Page]:
    """Return a function that opens a page as somebody."""

    def open_page(username: str, address: str, **options: Any) -> Page:
        page = town.page_of(username, **options)
        page.goto(address)
        return page

    return open_page
