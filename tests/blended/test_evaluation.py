"""What a learner reached in a blended task, and what must hold whatever they do."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discussion_ext.blended.evaluation import evaluate, grade_of, phase_of
from discussion_ext.blended.verdicts import dump, load
from discussion_ext.data import BlendedResultData, MomentRule, StageEvidenceData
from tests.blended.sample import (
    ALL_DONE,
    ATTEND,
    BEFORE,
    CHEN,
    CLOSED,
    CONFIG,
    DAY,
    DECAY,
    DISCUSS,
    END,
    GRACE,
    HOUR,
    LONG_AFTER,
    ME,
    PRIYA,
    READ,
    REPORT,
    REVIEW,
    RUBEN,
    START,
    TICK,
    TOMAS,
    UNSEATED,
    WANJIRU,
    excused,
    extended,
    facts,
    failing,
    judge,
    marked,
    meeting,
    noted,
    only,
    post,
    rule,
    seated,
    stage,
    unit,
)

PRESENT = seated(attendance=noted())


def states(result):
    return {each.stage_id: (str(each.state), each.code, round(each.share, 4)) for each in result.stages}


def one(asked, pieces=(), *, now=LONG_AFTER, **known):
    """Return the result of a task of one stage."""
    return judge(only(asked), facts(pieces={asked.id: pieces}, **known), now).stages[0]


# -- the whole way -----------------------------------------------------------------------------------------------------


def test_nothing_done_yet():
    result = judge(CONFIG, facts(), START - 10 * DAY)
    assert states(result) == {
        "s1": ("open", "opens_later", 0),
        "s2": ("open", "opens_later", 0),
        "s3": ("open", "opens_later", 0),
        "s4": ("open", "opens_later", 0),
        "s5": ("open", "opens_later", 0),
    }
    assert (result.share, result.completion, result.is_finished, result.finished_at) == (0, 0, False, None)
    assert result.next_at == START - 7 * DAY


def test_everything_done():
    result = judge(CONFIG, facts(PRESENT, pieces=ALL_DONE), END + 17 * DAY)
    assert {state for state, _code, share in states(result).values() if share == 1} == {"met"}
    assert (result.share, result.completion, result.is_finished) == (1, 1, True)
    assert result.finished_at == END + 16 * DAY
    assert result.next_at is None
    assert (result.config_version, result.evaluated_at) == (3, END + 17 * DAY)
    assert grade_of(result, CONFIG) == 10


def test_nothing_done_at_all():
    result = judge(CONFIG, facts(), LONG_AFTER)
    assert {code for _state, code, _share in states(result).values()} == {"missed"}
    assert (result.share, result.next_at, result.is_finished) == (0, None, False)


def test_weights_make_the_grade():
    result = judge(CONFIG, facts(PRESENT, pieces={"s1": [unit("u1", BEFORE)]}), LONG_AFTER)
    assert result.share == pytest.approx(0.25 + 0.10 / 2)
    assert grade_of(result, CONFIG) == 3
    assert result.completion == 0.2


def test_a_task_without_weights_is_not_graded():
    config = only(replace(READ, weight=0))
    result = judge(config, facts(pieces={"s1": ALL_DONE["s1"]}), LONG_AFTER)
    assert (result.share, grade_of(result, config), result.is_finished, result.completion) == (None, None, True, 1)


def test_a_task_without_stages_is_never_finished():
    result = judge(only(), facts(), LONG_AFTER)
    assert (result.share, result.is_finished, result.completion, result.next_at) == (None, False, 0, None)


@pytest.mark.parametrize(
    ("share", "points", "grade"),
    [(1 / 3, 10, 3.33), (2 / 3, 10, 6.67), (0.885, 1, 0.89), (1 / 3, 0.015, 0.01), (1.0, 7.25, 7.25), (None, 10, None)],
)
def test_a_grade_is_rounded_once_half_up(share, points, grade):
    result = BlendedResultData(
        stages=(), dates=(), share=share, is_finished=False, completion=0, config_version=1, evaluated_at=START
    )
    assert grade_of(result, only(READ, points=points)) == grade


def test_shares_are_added_before_they_are_rounded():
    thirds = tuple(
        stage("read", f"s{number}", weight, unit_ids=("u1", "u2", "u3")) for number, weight in ((1, 50), (2, 50))
    )
    known = facts(
        pieces={"s1": [unit("u1", BEFORE)], "s2": [unit("u1", BEFORE), unit("u2", BEFORE)]},
        known_units=("u1", "u2", "u3"),
    )
    result = judge(only(*thirds), known, BEFORE)
    assert (result.share, grade_of(result, only(*thirds))) == (0.5, 5)


# -- reading -----------------------------------------------------------------------------------------------------------


def test_each_unit_is_a_part():
    result = one(READ, [unit("u1", BEFORE)], now=BEFORE)
    assert (result.state, result.share, result.facts["done"], result.facts["wanted"]) == ("open", 0.5, 1, 2)
    assert [(str(item.state), item.facts["key"]) for item in result.items] == [("met", "u1"), ("open", "u2")]


def test_a_unit_read_twice_counts_once_and_from_the_first_time():
    result = one(READ, [unit("u1", BEFORE), unit("u1", LONG_AFTER), unit("u2", BEFORE)])
    assert (result.share, result.met_at) == (1, BEFORE)


def test_units_read_before_the_stage_opens_count():
    assert one(READ, [unit("u1", START - 300 * DAY), unit("u2", START - 300 * DAY)]).share == 1


def test_units_that_are_not_asked_do_not_count():
    assert one(READ, [unit("u9", BEFORE)]).share == 0


def test_units_that_left_the_course_are_not_asked_unless_they_were_read():
    assert one(READ, [unit("u1", BEFORE)], known_units=("u1",)).share == 1
    assert one(READ, [unit("u1", BEFORE)], known_units=("u2",)).share == 0.5
    gone = one(READ, known_units=())
    assert (gone.state, gone.code) == ("impossible", "no_units")


# -- discussing --------------------------------------------------------------------------------------------------------

POSITION = post("position", 1, BEFORE)
TO_PRIYA = post("answer", 2, BEFORE + HOUR, to=PRIYA)
TO_TOMAS = post("answer", 3, BEFORE + 2 * HOUR, to=TOMAS)


@pytest.mark.parametrize(
    ("pieces", "share"),
    [
        ([], 0),
        ([POSITION], 0.5),
        ([TO_PRIYA], 0.25),
        ([POSITION, TO_PRIYA], 0.75),
        ([POSITION, TO_PRIYA, TO_TOMAS], 1),
        ([POSITION, TO_PRIYA, post("answer", 4, BEFORE, to=PRIYA)], 0.75),
        ([POSITION, failing("answer", 2, BEFORE, to=PRIYA), TO_TOMAS], 0.75),
        ([POSITION, TO_PRIYA, TO_TOMAS, post("answer", 4, BEFORE, to=CHEN)], 1),
        ([failing("position", 1, BEFORE), post("position", 9, BEFORE)], 0.5),
    ],
)
def test_the_position_is_half_and_answers_to_different_people_are_the_other(pieces, share):
    assert one(DISCUSS, pieces, others=5).share == share


def test_a_position_alone_can_be_asked():
    result = one(replace(DISCUSS, answers_wanted=0), [POSITION], others=0)
    assert (result.state, result.share) == ("met", 1)


def test_it_is_done_with_the_last_answer_asked_for():
    later = post("answer", 4, BEFORE + 5 * HOUR, to=CHEN)
    result = one(DISCUSS, [later, TO_TOMAS, POSITION, TO_PRIYA], others=5)
    assert result.met_at == TO_TOMAS.at


def test_who_waits_for_classmates():
    result = one(DISCUSS, [POSITION, TO_PRIYA], others=1, now=BEFORE + 3 * HOUR)
    assert (result.state, result.code, result.share) == ("waiting", "waiting", 0.75)
    closed = one(DISCUSS, [POSITION, TO_PRIYA], others=1)
    assert (closed.state, closed.code, closed.share) == ("met", "counts", 1)
    assert [str(item.state) for item in closed.items] == ["met", "met", "impossible"]


def test_what_was_reachable_and_left_undone_is_not_left_out():
    closed = one(DISCUSS, [POSITION], others=1)
    assert (closed.state, closed.code, round(closed.share, 4)) == ("not", "part", 0.6667)
    assert one(DISCUSS, [POSITION], others=0).share == 1


def test_answers_count_though_their_people_left():
    assert one(DISCUSS, [POSITION, TO_PRIYA, TO_TOMAS], others=0).share == 1
    assert one(DISCUSS, [TO_PRIYA, TO_TOMAS], others=0).share == 0.5
    reviewed = one(
        replace(REVIEW, opens=MomentRule(), due=rule("session_end")), [post("review", 5, END, to=PRIYA)], others=0
    )
    assert (reviewed.state, reviewed.share) == ("met", 1)


def test_nobody_waits_for_classmates_before_a_stage_opens():
    result = one(DISCUSS, others=0, now=START - 8 * DAY)
    assert (result.state, result.code) == ("open", "opens_later")
    review = judge(CONFIG, facts(others=0), START).find_stage("s5")
    assert (review.state, review.code, review.items) == ("open", "opens_later", ())


def test_the_latest_wording_of_a_post_is_judged():
    result = one(DISCUSS, [POSITION, failing("position", 1, BEFORE + HOUR)], others=0)
    assert (result.share, result.items[0].code) == (0, "too_short")


# -- reporting back ----------------------------------------------------------------------------------------------------


def test_a_report_counts_as_a_whole_or_not_at_all():
    assert one(REPORT, [post("report", 4, END + DAY)]).share == 1
    short = one(REPORT, [failing("report", 4, END + DAY, facts={"words": 20})], now=END + 2 * DAY)
    assert (short.state, short.code, short.share, short.facts["words"]) == ("open", "too_short", 0, 20)
    assert one(REPORT, [failing("report", 4, END + DAY)]).state == "not"


def test_a_report_can_need_a_link():
    linked = replace(REPORT, needs_link=True)
    assert one(linked, [post("report", 4, END + DAY, facts={"has_link": True})]).share == 1
    without = one(linked, [post("report", 4, END + DAY, facts={"has_link": False})])
    assert (without.share, without.code) == (0, "no_link")


# -- reviewing ---------------------------------------------------------------------------------------------------------


def test_reviews_count_by_person():
    due = END + 18 * DAY
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18))
    assert one(asked, [post("review", 5, due, to=PRIYA)]).share == 0.5
    assert one(asked, [post("review", 5, due, to=PRIYA), post("review", 6, due, to=PRIYA)]).share == 0.5
    assert one(asked, [post("review", 5, due, to=PRIYA), post("review", 6, due, to=TOMAS)]).share == 1


@pytest.mark.parametrize(
    ("others", "then", "afterwards"), [(0, "waiting", "impossible"), (1, "open", "not"), (2, "open", "not")]
)
def test_reports_that_nobody_wrote_cannot_be_reviewed(others, then, afterwards):
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18))
    assert one(asked, others=others, now=END).state == then
    assert one(asked, others=others).state == afterwards


def test_fewer_reports_than_asked_leave_the_others_out():
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18))
    result = one(asked, [post("review", 5, END, to=PRIYA)], others=1)
    assert (result.state, result.share, result.facts["possible"]) == ("met", 1, 1)


# -- attending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["code", "scan", "roll", "import", "correction"])
def test_being_in_the_class_counts_whenever_it_was_noted(source):
    late = noted("present", source, at=LONG_AFTER)
    result = one(ATTEND, sitting=seated(attendance=late), now=LONG_AFTER + DAY)
    assert (result.state, result.code, result.share, result.met_at) == ("met", "present", 1, LONG_AFTER)


def test_a_recording_counts_at_the_moment_it_was_seen():
    lenient = replace(ATTEND, **DECAY)

    def seen(at, asked=lenient):
        return one(asked, sitting=seated(attendance=noted("present", "replay", at=at)))

    assert (seen(END).state, seen(END).code, seen(END).share) == ("met", "replay", 1)
    assert (seen(END + DAY).share, seen(END + DAY).late_by) == (0.8, DAY)
    too_late = seen(END + TICK, replace(ATTEND, **CLOSED))
    assert (too_late.state, too_late.code, too_late.share) == ("not", "too_late", 0)


@pytest.mark.parametrize(
    ("now", "can_replay", "state", "code"),
    [
        (START - DAY, False, "open", "opens_later"),
        (START, False, "open", "open"),
        (END, False, "open", "open"),
        (END + TICK, False, "waiting", "not_noted"),
        (END + 2 * DAY, False, "waiting", "not_noted"),
        (END + 2 * DAY + TICK, False, "not", "missed"),
        (END, True, "open", "open"),
        (END + DAY, True, "open", "replay_left"),
        (END + 3 * DAY, True, "open", "replay_left"),
        (END + 3 * DAY + TICK, True, "not", "missed"),
    ],
)
def test_while_nothing_is_noted(now, can_replay, state, code):
    result = one(replace(ATTEND, **DECAY), sitting=seated(can_replay=can_replay), now=now)
    assert (str(result.state), result.code, result.share) == (state, code, 0)


def test_absent_is_not_met_unless_a_recording_is_left():
    absent = seated(attendance=noted("absent", "roll"))
    assert (one(ATTEND, sitting=absent, now=END + HOUR).state, one(ATTEND, sitting=absent).code) == ("not", "absent")
    with_replay = replace(absent, can_replay=True)
    assert one(replace(ATTEND, **GRACE), sitting=with_replay, now=END + HOUR).code == "replay_left"
    assert one(replace(ATTEND, **GRACE), sitting=with_replay).code == "absent"


def test_a_correction_turns_absent_into_present():
    corrected = noted("present", "correction", recorded_by=WANJIRU, corrected_from="absent", reason="was in the room")
    result = one(ATTEND, sitting=seated(attendance=corrected))
    assert (result.state, result.share, result.facts["corrected_from"]) == ("met", 1, "absent")


def test_excused_from_class_weighs_nothing():
    result = judge(CONFIG, facts(seated(attendance=noted("excused", "roll")), pieces=ALL_DONE), LONG_AFTER)
    assert (result.find_stage("s3").state, result.find_stage("s3").code) == ("impossible", "excused")
    assert (result.share, result.is_finished) == (1, True)


def test_a_cancelled_session_weighs_nothing_and_stops_nothing():
    cancelled = seated(meeting(is_cancelled=True, cancel_reason="storm"))
    result = judge(CONFIG, facts(cancelled, pieces=ALL_DONE), LONG_AFTER)
    assert (result.find_stage("s3").state, result.find_stage("s3").code) == ("impossible", "cancelled")
    assert (result.share, result.is_finished, result.find_stage("s4").share) == (1, True, 1)


def test_who_came_though_it_was_cancelled_was_there():
    assert one(ATTEND, sitting=seated(meeting(is_cancelled=True), attendance=noted())).share == 1


def test_without_a_sitting_a_task_waits():
    result = judge(CONFIG, facts(UNSEATED), LONG_AFTER)
    assert states(result) == {
        "s1": ("open", "open", 0),
        "s2": ("open", "open", 0),
        "s3": ("open", "no_sitting", 0),
        "s4": ("open", "no_sitting", 0),
        "s5": ("open", "no_sitting", 0),
    }
    assert result.next_at is None


# -- late --------------------------------------------------------------------------------------------------------------

DUE = END + 14 * DAY


@pytest.mark.parametrize(
    ("policy", "late_by", "share"),
    [
        (CLOSED, 0 * DAY, 1),
        (CLOSED, TICK, 0),
        (GRACE, TICK, 1),
        (GRACE, 2 * DAY, 1),
        (GRACE, 2 * DAY + TICK, 0),
        (DECAY, 0 * DAY, 1),
        (DECAY, TICK, 0.8),
        (DECAY, DAY, 0.8),
        (DECAY, DAY + TICK, 0.6),
        (DECAY, 2 * DAY, 0.6),
        (DECAY, 3 * DAY, 0.4),
        (DECAY, 3 * DAY + TICK, 0),
        (DECAY | {"late_percent": 50}, 3 * DAY, 0),
        (DECAY | {"late_percent": 100}, TICK, 0),
    ],
)
def test_the_late_policy_at_its_boundaries(policy, late_by, share):
    result = one(replace(REPORT, **policy), [post("report", 4, DUE + late_by)])
    assert result.share == share
    is_taken = late_by <= policy["late_days"] * DAY
    assert result.state == ("met" if is_taken else "not")
    assert result.code == ("too_late" if not is_taken else "late" if late_by else "counts")
    if is_taken:
        assert result.late_by == (late_by or None)


def test_each_part_is_late_by_itself():
    result = one(replace(READ, **DECAY), [unit("u1", START), unit("u2", START + 30 * HOUR)])
    assert (result.share, result.code, result.late_by, result.met_at) == (0.8, "late", 30 * HOUR, START + 30 * HOUR)


LATE = START - DAY + HOUR  # an hour after the discussion was due


@pytest.mark.parametrize(
    ("pieces", "share"),
    [
        ([post("answer", 2, LATE, to=PRIYA), post("answer", 3, LATE, to=TOMAS)], 0),
        ([POSITION, post("answer", 2, LATE, to=PRIYA), post("answer", 3, LATE, to=TOMAS)], 1),
        ([TO_PRIYA, post("answer", 3, LATE, to=TOMAS)], 0.5),
        ([post("position", 1, LATE), post("answer", 2, LATE, to=PRIYA)], 0.5),
        ([post("position", 1, LATE), TO_PRIYA, post("answer", 3, LATE, to=TOMAS)], 1),
    ],
)
def test_late_answers_bring_at_most_what_was_earned_in_time(pieces, share):
    assert one(replace(DISCUSS, **GRACE), pieces, others=5).share == share


def test_late_reviews_bring_at_most_what_was_earned_in_time():
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end"), reviews_wanted=3, **GRACE)
    late = [post("review", 5, END + HOUR, to=PRIYA), post("review", 6, END + HOUR, to=TOMAS)]
    capped = one(asked, late, others=5)
    assert (capped.share, capped.facts["is_capped"]) == (0, True)
    result = one(asked, [*late, post("review", 7, END, to=CHEN)], others=5)
    assert round(result.share, 4) == 0.6667


def test_what_was_done_before_a_moved_opening_still_counts():
    moved = facts(seated(meeting(START + 20 * DAY)), pieces={"s2": ALL_DONE["s2"]}, others=5)
    assert judge(only(DISCUSS), moved, LONG_AFTER).stages[0].share == 1


# -- decisions of the team, and starting over --------------------------------------------------------------------------


def test_an_extension_makes_a_late_report_one_in_time():
    late = [post("report", 4, DUE + 2 * DAY)]
    assert one(REPORT, late).share == 0.6
    assert one(REPORT, late, decisions=[extended("s4", DUE + 2 * DAY)]).share == 1


def test_an_excuse_weighs_nothing():
    result = judge(only(READ, REPORT), facts(decisions=[excused("s4", reason="ill", actor_id=RUBEN)]), LONG_AFTER)
    assert (result.find_stage("s4").state, result.find_stage("s4").code) == ("impossible", "excused")
    assert result.find_stage("s4").facts["reason"] == "ill"
    assert (result.share, result.completion) == (0, 0)
    result = judge(only(READ, REPORT), facts(pieces=ALL_DONE, decisions=[excused("s1")]), LONG_AFTER)
    assert (result.share, result.is_finished) == (1, True)


def test_excused_from_everything_is_finished_without_a_grade():
    decided = excused("s4", at=START)
    result = judge(only(REPORT), facts(decisions=[decided]), LONG_AFTER)
    assert (result.share, result.is_finished, result.completion, result.finished_at) == (None, True, 1, START)


@pytest.mark.parametrize(("share", "state"), [(0, "not"), (0.4, "met"), (1, "met")])
@pytest.mark.parametrize("pieces", [[], [post("report", 4, END + DAY)]])
def test_a_mark_stands_whatever_the_evidence_says(share, state, pieces):
    result = one(REPORT, pieces, decisions=[marked("s4", share, at=END + 5 * DAY, reason="seen on site")])
    assert (result.state, result.code, result.share) == (state, "marked", share)
    assert result.facts["share_before"] == float(bool(pieces))
    assert result.met_at == (END + 5 * DAY if share else None)


def test_a_mark_is_kept_within_its_range():
    assert [one(REPORT, decisions=[marked("s4", share)]).share for share in (-1, 2)] == [0, 1]


def test_the_latest_decision_holds():
    decisions = [excused("s4", number=1), marked("s4", 0.5, number=2)]
    assert one(REPORT, decisions=decisions).code == "marked"
    assert one(REPORT, decisions=decisions[::-1]).code == "marked"
    assert one(REPORT, decisions=[excused("s4", number=3), *decisions]).code == "excused"
    assert one(REPORT, decisions=[marked("s1", 1)]).code == "missed"


def test_a_reset_takes_back_what_can_be_done_again():
    reset_at = END + 30 * DAY
    result = judge(CONFIG, facts(PRESENT, pieces=ALL_DONE, ignore_before=reset_at), LONG_AFTER)
    assert {each.stage_id: each.share for each in result.stages} == {"s1": 1, "s2": 0, "s3": 1, "s4": 0, "s5": 0}
    asked = replace(REPORT, due=MomentRule())
    assert one(asked, [post("report", 4, reset_at)], ignore_before=reset_at).share == 0
    assert one(asked, [post("report", 4, reset_at + TICK)], ignore_before=reset_at).share == 1


# -- what comes next ---------------------------------------------------------------------------------------------------


def _walk(config, known, now):
    moments = []
    while (now := judge(config, known, now).next_at) is not None:
        moments.append(now)
    return moments


def test_the_next_looks_at_a_report():
    assert _walk(only(REPORT), facts(), START) == [
        END,
        DUE - 2 * DAY,
        DUE - DAY,
        DUE + TICK,
        DUE + DAY + TICK,
        DUE + 2 * DAY + TICK,
        DUE + 3 * DAY + TICK,
    ]


def test_the_next_looks_at_attending():
    assert _walk(only(ATTEND), facts(), START - 3 * DAY) == [
        START - 2 * DAY,
        START - DAY,
        START - HOUR / 4,
        START,
        END + TICK,
        END + 2 * DAY + TICK,
    ]


@pytest.mark.parametrize(
    "known",
    [
        facts(pieces={"s4": [post("report", 4, END)]}),
        facts(decisions=[excused("s4")]),
        facts(decisions=[marked("s4", 0.2)]),
    ],
)
def test_nobody_is_looked_at_for_what_is_settled(known):
    assert judge(only(REPORT), known, END).next_at is None


def test_a_boundary_is_still_in_time():
    assert judge(only(REPORT), facts(), DUE + 3 * DAY).stages[0].state == "open"
    assert judge(only(REPORT), facts(), DUE + 3 * DAY + TICK).stages[0].state == "not"
    assert judge(only(REPORT), facts(), END).stages[0].code == "open"
    assert judge(only(REPORT), facts(), END - TICK).stages[0].code == "opens_later"
    assert judge(only(REPORT), facts(), DUE).stages[0].code == "open"
    assert judge(only(REPORT), facts(), DUE + TICK).stages[0].code == "overdue"


@pytest.mark.parametrize(
    ("now", "known", "phase"),
    [
        (START, facts(), "locked"),
        (START, facts(UNSEATED), "locked"),
        (END, facts(), "open"),
        (DUE + HOUR, facts(), "late"),
        (LONG_AFTER, facts(), "closed"),
        (END, facts(pieces={"s4": ALL_DONE["s4"]}), "done"),
        (END, facts(decisions=[excused("s4")]), "void"),
        (END, facts(decisions=[marked("s4", 0)]), "closed"),
    ],
)
def test_phases_of_the_timeline(now, known, phase):
    result = judge(only(REPORT), known, now)
    assert phase_of(result.stages[0], result.dates[0], now) == phase


def test_a_class_that_nobody_noted_yet_is_closed_on_the_timeline():
    result = judge(only(ATTEND), facts(), END + HOUR)
    assert (result.stages[0].state, phase_of(result.stages[0], result.dates[0], END + HOUR)) == ("waiting", "closed")


def test_how_late_something_was_is_kept_exactly():
    late_by = 2 * HOUR + TICK
    result = judge(only(REPORT), facts(pieces={"s4": [post("report", 4, DUE + late_by)]}), LONG_AFTER)
    assert load(json.loads(json.dumps(dump(result)))).stages[0].late_by == late_by


def test_finished_is_not_before_the_impossible_is_known():
    asked = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18))
    result = judge(only(asked), facts(pieces={"s5": [post("review", 5, END, to=PRIYA)]}, others=1), LONG_AFTER)
    assert (result.is_finished, result.finished_at) == (True, END + 18 * DAY)


# -- whatever a learner does -------------------------------------------------------------------------------------------

_moments = st.integers(-20 * 24, 45 * 24).map(lambda hours: START + hours * HOUR)
_targets = st.sampled_from([PRIYA, TOMAS, CHEN])
_counting = st.booleans()


def _posts(kind, base):
    targets = _targets if kind in ("answer", "review") else st.none()
    made = st.tuples(st.integers(0, 5), _moments, targets, _counting)
    return made.map(lambda m: post(kind, base + m[0], m[1], to=m[2], does_count=m[3], code="" if m[3] else "too_short"))


_units = st.tuples(st.sampled_from(["u1", "u2", "u9"]), _moments).map(lambda made: unit(*made))
_evidence = st.fixed_dictionaries(
    {
        "s1": st.lists(_units, max_size=4),
        "s2": st.lists(_posts("position", 100) | _posts("answer", 200), max_size=6),
        "s4": st.lists(_posts("report", 300), max_size=3),
        "s5": st.lists(_posts("review", 400), max_size=4),
    }
)
_policies = st.sampled_from([CLOSED, GRACE, DECAY, DECAY | {"late_percent": 60}])
_configs = st.tuples(*[_policies] * 4).map(
    lambda found: replace(
        CONFIG,
        stages=tuple(
            replace(each, **policy) for each, policy in zip((READ, DISCUSS, REPORT, REVIEW), found, strict=True)
        ),
    )
)
_others = st.integers(0, 4)


def _once(pieces):
    """Return pieces of which no post is there in two wordings."""
    kept = {}
    for piece in pieces:
        kept.setdefault(piece.contribution_id or (piece.key, piece.at), piece)
    return list(kept.values())


def _shares(result):
    return [each.share for each in result.stages]


@given(_configs, _evidence, _others, _moments, st.integers(0, 99))
def test_order_and_repetition_change_nothing(config, pieces, others, now, seed):
    shuffled = {}
    for each, found in pieces.items():
        shuffled[each] = [*found, *found[:2]]
        random.Random(seed).shuffle(shuffled[each])  # noqa: S311
    plain, mixed = (judge(config, facts(pieces=some, others=others), now) for some in (pieces, shuffled))
    assert _shares(plain) == _shares(mixed)
    assert (plain.share, plain.next_at, plain.finished_at) == (mixed.share, mixed.next_at, mixed.finished_at)
    assert [(each.state, each.code, each.met_at) for each in plain.stages] == [
        (each.state, each.code, each.met_at) for each in mixed.stages
    ]


@given(_configs, _evidence, _others, _moments)
def test_results_are_kept_as_json_and_within_their_range(config, pieces, others, now):
    result = judge(config, facts(pieces=pieces, others=others), now)
    assert load(json.loads(json.dumps(dump(result)))) == result
    assert all(0 <= each.share <= 1 for each in result.stages)
    assert result.share is None or 0 <= result.share <= 1
    assert 0 <= result.completion <= 1
    assert result.next_at is None or result.next_at > now
    assert result == judge(config, facts(pieces=pieces, others=others), now)


@settings(max_examples=300)
@given(_configs, _evidence, _others, _moments, st.data())
def test_doing_more_never_lowers_and_withdrawing_never_raises(config, pieces, others, now, data):
    pieces = {each: _once(found) for each, found in pieces.items()}
    each = data.draw(st.sampled_from([key for key, found in pieces.items() if found] or ["s1"]))
    before = judge(config, facts(pieces=pieces, others=others), now)
    if not pieces[each]:
        return
    gone = data.draw(st.sampled_from(pieces[each]))
    without = {**pieces, each: [piece for piece in pieces[each] if piece is not gone]}
    withdrawn = {**pieces, each: [*without[each], replace(gone, does_count=False, code="withdrawn")]}
    for fewer in (without, withdrawn):
        after = judge(config, facts(pieces=fewer, others=others), now)
        assert all(less <= more for less, more in zip(_shares(after), _shares(before), strict=True))


@given(_configs, _evidence, _others, _moments, st.sampled_from(["s1", "s2", "s4", "s5"]), st.integers(-30, 400))
def test_an_extension_never_lowers(config, pieces, others, now, stage_id, hours):
    decided = facts(pieces=pieces, others=others, decisions=[extended(stage_id, DUE + hours * HOUR)])
    plain, extended_result = (
        judge(config, facts(pieces=pieces, others=others), LONG_AFTER),
        judge(config, decided, LONG_AFTER),
    )
    assert all(less <= more for less, more in zip(_shares(plain), _shares(extended_result), strict=True))


@given(_configs, _evidence, _others, st.integers(0, 400))
def test_more_time_for_one_learner_never_lowers(config, pieces, others, hours):
    plain = judge(config, facts(pieces=pieces, others=others), LONG_AFTER)
    shifted = judge(config, facts(pieces=pieces, others=others, shift=hours * HOUR), LONG_AFTER + 400 * HOUR)
    assert all(less <= more for less, more in zip(_shares(plain), _shares(shifted), strict=True))


@given(_configs, _evidence, _others, _moments, st.integers(-500, 500))
def test_the_same_deeds_around_another_sitting_are_worth_the_same(config, pieces, others, now, hours):
    delta = hours * HOUR
    moved = {each: [replace(piece, at=piece.at + delta) for piece in found] for each, found in pieces.items()}
    here = judge(config, facts(pieces=pieces, others=others), now)
    there = judge(config, facts(seated(meeting(START + delta)), pieces=moved, others=others), now + delta)
    assert _shares(here) == _shares(there)
    assert [each.code for each in here.stages] == [each.code for each in there.stages]


@given(_configs, _evidence, _others, _moments, _moments)
def test_time_alone_never_lowers(config, pieces, others, one_moment, another):
    first, second = sorted([one_moment, another])
    made = {each: [piece for piece in found if piece.at <= first] for each, found in pieces.items()}
    known = facts(pieces=made, others=others)
    assert all(
        less <= more
        for less, more in zip(_shares(judge(config, known, first)), _shares(judge(config, known, second)), strict=True)
    )


def _picture(result):
    return [
        (each.state, each.code, each.share, [(item.state, item.code) for item in each.items]) for each in result.stages
    ]


@given(_configs, _evidence, _others, _moments, st.floats(0.001, 0.999))
def test_nothing_changes_before_the_next_look(config, pieces, others, now, part):
    made = {each: [piece for piece in found if piece.at <= now] for each, found in pieces.items()}
    known = facts(pieces=made, others=others)
    result = judge(config, known, now)
    until = result.next_at or now + 100 * DAY
    between = min(now + (until - now) * part, until - TICK)
    assert _picture(judge(config, known, between)) == _picture(result)


def test_evidence_of_unknown_stages_is_nobodys():
    known = replace(facts(), evidence={"gone": StageEvidenceData(pieces=[post("report", 4, END)])})
    assert evaluate(config=only(REPORT), config_version=1, facts=known, now=LONG_AFTER).share == 0
    assert known.user_id == ME
