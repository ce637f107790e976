"""From the author's preset to the grade and back: one blended task, the way people live through it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.looks import PHONE, WIDE, look
from tests.e2e.mailbox import letters_to
from tests.e2e.pages import LearnerTask, TaskForm
from tests.e2e.town import SAMPLE

pytestmark = pytest.mark.e2e

COURSE = "course-v1:Meridian+CLASS+2026"
PEOPLE = {
    "ines": {"name": "Ines Marques", "role": "author"},
    "wanjiru": {"name": "Wanjiru Kamau", "role": "moderator", "zone": "Africa/Nairobi"},
    "amara": {"name": "Amara Obi", "role": "learner"},
    "tomas": {"name": "Tomás Ribeiro", "role": "learner"},
    "priya": {"name": "Priya Nair", "role": "learner", "zone": "Africa/Nairobi"},
    "lien": {"name": "Lien van der Meer", "role": "learner", "language": "nl"},
    "yulan": {"name": "林玉兰", "role": "learner", "language": "zh-hans", "zone": "Asia/Shanghai"},
}
AMSTERDAM, NAIROBI = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Africa/Nairobi")
TITLE = "Say it upwards"
READ, DISCUSS, ATTEND, APPLY, REVIEW = (
    "Prepare: read and watch",
    "Discuss: take a position",
    "Attend the class session",
    "Apply: do it, then report back",
    "Review two classmates’ reports",
)
POSITION = (
    "I never told my manager that the late calls wake my children. She plans them for her own morning, and nobody in "
    "our team has ever said a word about it."
)
HIS_POSITION = (
    "Mine is the opposite: he asks for criticism every Friday, and all of us praise him, because the only colleague "
    "who ever answered honestly was moved to another floor."
)
ANSWER = (
    "Moving somebody to another floor teaches everyone else. Did anybody ask why it happened, or was silence safer?"
)
HIS_ANSWER = (
    "Your children are a reason that she can understand. Would you name them, or rather offer another hour first?"
)
REPORT = (
    "On Monday I said that the late call costs my family its evening, and that nine in the morning would suit three of "
    "us. She was quiet, then she asked why nobody had told her before."
)
HIS_REPORT = (
    "Before the Friday round I asked him for ten minutes alone. I praised nothing and named one decision that hurt us; "
    "he wrote it down and thanked me, which I had not expected at all."
)
REVIEW_OF_HIS = "Asking for ten minutes alone made it safe for both. I would have named two decisions and diluted it."
REVIEW_OF_HERS = "You offered a concrete hour, so that she could say yes. Telling her earlier might have cost you less."


def next_change(zone=AMSTERDAM):
    """Return the first day, a week or more from now, on which clocks are set."""
    noon = datetime.now(zone).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=7)
    while noon.utcoffset() == (noon + timedelta(days=1)).utcoffset():
        noon += timedelta(days=1)
    return (noon + timedelta(days=1)).date()


CHANGE = next_change()
BEFORE, AFTER = CHANGE - timedelta(days=4), CHANGE + timedelta(days=3)


@pytest.fixture(scope="module")
def town(town):
    """Return the town with a course of its own for this walk, and people who only take part here."""
    town.house.manage("import_course", SAMPLE, "--key", COURSE)
    sessions = town.house.stage("people", course=COURSE, accounts=PEOPLE)
    town.house.stage("switch_on", course=COURSE, username="ines")
    units = town.house.stage("units", course=COURSE)
    return replace(town, course_key=COURSE, units=units, sessions=sessions, troubles=[])


@pytest.fixture(scope="module")
def task_key(town):
    """Return the key of the task that the author adds."""
    page = town.page_of("ines")
    page.goto(town.studio(f"container/{town.units['case']}"))
    page.get_by_role("button", name="Blended task").click()
    page.wait_for_url(re.compile("/xblock/.*/edit"))
    found = re.search(r"block-v1:[^/]+", page.url)
    page.context.close()
    return found[0]


def team_page(town, path=""):
    return f"{town.house.lms}/discussion_ext/courses/{town.course_key}/sessions/{path}"


def open_task(town, username, task_key, *, size=WIDE):
    page = town.page_of(username)
    page.set_viewport_size(size)
    return LearnerTask(page, town.block(task_key)).open()


class TestAuthor:
    """The full preset, made right in the editor."""

    def test_the_preset_is_told_what_is_missing(self, town, task_key):
        page = town.page_of("ines")
        form = TaskForm(page).open(town.studio(f"xblock/{task_key}/edit"))
        form.form.get_by_label("Title", exact=True).fill(TITLE)
        form.form.get_by_role("button", name="Start from a preset").click()
        form.form.get_by_role("button", name="Prepare, attend, apply").click()
        expect(form.form.locator("[data-stages] > li")).to_have_count(5)
        form.save()
        summary = form.form.locator("[data-summary]")
        expect(summary).to_contain_text("Stage 1, units: none is chosen")
        look(page, "blended_task_studio-errors")
        page.context.close()

    def test_the_author_chooses_units_and_dates_and_publishes(self, town, task_key):
        page = town.page_of("ines")
        form = TaskForm(page).open(town.studio(f"xblock/{task_key}/edit"))
        form.form.get_by_label("Title", exact=True).fill(TITLE)
        form.form.get_by_label("Introduction").fill("Say one thing upwards that you have never said.")
        form.form.get_by_role("button", name="Start from a preset").click()
        form.form.get_by_role("button", name="Prepare, attend, apply").click()
        reading = form.stage(READ)
        for part in reading.locator("details[data-part]").all():
            part.locator("summary").click()
        reading.locator(f'input[value="{town.units["reading"].rpartition("@")[2]}"]').check()
        reading.locator('[name="due.anchor"]').select_option("session_end")
        discuss = form.stage(DISCUSS)
        discuss.get_by_label("Weight in the grade").fill("25")
        discuss.locator('[name="position_min"]').fill("20")
        discuss.locator('[name="answers_wanted"]').fill("1")
        discuss.locator('[name="answer_min"]').fill("10")
        discuss.get_by_label("What to do").fill("What have you **never told** your manager?")
        discuss.locator('[name="due.anchor"]').select_option("session_end")
        set_offset(discuss, "due", hours=0)
        apply = form.stage(APPLY)
        apply.locator('[name="report_min"]').fill("20")
        apply.locator('[name="opens.anchor"]').select_option("session_start")
        review = form.stage(REVIEW)
        review.locator('[name="reviews_wanted"]').fill("1")
        review.locator('[name="review_min"]').fill("10")
        review.locator('[name="opens.anchor"]').select_option("session_start")
        look(page, "blended_task_studio-filled")
        form.save()
        page.wait_for_url(re.compile("/container/"))
        page.get_by_role("button", name="Publish unit").click()
        expect(page.get_by_text("Learners have this version.")).to_be_visible()
        page.context.close()


def set_offset(card, name, *, days=0, hours=0):
    card.locator(f'[name="{name}.days"]').fill(str(days))
    card.locator(f'[name="{name}.hours"]').fill(str(hours))


def add_sitting(page, town, *, title, day, time, zone, seats="", place="Room B2", minutes="120"):
    page.goto(team_page(town))
    page.get_by_role("region", name=TITLE).get_by_role("link", name="Add a sitting").first.click()
    fill_sitting(page, title=title, day=day, time=time, zone=zone, seats=seats, place=place, minutes=minutes)
    page.get_by_role("button", name="Add sitting").click()


def fill_sitting(page, *, day, time, title="", zone="", seats="", place="", minutes=""):
    told = {
        "title": title, "day": str(day), "time": time, "zone": zone, "capacity": seats, "place": place,
        "minutes": minutes, "host": "wanjiru" if title else "",
    }  # fmt: skip
    for name, value in told.items():
        if value:
            page.locator(f"[name={name}]").fill(value)


class TestSittings:
    """The team adds sittings, learners choose among them."""

    def test_the_team_adds_two_sittings(self, town, task_key):
        page = town.page_of("ines")
        week = (datetime.now(NAIROBI) + timedelta(days=6)).date()
        add_sitting(page, town, title="Nairobi, evening", day=week, time="19:00", zone="Africa/Nairobi", seats="24")
        add_sitting(page, town, title="Amsterdam, avond", day=BEFORE, time="19:00", zone="Europe/Amsterdam", seats="1")
        page.goto(team_page(town))
        expect(page.get_by_text("Nairobi, evening").first).to_be_visible()
        expect(page.get_by_text("Amsterdam, avond").first).to_be_visible()
        look(page, "class_sessions")
        page.context.close()

    def test_a_learner_chooses_on_both_clocks(self, town, task_key):
        task = open_task(town, "amara", task_key)
        task.sees("Which class session will you attend?")
        task.sees(re.compile("19:00–21:00, Nairobi time"))
        look(task.page, "blended_task_learner-1-choosing")
        task.choose("Nairobi, evening")
        task.sees("Your class session: Nairobi, evening")
        look(task.page, "blended_task_learner-2-before")
        task.page.context.close()
        for username in ("tomas", "lien", "yulan"):
            other = open_task(town, username, task_key)
            other.block.locator("input[name=sitting]").first.check()
            other.block.locator("[data-form=choose] [type=submit]").click()
            expect(other.block.locator("[data-session]")).to_be_visible()
            other.page.context.close()

    def test_the_last_seat_is_taken_and_a_wish_is_kept(self, town, task_key):
        task = open_task(town, "priya", task_key)
        task.choose("Amsterdam, avond")
        task.page.context.close()
        late = open_task(town, "tomas", task_key)
        late.block.get_by_role("button", name="Change class session").click()
        wish = late.block.get_by_role("button", name="Tell me when a seat opens in “Amsterdam, avond”")
        wish.click()
        late.sees("You get a mail as soon as a seat opens.")
        late.page.context.close()


class TestPreparing:
    """Reading a unit and discussing, before class."""

    def test_a_unit_that_was_read_is_ticked_here(self, town, task_key):
        task = open_task(town, "amara", task_key)
        task.stage(READ).locator(".cs-checks a").click()
        page = task.page
        page.wait_for_url(re.compile("/units/"))
        for _screen in range(1 + page.evaluate("Math.ceil(document.body.scrollHeight / innerHeight)")):
            page.wait_for_timeout(5500)  # what is in sight counts as read after five seconds
            page.mouse.wheel(0, 800)
        task.open()
        expect(task.stage(READ)).to_contain_text("Counts")
        task.stage(READ).get_by_text("What counted").click()
        look(page, "blended_task_learner-2-read")
        page.context.close()

    def test_who_thinks_first_sees_others_afterwards(self, town, task_key):
        his = open_task(town, "tomas", task_key)
        his.take_position(DISCUSS, HIS_POSITION)
        his.page.context.close()
        mine = open_task(town, "amara", task_key)
        mine.sees("1 classmate has posted.")
        assert "moved to another floor" not in mine.page.content()
        stage = mine.stage(DISCUSS)
        stage.get_by_role("textbox", name="Your position").fill("I never told my manager")
        expect(stage.get_by_role("button", name="Post position")).to_have_attribute("aria-disabled", "true")
        stage.get_by_role("textbox", name="Your position").fill(POSITION)
        expect(stage.get_by_text(re.compile("Draft saved"))).to_be_visible()
        mine.page.reload()
        expect(stage.get_by_role("textbox", name="Your position")).to_have_value(POSITION)
        mine.take_position(DISCUSS, POSITION)
        mine.sees(re.compile("moved to another floor"))
        look(mine.page, "blended_task_learner-2-discussing")
        mine.answer(DISCUSS, "Tomás Ribeiro", ANSWER)
        expect(stage).to_contain_text("Counts")
        mine.page.context.close()
        his = open_task(town, "tomas", task_key)
        his.answer(DISCUSS, "Amara Obi", HIS_ANSWER)
        expect(his.stage(DISCUSS)).to_contain_text("Counts")
        his.page.context.close()


def move(town, sitting, *, day, time):
    page = town.page_of("ines")
    page.goto(team_page(town))
    page.get_by_role("link", name=re.compile(sitting)).first.click()
    page.get_by_role("link", name=re.compile("Change|Edit")).first.click()
    fill_sitting(page, day=day, time=time)
    page.get_by_role("button", name="Save sitting").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(sitting)
    page.context.close()


def local(zone, day, time):
    hours, minutes = map(int, time.split(":"))
    return datetime(day.year, day.month, day.day, hours, minutes, tzinfo=zone)


class TestMoving:
    """A sitting moves across the night on which clocks are set: its dates keep their wall clock."""

    def test_the_dates_shown_move_along(self, town, task_key):
        task = open_task(town, "priya", task_key)
        self.expect_dates(task, BEFORE)
        task.page.context.close()
        move(town, "Amsterdam, avond", day=AFTER, time="19:00")
        task = open_task(town, "priya", task_key)
        self.expect_dates(task, AFTER)
        look(task.page, "blended_task_learner-2-moved")
        task.page.context.close()
        assert local(AMSTERDAM, BEFORE, "19:00").utcoffset() != local(AMSTERDAM, AFTER, "19:00").utcoffset()

    @staticmethod
    def expect_dates(task, day):
        """Nairobi, where she lives, sets no clocks: there the same evening begins an hour earlier or later."""
        own = local(AMSTERDAM, day, "19:00").astimezone(NAIROBI)
        due = local(AMSTERDAM, day + timedelta(days=14), "21:00")
        task.sees(f"{day.day} ")
        card = task.block.locator("[data-session]")
        expect(card).to_contain_text("19:00–21:00, Amsterdam time")
        expect(card).to_contain_text(f"({own:%H:%M}, Nairobi time)")
        expect(task.stage(APPLY)).to_contain_text(
            re.compile(rf"due \w+ {due.day} \w+, 21:00 \({due.astimezone(NAIROBI):%H:%M}, Nairobi time\)")
        )

    def test_whoever_sits_there_is_told_by_mail(self, town, task_key):
        town.house.stage("mail")
        own = local(AMSTERDAM, AFTER, "19:00").astimezone(NAIROBI)
        (told,) = [letter for letter in letters_to(town.house, "priya") if "has changed" in letter.subject]
        assert TITLE in told.subject
        assert "19:00" in told.text
        assert f"{own:%H:%M}" in told.text
        assert not [letter for letter in letters_to(town.house, "amara") if "has changed" in letter.subject]


class TestExtension:
    """An individual due date of the platform moves every stage of that learner, and of nobody else."""

    DAYS = 3

    def test_all_stages_move_by_the_same_time(self, town, task_key):
        page = town.page_of("ines")
        page.goto(town.studio(f"course/{town.course_key}"))
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        page.get_by_label("Due date (UTC), empty for none").first.fill("2030-06-01T12:00")
        page.get_by_role("button", name="Save due date").first.click()
        expect(page.get_by_text("The due date is saved.")).to_be_visible()
        page.goto(f"{town.house.lms}/courses/{town.course_key}/instructor")
        page.get_by_label("Learner: username or e-mail").fill("priya")
        page.get_by_label("Due date of their own (UTC)").fill("2030-06-04T12:00")
        page.get_by_role("button", name="Give this due date").click()
        expect(page.get_by_text("Priya Nair").first).to_be_visible()
        page.context.close()
        moved = open_task(town, "priya", task_key)
        due = local(AMSTERDAM, AFTER + timedelta(days=14 + self.DAYS), "21:00")
        expect(moved.stage(APPLY)).to_contain_text(re.compile(rf"due \w+ {due.day} \w+, 21:00"))
        due = local(AMSTERDAM, AFTER + timedelta(days=self.DAYS), "21:00")
        for title in (READ, DISCUSS):
            expect(moved.stage(title)).to_contain_text(re.compile(rf"[Dd]ue \w+ {due.day} \w+, 21:00"))
        moved.sees("The due date moved with the individual due date.")
        look(moved.page, "blended_task_learner-2-extended")
        moved.page.context.close()
        other = open_task(town, "amara", task_key)
        assert "individual due date" not in other.page.content()
        other.page.context.close()


class TestClass:
    """The evening itself: the doors open, a phone, a code."""

    def test_the_sitting_is_moved_to_now(self, town, task_key):
        now = datetime.now(NAIROBI) - timedelta(minutes=5)
        move(town, "Nairobi, evening", day=now.date(), time=f"{now:%H:%M}")
        task = open_task(town, "amara", task_key)
        task.sees("Check-in is open")
        task.page.context.close()

    def test_a_learner_checks_in_on_a_phone_by_the_hosts_code(self, town, task_key):
        task = open_task(town, "amara", task_key, size=PHONE)
        stage = task.stage(ATTEND)
        stage.get_by_label("Code that your host shows").fill("40217")
        stage.get_by_role("button", name="Check in").click()
        expect(stage.locator("[data-problem-of=code]")).to_be_visible()
        expect(stage.get_by_label("Code that your host shows")).to_be_focused()
        expect(stage.get_by_label("Code that your host shows")).to_have_attribute("aria-invalid", "true")
        look(task.page, "blended_task_learner-3-wrong_code")
        task.page.set_viewport_size(PHONE)
        stage.get_by_label("Code that your host shows").fill(self.code_shown_by_the_host(town, task))
        stage.get_by_role("button", name="Check in").click()
        expect(stage.locator("[data-focus=notice]")).to_contain_text("You are checked in.")
        expect(stage).to_contain_text("by code.")
        assert task.page.viewport_size == PHONE
        look(task.page, "blended_task_learner-3-checked_in")
        task.page.context.close()

    @staticmethod
    def code_shown_by_the_host(town, task):
        host = town.page_of("wanjiru")
        address = task.stage(ATTEND).get_by_role("link", name="Scan instead").get_attribute("href")
        host.goto(f"{town.house.lms}{address}host/")
        code = host.locator("[data-code]").inner_text()
        look(host, "check_in-host")
        host.context.close()
        return code

    def test_the_other_one_is_ticked_by_the_host(self, town, task_key):
        task = open_task(town, "tomas", task_key)
        address = task.stage(ATTEND).get_by_role("link", name="Scan instead").get_attribute("href")
        task.page.context.close()
        host = town.page_of("wanjiru")
        host.goto(f"{town.house.lms}{address}host/")
        host.get_by_role("button", name=re.compile("Tomás Ribeiro")).click()
        host.wait_for_timeout(1500)
        host.context.close()
        task = open_task(town, "tomas", task_key)
        expect(task.stage(ATTEND)).to_contain_text("Your host recorded that you were there.")
        task.page.context.close()


class TestApplying:
    """Reporting back, reviewing, and the grade."""

    def test_both_report_back_one_with_a_link(self, town, task_key):
        for username, text in (("tomas", HIS_REPORT), ("amara", REPORT)):
            task = open_task(town, username, task_key)
            stage = task.stage(APPLY)
            stage.get_by_label("Link, if you have one").fill("no link")
            stage.get_by_role("textbox", name="Your report").fill(text)
            if username == "tomas":
                stage.get_by_role("button", name="Hand in").click()
                expect(stage.locator("[data-problem-of=link]")).to_be_visible()
                look(task.page, "blended_task_learner-4-report_link")
            stage.get_by_label("Link, if you have one").fill("https://docs.example.org/report")
            stage.get_by_role("button", name="Hand in").click()
            expect(stage).to_contain_text("Counts")
            task.page.context.close()

    def test_reviews_finish_the_task(self, town, task_key):
        for username, review in (("tomas", REVIEW_OF_HERS), ("amara", REVIEW_OF_HIS)):
            task = open_task(town, username, task_key)
            stage = task.stage(REVIEW)
            stage.get_by_role("button", name="Show me a report").click()
            expect(stage.get_by_role("heading", name=re.compile("Report 1 of 1, by"))).to_be_focused()
            expect(stage).to_contain_text("What worked, and how does the report show it?")
            look(task.page, "blended_task_learner-4-reviewing")
            stage.get_by_role("textbox", name="Your review").fill(review)
            stage.get_by_role("button", name="Send review").click()
            expect(stage).to_contain_text("Counts")
            task.page.context.close()

    def test_the_grade_says_what_counted(self, town, task_key):
        task = open_task(town, "amara", task_key)
        task.sees("Grade 100 %")
        expect(task.block.get_by_role("table")).to_contain_text(APPLY)
        look(task.page, "blended_task_learner-4-finished")
        task.page.context.close()
        found = town.stored("amara", "blended_task")
        assert found["grades"][task_key] == [10, 10]
        assert found["completions"][task_key] == 1


class TestModeration:
    """A post that is removed lowers the grade, and its author reads why."""

    REASON = "It names a colleague."

    def test_a_moderator_removes_an_answer(self, town, task_key):
        page = town.page_of("wanjiru")
        page.goto(town.block(task_key))
        block = page.locator("[data-blended]").first
        expect(block.locator("[data-region][data-started]")).to_be_visible()
        block.get_by_role("button", name="Amara Obi", exact=True).click()
        expect(block.get_by_text("Amara Obi · what counted")).to_be_visible()
        look(page, "blended_task_staff-one_learner")
        block.evaluate("(block) => block.querySelectorAll('details').forEach((panel) => (panel.open = true))")
        post = block.locator("article", has_text="Moving somebody to another floor").last
        post.get_by_text("Remove", exact=True).click()
        post.get_by_label("Reason, shown to its author").fill(self.REASON)
        post.get_by_role("button", name="Remove post").click()
        expect(block.get_by_role("status").filter(has_text="emoved")).to_be_visible()
        look(page, "blended_task_staff-removed")
        page.context.close()

    def test_its_author_reads_why_the_grade_is_lower(self, town, task_key):
        task = open_task(town, "amara", task_key)
        expect(task.stage(DISCUSS)).to_contain_text(f"The course team removed it. Reason: {self.REASON}")
        look(task.page, "blended_task_learner-4-removed")
        task.page.context.close()
        grade, possible = town.stored("amara", "blended_task")["grades"][task_key]
        assert (grade < 10, possible) == (True, 10)


def test_screens_in_three_languages(town, task_key):
    for username, language in (("lien", "nl"), ("yulan", "zh")):
        task = open_task(town, username, task_key)
        look(task.page, "blended_task_learner-2-before", language=language)
        task.page.context.close()
