"""The chapters block in the host's real runtime: as learner, as team, in Studio and in a library."""

from __future__ import annotations

import json
from gettext import NullTranslations
from html import unescape

import crum
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from lxml import etree
from opaque_keys.edx.keys import UsageKey
from webob import Request
from xblock.field_data import DictFieldData
from xblock.fields import ScopeIds
from xblock.runtime import DictKeyValueStore, KvsFieldData
from xblock.test.tools import TestRuntime

from chapters.api import courses, membership
from chapters.boards import board_key, ensure_boards
from chapters.data import Audience, ChapterState, EventOpenTo
from chapters.models import Invitation, Membership
from common.djangoapps.student.models import UserProfile
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.runtime.build import build_author_runtime, build_learner_runtime
from lms.djangoapps.courseware.masquerade import set_masquerade
from tests.chapters import factories
from tests.events.factories import in_days, make_event
from xblocks.chapter_panel import ChapterPanelXBlock


@pytest.fixture
def course(course_key):
    """Return the course, which shows its chapters."""
    courses.set_on(course_key, True, actor_id=1)
    return course_key


@pytest.fixture
def panel_key(course) -> UsageKey:
    """Return the key of a published chapters block in the course."""
    store = CourseStore(Branch.DRAFT)
    parent = course.make_usage_key("course", "course")
    for block_type in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, block_type).location
    block = store.create_child(None, parent, "chapter_panel", block_id="panel")
    store.publish(parent)
    return block.location


@pytest.fixture
def set_fields(panel_key):
    """Return a function that changes the block's settings and publishes them."""

    def change(**fields):
        store = CourseStore(Branch.DRAFT)
        store.set_fields(panel_key, fields)
        store.publish(panel_key)

    return change


@pytest.fixture
def open_as(panel_key, course):
    """Return a function that opens the block in the LMS for somebody."""

    def open_block(user, *, masquerade_as=""):
        request = RequestFactory().get("/")
        request.user, request.session = user, {}
        if masquerade_as:
            set_masquerade(request, course, role="student", user_name=masquerade_as)
        crum.set_current_request(request)
        return build_learner_runtime(CourseStore(Branch.PUBLISHED).get_tree(course), request).get_block(panel_key)

    yield open_block
    crum.set_current_request(None)


@pytest.fixture
def open_in_studio(panel_key, course, course_team):
    """Return a function that opens the block in Studio for the course team."""

    def open_block():
        tree = CourseStore(Branch.DRAFT).get_tree(course)
        return build_author_runtime(tree, course_team).get_block(panel_key)

    return open_block


@pytest.fixture
def nairobi(course):
    """Return a chapter of the course, with boards for everybody and for alumni."""
    chapter = factories.make_chapter("Nairobi evening chapter", slug="nairobi-evening")
    chapter = factories.make_rule(chapter, Audience.ALUMNI, str(course))
    ensure_boards(chapter)
    return chapter


def talk(chapter, author_id, title, audience=Audience.EVERYONE):
    """Begin a topic on a board."""
    draft = TopicDraftData(kind=TopicKind.LIGHT, title=title, body="What did you say today?")
    return boards.start_topic(board_key=board_key(chapter.id, audience), author_id=author_id, draft=draft)


def drawn(block, view="student_view"):
    """Return the block's view as a parsed tree."""
    return BeautifulSoup(block.runtime.render(block, view, {}).content, "html.parser")


def text_of(soup):
    """Return what a reader sees, with spaces folded."""
    return " ".join(unescape(soup.get_text(" ")).split())


