"""Read a small YAML file of unknown origin into plain values, naming the field of whatever is refused.

Only mappings with text keys, lists and single values are read. Anchors and aliases (the stuff of YAML bombs), tags,
several documents, deep nesting and large files are refused before anything is built; the same key twice is refused
instead of the last one winning.
"""

from __future__ import annotations

from typing import Any

import yaml

from gamification.exceptions import SchemeError

MAX_BYTES = 20_000
MAX_DEPTH = 6
MAX_DIGITS = 12


def read_plain(text: str) -> Any:
    """Return the plain values in ``text``; raises SchemeError."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise SchemeError(f"a scheme has at most {MAX_BYTES} bytes", field="file")
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SchemeError(f"this is no valid YAML ({_place(error)})", field="file") from error
    except (ValueError, RecursionError) as error:
        raise SchemeError("this is no valid YAML", field="file") from error
    if node is None:
        raise SchemeError("the file is empty", field="file")
    return _to_plain(node, path="")


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "unreadable"
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "file"


def _check_events(text: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SchemeError("anchors and aliases are not allowed", field=_line(event))
        if getattr(event, "tag", None):
            raise SchemeError("tags are not allowed", field=_line(event))
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise SchemeError("nested too deeply", field=_line(event))
    if documents > 1:
        raise SchemeError("a file holds one scheme", field="file")


def _to_plain(node: yaml.Node, *, path: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _to_dict(node, path=path)
    if isinstance(node, yaml.SequenceNode):
        return [_to_plain(child, path=f"{path}[{index}]") for index, child in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _to_value(node, path=path)
    raise SchemeError("this value cannot be read", field=path or "file")


def _to_dict(node: yaml.MappingNode, *, path: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise SchemeError("a key is a word", field=path or "file")
        key = key_node.value
        place = f"{path}.{key}" if path else key
        if key in values:
            raise SchemeError("is there twice", field=place)
        values[key] = _to_plain(value_node, path=place)
    return values


def _to_value(node: yaml.ScalarNode, *, path: str) -> Any:
    if len(node.value) > MAX_DIGITS and node.tag.endswith((":int", ":float")):
        raise SchemeError("this number is too long", field=path or "file")
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise SchemeError("this value cannot be read", field=path or "file") from error
