"""Who may do what with a chapter: a table, and the one pure function that reads it.

For every action the table says who may do it and in which states of the chapter, and which *gates* come on top. The
order in which `decide` asks is always the same, and the first no is the answer: signed in, may see the chapter at all,
account in use, not banned, the right part in the chapter, the right state, the gates. It reads nothing but the facts it
is given; ``access.py`` loads them. Without a yes it is no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from . import addresses
from .data import (
    ORGANIZER_ROLES,
    Action,
    Audience,
    BanData,
    ChapterData,
    ChapterRole,
    ChapterState,
    DecisionData,
    MembershipData,
    MembershipState,
)


class Part(StrEnum):
    """What somebody is to a chapter. Everybody is several of these: a lead organizer is a member and an account too."""

    ANYONE = "anyone"
    ACCOUNT = "account"
    PROPOSER = "proposer"
    APPLICANT = "applicant"
    MEMBER = "member"
    MODERATOR = "moderator"
    CHECK_IN = "check_in"
    HOST = "host"
    CO_ORGANIZER = "co_organizer"
    LEAD = "lead"
    MANAGER = "manager"


#: States in which a chapter is known only to who proposed it and to managers.
HIDDEN: Final = frozenset({ChapterState.PROPOSED, ChapterState.DECLINED})

_PART_OF_ROLE: Final = {role: Part(role.value) for role in ChapterRole}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a decision rests on: the chapter, and what is known of the person (``user_id`` None: not signed in).

    ``terms`` are the roles held now in the chapter, by person, of everybody who holds one. ``entitled`` are the
    audiences to which the person's courses entitle them, asked for only where the entry rule needs it.
    """

    chapter: ChapterData
    user_id: int | None = None
    is_active: bool = False
    is_manager: bool = False
    is_of_age: bool = False
    membership: MembershipData | None = None
    ban: BanData | None = None
    terms: Mapping[int, frozenset[ChapterRole]] = field(default_factory=dict)
    entitled: frozenset[Audience] = frozenset()

    @property
    def roles(self) -> frozenset[ChapterRole]:
        """Return the roles that the person holds in this chapter now."""
        return self.terms.get(self.user_id, frozenset()) if self.user_id is not None else frozenset()

    @property
    def is_member(self) -> bool:
        """Tell whether the person is in the chapter."""
        return self.membership is not None and self.membership.is_member

    @property
    def is_organizer(self) -> bool:
        """Tell whether the person runs the chapter."""
        return bool(self.roles & ORGANIZER_ROLES)

    @property
    def is_last_organizer(self) -> bool:
        """Tell whether nobody else runs the chapter."""
        others = (roles for user_id, roles in self.terms.items() if user_id != self.user_id)
        return self.is_organizer and not any(roles & ORGANIZER_ROLES for roles in others)

    @property
    def parts(self) -> frozenset[Part]:
        """Return what the person is to the chapter."""
        found = {Part.ANYONE}
        if self.user_id is not None:
            found |= {Part.ACCOUNT} | {_PART_OF_ROLE[role] for role in self.roles}
            waits = self.membership is not None and self.membership.state is MembershipState.REQUESTED
            also = {
                Part.PROPOSER: self.user_id == self.chapter.proposed_by and self.chapter.state in HIDDEN,
                Part.APPLICANT: waits,
                Part.MEMBER: self.is_member,
                Part.MANAGER: self.is_manager,
            }
            found |= {part for part, holds in also.items() if holds}
        return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants: to whom (``target_id``) and on which board (``audience``) it would be done."""

    action: Action
    audience: Audience | None = None
    target_id: int | None = None


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


YES: Final = DecisionData(is_allowed=True)


def no(code: str, reason: str, next_step: str = "", next_url: str = "") -> DecisionData:
    """Return a refusal."""
    return DecisionData(code=code, reason=reason, next_step=next_step, next_url=next_url)


# -- gates: each returns a refusal, or None ----------------------------------------------------------------------------


def _can_join(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    here = addresses.chapter_url(facts.chapter.slug)
    if facts.is_member:
        return no("already_member", _("You are a member already."), _("Go to the chapter."), here)
    if facts.membership is not None and facts.membership.state is MembershipState.REQUESTED:
        return no(
            "request_waits",
            _("You have asked to join, and the organizers have not answered yet."),
            _("You hear from them by mail."),
            here,
        )
    return None


def _meets_entry(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    entry = facts.chapter.entry
    if entry is Audience.EVERYONE or entry in facts.entitled or facts.is_manager:
        return None
    if entry is Audience.ALUMNI:
        return no(
            "not_entitled",
            _("This chapter is for people who completed one of its courses."),
            _("Complete one of them first; its name stands on the chapter's page."),
            addresses.chapter_url(facts.chapter.slug),
        )
    return no(
        "not_entitled",
        _("This chapter is for people who take one of its courses."),
        _("Enrol in one of them first; its name stands on the chapter's page."),
        addresses.chapter_url(facts.chapter.slug),
    )


def _can_leave(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    if not facts.is_last_organizer or facts.chapter.state is ChapterState.ARCHIVED:
        return None
    return no(
        "last_organizer",
        _("You are the last organizer of this chapter."),
        _("Hand it over to another member, or back to the community team, and then go."),
        addresses.chapter_url(facts.chapter.slug, "desk_life"),
    )


def _has_audience(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let those read or write on a board to whom it is open; whoever looks after the boards reads all of them."""
    audience = asked.audience or Audience.EVERYONE
    if audience not in facts.chapter.boards:
        return no("no_board", _("This chapter has no such board."), "", addresses.chapter_url(facts.chapter.slug))
    looks_after = facts.is_organizer or ChapterRole.MODERATOR in facts.roles or facts.is_manager
    if looks_after or (facts.membership is not None and audience in facts.membership.audiences):
        return None
    if audience is Audience.ALUMNI:
        return no(
            "not_in_audience",
            _("This board is for members who completed one of the chapter's courses."),
            _("It opens by itself once you have."),
            addresses.chapter_url(facts.chapter.slug),
        )
    return no(
        "not_in_audience",
        _("This board is for members who take one of the chapter's courses."),
        _("It opens by itself once you are enrolled."),
        addresses.chapter_url(facts.chapter.slug),
    )


