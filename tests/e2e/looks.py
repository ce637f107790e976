"""What every screen must pass: axe, no sideways scrolling, and a picture for people to judge."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AxeBase
from playwright.sync_api import Frame, Page

SCREENS = Path(__file__).parents[2] / "build/screens"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Every frame is looked at by itself: see `violations`.
    "iframes": False,
}
SIDEWAYS = """() => {
    const limit = document.documentElement.clientWidth + 1;
    const scrolls = (element) => {
        for (let parent = element.parentElement; parent; parent = parent.parentElement) {
            if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(parent).overflowX)) { return true; }
        }
        return false;
    };
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > limit && element.offsetParent && !scrolls(element))
        .map((element) => element.outerHTML.slice(0, 160));
}"""


class _Axe(AxeBase):
    def run(self, frame: Frame, context: object = None, options: object = None) -> list[dict]:
        frame.evaluate(self.axe_script)
        return frame.evaluate("options => axe.run(options)", options)["violations"]


def violations(page: Page) -> list[str]:
    """Return what axe finds in a page and in each of its frames, one line per rule and place."""
    return [
        f"{frame.url}: {found['id']} ({found['impact']}) {found['help']}: {node['html'][:200]}"
        for frame in page.frames
        if frame.url.startswith("http")
        for found in _Axe().run(frame, options=RULES)
        for node in found["nodes"]
    ]


def look(page: Page, name: str, *, language: str = "") -> None:
    """Check a screen at both widths and keep its picture as ``build/screens/<name>[-<language>]-<width>.png``."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    wrong = []
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        page.wait_for_timeout(120)  # the only motion there is lasts this long
        stem = "-".join(filter(None, [name, language, str(size["width"])]))
        page.screenshot(path=SCREENS / f"{stem}.png", full_page=True)
        wrong += [f"{size['width']}: {found}" for found in violations(page)]
        for frame in page.frames:
            if frame.url.startswith("http"):
                wrong += [f"{size['width']}: wider than the screen: {found}" for found in frame.evaluate(SIDEWAYS)]
    assert not wrong, f"{name}\n" + "\n".join(wrong)
