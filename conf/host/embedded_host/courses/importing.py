"""Put a read export into the database and its files beside it: all of it, or nothing."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey
from xblock.core import XBlock

from common.djangoapps.split_modulestore_django.models import SplitModulestoreCourseIndex
from embedded_host.blocks import PlaceholderBlock
from embedded_host.models import Block, Branch, Course, hash_key

from . import assets
from .olx_reader import ReadCourse, read_course
from .olx_source import CourseFolder, OlxError, open_export
from .store import course_published
from .tree import Node

MAX_KEY_LENGTH = 255


@dataclass
class ImportReport:
    """What an import did, for people to check."""

    course_key: CourseKey
    is_replacement: bool
    counts: Counter[str]
    placeholders: frozenset[str]
    assets: int
    files_beside: list[str]
    notes: list[str] = field(default_factory=list)


def import_course(path: Path, course_key: CourseKey | None = None) -> ImportReport:
    """Import a course export (folder or .tar.gz), published, and send that the course was published.

    A course that exists is replaced; what its learners left stays. ``course_key`` imports under another key.

    Raises:
        OlxError: the export is not acceptable; nothing was written.
    """
    with open_export(path) as folder:
        files = folder.list_files()
        read = read_course(folder, course_key)
        _check_keys(read)
        is_static = [name for name in files if name.startswith("static/")]
        beside = [name for name in files if name not in folder.files_read and not name.startswith("static/")]
        policies = [name for name in files if name in folder.files_read and name.startswith("policies/")]
        with transaction.atomic():
            is_replacement = _write(read)
            staged = _stage_files(folder, read.course_key, is_static, [*beside, *policies])
            transaction.on_commit(staged.move_into_place)
        course_published(read.course_key)
    counts = Counter(node.block_type for node in read.nodes.values())
    return ImportReport(
        course_key=read.course_key,
        is_replacement=is_replacement,
        counts=counts,
        placeholders=frozenset(kind for kind in counts if _is_placeholder(kind)),
        assets=len(is_static),
        files_beside=beside,
        notes=read.notes,
    )


def _check_keys(read: ReadCourse) -> None:
    for key in read.nodes:
        if len(str(key)) > MAX_KEY_LENGTH:
            raise OlxError(f"{key.block_type}/{key.block_id}: the key is longer than {MAX_KEY_LENGTH} characters")


def _write(read: ReadCourse) -> bool:
    """Replace both branches of the course; return whether it existed."""
    SplitModulestoreCourseIndex.objects.get_or_create(course_id=read.course_key)
    course, created = Course.objects.get_or_create(course_key=read.course_key)
    course.blocks.all().delete()
    nodes = list(read.nodes.values())
    rows = [_row(course, branch, node) for branch in (Branch.DRAFT, Branch.PUBLISHED) for node in nodes]
    Block.objects.bulk_create(rows, batch_size=200)
    course.draft_version, course.published_version = uuid.uuid4(), uuid.uuid4()
    course.published_at = timezone.now()
    course.save()
    return not created


def _row(course: Course, branch: str, node: Node) -> Block:
    return Block(
        course=course,
        branch=branch,
        key_hash=hash_key(node.usage_key),
        usage_key=node.usage_key,
        block_type=node.block_type,
        fields=dict(node.fields),
        children=[str(child) for child in node.children],
        definition=node.definition,
    )


@dataclass
class _StagedFiles:
    """A folder that takes the course's place when the transaction is through."""

    staged: Path
    place: Path

    def move_into_place(self) -> None:
        """Swap the folders."""
        if self.place.exists():
            shutil.rmtree(self.place)
        self.staged.rename(self.place)


def _stage_files(folder: CourseFolder, course_key: CourseKey, static: list[str], beside: list[str]) -> _StagedFiles:
    place = assets.course_folder(course_key)
    staged = place.with_name(f"{place.name}.{uuid.uuid4().hex[:8]}")
    for name in [*static, *beside]:
        target = staged / (name if name.startswith("static/") else f"beside/{name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder.root / name, target)
    staged.mkdir(parents=True, exist_ok=True)
    return _StagedFiles(staged, place)


def _is_placeholder(block_type: str) -> bool:
    return issubclass(XBlock.load_class(block_type, default=PlaceholderBlock), PlaceholderBlock)
