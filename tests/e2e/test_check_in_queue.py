"""The host's ticks in a browser: kept by every window, and sent only where the site itself answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

SCRIPTS = Path(__file__).parents[2] / "discussion_ext/static/discussion_ext/check_in"
ORIGIN = "http://phone.test"
OPEN = """async (status) => {
    const { TickQueue } = await import("/queue.js");
    const nothing = () => {};
    window.sent = [];
    const send = async (ticks) => {
        if (status !== 200) {
            return { status, body: {} };
        }
        window.sent.push(...ticks.map((tick) => tick.user_id));
        return { status, body: { results: ticks.map((tick) => ({ request_key: tick.request_key })) } };
    };
    const queue = new TickQueue("roll", { send, onChange: nothing, onResult: nothing, onProblem: nothing });
    window.queue = queue;
}"""
TICK = "(userId) => { window.queue.add({ userId, state: 'present' }); }"
KEPT = "() => JSON.parse(localStorage.getItem('roll') ?? '[]').map((tick) => tick.user_id)"
CALL = """async () => {
    const { call } = await import("/call.js");
    document.cookie = "csrftoken=new";
    return await call("/roll", { sent: { ticks: [] }, cookie: "csrftoken", token: "old" });
}"""

pytestmark = pytest.mark.e2e


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser that knows the scripts of the page, and nothing else."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(content_type="text/javascript", body=(SCRIPTS / name).read_text(encoding="utf-8"))
        else:
            route.fulfill(content_type="text/html", body="<!doctype html><title>Sign in to this network</title>")

    context = browser.new_context()
    context.route(f"{ORIGIN}/**", answer)
    yield context
    context.close()


def window(phone: BrowserContext, *, status: int = 0) -> Page:
    """Open a window whose server answers with a status; 0 is no network."""
    page = phone.new_page()
    page.goto(f"{ORIGIN}/")
    page.evaluate(OPEN, status)
    return page


def test_two_windows_lose_no_tick_of_each_other(phone: BrowserContext) -> None:
    one, other = window(phone), window(phone)
    one.evaluate(TICK, 1)
    other.evaluate(TICK, 2)
    one.close()
    assert other.evaluate(KEPT) == [1, 2]


def test_the_window_with_network_sends_what_the_other_keeps(phone: BrowserContext) -> None:
    online, offline = window(phone, status=200), window(phone)
    offline.evaluate(TICK, 1)
    online.evaluate(TICK, 2)
    online.wait_for_function("() => window.sent.length === 2 && localStorage.getItem('roll') === null")
    assert online.evaluate("() => window.sent") == [1, 2]


def test_a_page_that_answers_instead_of_the_site_is_no_network(phone: BrowserContext) -> None:
    page = window(phone)
    assert page.evaluate(CALL) == {"status": 0, "body": {}}


def test_the_token_is_the_one_of_who_is_signed_in_now(phone: BrowserContext) -> None:
    page, headers = window(phone), dict[str, Any]()

    def answer(route: Route) -> None:
        headers.update(route.request.headers)
        route.fulfill(json={"results": []})

    phone.route(f"{ORIGIN}/roll", answer)
    assert page.evaluate(CALL) == {"status": 200, "body": {"results": []}}
    assert headers["x-csrftoken"] == "new"
