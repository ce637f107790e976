"""Results of blended tasks as JSON keeps them, until they are explained to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from discussion_ext.data import (
    BlendedResultData,
    RequirementItemData,
    RequirementState,
    StageDatesData,
    StageKind,
    StageResultData,
)

_WORDS = ("title", "detail", "why")


def dump(result: BlendedResultData) -> dict[str, Any]:
    """Return a result as JSON can hold it. Words are left out: they are made for each reader."""
    kept: dict[str, Any] = _plain(result)
    return kept


def load(kept: Mapping[str, Any]) -> BlendedResultData:
    """Return the result that `dump` gave away; its words are empty until it is explained."""
    return BlendedResultData(
        **_revived(
            kept,
            moments=("evaluated_at", "finished_at", "next_at"),
            stages=tuple(_stage(stage) for stage in kept["stages"]),
            dates=tuple(_dates(found) for found in kept["dates"]),
        )
    )


def _plain(value: Any) -> Any:
    # Not asdict: it copies every value, which takes longer than the evaluation itself.
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.name not in _WORDS}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items() if key not in _WORDS}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _stage(kept: Mapping[str, Any]) -> StageResultData:
    late_by = kept["late_by"]
    return StageResultData(
        **_revived(
            kept,
            moments=("met_at",),
            kind=StageKind(kept["kind"]),
            state=RequirementState(kept["state"]),
            late_by=None if late_by is None else timedelta(seconds=late_by),
            items=tuple(_item(item) for item in kept["items"]),
        )
    )


def _item(kept: Mapping[str, Any]) -> RequirementItemData:
    return RequirementItemData(**_revived(kept, moments=("met_at",), state=RequirementState(kept["state"])))


def _dates(kept: Mapping[str, Any]) -> StageDatesData:
    moments = ("opens_at", "due_at", "closes_at")
    return StageDatesData(**_revived(kept, moments=moments, moved_by=tuple(kept["moved_by"])))


def _revived(kept: Mapping[str, Any], *, moments: tuple[str, ...], **values: Any) -> dict[str, Any]:
    return {**kept, **{name: _moment(kept[name]) for name in moments}, **values}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
