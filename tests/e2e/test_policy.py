"""Pages and blocks under a strict Content-Security-Policy: no script and no style inside a page, none from elsewhere.

All other walks happen under it too: what a browser refuses is an error of the console, and `no_trouble` fails on those.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import LearnerCase
from tests.e2e.test_pages import COURSE, HELD_CASE, POINTS_PANEL

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif("COURSE_EXPORT" in os.environ, reason="that course brings scripts of its own"),
]
DIRECTIVES = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
}
LISTEN = """window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


def opened(page: Page, address: str) -> list[str]:
    """Open a page, let its scripts come to rest, and return what the browser refused."""
    page.add_init_script(LISTEN)
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    parts = [part.split() for part in response.headers["content-security-policy"].split("; ")]
    policy = {name: sources for name, *sources in parts}
    assert {name: policy.get(name) for name in DIRECTIVES} == DIRECTIVES
    page.wait_for_load_state("networkidle")
    refused: list[str] = page.evaluate("window.refused")
    return refused


@pytest.mark.parametrize("path", ["points", "board", "how", "privacy"])
def test_points_pages(town, path):
    page = town.page_of("dora")
    assert opened(page, town.points(path)) == []
    page.context.close()


@pytest.mark.parametrize(("username", "key"), [("dora", HELD_CASE), ("ruben", HELD_CASE), ("dora", POINTS_PANEL)])
def test_blocks(town, username, key):
    page = town.page_of(username)
    assert opened(page, town.block(key)) == []
    block = page.locator("[data-case], .cs-root").first
    expect(block).to_be_visible()
    page.context.close()


def test_a_case_works_under_it(town):
    """The module was loaded and its handlers answer: nothing of the block needs what is refused."""
    page = town.page_of("xiaoyu")
    page.add_init_script(LISTEN)
    case = LearnerCase(page, town.block(HELD_CASE)).open()
    case.start()
    assert page.evaluate("window.refused") == []
    page.context.close()


def test_studio(town):
    page = town.page_of("ruben")
    assert opened(page, town.studio("library-preview/case_discussion")) == []
    assert opened(page, town.studio(f"xblock/{HELD_CASE}/edit")) == []
    assert opened(page, town.studio(f"xblock/{POINTS_PANEL}/edit")) == []
    page.context.close()


def test_the_browser_does_refuse(town):
    """The twin: what the tests above look for is seen when it is there."""
    page = town.page_of("dora")
    assert opened(page, town.points("how")) == []
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", '<p id="p" style="color:red" onclick="window.ran = 1">x</p>');
            const script = document.createElement("script");
            script.textContent = "window.ran = 2";
            document.body.append(script);
            document.querySelector("#p").click();
        }"""
    )
    page.wait_for_function("window.refused.length >= 3")
    assert page.evaluate("window.ran") is None
    assert {line.partition(" ")[0] for line in page.evaluate("window.refused")} == {
        "style-src-attr",
        "script-src-elem",
        "script-src-attr",
    }
    page.context.close()
    town.troubles.clear()


def test_a_course_page_of_the_host_is_under_it_too(town):
    page = town.page_of("ruben")
    assert opened(page, f"{town.house.lms}/courses/{COURSE}/course/") == []
    page.context.close()
