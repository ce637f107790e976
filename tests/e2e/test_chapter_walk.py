"""From the last point of a course to a chapter and back: invited, joined, heard, looked after, gone and come back."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.chapter_pages import address, field, opened, title
from tests.e2e.chapters_stage import ACCRA, NAIROBI
from tests.e2e.looks import PHONE, look
from tests.e2e.mailbox import letters_to
from tests.e2e.pages import LearnerCase
from tests.e2e.test_case_walk import ADA_LOOKS_BACK, ADA_TO_BRAM, ADAS_POSITION, BRAMS_POSITION
from tests.e2e.test_pages import press_until
from tests.e2e.town import SAMPLE

pytestmark = pytest.mark.e2e

COURSE = "course-v1:Meridian+LIVE+2026"
PEOPLE = {
    "kojo": {"name": "Kojo Addo", "role": "author", "zone": "Africa/Accra"},
    "amani": {"name": "Amani Wanjala", "role": "learner", "zone": "Africa/Nairobi"},
    "wambui": {"name": "Wambui Karanja", "role": "learner", "zone": "Africa/Nairobi"},
    "njeri": {"name": "Njeri Waweru", "role": "visitor", "zone": "Africa/Nairobi"},
    "otieno": {"name": "Otieno Ouma", "role": "visitor", "zone": "Africa/Nairobi"},
    "barasa": {"name": "Barasa Kiprop", "role": "visitor", "zone": "Africa/Nairobi"},
    "makena": {"name": "Makena Mutua", "role": "visitor", "zone": "Africa/Nairobi"},
    "rono": {"name": "Rono Cheruiyot", "role": "visitor", "zone": "Africa/Nairobi"},
    "jabali": {"name": "Jabali Mwangi", "role": "visitor", "zone": "Africa/Nairobi"},
    "efua": {"name": "Efua Asante", "role": "visitor", "zone": "Africa/Accra"},
    "yaw": {"name": "Yaw Boateng", "role": "visitor", "zone": "Africa/Accra"},
    "saskia": {"name": "Saskia Vos", "role": "visitor", "zone": "Europe/Amsterdam", "language": "nl"},
    "junhao": {"name": "陈俊豪", "role": "visitor", "zone": "Asia/Shanghai", "language": "zh-hans"},
    "grace": {"name": "Grace Nakato", "role": "visitor", "zone": "Africa/Kampala"},
}
INTRODUCTION = {
    "What you do": "Team lead, cold storage",
    "Where you are": "Nairobi, Westlands",
    "What you can help with": "Rotas, and saying no to a client",
    "Why you join": "I owe two people a talk since June",
    "Outside work": "Long walks with a slow dog",
}
PRIVATE_FIELD = "Outside work"
TITLE = "Who draws the rota when nobody wants the night?"
TEXT = "Ours hangs **on the door** of the cold store. I took a picture before the first line was crossed out."
ALT = "A rota on a door, with one line crossed out"
ANSWER = "We draw lots, and whoever drew the night last time is left out of the hat."
BODIES_OF_BOARDS = (
    "Four times in a row, always an hour before",
    "Eleven people reported to me",
    "I wrote what I would really do",
    "Buy my course instead",
)


@pytest.fixture(scope="module")
def town(town):
    """Return the town with a course of its own, whose people have founded chapters."""
    town.house.manage("import_course", SAMPLE, "--key", COURSE)
    sessions = town.house.stage("people", course=COURSE, accounts=PEOPLE)
    town.house.stage("switch_on", course=COURSE, username="kojo")
    units = town.house.stage("units", course=COURSE)
    return replace(town, course_key=COURSE, units=units, sessions=sessions, troubles=[])


@pytest.fixture(scope="module")
def case_key(town):
    """Return the key of the one case that is all graded work of the course."""
    return town.house.stage("prepare_course", course=COURSE)["case"]


@pytest.fixture(scope="module")
def told(town, case_key):
    """Return the topics, by title, and everybody's names."""
    return town.house.stage("found_chapters", course=COURSE, accounts=PEOPLE)


@pytest.fixture(scope="module")
def certificate(town, told, case_key):
    """Let somebody finish the course, and return the page of the certificate that the platform gives for it."""
    assert not town.house.stage("find_certificate", course=COURSE, username="amani")["certificate"]
    for username, position in (("wambui", BRAMS_POSITION), ("amani", ADAS_POSITION)):
        case = LearnerCase(town.page_of(username), town.block(case_key)).open()
        case.start()
        case.take_position(position)
        case.page.context.close()
    case = LearnerCase(town.page_of("amani"), town.block(case_key)).open()
    case.answer("Wambui Karanja", ADA_TO_BRAM)
    case.look_back(ADA_LOOKS_BACK)
    case.sees("You finished this case")
    case.page.context.close()
    return f"{town.house.lms}/{town.house.stage('find_certificate', course=COURSE, username='amani')['certificate']}"


