"""Stages that are made of parts: units to read, a discussion, a report, reviews. Pure rules, told in `evaluation`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from discussion_ext.data import PieceData, RequirementItemData, RequirementState

from .stages import COUNTS, IMPOSSIBLE, MET, NOT, NOTHING, OPEN, WAITING, WHOLE, Judged, Stage, make_result


@dataclass(frozen=True)
class _Part:
    """A part of a stage that is done. ``size`` is its part of the whole, 0 to 1."""

    size: Fraction
    at: datetime
    is_for_peer: bool = False


@dataclass(frozen=True)
class _Work:
    """What was done of a stage that is made of parts.

    ``wanted`` parts are asked, ``beyond`` of them are out of reach for want of classmates; ``possible`` is the size of
    the others.
    """

    parts: Sequence[_Part]
    wanted: int
    beyond: int = 0
    possible: Fraction = WHOLE
    items: Sequence[RequirementItemData] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    last_try: PieceData | None = None


@dataclass(frozen=True)
class _Answered:
    """Answers or reviews: the moments that count, one for each person, and how many are out of reach."""

    moments: Sequence[datetime]
    beyond: int
    items: Sequence[RequirementItemData]


def judge_reading(stage: Stage) -> Judged:
    """Judge units: those that are in the course, and those that were read before they went."""
    moments: dict[str, datetime] = {}
    for piece in _pieces(stage, "unit"):
        moments.setdefault(piece.key, piece.at)
    in_course = set(stage.evidence.known_units)
    asked = [unit for unit in dict.fromkeys(stage.config.unit_ids) if unit in in_course or unit in moments]
    if not asked:
        return make_result(stage, IMPOSSIBLE, "no_units"), NOTHING
    size = Fraction(1, len(asked))
    taken = [moments[unit] for unit in asked if unit in moments and stage.takes(moments[unit])]
    work = _Work(
        parts=[_Part(size, at) for at in sorted(taken)],
        wanted=len(asked),
        items=[_unit_item(unit, moments.get(unit), stage) for unit in asked],
    )
    return _conclude(work, stage)


def judge_discussion(stage: Stage) -> Judged:
    """Judge a position, half of the stage, and answers to different people."""
    wanted = stage.config.answers_wanted
    position = _first_taken(_pieces(stage, "position"), stage)
    answered = _answered(stage, "answer", wanted)
    half = Fraction(1, 2) if wanted else WHOLE
    size = half / wanted if wanted else NOTHING
    parts = [_Part(half, position.at)] if position else []
    parts += [_Part(size, at, is_for_peer=True) for at in answered.moments]
    own = _text_item(stage, "position")
    work = _Work(
        parts=parts,
        wanted=1 + wanted,
        beyond=answered.beyond,
        possible=WHOLE - size * answered.beyond,
        items=[*([own] if own else []), *answered.items],
        facts={"has_position": position is not None, "answers": len(answered.moments)},
    )
    return _conclude(work, stage)


def judge_report(stage: Stage) -> Judged:
    """Judge a report: the first that counts, or what is wrong with the last."""
    tries = _reports(stage)
    report = _first_taken(tries, stage)
    last_try = report or (tries[-1] if tries else None)
    own = _text_item(stage, "report")
    work = _Work(
        parts=[_Part(WHOLE, report.at)] if report else [],
        wanted=1,
        items=[own] if own else [],
        facts=last_try.facts if last_try else {},
        last_try=last_try,
    )
    return _conclude(work, stage)


def judge_reviews(stage: Stage) -> Judged:
    """Judge reviews of different people's reports."""
    wanted = max(1, stage.config.reviews_wanted)
    answered = _answered(stage, "review", wanted)
    size = Fraction(1, wanted)
    work = _Work(
        parts=[_Part(size, at, is_for_peer=True) for at in answered.moments],
        wanted=wanted,
        beyond=answered.beyond,
        possible=WHOLE - size * answered.beyond,
        items=answered.items,
    )
    return _conclude(work, stage)


