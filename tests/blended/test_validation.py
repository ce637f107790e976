"""What an author may ask: mistakes named by stage and field, and limits for what nobody checked."""

import math
from dataclasses import replace
from datetime import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext.blended.dates import resolve
from discussion_ext.blended.evaluation import evaluate
from discussion_ext.blended.limits import STAGE_LIMITS, TASK_LIMITS, limited
from discussion_ext.blended.validation import name_problem, validate
from discussion_ext.data import Anchor, BlendedConfigData, Late, MomentRule, StageConfigData, StageKind
from tests.blended.sample import (
    ATTEND,
    CONFIG,
    DAY,
    DECAY,
    DISCUSS,
    END,
    HOUR,
    LONG_AFTER,
    READ,
    REPORT,
    REVIEW,
    START,
    UNSEATED,
    facts,
    fixed,
    only,
    rule,
    seated,
    stage,
)


def problems(config, **known):
    with translation.override("en"):
        return validate(config, **known)


def blamed(config, **known):
    return [(found.stage_number, found.field) for found in problems(config, **known)]


def changed(stage_id, **asked):
    """Return the whole task with one stage changed."""
    stages = tuple(replace(each, **asked) if each.id == stage_id else each for each in CONFIG.stages)
    return replace(CONFIG, stages=stages)


def said(config, **known):
    (found,) = problems(config, **known)
    return found.summary, found.message


def test_a_sound_task_has_no_mistake():
    assert problems(CONFIG, unit_ids={"u1", "u2"}, session_blocks=set()) == []
    assert problems(replace(CONFIG, stages=tuple(replace(each, weight=0) for each in CONFIG.stages))) == []


