"""Scanning tickets in the host's page: only where a browser reads codes, with a camera or without, network or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

SCRIPTS = Path(__file__).parents[2] / "discussion_ext/static/discussion_ext/check_in"
ORIGIN = "https://phone.test"
TOKEN = "AbCdEfGhIjKlMnOpQrStUv"
TICKET = f"{ORIGIN}/discussion_ext/check_in/abc/ticket/{TOKEN}/"
WORDS = {
    "scan": "Scan tickets",
    "scan_stop": "Stop scanning",
    "scan_aim": "Point the camera at a ticket.",
    "scan_denied": "This page may not use the camera.",
    "scan_broken": "There is no camera to use here.",
    "scan_other": "This is no ticket of this meeting.",
    "scan_kept": "Ticket scanned at {n}.",
    "scan_in": "{n} is in now.",
    "scan_already": "{n} is already in: {m}.",
    "scan_older": "{n}: somebody has said otherwise since. {m}.",
    "scan_look": "Look at the ticket",
}
PAGE = """<!doctype html><main><section data-scan>
  <button type="button" aria-expanded="false" data-scan-open hidden><span>Scan tickets</span></button>
  <div data-scan-camera hidden><video muted></video></div>
  <p role="status" data-scan-status></p><ul data-scans hidden></ul>
</section></main>"""
#: A browser that reads codes: what its camera sees is what stands in ``window.seen``.
CAMERA = """(failure) => {
    window.seen = [];
    window.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect() { return window.seen.map((rawValue) => ({ rawValue })); }
    };
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    const getUserMedia = async () => {
        if (failure) { throw new DOMException("", failure); }
        return (window.stream = canvas.captureStream(5));
    };
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
}"""
OPEN = """async (words) => {
    const { Scanner } = await import("/scan.js");
    const { TickQueue } = await import("/queue.js");
    const nothing = () => {};
    window.sent = [];
    window.isOnline = false;
    const attendance = { state: "present", said: "18:57" };
    window.answer = { outcome: "saved", user_id: 7, name: "Amara Okafor", attendance };
    const send = async (ticks) => {
        if (!window.isOnline) { return { status: 0, body: {} }; }
        window.sent.push(...ticks);
        const results = ticks.map((tick) => ({ request_key: tick.request_key, ...window.answer }));
        return { status: 200, body: { results } };
    };
    const data = { words, zone: "Africa/Nairobi", ticket_url: "/discussion_ext/check_in/abc/ticket/" };
    const root = document.querySelector("main");
    const queue = new TickQueue("roll", {
        send, onChange: nothing, onProblem: nothing, onResult: (result) => window.scanner.showResult(result),
    });
    window.queue = queue;
    window.scanner = new Scanner(root, data, { onTicket: (ticket) => queue.add({ ticket, state: "present" }) });
    await new Promise((done) => setTimeout(done, 50));
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
            route.fulfill(content_type="text/html", body=PAGE)

    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.route(f"{ORIGIN}/**", answer)
    yield context
    context.close()


def window(phone: BrowserContext, *, camera: str | None = "") -> Page:
    """Open the page; ``camera`` None has no reader of codes, a name is the error with which the camera fails."""
    page = phone.new_page()
    page.goto(f"{ORIGIN}/")
    page.evaluate("() => { delete window.BarcodeDetector; }" if camera is None else CAMERA, camera)
    page.evaluate(OPEN, WORDS)
    return page


def see(page: Page, *codes: str) -> None:
    page.evaluate("(codes) => { window.seen = codes; }", list(codes))


def said(page: Page, text: str) -> None:
    page.wait_for_function(
        "(text) => document.querySelector('[data-scan-status]').textContent.includes(text)", arg=text
    )


def told(page: Page, text: str) -> None:
    page.wait_for_function(
        "(text) => document.querySelector('[data-scans] li')?.textContent.startsWith(text)", arg=text, timeout=5000
    )


def kept(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("() => JSON.parse(localStorage.getItem('roll') ?? '[]')")


def test_without_a_reader_of_codes_nothing_is_offered(phone: BrowserContext) -> None:
    assert not window(phone, camera=None).locator("[data-scan-open]").is_visible()


@pytest.mark.parametrize(("failure", "text"), [("NotAllowedError", "may not use"), ("NotFoundError", "no camera")])
def test_a_camera_that_is_refused_or_missing_is_said(phone: BrowserContext, failure: str, text: str) -> None:
    page = window(phone, camera=failure)
    button = page.locator("[data-scan-open]")
    button.click()
    said(page, text)
    assert button.get_attribute("aria-expanded") == "false"
    assert not page.locator("video").is_visible()


def test_without_network_a_ticket_is_kept_with_its_own_time_and_sent_later(phone: BrowserContext) -> None:
    page = window(phone)
    page.locator("[data-scan-open]").click()
    said(page, "Point the camera")
    see(page, TICKET)
    said(page, "Ticket scanned at")
    (tick,) = kept(page)
    assert (tick["ticket"], tick["state"], "user_id" in tick) == (TOKEN, "present", False)
    page.evaluate("() => { window.isOnline = true; window.queue.flush(); }")
    told(page, "Amara Okafor is in now.")
    assert kept(page) == []
    assert page.evaluate("() => window.sent") == [tick]


def test_it_outlives_the_page(phone: BrowserContext) -> None:
    page = window(phone)
    page.locator("[data-scan-open]").click()
    see(page, TICKET)
    said(page, "Ticket scanned at")
    page.close()
    again = window(phone)
    assert [tick["ticket"] for tick in again.evaluate("() => window.queue.ticks")] == [TOKEN]


def test_held_before_the_camera_it_counts_once(phone: BrowserContext) -> None:
    page = window(phone)
    page.locator("[data-scan-open]").click()
    see(page, TICKET)
    page.wait_for_timeout(1500)
    assert len(kept(page)) == 1


def test_a_code_of_something_else_is_no_ticket(phone: BrowserContext) -> None:
    page = window(phone)
    page.locator("[data-scan-open]").click()
    for other in ("https://evil.example/", f"{ORIGIN}/discussion_ext/check_in/other/ticket/{TOKEN}/", "WIFI:T:WPA;;"):
        see(page, other)
        said(page, "no ticket of this meeting")
    assert kept(page) == []


def test_who_is_in_and_who_gave_the_seat_back(phone: BrowserContext) -> None:
    page = window(phone)
    page.evaluate("() => { window.isOnline = true; window.answer.outcome = 'already'; }")
    page.locator("[data-scan-open]").click()
    see(page, TICKET)
    told(page, "Amara Okafor is already in: 18:57.")
    page.evaluate("() => { window.answer = { outcome: 'refused', user_id: 7, name: 'Amara', message: 'No seat.' }; }")
    see(page, TICKET.replace("Ab", "Xy"))
    told(page, "Amara: No seat.")
    link = page.locator("[data-scans] a")
    assert link.get_attribute("href") == f"/discussion_ext/check_in/abc/ticket/{TOKEN.replace('Ab', 'Xy')}/"


def test_stopping_lets_the_camera_go(phone: BrowserContext) -> None:
    page = window(phone)
    button = page.locator("[data-scan-open]")
    button.click()
    said(page, "Point the camera")
    assert page.locator("video").is_visible()
    button.click()
    assert not page.locator("video").is_visible()
    assert page.evaluate("() => window.stream.getTracks().map((track) => track.readyState)") == ["ended"]
