"""What ``community_doctor`` looks at that concerns points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.template.loader import get_template
from django.urls import Resolver404, resolve
from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import RangeData, Reach, SeenData

from . import edx_platform
from .data import TIER_OF_KIND
from .exceptions import SchemeError
from .models import Entry, SchemeVersion
from .schemes import check_scheme

_MOST_SCHEMES: Final = 1000
_MONTH_SECONDS: Final = 31 * 24 * 3600
_SAMPLE_COURSE: Final = CourseKey.from_string("course-v1:community+doctor+check")
#: Templates of the platform that our pages stand in.
_FRAMES: Final = ("main_django.html", "courseware/course_navigation.html")


def register() -> None:
    """Make the checks known."""
    people.register_ranges(RANGES)
    for area, name, check, reach, service in (
        ("platform", "pages around points", check_frames, Reach.PROCESS, "lms"),
        ("points", "schemes", check_schemes, Reach.DATABASE, ""),
        ("points", "ledger", check_ledger, Reach.DATABASE, ""),
    ):
        people.register_checkup(check, area=area, name=name, reach=reach, service=service)


def check_frames() -> Iterator[SeenData]:
    """See that the platform still has the addresses and templates that our pages name."""
    missing = [name for name in _FRAMES if _is_missing(name)]
    addresses = [edx_platform.course_home_url(_SAMPLE_COURSE), edx_platform.unit_url(_SAMPLE_COURSE, "sample")]
    missing += [address for address in addresses if not _leads_somewhere(address)]
    for name in missing:
        yield SeenData.failure(
            f"The platform has no {name}.",
            "Install a version of the suite that is made for this release of the platform.",
        )
    if not missing:
        yield SeenData.ok(f"{len(_FRAMES)} templates and {len(addresses)} addresses of the platform are there.")


def check_schemes() -> Iterator[SeenData]:
    """See that every installed scheme can be read: an entry is explained by the scheme of its day."""
    rows = SchemeVersion.objects.order_by("-pk")[:_MOST_SCHEMES]
    problems = 0
    for row in rows:
        try:
            check_scheme(row.text)
        except SchemeError as error:
            problems += 1
            yield SeenData.failure(
                f"Scheme version {row.version} of {row.scope or 'the site'} cannot be read: {error}",
                "Install a corrected scheme with manage.py lms set_points_scheme, and restore the row from a backup.",
            )
    if not problems:
        yield SeenData.ok(f"{len(rows)} installed schemes can be read.")


def check_ledger() -> Iterator[SeenData]:
    """See that entries get into totals and boards."""
    waiting = Entry.objects.filter(is_folded=False)
    late = people.look_at_backlog(waiting, moment="recorded_at", what="ledger entries", command="fold_points")
    yield late or SeenData.ok("No ledger entry waits longer than it should.")


def _is_missing(template: str) -> bool:
    try:
        get_template(template)
    except Exception:  # noqa: BLE001 - a theme's template may be broken in any way
        return True
    return False


def _leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _are_kinds(value: Any) -> bool:
    return all(kind in TIER_OF_KIND for kind in value)


def _are_names(value: Any) -> bool:
    return not isinstance(value, str) and all(isinstance(name, str) for name in value)


RANGES: Final = (
    RangeData.switch("GAMIFICATION_ON_BY_DEFAULT"),
    RangeData.number("GAMIFICATION_CACHE_SECONDS", 0, 300),
    RangeData.whole("GAMIFICATION_BOARD_MAX_PAGES", 1, 10_000),
    RangeData("GAMIFICATION_OWN_BLOCK_TYPES", "a list of block types", _are_names),
    RangeData.whole("GAMIFICATION_MANUAL_LIMIT", 1, 1_000_000),
    RangeData.whole("GAMIFICATION_SWEEP_AFTER_SECONDS", 0, 3600),
    RangeData.text("GAMIFICATION_CONTACT"),
    RangeData("GAMIFICATION_KINDS_IN_USE", f"a list of some of {', '.join(TIER_OF_KIND)}", _are_kinds),
    RangeData.number("GAMIFICATION_SWEEP_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("GAMIFICATION_REBUILD_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.pace("GAMIFICATION_NAME_CHOICE_LIMIT"),
)
