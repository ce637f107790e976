"""A chapter beside a course: enrolment, a pass and a certificate open its boards, and nobody else reads them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import pytest

from tests.contract.walk.case import Case
from tests.contract.walk.chapter import (
    API,
    Chapter,
    approve,
    find_certificate,
    found_course_with_certificate,
    propose,
    rows_in_admin,
    set_rules,
)
from tests.contract.walk.classroom import TOPICS, Classroom, _register
from tests.contract.walk.hidden import Hidden
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person, eventually
from tests.contract.walk.test_6_people_and_copies import _retire

pytestmark = pytest.mark.walk

BOARD_COURSE = "course-v1:community+chapters+held"
TO_ALL = "Rhubarb is what I would say first, and then nothing for nine seconds."
TO_LEARNERS = "Rhubarb again, but only for whoever takes the course with us now."
REPLY = "Rhubarb with what? I would like to hear how they took it."
GUESTS = "Rhubarb from a guest who will not stay for long."


@dataclass(frozen=True)
class Stage:
    """The course, what passes it, the block in a unit of it, and the chapter."""

    course: Classroom
    case: Case
    panel: str
    chapter: Chapter

    @property
    def course_id(self) -> str:
        """Return the course's key."""
        return self.course.course_id


@pytest.fixture(scope="module")
def stage(classroom: Classroom, admin: Person) -> Stage:
    """Return a chapter of which cleo is the lead, for who takes or completed a course."""
    mark = secrets.token_hex(3)
    course, case, panel = found_course_with_certificate(classroom, admin)
    for person in (course.ada, course.bram):
        person.enrol(course.course_id)
    propose(course.cleo, f"Walkers {mark}")
    chapter = approve(admin, f"Walkers {mark}", f"walkers-{mark}")
    set_rules(admin, chapter, course.course_id)
    assert eventually(lambda: case.open(course.ada).status_code == 200)
    return Stage(course, case, panel, chapter)


def score(stage: Stage, points: int) -> None:
    """Decide on ada's grade as the course team does."""
    user_id = stage.course.id_of(stage.course.ada)
    answer = stage.case.decide(stage.course.teacher, "override", user=user_id, score=points, reason="Seen in class")
    assert answer.status_code == 200, answer.text[:300]


# -- the course shows its chapter --------------------------------------------------------------------------------------


def test_who_proposed_it_runs_it_and_managers_see_all(stage, admin):
    desk = stage.chapter.page(stage.course.cleo, "desk/")
    assert desk.status == 200
    assert Page.open(admin, "/chapters/manage/").status == 200
    for person in (stage.course.ada, stage.course.teacher):
        assert stage.chapter.page(person, "desk/").status in {403, 404}
        assert Page.open(person, "/chapters/manage/").status in {403, 404}


def test_anybody_reads_the_public_page_and_no_more(stage, passer_by):
    page = stage.chapter.page(passer_by)
    assert page.status == 200
    assert "One talk an evening." in page.words
    for rest in ("people/", "boards/everyone/", "desk/"):
        assert "/login" in stage.chapter.page(passer_by, rest).path or stage.chapter.page(passer_by, rest).status >= 400
    assert stage.chapter.ask(passer_by, "members/").status_code in {401, 403, 404}


def test_the_tab_appears_where_the_team_turned_it_on(stage):
    def has_tab() -> bool:
        found = stage.course.ada.read(f"/api/course_home/course_metadata/{stage.course_id}")["tabs"]
        return any(f"/chapters/courses/{stage.course_id}/" in tab["url"] for tab in found)

    assert has_tab()
    page = Page.open(stage.course.ada, f"/chapters/courses/{stage.course_id}/")
    assert page.status == 200
    assert "Walkers" in page.words
    assert Page.open(stage.course.cleo, f"/chapters/courses/{stage.course_id}/").status == 404
    assert stage.course.studio.switch(stage.course_id, "community_chapters", is_on=False).status_code == 200
    assert eventually(lambda: not has_tab(), seconds=90)
    assert Page.open(stage.course.ada, f"/chapters/courses/{stage.course_id}/").status == 404
    assert stage.course.studio.switch(stage.course_id, "community_chapters", is_on=True).status_code == 200
    assert eventually(has_tab, seconds=90)


