"""What one person may do with one chapter: the facts, read in a fixed number of queries, and the decision on them.

Pages, REST, links of mails, blocks and jobs all ask here. ``permissions.py`` holds the table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from .ages import is_of_age
from .data import (
    Action,
    Audience,
    BanData,
    ChapterData,
    ChapterRole,
    DecisionData,
    MembershipData,
)
from .edx_platform import profiles
from .exceptions import NotAllowedError
from .membership.rules import list_entitled
from .models import Term
from .permissions import decide as decide_on
from .records import bans_in_force, memberships_to_read, to_ban, to_membership
from .standpoints import Asked, Facts


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody before a chapter: what they are to it, and the answer to every "may I?"; see `find_access`."""

    facts: Facts

    @property
    def chapter(self) -> ChapterData:
        """Return the chapter."""
        return self.facts.chapter

    @property
    def user_id(self) -> int | None:
        """Return who asks, None for somebody who is not signed in."""
        return self.facts.user_id

    @property
    def membership(self) -> MembershipData | None:
        """Return their membership, now or once."""
        return self.facts.membership

    @property
    def is_member(self) -> bool:
        """Tell whether they are in the chapter now."""
        return self.facts.is_member

    @property
    def roles(self) -> frozenset[ChapterRole]:
        """Return the roles they hold in the chapter now."""
        return self.facts.roles

    @property
    def is_organizer(self) -> bool:
        """Tell whether they run the chapter."""
        return self.facts.is_organizer

    @property
    def terms(self) -> Mapping[int, frozenset[ChapterRole]]:
        """Return the roles held now in the chapter, by person, of everybody who holds one."""
        return self.facts.terms

    @property
    def is_manager(self) -> bool:
        """Tell whether they are of the community team, which looks after every chapter."""
        return self.facts.is_manager

    @property
    def is_of_age(self) -> bool:
        """Tell whether they are old enough for a profile that others see and for meeting in person."""
        return self.facts.is_of_age

    @property
    def ban(self) -> BanData | None:
        """Return what keeps them out now."""
        return self.facts.ban

    @property
    def boards(self) -> tuple[Audience, ...]:
        """Return the boards that they may read."""
        return tuple(each for each in self.chapter.boards if self.can(Action.READ_BOARD, audience=each))

    def decide(self, action: Action, *, audience: Audience | None = None, target_id: int | None = None) -> DecisionData:
        """Answer whether they may do something: on the board of an ``audience``, to the person ``target_id``."""
        return decide_on(self.facts, Asked(action=action, audience=audience, target_id=target_id))

    def can(self, action: Action, *, audience: Audience | None = None, target_id: int | None = None) -> bool:
        """Tell whether they may do something."""
        return self.decide(action, audience=audience, target_id=target_id).is_allowed

    def require(self, action: Action, *, audience: Audience | None = None, target_id: int | None = None) -> None:
        """Raise NotAllowedError, which carries the decision, unless they may do something."""
        decision = self.decide(action, audience=audience, target_id=target_id)
        if not decision.is_allowed:
            raise NotAllowedError(decision)


def find_access(chapter: ChapterData, user_id: int | None) -> Access:
    """Return somebody's access to a chapter: five queries, three more where the entry rule asks for courses.

    None is somebody who is not signed in, and costs none. An account that is gone is nobody.
    """
    account = profiles.find_account(user_id) if user_id is not None else None
    if account is None:
        return Access(Facts(chapter=chapter))
    row = memberships_to_read().filter(chapter_id=chapter.id, user_id=account.user_id).first()
    membership = to_membership(row) if row else None
    ban = bans_in_force().filter(chapter_id=chapter.id, user_id=account.user_id).order_by("-pk").first()
    is_inside = membership is not None and membership.is_member
    return Access(
        Facts(
            chapter=chapter,
            user_id=account.user_id,
            is_active=account.is_active,
            is_manager=account.is_manager,
            is_of_age=is_of_age(account.year_of_birth, account.country),
            membership=membership,
            ban=to_ban(ban) if ban else None,
            terms=list_roles(chapter.id),
            entitled=frozenset() if is_inside else _list_entitled(chapter, account.user_id),
        )
    )


def is_manager(user_id: int | None) -> bool:
    """Tell whether somebody is of the community team: the permission, site staff and superusers; one query."""
    account = profiles.find_account(user_id) if user_id is not None else None
    return account is not None and account.is_manager


def decide(
    user_id: int | None,
    action: Action,
    chapter: ChapterData,
    *,
    audience: Audience | None = None,
    target_id: int | None = None,
) -> DecisionData:
    """Answer whether somebody may do something with a chapter; for more questions ask `find_access` once."""
    return find_access(chapter, user_id).decide(action, audience=audience, target_id=target_id)


def list_roles(chapter_id: int) -> dict[int, frozenset[ChapterRole]]:
    """Return the roles held now in a chapter, by person, in one query; there are a few dozen at most."""
    roles: defaultdict[int, set[ChapterRole]] = defaultdict(set)
    held = Term.objects.filter(chapter_id=chapter_id, ended_at__isnull=True)
    for user_id, role in held.values_list("user_id", "role"):
        roles[user_id].add(ChapterRole(role))
    return {user_id: frozenset(held) for user_id, held in roles.items()}


def _list_entitled(chapter: ChapterData, user_id: int) -> frozenset[Audience]:
    if chapter.entry is Audience.EVERYONE:
        return frozenset()
    return list_entitled(chapter, user_id)