@pytest.mark.parametrize(
    ("config", "summary", "message"),
    [
        (
            changed("s4", due=rule("session_end")),
            "Stage 4, due: falls together with its opening",
            "This is when it opens. Give learners at least one day.",
        ),
        (
            changed("s4", due=rule("session_start", 1)),
            "Stage 4, due: falls before its opening",
            "This can be before it opens. Choose a later date.",
        ),
        (
            changed("s2", opens=rule("session_start", -1), due=rule("session_start", hours=-23)),
            "Stage 2, due: falls too close to its opening",
            "When clocks change, this can be before it opens. Give learners some hours more.",
        ),
        (
            changed("s5", weight=0),
            "Stage 5, weight: all weights add up to 90 %, not 100 %",
            "10 % are left to give. Give them to a stage.",
        ),
        (
            changed("s1", weight=90),
            "Stage 5, weight: all weights add up to 180 %, not 100 %",
            "Give all weights together 100 %, or none of them any, and the task is not graded.",
        ),
        (
            changed("s1", unit_ids=()),
            "Stage 1, units: none is chosen",
            "Choose the units that learners complete.",
        ),
        (replace(CONFIG, points=101), "The task, points: it is out of range", "Choose a number from 0 to 100."),
    ],
)
def test_a_mistake_names_stage_and_field(config, summary, message):
    assert said(config) == (summary, message)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (replace(CONFIG, title=" "), [(0, "title")]),
        (replace(CONFIG, title="a" * 256), [(0, "title")]),
        (replace(CONFIG, intro="a" * 60_001), [(0, "intro")]),
        (replace(CONFIG, points=math.nan), [(0, "points")]),
        (replace(CONFIG, points=math.inf), [(0, "points")]),
        (replace(CONFIG, points=-1), [(0, "points")]),
        (replace(CONFIG, catch_up_days=91), [(0, "catch_up_days")]),
        (replace(CONFIG, stages=()), [(0, "stages")]),
        (changed("s1", title="a" * 256), [(1, "title")]),
        (changed("s1", instructions="a" * 20_001), [(1, "instructions")]),
        (changed("s1", weight=110), [(1, "weight")]),
        (changed("s1", unit_ids=tuple(f"u{number}" for number in range(51))), [(1, "unit_ids")]),
        (changed("s2", position_min=0), [(2, "position_min")]),
        (changed("s2", answers_wanted=21), [(2, "answers_wanted")]),
        (changed("s2", answer_min=5_001), [(2, "answer_min")]),
        (changed("s4", report_min=0), [(4, "report_min")]),
        (changed("s4", late_days=0), [(4, "late_days")]),
        (changed("s4", late_days=61), [(4, "late_days")]),
        (changed("s4", late_percent=0), [(4, "late_percent")]),
        (changed("s4", late_percent=101), [(4, "late_percent")]),
        (changed("s4", late=Late.CLOSED, late_percent=0, late_days=0), []),
        (changed("s4", late=Late.GRACE, late_percent=0), []),
        (changed("s5", reviews_wanted=0), [(5, "reviews_wanted")]),
        (changed("s5", review_min=0), [(5, "review_min")]),
        (changed("s5", questions=("a",) * 11), [(5, "questions")]),
        (changed("s5", questions=("a" * 501,)), [(5, "questions")]),
        (changed("s5", report_stage_id=""), [(5, "report_stage_id")]),
        (changed("s5", report_stage_id="gone"), [(5, "report_stage_id")]),
        (changed("s5", report_stage_id="s2"), [(5, "report_stage_id")]),
        (changed("s1", opens=MomentRule(anchor=Anchor.FIXED)), [(1, "opens")]),
        (changed("s1", due=fixed(START.replace(year=2201))), [(1, "due")]),
        (changed("s1", opens=rule("session_start", -366)), [(1, "opens")]),
        (changed("s1", due=rule("session_start", 0, 1_001)), [(1, "due")]),
        (changed("s1", due=rule("stage_due", 1, stage_id="gone")), [(1, "due")]),
        (changed("s4", due=rule("stage_due", 1, stage_id="gone")), [(4, "due"), (5, "opens"), (5, "due")]),
        (changed("s1", opens=MomentRule()), []),
        (changed("s1", due=MomentRule()), []),
        (changed("s4", opens=fixed(START), due=fixed(START)), [(4, "due")]),
        (changed("s4", opens=fixed(START), due=fixed(START + HOUR)), []),
        (changed("s4", opens=fixed(START)), []),  # it depends on the sitting
        (changed("s4", due=rule("stage_opens", 4, stage_id="s4")), []),
        (changed("s4", due=rule("stage_opens", -4, stage_id="s4")), [(4, "due")]),
    ],
)
def test_every_field_has_its_range(config, expected):
    assert blamed(config) == expected


def test_what_a_kind_does_not_ask_is_not_looked_at():
    assert blamed(changed("s1", report_min=0, answers_wanted=99, reviews_wanted=0)) == []


@pytest.mark.parametrize("stage_id", ["", "s 1", "s" * 33, "é"])
def test_an_id_that_cannot_be_used(stage_id):
    config = only(replace(READ, id=stage_id, weight=100))
    assert (0 if not stage_id else 1, "id") in blamed(config) or (1, "id") in blamed(config)


def test_an_id_twice():
    config = only(replace(READ, weight=50), replace(DISCUSS, id="s1", weight=50))
    assert [found.field for found in problems(config)] == ["id"]


def test_too_many_stages():
    config = only(*(replace(READ, id=f"s{number}", weight=0) for number in range(21)))
    assert blamed(config) == [(0, "stages")]


def test_attending_twice():
    twice = only(replace(ATTEND, weight=50), replace(ATTEND, id="s9", weight=50))
    assert said(twice) == (
        "Stage 2, kind: another stage asks to attend",
        "A task has one class session, and coming counts once. Remove this stage.",
    )


def test_reports_are_reviewed_in_one_stage():
    stages = (replace(REPORT, weight=50), replace(REVIEW, weight=50), replace(REVIEW, id="again", weight=0))
    assert blamed(only(*stages)) == [(3, "report_stage_id")]
    assert said(only(*stages)) == (
        "Stage 3, reports: another stage has it",
        "Another stage reviews these reports already. Choose others, or remove this stage.",
    )


