"""Results in words: what learners and course teams read."""

from dataclasses import replace

import pytest
from django.utils import translation

from discussion_ext.blended.dates import resolve
from discussion_ext.blended.explanations import explain, name_stage, say_moved
from discussion_ext.blended.verdicts import dump, load
from discussion_ext.data import MomentRule, StageKind
from tests.blended.sample import (
    ALL_DONE,
    AMSTERDAM,
    ATTEND,
    BEFORE,
    CONFIG,
    DAY,
    DECAY,
    DISCUSS,
    END,
    GRACE,
    HOUR,
    NAIROBI,
    NAMES,
    PRIYA,
    READ,
    REPORT,
    REVIEW,
    RUBEN,
    START,
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
    unit,
)

DUE = END + 14 * DAY
LONG_AFTER = END + 25 * DAY  # still in December
CORRECTED = noted(
    "present", "correction", at=START - HOUR / 20, recorded_at=START + DAY, recorded_by=WANJIRU,
    corrected_from="absent", reason="was in the room, 100 % sure",
)  # fmt: skip


def told(config, known, now, **options):
    with translation.override("en"):
        result = load(dump(judge(config, known, now)))  # as it is read from the database
        return explain(result, config=config, names=NAMES, zone=NAIROBI, **options)


def said(asked, pieces=(), *, now=LONG_AFTER, options=None, **known):
    """Return detail and reason of the only stage of a task."""
    stage = told(only(asked), facts(pieces={asked.id: pieces}, **known), now, **(options or {})).stages[0]
    return stage.detail, stage.why


def test_what_counted_by_stage():
    report = [post("report", 4, DUE + 2 * HOUR, facts={"words": 171})]
    present = seated(attendance=noted())
    result = told(CONFIG, facts(present, pieces={**ALL_DONE, "s4": report}), LONG_AFTER)
    assert [(stage.detail, stage.why) for stage in result.stages] == [
        ("Counts", "2 of 2 units completed."),
        ("Counts", "Position and 2 answers."),
        ("Counts", "Checked in at 18:57, by code."),
        (
            "Counts in part",
            "Report of 171 words, handed in 2 hours after the due date. What is late loses 20 % for each day begun.",
        ),
        ("Counts", "2 of 2 reviews."),
    ]


def test_nothing_done_at_all():
    result = told(CONFIG, facts(), LONG_AFTER)
    assert [(stage.detail, stage.why) for stage in result.stages] == [
        ("Does not count", "It closed on Thu 3 Dec, 19:00."),
        ("Does not count", "It closed on Wed 2 Dec, 19:00."),
        ("Does not count", "Nobody noted that the class session was attended."),
        ("Does not count", "It closed on Sun 20 Dec, 21:00."),
        ("Does not count", "It closed on Mon 21 Dec, 21:00."),
    ]


def test_before_anything_opens():
    result = told(CONFIG, facts(), START - 10 * DAY)
    assert [(stage.detail, stage.why) for stage in result.stages] == [
        ("Opens later", "Opens Thu 26 Nov, 19:00."),
        ("Opens later", "Opens Thu 26 Nov, 19:00."),
        ("Opens later", "Opens Thu 3 Dec, 19:00."),
        ("Opens later", "Opens Thu 3 Dec, 21:00."),
        ("Opens later", "Opens Thu 17 Dec, 21:00."),
    ]


def test_titles_are_the_authors_or_those_of_the_kind():
    with translation.override("en"):
        assert [name_stage(replace(READ, title="", kind=kind)) for kind in StageKind] == [
            "Read or watch",
            "Discuss",
            "Attend the class session",
            "Report back",
            "Review classmates’ reports",
        ]
    assert told(only(replace(READ, title="Before you speak")), facts(), BEFORE).stages[0].title == "Before you speak"


@pytest.mark.parametrize(
    ("pieces", "now", "detail", "why"),
    [
        ([], BEFORE, "To do", "Due Thu 3 Dec, 19:00."),
        ([unit("u1", BEFORE)], BEFORE, "1 of 2", "Due Thu 3 Dec, 19:00."),
        ([unit("u1", BEFORE)], LONG_AFTER, "Counts in part", "1 of 2 units completed."),
        (
            [],
            START + HOUR,
            "To do",
            "The due date is over. Accepted until Sun 6 Dec, 19:00, with 20 % less for each day begun.",
        ),
    ],
)
def test_reading(pieces, now, detail, why):
    assert said(replace(READ, **DECAY), pieces, now=now) == (detail, why)


def test_a_grace_says_until_when():
    why = "The due date is over. Accepted until Sat 5 Dec, 19:00."
    assert said(replace(READ, **GRACE), now=START + HOUR) == ("To do", why)


def test_no_units_and_no_sitting():
    why = "None of its units is in the course now. This does not lower the grade."
    assert said(READ, known_units=()) == ("Not possible", why)
    why = "Its dates follow the class session: they are known with a seat in one."
    assert said(REPORT, sitting=UNSEATED) == ("To do", why)


