"""A course export on disk, read with distrust: no way out of the folder, no entities, no files without bounds."""

from __future__ import annotations

import json
import lzma
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

MAX_XML_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_TOTAL_BYTES = 1024 * 1024 * 1024
MAX_FILES = 50_000


class OlxError(Exception):
    """The export cannot be imported; the message names the file."""


@contextmanager
def open_export(path: Path) -> Iterator[CourseFolder]:
    """Yield the folder that holds ``course.xml``: ``path`` itself, or what a .tar.gz unpacks to for the while."""
    if path.is_dir():
        yield CourseFolder(find_course_folder(path, name=path.name))
    elif path.is_file():
        with TemporaryDirectory(prefix="course-import-") as folder:
            _unpack(path, Path(folder))
            yield CourseFolder(find_course_folder(Path(folder), name=path.name))
    else:
        raise OlxError(f"{path}: no such file or folder")


def find_course_folder(path: Path, *, name: str) -> Path:
    """Return ``path`` or its only sub-folder, whichever has a ``course.xml``; ``name`` is what people call it."""
    candidates = [path, *(child for child in sorted(path.iterdir()) if child.is_dir() and not child.is_symlink())]
    found = [folder for folder in candidates if (folder / "course.xml").is_file()]
    if not found:
        raise OlxError(f"{name}: no course.xml found in it")
    return found[0]


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack what is safe to unpack; anything else refuses the whole archive."""
    total = 0
    try:
        with tarfile.open(archive, "r:*") as tar:
            for count, member in enumerate(tar, start=1):
                total += member.size
                _check_member(member, count=count, total=total)
                _write_member(tar, member, folder)
            _read_to_the_end(tar, archive.name)
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        # The system's own words, without the place on this machine.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise OlxError(f"{archive.name}: not a readable .tar.gz ({reason})") from error


def _write_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a checked member with plain permissions; tarfile's own filters are not in every Python 3.11."""
    target = folder / member.name
    source = tar.extractfile(member)
    if source is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)


def _read_to_the_end(tar: tarfile.TarFile, name: str) -> None:
    """Read what follows the last file, because the checksum of all of it stands at the very end."""
    left = MAX_TOTAL_BYTES
    while tar.fileobj is not None and (chunk := tar.fileobj.read(1024 * 1024)):
        left -= len(chunk)
        if left < 0:
            raise OlxError(f"{name}: the export is larger than {MAX_TOTAL_BYTES} bytes")


def _check_member(member: tarfile.TarInfo, *, count: int, total: int) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise OlxError(f"{member.name}: the path leaves the course folder")
    if not (member.isfile() or member.isdir()):
        raise OlxError(f"{member.name}: only plain files and folders are allowed, no links or devices")
    if member.size > MAX_FILE_BYTES:
        raise OlxError(f"{member.name}: {member.size} bytes, more than the {MAX_FILE_BYTES} allowed for one file")
    if total > MAX_TOTAL_BYTES or count > MAX_FILES:
        raise OlxError(f"{member.name}: the export is larger than {MAX_TOTAL_BYTES} bytes or {MAX_FILES} files")


class CourseFolder:
    """Reads files below one folder by their relative names and remembers which were read."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.files_read: set[str] = set()

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file inside the folder."""
        return self._path(name).is_file()

    def read(self, name: str, *, limit: int = MAX_XML_BYTES) -> bytes:
        """Return the content of a file or raise `OlxError`."""
        path = self._path(name)
        if not path.is_file():
            raise OlxError(f"{name}: missing file")
        if path.stat().st_size > limit:
            raise OlxError(f"{name}: {path.stat().st_size} bytes, more than the {limit} allowed")
        self.files_read.add(name)
        return path.read_bytes()

    def read_text(self, name: str) -> str:
        """Return the content of a file as text."""
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise OlxError(f"{name}: not UTF-8 text ({error.reason} at byte {error.start})") from error

    def read_xml(self, name: str) -> Any:
        """Return the root element; document types and entities are refused."""
        # A parser of one's own per file: lxml's parsers keep state. Entities stay unexpanded even before the check.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise OlxError(f"{name}: not well-formed XML: {error.msg}") from error
        if root.getroottree().docinfo.doctype:
            raise OlxError(f"{name}: a document type is not allowed")
        return root

    def read_json(self, name: str) -> Any:
        """Return the decoded JSON of a file."""
        try:
            return json.loads(self.read_text(name))
        except (ValueError, RecursionError) as error:
            raise OlxError(f"{name}: not valid JSON: {error}") from error

    def list_files(self) -> list[str]:
        """Return the relative names of all files; links are refused."""
        names = []
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_symlink():
                raise OlxError(f"{name}: links are not allowed")
            if path.is_file():
                names.append(name)
        if len(names) > MAX_FILES:
            raise OlxError(f"{self.root.name}: more than {MAX_FILES} files")
        return names

    def _path(self, name: str) -> Path:
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root):
            raise OlxError(f"{name}: the path leaves the course folder")
        return path
