"""From the files of an export to the nodes of a course tree.

Blocks whose class is installed are read by the class itself (``parse_xml``); the thin types of the host and everything
unknown keep the OLX that no field takes, so that an export gives back what was imported.
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import yaml
from lxml import etree
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XBlock
from xblock.fields import Scope, ScopeIds, String

from embedded_host.blocks import DefinitionBlock, PlaceholderBlock
from embedded_host.runtime.parsing import ParsingRuntime

from .olx_source import CourseFolder, OlxError
from .tree import Node

THIN_CONTAINERS = frozenset({"course", "chapter", "sequential", "vertical"})
# Types that the platform keeps in files of their own: a bare pointer to one of them must have its file.
FILE_TYPES = THIN_CONTAINERS | {"html", "problem", "video", "library_content", "split_test", "conditional", "lti"}
# Unknown types known to hold blocks, also when these are written inline.
FOREIGN_CONTAINERS = frozenset({"library_content", "split_test", "conditional", "randomize", "wrapper", "itembank"})
COURSE_EXTRAS = frozenset({"wiki", "textbook"})
# What a field of the XBlock library raises for a value that it cannot read.
_UNREADABLE = (ValueError, TypeError, OverflowError, yaml.YAMLError)
KEY_ATTRIBUTES = ("url_name", "org", "course", "filename", "xblock-family")


@dataclass
class ReadCourse:
    """What was read: nodes by key, and what was kept without being a block."""

    course_key: CourseKey
    nodes: dict[UsageKey, Node] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_course(folder: CourseFolder, course_key: CourseKey | None = None) -> ReadCourse:
    """Read the whole export; `OlxError` names the file that is wrong."""
    pointer = folder.read_xml("course.xml")
    if pointer.tag != "course":
        raise OlxError(f"course.xml: the root element is <{pointer.tag}>, not <course>")
    run = pointer.get("url_name") or "course"
    reader = _Reader(folder, course_key or _course_key(pointer, run), run)
    reader.read_block(pointer, file="course.xml", is_root=True)
    return reader.result


def _course_key(pointer: Any, run: str) -> CourseKey:
    org, course = pointer.get("org"), pointer.get("course")
    if not org or not course:
        raise OlxError("course.xml: attributes org and course are needed")
    try:
        return CourseKey.from_string(f"course-v1:{org}+{course}+{run}")
    except InvalidKeyError as error:
        raise OlxError(f"course.xml: org, course and url_name make no valid course key ({error})") from error


class _Reader:
    """Reads one export, depth first."""

    def __init__(self, folder: CourseFolder, course_key: CourseKey, run: str) -> None:
        self.folder = folder
        self.result = ReadCourse(course_key)
        self.policies = self._read_policies(run)
        self.runtime = ParsingRuntime(course_key, self._read_inline_child)
        self._file = "course.xml"

    def _read_policies(self, run: str) -> dict[str, Any]:
        name = f"policies/{run}/policy.json"
        if not self.folder.exists(name):
            return {}
        policies = self.folder.read_json(name)
        if not isinstance(policies, dict):
            raise OlxError(f"{name}: not a JSON object")
        return policies

    def read_block(self, element: Any, *, file: str, is_root: bool = False, fallback_id: str = "") -> UsageKey:
        """Read a block with everything below it and return its key."""
        url_name = element.get("url_name") or fallback_id
        element, file = self._follow_pointer(element, file)
        key = self._make_key(element.tag, "course" if is_root else url_name, file)
        if key in self.result.nodes:
            raise OlxError(f"{file}: block {element.tag} {url_name!r} appears twice in the course")
        self.result.nodes[key] = Node(key, element.tag)  # its place in the order, and a guard against loops
        self._file = file
        reading = self._read_installed if self._is_installed(element.tag) else self._read_kept
        self.result.nodes[key] = reading(element, key, file, self.policies.get(f"{element.tag}/{url_name}", {}))
        return key

    def _follow_pointer(self, element: Any, file: str) -> tuple[Any, str]:
        if not _is_pointer(element):
            return element, file
        target = f"{element.tag}/{element.get('url_name').replace(':', '/')}.xml"
        if not self.folder.exists(target):
            if element.tag in FILE_TYPES:
                raise OlxError(f"{target}: missing file (named in {file})")
            return element, file
        found = self.folder.read_xml(target)
        if found.tag != element.tag:
            raise OlxError(f"{target}: the root element is <{found.tag}>, not <{element.tag}>")
        return found, target

    def _make_key(self, block_type: str, block_id: str, file: str) -> UsageKey:
        try:
            key = self.result.course_key.make_usage_key(block_type, block_id.replace(":", "_").replace("/", "_"))
            UsageKey.from_string(str(key))
        except InvalidKeyError as error:
            raise OlxError(f"{file}: url_name {block_id!r} of <{block_type}> makes no valid key") from error
        return key

    def _is_installed(self, block_type: str) -> bool:
        block_class = XBlock.load_class(block_type, default=PlaceholderBlock)
        return not (block_type in THIN_CONTAINERS or block_type == "html" or issubclass(block_class, DefinitionBlock))

    # Blocks that read themselves -------------------------------------------------------------------------------------

    def _read_installed(self, element: Any, key: UsageKey, file: str, policy: dict[str, Any]) -> Node:
        block_class = self.runtime.mixologist.mix(self.runtime.load_block_type(key.block_type))
        element = copy.deepcopy(element)
        for name in KEY_ATTRIBUTES:
            element.attrib.pop(name, None)
        unknown = {name: value for name, value in element.items() if name not in block_class.fields}
        self._file = file
        try:
            block = block_class.parse_xml(element, self.runtime, ScopeIds(None, key.block_type, key, key))
            block.save()
        except OlxError:
            raise
        except Exception as error:  # blocks raise what they like; the file must be named
            raise OlxError(f"{file}: block {key.block_type} cannot read its OLX: {error}") from error
        fields = {**self.runtime.fields_of(key), **self._policy_fields(block_class, policy, file)}
        if unknown:
            fields["xml_attributes"] = unknown
        _check_storable(fields, element.tag, file)
        return Node(key, key.block_type, fields, self.runtime.children_of(key))

    def _read_inline_child(self, element: Any, parent: UsageKey) -> UsageKey:
        """Read a child that a block's own ``parse_xml`` found."""
        file = self._file
        child = self.read_block(element, file=file, fallback_id=_invent_id(element, parent.block_id))
        self._file = file
        return child

    # Blocks the host keeps --------------------------------------------------------------------------------------------

    def _read_kept(self, element: Any, key: UsageKey, file: str, policy: dict[str, Any]) -> Node:
        block_class = self.runtime.mixologist.mix(self.runtime.load_block_type(key.block_type))
        fields, rest = self._split_attributes(block_class, element, file)
        fields |= self._policy_fields(block_class, policy, file)
        _check_storable(fields, element.tag, file)
        if element.tag == "html":
            return Node(key, "html", {**fields, "data": self._read_html(element, file), **_unknown(rest)})
        children, remaining = self._read_children(element, key, file)
        if element.tag in THIN_CONTAINERS:
            definition = etree.tostring(remaining, encoding="unicode") if len(remaining) else ""
            return Node(key, element.tag, fields | _unknown(rest), children, definition)
        for name, value in rest.items():
            remaining.set(name, value)
        return Node(key, element.tag, fields, children, etree.tostring(remaining, encoding="unicode"))

    def _read_children(self, element: Any, key: UsageKey, file: str) -> tuple[tuple[UsageKey, ...], Any]:
        """Return the keys of child blocks, and the element with what is left when they and the attributes are gone."""
        remaining = copy.deepcopy(element)
        remaining.attrib.clear()
        remaining.tail = None
        children = []
        for index, (child, copied) in enumerate(zip(list(element), list(remaining), strict=True)):
            if self._is_block(element, child):
                invented = _invent_id(child, f"{key.block_id}/{index}")
                children.append(self.read_block(child, file=file, fallback_id=invented))
                _remove_keeping_tail(copied)
            elif element.tag in THIN_CONTAINERS:
                self.result.notes.append(f"<{child.tag}> of <{element.tag}> kept for export")
        if element.tag in THIN_CONTAINERS:
            remaining.text = None
            for kept in remaining:
                kept.tail = None
        return tuple(children), remaining

    def _is_block(self, parent: Any, child: Any) -> bool:
        if not isinstance(child.tag, str):
            return False
        if parent.tag in THIN_CONTAINERS:
            return not (parent.tag == "course" and child.tag in COURSE_EXTRAS)
        if parent.tag in FOREIGN_CONTAINERS:
            return child.get("url_name") is not None
        return _is_pointer(child) and self.folder.exists(f"{child.tag}/{child.get('url_name').replace(':', '/')}.xml")

    def _read_html(self, element: Any, file: str) -> str:
        filename = element.get("filename")
        if filename is None:
            return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
        folder = file.rpartition("/")[0] or "html"
        return self.folder.read_text(f"{folder}/{filename.replace(':', '/')}.html")

    def _split_attributes(self, block_class: Any, element: Any, file: str) -> tuple[dict[str, Any], dict[str, str]]:
        fields, rest = {}, {}
        for name, value in element.items():
            if name in KEY_ATTRIBUTES:
                continue
            field_ = block_class.fields.get(name)
            if field_ is None or field_.scope not in (Scope.content, Scope.settings):
                rest[name] = value
                continue
            try:
                parsed = field_.from_string(value if isinstance(field_, String) else _unquote(value))
                fields[name] = field_.to_json(parsed)
            except _UNREADABLE as error:
                raise OlxError(f"{file}: attribute {name} of <{element.tag}>: {error}") from error
        return fields, rest

    def _policy_fields(self, block_class: Any, policy: Any, file: str) -> dict[str, Any]:
        if not isinstance(policy, dict):
            raise OlxError(f"{file}: its entry in policy.json is not an object")
        known = {name: value for name, value in policy.items() if name in block_class.fields}
        known.pop("xml_attributes", None)
        unknown = {name: value for name, value in policy.items() if name not in block_class.fields}
        if unknown:
            self.result.notes.append(f"policy.json: {len(unknown)} settings of <{block_class.__name__}> kept, not used")
        for name, value in known.items():
            try:
                known[name] = block_class.fields[name].to_json(block_class.fields[name].from_json(value))
            except _UNREADABLE as error:
                raise OlxError(f"policy.json: {name}: {error}") from error
        return known