LATE = START - DAY + 90 * HOUR / 60


@pytest.mark.parametrize(
    ("pieces", "detail", "why"),
    [
        ([post("position", 1, BEFORE)], "Counts in part", "Position and 0 answers."),
        ([post("answer", 2, BEFORE, to=PRIYA)], "Counts in part", "1 answer, no position."),
        (
            [
                post("position", 1, BEFORE),
                post("answer", 2, BEFORE, to=PRIYA),
                post("answer", 3, LATE, to=TOMAS),
            ],
            "Counts in part",
            (
                "Position and 2 answers. The last of it came 1 hour after the due date. "
                "What is late loses 20 % for each day begun."
            ),
        ),
        (
            [post("answer", 2, LATE, to=PRIYA)],
            "Does not count",
            (
                "1 answer, no position. The last of it came 1 hour after the due date. "
                "What is late loses 20 % for each day begun. "
                "Late answers and reviews bring at most what was earned in time."
            ),
        ),
    ],
)
def test_discussing(pieces, detail, why):
    assert said(replace(DISCUSS, **DECAY), pieces, others=5) == (detail, why)


def test_a_position_alone():
    assert said(replace(DISCUSS, answers_wanted=0), [post("position", 1, BEFORE)]) == ("Counts", "The position counts.")


def test_waiting_for_classmates():
    done = [post("position", 1, BEFORE)]
    assert said(DISCUSS, done, others=0, now=BEFORE + HOUR) == ("Waiting", "Too few classmates have posted so far.")
    review = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18))
    assert said(review, others=0, now=END) == ("Waiting", "Too few classmates have handed in a report so far.")
    why = "Too few classmates handed in a report before it closed. This does not lower the grade."
    assert said(review, others=0) == ("Not possible", why)


@pytest.mark.parametrize(
    ("attendance", "detail", "why"),
    [
        (noted("present", "scan"), "Counts", "Checked in at 18:57, by scanning the code."),
        (noted("present", "roll", recorded_by=WANJIRU), "Counts", "Noted as present by Wanjiru Kamau."),
        (noted("present", "import"), "Counts", "Noted as present from a list."),
        (noted("present", "replay", at=END - HOUR), "Counts", "The recording was watched on Thu 3 Dec."),
        (
            CORRECTED,
            "Counts",
            "Marked absent at first, corrected by Wanjiru Kamau on Fri 4 Dec: “was in the room, 100 % sure”",
        ),
        (
            replace(CORRECTED, corrected_from=None, reason=""),
            "Counts",
            "Noted as present by Wanjiru Kamau on Fri 4 Dec.",
        ),
        (noted("absent", "roll", recorded_by=WANJIRU), "Absent", "Marked absent by Wanjiru Kamau."),
        (noted("absent", "roll", recorded_by=999), "Absent", "Marked absent by the course team."),
        (
            noted("excused", "roll", recorded_by=WANJIRU, reason="ill"),
            "Excused",
            "Excused by Wanjiru Kamau: “ill” This does not lower the grade.",
        ),
    ],
)
def test_attending(attendance, detail, why):
    assert said(ATTEND, sitting=seated(attendance=attendance)) == (detail, why)


def test_attending_while_nothing_is_noted():
    assert said(ATTEND, now=START) == ("To do", "")
    why = "It is not noted yet who came. The host can do so until Sat 5 Dec, 21:00."
    assert said(ATTEND, now=END + HOUR) == ("Waiting", why)
    replay = seated(can_replay=True)
    why = "Watching the recording until Sat 5 Dec, 21:00 counts as attended."
    assert said(replace(ATTEND, **GRACE), sitting=replay, now=END + HOUR) == ("To do", why)
    why = "Watching the recording counts as attended."
    assert said(replace(ATTEND, due=MomentRule()), sitting=replay, now=END + HOUR) == ("To do", why)
    cancelled = seated(meeting(is_cancelled=True, cancel_reason="storm"))
    why = "The class session was cancelled: “storm” This does not lower the grade."
    assert said(ATTEND, sitting=cancelled) == ("Cancelled", why)


@pytest.mark.parametrize(
    ("code", "known", "learner", "team"),
    [
        (
            "too_short",
            {"words": 20, "minimum": 150, "missing": 130, "total": 20, "borrowed": 0, "repeated": 0},
            "It has 20 of the 150 words asked. 130 more and it will count.",
            "It has 20 words, 150 are asked.",
        ),
        ("no_link", {}, "The link that is asked for is missing.", "The link that is asked for is missing."),
        (
            "removed",
            {"reason": "advertising"},
            "The course team removed it. Reason: advertising",
            "The course team removed it. Reason: advertising",
        ),
    ],
)
def test_a_report_that_does_not_count_says_why(code, known, learner, team):
    tried = [failing("report", 4, END + DAY, code, facts=known)]
    assert said(REPORT, tried, now=END + 2 * DAY) == ("To do", learner)
    assert said(REPORT, tried, now=END + 2 * DAY, options={"is_for_team": True}) == ("To do", team)