def test_reviews_before_the_reports():
    stages = (replace(REVIEW, weight=50), replace(REPORT, weight=50))
    assert blamed(only(*stages)) == [(1, "report_stage_id")]
    assert blamed(only(*stages[::-1])) == []


def test_units_and_sessions_that_are_not_in_the_course():
    assert said(CONFIG, unit_ids={"u1"}) == (
        "Stage 1, units: not all are in the course",
        "1 unit is not in the course any more. Take it out, or choose another one.",
    )
    assert blamed(replace(CONFIG, session_block="b7"), session_blocks={"b7"}) == []
    assert blamed(replace(CONFIG, session_block="b7"), session_blocks={"b8"}) == [(0, "session_block")]
    assert blamed(replace(CONFIG, session_block="b7")) == []


def test_a_circle_names_its_stages():
    config = only(
        replace(READ, weight=100),
        stage("report", "s2", title="Apply", opens=rule("session_end"), due=rule("stage_due", 1, stage_id="s3")),
        stage("report", "s3", opens=rule("session_end"), due=rule("stage_due", 1, stage_id="s2")),
        stage("report", "s4", opens=rule("session_end"), due=rule("stage_due", 1, stage_id="s2")),
    )
    found = problems(config)
    assert [(each.stage_number, each.field) for each in found] == [(2, "due"), (3, "due"), (4, "due")]
    assert found[0].summary == "Stage 2, due: stages wait for each other"
    assert found[0].message == (
        "These stages wait for each other: stage 3; stage 2, “Apply”. Give one of them a date of its own."
    )


def test_a_date_that_the_other_stage_does_not_have():
    config = replace(changed("s4", due=MomentRule()), stages=(*changed("s4", due=MomentRule()).stages,))
    found = problems(config)
    assert [(each.stage_number, each.field) for each in found] == [(5, "opens"), (5, "due")]
    assert found[0].message == "stage 4 has no such date. Choose another one."


def test_mistakes_that_the_form_finds_are_named_alike():
    with translation.override("en"):
        found = name_problem(CONFIG, stage_id="s2", field="weight", summary="it is not a number", message="Write one.")
        assert (found.stage_number, found.summary) == (2, "Stage 2, weight: it is not a number")
        found = name_problem(CONFIG, stage_id="", field="points", summary="it is not a number", message="Write one.")
        assert (found.stage_number, found.summary) == (0, "The task, points: it is not a number")


def test_mistakes_come_in_the_order_of_the_form():
    config = replace(changed("s4", report_min=0, title="a" * 300), points=-1, title="")
    assert blamed(config) == [(0, "title"), (0, "points"), (4, "title"), (4, "report_min")]


# -- limits for what nobody checked ------------------------------------------------------------------------------------


def test_a_sound_task_is_left_as_it_is():
    assert limited(CONFIG) == CONFIG


@pytest.mark.parametrize("name", sorted(STAGE_LIMITS))
@pytest.mark.parametrize("value", [-(10**9), 10**9, math.nan, math.inf, None, "12"])
def test_numbers_go_to_the_nearer_limit(name, value):
    blank = StageConfigData(id="s1", kind=StageKind.REPORT)
    low, high = STAGE_LIMITS[name]
    expected = {-(10**9): low, 10**9: high, math.inf: high}.get(value, getattr(blank, name))
    assert getattr(limited(only(replace(blank, **{name: value}))).stages[0], name) == expected


@pytest.mark.parametrize(("name", "limits"), sorted(TASK_LIMITS.items()))
def test_numbers_of_the_task_go_to_the_nearer_limit(name, limits):
    values = [getattr(limited(replace(CONFIG, **{name: value})), name) for value in (-5, 10**6, math.nan)]
    assert values == [limits[0], limits[1], getattr(BlendedConfigData(), name)]


