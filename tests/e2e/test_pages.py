"""Every page that people visit, in three languages, by keyboard alone and without script."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import look
from tests.e2e.pages import LearnerCase

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif("COURSE_EXPORT" in os.environ, reason="these pages are those of the sample course"),
]

COURSE = "course-v1:Harbour+LTB1+open"
READING_UNIT = "block-v1:Harbour+LTB1+open+type@vertical+block@silence_read"
HELD_CASE = "block-v1:Harbour+LTB1+open+type@case_discussion+block@quiet_half"
POINTS_PANEL = "block-v1:Harbour+LTB1+open+type@points_panel+block@points"
POSITION = (
    "Before the next call Ilse sends the question round in writing and asks everybody for two lines by Tuesday noon, "
    "whichever office they sit in. The call then begins with those lines, read aloud by somebody from another place, "
    "so that nobody has to win the floor to be heard. To Pieter she says that loudness is not involvement: she would "
    "like him to be the last to speak in three meetings and to report what he learned that he had not known. If that "
    "feels odd, good; it felt odd in Dalian for a year, and nobody there wrote a message about it."
)
FOCUS = """() => {
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    const name = focused.getAttribute("aria-label") || focused.innerText || focused.labels?.[0]?.innerText || "";
    const isSeen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return { name: name.trim().replace(/\\s+/g, " "), tag: focused.tagName, isSeen };
}"""


@pytest.mark.parametrize(
    ("username", "path", "name"),
    [
        ("", "login", "host-sign_in"),
        ("dora", "dashboard", "host-dashboard"),
        ("dora", f"courses/{COURSE}/course/", "host-outline"),
        ("dora", f"courses/{COURSE}/units/{READING_UNIT}", "host-unit"),
        ("dora", f"courses/{COURSE}/discussion/forum/", "discussion"),
        ("dora", f"courses/{COURSE}/progress", "host-progress"),
        ("dora", "account/settings", "host-account"),
        ("ruben", f"courses/{COURSE}/instructor", "host-instructor"),
        ("femke", f"gamification/courses/{COURSE}/points/", "my_points-first_day"),
    ],
)
def test_pages_of_the_lms(town, username, path, name):
    page = town.page_of(username)
    response = page.goto(f"{town.house.lms}/{path}")
    assert response.status == 200
    look(page, name)
    page.context.close()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("home/", "studio-home"),
        (f"course/{COURSE}", "studio-outline"),
        (f"pages-and-resources/{COURSE}", "studio-pages"),
        (f"settings/advanced/{COURSE}", "studio-advanced"),
        (f"course_rerun/{COURSE}", "studio-rerun"),
        ("library-preview/case_discussion", "studio-library_preview"),
    ],
)
def test_pages_of_studio(town, path, name):
    page = town.page_of("ruben")
    response = page.goto(town.studio(path))
    assert response.status == 200
    look(page, name)
    page.context.close()


def test_signing_in_as_somebody(town):
    page = town.page_of("")
    page.goto(f"{town.house.lms}/login?next=/account/settings")
    page.get_by_role("button", name=re.compile("Dora Mensah")).first.click()
    page.wait_for_url(re.compile("/account/settings"))
    page.context.close()


def press_until(page: Page, name: str | re.Pattern[str], *, key: str = "Tab", most: int = 80) -> None:
    """Move the focus until it stands on something of that name; every stop on the way must be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus["isSeen"] or focus["tag"] == "BODY", f"no focus ring on {focus}"
        if re.search(name, focus["name"]):
            return
    pytest.fail(f"{name!r} cannot be reached with {key}")


def test_a_case_by_keyboard_alone(town):
    page = town.page_of("femke")
    case = LearnerCase(page, town.block(HELD_CASE)).open()
    press_until(page, "^Take a position$")
    page.keyboard.press("Enter")
    case.at("Take a position")
    if "Your position" not in page.evaluate(FOCUS)["name"]:
        press_until(page, "^Your position$")
    page.keyboard.insert_text(POSITION)
    press_until(page, "^Post position$")
    page.keyboard.press("Enter")
    case.at("Answer classmates")
    press_until(page, "^Edit$")
    page.keyboard.press("Enter")
    expect(case.block.get_by_role("textbox", name="Your post")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.insert_text(" One more line.")
    press_until(page, "^Save changes$")
    page.keyboard.press("Enter")
    case.sees(re.compile("edited"))
    press_until(page, "^Withdraw$", key="Shift+Tab")
    page.keyboard.press("Enter")
    press_until(page, "^Keep it$")
    page.keyboard.press("Enter")
    expect(case.block.get_by_role("button", name="Withdraw post")).not_to_be_visible()
    case.sees(re.compile("One more line"))
    page.context.close()


def test_a_page_that_is_left_open_writes_nothing_in_the_next_ones_name(town):
    """Two people share a computer: the first one's tab is still open when the second has signed in."""
    page = town.page_of("bram")
    case = LearnerCase(page, town.block(HELD_CASE)).open()
    case.start()
    case.write("Your position", POSITION)
    town.sign_in(page.context, "xiaoyu")
    case.press("Post position")
    case.sees(re.compile("Somebody else is signed in here now"))
    expect(case.block.get_by_role("textbox", name="Your position")).to_have_value(POSITION)
    page.reload()
    assert POSITION not in page.content()
    town.sign_in(page.context, "bram")
    page.reload()
    expect(case.block.get_by_role("textbox", name="Your position")).to_be_visible()
    page.context.close()


def test_reading_needs_no_script(town):
    page = town.page_of("dora", java_script_enabled=False)
    page.goto(town.block(HELD_CASE))
    expect(page.get_by_text("What does Ilse change before the next call").first).to_be_visible()
    expect(page.get_by_text("The price table goes live in three weeks.").first).to_be_visible()
    for path, heading in (("points", "My points"), ("board", "Course board"), ("how", "How points work")):
        page.goto(town.points(path))
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    page.context.close()


def test_choosing_a_name_on_the_board_without_script(town):
    page = town.page_of("femke", java_script_enabled=False)
    page.goto(town.points("privacy"))
    page.get_by_role("radio", name=re.compile("name", re.IGNORECASE)).last.check()
    page.get_by_role("button", name=re.compile("Save|Show|Use|Keep")).first.click()
    assert page.locator("[role=status], .cs-note").first.is_visible()
    page.context.close()


def test_the_points_panel(town):
    page = town.page_of("femke")
    page.goto(town.block(POINTS_PANEL))
    panel = page.locator(".cs-root").first
    expect(panel).to_be_visible()
    look(page, "points_panel")
    page.context.close()


@pytest.mark.parametrize("language", ["nl", "zh-hans"])
def test_other_languages(town, language):
    town.house.stage("language", username="femke", code=language)
    page = town.page_of("femke")
    for address, name in (
        (town.block(HELD_CASE), "case_discussion_learner"),
        (town.block(POINTS_PANEL), "points_panel"),
        (town.points("points"), "my_points"),
        (town.points("board"), "leaderboard"),
    ):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language[:2]))
        look(page, name, language=language)
    page.context.close()
    town.house.stage("language", username="femke", code="en")