def picture():
    """Return a photograph of 800 x 600 pixels, as a file to choose."""
    drawn = BytesIO()
    Image.effect_noise((800, 600), 40).convert("RGB").save(drawn, "JPEG")
    return {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


class TestStudio:
    """The course team shows the chapters of its course."""

    def test_the_team_turns_chapters_on_and_adds_the_block(self, town, told):
        page = town.page_of("kojo")
        page.goto(town.studio(f"pages-and-resources/{COURSE}"))
        page.get_by_role("button", name="Switch on “Chapters”").click()
        page.goto(town.studio(f"container/{town.units['reading']}"))
        page.locator("button[name=type][value=chapter_panel]").click()
        form = page.locator("[data-ready] form", has=page.get_by_label("Chapters to show"))
        form.get_by_label("Chapters to show").fill("2")
        look(page, "chapter_panel_studio-form")
        form.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url(re.compile("/container/"))
        expect(page.get_by_text("Preview: as somebody sees it who is in no chapter")).to_be_visible()
        page.get_by_role("button", name="Publish unit").click()
        expect(page.get_by_text("Learners have this version.")).to_be_visible()
        look(page, "chapter_panel_studio-unit")
        page.context.close()


class TestPublic:
    """What the whole world sees: the chapters, and none of the people and nothing that they wrote."""

    @pytest.mark.parametrize(
        ("path", "name"),
        [("", "chapter_directory"), (f"{NAIROBI}/", "chapter-public"), (f"{NAIROBI}/about/", "chapter-about")],
    )
    def test_nothing_private_is_sent(self, town, told, path, name):
        page = opened(town, "", path)
        expect(title(page)).to_be_visible()
        sent = page.content()
        for private in (*told["members"], *PEOPLE, *told["topics"], *BODIES_OF_BOARDS, *self.introductions(told)):
            assert private not in sent, private
        look(page, name)
        page.context.close()

    @staticmethod
    def introductions(told):
        return ("I say yes too fast", "Promoted in June, no training")

    @pytest.mark.parametrize(
        "path",
        [
            f"{NAIROBI}/people/",
            f"{NAIROBI}/boards/everyone/",
            f"{NAIROBI}/boards/alumni/",
            f"{NAIROBI}/desk/",
            "manage/",
        ],
    )
    def test_a_passer_by_is_led_to_the_door(self, town, told, path):
        page = town.page_of("")
        page.goto(address(town, path))
        expect(page).to_have_url(re.compile(r"/login\?next="))
        assert not [each for each in (*told["topics"], *BODIES_OF_BOARDS) if each in page.content()]
        page.context.close()


class TestInvited:
    """The last point of a course is earned: a mail, the certificate, the course tab and the block all say the same."""

    def test_by_one_mail(self, town, certificate):
        town.house.stage("mail")
        (letter,) = [each for each in letters_to(town.house, "amani") if f"/chapters/{NAIROBI}/" in each.text]
        assert "Nairobi evening chapter" in letter.subject + letter.text
        town.house.stage("mail")
        assert len([each for each in letters_to(town.house, "amani") if f"/chapters/{NAIROBI}/" in each.text]) == 1
        assert not [each for each in letters_to(town.house, "amani") if "leerkring-utrecht" in each.text]

    def test_on_the_page_of_the_certificate_and_only_its_owner(self, town, certificate):
        page = town.page_of("amani")
        page.goto(certificate)
        expect(page.get_by_text("you are invited to Nairobi evening chapter.")).to_be_visible()
        expect(page.get_by_role("link", name="See the chapter")).to_be_visible()
        look(page, "chapter_certificate")
        page.context.close()
        other = town.page_of("")
        other.goto(certificate)
        assert "Nairobi evening chapter" not in other.content()
        other.context.close()

    def test_on_the_course_tab_and_in_the_block(self, town, certificate):
        page = town.page_of("amani")
        page.goto(town.course("course/"))
        page.locator("a[href*='/chapters/courses/']").first.click()
        expect(page.get_by_role("heading", name="You are invited to Nairobi evening chapter")).to_be_visible()
        look(page, "chapter_course_tab")
        page.goto(town.block(town.units["reading"]))
        block = page.locator(".cs-root", has_text="You are invited to Nairobi evening chapter")
        expect(block.get_by_role("link", name="Join the chapter").first).to_be_visible()
        look(page, "chapter_panel")
        page.context.close()


class TestJoining:
    """An introduction like everybody's, with one line that only organizers read."""

    def test_what_is_missing_is_said_at_its_field(self, town, certificate):
        page = opened(town, "amani", f"{NAIROBI}/")
        page.get_by_role("link", name="Join the chapter").click()
        field(page, "Where you are").fill(INTRODUCTION["Where you are"])
        page.get_by_role("button", name="Join the chapter").click()
        expect(field(page, "What you do")).to_have_attribute("aria-invalid", "true")
        expect(field(page, "Where you are")).to_have_value(INTRODUCTION["Where you are"])
        look(page, "chapter-join")
        page.context.close()

    def test_the_learner_joins_and_all_boards_are_open(self, town, certificate):
        page = opened(town, "amani", f"{NAIROBI}/join/")
        for label, text in INTRODUCTION.items():
            field(page, label).fill(text)
        page.get_by_label(f"Who sees “{PRIVATE_FIELD}”").select_option(label="Only organizers see it")
        page.get_by_role("button", name="Join the chapter").click()
        expect(page.get_by_role("status").first).to_be_visible()
        boards = page.get_by_role("navigation", name="Discussion board")
        expect(boards.get_by_role("link")).to_have_count(3)
        look(page, "chapter-now")
        page.context.close()

    def test_others_read_the_introduction_but_for_the_private_line(self, town, certificate):
        page = opened(town, "barasa", f"{NAIROBI}/people/")
        page.get_by_label("Find somebody").fill("cold")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=re.compile("Amani Wanjala")).click()
        expect(page.get_by_text(INTRODUCTION["Why you join"])).to_be_visible()
        assert INTRODUCTION[PRIVATE_FIELD] not in page.content()
        page.get_by_role("button", name="Say hello to Amani Wanjala").click()
        expect(page.get_by_text("You said hello")).to_be_visible()
        look(page, "chapter-person")
        page.context.close()

    def test_without_the_course_the_alumni_board_stays_shut(self, town, told):
        page = town.page_of("makena")
        page.goto(address(town, f"{NAIROBI}/boards/alumni/"))
        expect(page.locator(".cs-held")).to_be_visible()
        assert not [each for each in ("How I asked for a smaller team", BODIES_OF_BOARDS[1]) if each in page.content()]
        look(page, "chapter-board-shut")
        topic_id = told["topics"]["How I asked for a smaller team, and got it"]
        response = page.goto(address(town, f"{NAIROBI}/topics/{topic_id}/"))
        assert response.status in (403, 404)
        assert BODIES_OF_BOARDS[1] not in page.content()
        page.context.close()


