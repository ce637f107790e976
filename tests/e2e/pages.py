"""What a person can do on a screen, by the names that they see and hear."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


class LearnerCase:
    """The case discussion of one unit as a learner works in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self) -> LearnerCase:
        self.page.goto(self.address)
        expect(self.block.locator("[data-region][data-started]")).to_be_visible()
        return self

    @property
    def block(self) -> Locator:
        return self.page.locator("[data-case]").first

    def at(self, step: str) -> None:
        """Expect the step bar to stand at a step; "" means that all of them are done."""
        now = self.block.get_by_role("list", name="Steps").locator("[aria-current=step]")
        if step:
            expect(now).to_have_text(re.compile(step))
        else:
            expect(now).to_have_count(0)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.block.get_by_text(text).first).to_be_visible()

    def sees_nothing_of(self, *texts: str) -> None:
        """Expect words to be nowhere in what the server has sent, whether or not it is drawn."""
        content = self.page.content()
        for text in texts:
            assert text not in content

    def start(self) -> None:
        self.block.get_by_role("button", name="Take a position").click()
        self.at("Take a position")

    def write(self, label: str, text: str) -> Locator:
        area = self.block.get_by_role("textbox", name=label)
        area.fill(text)
        return area

    def press(self, name: str) -> None:
        self.block.get_by_role("button", name=name, exact=True).click()

    def take_position(self, text: str) -> None:
        self.write("Your position", text)
        self.press("Post position")
        self.at("Answer classmates")

    def position_of(self, name: str) -> Locator:
        return self.block.locator(f'[data-peers] [data-list] > article[data-name="{name}"]')

    def answer(self, name: str, text: str) -> None:
        self.position_of(name).get_by_role("button", name=f"Answer {name}").first.click()
        self.write(f"Your answer to {name}", text)
        self.press("Post answer")
        expect(self.block.get_by_role("textbox", name=f"Your answer to {name}")).to_have_count(0)

    def look_back(self, text: str) -> None:
        self.write("Look back", text)
        self.press("Post and finish")
        self.at("")

    def requirement(self, title: str) -> Locator:
        return self.block.locator(".cs-checks li", has_text=title).first


class TeamCase:
    """The same block as the course team sees it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self) -> TeamCase:
        self.page.goto(self.address)
        expect(self.block.locator("[data-region][data-started]")).to_be_visible()
        return self

    @property
    def block(self) -> Locator:
        return self.page.locator("[data-case]").first

    def row(self, name: str) -> Locator:
        return self.block.get_by_role("row", name=re.compile(re.escape(name)))

    def report_on(self, name: str) -> None:
        self.block.get_by_role("button", name=name, exact=True).click()
        expect(self.block.get_by_text("what counted")).to_be_visible()


class CaseForm:
    """The author's form in Studio."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("[data-case-form]")

    def open(self, address: str) -> CaseForm:
        self.page.goto(address)
        return self.wait()

    def wait(self) -> CaseForm:
        expect(self.page.locator("[data-ready] [data-case-form]")).to_be_visible()
        return self

    def fill(self, **values: str) -> None:
        for label, value in values.items():
            self.form.get_by_label(label.replace("_", " "), exact=True).fill(value)

    def save(self) -> None:
        self.form.get_by_role("button", name="Save").click()


class LearnerTask:
    """The blended task of one unit as a learner works in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self) -> LearnerTask:
        self.page.goto(self.address)
        expect(self.block.locator("[data-region][data-started]")).to_be_visible()
        return self

    @property
    def block(self) -> Locator:
        return self.page.locator("[data-blended]").first

    def stage(self, title: str) -> Locator:
        """Return one stage of the timeline."""
        heading = self.page.get_by_role("heading", name=title, exact=True)
        return self.block.locator(".cs-rail > li").filter(has=heading)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.block.get_by_text(text).first).to_be_visible()

    def choose(self, sitting: str) -> None:
        """Take a seat in a sitting."""
        self.block.get_by_role("radio", name=re.compile(re.escape(sitting))).check()
        self.block.get_by_role("button", name="Take this seat").click()
        notice = self.block.locator("[data-focus=notice]", has_text="The seat is yours.")
        expect(notice).to_be_focused(timeout=10_000)

    def take_position(self, title: str, text: str) -> None:
        stage = self.stage(title)
        stage.get_by_role("textbox", name="Your position").fill(text)
        stage.get_by_role("button", name="Post position").click()
        expect(stage.get_by_role("textbox", name="Your position")).to_have_count(0)

    def answer(self, title: str, name: str, text: str) -> None:
        """Answer somebody's position; a discussion that is done stands in a panel."""
        stage = self.stage(title)
        post = stage.locator(f'[data-peers] [data-list] > article[data-name="{name}"]')
        post.get_by_role("button", name=f"Answer {name}").first.click()
        stage.get_by_role("textbox", name=f"Your answer to {name}").fill(text)
        stage.get_by_role("button", name="Post answer").click()
        expect(stage.get_by_role("textbox", name=f"Your answer to {name}")).to_have_count(0)


class TaskForm:
    """The author's editor of a blended task in Studio."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("[data-blended-form]")

    def open(self, address: str) -> TaskForm:
        self.page.goto(address)
        expect(self.page.locator("[data-ready] [data-blended-form]")).to_be_visible()
        return self

    def stage(self, title: str) -> Locator:
        """Return the card of a stage, unfolded."""
        card = self.form.locator("[data-stages] > li").filter(has=self.page.get_by_role("heading", name=title))
        fold = card.locator("[data-fold]")
        if fold.get_attribute("aria-expanded") == "false":
            fold.click()
        return card

    def save(self) -> None:
        self.form.get_by_role("button", name="Save", exact=True).click()