def test_texts_and_lists_are_cut():
    config = only(
        replace(REVIEW, title="a" * 999, instructions="a" * 99_999, questions=("a" * 999,) * 99),
        replace(READ, unit_ids=("u1", "u1", *(f"v{number}" for number in range(99)))),
        *(replace(READ, id=f"t{number}") for number in range(40)),
    )
    cut = limited(replace(config, title="a" * 999, intro="a" * 99_999))
    assert (len(cut.title), len(cut.intro), len(cut.stages)) == (255, 60_000, 20)
    assert (len(cut.stages[0].title), len(cut.stages[0].instructions), len(cut.stages[0].questions)) == (
        255,
        20_000,
        10,
    )
    assert len(cut.stages[0].questions[0]) == 500
    assert cut.stages[1].unit_ids[:2] == ("u1", "v0")
    assert len(cut.stages[1].unit_ids) == 50


def test_ids_that_cannot_be_told_apart_are_left_out():
    config = only(READ, replace(DISCUSS, id="s1"), replace(DISCUSS, id="s 2"), REPORT)
    assert [(each.id, each.kind) for each in limited(config).stages] == [("s1", "read"), ("s4", "report")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"opens": MomentRule(anchor=Anchor.FIXED)}, {"opens": MomentRule()}),
        ({"opens": rule("stage_due", stage_id="gone")}, {"opens": MomentRule()}),
        ({"due": rule("stage_due", stage_id="s4")}, {"due": MomentRule()}),
        ({"due": rule("session_end")}, {"due": MomentRule()}),
        ({"due": rule("session_end", 999)}, {"due": rule("session_end", 365)}),
        ({"opens": fixed(datetime(2026, 12, 1))}, {"opens": fixed(START.replace(day=1, hour=0))}),  # noqa: DTZ001
    ],
)
def test_dates_that_cannot_be_are_mended(asked, expected):
    mended = limited(only(replace(REPORT, **asked))).stages[0]
    assert {name: getattr(mended, name) for name in expected} == expected


def test_what_hangs_on_a_mended_date_is_mended_too():
    stages = limited(changed("s4", due=rule("session_end"))).stages
    assert [(each.opens, each.due) for each in stages[3:]] == [
        (rule("session_end"), MomentRule()),
        (MomentRule(), MomentRule()),
    ]


_numbers = st.integers(-(10**7), 10**7) | st.sampled_from([math.nan, math.inf, -math.inf])
_rules = st.builds(
    MomentRule,
    anchor=st.sampled_from(Anchor),
    days=_numbers,
    hours=_numbers,
    at=st.none() | st.datetimes(),
    stage_id=st.sampled_from(["s1", "s2", "s3", "gone", ""]),
)
_stages = st.builds(
    StageConfigData,
    id=st.sampled_from(["s1", "s2", "s3", "s 4", ""]),
    kind=st.sampled_from(StageKind),
    title=st.text(max_size=5),
    weight=_numbers,
    opens=_rules,
    due=_rules,
    late=st.sampled_from(Late),
    late_days=_numbers,
    late_percent=_numbers,
    unit_ids=st.lists(st.sampled_from(["u1", "u2"])).map(tuple),
    answers_wanted=_numbers,
    report_stage_id=st.sampled_from(["s1", "s2", ""]),
    reviews_wanted=_numbers,
)
_configs = st.builds(
    BlendedConfigData, title=st.text(max_size=3), points=_numbers, catch_up_days=_numbers,
    stages=st.lists(_stages, max_size=5).map(tuple),
)  # fmt: skip


@given(_configs)
def test_nothing_that_can_be_written_breaks_anything(config):
    assert all(found.summary and found.message for found in problems(config))
    sound = limited(config)
    assert limited(sound) == sound
    for sitting in (seated(), UNSEATED, None):
        known = facts(sitting, shift=DAY, joined_at=END)
        resolve(config=sound, facts=known)
        result = evaluate(config=sound, config_version=1, facts=known, now=LONG_AFTER)
        assert result.share is None or 0 <= result.share <= 1


def test_decay_of_the_sample_is_sound():
    assert blamed(changed("s1", **DECAY)) == []
