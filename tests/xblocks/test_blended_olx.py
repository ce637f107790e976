"""The blended task's authored fields: every one travels through OLX and back, nothing of a learner does."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree
from opaque_keys.edx.keys import UsageKey
from xblock.fields import ScopeIds, UserScope
from xblock.runtime import DictKeyValueStore, KvsFieldData
from xblock.test.tools import TestRuntime

from discussion_ext.data import Anchor, BlendedConfigData, Late, MomentRule, StageConfigData, StageKind
from xblocks import blended_stages
from xblocks.blended_task import BlendedTaskXBlock

WORDS = some.text(
    some.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | some.sampled_from("\n\t"),
    max_size=40,
)
NUMBERS = some.integers(-1000, 1000)
RULES = some.builds(
    MomentRule,
    anchor=some.sampled_from(Anchor),
    days=NUMBERS,
    hours=NUMBERS,
    at=some.none() | some.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001
    stage_id=some.from_regex("[a-z0-9_-]{0,8}", fullmatch=True),
)
STAGES = some.builds(
    StageConfigData,
    id=some.from_regex("[A-Za-z0-9_-]{1,32}", fullmatch=True),
    kind=some.sampled_from(StageKind),
    title=WORDS,
    instructions=WORDS,
    weight=NUMBERS,
    opens=RULES,
    due=RULES,
    late=some.sampled_from(Late),
    late_days=NUMBERS,
    late_percent=NUMBERS,
    unit_ids=some.lists(WORDS, max_size=3).map(tuple),
    position_min=NUMBERS,
    answers_wanted=NUMBERS,
    answer_min=NUMBERS,
    report_min=NUMBERS,
    needs_link=some.booleans(),
    report_stage_id=some.from_regex("[a-z0-9_-]{0,8}", fullmatch=True),
    reviews_wanted=NUMBERS,
    review_min=NUMBERS,
    questions=some.lists(WORDS, max_size=3).map(tuple),
)


def block_of(**authored):
    """Return a block outside any platform, as parsing and exporting see it."""
    runtime = TestRuntime(field_data=KvsFieldData(DictKeyValueStore()))
    usage = UsageKey.from_string("block-v1:Meridian+LT1+2026+type@blended_task+block@plain")
    block = runtime.construct_xblock_from_class(BlendedTaskXBlock, ScopeIds(7, "blended_task", usage, usage))
    for name, value in authored.items():
        setattr(block, name, value)
    return block


def parsed(olx):
    """Return the block that an import makes of some OLX, read as the platform reads it."""
    runtime = TestRuntime(field_data=KvsFieldData(DictKeyValueStore()))
    usage = UsageKey.from_string("block-v1:Meridian+LT1+2026+type@blended_task+block@copy")
    node = etree.fromstring(olx, etree.XMLParser(remove_blank_text=True))
    return BlendedTaskXBlock.parse_xml(node, runtime, ScopeIds(None, "blended_task", usage, usage))


def exported(block):
    """Return a block as OLX, written as the platform writes it."""
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    return etree.tostring(node, pretty_print=True)


FILLED = {
    "display_name": "Giving feedback upwards",
    "intro": "Two weeks.\n\n> Three & more < five",
    "points": 12.5,
    "catch_up_days": 3,
    "session_block": "a1b2",
    "by_cohort": True,
    "stages": [
        blended_stages.to_stored(
            StageConfigData(
                id="s1",
                kind=StageKind.READ,
                title="Prepare: “read” & <watch>",
                instructions="Both.\n\n* one\n* two",
                weight=40,
                opens=MomentRule(anchor=Anchor.SESSION_START, days=-7),
                due=MomentRule(anchor=Anchor.SESSION_START, hours=-24),
                unit_ids=("u1", "u2"),
            )
        ),
        blended_stages.to_stored(
            StageConfigData(
                id="s4",
                kind=StageKind.REPORT,
                weight=60,
                due=MomentRule(anchor=Anchor.FIXED, at=datetime(2026, 12, 17, 16, tzinfo=UTC)),
                late=Late.DECAY,
                late_days=3,
                late_percent=20,
                needs_link=True,
                questions=("What did you say?",),
            )
        ),
    ],
}


class TestRoundTrip:
    """What an author writes travels whole; what a learner writes stays."""

    def test_every_authored_field_is_listed(self):
        authored = {
            name
            for name, field in BlendedTaskXBlock.fields.items()
            if name not in {"children", "parent", "tags", "name"} and field.scope.user == UserScope.NONE
        }
        assert authored == set(BlendedTaskXBlock.AUTHORED) == set(FILLED)

    def test_every_setting_of_a_stage_is_stored_but_what_is_made_of_it(self):
        names = {item.name for item in fields(StageConfigData)}
        assert set(FILLED["stages"][0]) == names - {"instructions_html"}

    def test_all_fields(self):
        copy = parsed(exported(block_of(**FILLED)))
        assert {name: getattr(copy, name) for name in FILLED} == FILLED
        assert copy.blended_configuration() == block_of(**FILLED).blended_configuration()

    def test_what_is_not_set_stays_at_its_default(self):
        assert exported(block_of()) == b'<blended_task xblock-family="xblock.v1"/>\n'
        assert parsed(b"<blended_task/>").points == 10

    @given(stages=some.lists(STAGES, max_size=4, unique_by=lambda stage: stage.id), intro=WORDS)
    @settings(max_examples=60, deadline=None)
    def test_any_stages(self, stages, intro):
        stored = [blended_stages.to_stored(stage) for stage in stages]
        copy = parsed(exported(block_of(stages=stored, intro=intro)))
        assert (copy.stages, copy.intro) == (stored, intro)

    def test_it_can_be_read_by_people(self):
        text = exported(block_of(**FILLED)).decode()
        assert '<stage id="s1" kind="read" title="Prepare: “read” &amp; &lt;watch&gt;" weight="40">' in text.replace(
            "&#8220;", "“"
        ).replace("&#8221;", "”")
        assert '<opens anchor="session_start" days="-7"/>' in text
        assert "<unit>u1</unit>" in text
        assert "position_min" not in text

    def test_nothing_of_a_learner_is_exported(self):
        block = block_of(**FILLED, drafts={"s4": {"report": {"text": "secret", "at": "2026"}}})
        assert b"secret" not in exported(block)
        assert "secret" not in str(block.student_view_data()) + str(block.index_dictionary())

    def test_an_introduction_may_be_an_attribute(self):
        assert parsed(b'<blended_task intro="Hello"/>').intro == "Hello"


class TestByHand:
    """A course that was written by hand may hold anything: what cannot be read is left at its default."""

    @pytest.mark.parametrize(
        "stage",
        [
            "<stage/>",
            '<stage id="s1"/>',
            '<stage id="s1" kind="dance"/>',
            '<stage id="" kind="read"/>',
            '<stage id="s 1" kind="read"/>',
            '<stage id="é" kind="read"/>',
            '<stage id="../x" kind="read"/>',
        ],
    )
    def test_what_is_no_stage_is_left_out(self, stage):
        block = parsed(f'<blended_task>{stage}<stage id="good" kind="read"/></blended_task>')
        assert [each["id"] for each in block.stages] == ["good"]

    def test_the_first_of_two_stages_with_one_id_holds(self):
        block = parsed('<blended_task><stage id="a" kind="read"/><stage id="a" kind="attend"/></blended_task>')
        assert [each["kind"] for each in block.stages] == ["read"]

    @pytest.mark.parametrize(
        ("attributes", "inner", "name"),
        [
            ('weight="much"', "", "weight"),
            ('late="maybe"', "", "late"),
            ('needs_link="perhaps"', "", "needs_link"),
            ("", '<opens anchor="moon"/>', "opens"),
            ("", '<opens days="x"/>', "opens"),
            ("", '<due anchor="fixed" at="soon"/>', None),
            ("", '<due at="2026-01-01T00:00"/>', "due"),
            ("", "<unit/>", None),
        ],
    )
    def test_values_of_the_wrong_sort_are_defaults(self, attributes, inner, name):
        block = parsed(f'<blended_task><stage id="a" kind="read" {attributes}>{inner}</stage></blended_task>')
        (stage,) = block.blended_configuration().stages
        if name:
            assert getattr(stage, name) == getattr(StageConfigData(id="", kind=StageKind.READ), name)

    @pytest.mark.parametrize(
        "stages",
        [
            [None, 5, "x", [], {}],
            [{"id": ["a"], "kind": ["read"]}],
            [{"id": "a", "kind": {"x": 1}}],
            [{"id": "a", "kind": "read", "opens": "x", "due": [], "unit_ids": "abc", "weight": True}],
            [{"id": "a", "kind": "read", "opens": {"anchor": [], "at": 5, "days": None}}],
            [{"id": "a", "kind": "read", "title": None, "instructions": 5, "questions": [None, "Why?"]}],
        ],
    )
    def test_stored_stages_of_any_shape_are_read(self, stages):
        config = block_of(stages=stages).blended_configuration()
        assert isinstance(config, BlendedConfigData)
        assert BlendedConfigData.from_json(config.to_json()) == config

    def test_texts_and_numbers_that_are_nothing_are_defaults(self):
        config = block_of(**dict.fromkeys(("display_name", "intro", "points", "catch_up_days"), None))
        assert config.blended_configuration().title == "Blended task"
        assert config.max_score() == 0


class TestStatic:
    """What the platform collects at publish is the author's alone, and a copy has a session of its own."""

    def test_the_full_grade_needs_a_weight(self):
        assert block_of(**FILLED).max_score() == 12.5
        light = [{**stage, "weight": 0} for stage in FILLED["stages"]]
        assert block_of(**{**FILLED, "stages": light}).max_score() == 0

    def test_search_finds_the_authors_words(self):
        content = block_of(**FILLED).index_dictionary()["content"]
        assert "Two weeks." in content["intro"]
        assert "Both. one two" in content["stages"]
        assert "<" not in content["stages"].replace("<watch>", "")

    def test_apps_get_what_is_asked(self):
        data = block_of(**FILLED).student_view_data()
        assert data["title"] == "Giving feedback upwards"
        assert [stage["id"] for stage in data["stages"]] == ["s1", "s4"]

    def test_instructions_are_made_safe(self):
        stages = [{"id": "a", "kind": "read", "instructions": "<script>x()</script>[y](javascript:z)"}]
        (stage,) = block_of(stages=stages).blended_configuration().stages
        assert "<script" not in stage.instructions_html
        assert "javascript:" not in stage.instructions_html

    @pytest.mark.parametrize("method", ["studio_post_duplicate", "studio_post_paste"])
    def test_a_copy_has_a_class_session_of_its_own(self, method):
        class Store:
            updated = 0

            def update_item(self, block, user_id):
                self.updated += 1

        store, block = Store(), block_of(**FILLED)
        assert getattr(block, method)(store, None) is False
        assert (block.session_block, store.updated) == ("", 1)
        assert block.stages == FILLED["stages"]
