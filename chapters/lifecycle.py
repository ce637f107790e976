"""The life of a chapter as a table: which state follows which, by whose hand, and what has to be there first.

Pure rules without the database; ``moves.py`` takes the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .data import ChapterState


class By(StrEnum):
    """By whose hand a step is taken. ``EVENT``: an event was published. ``CLOCK``: the day of a pause has passed."""

    PROPOSER = "proposer"
    ORGANIZERS = "organizers"
    MANAGER = "manager"
    EVENT = "event"
    CLOCK = "clock"


@dataclass(frozen=True, kw_only=True)
class Strength:
    """How many people a chapter has: members, and those of them who run it."""

    members: int
    organizers: int


Guard = Callable[[Strength], str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line of the table. ``guard`` returns what is missing, in words; ``tells_members`` beside the organizers."""

    start: ChapterState
    to: ChapterState
    by: frozenset[By]
    label: Promise
    needs_reason: bool = False
    needs_date: bool = False
    tells_members: bool = False
    guard: Guard | None = None

    def find_missing(self, strength: Strength) -> str:
        """Return what has to be there before the step can be taken, "" where it can be taken now."""
        return self.guard(strength) if self.guard else ""


def _has_formed(strength: Strength) -> str:
    wanted = settings.CHAPTERS_FORMING_MEMBERS
    if strength.members < wanted:
        text = ngettext(
            "The chapter needs %(wanted)d member; it has %(members)d.",
            "The chapter needs %(wanted)d members; it has %(members)d.",
            wanted,
        )
        return text % {"wanted": wanted, "members": strength.members}
    return "" if strength.organizers else str(_("The chapter needs an organizer."))


_S = ChapterState
_MANAGER: Final = frozenset({By.MANAGER})
_ORGANIZERS: Final = frozenset({By.ORGANIZERS})
_BOTH: Final = _MANAGER | _ORGANIZERS

#: Where two lines have the same ends, the first whose hand fits is taken: who proposed gives no reason for withdrawing.
STEPS: Final = (
    Step(start=_S.PROPOSED, to=_S.DECLINED, by=frozenset({By.PROPOSER}), label=_("Withdraw the proposal")),
    Step(start=_S.PROPOSED, to=_S.FORMING, by=_MANAGER, label=_("Approve")),
    Step(start=_S.PROPOSED, to=_S.DECLINED, by=_MANAGER, label=_("Decline"), needs_reason=True),
    Step(start=_S.DECLINED, to=_S.PROPOSED, by=_MANAGER, label=_("Take up again")),
    Step(start=_S.FORMING, to=_S.ACTIVE, by=_MANAGER, label=_("Make it active")),
    Step(start=_S.FORMING, to=_S.ACTIVE, by=_ORGANIZERS, label=_("Make it active"), guard=_has_formed),
    Step(start=_S.ACTIVE, to=_S.PAUSED, by=_BOTH, label=_("Pause"), needs_date=True, tells_members=True),
    Step(start=_S.PAUSED, to=_S.PAUSED, by=_BOTH, label=_("Change the last day"), needs_date=True, tells_members=True),
    Step(start=_S.PAUSED, to=_S.ACTIVE, by=_BOTH | {By.EVENT, By.CLOCK}, label=_("Resume")),
    *(
        Step(start=start, to=_S.DORMANT, by=_MANAGER, label=_("Set dormant"), needs_reason=True)
        for start in (_S.FORMING, _S.ACTIVE, _S.PAUSED)
    ),
    Step(start=_S.DORMANT, to=_S.ACTIVE, by=_MANAGER | {By.EVENT}, label=_("Wake it up")),
    *(
        Step(start=start, to=_S.ARCHIVED, by=_MANAGER, label=_("Archive"), needs_reason=True, tells_members=True)
        for start in (_S.FORMING, _S.ACTIVE, _S.PAUSED, _S.DORMANT)
    ),
    Step(start=_S.ARCHIVED, to=_S.FORMING, by=_MANAGER, label=_("Reopen")),
)


def list_steps(start: ChapterState, hands: frozenset[By]) -> Iterator[Step]:
    """Yield the steps that these hands may take from a state, one for each end, in the order of the table."""
    ends: set[ChapterState] = set()
    for step in STEPS:
        if step.start is start and step.by & hands and step.to not in ends:
            ends.add(step.to)
            yield step


def find_step(start: ChapterState, to: ChapterState, hands: frozenset[By]) -> Step | None:
    """Return the step by which these hands may take a chapter from one state to another, None where there is none."""
    return next((step for step in list_steps(start, hands) if step.to is to), None)


def is_known(start: ChapterState, to: ChapterState) -> bool:
    """Tell whether anybody can take a chapter from one state to another."""
    return any(step.start is start and step.to is to for step in STEPS)