class TestTalk:
    """A topic with a picture, and an answer to it."""

    def test_a_topic_with_a_picture(self, town, certificate):
        page = opened(town, "amani", f"{NAIROBI}/topics/new/?board=alumni")
        page.get_by_role("radio", name=re.compile("Problem|problem")).first.check()
        page.get_by_label("Title", exact=True).fill(TITLE)
        page.get_by_label("Text", exact=True).fill(TEXT)
        page.get_by_text("Add pictures, four at most").click()
        page.get_by_label("What picture 1 shows").fill(ALT)
        page.get_by_label("Picture 1", exact=True).set_input_files(picture())
        expect(page.locator("[data-kept] img")).to_have_count(1)
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("[data-preview] strong")).to_have_text("on the door")
        look(page, "chapter-new_topic")
        page.get_by_role("button", name="Post topic").click()
        expect(title(page)).to_have_text(TITLE)
        shown = page.get_by_role("img", name=ALT)
        expect(shown).to_be_visible()
        expect(shown).to_have_js_property("complete", True)
        expect(shown).not_to_have_js_property("naturalWidth", 0)
        page.context.close()

    def test_another_one_answers_and_finds_it_helpful(self, town, certificate):
        page = opened(town, "barasa", f"{NAIROBI}/boards/alumni/")
        look(page, "chapter-board")
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("button", name=re.compile("Helpful.*Amani Wanjala")).click()
        expect(page.locator("[data-count]").first).to_have_text("1")
        page.get_by_role("textbox", name="Your answer", exact=True).fill(ANSWER)
        page.get_by_role("button", name="Post answer").click()
        expect(page.get_by_text(ANSWER)).to_be_visible()
        look(page, "chapter-topic")
        page.context.close()

    def test_the_author_is_told(self, town, certificate):
        town.house.stage("mail")
        assert [letter for letter in letters_to(town.house, "amani") if TITLE in letter.subject + letter.text]

    def test_posting_by_keyboard_alone(self, town, certificate):
        page = opened(town, "rono", f"{NAIROBI}/boards/search/?q=rota+night")
        look(page, "chapter-board_search")
        press_until(page, re.escape(TITLE))
        page.keyboard.press("Enter")
        expect(title(page)).to_have_text(TITLE)
        press_until(page, "^Your answer$")
        page.keyboard.insert_text("Ours is drawn by whoever was late last.")
        press_until(page, "^Post answer$")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Ours is drawn by whoever was late last.")).to_be_visible()
        page.context.close()


