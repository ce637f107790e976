"""Pages of chapters and of their events, as a walk stands on them."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize

from tests.e2e.looks import WIDE
from tests.e2e.town import Town


def address(town: Town, path: str = "") -> str:
    """Return where a page of chapters stands."""
    return f"{town.house.lms}/chapters/{path}"


def opened(town: Town, username: str, path: str, *, size: ViewportSize = WIDE, **options: Any) -> Page:
    """Open a page as somebody, "" for a passer-by, on a screen of a size; it must be there."""
    page = town.page_of(username, **options)
    page.set_viewport_size(size)
    response = page.goto(address(town, path))
    assert response is not None
    assert response.status == 200, f"{path}: {response.status}"
    return page


def field(page: Page, label: str) -> Locator:
    """Return a field by its label, which may go on to say that it can stay empty."""
    return page.get_by_role("textbox", name=re.compile(rf"^{label}"))


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)