def _is_pointer(element: Any) -> bool:
    expected = {"url_name", "org", "course"} if element.tag == "course" else {"url_name"}
    has_text = bool(element.text and element.text.strip())
    return element.get("url_name") is not None and set(element.keys()) <= expected and not len(element) and not has_text


def _invent_id(element: Any, place: str) -> str:
    """Return a stable name for an element that has none: made from its place, so a second import gives the same."""
    seed = f"{place}|{element.tag}|{element.getparent().index(element) if element.getparent() is not None else 0}"
    return hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()[:20]


def _check_storable(fields: dict[str, Any], tag: str, file: str) -> None:
    """Refuse what a database cannot hold: half a character, or a number without a value or without end."""
    for name, value in fields.items():
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as error:
            raise OlxError(f"{file}: {name} of <{tag}> holds half a character") from error
        except ValueError as error:
            raise OlxError(f"{file}: {name} of <{tag}> must be a finite number") from error


def _unknown(rest: dict[str, str]) -> dict[str, Any]:
    return {"xml_attributes": rest} if rest else {}


def _unquote(value: str) -> str:
    """Return a JSON string's content; some exports quote dates."""
    if value.startswith('"') and value.endswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value
    return value


def _remove_keeping_tail(element: Any) -> None:
    parent, previous = element.getparent(), element.getprevious()
    if element.tail and element.tail.strip():
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
