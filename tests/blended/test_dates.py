"""When stages open, are due and close for one learner."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext.blended.dates import follow, late_moments, least_time, resolve
from discussion_ext.data import Anchor, MomentRule
from tests.blended.sample import (
    AMSTERDAM,
    CLOSED,
    CONFIG,
    DAY,
    DECAY,
    DISCUSS,
    END,
    GRACE,
    HOUR,
    READ,
    REPORT,
    REVIEW,
    START,
    TICK,
    UNSEATED,
    excused,
    extended,
    facts,
    fixed,
    meeting,
    only,
    rule,
    seated,
    stage,
)


def dates_of(config, known):
    return {found.stage_id: found for found in resolve(config=config, facts=known)}


def one(known=None, **asked):
    """Return the dates of a single report stage."""
    return dates_of(only(stage("report", "s4", **(CLOSED | asked))), known or facts())["s4"]


def local(*parts, zone=AMSTERDAM, fold=0):
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


# -- rules and the learner's sitting -----------------------------------------------------------------------------------


def test_stages_follow_the_sitting():
    found = dates_of(CONFIG, facts())
    assert (found["s1"].opens_at, found["s1"].due_at) == (START - 7 * DAY, START)
    assert (found["s2"].opens_at, found["s2"].due_at) == (START - 7 * DAY, START - DAY)
    assert (found["s3"].opens_at, found["s3"].due_at) == (START, END)
    assert (found["s4"].opens_at, found["s4"].due_at, found["s4"].closes_at) == (END, END + 14 * DAY, END + 17 * DAY)
    assert (found["s5"].opens_at, found["s5"].due_at) == (END + 14 * DAY, END + 18 * DAY)
    assert not any(each.is_unknown or each.is_locked or each.moved_by for each in found.values())


def test_stages_move_with_the_sitting():
    later = seated(meeting(START + 5 * DAY))
    before, after = dates_of(CONFIG, facts()), dates_of(CONFIG, facts(later))
    assert {after[key].due_at - before[key].due_at for key in before} == {5 * DAY}
    assert {after[key].opens_at - before[key].opens_at for key in before} == {5 * DAY}


SPRING = local(2026, 3, 31, 19, 0)  # clocks went forward on 29 March
AUTUMN = local(2026, 10, 27, 19, 0)  # clocks went back on 25 October


@pytest.mark.parametrize(
    ("starts_at", "days", "hours", "expected"),
    [
        (SPRING, -7, 0, local(2026, 3, 24, 19, 0)),
        (SPRING, 0, -7 * 24, local(2026, 3, 24, 18, 0)),
        (AUTUMN, -7, 0, local(2026, 10, 20, 19, 0)),
        (AUTUMN, 0, -7 * 24, local(2026, 10, 20, 20, 0)),
        (AUTUMN, -7, -24, local(2026, 10, 19, 19, 0)),
        (local(2026, 3, 24, 19, 0), 7, 0, SPRING),
        (local(2026, 10, 20, 19, 0), 7, 0, AUTUMN),
    ],
)
def test_days_are_of_the_wall_clock_and_hours_are_real(starts_at, days, hours, expected):
    known = facts(seated(meeting(starts_at, zone=AMSTERDAM)))
    assert one(known, opens=rule("session_start", days, hours), due=MomentRule()).opens_at == expected


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (local(2026, 4, 5, 2, 30), local(2026, 3, 29, 3, 30)),  # 02:30 is skipped that night
        (local(2026, 11, 1, 2, 30), local(2026, 10, 25, 2, 30, fold=0)),  # 02:30 comes twice
    ],
)
def test_a_week_before_can_fall_into_a_change_of_clocks(starts_at, expected):
    known = facts(seated(meeting(starts_at, zone=AMSTERDAM)))
    assert one(known, opens=rule("session_start", -7), due=MomentRule()).opens_at == expected


def test_the_zone_is_the_sittings_own():
    in_nairobi = facts(seated(meeting(AUTUMN)))  # no change of clocks there
    assert one(in_nairobi, opens=rule("session_start", -7), due=MomentRule()).opens_at == AUTUMN - 7 * DAY


def test_a_cancelled_sitting_keeps_its_planned_time():
    assert dates_of(CONFIG, facts(seated(meeting(is_cancelled=True)))) == dates_of(CONFIG, facts())


def test_fixed_dates_and_no_dates():
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    found = one(opens=MomentRule(), due=fixed(at))
    assert (found.opens_at, found.due_at, found.closes_at) == (None, at, at)
    found = one(opens=fixed(at), due=MomentRule())
    assert (found.opens_at, found.due_at, found.closes_at) == (at, None, None)


# -- without a sitting -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "is_locked"),
    [
        (rule("session_start", -1), False),
        (rule("session_start", hours=-1), False),
        (rule("session_start"), True),
        (rule("session_start", 1, -1), True),
        (rule("session_end", -2, -1), False),
        (rule("session_end", -1), True),  # a sitting may last two days
        (rule("session_end"), True),
        (rule("stage_opens", stage_id="s1"), False),
        (rule("stage_opens", 7, stage_id="s1"), True),
        (rule("stage_due", stage_id="s1"), True),
    ],
)
def test_what_follows_a_sitting_is_locked_until_there_is_one(opens, is_locked):
    config = only(READ, stage("report", "s4", opens=opens))
    for sitting in (UNSEATED, None):
        known = replace(facts(), sitting=sitting)
        found = dates_of(config, known)["s4"]
        assert (found.is_unknown, found.is_locked) == (True, is_locked)
        assert (found.opens_at, found.due_at, found.closes_at) == (None, None, None)


def test_attending_waits_for_a_sitting_whatever_its_dates():
    found = dates_of(only(stage("attend", "s3", opens=MomentRule(), due=MomentRule())), facts(UNSEATED))["s3"]
    assert (found.is_unknown, found.is_locked) == (True, True)


def test_what_does_not_hang_on_a_sitting_is_known_without_one():
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    found = one(facts(UNSEATED), opens=rule("session_start", -7), due=fixed(at))
    assert (found.opens_at, found.due_at, found.is_unknown, found.is_locked) == (None, at, True, False)
    found = one(facts(UNSEATED), opens=MomentRule(), due=fixed(at))
    assert (found.is_unknown, found.is_locked) == (False, False)


# -- relative to other stages ------------------------------------------------------------------------------------------


def test_due_some_days_after_its_own_opening():
    assert one(due=rule("stage_opens", 4, stage_id="s4")).due_at == END + 4 * DAY


def test_a_chain_of_stages():
    config = only(
        stage("report", "s1", opens=rule("session_end"), due=rule("stage_opens", 2, stage_id="s1")),
        stage(
            "report", "s2", opens=rule("stage_due", hours=3, stage_id="s1"), due=rule("stage_opens", 1, stage_id="s2")
        ),
        stage("report", "s3", opens=rule("stage_opens", stage_id="s2"), due=rule("stage_due", 5, stage_id="s2")),
    )
    found = dates_of(config, facts())
    assert found["s2"].opens_at == END + 2 * DAY + 3 * HOUR
    assert found["s3"].opens_at == found["s2"].opens_at
    assert found["s3"].due_at == END + 8 * DAY + 3 * HOUR


def test_stages_that_wait_for_each_other_have_no_dates():
    config = only(
        stage("report", "s1", due=rule("stage_due", 1, stage_id="s2")),
        stage("report", "s2", due=rule("stage_opens", 1, stage_id="s3")),
        stage("report", "s3", opens=rule("stage_due", 1, stage_id="s2")),
    )
    assert follow(config.stages[0].due, config).loop == ("s2", "s3")
    found = dates_of(config, facts())
    assert [found[key].due_at for key in ("s1", "s2")] == [None, None]
    assert found["s3"].opens_at is None


def test_openings_and_due_dates_may_cross_without_a_circle():
    config = only(
        stage("report", "s1", opens=rule("stage_due", stage_id="s2"), due=rule("session_end", 30)),
        stage("report", "s2", opens=rule("stage_opens", -9, stage_id="s1"), due=rule("session_end", 10)),
    )
    found = dates_of(config, facts())
    assert (found["s1"].opens_at, found["s2"].opens_at) == (END + 10 * DAY, END + DAY)


def test_a_date_that_follows_no_stage_is_none():
    assert one(opens=rule("stage_due", stage_id="gone"), due=rule("stage_due", stage_id="gone")).due_at is None


# -- the learner's own dates -------------------------------------------------------------------------------------------


def test_an_individual_due_date_moves_every_stage_by_the_same_delta_and_no_opening_later():
    plain, moved = dates_of(CONFIG, facts()), dates_of(CONFIG, facts(shift=2 * DAY + HOUR))
    for key, found in plain.items():
        assert moved[key].due_at - found.due_at == 2 * DAY + HOUR
        assert moved[key].closes_at - found.closes_at == 2 * DAY + HOUR
        assert moved[key].opens_at == found.opens_at
        assert moved[key].moved_by == ("shift",)


def test_an_earlier_individual_due_date_takes_the_openings_along():
    plain, moved = dates_of(CONFIG, facts()), dates_of(CONFIG, facts(shift=-30 * DAY))
    for key, found in plain.items():
        assert moved[key].due_at - found.due_at == -30 * DAY
        assert moved[key].opens_at - found.opens_at == -30 * DAY


def test_a_due_date_is_never_before_the_opening():
    found = one(opens=fixed(START + 5 * DAY), due=rule("session_start"))
    assert found.due_at == found.opens_at == START + 5 * DAY


@pytest.mark.parametrize(
    ("joined_at", "due_at"),
    [
        (START - 7 * DAY, START),  # at the opening is in time
        (START - 7 * DAY + TICK, START + TICK),
        (START + 3 * DAY, START + 10 * DAY),
        (START - 30 * DAY, START),
    ],
)
def test_who_joins_after_the_opening_has_days_to_catch_up(joined_at, due_at):
    found = dates_of(only(READ, catch_up_days=7), facts(joined_at=joined_at))["s1"]
    assert found.due_at == due_at
    assert found.moved_by == (("catch_up",) if due_at > START else ())


def test_joining_at_the_opening_is_not_late():
    config = only(READ, catch_up_days=8)
    assert dates_of(config, facts(joined_at=START - 7 * DAY))["s1"].due_at == START
    assert dates_of(config, facts(joined_at=START - 7 * DAY + TICK))["s1"].due_at == START + DAY + TICK


def test_catching_up_never_shortens_and_can_be_turned_off():
    joined_at = START - DAY
    assert dates_of(only(READ, catch_up_days=0), facts(joined_at=joined_at))["s1"].due_at == START
    early = dates_of(only(replace(READ, due=rule("session_start", 30))), facts(joined_at=joined_at))["s1"]
    assert early.due_at == START + 30 * DAY


def test_days_to_catch_up_are_of_the_wall_clock():
    joined_at = local(2026, 10, 24, 9, 0)
    found = one(
        facts(seated(meeting(AUTUMN, zone=AMSTERDAM)), joined_at=joined_at),
        opens=MomentRule(),
        due=rule("session_start"),
    )
    assert found.due_at == local(2026, 10, 31, 9, 0)


def test_an_extension_moves_one_stage_and_what_is_due_after_it():
    until = END + 20 * DAY
    found = dates_of(CONFIG, facts(decisions=[extended("s4", until)]))
    plain = dates_of(CONFIG, facts())
    assert (found["s4"].due_at, found["s4"].closes_at, found["s4"].moved_by) == (until, until + 3 * DAY, ("extension",))
    assert (found["s5"].due_at, found["s5"].moved_by) == (until + 4 * DAY, ("extension",))
    assert found["s5"].opens_at == plain["s5"].opens_at  # more time never opens a stage later
    assert all(found[key] == plain[key] for key in ("s1", "s2", "s3"))


def test_a_due_date_after_an_opening_after_a_due_date_follows_too():
    review = replace(REVIEW, due=rule("stage_opens", 4, stage_id="s5"))
    config = only(REPORT, review)
    found = dates_of(config, facts(decisions=[extended("s4", END + 20 * DAY)]))["s5"]
    assert (found.opens_at, found.due_at) == (END + 14 * DAY, END + 24 * DAY)


def test_an_extension_never_shortens_and_the_latest_holds():
    decisions = [extended("s4", END + DAY, number=1), extended("s4", END + 16 * DAY, number=2)]
    assert one(facts(decisions=decisions), due=rule("session_end", 14)).due_at == END + 16 * DAY
    assert one(facts(decisions=decisions[:1]), due=rule("session_end", 14)).due_at == END + 14 * DAY
    assert one(facts(decisions=[excused("s4")]), due=rule("session_end", 14)).due_at == END + 14 * DAY


def test_there_is_nothing_to_extend_where_there_is_no_due_date():
    assert one(facts(decisions=[extended("s4", END)]), due=MomentRule()).due_at is None


def test_shift_then_catching_up_then_extension():
    known = facts(shift=DAY, joined_at=START - 2 * DAY, decisions=[extended("s1", START + 9 * DAY)])
    found = dates_of(only(READ), known)["s1"]
    assert (found.due_at, found.moved_by) == (START + 9 * DAY, ("shift", "catch_up", "extension"))


# -- late --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "days"), [(CLOSED, 0), (GRACE, 2), (DECAY, 3)])
def test_closing_is_the_due_date_and_the_days_of_the_late_policy(policy, days):
    assert one(**(policy | {"due": rule("session_end")})).closes_at == END + days * DAY


def test_late_days_are_of_the_wall_clock():
    known = facts(seated(meeting(local(2026, 10, 24, 19, 0), zone=AMSTERDAM)))
    asked = stage("report", "s4", opens=MomentRule(), due=rule("session_start"), **DECAY)
    found = dates_of(only(asked), known)["s4"]
    assert found.closes_at == local(2026, 10, 27, 19, 0)
    steps = late_moments(asked, due_at=found.due_at, zone=AMSTERDAM)
    assert steps == tuple(local(2026, 10, day, 19, 0) for day in (24, 25, 26))
    assert late_moments(replace(asked, **GRACE), due_at=found.due_at, zone=AMSTERDAM) == ()


# -- whatever is asked -------------------------------------------------------------------------------------------------

_IDS = ("s1", "s2", "s3")
_rules = st.builds(
    MomentRule,
    anchor=st.sampled_from(Anchor),
    days=st.integers(-20, 20),
    hours=st.integers(-60, 60),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    stage_id=st.sampled_from((*_IDS, "gone")),
)
_configs = st.lists(_rules, min_size=6, max_size=6).map(
    lambda rules: only(
        *(stage("report", each, opens=rules[2 * number], due=rules[2 * number + 1]) for number, each in enumerate(_IDS))
    )
)
_zones = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/Amsterdam", "America/New_York", "Antarctica/Troll", "Asia/Tehran")]
)
_sittings = st.builds(
    lambda hour, minutes, zone: seated(
        meeting(datetime(2026, 1, 1, tzinfo=UTC) + hour * HOUR, minutes=minutes, zone=zone)
    ),
    st.integers(0, 8_760),
    st.sampled_from([1, 90, 2_880]),
    _zones,
)


@given(_configs, _sittings, st.integers(-40, 40), st.none() | st.integers(0, 8_760))
def test_any_rules_give_dates_in_order(config, sitting, shift, joined):
    joined_at = None if joined is None else datetime(2026, 1, 1, tzinfo=UTC) + joined * HOUR
    for found in resolve(config=config, facts=facts(sitting, shift=shift * HOUR, joined_at=joined_at)):
        if found.opens_at and found.due_at:
            assert found.opens_at <= found.due_at
        if found.due_at:
            assert found.closes_at >= found.due_at


@given(_configs, _sittings)
def test_what_is_long_enough_on_paper_is_long_enough_in_any_sitting(config, sitting):
    resolved = resolve(config=config, facts=facts(sitting))
    for asked, found in zip(config.stages, resolved, strict=True):
        nominal, slack = least_time(follow(asked.opens, config), follow(asked.due, config)) or (
            timedelta(),
            timedelta(),
        )
        if nominal > slack:
            assert found.opens_at < found.due_at


def test_a_day_and_24_hours_are_not_the_same():
    config = only(stage("discuss", "s2", opens=rule("session_start", -1), due=rule("session_start", hours=-24)))
    opens, due = (follow(each, config) for each in (config.stages[0].opens, config.stages[0].due))
    nominal, slack = least_time(opens, due)
    assert nominal == timedelta()
    assert slack
    same_days = replace(DISCUSS, opens=rule("session_start", -7), due=rule("session_start", -7, 1))
    nominal, slack = least_time(follow(same_days.opens, config), follow(same_days.due, config))
    assert (nominal, slack) == (HOUR, timedelta())


@pytest.mark.parametrize(
    ("opens", "due", "least"),
    [
        (rule("session_start"), rule("session_end"), timedelta(minutes=1)),
        (rule("session_end"), rule("session_start", hours=49), HOUR),
        (rule("session_end"), rule("session_end", hours=1), HOUR),
        (fixed(START), fixed(START + HOUR), HOUR),
    ],
)
def test_the_least_time_in_any_sitting(opens, due, least):
    assert least_time(follow(opens, only()), follow(due, only())) == (least, timedelta())


@pytest.mark.parametrize(
    ("opens", "due"),
    [(fixed(START), rule("session_end")), (MomentRule(), rule("session_end")), (rule("session_end"), MomentRule())],
)
def test_what_depends_on_the_sitting_cannot_be_compared(opens, due):
    assert least_time(follow(opens, only()), follow(due, only())) is None