class TestWithoutScript:
    """Everything works as plain pages and forms."""

    def test_asking_to_join_with_answers(self, town, told):
        page = opened(town, "yaw", f"{ACCRA}/", java_script_enabled=False)
        page.get_by_role("link", name="Ask to join").click()
        field(page, "What you do").fill("Foreman of six")
        field(page, "Why you join").fill("My first team is older than I am")
        page.get_by_label("Which talk are you putting off?").fill("The one about the missing diesel.")
        page.get_by_role("radio", name="To an evening").check()
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("Your request waits for the organizers.")).to_be_visible()
        page.context.close()

    def test_answering_with_a_picture(self, town, told):
        topic_id = told["topics"]["One sentence from today that you are glad you said"]
        page = opened(town, "barasa", f"{NAIROBI}/topics/{topic_id}/", java_script_enabled=False)
        page.get_by_role("textbox", name="Your answer", exact=True).fill("*Not before Friday.* To my own sister.")
        page.get_by_text("Add pictures, four at most").click()
        page.get_by_label("Picture 1", exact=True).set_input_files(picture())
        page.get_by_label("What picture 1 shows").fill("A calendar")
        page.get_by_role("button", name="Post answer").click()
        expect(page.get_by_text("To my own sister.")).to_be_visible()
        expect(page.get_by_role("img", name="A calendar")).to_be_visible()
        page.context.close()


class TestOrganizerOnAPhone:
    """What waits is settled with one hand."""

    def test_a_request_is_read_and_let_in(self, town, told):
        page = opened(town, "efua", f"{ACCRA}/desk/", size=PHONE)
        look(page, "chapter_desk")
        page.set_viewport_size(PHONE)
        page.locator(".cs-due").get_by_role("link").first.click()
        expect(page.get_by_text("The one about the missing diesel.")).to_be_visible()
        look(page, "chapter_desk-requests")
        page.set_viewport_size(PHONE)
        page.get_by_text("Add a line for them").click()
        page.get_by_label("A line for them", exact=True).fill("Thursday, and bring your hunger.")
        page.get_by_role("button", name="Let in: Yaw Boateng").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.context.close()
        town.house.stage("mail")
        letters = letters_to(town.house, "yaw")
        assert [letter for letter in letters if "Thursday, and bring your hunger." in letter.text]
        asked = opened(town, "yaw", f"{ACCRA}/people/")
        expect(asked.get_by_role("link", name=re.compile("Yaw Boateng"))).to_be_visible()
        asked.context.close()

    def test_a_reported_post_is_settled(self, town, told):
        page = opened(town, "njeri", f"{NAIROBI}/desk/", size=PHONE)
        page.get_by_role("link", name=re.compile("report", re.IGNORECASE)).first.click()
        expect(page.get_by_text("This is an advertisement, and we said that we do not sell.")).to_be_visible()
        look(page, "chapter_desk-reports")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Remove the post").click()
        expect(page.locator("[name=reason]").first).to_be_focused()
        page.locator("[name=reason]").first.fill("We said that we do not sell.")
        page.get_by_role("button", name="Remove the post").click()
        expect(page.get_by_role("heading", name="Nothing is reported")).to_be_visible()
        page.context.close()
        topic_id = told["topics"]["How I asked for a smaller team, and got it"]
        spammed = told["topics"]["One sentence from today that you are glad you said"]
        assert topic_id != spammed
        reader = opened(town, "rono", f"{NAIROBI}/topics/{spammed}/")
        assert "Buy my course instead" not in reader.content()
        reader.context.close()

    def test_a_topic_is_kept_at_the_top(self, town, told):
        name = "Your manager cancels every one-to-one. What did you try?"
        page = opened(town, "njeri", f"{NAIROBI}/topics/{told['topics'][name]}/", size=PHONE)
        page.get_by_text("Look after this topic").click()
        page.get_by_role("button", name="Keep it at the top").click()
        page.goto(address(town, f"{NAIROBI}/boards/everyone/"))
        expect(page.locator(".cs-list").get_by_role("heading", level=3).first).to_have_text(name)
        page.context.close()


