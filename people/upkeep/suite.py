"""What belongs to the suite as it is installed here: distributions, entry points, apps and blocks.

Read from the installed packages' own metadata, so that the lowest package knows the ones above it by what the platform
sees of them, without importing them.
"""

from __future__ import annotations

import csv
from importlib import metadata
from typing import Any, Final

from django.apps import AppConfig, apps

#: The name under which the suite is installed with pip.
DISTRIBUTION: Final = "openedx-community-suite"

#: The groups under which the platform finds us.
GROUPS: Final = ("lms.djangoapp", "cms.djangoapp", "xblock.v1", "openedx.course_tab", "openedx.course_app")


def version() -> str:
    """Return the installed version, empty where no metadata is found."""
    found = list_versions()
    return found[0] if found else ""


def list_versions() -> list[str]:
    """Return the different versions found on the path, the one that Python uses first."""
    return list(dict.fromkeys(found.version for found in metadata.distributions(name=DISTRIBUTION)))


def list_entry_points(group: str) -> list[metadata.EntryPoint]:
    """Return our entry points of a group."""
    found = next(iter(metadata.distributions(name=DISTRIBUTION)), None)
    return [entry for entry in found.entry_points if entry.group == group] if found is not None else []


def list_recorded_files() -> list[metadata.PackagePath]:
    """Return the files of our packages that the installer wrote down; none where it installed a folder as it stands."""
    found = next(iter(metadata.distributions(name=DISTRIBUTION)), None)
    if found is None or found.read_text("RECORD") is None:
        return []
    packages = {entry.module.partition(".")[0] for group in GROUPS for entry in list_entry_points(group)}
    # Not ``found.files``: from Python 3.12 on it leaves out what is missing.
    rows = csv.reader((found.read_text("RECORD") or "").splitlines())
    paths = [metadata.PackagePath(row[0]) for row in rows if row]
    for path in paths:
        path.dist = found
    return [path for path in paths if path.parts[0] in packages and path.suffix != ".pyc"]


def list_app_names() -> list[str]:
    """Return the import names of our Django apps, whether they are installed in this service or not."""
    return sorted({entry.module.removesuffix(".apps") for group in GROUPS[:2] for entry in list_entry_points(group)})


def list_apps() -> list[AppConfig]:
    """Return our Django apps that are installed in this service."""
    return [apps.get_app_config(name) for name in list_app_names() if apps.is_installed(name)]


def load_blocks() -> list[tuple[str, type[Any]]]:
    """Return our block types with their classes."""
    return [(entry.name, entry.load()) for entry in list_entry_points("xblock.v1")]
