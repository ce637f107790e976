"""The stages of a blended task as they are stored and exported: plain JSON in the block, readable elements in OLX.

``<stage id="s1" kind="read" weight="10"><opens anchor="session_start" days="-7"/><unit>...</unit></stage>``: what is at
its default is left out, and what cannot be read in a course that was written by hand is left at its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree

from discussion_ext.data import Anchor, BlendedConfigData, Late, StageConfigData, StageKind

from .markup import render_author_text

TAG = "stage"
TEXTS = ("instructions",)
LISTS = {"unit_ids": "unit", "questions": "question"}
RULES = ("opens", "due")
_NOT_STORED = "instructions_html"
_ID = re.compile("[A-Za-z0-9_-]{1,32}")
_CHOICES: dict[str, frozenset[str]] = {
    "kind": frozenset(StageKind),
    "late": frozenset(Late),
    "anchor": frozenset(Anchor),
}


def to_stored(stage: StageConfigData) -> dict[str, Any]:
    """Return a stage as the block's ``stages`` field keeps it: JSON-ready, without what is made of it."""
    stored = BlendedConfigData(stages=(stage,)).to_json()["stages"][0]
    return {name: value for name, value in stored.items() if name != _NOT_STORED}


_BLANK = to_stored(StageConfigData(id="", kind=StageKind.READ))
_ATTRIBUTES = tuple(name for name in _BLANK if name not in {*TEXTS, *LISTS, *RULES})


def from_stored(stored: Any) -> StageConfigData | None:
    """Return a stage with its instructions as safe HTML; None for what is no stage: no plain id, or no kind we know.

    A value of the wrong sort is left at its default; whether a number is in its range is not asked here.
    """
    if not isinstance(stored, Mapping) or not _ID.fullmatch(str(stored.get("id"))):
        return None
    if stored.get("kind") not in list(StageKind):
        return None
    kept = {name: _sorted_out(stored.get(name), default, name) for name, default in _BLANK.items()}
    (stage,) = BlendedConfigData.from_json({"stages": [kept]}).stages
    return replace(stage, instructions_html=render_author_text(stage.instructions))


def list_stages(stored: Any) -> list[StageConfigData]:
    """Return the stages of a ``stages`` field in order; what is no stage, or repeats an id, is left out."""
    stages: dict[str, StageConfigData] = {}
    for item in stored if isinstance(stored, list) else ():
        stage = from_stored(item)
        if stage is not None:
            stages.setdefault(stage.id, stage)
    return list(stages.values())


# -- OLX ---------------------------------------------------------------------------------------------------------------


def add_to_node(stages: Iterable[StageConfigData], node: Any) -> None:
    """Append one element per stage to ``node``."""
    for stage in stages:
        _write_stage(to_stored(stage), etree.SubElement(node, TAG))


def take_from_node(node: Any) -> list[dict[str, Any]]:
    """Remove the stages from ``node`` and return them as the block stores them."""
    elements = [child for child in node if child.tag == TAG]
    stages = list_stages([_read_stage(element) for element in elements])
    for element in elements:
        node.remove(element)
    return [to_stored(stage) for stage in stages]


def _write_stage(stored: Mapping[str, Any], element: Any) -> None:
    for name in _ATTRIBUTES:
        if name in {"id", "kind"} or stored[name] != _BLANK[name]:
            element.set(name, _spell(stored[name]))
    for name in RULES:
        if stored[name] != _BLANK[name]:
            _write_rule(stored[name], etree.SubElement(element, name))
    for name in TEXTS:
        if stored[name]:
            etree.SubElement(element, name).text = stored[name]
    for name, tag in LISTS.items():
        for value in stored[name]:
            etree.SubElement(element, tag).text = value


def _write_rule(rule: Mapping[str, Any], element: Any) -> None:
    for name, value in rule.items():
        if name == "anchor" or value != _BLANK["opens"][name]:
            element.set(name, _spell(value))


def _read_stage(element: Any) -> dict[str, Any]:
    stored = dict(_read_attributes(element, {name: _BLANK[name] for name in _ATTRIBUTES}))
    for name in RULES:
        rule = element.find(name)
        if rule is not None:
            stored[name] = dict(_read_attributes(rule, _BLANK[name]))
    for name in TEXTS:
        stored[name] = element.findtext(name) or ""
    for name, tag in LISTS.items():
        stored[name] = [child.text or "" for child in element.findall(tag)]
    return stored


def _read_attributes(element: Any, blank: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, default in blank.items():
        text = element.get(name)
        if text is not None:
            yield name, _parse(text, default)


def _spell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse(text: str, default: Any) -> Any:
    """Return ``text`` as a value of the kind of ``default``; what is none of that kind is the default."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.strip().lower(), default)
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            return default
    return text


def _sorted_out(value: Any, default: Any, name: str) -> Any:
    """Return ``value`` if it is of the sort that ``default`` is, else ``default``."""
    if name in RULES:
        return _sorted_out_rule(value if isinstance(value, Mapping) else {})
    if name in _CHOICES:
        return value if isinstance(value, str) and value in _CHOICES[name] else default
    if isinstance(default, list):
        return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else default
    return value if type(value) is type(default) else default  # a truth value is no number


def _sorted_out_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: _sorted_out(rule.get(name), default, name) for name, default in _BLANK["opens"].items()}
    try:
        at = datetime.fromisoformat(rule["at"]) if rule.get("at") else None
    except (ValueError, TypeError):
        at = None
    return {**kept, "at": at.isoformat() if at and at.tzinfo else None}
