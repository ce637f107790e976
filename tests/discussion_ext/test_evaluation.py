"""What counts in a case, with the reasons, and what must hold whatever people post."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from discussion_ext.data import (
    CaseConfigData,
    ContributionKind,
    ContributionState,
    EvaluationRules,
    EvidenceData,
    PeerTextData,
)
from discussion_ext.evaluation import evaluate, scale
from discussion_ext.explanations import explain
from discussion_ext.verdicts import dump, load

OPENS = datetime(2026, 11, 16, 8, tzinfo=UTC)
CLOSES = datetime(2026, 11, 29, 22, 59, tzinfo=UTC)
NOW = OPENS + timedelta(days=6)
AFTER = CLOSES + timedelta(days=1)
ME, TOMAS, LOTTE, JONAS, TEAM = 1, 2, 3, 4, 9
NAMES = {TOMAS: "Tomás Rivera", LOTTE: "Lotte Vermeer", JONAS: "Jonas Bakker"}
CONFIG = CaseConfigData(
    title="A name and a measure by Tuesday",
    case_html="<p>Haldor Bakery delivers to 60 schools before seven. The plant manager wants a name and a measure.</p>",
    prompt="You are Mirjam. What do you do before Tuesday, and whom do you speak to first?",
    position_min=20,
    answers_wanted=2,
    answer_min=10,
    look_back_min=12,
    opens_at=OPENS,
    closes_at=CLOSES,
)
LEFT_OUT = "what stands in the case or in the post it answers, or is said twice, is left out."
NO_WORDS = "links, pictures, emoji and quotes are left out."
_vocabulary = [f"{first}{second}" for first in ("dov", "shift", "label", "rota", "hour") for second in range(400)]


def prose(seed, length):
    """Return words that no other seed gives, so that nothing is a copy by accident."""
    return " ".join(f"{word}x{seed}" for word in random.Random(seed).sample(_vocabulary, length))  # noqa: S311


def post(number, kind, body, *, to=None, at=None, **more):
    created = at or OPENS + timedelta(hours=number)
    return EvidenceData(
        id=number, kind=ContributionKind(kind), author_id=ME, body=body, created_at=created, parent_author_id=to, **more
    )


POSITION = post(1, "position", prose(1, 25))
TO_TOMAS = post(2, "answer", prose(2, 15), to=TOMAS)
TO_LOTTE = post(3, "answer", prose(3, 12), to=LOTTE)
LOOK_BACK = post(4, "look_back", prose(4, 14))
ALL_FOUR = [POSITION, TO_TOMAS, TO_LOTTE, LOOK_BACK]


def judge(mine, *, config=CONFIG, now=NOW, reachable_peers=5, **more):
    return evaluate(config=config, user_id=ME, mine=mine, now=now, reachable_peers=reachable_peers, **more)


def requirement(evaluation, kind):
    return next(entry for entry in evaluation.requirements if entry.kind == kind)


def said(evaluation, number, **options):
    """Return the reason of one post, in English."""
    with translation.override("en"):
        return explain(evaluation, names=NAMES, **options).verdicts[number].why


def states(evaluation):
    return [(entry.kind, str(entry.state), entry.earned, entry.possible) for entry in evaluation.requirements]


# -- the whole way -----------------------------------------------------------------------------------------------------


def test_nothing_written_yet():
    found = judge([])
    assert states(found) == [("position", "open", 0, 4), ("answers", "open", 0, 4), ("look_back", "open", 0, 2)]
    assert (found.earned, found.possible, found.completion, found.is_finished) == (0, 10, 0, False)


def test_everything_done():
    found = judge(ALL_FOUR, config_version=3)
    assert states(found) == [("position", "met", 4, 4), ("answers", "met", 4, 4), ("look_back", "met", 2, 2)]
    assert (found.earned, found.possible, found.completion) == (10, 10, 1)
    assert found.is_finished
    assert found.finished_at == LOOK_BACK.created_at
    assert (found.config_version, found.evaluated_at) == (3, NOW)


def test_half_the_answers_bring_half_their_points():
    found = judge([POSITION, TO_TOMAS])
    assert (found.earned, found.completion) == (6, 0.5)
    assert [str(item.state) for item in requirement(found, "answers").items] == ["met", "open"]


@pytest.mark.parametrize(
    ("wanted", "points", "earned"),
    [(1, 4, [0, 4]), (3, 4, [0, 1.33, 2.67, 4]), (3, 0.05, [0, 0.02, 0.03, 0.05]), (7, 1, [0, 0.14, 0.29, 0.43])],
)
def test_rounding_is_half_up_to_two_decimals_and_complete_at_the_end(wanted, points, earned):
    config = replace(CONFIG, answers_wanted=wanted, answers_points=points)
    answers = [post(10 + peer, "answer", prose(10 + peer, 12), to=peer) for peer in range(2, 2 + len(earned))]
    found = [
        requirement(judge(answers[:count], config=config, reachable_peers=20), "answers")
        for count in range(len(earned))
    ]
    assert [entry.earned for entry in found] == earned
    assert {entry.possible for entry in found} == {points}


def test_steps_that_are_not_asked_are_left_out():
    found = judge([POSITION], config=replace(CONFIG, answers_wanted=0, look_back_min=0))
    assert states(found) == [("position", "met", 4, 4)]
    assert found.is_finished
    assert found.possible == 4


def test_more_than_asked_brings_no_more():
    found = judge([*ALL_FOUR, post(5, "answer", prose(5, 12), to=JONAS), post(6, "position", prose(6, 30))])
    assert found.earned == 10
    assert found.finished_at == LOOK_BACK.created_at
    assert len(requirement(found, "answers").items) == 3


# -- whom one answers --------------------------------------------------------------------------------------------------


def test_two_answers_to_one_peer_are_one_peer():
    found = judge([POSITION, TO_TOMAS, post(7, "follow_up", prose(7, 12), to=TOMAS)])
    assert requirement(found, "answers").facts["done"] == 1


def test_the_peer_is_the_author_of_the_answered_post_also_inside_ones_own_thread():
    found = judge([POSITION, post(7, "follow_up", prose(7, 12), to=JONAS)])
    assert requirement(found, "answers").facts["done"] == 1


def test_answering_oneself_never_counts():
    found = judge([POSITION, post(7, "answer", prose(7, 12), to=ME), post(8, "follow_up", prose(8, 12), to=ME)])
    assert requirement(found, "answers").facts["done"] == 0
    assert said(found, 7) == "It answers your own post. An answer to a classmate will count."
    assert said(found, 7, is_for_team=True) == "It answers a post by the same author."


def test_the_team_is_a_peer_where_the_site_says_so():
    answer = post(7, "answer", prose(7, 12), to=TEAM, is_parent_by_team=True)
    strict, open_handed = judge([answer]), judge([answer], rules=EvaluationRules(is_team_a_peer=True))
    assert requirement(strict, "answers").facts["done"] == 0
    assert said(strict, 7) == "It answers the course team. An answer to a classmate will count."
    assert requirement(open_handed, "answers").facts["done"] == 1


def test_answers_to_oneself_are_not_held_up_to_somebody_who_has_done_enough():
    extra = post(7, "follow_up", "Thank you both", to=ME)
    unfinished, done = judge([POSITION, extra]), judge([*ALL_FOUR, extra])
    assert [item.code for item in requirement(unfinished, "answers").items] == ["own_post", "more_peers"]
    assert [item.code for item in requirement(done, "answers").items] == ["counts", "counts"]
    assert done.verdicts[7].code == "own_post"


def test_posts_by_others_are_none_of_the_learners():
    stranger = replace(TO_LOTTE, id=8, author_id=JONAS, body=prose(8, 12))
    assert requirement(judge([TO_TOMAS, stranger]), "answers").facts["done"] == 1


# -- length ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (prose(5, 20), "20 words"),
        (prose(5, 19), "It has 19 of the 20 words asked. One more and it will count."),
        (prose(5, 12), "It has 12 of the 20 words asked. 8 more and it will count."),
        (
            f"{CONFIG.prompt} {prose(5, 9)}",
            f"9 of its 25 words count: {LEFT_OUT} 11 more and it will count.",
        ),
        (
            f"{prose(5, 7)}. {prose(5, 7)}. {prose(5, 7)}.",
            f"7 of its 21 words count: {LEFT_OUT} 13 more and it will count.",
        ),
        (f"> {prose(5, 40)}\n{prose(6, 12)}", "It has 12 of the 20 words asked. 8 more and it will count."),
        (
            "🙂 https://example.org",
            f"It has no words of its own: {NO_WORDS} Say it in words and it will count.",
        ),
        (
            prose(5, 41),
            "It has 41 words, 40 at most are asked. Take one word out, and it will count.",
        ),
        (prose(5, 40), "40 words"),
        (f"{CONFIG.prompt} {prose(5, 40)}", "40 words"),
        ("我会先和多夫谈但不谈标签先问他这三周怎么过的再说我自己的责任", "30 words"),
        (
            "我会先和多夫谈但不谈标签先问他这三周怎么过的再说我自己",
            "It has 27 of the 30 words asked. 3 more and it will count.",
        ),
    ],
)
def test_how_long_a_position_is(body, reason):
    found = judge([post(1, "position", body)], config=replace(CONFIG, position_max=40))
    assert said(found, 1) == reason
    assert (requirement(found, "position").state == "met") == reason.endswith(" words")


def test_words_of_the_answered_post_do_not_count():
    theirs = prose(50, 14)
    found = judge([post(2, "answer", f"{theirs} {prose(51, 9)}", to=TOMAS, parent_body=theirs)])
    assert found.verdicts[2].code == "too_short"
    assert found.verdicts[2].facts["words"] == 9
    assert (
        judge([post(2, "answer", f"{theirs} {prose(51, 10)}", to=TOMAS, parent_body=theirs)]).verdicts[2].code
        == "counts"
    )


def test_a_minimum_of_nothing_still_asks_for_a_word():
    config = replace(CONFIG, position_min=0)
    assert judge([post(1, "position", "🙂")], config=config).earned == 0
    assert judge([post(1, "position", CONFIG.prompt)], config=config).earned == 0
    assert judge([post(1, "position", "Dov.")], config=config).earned == 4


# -- copies ------------------------------------------------------------------------------------------------------------


def test_an_answer_that_repeats_the_own_position():
    config = replace(CONFIG, answer_min=30)
    position = post(1, "position", prose(1, 60))
    answer = post(3, "answer", " ".join([*position.body.split()[:34], *prose(3, 4).split()]), to=LOTTE)
    found = judge([position, answer], config=config)
    assert said(found, 3) == (
        "It repeats 34 of its 38 words from your own position. "
        "Say what this classmate’s argument adds or where it breaks, and it will count."
    )
    assert said(found, 3, is_for_team=True) == "34 of its 38 words equal the author’s own position."


def test_who_repeats_much_and_adds_enough_is_no_copyist():
    position = post(1, "position", prose(1, 60))
    answers = [post(3, "answer", f"{position.body} {prose(3, added)}", to=LOTTE) for added in (9, 10)]
    assert [judge([position, answer]).verdicts[3].code for answer in answers] == ["copy_of_own", "counts"]


def test_the_same_answer_to_two_classmates():
    found = judge([TO_TOMAS, replace(TO_LOTTE, body=TO_TOMAS.body)])
    assert requirement(found, "answers").facts["done"] == 1
    assert (
        said(found, 3)
        == "It repeats 15 of its 15 words from an earlier post of yours. Say what is new here, and it will count."
    )
    assert said(found, 3, is_for_team=True) == "15 of its 15 words equal the same author’s answer to Tomás Rivera."


def test_a_look_back_that_repeats_the_position():
    found = judge([POSITION, replace(LOOK_BACK, body=POSITION.body)])
    assert said(found, 4) == (
        "It repeats 25 of its 25 words from your own position. Say what you see differently now, and it will count."
    )


@pytest.mark.parametrize("lead", ["", "Indeed: "])
def test_a_copy_of_a_classmate_is_the_later_text(lead):
    earlier = PeerTextData(
        id=80, author_id=TOMAS, body=f"{lead}{POSITION.body}", worded_at=POSITION.created_at - timedelta(1)
    )
    copied = judge([POSITION], others=[earlier])
    assert said(copied, 1) == (
        "It repeats 25 of its 25 words from a classmate’s post. Say it in your own words, and it will count."
    )
    copied_by_him = replace(earlier, worded_at=POSITION.created_at + timedelta(hours=1))
    assert judge([POSITION], others=[copied_by_him]).verdicts[1].code == "counts"


def test_a_corrected_typo_does_not_make_the_original_the_copy():
    edited = replace(POSITION, edited_at=POSITION.created_at + timedelta(days=2), worded_at=POSITION.created_at)
    theirs = PeerTextData(id=80, author_id=TOMAS, body=POSITION.body, worded_at=POSITION.created_at + timedelta(days=1))
    assert judge([edited], others=[theirs]).verdicts[1].code == "counts"
    assert judge([replace(edited, worded_at=edited.edited_at)], others=[theirs]).verdicts[1].code == "copy_of_peer"


@pytest.mark.parametrize(
    ("parent", "body", "reason"),
    [
        (
            "",
            CONFIG.prompt,
            "It repeats 16 of its 16 words from the case. Say what you think, and it will count.",
        ),
        (
            prose(50, 20),
            prose(50, 20),
            "It repeats 20 of its 20 words from the post you answer. Say what you think of it, and it will count.",
        ),
    ],
)
def test_copies_of_what_stands_there(parent, body, reason):
    found = judge([post(2, "answer", body, to=TOMAS, parent_body=parent)])
    assert said(found, 2) == reason


def test_what_was_withdrawn_may_be_posted_again_but_not_what_was_removed():
    again = replace(POSITION, id=11, created_at=POSITION.created_at + timedelta(hours=1))
    withdrawn = judge([replace(POSITION, state=ContributionState.WITHDRAWN), again])
    removed = judge([replace(POSITION, state=ContributionState.REMOVED), again])
    assert withdrawn.verdicts[11].code == "counts"
    assert removed.verdicts[11].code == "copy_of_own"


def test_a_failed_try_is_no_original():
    to_himself = post(2, "follow_up", prose(2, 15), to=ME)
    assert judge([to_himself, replace(TO_LOTTE, body=to_himself.body)]).verdicts[3].code == "counts"


def test_from_which_share_on_it_is_a_copy():
    half = replace(TO_LOTTE, body=" ".join([*TO_TOMAS.body.split()[:6], *prose(33, 5).split()]))
    assert judge([TO_TOMAS, half]).verdicts[3].code == "counts"
    assert judge([TO_TOMAS, half], rules=EvaluationRules(near_copy_share=0.5)).verdicts[3].code == "copy_of_own"


# -- states and times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": ContributionState.LIVE}, "25 words"),
        ({"state": ContributionState.GONE}, "25 words"),
        ({"state": ContributionState.WITHDRAWN}, "You withdrew it. Post again, and it will count."),
        (
            {"state": ContributionState.REMOVED, "state_reason": "It names a 100% real person."},
            "The course team removed it. Reason: It names a 100% real person.",
        ),
        ({"state": ContributionState.REMOVED}, "The course team removed it. No reason was given."),
        ({"created_at": OPENS}, "25 words"),
        (
            {"created_at": OPENS - timedelta(seconds=1)},
            "It was posted before the case opened. Edit it, and it will count.",
        ),
        ({"created_at": OPENS - timedelta(days=1), "edited_at": OPENS + timedelta(days=1)}, "25 words"),
    ],
)
def test_what_happened_to_a_post(change, reason):
    assert said(judge([replace(POSITION, **change)]), 1) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"created_at": CLOSES}, "25 words"),
        ({"created_at": CLOSES + timedelta(seconds=1)}, "It was posted after the case had closed."),
        ({"edited_at": CLOSES}, "25 words"),
        ({"edited_at": CLOSES + timedelta(seconds=1)}, "It was changed after the case had closed."),
        ({"state": ContributionState.WITHDRAWN}, "It was withdrawn."),
        ({"body": "Too short"}, "It has 2 words, 20 are asked."),
    ],
)
def test_what_is_said_after_closing_asks_for_nothing_any_more(change, reason):
    assert said(judge([replace(POSITION, **change)], now=AFTER), 1) == reason


def test_at_its_last_moment_a_case_is_still_open():
    assert [entry.state for entry in judge([], now=CLOSES).requirements] == ["open"] * 3
    assert [entry.state for entry in judge([], now=CLOSES + timedelta(microseconds=1)).requirements] == ["not"] * 3


def test_of_two_snapshots_of_one_post_the_later_is_judged():
    before = replace(POSITION, body="Too short")
    edited = replace(POSITION, edited_at=POSITION.created_at + timedelta(hours=1))
    assert judge([before, edited]).earned == judge([edited, before]).earned == 4


def test_a_case_that_the_team_closes_early():
    early = POSITION.created_at + timedelta(minutes=1)
    found = judge(ALL_FOUR, closed_at=early)
    assert states(found) == [("position", "met", 4, 4), ("answers", "not", 0, 4), ("look_back", "not", 0, 2)]
    assert requirement(found, "look_back").code == "too_late"
    assert requirement(judge([POSITION], closed_at=early), "look_back").code == "missed"


def test_an_edit_that_makes_it_long_enough_counts_from_the_edit():
    edited = replace(LOOK_BACK, edited_at=LOOK_BACK.created_at + timedelta(days=2))
    found = judge([POSITION, TO_TOMAS, TO_LOTTE, edited])
    assert requirement(found, "look_back").met_at == edited.edited_at
    assert found.finished_at == edited.edited_at


def test_answers_are_complete_with_the_last_one_asked():
    third = post(9, "answer", prose(9, 12), to=JONAS)
    assert requirement(judge([TO_TOMAS, TO_LOTTE, third]), "answers").met_at == TO_LOTTE.created_at


def test_the_last_try_is_told_and_a_withdrawn_one_leaves_it_open():
    short = post(1, "position", "Too short")
    longer = post(5, "position", "Still too short")
    assert requirement(judge([longer, short]), "position").contribution_id == 5
    withdrawn = requirement(judge([replace(POSITION, state=ContributionState.WITHDRAWN)]), "position")
    assert (withdrawn.state, withdrawn.code) == ("open", "withdrawn")


def test_a_second_try_that_counts_is_told_beside_the_first():
    found = judge([post(2, "answer", "Too short", to=LOTTE), TO_LOTTE])
    with translation.override("en"):
        item = requirement(explain(found, names=NAMES), "answers").items[0]
    assert (item.title, item.detail) == ("Answer to Lotte Vermeer", "Counts")
    assert item.why == "The first answer to Lotte Vermeer did not count; a later one does."


# -- too few peers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reachable", "answers", "while_open", "once_closed", "possible"),
    [
        (0, [], "waiting", "impossible", 0),
        (1, [], "open", "not", 2),
        (1, [TO_TOMAS], "waiting", "met", 2),
        (2, [TO_TOMAS], "open", "not", 4),
        (0, [TO_TOMAS], "waiting", "met", 2),
        (2, [TO_TOMAS, TO_LOTTE], "met", "met", 4),
    ],
)
def test_too_few_peers(reachable, answers, while_open, once_closed, possible):
    before = requirement(judge(answers, reachable_peers=reachable), "answers")
    after = requirement(judge(answers, reachable_peers=reachable, now=AFTER), "answers")
    assert (before.state, before.possible) == (while_open, 4)
    assert (after.state, after.possible) == (once_closed, possible)


def test_what_was_impossible_does_not_lower_the_grade():
    found = judge([POSITION, LOOK_BACK], reachable_peers=0, now=AFTER)
    assert (found.earned, found.possible, found.completion) == (6, 6, 1)
    assert found.is_finished
    assert found.finished_at == CLOSES
    assert scale(found, 10) == 10
    assert scale(judge([POSITION], reachable_peers=0, now=AFTER), 10) == 6.67
    assert scale(judge([], config=replace(CONFIG, position_points=0, answers_points=0, look_back_points=0)), 10) is None
    with translation.override("en"):
        answers = requirement(explain(found, names=NAMES), "answers")
    assert answers.detail == "Not possible for you"
    assert answers.why == "Too few classmates posted before the case closed. This does not lower your grade."


# -- in words ----------------------------------------------------------------------------------------------------------


def test_the_list_of_requirements_in_words():
    with translation.override("en"):
        nothing = explain(judge([]), names=NAMES).requirements
        some = requirement(explain(judge([TO_TOMAS], reachable_peers=1), names={}), "answers")
    assert [(entry.title, entry.detail) for entry in nothing] == [
        ("Your own position", "20 words or more"),
        ("Answers to 2 different classmates", "10 words each"),
        ("A look back", "12 words or more"),
    ]
    with translation.override("en"):
        one = requirement(explain(judge([], config=replace(CONFIG, answers_wanted=1)), names={}), "answers")
    assert (one.title, one.detail) == ("Answer to 1 classmate", "10 words or more")
    assert [(item.title, item.detail) for item in nothing[1].items] == [("2 more classmates", "10 words or more")]
    assert (some.detail, some.why) == (
        "1 of 2",
        "Too few classmates have posted so far. You can go on as soon as another one does.",
    )
    assert [(item.title, item.detail, item.why) for item in some.items] == [
        ("Answer to a classmate", "Counts", "15 words"),
        ("One more classmate", "Waiting", ""),
    ], "the reason is said once"


def test_a_reader_of_chinese_is_asked_for_characters():
    with translation.override("zh-hans"):
        assert "30" in explain(judge([]), names={}).requirements[0].detail


def test_every_reason_can_be_said_to_everybody():
    found = judge([*ALL_FOUR, post(7, "answer", "no", to=None)])
    for code in ("nobody", "missed", "too_early", "own_post", "team_post", "withdrawn", "removed", "empty"):
        entry = replace(found, verdicts={7: replace(found.verdicts[7], code=code)})
        for is_for_team in (True, False):
            assert said(entry, 7, is_for_team=is_for_team).endswith(".")


# -- what must hold for every input ------------------------------------------------------------------------------------


def posts():
    """Draw posts of one learner: copies, short ones, wrong times, states, peers, edits."""
    hours = st.integers(-5, 24 * 15)
    return st.builds(
        lambda number, kind, seed, length, to, hour, edited, state: post(
            number, kind, prose(seed, length), to=to, at=OPENS + timedelta(hours=hour),
            edited_at=None if edited is None else OPENS + timedelta(hours=max(hour, edited)), state=state,
        ),
        st.integers(1, 40), st.sampled_from(["position", "answer", "follow_up", "look_back", "thread"]),
        st.integers(1, 8), st.integers(1, 30), st.sampled_from([None, ME, TOMAS, LOTTE, JONAS]), hours,
        st.none() | hours, st.sampled_from(list(ContributionState)),
    )  # fmt: skip


@settings(deadline=None)
@given(
    mine=st.lists(posts(), max_size=8), data=st.data(), reachable=st.integers(0, 4), now=st.sampled_from([NOW, AFTER]),
    others=st.lists(
        st.builds(
            lambda number, seed, hour: PeerTextData(
                id=number, author_id=TOMAS, body=prose(seed, 25), worded_at=OPENS + timedelta(hours=hour)
            ),
            st.integers(50, 60), st.integers(1, 8), st.integers(0, 100),
        ),
        max_size=3,
    ),
)  # fmt: skip
def test_order_and_repetition_change_nothing(mine, data, reachable, now, others):
    found = judge(mine, reachable_peers=reachable, now=now, others=others)
    shuffled = data.draw(
        st.permutations(mine + data.draw(st.lists(st.sampled_from(mine), max_size=4) if mine else st.just([])))
    )
    again = judge(shuffled, reachable_peers=reachable, now=now, others=others[::-1])
    assert again == found
    assert load(json.loads(json.dumps(dump(found)))) == found
    assert 0 <= found.earned <= found.possible <= 10
    assert 0 <= found.completion <= 1
    assert found.is_finished == (found.completion == 1) == (found.finished_at is not None)
    assert sum(entry.earned for entry in found.requirements) == pytest.approx(found.earned)
    for reader in (True, False):
        assert all(entry.title for entry in explain(found, names=NAMES, is_for_team=reader).requirements)


@settings(deadline=None)
@given(
    mine=st.lists(posts(), max_size=6),
    to=st.sampled_from([TOMAS, LOTTE, JONAS, 7]),
    reachable=st.integers(0, 3),
    now=st.sampled_from([NOW, AFTER]),
)
def test_a_valid_answer_never_lowers_and_its_removal_never_raises(mine, to, reachable, now):
    mine = [entry for entry in mine if entry.id != 100]
    valid = post(100, "answer", prose(100, 20), to=to, at=OPENS + timedelta(days=1))
    without, with_it = (judge(posts, reachable_peers=reachable, now=now) for posts in (mine, [*mine, valid]))
    removed = judge([*mine, replace(valid, state=ContributionState.REMOVED)], reachable_peers=reachable, now=now)
    assert with_it.verdicts[100].code == "counts"
    assert with_it.earned >= without.earned == removed.earned
    assert scale(with_it, 10) >= scale(without, 10) == scale(removed, 10)
    assert with_it.completion >= without.completion == removed.completion
