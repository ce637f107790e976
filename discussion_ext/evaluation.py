"""What counts for one learner in one case: a pure function of evidence, configuration and the moment.

No database, clock, setting or language is used here: the same evidence gives the same verdict in whatever order and
however often it arrives. The verdict is made of codes and facts; `explanations.explain` puts it into words.

*When.* A post counts from the moment its present text was saved: an edit that makes a short text long enough counts
from the edit. Answers to N peers are complete with the N-th of them. Posts or edits outside the time of the case do
not count; the boundaries themselves do.

*Copies.* Words that stand in the case, the question or the answered post are left out of the count. A post is a
near-copy of a source (an earlier post of one's own that counts or was removed, an earlier post of a peer, the
answered post, the case) when at least `near_copy_share` of its words stand in it and what is left without them is less
than the minimum: who quotes much and adds enough is not a copyist. The original is the text that was worded first.

*Points.* Each valid answer to another peer brings an equal part of `answers_points`; earned and possible points are
rounded to two decimals, half up, once per requirement. What was impossible at closing is left out of ``possible``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from . import similarity, words
from .data import (
    CaseConfigData,
    ContributionKind,
    ContributionState,
    EvaluationData,
    EvaluationRules,
    EvidenceData,
    PeerTextData,
    RequirementData,
    RequirementItemData,
    RequirementState,
)

ANSWERING = (ContributionKind.ANSWER, ContributionKind.FOLLOW_UP)
JUDGED = (ContributionKind.POSITION, *ANSWERING, ContributionKind.LOOK_BACK)
COUNTS = "counts"
NOT_TO_A_PEER = ("own_post", "team_post", "nobody")


@dataclass(frozen=True)
class _Case:
    """The question put to `evaluate`, without the learner's own posts."""

    config: CaseConfigData
    user_id: int
    others: tuple[PeerTextData, ...]
    reachable_peers: int
    closes_at: datetime | None
    is_closed: bool
    rules: EvaluationRules
    settled: Mapping[int, RequirementItemData]


@dataclass(frozen=True)
class _Source:
    """A text that a post may repeat. ``facts`` say to the learner which one."""

    code: str
    body: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class _Judged:
    post: EvidenceData
    verdict: RequirementItemData

    @property
    def counts(self) -> bool:
        return self.verdict.code == COUNTS

    @property
    def at(self) -> datetime:
        return _saved_at(self.post)


def evaluate(  # noqa: PLR0913  a verdict rests on this many facts, and each is named
    *,
    config: CaseConfigData,
    user_id: int,
    mine: Iterable[EvidenceData],
    reachable_peers: int,
    now: datetime,
    others: Iterable[PeerTextData] = (),
    closed_at: datetime | None = None,
    config_version: int = 0,
    rules: EvaluationRules | None = None,
    settled: Mapping[int, RequirementItemData] | None = None,
) -> EvaluationData:
    """Return the verdict on one learner.

    ``mine`` are the learner's posts in the case, ``others`` posts of peers which one of them may repeat, and
    ``reachable_peers`` is the number of other people in the learner's group who can be answered. ``closed_at`` is when
    the team closed the case, if that is before the configured moment. ``settled`` are verdicts by post that hold
    whatever its text says, because what it repeats is erased.
    """
    closes_at = min((moment for moment in (config.closes_at, closed_at) if moment), default=None)
    case = _Case(
        config=config,
        user_id=user_id,
        others=tuple(sorted(others, key=lambda text: (text.worded_at, text.id))),
        reachable_peers=reachable_peers,
        closes_at=closes_at,
        is_closed=closes_at is not None and now > closes_at,
        rules=rules or EvaluationRules(),
        settled=settled or {},
    )
    judged = _judge_all(mine, case)
    requirements = _requirements(judged, case)
    due = [requirement for requirement in requirements if requirement.state != RequirementState.IMPOSSIBLE]
    is_finished = all(requirement.state == RequirementState.MET for requirement in due)
    return EvaluationData(
        requirements=requirements,
        earned=_add(requirement.earned for requirement in requirements),
        possible=_add(requirement.possible for requirement in requirements),
        is_finished=is_finished,
        completion=round(sum(requirement.share for requirement in due) / len(due), 4),
        config_version=config_version,
        evaluated_at=now,
        finished_at=_finished_at(requirements, case) if is_finished else None,
        verdicts={entry.post.id: entry.verdict for entry in judged},
    )


