"""The house with its course and its people, and a door for each of them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.house import House

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


@dataclass
class Town:
    """Everything a test needs to open a page as somebody and to look at what was kept."""

    house: House
    browser: Browser
    course_key: str
    units: dict[str, str]
    sessions: dict[str, str]
    troubles: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def page_of(self, username: str, **options: Any) -> Page:
        """Open a browser of somebody's own, signed in to the LMS and Studio; "" is a passer-by."""
        context = self._open.enter_context(self.browser.new_context(viewport={"width": 1280, "height": 900}, **options))
        if username:
            self.sign_in(context, username)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message.type, message.text))
        page.on("response", lambda response: self._weigh(response.status, response.url))
        return page

    def sign_in(self, context: BrowserContext, username: str) -> None:
        """Sign somebody in, in the place of whoever was."""
        session = self.sessions[username]
        context.add_cookies([{"name": "sessionid", "value": session, "domain": "127.0.0.1", "path": "/"}])

    def _hear(self, page: Page, kind: str, text: str) -> None:
        # A refusal by the server is said in the page; that Chromium notes it too is no trouble.
        if kind == "error" and "Failed to load resource" not in text:
            self.troubles.append(f"{page.url}: console: {text}")

    def _weigh(self, status: int, url: str) -> None:
        if status >= 500 or (status == 404 and "favicon" not in url and "/static/" in url):
            self.troubles.append(f"{url}: {status}")

    def course(self, path: str = "") -> str:
        return f"{self.house.lms}/courses/{self.course_key}/{path}"

    def block(self, usage_key: str) -> str:
        return self.course(f"jump_to/{quote(usage_key, safe='')}")

    def points(self, path: str) -> str:
        return f"{self.house.lms}/gamification/courses/{self.course_key}/{path}/"

    def studio(self, path: str) -> str:
        return f"{self.house.studio}/{path}"

    def stored(self, username: str, category: str = "case_discussion") -> dict[str, Any]:
        return self.house.stage("stored", username=username, course=self.course_key, category=category)

    def close(self) -> None:
        self._open.close()
