"""Verdicts of the evaluator as JSON keeps them, until they are explained to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .data import EvaluationData, RequirementData, RequirementItemData, RequirementState


def dump(evaluation: EvaluationData) -> dict[str, Any]:
    """Return an evaluation as JSON can hold it. Words are left out: they are made for each reader."""
    kept: dict[str, Any] = _plain(asdict(evaluation))
    return kept


def load(kept: Mapping[str, Any]) -> EvaluationData:
    """Return the evaluation that `dump` gave away; its words are empty until it is explained."""
    return EvaluationData(
        **{
            **kept,
            "requirements": tuple(
                RequirementData(**{**_revived(entry), "items": tuple(_item(item) for item in entry["items"])})
                for entry in kept["requirements"]
            ),
            "verdicts": {int(post_id): _item(item) for post_id, item in kept["verdicts"].items()},
            "evaluated_at": datetime.fromisoformat(kept["evaluated_at"]),
            "finished_at": _moment(kept["finished_at"]),
        }
    )


_WORDS = ("title", "detail", "why")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items() if key not in _WORDS}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _item(entry: Mapping[str, Any]) -> RequirementItemData:
    return RequirementItemData(**_revived(entry))


def _revived(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "state": RequirementState(entry["state"]), "met_at": _moment(entry["met_at"])}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