def test_the_block_leads_out_of_the_unit(stage):
    block = Case(stage.course_id, stage.panel)
    assert eventually(lambda: "Walkers" in block.words(stage.course.ada), seconds=90)
    page = Page.open(stage.course.ada, f"/xblock/{stage.panel}")
    (link,) = [link for link in page.tree.xpath("//a[@target='_top']") if stage.chapter.path == link.get("href")]
    assert Page.open(stage.course.ada, link.get("href")).status == 200
    drawn = stage.course.studio.draw(stage.panel, "author_view")["html"]
    assert "Walkers" in drawn
    wrong = stage.course.studio.handle(stage.panel, "edit_panel", {"display_name": "", "chapter_count": 1})
    assert wrong.status_code == 400
    form = {"display_name": "Go on", "chapter": stage.chapter.slug, "chapter_count": "1", "topic_count": "2"}
    assert stage.course.studio.handle(stage.panel, "edit_panel", form).status_code == 200
    refused = stage.course.teacher.lms(
        "POST", f"/courses/{stage.course_id}/xblock/{stage.panel}/handler/edit_panel", json=form
    )
    assert refused.status_code == 403


# -- enrolment ---------------------------------------------------------------------------------------------------------


def test_enrolment_opens_the_learners_board_and_leaving_shuts_it(stage):
    bram, chapter = stage.course.bram, stage.chapter
    joined = chapter.join(bram)
    assert joined.status == 200, joined.words[:500]
    assert eventually(lambda: chapter.open_boards(bram) == {"everyone", "learners"})
    written = chapter.write(bram, "learners", "For learners", TO_LEARNERS)
    assert written.status == 200, written.words[:500]
    assert TO_LEARNERS in written.words
    bram.leave(stage.course_id)
    assert eventually(lambda: chapter.open_boards(bram) == {"everyone"})
    assert chapter.page(bram, "boards/learners/").status == 403
    assert Page.open(bram, written.path).status in {403, 404}
    bram.enrol(stage.course_id)
    assert eventually(lambda: chapter.open_boards(bram) == {"everyone", "learners"})
    assert TO_LEARNERS in Page.open(bram, written.path).words


# -- a pass and a certificate ------------------------------------------------------------------------------------------


def invitations_of(person: Person, slug: str) -> list[str]:
    """Return the audiences to which somebody is invited in a chapter."""
    found = person.read(f"{API}/invitations/")["results"]
    return [each["audience"] for each in found if each["chapter"]["slug"] == slug]


def count_mails(stage: Stage, admin: Person) -> int:
    """Return how many invitations by mail ada has had."""
    return rows_in_admin(admin, "people/delivery", q=stage.course.id_of(stage.course.ada), kind="chapter_invitation")


def test_passing_invites_and_gives_a_certificate_that_says_so(stage, admin):
    ada, chapter = stage.course.ada, stage.chapter
    assert "alumni" not in invitations_of(ada, chapter.slug)
    score(stage, 10)
    assert eventually(lambda: "alumni" in invitations_of(ada, chapter.slug), seconds=120)
    tab = Page.open(ada, f"/chapters/courses/{stage.course_id}/")
    assert "You are invited to Walkers" in tab.words
    assert "You are invited to Walkers" in Case(stage.course_id, stage.panel).words(ada)
    assert count_mails(stage, admin) == 1
    address = eventually(lambda: find_certificate(ada, stage.course_id), seconds=120)
    assert address, "there is no certificate"
    page = Page.open(ada, address)
    assert page.status == 200
    assert "you are invited to Walkers" in page.words
    assert page.list_links(chapter.path)
    assert "Walkers" not in Page.open(stage.course.bram, address).words


def test_a_fail_shuts_the_alumni_board_and_a_second_pass_counts_once(stage, admin):
    ada, chapter = stage.course.ada, stage.chapter
    joined = chapter.join(ada)
    assert joined.status == 200, joined.words[:500]
    assert eventually(lambda: "alumni" in chapter.open_boards(ada))
    assert invitations_of(ada, chapter.slug) == []
    assert "invited" not in Page.open(ada, find_certificate(ada, stage.course_id)).words
    score(stage, 0)
    assert eventually(lambda: "alumni" not in chapter.open_boards(ada), seconds=120)
    score(stage, 9)
    assert eventually(lambda: "alumni" in chapter.open_boards(ada), seconds=120)
    assert invitations_of(ada, chapter.slug) == []
    assert count_mails(stage, admin) == 1
    assert len(chapter.ask(ada, "members/").json()["results"]) == 3


