"""What a decision about a chapter rests on, and how it is said: facts of one person, what they ask, yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

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


YES: Final = DecisionData(is_allowed=True)


def no(code: str, reason: str, next_step: str = "", next_url: str = "") -> DecisionData:
    """Return a refusal."""
    return DecisionData(code=code, reason=reason, next_step=next_step, next_url=next_url)
