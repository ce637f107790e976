"""Who may do what with a chapter: a table, and the one pure function that reads it.

For every action the table says who may do it and in which states of the chapter, and which *gates* come on top. The
order in which `decide` asks is always the same, and the first no is the answer: signed in, may see the chapter at all,
account in use, not banned, the right part in the chapter, the right state, the gates. It reads nothing but the facts it
is given; ``access.py`` loads them. Without a yes it is no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from . import addresses
from .data import Action, ChapterState, DecisionData
from .gates import (
    can_join,
    can_leave,
    has_audience,
    has_no_role,
    is_banned,
    is_of_age,
    meets_entry,
    not_to_oneself,
    not_to_organizers,
    runs_together,
    was_not_mine,
)
from .standpoints import HIDDEN, YES, Asked, Facts, Part, no

Gate = Callable[[Facts, Asked], DecisionData | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A line of the table. ``states`` bind everybody, ``wide_states`` are those in which a manager may as well."""

    who: frozenset[Part]
    states: frozenset[ChapterState]
    gates: tuple[Gate, ...] = ()
    wide_states: frozenset[ChapterState] = frozenset()
    holds_when_banned: bool = False
    needs_active: bool = True


# -- the table ---------------------------------------------------------------------------------------------------------

_S = ChapterState
_BEGUN: Final = frozenset({_S.FORMING, _S.ACTIVE, _S.PAUSED, _S.DORMANT})
_SHOWN: Final = _BEGUN | {_S.ARCHIVED}
_ALL: Final = frozenset(ChapterState)

_ANYONE: Final = frozenset({Part.ANYONE})
_ACCOUNT: Final = frozenset({Part.ACCOUNT})
_MANAGER: Final = frozenset({Part.MANAGER})
_LEAD: Final = _MANAGER | {Part.LEAD}
_ORGANIZERS: Final = _LEAD | {Part.CO_ORGANIZER}
_MODERATORS: Final = _ORGANIZERS | {Part.MODERATOR}
_HOSTS: Final = _ORGANIZERS | {Part.HOST}
_TEAM: Final = _MODERATORS | {Part.HOST, Part.CHECK_IN}
_INSIDE: Final = frozenset({Part.MEMBER, Part.MANAGER})

#: Every action has its line here; a test holds the enum against it.
TABLE: Final[Mapping[Action, Rule]] = {
    Action.SEE: Rule(who=_ANYONE, states=_ALL, holds_when_banned=True, needs_active=False),
    Action.SEE_MEMBERS: Rule(who=_INSIDE, states=_SHOWN),
    Action.JOIN: Rule(who=_ACCOUNT, states=_BEGUN, gates=(can_join, meets_entry)),
    Action.LEAVE: Rule(
        who=frozenset({Part.MEMBER, Part.APPLICANT}),
        states=_SHOWN,
        gates=(can_leave,),
        holds_when_banned=True,
        needs_active=False,
    ),
    Action.EDIT_INTRODUCTION: Rule(who=frozenset({Part.MEMBER}), states=_BEGUN),
    Action.SAY_HELLO: Rule(who=frozenset({Part.MEMBER}), states=_BEGUN, gates=(not_to_oneself,)),
    Action.OPEN_PROFILE: Rule(who=_ACCOUNT, states=_SHOWN, gates=(is_of_age,)),
    Action.MEET_IN_PERSON: Rule(who=_ACCOUNT, states=_BEGUN, gates=(is_of_age,)),
    Action.READ_BOARD: Rule(who=_INSIDE, states=_SHOWN, gates=(has_audience,)),
    Action.START_TOPIC: Rule(who=_INSIDE, states=_BEGUN, gates=(has_audience,)),
    Action.REPLY: Rule(who=_INSIDE, states=_BEGUN, gates=(has_audience,)),
    Action.REACT: Rule(who=_INSIDE, states=_BEGUN, gates=(has_audience,)),
    Action.REPORT_POST: Rule(who=_INSIDE, states=_SHOWN, gates=(has_audience,)),
    Action.MODERATE: Rule(who=_MODERATORS, states=_SHOWN, gates=(has_audience,)),
    Action.SEE_DESK: Rule(who=_TEAM, states=_SHOWN),
    Action.EDIT_CHAPTER: Rule(
        who=_ORGANIZERS | {Part.PROPOSER},
        states=_BEGUN | {_S.PROPOSED},
    ),
    Action.EDIT_RULES: Rule(who=_LEAD, states=_BEGUN, wide_states=frozenset({_S.PROPOSED})),
    Action.EDIT_QUESTIONS: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.REVIEW_REQUESTS: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.GRANT_STANDING: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.REMOVE_MEMBER: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(not_to_oneself, not_to_organizers)),
    Action.BAN: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(not_to_oneself, not_to_organizers)),
    Action.ANSWER_APPEAL: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(was_not_mine,)),
    Action.APPEAL: Rule(who=_ACCOUNT, states=_SHOWN, gates=(is_banned,), holds_when_banned=True, needs_active=False),
    Action.EXPORT_MEMBERS: Rule(who=_ORGANIZERS, states=_SHOWN),
    Action.SEE_LEAVING: Rule(who=_ORGANIZERS, states=_SHOWN),
    Action.SEE_AUDIT: Rule(who=_ORGANIZERS, states=_SHOWN, wide_states=_ALL),
    Action.GIVE_ROLE: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.GIVE_LEAD: Rule(who=_LEAD, states=_BEGUN),
    Action.STEP_DOWN: Rule(who=_TEAM - _MANAGER, states=_SHOWN, gates=(can_leave,), needs_active=False),
    Action.HAND_OVER: Rule(who=_ORGANIZERS - _MANAGER, states=_BEGUN, gates=(not_to_oneself,)),
    Action.HAND_BACK: Rule(who=_ORGANIZERS - _MANAGER, states=_BEGUN, gates=(runs_together,)),
    Action.SEE_EVENTS: Rule(who=_INSIDE, states=_SHOWN),
    Action.ATTEND_EVENT: Rule(who=_ACCOUNT, states=_BEGUN),
    Action.DRAFT_EVENT: Rule(who=_HOSTS, states=_BEGUN),
    Action.PUBLISH_EVENT: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.RUN_EVENT: Rule(who=_ORGANIZERS, states=_SHOWN),
    Action.CHECK_IN_PEOPLE: Rule(who=_HOSTS | {Part.CHECK_IN}, states=_BEGUN),
    Action.REPORT_CONCERN: Rule(who=_ACCOUNT, states=_ALL, holds_when_banned=True, needs_active=False),
    Action.HANDLE_CONCERNS: Rule(who=_MANAGER, states=_ALL, gates=(has_no_role,)),
    Action.MANAGE: Rule(who=_MANAGER, states=_ALL),
}

