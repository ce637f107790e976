"""Write a course as OLX, in the layout the platform writes and `olx_reader` reads."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XML_NAMESPACES
from xblock.fields import Scope, String

from embedded_host.blocks import DefinitionBlock
from embedded_host.models import Branch
from embedded_host.runtime.build import build_unbound_runtime

from . import assets
from .olx_reader import THIN_CONTAINERS
from .store import CourseStore

OWN_FILE_TYPES = frozenset({"course", "chapter", "sequential", "vertical", "html", "problem", "video"})
# Fields written elsewhere: text beside the XML, order by pointers, unknown attributes by themselves.
NOT_ATTRIBUTES = frozenset({"children", "parent", "data", "xml_attributes"})


def export_course(course_key: CourseKey, target: Path, *, branch: str = Branch.PUBLISHED) -> dict[str, int]:
    """Write the course to a folder, or to an archive where ``target`` ends in ``.tar.gz``; return counts by type.

    Raises:
        ItemNotFoundError: there is no such course.
        FileExistsError: ``target`` exists and is not an empty folder.
    """
    tree = CourseStore(branch).get_tree(course_key)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise FileExistsError(str(target))
    if not target.name.endswith(".tar.gz"):
        return _Writer(tree, target).write()
    with TemporaryDirectory(prefix="course-export-") as folder:
        counts = _Writer(tree, Path(folder) / "course").write()
        with tarfile.open(target, "w:gz") as archive:
            archive.add(Path(folder) / "course", arcname="course")
    return counts


class _Writer:
    """Writes one tree into one folder."""

    def __init__(self, tree: Any, folder: Path) -> None:
        self.tree = tree
        self.folder = folder
        self.runtime = build_unbound_runtime(tree, is_author_mode=False)
        self.counts: dict[str, int] = {}

    def write(self) -> dict[str, int]:
        key = self.tree.course_key
        self.folder.mkdir(parents=True, exist_ok=True)
        stored = assets.course_folder(key)
        for source, target in ((stored / "static", self.folder / "static"), (stored / "beside", self.folder)):
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
        pointer = etree.Element("course", url_name=key.run, org=key.org, course=key.course)
        self._write_xml("course.xml", pointer)
        self._write_policy(key.run)
        self._write_block(self.tree.root_key, name=key.run)
        return self.counts

    def _write_block(self, usage_key: UsageKey, name: str) -> Any:
        """Write the block, in a file of its own where its type has one, and return the element for its parent."""
        self.counts[usage_key.block_type] = self.counts.get(usage_key.block_type, 0) + 1
        block = self.runtime.get_block(usage_key)
        element = self._element(block)
        node = self.tree.find(usage_key)
        for child in node.children:
            element.append(self._write_block(child, child.block_id))
        if usage_key.block_type in THIN_CONTAINERS:
            _indent(element)
        if usage_key.block_type not in OWN_FILE_TYPES:
            element.set("url_name", name)
            return element
        if usage_key.block_type == "html":
            self._write_text(f"html/{name}.html", block.data or "")
            element.set("filename", name)
        self._write_xml(f"{usage_key.block_type}/{name}.xml", element)
        return etree.Element(usage_key.block_type, url_name=name)

    def _element(self, block: Any) -> Any:
        block_type = block.scope_ids.block_type
        if block_type in OWN_FILE_TYPES or isinstance(block, DefinitionBlock):
            definition = self.tree.find(block.location).definition
            element = etree.fromstring(definition) if definition else etree.Element(block_type)
            for field_name, value in _attributes(block):
                element.set(field_name, value)
        else:
            element = etree.Element(block_type, nsmap=XML_NAMESPACES)
            _WithoutChildren(block).add_xml_to_node(element)
            element.attrib.pop("xml_attributes", None)
            for left in element.findall(f"{{{XML_NAMESPACES['option']}}}xml_attributes"):
                element.remove(left)
        for attribute, value in block.xml_attributes.items():
            if element.get(attribute) is None:
                element.set(attribute, str(value))
        return element

    def _write_policy(self, run: str) -> None:
        """Write the course's settings as policy, over those of an imported policy that the host does not use."""
        name = f"policies/{run}/policy.json"
        kept = json.loads((self.folder / name).read_text()) if (self.folder / name).is_file() else {}
        root = self.tree.find(self.tree.root_key)
        values = {name: value for name, value in root.fields.items() if name not in NOT_ATTRIBUTES}
        kept[f"course/{run}"] = kept.get(f"course/{run}", {}) | values
        self._write_text(name, json.dumps(kept, indent=4, sort_keys=True))

    def _write_xml(self, name: str, element: Any) -> None:
        self._write_text(name, etree.tostring(element, encoding="unicode") + "\n")

    def _write_text(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class _WithoutChildren:
    """Lets a block write itself while its children, which we write, are left out."""

    def __init__(self, block: Any) -> None:
        self._block = block

    def add_xml_to_node(self, node: Any) -> None:
        block = self._block
        block.add_children_to_node = lambda _node: None
        try:
            block.add_xml_to_node(node)
        finally:
            del block.add_children_to_node


def _indent(element: Any) -> None:
    """Put each child on a line of its own; spaces inside a child may be content and stay."""
    if len(element):
        element.text = "\n  "
        for child in element:
            child.tail = "\n  "
        element[-1].tail = "\n"


def _attributes(block: Any) -> list[tuple[str, str]]:
    written = []
    for name, field in block.fields.items():
        if name in NOT_ATTRIBUTES or field.scope not in (Scope.content, Scope.settings) or not field.is_set_on(block):
            continue
        value = field.to_json(field.read_from(block))
        if value is None:
            continue
        written.append((name, value if isinstance(field, String) or isinstance(value, str) else json.dumps(value)))
    return written