def test_what_came_after_closing():
    late = [post("report", 4, DUE + 4 * DAY, facts={"words": 171})]
    assert said(REPORT, late) == ("Does not count", "It came after the stage had closed.")


@pytest.mark.parametrize(
    ("late_by", "words"),
    [
        (HOUR / 3600, "1 minute after"),
        (HOUR / 2, "30 minutes after"),
        (47.9 * HOUR, "47 hours after"),
        (50 * HOUR, "2 days after"),
    ],
)
def test_how_late_it_was(late_by, words):
    _detail, why = said(replace(REPORT, **DECAY), [post("report", 4, DUE + late_by, facts={"words": 171})])
    assert f"handed in {words} the due date." in why


def test_decisions_of_the_team():
    excuse = excused("s4", reason="ill", actor_id=RUBEN)
    assert said(REPORT, decisions=[excuse]) == (
        "Excused",
        "Excused by Ruben Kok: “ill” This does not lower the grade.",
    )
    mark = marked("s4", 0.555, reason="100 % your own work", actor_id=RUBEN)
    assert said(REPORT, decisions=[mark]) == ("Counts in part", "Marked with 56 % by Ruben Kok: “100 % your own work”")
    assert said(REPORT, decisions=[marked("s4", 0)]) == ("Does not count", "Marked with 0 % by the course team.")


def test_items_say_what_counted_and_what_did_not():
    pieces = [
        post("position", 1, BEFORE, facts={"words": 131}),
        failing("answer", 2, BEFORE, "removed", to=PRIYA, facts={"reason": "insult"}),
        post("answer", 3, BEFORE + HOUR, to=PRIYA, facts={"words": 40}),
        failing("answer", 4, BEFORE, "team_post", to=999),
    ]
    items = told(only(DISCUSS), facts(pieces={"s2": pieces}, others=5), BEFORE + DAY).stages[0].items
    assert [(item.title, item.detail, item.why) for item in items] == [
        ("Own position", "Counts", "131 words"),
        ("Answer to Priya Nair", "Counts", "The first answer to Priya Nair did not count; a later one does."),
        (
            "Answer to a classmate",
            "Does not count",
            "It answers the course team. An answer to a classmate will count.",
        ),
        ("One more classmate", "To do", ""),
    ]


def test_a_report_that_was_handed_in_again_says_its_words():
    tries = [failing("report", 4, END + HOUR), post("report", 5, END + DAY, facts={"words": 171})]
    (item,) = told(only(REPORT), facts(pieces={"s4": tries}), LONG_AFTER).stages[0].items
    assert (item.title, item.detail, item.why) == ("Report", "Counts", "171 words")


def test_items_of_reviews_and_units():
    review = replace(REVIEW, opens=MomentRule(), due=rule("session_end", 18), reviews_wanted=3)
    pieces = [post("review", 5, END, to=TOMAS), post("review", 6, END, to=999)]
    items = told(only(review), facts(pieces={"s5": pieces}, others=2), LONG_AFTER).stages[0].items
    assert [(item.title, item.detail) for item in items] == [
        ("Review for Tomás Rivera", "Counts"),
        ("Review for a classmate", "Counts"),
        ("One more classmate", "Not possible"),
    ]
    items = told(only(READ), facts(pieces={"s1": [unit("u1", LONG_AFTER)]}), LONG_AFTER + DAY).stages[0].items
    assert [(item.detail, item.why) for item in items] == [
        ("Does not count", "It came after the stage had closed."),
        ("Not done", ""),
    ]


def test_moments_are_in_the_zone_of_the_reader():
    with translation.override("en"):
        result = judge(only(READ), facts(), BEFORE)
        stage = explain(result, config=only(READ), names={}, zone=AMSTERDAM).stages[0]
    assert stage.why == "Due Thu 3 Dec, 17:00."


def test_why_dates_are_the_learners_own():
    def moved(**known):
        with translation.override("en"):
            return say_moved(resolve(config=only(READ), facts=facts(**known))[0])

    assert moved() == ""
    assert moved(shift=DAY) == "The due date moved with the individual due date."
    assert moved(joined_at=START - DAY) == "The due date is later because the course was joined later."
    assert moved(shift=DAY, decisions=[extended("s1", START + 9 * DAY)]) == "The course team extended the due date."


def test_every_code_is_said_for_every_kind():
    """No state of a stage leaves its reader without a word at the end."""
    for now in (START - 10 * DAY, BEFORE, START, END, END + HOUR, DUE + HOUR, LONG_AFTER):
        for sitting in (None, UNSEATED, seated(), seated(meeting(is_cancelled=True)), seated(attendance=noted())):
            for pieces in ({}, ALL_DONE):
                for others in (0, 2):
                    known = facts(sitting, pieces=pieces, others=others)
                    for stage in told(CONFIG, known, now).stages:
                        assert stage.detail
                        assert "%(" not in f"{stage.why}{[item.why for item in stage.items]}"