def scale(evaluation: EvaluationData, total: float) -> float | None:
    """Return what was earned as part of ``total``, so that what was impossible does not make a case weigh less.

    None when nothing was possible: there is no score to publish then.
    """
    if not evaluation.possible:
        return None
    share = Fraction(str(evaluation.earned)) / Fraction(str(evaluation.possible))
    return _points(Fraction(str(total)) * share)


# -- one post ----------------------------------------------------------------------------------------------------------


def _judge_all(mine: Iterable[EvidenceData], case: _Case) -> list[_Judged]:
    latest: dict[int, EvidenceData] = {}
    for post in sorted(mine, key=lambda post: (_saved_at(post), repr(post))):
        if post.author_id == case.user_id and post.kind in JUDGED:
            latest[post.id] = post
    judged: list[_Judged] = []
    for post in sorted(latest.values(), key=lambda post: (_worded_at(post), post.id)):
        judged.append(_Judged(post, _judge(post, judged, case)))  # each looks at those before it
    return judged


def _judge(post: EvidenceData, earlier: Sequence[_Judged], case: _Case) -> RequirementItemData:
    code, facts = (
        _reason_of_state(post) or _reason_of_time(post, case) or _reason_of_peer(post, case)
        or _settled_reason(post, case) or _weigh_text(post, earlier, case)
    )  # fmt: skip
    return RequirementItemData(
        state=RequirementState.MET if code == COUNTS else RequirementState.NOT,
        code=code,
        facts=facts | ({"is_closed": True} if case.is_closed else {}),
        contribution_id=post.id,
        peer_id=post.parent_author_id if post.kind in ANSWERING else None,
        met_at=_saved_at(post) if code == COUNTS else None,
    )


_Reason = tuple[str, dict[str, Any]]


def _reason_of_state(post: EvidenceData) -> _Reason | None:
    if post.state == ContributionState.WITHDRAWN:
        return "withdrawn", {}
    if post.state == ContributionState.REMOVED:
        return "removed", {"reason": post.state_reason}
    return None


def _reason_of_time(post: EvidenceData, case: _Case) -> _Reason | None:
    if case.config.opens_at and _saved_at(post) < case.config.opens_at:
        return "too_early", {}
    if case.closes_at and post.created_at > case.closes_at:
        return "too_late", {}
    if case.closes_at and _saved_at(post) > case.closes_at:
        return "edited_late", {}
    return None


def _reason_of_peer(post: EvidenceData, case: _Case) -> _Reason | None:
    if post.kind not in ANSWERING:
        return None
    if post.parent_author_id is None:
        return "nobody", {}
    if post.parent_author_id == case.user_id:
        return "own_post", {}
    if post.is_parent_by_team and not case.rules.is_team_a_peer:
        return "team_post", {}
    return None


def _settled_reason(post: EvidenceData, case: _Case) -> _Reason | None:
    verdict = case.settled.get(post.id)
    if verdict is None:
        return None
    return verdict.code, {name: fact for name, fact in verdict.facts.items() if name != "is_closed"}


def _weigh_text(post: EvidenceData, earlier: Sequence[_Judged], case: _Case) -> _Reason:
    exclude = [case.config.prompt, case.config.case_html, post.parent_body]
    count = words.measure(post.body, exclude)
    minimum, maximum = _limits(post, case)
    if not count.total:
        return "empty", {}
    facts = {"words": count.counted, "total": count.total, "minimum": minimum}
    copied = _find_copied(post, exclude=exclude, minimum=minimum, sources=_sources(post, earlier, case), case=case)
    if copied:
        return copied
    if count.counted < minimum:
        missing = {"missing": minimum - count.counted, "borrowed": count.borrowed, "repeated": count.repeated}
        return "too_short", facts | missing
    written = count.total - count.borrowed
    if maximum and written > maximum:
        return "too_long", {"words": written, "maximum": maximum, "surplus": written - maximum}
    return COUNTS, facts


