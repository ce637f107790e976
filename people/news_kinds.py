"""The kinds of news, as the packages know them that add such news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from .data import NewsItemData, NewsKindData, NewsLineData
from .exceptions import UnknownMessageKindError

_KINDS: dict[str, NewsKindData] = {}


def register_news_kind(kind: NewsKindData) -> None:
    """Make a kind of news known by its name; called in ``AppConfig.ready()``."""
    if _KINDS.setdefault(kind.name, kind) is not kind:
        message = f"{kind.name} is registered already."
        raise UnknownMessageKindError(message, field="kind")


def get_news_kind(name: str) -> NewsKindData:
    """Return a registered kind of news, or raise UnknownMessageKindError."""
    try:
        return _KINDS[name]
    except KeyError as error:
        message = f"Unknown kind of news: {name!r}."
        raise UnknownMessageKindError(message, field="kind") from error


def list_confidential() -> list[str]:
    """Return the names of the kinds that operators are not shown."""
    return sorted(kind.name for kind in _KINDS.values() if kind.is_confidential)


def is_known(name: str) -> bool:
    """Tell whether a kind is registered: an item may outlive the package that added it."""
    return name in _KINDS


def still_holding(user_id: int, items: Sequence[NewsItemData]) -> set[str]:
    """Return the keys of those items that are still worth telling."""
    by_kind: dict[str, list[NewsItemData]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    holding: set[str] = set()
    for name, found in by_kind.items():
        ask = get_news_kind(name).holds
        holding |= {item.key for item in found} if ask is None else set(ask(user_id, found))
    return holding


def keep_what_holds(user_id: int, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those lines of a mail that still hold, in their order; asked at the moment of sending."""
    known = [item for item in items if is_known(item["kind"]) and _is_useful(item)]
    data = [
        NewsItemData(key=item["key"], user_id=user_id, kind=item["kind"], context=item["context"]) for item in known
    ]
    holding = still_holding(user_id, data)
    return [item for item in known if item["key"] in holding]


def _is_useful(item: Mapping[str, Any]) -> bool:
    until = item.get("useful_until")
    return not until or datetime.fromisoformat(until) >= timezone.now()


def say_lines(items: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[NewsLineData]:
    """Return the items in words; equal ones become one line, whose context says in ``times`` how many they were."""
    lines: list[tuple[Mapping[str, Any], int]] = []
    for item in items:
        what = {"kind": item["kind"], "context": item["context"]}
        place = next((number for number, (known, _times) in enumerate(lines) if known == what), None)
        if place is None:
            lines.append((what, 1))
        else:
            lines[place] = (what, lines[place][1] + 1)
    return [get_news_kind(what["kind"]).say({**what["context"], "times": times}, zone) for what, times in lines]
