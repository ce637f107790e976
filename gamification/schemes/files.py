"""What a scheme file may say: parsed, checked field by field, refused with the name of the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gamification.data import TIER_OF_KIND, Tier
from gamification.exceptions import SchemeError
from gamification.levels import Curve

from .plain import read_plain

DEFAULT_FILE = Path(__file__).parent / "default.yaml"
MAX_POINTS = 1000
MAX_PER_DAY = 1000
MAX_WORDS = 5000
MAX_TITLES = 50
TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of activity pays."""

    kind: str
    points: int
    per_day: int | None
    min_words: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """A valid scheme. Kinds it has no rule for earn nothing."""

    title: str
    rules: Mapping[str, Rule]
    curve: Curve


@lru_cache(maxsize=64)
def parse_scheme(text: str) -> Scheme:
    """Return the scheme in ``text`` (YAML); raises SchemeError with the field's path."""
    content = _mapping(read_plain(text), field="file")
    _refuse_unknown(content, known={"title", "rules", "levels"}, field="")
    title = _text(content.get("title"), field="title")
    rules = {kind: _read_rule(kind, value) for kind, value in _mapping(content.get("rules"), field="rules").items()}
    if not rules:
        raise SchemeError("at least one rule is needed", field="rules")
    _check_tiers(rules)
    return Scheme(title=title, rules=rules, curve=_read_curve(content.get("levels", {})))


@lru_cache(maxsize=1)
def default_scheme() -> Scheme:
    """Return the scheme that is shipped with the package."""
    return parse_scheme(DEFAULT_FILE.read_text(encoding="utf-8"))


def _read_rule(kind: str, value: Any) -> Rule:
    field = f"rules.{kind}"
    if kind not in TIER_OF_KIND:
        raise SchemeError(f"unknown kind of activity; known are {', '.join(TIER_OF_KIND)}", field=field)
    content = _mapping(value, field=field)
    _refuse_unknown(content, known={"points", "per_day", "min_words"}, field=field)
    per_day = content.get("per_day")
    return Rule(
        kind=kind,
        points=_whole(content.get("points"), field=f"{field}.points", least=1, most=MAX_POINTS),
        per_day=None if per_day is None else _whole(per_day, field=f"{field}.per_day", least=1, most=MAX_PER_DAY),
        min_words=_whole(content.get("min_words", 0), field=f"{field}.min_words", least=0, most=MAX_WORDS),
    )


def _check_tiers(rules: Mapping[str, Rule]) -> None:
    """Refuse a scheme in which some kind of a lower tier pays as much as some kind of a higher one."""
    order = list(Tier)
    for rule in rules.values():
        for other in rules.values():
            tier, other_tier = TIER_OF_KIND[rule.kind], TIER_OF_KIND[other.kind]
            if order.index(tier) < order.index(other_tier) and rule.points >= other.points:
                raise SchemeError(
                    f"“{rule.kind}” ({tier}) pays {rule.points}, “{other.kind}” ({other_tier}) {other.points}: "
                    f"a kind of the tier “{other_tier}” pays more than any of the tier “{tier}”",
                    field=f"rules.{other.kind}.points",
                )


def _read_curve(value: Any) -> Curve:
    content = _mapping(value, field="levels")
    _refuse_unknown(content, known={"first_step", "growth", "titles"}, field="levels")
    titles = content.get("titles", [])
    if not isinstance(titles, list) or len(titles) > MAX_TITLES:
        raise SchemeError(f"a list of at most {MAX_TITLES} titles", field="levels.titles")
    return Curve(
        first_step=_whole(content.get("first_step", 55), field="levels.first_step", least=1, most=100_000),
        growth=_number(content.get("growth", 1.2), field="levels.growth", least=1.0, most=3.0),
        titles=tuple(_text(title, field=f"levels.titles[{index}]") for index, title in enumerate(titles)),
    )


def _mapping(value: Any, *, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SchemeError("a block of “name: value” lines is expected", field=field)
    return value


def _refuse_unknown(content: Mapping[str, Any], *, known: set[str], field: str) -> None:
    for name in content:
        if name not in known:
            place = f"{field}.{name}".strip(".") or "file"
            raise SchemeError(f"unknown; known are {', '.join(sorted(known))}", field=place)


def _whole(value: Any, *, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SchemeError("a whole number is expected", field=field)
    if not least <= value <= most:
        raise SchemeError(f"a number from {least} to {most} is expected", field=field)
    return value


def _number(value: Any, *, field: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SchemeError("a number is expected", field=field)
    # Written so that NaN, which compares false with everything, is refused too.
    if not (least <= value <= most):
        raise SchemeError(f"a number from {least} to {most} is expected", field=field)
    return float(value)


def _text(value: Any, *, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SchemeError("a text is expected", field=field)
    if len(value.strip()) > TITLE_LENGTH:
        raise SchemeError(f"at most {TITLE_LENGTH} characters", field=field)
    return value.strip()
