"""An evening from its announcement to what came of it: answered, waited for, moved, called off, checked in, written up.

Whatever is done is done on a phone by one and on a wide screen by another, without script by some.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.chapter_pages import address, field, opened, title
from tests.e2e.events_stage import NAIROBI, SHANGHAI, UTRECHT
from tests.e2e.looks import PHONE, WIDE, look
from tests.e2e.mailbox import letters_to
from tests.e2e.test_pages import press_until

pytestmark = pytest.mark.e2e

PEOPLE = {
    "zawadi": {"name": "Zawadi Njoroge", "role": "visitor", "zone": "Africa/Nairobi"},
    "omondi": {"name": "Omondi Ochieng", "role": "visitor", "zone": "Africa/Nairobi"},
    "akinyi": {"name": "Akinyi Odhiambo", "role": "visitor", "zone": "Africa/Nairobi"},
    "baraka": {"name": "Baraka Mwende", "role": "visitor", "zone": "Africa/Nairobi"},
    "chebet": {"name": "Chebet Rotich", "role": "visitor", "zone": "Africa/Nairobi"},
    "dalmas": {"name": "Dalmas Okello", "role": "visitor", "zone": "Africa/Nairobi"},
    "esther": {"name": "Esther Wanjala", "role": "visitor", "zone": "Africa/Nairobi"},
    "faraja": {"name": "Faraja Mutiso", "role": "visitor", "zone": "Europe/London"},
    "joke": {"name": "Joke van Dijk", "role": "visitor", "zone": "Europe/Amsterdam", "language": "nl"},
    "meiling": {"name": "周美玲", "role": "visitor", "zone": "Asia/Shanghai", "language": "zh-hans"},
    "imani": {"name": "Imani Achieng", "role": "visitor", "zone": "Africa/Kampala"},
}
PHONE_AND_WIDE = pytest.mark.parametrize(("username", "size"), [("akinyi", PHONE), ("baraka", WIDE)])
DECLINED = "Saved: you do not come. Thank you for saying so."
NEW_TITLE = "A first sentence for Monday"
REASON = "The library closes early that day, and we found no other room."
LETTER = "Bring the sentence, not the story."
RESULT = "Three sentences were **said aloud**.\n\n* “I would rather hear it from you” worked twice."


@pytest.fixture(scope="module")
def town(town):
    """Return the town as the people of three more chapters live in it."""
    sessions = town.house.stage("people", course=town.course_key, accounts=PEOPLE)
    return replace(town, sessions=sessions, troubles=[])


@pytest.fixture(scope="module")
def planned(town):
    """Return the numbers of what the chapters have planned, by name."""
    return town.house.stage("plan_evenings", accounts=PEOPLE)


def event_path(event_id, page=""):
    return f"{NAIROBI}/events/{event_id}/{page}"


def desk_path(event_id, page=""):
    return f"{NAIROBI}/desk/events/{event_id}/{page}"


def see(town, username, path, name, **options):
    """Open a page, look at it at both widths, and leave it."""
    page = opened(town, username, path, **options)
    look(page, name)
    page.context.close()


def read_letter(town, username, words):
    """Return the one mail that speaks of something, and the address of the page that it leads to."""
    (letter,) = [each for each in letters_to(town.house, username) if words in each.subject + each.text]
    return letter, re.search(r"http://[^\s>]+/events/\d+/(keep/)?(?=[\s>#?])", letter.text)[0]


def card(page):
    return page.locator("#seat")


def says(page, text):
    expect(page.get_by_text(text).first).to_be_visible()


class TestPublic:
    """What the whole world sees of an evening that is open to it: no person, no exact place, no link."""

    def test_nothing_private_is_sent(self, town, planned):
        page = opened(town, "", event_path(planned["open"]))
        says(page, "The place is shown to people who have a seat")
        expect(card(page).get_by_role("link", name="Sign in")).to_be_visible()
        sent = page.content()
        assert not [
            each for each in ("Kenya National Library", *[told["name"] for told in PEOPLE.values()]) if each in sent
        ]
        look(page, "event-public")
        page.goto(address(town, f"{NAIROBI}/events/"))
        assert "Open house" in page.content()
        assert "Evening of hard talks" not in page.content()
        look(page, "events-public")
        page.goto(address(town, event_path(planned["series"][0])))
        expect(page).to_have_url(re.compile(r"/login\?next="))
        page.context.close()


class TestSeries:
    """One press for all dates, and one date taken out of them."""

    @PHONE_AND_WIDE
    def test_all_dates_but_one(self, town, planned, username, size):
        first, _second, third, _last = planned["series"]
        page = opened(town, username, event_path(first), size=size)
        if size == PHONE:
            look(page, "event-open")
            page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Come to all that are left, in the room").click()
        says(page, "Saved. What you have for each date stands beside it.")
        expect(page.locator("#series").get_by_text("You have a seat")).to_have_count(4)
        page.goto(address(town, event_path(third)))
        card(page).get_by_role("radio", name=re.compile("^I cannot come")).check()
        card(page).get_by_role("button", name="Change my answer").click()
        says(page, DECLINED)
        page.goto(address(town, event_path(first)))
        expect(page.locator("#series").get_by_text("You have a seat")).to_have_count(3)
        if size == PHONE:
            look(page, "event-seat")
        page.context.close()

    def test_by_keyboard_alone(self, town, planned):
        page = opened(town, "esther", event_path(planned["series"][0]))
        press_until(page, "^In the room")
        page.keyboard.press("ArrowDown")
        expect(card(page).get_by_role("radio", name=re.compile("^Online"))).to_be_checked()
        press_until(page, "^Which talk are you putting off")
        page.keyboard.insert_text("The one with my cousin.")
        press_until(page, "^Save my answer$")
        page.keyboard.press("Enter")
        says(page, "You have a seat.")
        press_until(page, "^What else you said$")
        page.keyboard.press("Enter")
        expect(field(page, "Which talk")).to_have_value("The one with my cousin.")
        press_until(page, "^Online", key="Shift+Tab")
        page.keyboard.press("ArrowDown")
        press_until(page, "^Change my answer$")
        page.keyboard.press("Enter")
        says(page, DECLINED)
        page.context.close()

    def test_without_script(self, town, planned):
        page = opened(town, "dalmas", event_path(planned["series"][1]), size=PHONE, java_script_enabled=False)
        card(page).get_by_role("button", name="Save my answer").click()
        says(page, "Choose whether you come.")
        card(page).get_by_role("radio", name=re.compile("^In the room")).check()
        card(page).get_by_label("Guests you bring").select_option("1")
        card(page).get_by_role("button", name="Save my answer").click()
        says(page, "You have a seat, and so has your guest.")
        page.goto(address(town, event_path(planned["series"][1], "keep/")))
        page.get_by_role("button", name="I cannot come").click()
        says(page, DECLINED)
        page.context.close()


class TestHeardByMail:
    """A seat comes free and an evening is moved: whoever is concerned hears of it once, and answers by one press."""

    def test_two_give_their_seats_back(self, town, planned):
        see(town, "baraka", event_path(planned["full"]), "event-line")
        for username in ("chebet", "dalmas"):
            page = opened(town, username, event_path(planned["full"], "keep/"), java_script_enabled=False)
            page.get_by_role("button", name="I cannot come").click()
            says(page, DECLINED)
            page.context.close()

    def test_the_host_moves_an_evening(self, town, planned):
        page = opened(town, "zawadi", desk_path(planned["moved"], "edit/"), size=PHONE)
        look(page, "event_desk-edit")
        page.set_viewport_size(PHONE)
        page.get_by_label("From", exact=True).fill("19:15")
        page.get_by_label("Until", exact=True).fill("21:15")
        page.get_by_role("button", name="Save the event").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.context.close()
        town.house.stage("mail")

    @pytest.mark.parametrize(
        ("username", "size", "button", "said"),
        [
            ("akinyi", PHONE, "Take the seat", "You have a seat."),
            ("baraka", WIDE, "Pass it on", "Passed on. The next in line is asked."),
        ],
    )
    def test_the_offer_is_answered(self, town, planned, username, size, button, said):
        letter, link = read_letter(town, username, "“Saying no upwards” is kept for you")
        assert "Take it by" in letter.text
        page = town.page_of(username)
        page.goto(link)
        expect(card(page).get_by_role("heading", name="A seat is yours, if you want it")).to_be_visible()
        if size == PHONE:
            look(page, "event-offer")
        page.set_viewport_size(size)
        card(page).get_by_role("button", name=button).click()
        says(page, said)
        page.context.close()

    @pytest.mark.parametrize(
        ("username", "size", "button", "said"),
        [
            ("akinyi", PHONE, "Keep my seat", "Saved: your seat moved with the event."),
            ("baraka", WIDE, "I cannot come then", DECLINED),
        ],
    )
    def test_the_move_is_answered(self, town, planned, username, size, button, said):
        letter, link = read_letter(town, username, "“The pay talk” has another time.")
        assert link.endswith("/keep/")
        assert "It was planned for" in letter.text
        page = town.page_of(username)
        if size == PHONE:
            page.goto(address(town, event_path(planned["moved"])))
            look(page, "event-moved")
        page.goto(link)
        page.reload()
        says(page, "Your seat moves with it unless you say otherwise.")
        if size == PHONE:
            look(page, "event-keep")
        page.set_viewport_size(size)
        page.get_by_role("button", name=button).click()
        says(page, said)
        page.context.close()


class TestOrganizerOnAPhone:
    """Planned, published, written to and called off with one hand."""

    def test_an_evening_is_planned_and_published(self, town, planned):
        page = opened(town, "zawadi", f"{NAIROBI}/desk/events/", size=PHONE)
        look(page, "event_desk-list")
        page.set_viewport_size(PHONE)
        page.get_by_role("link", name=re.compile("New event|Plan an event")).first.click()
        page.get_by_role("button", name="Save as a draft").last.click()
        expect(field(page, "Title")).to_have_attribute("aria-invalid", "true")
        look(page, "event_desk-new")
        page.set_viewport_size(PHONE)
        field(page, "Title").fill(NEW_TITLE)
        page.get_by_label("Day", exact=True).fill(f"{datetime.now(UTC).date() + timedelta(days=25)}")
        page.get_by_label("From", exact=True).fill("18:30")
        page.get_by_label("Until", exact=True).fill("20:00")
        field(page, "Place").fill("Alliance Française, Room 2")
        page.get_by_role("button", name="Save as a draft").last.click()
        expect(title(page)).to_have_text(NEW_TITLE)
        look(page, "event_desk-draft")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Publish it").click()
        expect(page.get_by_role("link", name="Call it off")).to_be_visible()
        planned["new"] = int(re.search(r"/events/(\d+)/", page.url)[1])
        page.context.close()

    def test_who_comes_gets_a_letter(self, town, planned):
        member = opened(town, "chebet", event_path(planned["new"]))
        card(member).get_by_role("radio", name=re.compile("^In the room")).check()
        card(member).get_by_role("button", name="Save my answer").click()
        says(member, "You have a seat.")
        member.context.close()
        page = opened(town, "zawadi", desk_path(planned["new"]), size=PHONE)
        page.get_by_role("link", name="Write to them").click()
        field(page, "Subject").fill("Before you come")
        field(page, "What you write").fill(LETTER)
        look(page, "event_desk-mail")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Send the mail").click()
        expect(page.get_by_role("status").first).to_be_visible()
        assert "chebet@example.org" not in page.content()
        page.context.close()

    def test_it_is_called_off_and_everybody_hears_why(self, town, planned):
        page = opened(town, "zawadi", desk_path(planned["new"]), size=PHONE)
        page.get_by_role("link", name="Call it off").click()
        look(page, "event_desk-cancel")
        page.set_viewport_size(PHONE)
        field(page, "Why it does not take place").fill(REASON)
        page.get_by_role("button", name="Call it off").click()
        says(page, REASON)
        page.context.close()
        town.house.stage("mail")
        letter, _link = read_letter(town, "chebet", LETTER)
        assert letter.to == "chebet@example.org"
        called_off, _link = read_letter(town, "chebet", f"“{NEW_TITLE}” is called off.")
        assert REASON in called_off.text
        see(town, "chebet", event_path(planned["new"]), "event-called_off")


class TestCheckIn:
    """The picture on a member's phone is read by the host's, and one press lets them in."""

    def test_the_ticket_says_one_address(self, town, planned):
        page = opened(town, "akinyi", event_path(planned["tonight"]), size=PHONE)
        page.get_by_role("link", name="Show my ticket").click()
        look(page, "event-ticket")
        page.set_viewport_size(PHONE)
        expected = self.draw_modules(planned["ticket"])
        assert self.read_modules(page.locator(".cs-qr-frame svg"), len(expected)) == expected
        assert "Akinyi" not in page.locator("main").inner_html()
        page.context.close()

    @staticmethod
    def draw_modules(text):
        """Return the rows of a code that says a text, dark is true, with the white around it."""
        code = segno.make(text, error="l", micro=False)
        return [[bool(module) for module in row] for row in code.matrix_iter(border=4)]

    @staticmethod
    def read_modules(picture, side):
        """Return the rows of the code that stands on the screen, so many modules wide, as a camera sees them."""
        seen = Image.open(BytesIO(picture.screenshot())).convert("L").resize((side, side), Image.Resampling.BOX)
        return [[seen.getpixel((column, row)) < 128 for column in range(side)] for row in range(side)]

    def test_a_stranger_learns_nothing_from_it(self, town, planned):
        page = town.page_of("dalmas")
        response = page.goto(planned["ticket"])
        assert response.status == 403
        assert "Akinyi" not in page.content()
        page.context.close()

    def test_looking_changes_nothing_and_one_press_lets_in(self, town, planned):
        page = town.page_of("zawadi")
        for _time in range(2):
            page.goto(planned["ticket"])
            expect(title(page)).to_have_text("Akinyi Odhiambo")
            expect(page.get_by_role("button", name="Let in")).to_be_visible()
        look(page, "event_scan-ready")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Let in").click()
        says(page, "In now.")
        page.goto(planned["ticket"])
        says(page, "Already in.")
        look(page, "event_scan-already")
        page.set_viewport_size(PHONE)
        page.get_by_role("link", name="Go to the roll").click()
        says(page, "Akinyi Odhiambo")
        look(page, "event_check_in")
        page.context.close()


class TestAfterwards:
    """The evening is over: what came of it is written, read, and asked about."""

    def test_the_host_writes_what_came_of_it(self, town, planned):
        town.house.stage("pass_evening", event_id=planned["tonight"])
        page = opened(town, "zawadi", desk_path(planned["tonight"]), size=PHONE)
        look(page, "event_desk-over")
        page.set_viewport_size(PHONE)
        page.get_by_role("link", name="Write the result").first.click()
        field(page, "What came out of it").fill(RESULT)
        page.get_by_role("button", name="Look at it first").click()
        expect(page.locator(".cs-prose strong")).to_have_text("said aloud")
        look(page, "event_desk-result")
        page.set_viewport_size(PHONE)
        page.get_by_role("button", name="Publish the result").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.context.close()

    def test_who_was_there_reads_it_and_says_how_it_was(self, town, planned):
        page = opened(town, "akinyi", event_path(planned["tonight"]), size=PHONE)
        says(page, "You were there")
        look(page, "event-over")
        page.set_viewport_size(PHONE)
        page.get_by_role("link", name="Read what came of it").click()
        expect(page.locator("article strong")).to_have_text("said aloud")
        look(page, "event-result")
        page.goto(address(town, event_path(planned["tonight"], "survey/")))
        look(page, "event-survey")
        page.set_viewport_size(PHONE)
        page.get_by_role("radio", name="Very good").check()
        field(page, "What do you take with you").fill("The first sentence.")
        page.get_by_role("button", name="Send the answer").click()
        says(page, "Thank you. What you said is saved.")
        page.context.close()

    def test_somebody_was_there_and_nobody_ticked_them(self, town, planned):
        page = opened(town, "dalmas", event_path(planned["tonight"], "presence/"))
        look(page, "event-presence")
        field(page, "How can the hosts tell").fill("I made the tea with Omondi.")
        page.get_by_role("button", name="Tell the hosts").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.context.close()
        host = opened(town, "zawadi", desk_path(planned["tonight"], "presences/"), size=PHONE)
        says(host, "I made the tea with Omondi.")
        look(host, "event_desk-presences")
        host.context.close()


class TestEveryOtherPage:
    """Pages that no walk has stood on: each one is looked at."""

    @pytest.mark.parametrize(
        ("username", "path", "name"),
        [
            ("", "{nairobi}/", "chapter-public-next_event"),
            ("akinyi", "{nairobi}/", "chapter-now-next_event"),
            ("akinyi", "{nairobi}/events/", "events-coming"),
            ("akinyi", "{nairobi}/events/?when=past", "events-past"),
            ("akinyi", "{nairobi}/events/results/", "events-results"),
            ("akinyi", "mine/events/", "my_events"),
            ("akinyi", "mine/events/?when=past", "my_events-past"),
            ("akinyi", "{nairobi}/events/{asked}/", "event-pending"),
            ("baraka", "{nairobi}/events/{asked}/", "event-declined"),
            ("akinyi", "{nairobi}/events/{later}/", "event-not_open"),
            ("faraja", "{nairobi}/events/{open}/", "event-not_member"),
            ("imani", "{nairobi}/events/{open}/", "event-manager"),
            ("zawadi", "{nairobi}/events/{draft}/", "event-draft"),
            ("zawadi", "{nairobi}/desk/", "event_desk-due"),
            ("zawadi", "{nairobi}/desk/events/{asked}/", "event_desk-event"),
            ("zawadi", "{nairobi}/desk/events/{asked}/attendees/", "event_desk-attendees"),
            ("zawadi", "{nairobi}/desk/events/{asked}/attendees/{refused}/", "event_desk-attendee"),
            ("zawadi", "{nairobi}/desk/events/{asked}/copy/", "event_desk-copy"),
            ("zawadi", "{nairobi}/desk/events/{full}/print/", "event_desk-print"),
            ("zawadi", "{nairobi}/desk/events/{full}/attendees.csv", "event_desk-export"),
            ("zawadi", "{nairobi}/desk/events/{date}/skip/", "event_desk-skip"),
            ("zawadi", "{nairobi}/desk/events/templates/", "event_desk-templates"),
            ("zawadi", "{nairobi}/desk/events/requests/", "event_desk-requests"),
            ("zawadi", "{nairobi}/desk/series/1/", "event_desk-series"),
        ],
    )
    def test_pages(self, town, planned, username, path, name):
        numbers = {key: each for key, each in planned.items() if isinstance(each, int)}
        see(town, username, path.format(nairobi=NAIROBI, date=planned["series"][3], **numbers), name)


@pytest.mark.parametrize(("username", "slug", "language"), [("joke", UTRECHT, "nl"), ("meiling", SHANGHAI, "zh")])
def test_screens_in_three_languages(town, planned, username, slug, language):
    event_id = planned[language]
    page = opened(town, username, "")
    for path, name in (
        (f"{slug}/events/", "events-coming"),
        (f"{slug}/events/{event_id}/", "event-seat"),
        (f"{slug}/events/{event_id}/ticket/", "event-ticket"),
        (f"{slug}/desk/events/new/", "event_desk-new"),
        (f"{slug}/desk/events/{event_id}/", "event_desk-event"),
    ):
        page.goto(address(town, path))
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
        look(page, name, language=language)
    page.context.close()