# -- who reads a board -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hidden(classroom: Classroom, stage: Stage) -> Hidden:
    """Return where a topic and its reply would be looked for; their numbers lie between those of open posts."""
    topics = classroom.cleo
    before = int(topics.start_thread(classroom.course_id, TOPICS[2], title="Before", body="An open one.")["id"])
    written = stage.chapter.write(stage.course.bram, "everyone", "For all", TO_ALL)
    assert TO_ALL in written.words, written.words[:500]
    after = int(topics.start_thread(classroom.course_id, TOPICS[2], title="After", body="An open one.")["id"])
    first = int(topics.respond(str(before), "An open answer.")["id"])
    replied = written.send("body", body=REPLY)
    assert REPLY in replied.words, replied.words[:500]
    last = int(topics.respond(str(before), "Another open answer.")["id"])
    threads = [str(number) for number in range(before + 1, after)]
    answers = [str(number) for number in range(first + 1, last)]
    assert threads, "the topic is not in the forum"
    assert answers, "the reply is not in the forum"
    authors = [(stage.course.bram.name, stage.course.id_of(stage.course.bram))]
    return Hidden(BOARD_COURSE, "Rhubarb", threads, answers, authors, classroom.course_id, TOPICS)


@pytest.mark.parametrize("who", ["nobody", "stranger", "ada", "moderator", "teacher"])
def test_no_route_of_the_platform_reads_a_board(classroom, passer_by, hidden, who):
    """Not even to members, the course team or a forum moderator: only the chapter's own pages show its posts."""
    person = passer_by if who == "nobody" else classroom.people[who]
    for address in hidden.by_number():
        assert person.lms("GET", address).status_code in {401, 403, 404}, f"{who} {address}"
    asked = {"X-Requested-With": "XMLHttpRequest"}
    seen = [(address, person.lms("GET", address, headers=asked).text) for address in hidden.in_discussion()]
    assert not [address for address, text in seen if "Rhubarb" in text]
    for api in ("/forum/api/v1", "/forum/api/v2"):
        given = {address: person.lms("GET", f"{api}/{address}") for address in hidden.named_in_forum()}
        assert not {address: answer.status_code for address, answer in given.items() if answer.ok}
        listed = [person.lms("GET", f"{api}/{address}") for address in hidden.lists_of_forum()]
        assert not [answer.url for answer in listed if "Rhubarb" in answer.text]


def test_members_read_it_and_others_do_not(stage, hidden):
    chapter = stage.chapter
    topics = chapter.ask(stage.course.ada, "boards/everyone/topics/").json()["results"]
    assert "For all" in [topic["title"] for topic in topics]
    for person in (stage.course.stranger, stage.course.teacher):
        assert chapter.ask(person, "boards/everyone/topics/").status_code in {
            401,
            403,
            404,
        }  # one may be retired by now
        assert "Rhubarb" not in chapter.page(person, "boards/everyone/").words
    assert chapter.ask(stage.course.cleo, "boards/learners/topics/").status_code == 200  # who moderates reads them all


# -- who leaves the platform, and the admin ----------------------------------------------------------------------------


def test_a_retired_member_is_forgotten(stage, platform, admin):
    guest = _register(platform, "guest", "Gerda Guest")
    if guest.sign_in().status_code != 200:
        admin.activate(guest.name)
        assert guest.sign_in().status_code == 200
    assert stage.chapter.join(guest).status == 200
    assert GUESTS in stage.chapter.write(guest, "everyone", "From a guest", GUESTS).words
    asked = guest.lms("POST", "/api/user/v1/accounts/deactivate_logout/", data={"password": guest.password})
    if asked.status_code != 204:
        pytest.skip(f"this platform has no retirement states: {asked.status_code}")
    _retire(admin, guest)
    everybody = stage.chapter.ask(stage.course.cleo, "members/").json()["results"]
    assert "Gerda" not in str(everybody)
    assert len(everybody) == 3
    board = stage.chapter.page(stage.course.cleo, "boards/everyone/")
    assert "Gerda" not in board.words
    assert GUESTS not in board.words


@pytest.mark.parametrize(
    "model", ["chapter", "region", "membership", "standing", "invitation", "term", "ban", "courseswitch"]
)
def test_the_admin_lists_what_there_is(stage, admin, model):
    page = Page.open(admin, f"/admin/chapters/{model}/")
    assert page.status == 200
    assert "Server Error" not in page.words
    assert stage.course.cleo.lms("GET", f"/admin/chapters/{model}/", allow_redirects=False).status_code == 302
