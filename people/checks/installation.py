"""Is the suite installed once, whole, and in both services?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import metadata

from django.apps import apps

from people.data import SeenData
from people.moments import format_utc
from people.upkeep import services, suite
from people.upkeep.checkups import current_service

_TITLES = {"lms": "The LMS", "cms": "Studio"}
_LOADED_IN = {"openedx.course_tab": "lms", "openedx.course_app": "cms"}


def check_versions() -> Iterator[SeenData]:
    """See that one version is installed, not two beside each other."""
    versions = suite.list_versions()
    if not versions:
        yield SeenData.failure(
            f"No installed package is called {suite.DISTRIBUTION}.",
            f"Install {suite.DISTRIBUTION} with pip instead of putting its folder on the path: the platform finds "
            "plugins by the metadata of installed packages.",
        )
    elif len(versions) > 1:
        yield SeenData.failure(
            f"Several versions are installed: {', '.join(versions)}; {versions[0]} is used.",
            f"Uninstall {suite.DISTRIBUTION} until pip finds none, then install one version.",
        )
    else:
        yield SeenData.ok(f"{suite.DISTRIBUTION} {versions[0]}.")


def check_entry_points() -> Iterator[SeenData]:
    """See that each of our entry points is there once, under any package's name, and loads."""
    counts = Counter(
        (entry.group, entry.name) for group in suite.GROUPS for entry in metadata.entry_points(group=group)
    )
    names = [(entry.group, entry.name, entry) for group in suite.GROUPS for entry in suite.list_entry_points(group)]
    problems = 0
    for group, name, entry in names:
        if counts[group, name] > 1:
            problems += 1
            yield SeenData.failure(
                f"{counts[group, name]} packages say that they provide {group} {name}.",
                f"Uninstall the package other than {suite.DISTRIBUTION} that provides it, or an old name of this one.",
            )
        elif _LOADED_IN.get(group) in {None, current_service()} and (error := _load_error(entry)):
            problems += 1
            yield SeenData.failure(
                f"{group} {name} does not load: {error}.",
                "Install a version of the suite that is made for this release of the platform.",
            )
    if not problems:
        yield SeenData.ok(f"{len(names)} entry points, each once.")


def check_apps() -> Iterator[SeenData]:
    """See that this service has loaded every app of ours."""
    missing = [name for name in suite.list_app_names() if not apps.is_installed(name)]
    if missing:
        yield SeenData.failure(
            f"{_TITLES[current_service()]} has not loaded {', '.join(missing)}.",
            "Restart the service after the installation, and take the names out of any setting that removes them from "
            "INSTALLED_APPS.",
        )
    else:
        yield SeenData.ok(f"{_TITLES[current_service()]} has loaded {', '.join(suite.list_app_names())}.")


def check_other_service() -> Iterator[SeenData]:
    """See what the other service said when it last started; a service that never did so is unknown, not absent."""
    other = "lms" if current_service() == "cms" else "cms"
    title = _TITLES[other]
    said = services.find_service(other)
    if said is None:
        yield SeenData.warning(
            f"{title} has never said that it runs the suite; whether it does is not known from here.",
            "Install the suite there, restart it and open one of its pages; "
            f"manage.py {other} community_doctor says what is amiss there.",
        )
        return
    since = format_utc(said.started_at)
    if said.version != suite.version():
        yield SeenData.failure(
            f"{title} started with version {said.version} ({since}), here it is {suite.version()}.",
            "Install the same version in the images of both services and restart both.",
        )
    elif missing := [name for name in suite.list_app_names() if name not in said.apps]:
        yield SeenData.failure(
            f"{title} started without {', '.join(missing)} ({since}).",
            f"Restart it, and look there with: manage.py {other} community_doctor.",
        )
    else:
        yield SeenData.ok(f"{title} last started with the same version: {since}.")


def _load_error(entry: metadata.EntryPoint) -> str:
    try:
        entry.load()
    except Exception as error:  # noqa: BLE001 - what a module does while it is imported may raise anything
        return type(error).__name__
    return ""