def _limits(post: EvidenceData, case: _Case) -> tuple[int, int]:
    """Return the least and the most words that count for this text; a most of 0 is no limit."""
    config = case.config
    minimum, maximum = {
        ContributionKind.POSITION: (config.position_min, config.position_max),
        ContributionKind.LOOK_BACK: (config.look_back_min, 0),
    }.get(post.kind, (config.answer_min, 0))
    in_words = {
        number: words.effective_minimum(post.body, number, factors=case.rules.word_factors)
        for number in (minimum, maximum)
    }
    return max(1, in_words[minimum]), in_words[maximum]


def _sources(post: EvidenceData, earlier: Sequence[_Judged], case: _Case) -> Iterable[_Source]:
    """Yield what the post may repeat, in the order in which it is told: what is nearest to its author comes first."""
    for entry in earlier:
        if entry.counts or entry.post.state == ContributionState.REMOVED:
            facts = {"of_kind": str(entry.post.kind), "of_id": entry.post.id, "of_peer_id": entry.verdict.peer_id}
            yield _Source("copy_of_own", entry.post.body, facts)
    if post.parent_body:
        yield _Source("copy_of_parent", post.parent_body, {})
    yield _Source("copy_of_case", f"{case.config.case_html}\n\n{case.config.prompt}", {})
    worded = (_worded_at(post), post.id)
    for text in case.others:
        if text.author_id != case.user_id and (text.worded_at, text.id) < worded:
            yield _Source("copy_of_peer", text.body, {})


def _find_copied(
    post: EvidenceData, *, exclude: Sequence[str], minimum: int, sources: Iterable[_Source], case: _Case
) -> _Reason | None:
    tokens, borrowed, repeated = words.mark_left_out(post.body, exclude)
    for source in sources:
        _, shared = similarity.mark_shared(post.body, source.body)
        total, same = words.weigh(tokens), words.weigh(t for t, mark in zip(tokens, shared, strict=True) if mark)
        left = words.weigh(t for t, *out in zip(tokens, borrowed, repeated, shared, strict=True) if not any(out))
        if same >= case.rules.near_copy_share * total and left < minimum:
            return source.code, {"same": same, "total": total, "minimum": minimum, **source.facts}
    return None


def _saved_at(post: EvidenceData) -> datetime:
    return post.edited_at or post.created_at


def _worded_at(post: EvidenceData) -> datetime:
    return post.worded_at or _saved_at(post)


# -- requirements ------------------------------------------------------------------------------------------------------


def _requirements(judged: Sequence[_Judged], case: _Case) -> tuple[RequirementData, ...]:
    config = case.config
    found = [_one_text(ContributionKind.POSITION, judged, case)]
    if config.answers_wanted:
        found.append(_answers(judged, case))
    if config.look_back_min:
        found.append(_one_text(ContributionKind.LOOK_BACK, judged, case))
    return tuple(found)


def _one_text(kind: ContributionKind, judged: Sequence[_Judged], case: _Case) -> RequirementData:
    """Return the requirement of one text of this kind: the first that counts, or what is wrong with the last try."""
    is_position = kind == ContributionKind.POSITION
    points = case.config.position_points if is_position else case.config.look_back_points
    tries = [entry for entry in judged if entry.post.kind == kind]
    valid = _first(entry for entry in tries if entry.counts)
    last = valid or max(tries, key=_when, default=None)
    verdict = last.verdict if last else None
    minimum = case.config.position_min if is_position else case.config.look_back_min
    return RequirementData(
        kind=str(kind),
        state=_state_of_one(verdict, case),
        code=verdict.code if verdict else ("missed" if case.is_closed else "unwritten"),
        facts=verdict.facts if verdict else {"minimum": minimum},
        earned=_points(points) if valid else 0.0,
        possible=_points(points),
        share=1.0 if valid else 0.0,
        met_at=valid.at if valid else None,
        contribution_id=last.post.id if last else None,
    )


def _state_of_one(verdict: RequirementItemData | None, case: _Case) -> RequirementState:
    if verdict is None or (verdict.code == "withdrawn" and not case.is_closed):
        return RequirementState.NOT if case.is_closed else RequirementState.OPEN
    return verdict.state