# -- the function ------------------------------------------------------------------------------------------------------


def decide(facts: Facts, asked: Asked) -> DecisionData:
    """Answer whether somebody may do something with a chapter, with reason and next step where they may not."""
    rule = TABLE[asked.action]
    return (
        _find_stranger(facts, rule)
        or _find_bar(facts, rule)
        or _find_missing_part(facts, rule)
        or _find_wrong_state(facts, rule)
        or next((answer for gate in rule.gates if (answer := gate(facts, asked)) is not None), YES)
    )


def _find_stranger(facts: Facts, rule: Rule) -> DecisionData | None:
    """Refuse who may not know of the chapter, and who is not signed in."""
    chapter = facts.chapter
    if chapter.state in HIDDEN and not facts.parts & {Part.PROPOSER, Part.MANAGER}:
        return no(
            "no_chapter",
            _("There is no such chapter, or not any more."),
            _("Look for one in the directory."),
            addresses.directory_url(),
        )
    if facts.user_id is None and Part.ANYONE not in rule.who:
        here = addresses.chapter_url(chapter.slug)
        return no("sign_in", _("This is for people who are signed in."), _("Sign in."), addresses.sign_in_url(here))
    return None


def _find_bar(facts: Facts, rule: Rule) -> DecisionData | None:
    """Refuse accounts that are not in use yet, and people who are kept out."""
    if facts.user_id is None:
        return None
    if rule.needs_active and not facts.is_active:
        return no(
            "inactive_account",
            _("Your account is not confirmed yet."),
            _("Follow the link in the mail that you got when you registered."),
        )
    if facts.ban is not None and not rule.holds_when_banned and not facts.is_manager:
        return no(
            "banned",
            _("The organizers of this chapter keep you out for now."),
            _("Read why, and say what you think of it."),
            addresses.chapter_url(facts.chapter.slug, "appeal"),
        )
    return None


def _find_missing_part(facts: Facts, rule: Rule) -> DecisionData | None:
    """Refuse who is not what it takes to be."""
    if facts.parts & rule.who:
        return None
    here = addresses.chapter_url(facts.chapter.slug)
    if rule.who == _MANAGER:
        return no("not_manager", _("This is for the community team."), _("Ask the community team."), here)
    if Part.MEMBER in rule.who and not facts.is_member:
        join = addresses.chapter_url(facts.chapter.slug, "join")
        if facts.chapter.state in _BEGUN:
            return no("not_member", _("This is for members of the chapter."), _("Join the chapter."), join)
        return no(
            "not_member",
            _("This is for members of the chapter."),
            _("Look for another chapter."),
            addresses.directory_url(),
        )
    if rule.who <= _LEAD:
        return no("not_lead", _("This is for the lead organizer."), _("Ask the lead organizer."), here)
    return no("not_organizer", _("This is for the people who run the chapter."), _("Ask an organizer."), here)


def _find_wrong_state(facts: Facts, rule: Rule) -> DecisionData | None:
    """Refuse what the chapter's state does not allow."""
    state = facts.chapter.state
    if state in rule.states or (facts.is_manager and state in rule.wide_states):
        return None
    here = addresses.chapter_url(facts.chapter.slug)
    if state is ChapterState.PROPOSED:
        return no(
            "proposed",
            _("This chapter is proposed and waits for the community team."),
            _("You hear the answer by mail."),
            here,
        )
    if state is ChapterState.DECLINED:
        return no("declined", _("This proposal was declined."), _("Propose another."), addresses.propose_url())
    return no(
        "archived",
        _("This chapter is archived: what was written can be read, and nothing is added."),
        _("Look for another chapter."),
        addresses.directory_url(),
    )