def post(block, body):
    """Post JSON (or raw bytes) to the author's handler and return status and answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request.blank("/", method="POST", body=data, content_type="application/json")
    response = block.runtime.handle(block, "edit_panel", request)
    return response.status_code, json.loads(response.body)


FORM = {"display_name": "Where to go on", "chapter": "", "chapter_count": "2", "topic_count": 1}


# -- what learners see -----------------------------------------------------------------------------------------------


def test_a_stranger_to_all_chapters_sees_which_there_are_and_no_talk(open_as, nairobi, learner):
    talk(nairobi, factories.make_member(nairobi).user_id, "For members only")
    soup = drawn(open_as(learner))
    assert soup.select_one("h3 a")["href"] == "/chapters/nairobi-evening/"
    assert "1 member" in text_of(soup)
    assert "For members only" not in text_of(soup)
    assert all(link["target"] == "_top" for link in soup.select("a"))


def test_a_member_sees_the_talk_of_boards_that_are_open_to_them(open_as, nairobi, learner):
    author = factories.make_member(nairobi, audiences=(Audience.ALUMNI,)).user_id
    topic_id = talk(nairobi, author, "One sentence from today")
    talk(nairobi, author, "How I asked for a smaller team", Audience.ALUMNI)
    member = factories.make_member(nairobi, learner.id)
    soup = drawn(open_as(learner))
    assert "You are a member" in text_of(soup)
    assert [a["href"] for a in soup.select("section a")] == [f"/chapters/nairobi-evening/topics/{topic_id}/"]
    membership.grant_standing(
        chapter_id=nairobi.id, user_id=member.user_id, audience=Audience.ALUMNI, actor_id=author, reason="Taught it"
    )
    assert "How I asked for a smaller team" in text_of(drawn(open_as(learner)))


def test_who_left_sees_no_talk_any_more(open_as, nairobi, learner):
    factories.make_organizer(nairobi)
    talk(nairobi, factories.make_member(nairobi).user_id, "One sentence from today")
    factories.make_member(nairobi, learner.id)
    assert "One sentence" in text_of(drawn(open_as(learner)))
    membership.leave(chapter_id=nairobi.id, user_id=learner.id)
    assert "One sentence" not in text_of(drawn(open_as(learner)))


def test_the_next_event_is_one_that_the_learner_may_come_to(open_as, open_in_studio, nairobi, learner):
    open_evening = make_event(nairobi, title="Open evening", starts_local=in_days(9), open_to=EventOpenTo.ANYONE)
    make_event(nairobi, title="Table of members", starts_local=in_days(4))
    soup = drawn(open_as(learner))
    assert "Next: Open evening" in text_of(soup)
    assert "Table of members" not in text_of(soup)
    link = soup.select_one("p.cs-small a")
    assert link["href"] == f"/chapters/nairobi-evening/events/{open_evening.id}/"
    assert link["target"] == "_top"
    preview = drawn(open_in_studio(), "author_view")
    assert "Next: Open evening" in text_of(preview)
    assert not preview.select("a")
    factories.make_member(nairobi, learner.id)
    assert "Next: Table of members" in text_of(drawn(open_as(learner)))


def test_an_invitation_comes_first_and_leads_to_joining(open_as, nairobi, learner, course):
    pass_course(learner, course)
    Invitation.objects.create(chapter_id=nairobi.id, user_id=learner.id, audience="alumni", course_id=str(course))
    soup = drawn(open_as(learner))
    assert "You are invited to Nairobi evening chapter" in text_of(soup)
    assert "You completed Leading Teams Across Cultures." in text_of(soup)
    assert [a["href"] for a in soup.select(".cs-btn--main")] == ["/chapters/nairobi-evening/join/"]
    factories.make_member(nairobi, learner.id)
    assert "invited" not in text_of(drawn(open_as(learner)))


def pass_course(user, course):
    """Give somebody a certificate, without what follows from it."""
    from lms.djangoapps.certificates.models import GeneratedCertificate

    GeneratedCertificate.objects.bulk_create(
        [GeneratedCertificate(user=user, course_id=course, status="downloadable", verify_uuid="a" * 32)]
    )


def test_near_comes_before_far(open_as, course, nairobi, learner, set_fields):
    far = factories.make_chapter("Leerkring Utrecht", country="NL", zone="Europe/Amsterdam", city="Utrecht")
    factories.make_rule(far, Audience.ALUMNI, str(course))

    def order(country):
        UserProfile.objects.filter(user=learner).update(country=country)
        return [title.get_text(strip=True) for title in drawn(open_as(learner)).select("li h3")]

    assert order("NL") == ["Leerkring Utrecht", "Nairobi evening chapter"]
    assert order("KE") == ["Nairobi evening chapter", "Leerkring Utrecht"]
    set_fields(chapter_count=1)
    soup = drawn(open_as(learner))
    assert len(soup.select("li h3")) == 1
    assert soup.select_one(f'a[href="/chapters/courses/{course}/"]')


def test_chapters_of_other_courses_are_not_shown_unless_they_are_named(open_as, nairobi, learner, set_fields):
    factories.make_chapter("Liderar sin gritar", slug="bogota", city="Bogotá", country="CO")
    assert "Bogotá" not in text_of(drawn(open_as(learner)))
    set_fields(chapter="bogota")
    shown = text_of(drawn(open_as(learner)))
    assert "Bogotá" in shown
    assert "Nairobi" not in shown


@pytest.mark.parametrize("state", [ChapterState.PROPOSED, ChapterState.ARCHIVED, ChapterState.DECLINED])
def test_a_named_chapter_that_is_not_listed_is_not_shown(open_as, learner, set_fields, state):
    factories.make_chapter("Secret circle", slug="secret", state=state)
    set_fields(chapter="secret")
    assert "Secret circle" not in text_of(drawn(open_as(learner)))
    assert "No chapter belongs to this course yet." in text_of(drawn(open_as(learner)))


@pytest.mark.parametrize(("stored", "shown"), [(None, 3), (-3, 1), (10**6, 4)])
def test_odd_numbers_of_a_hand_written_course_break_no_page(open_as, course, learner, set_fields, stored, shown):
    for number in range(4):
        factories.make_rule(factories.make_chapter(f"Chapter {number}"), Audience.ALUMNI, str(course))
    set_fields(chapter_count=stored, topic_count=stored)
    assert len(drawn(open_as(learner)).select("li h3")) == shown


def test_the_number_of_queries_does_not_grow(open_as, course, learner):
    """Names are asked chapter by chapter, but of the three topics shown only."""

    def count():
        block = open_as(learner)
        with CaptureQueriesContext(connection) as queries:
            drawn(block)
        return len(queries)

    def add(number):
        chapter = factories.make_rule(factories.make_chapter(f"Chapter {number}"), Audience.ALUMNI, str(course))
        ensure_boards(chapter)
        factories.make_member(chapter, learner.id)
        talk(chapter, factories.make_member(chapter).user_id, f"Topic {number}")

    for number in range(3):
        add(number)
    count()  # whatever is remembered from the first time on
    before = count()
    for number in range(3, 9):
        add(number)
    assert count() == before


def test_what_people_wrote_is_escaped(open_as, course, learner, set_fields):
    evil = "<script>alert(1)</script>"
    chapter = factories.make_chapter(evil, lead=evil, city=evil, slug="evil")
    factories.make_rule(chapter, Audience.ALUMNI, str(course))
    ensure_boards(chapter)
    factories.make_member(chapter, learner.id)
    talk(chapter, learner.id, f"Topic {evil}")
    set_fields(display_name=evil)
    soup = BeautifulSoup(open_as(learner).student_view().content, "html.parser")
    assert text_of(soup).count("alert(1)") >= 4
    assert not soup.select("script, style, [style], [onclick]")
    assert all(element["id"].startswith("cs-panel") for element in soup.select("[id]"))


def test_off_is_quiet_for_learners_and_tells_the_team_what_to_do(open_as, course, nairobi, learner, course_team):
    assert "Nairobi" in text_of(drawn(open_as(learner)))
    courses.set_on(course, False, actor_id=course_team.id)
    assert "This course does not show chapters at the moment." in text_of(drawn(open_as(learner)))
    assert "Turn chapters on in Studio" in text_of(drawn(open_as(course_team)))
    assert "Nairobi" not in text_of(drawn(open_as(course_team)))


def test_a_refusing_database_says_that_nothing_is_lost(open_as, nairobi, learner, monkeypatch):
    assert "Nairobi" in text_of(drawn(open_as(learner)))

    def refuse(*_args, **_kwargs):
        raise OperationalError("gone away")

    monkeypatch.setattr("xblocks.chapter_panel.chapters.get_course_panel", refuse)
    assert "Chapters cannot be shown right now. Nothing is lost" in text_of(drawn(open_as(learner)))


def test_visitors_see_what_is_public(open_as, nairobi, learner):
    talk(nairobi, factories.make_member(nairobi, learner.id).user_id, "One sentence from today")
    assert "One sentence" in text_of(drawn(open_as(learner)))
    shown = text_of(drawn(open_as(AnonymousUser())))
    assert "Nairobi evening chapter" in shown
    assert "One sentence" not in shown


def test_staff_who_view_as_a_learner_do_not_see_where_that_learner_is(open_as, nairobi, learner, course_team):
    talk(nairobi, factories.make_member(nairobi, learner.id).user_id, "One sentence from today")
    assert "You are a member" in text_of(drawn(open_as(learner)))
    shown = text_of(drawn(open_as(course_team, masquerade_as="amara")))
    assert "this is what somebody sees who is in none" in shown
    assert "You are a member" not in shown
    assert "One sentence" not in shown


# -- Studio ----------------------------------------------------------------------------------------------------------


def test_the_preview_shows_chapters_and_nobody(open_in_studio, nairobi, learner, course_team):
    talk(nairobi, factories.make_member(nairobi, course_team.id).user_id, "One sentence from today")
    block = open_in_studio()
    with CaptureQueriesContext(connection) as queries:
        soup = drawn(block, "author_view")
    assert "Nairobi evening chapter" in text_of(soup)
    assert "One sentence" not in text_of(soup)
    assert not soup.select("a")
    assert not [query for query in queries if Membership._meta.db_table in query["sql"]]
    assert not [query for query in queries if not query["sql"].lstrip().upper().startswith("SELECT")]


def test_the_preview_warns_while_chapters_are_off_and_where_there_is_none(open_in_studio, course, set_fields):
    shown = text_of(drawn(open_in_studio(), "author_view"))
    assert "No chapter belongs to this course yet." in shown
    assert "Chapters are off" not in shown
    courses.set_on(course, False, actor_id=1)
    assert "Chapters are off in this course." in text_of(drawn(open_in_studio(), "author_view"))
    assert "Chapters are off in this course." in text_of(drawn(open_in_studio(), "studio_view"))
    set_fields(chapter="gone-by-now")
    assert "The directory has no chapter gone-by-now any longer." in text_of(drawn(open_in_studio(), "author_view"))


def test_the_form_saves_all_fields_and_offers_the_courses_chapters(open_in_studio, nairobi):
    assert post(open_in_studio(), FORM | {"chapter": " nairobi-evening "})[0] == 200
    block = open_in_studio()
    assert (block.display_name, block.chapter) == ("Where to go on", "nairobi-evening")
    assert (block.chapter_count, block.topic_count) == (2, 1)
    form = drawn(block, "studio_view")
    assert form.select_one("[name=chapter]")["value"] == "nairobi-evening"
    assert [option["value"] for option in form.select("datalist option")] == ["nairobi-evening"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": 7}, "display_name"),
        ({"display_name": "x" * 121}, "display_name"),
        ({"chapter": "nowhere"}, "chapter"),
        ({"chapter": "x" * 61}, "chapter"),
        ({"chapter": ["nairobi-evening"]}, "chapter"),
        ({"chapter": "proposed"}, "chapter"),
        ({"chapter_count": 0}, "chapter_count"),
        ({"chapter_count": 7}, "chapter_count"),
        ({"chapter_count": True}, "chapter_count"),
        ({"topic_count": -1}, "topic_count"),
        ({"topic_count": "many"}, "topic_count"),
        ({"topic_count": None}, "topic_count"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(open_in_studio, nairobi, change, field):
    factories.make_chapter("Proposed", slug="proposed", state=ChapterState.PROPOSED)
    status, answer = post(open_in_studio(), FORM | change)
    assert (status, answer["error"]["field"]) == (400, field)
    assert open_in_studio().display_name == "Go on together"
    assert post(open_in_studio(), FORM)[0] == 200


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"{", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(open_in_studio, body):
    assert post(open_in_studio(), FORM)[0] == 200
    assert post(open_in_studio(), body)[0] == 400


def test_learners_and_team_cannot_edit_the_block_in_the_lms(open_as, learner, course_team, open_in_studio):
    for user in (learner, course_team):
        assert post(open_as(user), FORM)[0] == 403
    assert post(open_in_studio(), FORM)[0] == 200


# -- the file --------------------------------------------------------------------------------------------------------


def test_olx_keeps_every_authored_field_and_nothing_else(panel_key):
    olx = '<chapter_panel display_name="Where &amp; why" chapter="nairobi" chapter_count="2" topic_count="0"/>'
    runtime = TestRuntime(services={"field-data": KvsFieldData(DictKeyValueStore()), "i18n": NullTranslations()})
    block = runtime.get_block(runtime.parse_xml_string(olx))
    assert (block.display_name, block.chapter, block.chapter_count, block.topic_count) == (
        "Where & why",
        "nairobi",
        2,
        0,
    )
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    assert node.tag == "chapter_panel"
    assert {name: node.get(name) for name in ("display_name", "chapter", "chapter_count", "topic_count")} == {
        "display_name": "Where & why",
        "chapter": "nairobi",
        "chapter_count": "2",
        "topic_count": "0",
    }
    assert set(node.attrib) == {"display_name", "chapter", "chapter_count", "topic_count", "xblock-family"}


def test_student_view_data_is_configuration_and_knows_nobody(open_in_studio):
    assert open_in_studio().student_view_data() == {
        "title": "Go on together",
        "chapter": "",
        "chapter_count": 3,
        "topic_count": 3,
    }


def test_a_library_previews_and_refuses_to_write(learner):
    key = UsageKey.from_string("lb:Meridian:blocks:chapter_panel:p1")
    runtime = TestRuntime(services={"i18n": NullTranslations()})
    runtime.local_resource_url = lambda _block, path: f"/{path}"
    block = ChapterPanelXBlock(runtime, DictFieldData({}), ScopeIds(learner.id, "chapter_panel", key, key))
    assert "In a course, the chapters that belong to it stand here." in block.student_view().content
    assert post(block, FORM)[0] == 403
