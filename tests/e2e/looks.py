"""What every screen must pass: axe, no sideways scrolling, and a picture for people to judge."""

from __future__ import annotations

import os
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
SIDEWAYS = """(foreign) => {
    const limit = document.documentElement.clientWidth + 1;
    const scrolls = (element) => {
        for (let parent = element.parentElement; parent; parent = parent.parentElement) {
            if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(parent).overflowX)) { return true; }
        }
        return false;
    };
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > limit && element.offsetParent && !scrolls(element))
        .filter((element) => !foreign || !element.closest(foreign))
        .map((element) => element.outerHTML.slice(0, 160));
}"""


# What the authors of some other course wrote is not ours to judge, where its export was brought along.
FOREIGN = ".xblock-student_view-html" if "COURSE_EXPORT" in os.environ else ""
RUN_AXE = """async ([options, foreign]) => {
    const isOurs = (node) => !foreign || !document.querySelector(node.target[0])?.closest(foreign);
    const { violations } = await axe.run(options);
    return violations.map((found) => ({ ...found, nodes: found.nodes.filter(isOurs) }));
}"""


class _Axe(AxeBase):
    def run(self, frame: Frame, context: object = None, options: object = None) -> list[dict]:
        frame.evaluate(self.axe_script)
        return frame.evaluate(RUN_AXE, [options, FOREIGN])


def violations(page: Page) -> list[str]:
    """Return what axe finds in a page and in each of its frames, one line per rule and place."""
    return [
        f"{frame.url}: {found['id']} ({found['impact']}) {found['help']}: {node['html'][:200]}"
        for frame in page.frames
        if frame.url.startswith("http")
        for found in _Axe().run(frame, options=RULES)
        for node in found["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Return what reaches beyond the right edge without being inside something that scrolls."""
    frames = [frame for frame in page.frames if frame.url.startswith("http")]
    return [found for frame in frames for found in frame.evaluate(SIDEWAYS, FOREIGN)]


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
        wrong += [f"{size['width']}: wider than the screen: {found}" for found in too_wide(page)]
    assert not wrong, f"{name}\n" + "\n".join(wrong)
