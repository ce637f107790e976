"""The one decision function: every action by every role in every state, as a table to read; and every no in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chapters.data import (
    Action,
    Audience,
    BanData,
    BanState,
    ChapterData,
    ChapterRole,
    ChapterScope,
    ChapterState,
    ChapterType,
    Digest,
    IntroductionData,
    JoinedBy,
    MembershipData,
    MembershipState,
    PositioningData,
    RuleData,
    StandingData,
    StandingSource,
)
from chapters.permissions import TABLE, decide
from chapters.standpoints import Asked, Facts

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ME, OTHER, SOMEBODY = 1, 2, 3

CHAPTER = ChapterData(
    id=12,
    slug="nairobi-evening",
    name="Nairobi evening chapter",
    state=ChapterState.ACTIVE,
    state_reason="",
    scope=ChapterScope.CITY,
    type=ChapterType.KNOWLEDGE,
    lead="",
    city="Nairobi",
    country="KE",
    topic="",
    region_id=None,
    region="",
    zone=ZoneInfo("Africa/Nairobi"),
    languages=("en",),
    positioning=PositioningData(),
    welcome="",
    contact="",
    cover=1,
    entry=Audience.EVERYONE,
    has_questions=False,
    name_format="name",
    guidelines_version="",
    members=5,
    paused_until=None,
    since=date(2024, 3, 1),
    created_at=NOW,
    proposed_by=None,
    needs_organizer=False,
)


def membership(state: MembershipState = MembershipState.MEMBER, *audiences: Audience) -> MembershipData:
    """Return a membership of mine with these standings."""
    return MembershipData(
        id=7,
        chapter_id=12,
        user_id=ME,
        state=state,
        joined_by=JoinedBy.SELF,
        joined_at=NOW,
        introduction=IntroductionData(),
        digest=Digest.WEEKLY,
        paused_until=None,
        standings=tuple(StandingData(audience=each, source=StandingSource.RULE, since=NOW) for each in audiences),
    )


def ban(*, appeal: str = "") -> BanData:
    """Return a ban of mine that is in force."""
    return BanData(
        id=5,
        chapter_id=12,
        user_id=ME,
        reason="",
        banned_by=OTHER,
        created_at=NOW,
        expires_at=None,
        state=BanState.ACTIVE,
        appeal=appeal,
    )


def someone(**values: object) -> Facts:
    """Return facts of a signed-in adult in a chapter that somebody else leads."""
    base: dict[str, object] = {
        "chapter": CHAPTER,
        "user_id": ME,
        "is_active": True,
        "is_of_age": True,
        "terms": {OTHER: frozenset({ChapterRole.LEAD})},
    }
    return Facts(**{**base, **values})  # type: ignore[arg-type]


def in_role(role: ChapterRole) -> Facts:
    """Return facts of a member with a role."""
    return someone(membership=membership(), terms={ME: frozenset({role}), OTHER: frozenset({ChapterRole.LEAD})})


#: Who asks. ``elsewhere`` leads another chapter, of which this chapter's facts know nothing.
PEOPLE = {
    "nobody": Facts(chapter=CHAPTER),
    "outsider": someone(),
    "elsewhere": someone(),
    "proposer": someone(chapter=replace(CHAPTER, proposed_by=ME)),
    "applicant": someone(membership=membership(MembershipState.REQUESTED)),
    "former": someone(membership=membership(MembershipState.LEFT)),
    "member": someone(membership=membership()),
    "banned": someone(membership=membership(MembershipState.REMOVED), ban=ban()),
    "moderator": in_role(ChapterRole.MODERATOR),
    "check_in": in_role(ChapterRole.CHECK_IN),
    "host": in_role(ChapterRole.HOST),
    "co_organizer": in_role(ChapterRole.CO_ORGANIZER),
    "lead": in_role(ChapterRole.LEAD),
    "manager": someone(is_manager=True),
}

EVERYBODY = set(PEOPLE)
OUTSIDE = {"outsider", "elsewhere", "proposer", "former"}
TEAM = {"moderator", "check_in", "host", "co_organizer", "lead"}
MEMBERS = {"member"} | TEAM
ORGANIZERS = {"co_organizer", "lead", "manager"}

BEGUN = "forming active paused dormant"
SHOWN = f"{BEGUN} archived"
HIDDEN = "proposed declined"
ALL = f"{HIDDEN} {SHOWN}"

#: What is allowed: by whom, in which states. Everything that is not written here is refused.
ALLOWED: dict[Action, list[tuple[set[str], str]]] = {
    Action.SEE: [(EVERYBODY, SHOWN), ({"proposer", "manager"}, HIDDEN)],
    Action.SEE_MEMBERS: [(MEMBERS | {"manager"}, SHOWN)],
    Action.JOIN: [(OUTSIDE | {"manager"}, BEGUN)],
    Action.LEAVE: [(MEMBERS | {"applicant"}, SHOWN)],
    Action.EDIT_INTRODUCTION: [(MEMBERS, BEGUN)],
    Action.SAY_HELLO: [(MEMBERS, BEGUN)],
    Action.READ_BOARD: [(MEMBERS | {"manager"}, SHOWN)],
    Action.START_TOPIC: [(MEMBERS | {"manager"}, BEGUN)],
    Action.REPLY: [(MEMBERS | {"manager"}, BEGUN)],
    Action.REACT: [(MEMBERS | {"manager"}, BEGUN)],
    Action.REPORT_POST: [(MEMBERS | {"manager"}, SHOWN)],
    Action.MODERATE: [(ORGANIZERS | {"moderator"}, SHOWN)],
    Action.EDIT_CHAPTER: [(ORGANIZERS, BEGUN), ({"proposer", "manager"}, "proposed")],
    Action.EDIT_RULES: [({"lead", "manager"}, BEGUN), ({"manager"}, "proposed")],
    Action.EDIT_QUESTIONS: [(ORGANIZERS, BEGUN)],
    Action.REVIEW_REQUESTS: [(ORGANIZERS, BEGUN)],
    Action.SEE_DESK: [(TEAM | {"manager"}, SHOWN)],
    Action.GRANT_STANDING: [(ORGANIZERS, BEGUN)],
    Action.REMOVE_MEMBER: [(ORGANIZERS, SHOWN)],
    Action.BAN: [(ORGANIZERS, SHOWN)],
    Action.ANSWER_APPEAL: [(ORGANIZERS, SHOWN)],
    Action.APPEAL: [({"banned"}, SHOWN)],
    Action.EXPORT_MEMBERS: [(ORGANIZERS, SHOWN)],
    Action.SEE_LEAVING: [(ORGANIZERS, SHOWN)],
    Action.SEE_AUDIT: [(ORGANIZERS, SHOWN), ({"manager"}, HIDDEN)],
    Action.GIVE_ROLE: [(ORGANIZERS, BEGUN)],
    Action.GIVE_LEAD: [({"lead", "manager"}, BEGUN)],
    Action.STEP_DOWN: [(TEAM, SHOWN)],
    Action.HAND_OVER: [({"co_organizer", "lead"}, BEGUN)],
    Action.HAND_BACK: [],  # somebody else runs the chapter too: see below
    Action.SEE_EVENTS: [(MEMBERS | {"manager"}, SHOWN)],
    Action.ATTEND_EVENT: [(EVERYBODY - {"nobody", "banned"}, BEGUN)],
    Action.DRAFT_EVENT: [(ORGANIZERS | {"host"}, BEGUN)],
    Action.PUBLISH_EVENT: [(ORGANIZERS, BEGUN)],
    Action.RUN_EVENT: [(ORGANIZERS, SHOWN)],
    Action.CHECK_IN_PEOPLE: [(ORGANIZERS | {"host", "check_in"}, BEGUN)],
    Action.REPORT_CONCERN: [(EVERYBODY - {"nobody"}, SHOWN), ({"proposer", "manager"}, HIDDEN)],
    Action.HANDLE_CONCERNS: [({"manager"}, ALL)],
    Action.MANAGE: [({"manager"}, ALL)],
    Action.MEET_IN_PERSON: [(EVERYBODY - {"nobody", "banned"}, BEGUN)],
    Action.OPEN_PROFILE: [(EVERYBODY - {"nobody", "banned"}, SHOWN)],
}


def ask(facts: Facts, action: Action, state: ChapterState, **asked: object):
    """Return the decision about the chapter in a state."""
    chapter = replace(facts.chapter, state=state)
    return decide(replace(facts, chapter=chapter), Asked(action=action, **asked))  # type: ignore[arg-type]


def is_expected(action: Action, who: str, state: ChapterState) -> bool:
    return any(who in people and state in states.split() for people, states in ALLOWED[action])


def test_every_action_has_its_line() -> None:
    assert set(TABLE) == set(ALLOWED) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_the_table(action: Action) -> None:
    wrong = [
        (who, str(state), decision.is_allowed, decision.code)
        for (who, facts), state in product(PEOPLE.items(), ChapterState)
        if (decision := ask(facts, action, state)).is_allowed is not is_expected(action, who, state)
    ]
    assert not wrong


def test_every_no_says_why_and_what_next() -> None:
    silent = [
        (action, who, state)
        for action, (who, facts), state in product(Action, PEOPLE.items(), ChapterState)
        if not (no := ask(facts, action, state)).is_allowed and not (no.code and no.reason and no.next_step)
    ]
    assert not silent


def test_a_chapter_that_is_hidden_is_no_chapter_to_others() -> None:
    answers = {
        ask(PEOPLE[who], action, state).code
        for who in ("nobody", "outsider", "lead")
        for action in Action
        for state in (ChapterState.PROPOSED, ChapterState.DECLINED)
    }
    assert answers == {"no_chapter"}


class TestBoards:
    chapter = replace(CHAPTER, rules=(RuleData(audience=Audience.ALUMNI, courses=("course-v1:a+b+c",)),))

    def code(self, facts: Facts, audience: Audience) -> str:
        facts = replace(facts, chapter=self.chapter)
        return decide(facts, Asked(action=Action.READ_BOARD, audience=audience)).code

    def test_alumni_only(self) -> None:
        assert self.code(someone(membership=membership()), Audience.ALUMNI) == "not_in_audience"
        assert self.code(someone(membership=membership(MembershipState.MEMBER, Audience.ALUMNI)), Audience.ALUMNI) == ""

    def test_who_looks_after_the_boards_reads_all(self) -> None:
        assert [self.code(PEOPLE[who], Audience.ALUMNI) for who in ("moderator", "lead", "manager")] == ["", "", ""]
        assert self.code(PEOPLE["host"], Audience.ALUMNI) == "not_in_audience"

    def test_a_board_without_a_rule_is_none(self) -> None:
        assert self.code(PEOPLE["manager"], Audience.LEARNERS) == "no_board"

    def test_a_standing_of_who_left_opens_nothing(self) -> None:
        left = someone(membership=membership(MembershipState.LEFT, Audience.ALUMNI))
        assert self.code(left, Audience.ALUMNI) == "not_member"


class TestEntry:
    chapter = replace(CHAPTER, entry=Audience.ALUMNI)

    def test_a_course_opens_it(self) -> None:
        entitled = someone(chapter=self.chapter, entitled=frozenset({Audience.ALUMNI}))
        assert decide(entitled, Asked(action=Action.JOIN)).is_allowed
        assert decide(someone(chapter=self.chapter), Asked(action=Action.JOIN)).code == "not_entitled"

    def test_who_is_in_or_has_asked(self) -> None:
        assert decide(PEOPLE["member"], Asked(action=Action.JOIN)).code == "already_member"
        assert decide(PEOPLE["applicant"], Asked(action=Action.JOIN)).code == "request_waits"

    def test_an_account_that_is_not_confirmed(self) -> None:
        assert decide(someone(is_active=False), Asked(action=Action.JOIN)).code == "inactive_account"
        leaving = someone(is_active=False, membership=membership())
        assert decide(leaving, Asked(action=Action.LEAVE)).is_allowed


class TestLastOrganizer:
    last = someone(membership=membership(), terms={ME: frozenset({ChapterRole.LEAD}), OTHER: {ChapterRole.MODERATOR}})

    @pytest.mark.parametrize("action", [Action.LEAVE, Action.STEP_DOWN])
    def test_cannot_just_go(self, action: Action) -> None:
        assert ask(self.last, action, ChapterState.ACTIVE).code == "last_organizer"
        assert ask(self.last, action, ChapterState.ARCHIVED).is_allowed
        assert ask(PEOPLE["lead"], action, ChapterState.ACTIVE).is_allowed

    def test_hands_back(self) -> None:
        assert ask(self.last, Action.HAND_BACK, ChapterState.ACTIVE).is_allowed
        assert ask(PEOPLE["lead"], Action.HAND_BACK, ChapterState.ACTIVE).code == "not_last"

    def test_revives_a_dormant_chapter(self) -> None:
        for action in (Action.DRAFT_EVENT, Action.PUBLISH_EVENT):
            assert ask(self.last, action, ChapterState.DORMANT).is_allowed
            assert ask(PEOPLE["member"], action, ChapterState.DORMANT).code == "not_organizer"


class TestTowardsOthers:
    @pytest.mark.parametrize("action", [Action.BAN, Action.REMOVE_MEMBER])
    def test_organizers_do_not_throw_each_other_out(self, action: Action) -> None:
        def code(who: str, target: int) -> str:
            return ask(PEOPLE[who], action, ChapterState.ACTIVE, target_id=target).code

        assert code("lead", SOMEBODY) == ""
        assert code("lead", OTHER) == "has_role"
        assert code("lead", ME) == "yourself"
        assert code("manager", OTHER) == ""

    def test_who_decided_does_not_answer_the_appeal(self) -> None:
        def code(who: str, decided_by: int) -> str:
            return ask(PEOPLE[who], Action.ANSWER_APPEAL, ChapterState.ACTIVE, target_id=decided_by).code

        assert (code("lead", ME), code("lead", OTHER), code("manager", ME)) == ("own_decision", "", "")
        alone = someone(terms={ME: frozenset({ChapterRole.LEAD})}, membership=membership())
        assert ask(alone, Action.ANSWER_APPEAL, ChapterState.ACTIVE, target_id=ME).code == ""

    def test_an_appeal_is_made_once(self) -> None:
        appealed = someone(ban=ban(appeal="No!"))
        assert ask(appealed, Action.APPEAL, ChapterState.ACTIVE).code == "appealed"


def test_a_manager_with_a_role_handles_no_report_of_that_chapter() -> None:
    facts = replace(PEOPLE["moderator"], is_manager=True)
    assert ask(facts, Action.HANDLE_CONCERNS, ChapterState.ACTIVE).code == "own_chapter"
    assert ask(facts, Action.MANAGE, ChapterState.ACTIVE).is_allowed


@pytest.mark.parametrize("action", [Action.MEET_IN_PERSON, Action.OPEN_PROFILE])
def test_the_young_do_not_meet_in_person(action: Action) -> None:
    assert ask(someone(is_of_age=False, membership=membership()), action, ChapterState.ACTIVE).code == "too_young"


PARTS = st.fixed_dictionaries(
    {
        "is_active": st.booleans(),
        "is_of_age": st.booleans(),
        "is_manager": st.just(False),
        "membership": st.one_of(st.none(), st.sampled_from(MembershipState).map(membership)),
        "terms": st.dictionaries(
            st.sampled_from([ME, OTHER]), st.frozensets(st.sampled_from(ChapterRole), min_size=1), max_size=2
        ),
    }
)
ASKED = st.tuples(st.sampled_from(Action), st.sampled_from(ChapterState))


@given(parts=PARTS, asked=ASKED)
def test_a_ban_never_allows_more_than_to_appeal(parts: dict, asked: tuple) -> None:
    action, state = asked
    free, banned = someone(**parts), someone(**parts, ban=ban())
    if ask(banned, action, state).is_allowed and action is not Action.APPEAL:
        assert ask(free, action, state).is_allowed


@given(parts=PARTS, asked=ASKED)
def test_a_manager_may_whatever_an_outsider_may(parts: dict, asked: tuple) -> None:
    action, state = asked
    if ask(someone(), action, state).is_allowed:
        assert ask(someone(is_manager=True), action, state).is_allowed


@given(parts=PARTS, asked=ASKED)
def test_nothing_is_written_where_a_chapter_is_archived(parts: dict, asked: tuple) -> None:
    action, _state = asked
    writes = {Action.JOIN, Action.START_TOPIC, Action.REPLY, Action.REACT, Action.EDIT_CHAPTER, Action.PUBLISH_EVENT}
    if action in writes:
        for is_manager in (False, True):
            assert not ask(someone(**{**parts, "is_manager": is_manager}), action, ChapterState.ARCHIVED).is_allowed