def _answers(judged: Sequence[_Judged], case: _Case) -> RequirementData:
    wanted, points = case.config.answers_wanted, case.config.answers_points
    items = _items_by_peer([entry for entry in judged if entry.post.kind in ANSWERING])
    times = sorted(item.met_at for item in items if item.met_at)
    done = min(len(times), wanted)
    beyond_reach = max(0, wanted - max(case.reachable_peers, done))
    possible = wanted - beyond_reach if case.is_closed else wanted
    to_do = wanted - done - beyond_reach
    state = _state_of_answers(done=done, possible=possible, to_do=to_do, is_closed=case.is_closed)
    if state == RequirementState.MET:
        items = [item for item in items if item.code not in NOT_TO_A_PEER]
    return RequirementData(
        kind="answers",
        state=state,
        code=str(state),
        facts={"done": done, "wanted": wanted, "possible": possible, "minimum": case.config.answer_min},
        earned=_points(points, done, wanted),
        possible=_points(points, possible, wanted),
        share=done / possible if possible else 0.0,
        met_at=times[possible - 1] if state == RequirementState.MET else None,
        items=(*items, *_items_to_come(to_do=to_do, beyond_reach=beyond_reach, case=case)),
    )


def _state_of_answers(*, done: int, possible: int, to_do: int, is_closed: bool) -> RequirementState:
    if not possible:
        return RequirementState.IMPOSSIBLE
    if done == possible:
        return RequirementState.MET
    if is_closed:
        return RequirementState.NOT
    return RequirementState.OPEN if to_do else RequirementState.WAITING


def _items_by_peer(answers: Sequence[_Judged]) -> list[RequirementItemData]:
    """Return one item per person answered, in the order of the first try: what counts, or the reason of the last."""
    by_peer: dict[int | None, list[_Judged]] = {}
    for entry in sorted(answers, key=_when):
        by_peer.setdefault(entry.verdict.peer_id, []).append(entry)
    items = []
    for tries in by_peer.values():
        valid = _first(entry for entry in tries if entry.counts)
        chosen = (valid or tries[-1]).verdict
        if valid and tries[0] is not valid:
            chosen = replace(chosen, facts={**chosen.facts, "is_second_try": True})
        items.append(chosen)
    return items


def _items_to_come(*, to_do: int, beyond_reach: int, case: _Case) -> Iterable[RequirementItemData]:
    facts = {"minimum": case.config.answer_min}
    if to_do > 0:
        state, code = (RequirementState.NOT, "missed") if case.is_closed else (RequirementState.OPEN, "more_peers")
        yield RequirementItemData(state=state, code=code, facts=facts | {"count": to_do})
    if beyond_reach:
        state = RequirementState.IMPOSSIBLE if case.is_closed else RequirementState.WAITING
        yield RequirementItemData(state=state, code=str(state), facts=facts | {"count": beyond_reach})


def _finished_at(requirements: Sequence[RequirementData], case: _Case) -> datetime | None:
    """Return when the last part was met; a case of which a part turned out impossible is finished by its closing."""
    moments = [requirement.met_at for requirement in requirements if requirement.met_at]
    is_shortened = any(
        requirement.state == RequirementState.IMPOSSIBLE
        or any(item.state == RequirementState.IMPOSSIBLE for item in requirement.items)
        for requirement in requirements
    )
    if is_shortened and case.closes_at:
        moments.append(case.closes_at)
    return max(moments)


def _when(entry: _Judged) -> tuple[datetime, int]:
    return entry.at, entry.post.id


def _first(entries: Iterable[_Judged]) -> _Judged | None:
    return min(entries, key=_when, default=None)


def _points(points: float | Fraction, part: int = 1, whole: int = 1) -> float:
    exact = Fraction(str(points)) * part / whole
    in_hundredths = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return float(in_hundredths.quantize(Decimal(1), rounding=ROUND_HALF_UP) / 100)


def _add(points: Iterable[float]) -> float:
    return float(sum((Decimal(str(number)) for number in points), Decimal(0)))