def _not_to_oneself(facts: Facts, asked: Asked) -> DecisionData | None:
    if asked.target_id is None or asked.target_id != facts.user_id:
        return None
    return no("yourself", _("You cannot do this to yourself."))


def _not_to_organizers(facts: Facts, asked: Asked) -> DecisionData | None:
    """Keep volunteers from throwing each other out: roles end first, and the community team is there for the rest."""
    target = facts.terms.get(asked.target_id, frozenset()) if asked.target_id is not None else frozenset()
    if not target or facts.is_manager:
        return None
    return no(
        "has_role",
        _("This person has a role in the chapter."),
        _("End the role first, or ask the community team."),
        addresses.chapter_url(facts.chapter.slug, "desk_roles"),
    )


def _was_not_mine(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let somebody else answer an appeal than who decided what it is about: ``target_id`` is who decided."""
    if facts.is_manager or asked.target_id is None or asked.target_id != facts.user_id:
        return None
    return no(
        "own_decision",
        _("You decided this yourself, so somebody else answers the appeal."),
        _("Another organizer or the community team answers it."),
    )


def _is_banned(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    if facts.ban is not None and not facts.ban.appeal:
        return None
    if facts.ban is not None:
        return no("appealed", _("You have said what you think of this."), _("You hear the answer by mail."))
    return no("not_banned", _("Nothing keeps you out of this chapter."))


def _runs_together(facts: Facts, asked: Asked) -> DecisionData | None:
    """Let a chapter be handed back only by the last one who runs it: others step down, and it goes on."""
    del asked
    if facts.is_last_organizer:
        return None
    return no(
        "not_last",
        _("Others run this chapter with you."),
        _("Step down instead; the chapter goes on with them."),
        addresses.chapter_url(facts.chapter.slug, "desk_roles"),
    )


def _has_no_role(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    if not facts.roles:
        return None
    return no(
        "own_chapter",
        _("You have a role in this chapter, so reports about it go to others of the community team."),
    )


def _is_of_age(facts: Facts, asked: Asked) -> DecisionData | None:
    del asked
    if facts.is_of_age:
        return None
    return no(
        "too_young",
        _("By the year of birth in your profile you are too young for this."),
        _("Boards and online meetings are open to you."),
    )


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
    Action.JOIN: Rule(who=_ACCOUNT, states=_BEGUN, gates=(_can_join, _meets_entry)),
    Action.LEAVE: Rule(
        who=frozenset({Part.MEMBER, Part.APPLICANT}),
        states=_SHOWN,
        gates=(_can_leave,),
        holds_when_banned=True,
        needs_active=False,
    ),
    Action.EDIT_INTRODUCTION: Rule(who=frozenset({Part.MEMBER}), states=_BEGUN),
    Action.SAY_HELLO: Rule(who=frozenset({Part.MEMBER}), states=_BEGUN, gates=(_not_to_oneself,)),
    Action.OPEN_PROFILE: Rule(who=_ACCOUNT, states=_SHOWN, gates=(_is_of_age,)),
    Action.MEET_IN_PERSON: Rule(who=_ACCOUNT, states=_BEGUN, gates=(_is_of_age,)),
    Action.READ_BOARD: Rule(who=_INSIDE, states=_SHOWN, gates=(_has_audience,)),
    Action.START_TOPIC: Rule(who=_INSIDE, states=_BEGUN, gates=(_has_audience,)),
    Action.REPLY: Rule(who=_INSIDE, states=_BEGUN, gates=(_has_audience,)),
    Action.REACT: Rule(who=_INSIDE, states=_BEGUN, gates=(_has_audience,)),
    Action.REPORT_POST: Rule(who=_INSIDE, states=_SHOWN, gates=(_has_audience,)),
    Action.MODERATE: Rule(who=_MODERATORS, states=_SHOWN, gates=(_has_audience,)),
    Action.SEE_DESK: Rule(who=_TEAM, states=_SHOWN),
    Action.EDIT_CHAPTER: Rule(
        who=_ORGANIZERS | {Part.PROPOSER},
        states=_BEGUN | {_S.PROPOSED},
    ),
    Action.EDIT_RULES: Rule(who=_LEAD, states=_BEGUN, wide_states=frozenset({_S.PROPOSED})),
    Action.EDIT_QUESTIONS: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.REVIEW_REQUESTS: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.GRANT_STANDING: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.REMOVE_MEMBER: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(_not_to_oneself, _not_to_organizers)),
    Action.BAN: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(_not_to_oneself, _not_to_organizers)),
    Action.ANSWER_APPEAL: Rule(who=_ORGANIZERS, states=_SHOWN, gates=(_was_not_mine,)),
    Action.APPEAL: Rule(who=_ACCOUNT, states=_SHOWN, gates=(_is_banned,), holds_when_banned=True, needs_active=False),
    Action.EXPORT_MEMBERS: Rule(who=_ORGANIZERS, states=_SHOWN),
    Action.SEE_LEAVING: Rule(who=_ORGANIZERS, states=_SHOWN),
    Action.SEE_AUDIT: Rule(who=_ORGANIZERS, states=_SHOWN, wide_states=_ALL),
    Action.GIVE_ROLE: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.GIVE_LEAD: Rule(who=_LEAD, states=_BEGUN),
    Action.STEP_DOWN: Rule(who=_TEAM - _MANAGER, states=_SHOWN, gates=(_can_leave,), needs_active=False),
    Action.HAND_OVER: Rule(who=_ORGANIZERS - _MANAGER, states=_BEGUN, gates=(_not_to_oneself,)),
    Action.HAND_BACK: Rule(who=_ORGANIZERS - _MANAGER, states=_BEGUN, gates=(_runs_together,)),
    Action.DRAFT_EVENT: Rule(who=_HOSTS, states=_BEGUN),
    Action.PUBLISH_EVENT: Rule(who=_ORGANIZERS, states=_BEGUN),
    Action.CHECK_IN_PEOPLE: Rule(who=_HOSTS | {Part.CHECK_IN}, states=_BEGUN),
    Action.REPORT_CONCERN: Rule(who=_ACCOUNT, states=_ALL, holds_when_banned=True, needs_active=False),
    Action.HANDLE_CONCERNS: Rule(who=_MANAGER, states=_ALL, gates=(_has_no_role,)),
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
        return no("not_manager", _("This is for the community team."), "", here)
    if Part.MEMBER in rule.who and not facts.is_member:
        join = addresses.chapter_url(facts.chapter.slug, "join")
        if facts.chapter.state in _BEGUN:
            return no("not_member", _("This is for members of the chapter."), _("Join the chapter."), join)
        return no("not_member", _("This is for members of the chapter."), "", here)
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
        return no("proposed", _("This chapter is proposed and waits for the community team."), "", here)
    if state is ChapterState.DECLINED:
        return no("declined", _("This proposal was declined."), _("Propose another."), addresses.propose_url())
    return no(
        "archived",
        _("This chapter is archived: what was written can be read, and nothing is added."),
        _("Look for another chapter."),
        addresses.directory_url(),
    )
