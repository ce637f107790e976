"""The points block in the host's real runtime: as learner, as team, in Studio and in a library."""

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

from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.runtime.build import build_author_runtime, build_learner_runtime
from gamification import api
from lms.djangoapps.courseware.masquerade import set_masquerade
from people import api as people
from xblocks.points_panel import PointsPanelXBlock


@pytest.fixture
def panel_key(points_course) -> UsageKey:
    """Return the key of a published points block in the course."""
    store = CourseStore(Branch.DRAFT)
    parent = points_course.make_usage_key("course", "course")
    for block_type in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, block_type).location
    block = store.create_child(None, parent, "points_panel", block_id="panel")
    store.publish(parent)
    return block.location


@pytest.fixture
def open_as(panel_key, points_course):
    """Return a function that opens the block in the LMS for somebody."""

    def open_block(user, *, masquerade_as=""):
        request = RequestFactory().get("/")
        request.user, request.session = user, {}
        if masquerade_as:
            set_masquerade(request, points_course, role="student", user_name=masquerade_as)
        crum.set_current_request(request)
        return build_learner_runtime(CourseStore(Branch.PUBLISHED).get_tree(points_course), request).get_block(
            panel_key
        )

    yield open_block
    crum.set_current_request(None)


@pytest.fixture
def open_in_studio(panel_key, points_course, course_team):
    """Return a function that opens the block in Studio for the course team."""

    def open_block():
        tree = CourseStore(Branch.DRAFT).get_tree(points_course)
        return build_author_runtime(tree, course_team).get_block(panel_key)

    return open_block


def drawn(block, view="student_view"):
    """Return the block's view as a parsed tree."""
    return BeautifulSoup(block.runtime.render(block, view, {}).content, "html.parser")


def text_of(soup):
    """Return what a reader sees, with spaces folded."""
    return " ".join(unescape(soup.get_text(" ")).split())


