"""What is left of the texts by which scripts were tried is put into a real browser, twice, without any policy."""

from __future__ import annotations

import pytest

from discussion_ext.rendering import render_markdown
from tests.doors.payloads import PAYLOADS, RUN
from xblocks.markup import render_author_text

pytestmark = pytest.mark.e2e
PUT = """async (html) => {
    document.body.innerHTML = html;
    document.body.innerHTML = document.body.innerHTML;  // some texts change their meaning when they are read again
    const leads = (link) => /^(https?|mailto):/.test(new URL(link.getAttribute("href") ?? "", "https://example.org"));
    [...document.querySelectorAll("a")].filter((link) => !leads(link)).forEach((link) => link.click());
    await new Promise((done) => setTimeout(done, 30));
}"""


@pytest.mark.parametrize("render", [render_markdown, render_author_text])
def test_nothing_runs(browser, render):
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content("<!doctype html><body></body>")
    for text in PAYLOADS:
        page.evaluate(PUT, str(render(text)))
        assert page.evaluate("window.ran") is None, text
        assert page.url == "about:blank", text
    page.close()


def test_unclean_they_run(browser):
    """The twin: the browser does run what the tests above would see."""
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content("<!doctype html><body></body>")
    page.evaluate(PUT, f"<img src=x onerror={RUN}>")
    page.wait_for_function("window.ran === 1")
    page.close()
