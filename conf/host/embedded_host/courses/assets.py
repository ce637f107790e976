"""The files of a course: ``static`` ones that pages show, and others kept only for export."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from opaque_keys.edx.keys import CourseKey


def course_folder(course_key: CourseKey) -> Path:
    """Return the folder of the course's files."""
    name = hashlib.sha1(str(course_key).encode(), usedforsecurity=False).hexdigest()[:20]
    return Path(settings.MEDIA_ROOT) / "courses" / name


def copy_files(source: CourseKey, target: CourseKey) -> None:
    """Give a course all files of another."""
    if course_folder(source).is_dir():
        shutil.copytree(course_folder(source), course_folder(target), dirs_exist_ok=True)


def asset_name(path: str) -> str:
    """Return a file's name as asset keys have it: no slashes and no spaces."""
    return path.replace("/", "_").replace(" ", "_")


def find_asset(course_key: CourseKey, name: str) -> Path | None:
    """Return the static file with this asset name, or None."""
    static = course_folder(course_key) / "static"
    if not static.is_dir():
        return None
    for path in static.rglob("*"):
        if path.is_file() and asset_name(path.relative_to(static).as_posix()) == name:
            return path
    return None