def post(block, handler, body):
    """Post JSON (or raw bytes) to a handler and return status and answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request.blank("/", method="POST", body=data, content_type="application/json")
    response = block.runtime.handle(block, handler, request)
    return response.status_code, json.loads(response.body)


def choice_of(user, course_key):
    """Return how somebody appears on the board."""
    return people.get_name_choice(user.id, surface="board", context_key=str(course_key))


# -- what learners see -----------------------------------------------------------------------------------------------


def test_the_first_day_invites_and_shows_no_zero(open_as, learner):
    shown = text_of(drawn(open_as(learner)))
    assert "Nothing yet, and that is fine" in shown
    assert "A finished case earns 10, an answer 3, a finished page 1." in shown
    assert "You are not on the board yet" in shown
    assert "0 points" not in shown


def test_points_level_reasons_and_neighbours(open_as, learner, make_learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", title="A name and a measure", url="/courses/x/jump_to/y")
    earn(make_learner("bea", name="Bea Berg"), "case_finished", "2026-11-20T10:00:00Z", times=2)
    soup = drawn(open_as(learner))
    shown = text_of(soup)
    assert "10 points" in shown
    assert "Why +10?" in shown
    assert "10 points to place 1." in shown
    assert soup.select_one(".cs-ledger a")["target"] == "_top"
    assert [row.get_text(" ", strip=True).split()[0] for row in soup.select("tbody tr")] == ["1", "2"]
    assert "You (" in soup.select_one("tr.is-me").get_text()
    assert "Bea Berg" not in shown


def test_the_author_decides_how_much_is_shown(open_as, panel_key, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", times=5)
    assert len(drawn(open_as(learner)).select(".cs-ledger > li")) == 3
    store = CourseStore(Branch.DRAFT)
    store.set_fields(panel_key, {"latest_count": 0, "has_board": False, "display_name": "Where you stand"})
    store.publish(panel_key)
    soup = drawn(open_as(learner))
    assert (soup.select(".cs-ledger > li"), soup.select("table")) == ([], [])
    assert "Where you stand" in soup.select_one("h2").get_text()


@pytest.mark.parametrize(("stored", "shown"), [(None, 3), (-3, 0), (10**6, 5)])
def test_odd_numbers_of_a_hand_written_course_break_no_page(open_as, panel_key, learner, earn, stored, shown):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z", times=5)
    store = CourseStore(Branch.DRAFT)
    store.set_fields(panel_key, {"latest_count": stored})
    store.publish(panel_key)
    assert len(drawn(open_as(learner)).select(".cs-ledger > li")) == shown


def test_ids_are_the_blocks_own_and_nothing_runs_inline(open_as, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    soup = BeautifulSoup(open_as(learner).student_view().content, "html.parser")
    assert all(element["id"].startswith("cs-panel") for element in soup.select("[id]"))
    assert not soup.select("[style], style, script, [onclick], [onsubmit]")


def test_off_is_quiet_for_learners_and_tells_the_team_what_to_do(open_as, points_course, learner, course_team):
    assert "fine" in text_of(drawn(open_as(learner)))
    api.set_on(points_course, False, actor_id=None)
    assert "This course does not use points at the moment." in text_of(drawn(open_as(learner)))
    assert "Turn points on in Studio" in text_of(drawn(open_as(course_team)))
    assert "Studio" not in text_of(drawn(open_as(learner)))


def test_a_refusing_database_says_that_nothing_is_lost(open_as, learner, monkeypatch):
    assert "fine" in text_of(drawn(open_as(learner)))

    def refuse(*_args, **_kwargs):
        raise OperationalError("gone away")

    monkeypatch.setattr("xblocks.points_panel.points.get_panel", refuse)
    shown = text_of(drawn(open_as(learner)))
    assert "Points cannot be shown right now. Nothing is lost" in shown
    assert "0 points" not in shown


def test_visitors_are_asked_to_sign_in(open_as, learner):
    assert "fine" in text_of(drawn(open_as(learner)))
    assert "Sign in to see your points." in text_of(drawn(open_as(AnonymousUser())))


def test_the_team_is_told_what_learners_see(open_as, learner, course_team):
    assert drawn(open_as(learner)).select("form")
    soup = drawn(open_as(course_team))
    assert "Learners see their own points here." in text_of(soup)
    assert not soup.select("form")


# -- who sees me -----------------------------------------------------------------------------------------------------


def test_the_choice_is_stored_and_the_place_follows(
    open_as, points_course, learner, earn, django_capture_on_commit_callbacks
):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    block = open_as(learner)
    with django_capture_on_commit_callbacks(execute=True):
        assert post(block, "choose_name", {"choice": "hidden"}) == (200, {"saved": "Saved. You are off the board."})
    assert choice_of(learner, points_course) == "hidden"
    status, place = post(block, "show_place", {})
    assert (status, "Your place would be 1. Only you see this." in place["html"]) == (200, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choice": "nobody"},
        {"choice": None},
        {"choice": ["name"]},
        {"choice": 1},
        {"choice": "NAME"},
        {"name": "name"},
    ],
)
def test_a_wrong_choice_names_the_field(open_as, points_course, learner, body):
    assert post(open_as(learner), "choose_name", {"choice": "name"})[0] == 200
    status, answer = post(open_as(learner), "choose_name", body)
    assert (status, answer["error"]["field"]) == (400, "choice")
    assert choice_of(learner, points_course) == "name"


@pytest.mark.parametrize("handler", ["choose_name", "show_place"])
@pytest.mark.parametrize("body", [b"[]", b"null", b'"name"', b"7", b"NaN", b"{", b"\xff\xfe", b'{"choice": NaN}'])
def test_a_body_that_is_no_object_is_refused(open_as, learner, handler, body):
    assert post(open_as(learner), handler, {"choice": "name"})[0] == 200
    status, answer = post(open_as(learner), handler, body)
    assert (status, answer["error"]["code"]) == (400, "json")


def test_only_enrolled_learners_choose(open_as, points_course, learner, outsider, course_team):
    for user, status in [(learner, 200), (outsider, 403), (course_team, 403)]:
        assert post(open_as(user), "choose_name", {"choice": "name"})[0] == status, user
    assert choice_of(outsider, points_course) == choice_of(course_team, points_course) == "pseudonym"


def test_a_masquerade_shows_the_learners_view_and_refuses_to_write(open_as, points_course, learner, course_team, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    assert post(open_as(learner), "choose_name", {"choice": "name"})[0] == 200
    block = open_as(course_team, masquerade_as="amara")
    assert "10 points" in text_of(drawn(block))
    status, answer = post(block, "choose_name", {"choice": "hidden"})
    assert (status, answer["error"]["code"]) == (403, "masquerade")
    assert choice_of(learner, points_course) == "name"


def test_nothing_is_chosen_while_points_are_off(open_as, points_course, learner):
    assert post(open_as(learner), "choose_name", {"choice": "name"})[0] == 200
    api.set_on(points_course, False, actor_id=None)
    assert post(open_as(learner), "choose_name", {"choice": "hidden"})[0] == 403
    assert choice_of(learner, points_course) == "name"


# -- Studio ----------------------------------------------------------------------------------------------------------


def test_the_preview_shows_invented_people_and_writes_nothing(open_in_studio, learner, earn):
    earn(learner, "case_finished", "2026-11-20T10:00:00Z")
    block = open_in_studio()
    with CaptureQueriesContext(connection) as queries:
        shown = text_of(drawn(block, "author_view"))
    assert "Preview with made-up people" in shown
    assert "Amara" not in shown
    assert not [query for query in queries if not query["sql"].lstrip().upper().startswith("SELECT")]


def test_the_preview_warns_while_points_are_off(open_in_studio, points_course):
    assert "Points are off" not in text_of(drawn(open_in_studio(), "author_view"))
    api.set_on(points_course, False, actor_id=None)
    assert "Points are off in this course." in text_of(drawn(open_in_studio(), "author_view"))
    assert "Points are off in this course." in text_of(drawn(open_in_studio(), "studio_view"))


def test_the_form_saves_all_fields(open_in_studio):
    body = {"display_name": "Your standing", "latest_count": "5", "has_board": False}
    assert post(open_in_studio(), "edit_panel", body)[0] == 200
    block = open_in_studio()
    assert (block.display_name, block.latest_count, block.has_board) == ("Your standing", 5, False)
    assert drawn(block, "studio_view").select_one("[name=display_name]")["value"] == "Your standing"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": 7}, "display_name"),
        ({"display_name": "x" * 121}, "display_name"),
        ({"latest_count": -1}, "latest_count"),
        ({"latest_count": 11}, "latest_count"),
        ({"latest_count": "three"}, "latest_count"),
        ({"latest_count": 2.5}, "latest_count"),
        ({"latest_count": True}, "latest_count"),
        ({"has_board": "yes"}, "has_board"),
        ({"has_board": None}, "has_board"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(open_in_studio, change, field):
    right = {"display_name": "Your standing", "latest_count": 5, "has_board": False}
    status, answer = post(open_in_studio(), "edit_panel", right | change)
    assert (status, answer["error"]["field"]) == (400, field)
    assert open_in_studio().latest_count == 3
    assert post(open_in_studio(), "edit_panel", right)[0] == 200


def test_learners_and_team_cannot_edit_the_block_in_the_lms(open_as, learner, course_team, open_in_studio):
    body = {"display_name": "Mine", "latest_count": 5, "has_board": False}
    for user in (learner, course_team):
        assert post(open_as(user), "edit_panel", body)[0] == 403
    assert post(open_in_studio(), "edit_panel", body)[0] == 200


# -- the file --------------------------------------------------------------------------------------------------------


def test_olx_keeps_every_authored_field_and_nothing_else(panel_key):
    olx = '<points_panel display_name="Where &amp; why" latest_count="7" has_board="false"/>'
    runtime = TestRuntime(services={"field-data": KvsFieldData(DictKeyValueStore()), "i18n": NullTranslations()})
    block = runtime.get_block(runtime.parse_xml_string(olx))
    assert (block.display_name, block.latest_count, block.has_board) == ("Where & why", 7, False)
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    assert (node.tag, node.get("display_name"), node.get("latest_count"), node.get("has_board")) == (
        "points_panel", "Where & why", "7", "false",
    )  # fmt: skip
    assert set(node.attrib) == {"display_name", "latest_count", "has_board", "xblock-family"}


def test_student_view_data_is_configuration_and_knows_nobody(open_in_studio):
    assert open_in_studio().student_view_data() == {
        "title": "Your points in this course",
        "latest_count": 3,
        "has_board": True,
    }


def test_a_library_previews_and_refuses_to_write(learner):
    key = UsageKey.from_string("lb:Meridian:blocks:points_panel:p1")
    runtime = TestRuntime(services={"i18n": NullTranslations()})
    runtime.local_resource_url = lambda _block, path: f"/{path}"
    block = PointsPanelXBlock(runtime, DictFieldData({}), ScopeIds(learner.id, "points_panel", key, key))
    assert "Preview with made-up people" in block.student_view().content
    assert post(block, "choose_name", {"choice": "name"})[0] == 403
