"""The case discussion for its author: fields, form, preview, export, what the platform collects at publish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from opaque_keys.edx.keys import UsageKey
from opaque_keys.edx.locator import LibraryLocatorV2, LibraryUsageLocatorV2
from xblock.fields import ScopeIds, UserScope
from xblock.runtime import DictKeyValueStore, KvsFieldData
from xblock.test.tools import TestRuntime

from xblocks.case_discussion import CaseDiscussionXBlock
from xblocks.markup import render_author_text

from .conftest import CASE, drawn, text_of

FILLED = {
    "display_name": "Overtime",
    "case_text": "One.\n\n> Two & three < four",
    "prompt": "What <now>?\nAnd why?",
    "position_min": 101,
    "position_max": 303,
    "answers_wanted": 3,
    "answer_min": 21,
    "look_back_min": 41,
    "position_points": 3.5,
    "answers_points": 5.0,
    "look_back_points": 1.5,
    "is_held": False,
    "by_cohort": True,
    "topic_id": "case_table",
    "opens_at": datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC),
    "closes_at": datetime(2026, 11, 29, 22, 59, tzinfo=UTC),
}
FORM = {
    **{name: str(FILLED[name]) for name in FILLED},
    "is_held": True,
    "by_cohort": False,
    "topic_id": "",
    "position_max": "",
    "opens_at": "2026-11-23T09:00",
    "closes_at": "2026-11-29T23:59",
}


def plain_block(**fields):
    """Return a block outside any platform, as parsing and exporting see it."""
    runtime = TestRuntime(field_data=KvsFieldData(DictKeyValueStore()))
    usage = UsageKey.from_string("block-v1:Meridian+LT1+2026+type@case_discussion+block@plain")
    block = runtime.construct_xblock_from_class(CaseDiscussionXBlock, ScopeIds(7, "case_discussion", usage, usage))
    for name, value in fields.items():
        setattr(block, name, value)
    return block


def parsed(node):
    """Return the block that an import makes of ``node``."""
    runtime = TestRuntime(field_data=KvsFieldData(DictKeyValueStore()))
    usage = UsageKey.from_string("block-v1:Meridian+LT1+2026+type@case_discussion+block@copy")
    return CaseDiscussionXBlock.parse_xml(node, runtime, ScopeIds(None, "case_discussion", usage, usage))


def exported(block):
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    return node


class TestFields:
    """What an author writes travels whole; what a learner writes stays."""

    def test_every_authored_field_is_listed_and_typed(self):
        authored = {
            name
            for name, field in CaseDiscussionXBlock.fields.items()
            if name not in {"children", "parent", "tags", "name"} and field.scope.user == UserScope.NONE
        }
        assert authored == set(CaseDiscussionXBlock.AUTHORED) == set(FILLED)
        block = plain_block()
        with pytest.raises((ValueError, TypeError)):
            block.position_min = "many"

    def test_olx_round_trip_over_all_fields(self):
        copy = parsed(etree.fromstring(etree.tostring(exported(plain_block(**FILLED)))))
        assert {name: getattr(copy, name) for name in FILLED} == FILLED

    @pytest.mark.parametrize(
        "text",
        [
            "\ttab\tinside",
            "a & <b> \"c\" 'd'",
            "\n\nlines\n",
            "null",
            "42",
            "true",
            "💡 名字 é",
            "${x} {{ y }}",
            "--> ]]>",
        ],
    )
    def test_odd_texts_travel_too(self, text):
        fields = dict.fromkeys(("display_name", "case_text", "prompt"), text)
        node = etree.fromstring(etree.tostring(exported(plain_block(**fields))))
        assert {name: getattr(parsed(node), name) for name in fields} == fields

    @pytest.mark.parametrize(
        ("name", "value", "used"),
        [
            ("position_min", "-5", 0),
            ("position_min", "null", 120),
            ("answers_wanted", "1000", 20),
            ("position_points", "nan", 4),
            ("position_points", "inf", 100),
            ("answers_points", "-1", 0),
        ],
    )
    def test_numbers_that_the_form_would_refuse_are_brought_into_their_range(self, name, value, used):
        block = parsed(etree.Element("case_discussion", {name: value}))
        assert getattr(block.task_configuration(), name) == used
        assert 0 <= block.max_score() <= 300

    def test_texts_that_are_nothing_are_empty(self):
        block = plain_block(display_name=None, case_text=None, prompt=None, topic_id=None)
        config = block.task_configuration()
        assert (config.title, config.case_html, config.prompt, config.topic_id) == ("Case discussion", "", "", "")

    def test_export_holds_nothing_of_a_learner(self):
        block = plain_block(**FILLED, drafts={"position": {"text": "secret"}}, has_read=True)
        text = etree.tostring(exported(block), encoding="unicode")
        assert "secret" not in text
        assert "has_read" not in text

    def test_a_local_moment_is_stored_in_utc(self):
        block = plain_block(opens_at=datetime(2026, 1, 1, 10, tzinfo=ZoneInfo("Asia/Bangkok")).astimezone(UTC))
        assert exported(block).get("opens_at").startswith("2026-01-01T03:00")

    def test_an_own_date_and_a_due_date_close_at_the_earlier(self):
        block = plain_block(closes_at=FILLED["closes_at"])
        block.due = FILLED["closes_at"] - timedelta(days=1)
        assert block.task_configuration().closes_at == block.due
        block.due = FILLED["closes_at"] + timedelta(days=1)
        assert block.task_configuration().closes_at == FILLED["closes_at"]

    def test_max_score_leaves_out_what_is_not_asked(self):
        assert plain_block(**FILLED).max_score() == 10
        assert plain_block(**{**FILLED, "answers_wanted": 0}).max_score() == 5
        assert plain_block(**{**FILLED, "look_back_min": 0}).max_score() == 8.5

    def test_what_apps_and_search_get_is_the_authors_alone(self):
        block = plain_block(**FILLED, drafts={"position": {"text": "secret"}})
        assert block.student_view_data()["position_min"] == 101
        content = block.index_dictionary()["content"]
        assert content["case"] == "One. Two &amp; three &lt; four" or "<" not in content["case"]
        assert "secret" not in str(content) + str(block.student_view_data())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="data:text/html,x" onclick="y()">x</a>',
        '<iframe src="//e.com"></iframe>',
        '<p style="position:fixed">x</p>',
    ],
)
def test_case_text_is_made_safe(text):
    html = render_author_text(text)
    for danger in ("<script", "onerror", "onclick", "javascript:", "data:", "<iframe", "style="):
        assert danger not in html.replace("&lt;", "")


def test_headings_of_a_case_begin_below_the_blocks_own():
    assert "<h3>One</h3>" in render_author_text("# One")


class TestForm:
    """The form saves everything or nothing, and names each mistake."""

    @pytest.fixture
    def block(self, case_key, open_in_studio):
        return open_in_studio(case_key)

    def test_it_saves_what_was_typed(self, block, act, case_key, open_in_studio):
        status, _answer = act(block, "author_action", "submit", FORM)
        assert status == 200
        saved = open_in_studio(case_key)
        assert (saved.display_name, saved.position_min, saved.position_max) == ("Overtime", 101, 0)
        assert (saved.position_points, saved.is_held, saved.by_cohort) == (3.5, True, False)
        assert saved.opens_at == datetime(2026, 11, 23, 9, tzinfo=UTC)

    def test_control_characters_that_no_export_can_hold_are_left_out(self, block, act, case_key, open_in_studio):
        odd = "One\x01 case\x1b, \ud83dtwo\ttabs"
        assert (
            act(block, "author_action", "submit", {**FORM, "display_name": odd, "prompt": odd, "case_text": odd})[0]
            == 200
        )
        stored = open_in_studio(case_key)
        assert {stored.display_name, stored.prompt, stored.case_text} == {"One case, two\ttabs"}

    def test_a_moment_that_was_not_touched_keeps_its_seconds(self, block, act):
        block.opens_at = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
        act(block, "author_action", "submit", FORM)
        assert block.opens_at.second == 30

    def test_two_mistakes_are_both_named_and_nothing_is_kept(self, block, act, case_key, open_in_studio):
        wrong = {**FORM, "display_name": "New", "position_max": "50", "closes_at": "2026-11-22T23:59"}
        status, answer = act(block, "author_action", "submit", wrong)
        assert status == 400
        assert answer["error"]["message"] == "Not saved yet. 2 fields need you:"
        assert [mistake["field"] for mistake in answer["error"]["fields"]] == ["position_max", "closes_at"]
        assert open_in_studio(case_key).display_name == CASE["display_name"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("display_name", ""),
            ("display_name", ["x"]),
            ("display_name", "x" * 256),
            ("case_text", None),
            ("prompt", {"a": 1}),
            ("position_min", "many"),
            ("position_min", -1),
            ("position_min", True),
            ("position_min", 1.5),
            ("position_min", "9" * 40),
            ("answers_wanted", "21"),
            ("look_back_points", "nan"),
            ("look_back_points", "1e999"),
            ("look_back_points", 10**400),
            ("is_held", "yes"),
            ("by_cohort", None),
            ("opens_at", "soon"),
            ("opens_at", 5),
            ("opens_at", "2026-11-23T09:00+07:00"),
            ("closes_at", "0001-01-01T00:00"),
        ],
    )
    def test_a_wrong_value_is_a_400_that_names_its_field(self, block, act, field, value):
        status, answer = act(block, "author_action", "submit", {**FORM, field: value})
        assert (status, answer["error"]["field"]) == (400, field)

    def test_a_time_that_the_clock_skips_is_refused(self, block, act, course_team):
        from openedx.core.djangoapps.user_api.models import UserPreference

        UserPreference.objects.create(user=course_team, key="time_zone", value="Europe/Amsterdam")
        status, answer = act(block, "author_action", "submit", {**FORM, "closes_at": "2027-03-28T02:30"})
        assert (status, answer["error"]["field"]) == (400, "closes_at")
        assert act(block, "author_action", "submit", {**FORM, "closes_at": "2027-03-28T03:30"})[0] == 200
        assert block.closes_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)

    def test_seen_at_once_needs_a_topic_of_the_course(self, block, act):
        status, answer = act(block, "author_action", "submit", {**FORM, "is_held": False, "topic_id": "elsewhere"})
        assert (status, answer["error"]["field"]) == (400, "topic_id")

    @pytest.mark.parametrize("body", [b"[1]", b'"x"', b"null", b"{", b'{"position_min": NaN}', b"\xff\xfe"])
    def test_what_is_no_object_is_a_400(self, block, act, body):
        assert act(block, "author_action", "submit", body)[0] == 400

    def test_learners_cannot_edit(self, act, case_key, open_as, learner, course_team):
        for person in (learner, course_team):
            block = open_as(case_key, person)
            for name in ("submit", "preview"):
                assert act(block, "author_action", name, FORM)[0] == 403

    def test_the_preview_shows_what_is_typed_without_saving(self, block, act, case_key, open_in_studio):
        status, answer = act(block, "author_action", "preview", {**FORM, "position_min": "77", "answers_wanted": "x"})
        assert status == 200
        assert "77 words or more" in answer["html"]
        assert "What &lt;now&gt;?" in answer["html"]
        assert "Case discussion · course team" in answer["html"]
        assert open_in_studio(case_key).position_min == CASE["position_min"]

    def test_the_form_is_labelled_and_says_the_zone(self, block):
        form = drawn(block, "studio_view")
        assert "All times in your own time zone, UTC" in text_of(form)
        ids = {label["for"] for label in form.select("label[for]")}
        inputs = form.select("form input:not([type=radio]), form select, form textarea")
        assert {field["id"] for field in inputs} <= ids
        assert not form.select("[style]")


class TestCopies:
    """A copy does not take the original's topic with it."""

    def test_duplicate_and_paste_let_go_of_the_topic(self):
        class Store:
            updated = 0

            def update_item(self, block, user_id):
                self.updated += 1

        for method in ("studio_post_duplicate", "studio_post_paste"):
            store, block = Store(), plain_block(topic_id="case_table")
            assert getattr(block, method)(store, None) is False
            assert (block.topic_id, store.updated) == ("", 1)


class TestLibrary:
    """In a library the block previews and never writes."""

    @pytest.fixture
    def block(self, case_key, open_as, learner):
        opened = open_as(case_key, learner)
        key = LibraryUsageLocatorV2(LibraryLocatorV2("Meridian", "cases"), "case_discussion", "one")
        return opened.runtime.construct_xblock_from_class(
            CaseDiscussionXBlock, ScopeIds(learner.id, "case_discussion", key, key)
        )

    def test_acts_are_refused(self, block, act):
        status, answer = act(
            block, "learner_action", "post_position", {"text": "Words enough for any position at all."}
        )
        assert (status, answer["error"]["code"]) == (403, "preview")
        assert act(block, "team_action", "overview")[0] == 403


def test_the_studio_preview_shows_the_case_and_no_discussion(case_key, open_in_studio):
    text = text_of(drawn(open_in_studio(case_key), "author_view"))
    assert CASE["prompt"] in text
    assert "Preview. Learners take part in the course itself." in text