def _conclude(work: _Work, stage: Stage) -> Judged:
    """Return how a stage made of parts stands, and its exact share of what is possible."""
    done = len(work.parts)
    earned, is_capped = _earn(work.parts, stage)
    share = earned / (work.possible if stage.is_closed else WHOLE) if work.possible else NOTHING
    state = _state(done=done, work=work, stage=stage)
    last_at = max((part.at for part in work.parts), default=None)
    facts = {**work.facts, "done": done, "wanted": work.wanted, "possible": work.wanted - work.beyond}
    late = sum(stage.late_by(part.at) is not None for part in work.parts)
    if late:
        facts |= {"late": late, "is_capped": is_capped}
    return make_result(
        stage,
        state,
        _code(state, work, stage, last_at),
        facts=facts,
        share=share,
        met_at=last_at if state == MET else None,
        late_by=stage.late_by(last_at) if last_at else None,
        items=work.items,
    ), share  # fmt: skip


def _earn(parts: Sequence[_Part], stage: Stage) -> tuple[Fraction, bool]:
    """Return what the parts bring, and whether late answers and reviews brought less for want of others in time."""
    in_time, late, late_for_peers = NOTHING, NOTHING, NOTHING
    for part in parts:
        worth = part.size * stage.credit(part.at)
        if stage.late_by(part.at) is None:
            in_time += worth
        elif part.is_for_peer:
            late_for_peers += worth
        else:
            late += worth
    return in_time + late + min(late_for_peers, in_time), late_for_peers > in_time


def _state(*, done: int, work: _Work, stage: Stage) -> RequirementState:
    possible = work.wanted - work.beyond
    if stage.is_closed:
        if not possible:
            return IMPOSSIBLE
        return MET if done >= possible else NOT
    if done >= work.wanted:
        return MET
    if done >= possible and stage.is_open:
        return WAITING
    return OPEN


def _code(state: RequirementState, work: _Work, stage: Stage, last_at: datetime | None) -> str:
    if state == MET:
        return "late" if last_at and stage.late_by(last_at) else COUNTS
    if state in (WAITING, IMPOSSIBLE):
        return str(state)
    if work.last_try and not work.parts:
        return _code_of(work.last_try, stage)
    if state == NOT:
        return "part" if work.parts else "missed"
    return _code_to_come(stage)


def _code_to_come(stage: Stage) -> str:
    if stage.dates.is_locked:
        return "no_sitting"
    if not stage.is_open:
        return "opens_later"
    return "overdue" if stage.is_overdue else "open"


# -- pieces ------------------------------------------------------------------------------------------------------------


def _pieces(stage: Stage, kind: str) -> list[PieceData]:
    """Return the pieces of a kind by time, of each post its latest wording, without those from before a reset."""
    latest: dict[int | str, PieceData] = {}
    reset_at = stage.facts.ignore_before
    for number, piece in enumerate(sorted(stage.evidence.pieces, key=_when)):
        if piece.kind != kind or (reset_at and kind != "unit" and piece.at <= reset_at):
            continue
        latest[piece.contribution_id if piece.contribution_id is not None else f"no post {number}"] = piece
    return sorted(latest.values(), key=_when)


def _when(piece: PieceData) -> tuple[datetime, int, int, str, bool, str]:
    ids = piece.contribution_id or 0, piece.target_id or 0
    return piece.at, *ids, piece.key, piece.does_count, piece.code


def _first_taken(pieces: Iterable[PieceData], stage: Stage) -> PieceData | None:
    return next((piece for piece in pieces if piece.does_count and stage.takes(piece.at)), None)


def _reports(stage: Stage) -> list[PieceData]:
    tries = _pieces(stage, "report")
    if not stage.config.needs_link:
        return tries
    return [
        replace(piece, does_count=False, code="no_link")
        if piece.does_count and not piece.facts.get("has_link")
        else piece
        for piece in tries
    ]


