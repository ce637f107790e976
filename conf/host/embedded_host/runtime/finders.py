"""Find the files of blocks by the LMS's production rule.

A block's files are those of the parent package of its class's module. For ``xblocks.points_panel:PointsPanelXBlock``
that is ``xblocks``; for a class in ``xblocks.deep.block`` it would be ``xblocks.deep``, whose files do not exist.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from xblock.core import XBlock

from .addresses import resource_package

PREFIX = "xblock/resources/"
HIDDEN_SUFFIXES = {".py", ".pyc", ".scss"}


class BlockFinder(BaseFinder):
    """Finds ``xblock/resources/<package>/public/...`` in packages that contain a block."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # Django 4.2 says "all"
        """Return the file, a list of it where all are wanted, or an empty list."""
        found = self._find(path)
        if found is None:
            return []
        return [str(found)] if find_all or kwargs.get("all") else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> list[Any]:
        """The host collects nothing."""
        return []

    def _find(self, path: str) -> Path | None:
        package, _, name = path.removeprefix(PREFIX).partition("/")
        if not path.startswith(PREFIX) or package not in block_packages():
            return None
        public = Path(str(resources.files(package))).resolve() / "public"
        target = (public.parent / name).resolve()
        if not target.is_relative_to(public) or target.suffix in HIDDEN_SUFFIXES or not target.is_file():
            return None
        return target


@functools.cache
def block_packages() -> frozenset[str]:
    """Return the packages that may serve files: the parents of the modules with block classes."""
    return frozenset(resource_package(block_class) for _, block_class in XBlock.load_classes())
