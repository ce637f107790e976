"""What an evaluation is made of and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .cases import ContributionKind, ContributionState, RequirementState


@dataclass(frozen=True, kw_only=True)
class EvidenceData:
    """One post of the learner who is evaluated, as its snapshot stands.

    ``edited_at`` is when the present text was saved. ``worded_at`` is when its wording appeared: an edit that leaves
    a near-copy of what stood there does not move it, so that a corrected typo never turns the original into the copy.
    ``parent_body`` and the parent's author are those of the post that was answered.
    """

    id: int
    kind: ContributionKind
    author_id: int
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    worded_at: datetime | None = None
    state: ContributionState = ContributionState.LIVE
    state_reason: str = ""
    parent_author_id: int | None = None
    is_parent_by_team: bool = False
    parent_body: str = ""


@dataclass(frozen=True, kw_only=True)
class PeerTextData:
    """A post by somebody else in the same case which one of the learner's posts may repeat."""

    id: int
    author_id: int
    body: str
    worded_at: datetime


@dataclass(frozen=True, kw_only=True)
class EvaluationRules:
    """The site's numbers. ``near_copy_share`` is the part of a post's words, 0 to 1, from which it is a near-copy."""

    near_copy_share: float = 0.7
    word_factors: Mapping[str, float] = field(default_factory=lambda: {"zh": 1.5, "ja": 2.0})
    is_team_a_peer: bool = False


@dataclass(frozen=True, kw_only=True)
class RequirementItemData:
    """One thing inside a requirement: an answer to one peer, or what is still to do.

    ``code`` and ``facts`` say why in a form that can be stored; ``title``, ``detail`` and ``why`` are the same in
    words and are empty until `explain` fills them in the reader's language.
    """

    state: RequirementState
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    contribution_id: int | None = None
    peer_id: int | None = None
    met_at: datetime | None = None
    title: str = ""
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class RequirementData:
    """One requirement of a case: ``kind`` is ``position``, ``answers`` or ``look_back``.

    ``possible`` is what it can still bring this learner: parts that turned out impossible are left out of it.
    ``share`` is 0 to 1 of what is possible.
    """

    kind: str
    state: RequirementState
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    earned: float = 0.0
    possible: float = 0.0
    share: float = 0.0
    met_at: datetime | None = None
    contribution_id: int | None = None
    items: Sequence[RequirementItemData] = ()
    title: str = ""
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """The verdict on one learner in one case, reproducible from evidence and the named version of the configuration.

    ``finished_at`` is when the last of the requirements was met, None until then. ``verdicts`` says of each of the
    learner's posts, by id, why it counts or does not.
    """

    requirements: Sequence[RequirementData]
    earned: float
    possible: float
    is_finished: bool
    completion: float
    config_version: int
    evaluated_at: datetime
    finished_at: datetime | None = None
    verdicts: Mapping[int, RequirementItemData] = field(default_factory=dict)