def _answered(stage: Stage, kind: str, wanted: int) -> _Answered:
    """Return the answers or reviews, at most one for each person and as many as are asked, the earliest first.

    Before closing all that are asked may still become possible. At closing those are out of reach for which there was
    nobody left: then what was done in time counts even if the other person is no longer there.
    """
    tries: dict[int | None, list[PieceData]] = {}
    for piece in _pieces(stage, kind):
        tries.setdefault(piece.target_id, []).append(piece)
    valid = {target: _first_taken(pieces, stage) for target, pieces in tries.items()}
    moments = sorted(piece.at for piece in valid.values() if piece)
    counted = moments if not stage.is_closed else [at for at in moments if stage.late_by(at) is None]
    reachable = min(wanted, max(stage.evidence.others, len(counted)))
    moments = moments[: reachable if stage.is_closed else wanted]
    items = [_piece_item(valid[target] or pieces[-1], stage, tries=pieces) for target, pieces in tries.items()]
    to_do = reachable - len(moments)
    beyond = wanted - reachable
    return _Answered(moments, beyond, [*items, *_items_to_come(stage, to_do=to_do, beyond=beyond)])


# -- items: what counted, what did not, what is still to do ------------------------------------------------------------


def _unit_item(unit: str, at: datetime | None, stage: Stage) -> RequirementItemData:
    facts = {"key": unit}
    if at is None:
        state, code = (NOT, "missed") if stage.is_closed else (OPEN, "to_do")
        return RequirementItemData(state=state, code=code, facts=facts)
    if not stage.takes(at):
        return RequirementItemData(state=NOT, code="too_late", facts=facts)
    return RequirementItemData(state=MET, code=COUNTS, facts=facts | _lateness(at, stage), met_at=at)


def _text_item(stage: Stage, kind: str) -> RequirementItemData | None:
    tries = _reports(stage) if kind == "report" else _pieces(stage, kind)
    chosen = _first_taken(tries, stage) or (tries[-1] if tries else None)
    if chosen is not None:
        return _piece_item(chosen, stage, tries=tries)
    return RequirementItemData(state=NOT, code="missed", facts={"kind": kind}) if stage.is_closed else None


def _piece_item(piece: PieceData, stage: Stage, *, tries: Sequence[PieceData]) -> RequirementItemData:
    code = _code_of(piece, stage)
    facts = {**piece.facts, "kind": piece.kind}
    if stage.is_closed:
        facts["is_closed"] = True
    if code == COUNTS:
        facts |= _lateness(piece.at, stage)
        if piece.kind == "answer" and tries[0] is not piece:
            facts["is_second_try"] = True
    return RequirementItemData(
        state=MET if code == COUNTS else NOT,
        code=code,
        facts=facts,
        contribution_id=piece.contribution_id,
        peer_id=piece.target_id,
        met_at=piece.at if code == COUNTS else None,
    )


def _items_to_come(stage: Stage, *, to_do: int, beyond: int) -> Iterator[RequirementItemData]:
    if to_do > 0:
        state, code = (NOT, "missed") if stage.is_closed else (OPEN, "to_do")
        yield RequirementItemData(state=state, code=code, facts={"count": to_do})
    if beyond > 0 and (stage.is_closed or stage.is_open):
        state = IMPOSSIBLE if stage.is_closed else WAITING
        yield RequirementItemData(state=state, code=str(state), facts={"count": beyond})


def _code_of(piece: PieceData, stage: Stage) -> str:
    if not piece.does_count:
        return piece.code or "rejected"
    return COUNTS if stage.takes(piece.at) else "too_late"


def _lateness(at: datetime, stage: Stage) -> dict[str, Any]:
    late_by = stage.late_by(at)
    return {"late_seconds": int(late_by.total_seconds())} if late_by else {}