class TestLeaving:
    """One press, a question afterwards, and a way back."""

    def test_leaving_asks_why_afterwards(self, town, certificate):
        page = opened(town, "amani", f"{NAIROBI}/")
        page.get_by_role("link", name="Leave or pause").click()
        look(page, "chapter-leave")
        page.get_by_role("button", name="Leave the chapter").click()
        expect(page).to_have_url(re.compile(f"/{NAIROBI}/left/"))
        look(page, "chapter-left")
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Tell the organizers").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        assert page.goto(address(town, f"{NAIROBI}/boards/everyone/")).status == 403
        page.context.close()

    def test_coming_back_keeps_the_introduction(self, town, certificate):
        page = opened(town, "amani", f"{NAIROBI}/join/")
        expect(title(page)).to_have_text("Welcome back to Nairobi evening chapter")
        for label, text in INTRODUCTION.items():
            expect(field(page, label)).to_have_value(text)
        page.get_by_role("button", name="Come back").click()
        expect(page.get_by_role("navigation", name="Discussion board").get_by_role("link")).to_have_count(3)
        page.context.close()
        town.house.stage("mail")
        invited = [each for each in letters_to(town.house, "amani") if f"/chapters/{NAIROBI}/" in each.text]
        assert len([each for each in invited if "invited" in each.subject.lower()]) <= 1


class TestEveryOtherPage:
    """Pages that no walk has stood on: each one is looked at."""

    @pytest.mark.parametrize(
        ("username", "path", "name"),
        [
            ("barasa", "", "chapter_directory-member"),
            ("barasa", "propose/", "chapter_directory-propose"),
            ("amani", "mine/invitations/", "chapter_directory-invitations"),
            ("barasa", f"{NAIROBI}/people/", "chapter-people"),
            ("barasa", f"{NAIROBI}/introduction/", "chapter-introduction"),
            ("barasa", f"{NAIROBI}/mail/", "chapter-mail"),
            ("barasa", f"{NAIROBI}/report/", "chapter-report"),
            ("jabali", f"{NAIROBI}/appeal/", "chapter-appeal"),
            ("njeri", f"{NAIROBI}/desk/members/", "chapter_desk-members"),
            ("njeri", f"{NAIROBI}/desk/bans/", "chapter_desk-bans"),
            ("njeri", f"{NAIROBI}/desk/profile/", "chapter_desk-profile"),
            ("njeri", f"{NAIROBI}/desk/rules/", "chapter_desk-rules"),
            ("njeri", f"{NAIROBI}/desk/roles/", "chapter_desk-roles"),
            ("njeri", f"{NAIROBI}/desk/life/", "chapter_desk-life"),
            ("njeri", f"{NAIROBI}/desk/leaving/", "chapter_desk-leaving"),
            ("njeri", f"{NAIROBI}/desk/log/", "chapter_desk-log"),
            ("njeri", f"{NAIROBI}/desk/export/", "chapter_desk-export"),
            ("efua", f"{ACCRA}/desk/questions/", "chapter_desk-questions"),
            ("grace", "manage/", "chapter_manage"),
            ("grace", "manage/chapters/", "chapter_manage-chapters"),
            ("grace", "manage/requests/", "chapter_manage-requests"),
            ("grace", "manage/leaving/", "chapter_manage-leaving"),
            ("grace", "manage/reports/", "chapter_manage-reports"),
        ],
    )
    def test_pages(self, town, certificate, username, path, name):
        page = opened(town, username, path)
        look(page, name)
        page.context.close()


@pytest.mark.parametrize(
    ("username", "slug", "topic", "language"),
    [
        ("saskia", "leerkring-utrecht", "Ik heb het gezegd, en hij lachte", "nl"),
        ("junhao", "shanghai-xuexiquan", "比我年长的下属，怎么给他提意见？", "zh"),
    ],
)
def test_screens_in_three_languages(town, told, username, slug, topic, language):
    page = opened(town, username, "")
    for path, name in (
        ("", "chapter_directory"),
        (f"{slug}/", "chapter-now"),
        (f"{slug}/about/", "chapter-about"),
        (f"{slug}/topics/{told['topics'][topic]}/", "chapter-topic"),
        (f"{slug}/desk/", "chapter_desk"),
    ):
        page.goto(address(town, path))
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
        look(page, name, language=language)
    page.context.close()
