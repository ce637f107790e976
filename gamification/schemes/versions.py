"""Which scheme is in force in a course at an instant, and installing a new one.

A version is never changed and never works backwards: it holds from a moment after its installation. Versions of a
course and of the site are counted in one sequence per course, beginning with the shipped scheme as version 1, so that
"scheme version 3" on a ledger line means one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification.data import TIER_OF_KIND, LevelStartData, RuleData, SchemeInfo
from gamification.exceptions import SchemeError
from gamification.kinds import kind_label
from gamification.memory import ShortMemory
from gamification.models import SchemeVersion
from people import api as people

from .files import Scheme, default_scheme, parse_scheme

SITE = ""
DEFAULT_VERSION = 1
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SchemeInForce:
    """A scheme, its version and since when it holds."""

    version: int
    valid_from: datetime
    scheme: Scheme


_memory: ShortMemory[str, list[SchemeInForce]] = ShortMemory()


def _read_versions(scope: str) -> list[SchemeInForce]:
    """Return all versions that ever applied in a course, the latest first: its own, then the site's, then ours."""
    rows = SchemeVersion.objects.filter(scope__in=[scope, SITE]).order_by("-valid_from", "-version")
    versions = [(row.scope, SchemeInForce(row.version, row.valid_from, parse_scheme(row.text))) for row in rows]
    own = [version for owner, version in versions if owner != SITE]
    of_site = [version for owner, version in versions if owner == SITE]
    return [*own, *of_site, SchemeInForce(DEFAULT_VERSION, _ALWAYS, default_scheme())]


def get_in_force(course_key: CourseKey, at: datetime) -> SchemeInForce:
    """Return the scheme in force in a course at an instant."""
    scope = str(course_key)
    versions = _memory.get(scope, lambda: _read_versions(scope))
    return next(version for version in versions if version.valid_from <= at or version.version == DEFAULT_VERSION)


def check_scheme(text: str) -> str:
    """Return the title of a scheme that could be installed; raises SchemeError."""
    return parse_scheme(text).title


def install_scheme(text: str, *, course_key: CourseKey | None, actor_id: int | None) -> SchemeInfo:
    """Install a scheme for a course, or for the site where ``course_key`` is None; raises SchemeError.

    It holds from ``GAMIFICATION_CACHE_SECONDS`` after now, when every process knows it. What happened before is never
    scored again.
    """
    scheme = parse_scheme(text)
    scope = str(course_key) if course_key else SITE
    try:
        with transaction.atomic():
            row = SchemeVersion.objects.create(
                scope=scope,
                version=_next_version(scope),
                title=scheme.title,
                text=text,
                valid_from=timezone.now() + timedelta(seconds=settings.GAMIFICATION_CACHE_SECONDS),
                installed_by_id=actor_id,
            )
            people.record_audit(
                actor_id=actor_id,
                verb="points_scheme_installed",
                target=f"scheme:{row.version}",
                context_key=scope,
                data={"title": scheme.title, "version": row.version},
            )
    except IntegrityError as error:
        raise SchemeError("somebody else installed a scheme at the same time; try again", field="version") from error
    _memory.clear()
    return SchemeInfo(version=row.version, title=row.title, valid_from=row.valid_from)


def is_latest_scheme(text: str, *, course_key: CourseKey | None) -> bool:
    """Return whether a scheme is the latest that was installed for a course, or for the site, word for word."""
    latest = SchemeVersion.objects.filter(scope=str(course_key) if course_key else SITE).order_by("-version").first()
    return latest is not None and latest.text == text


def _next_version(scope: str) -> int:
    latest = SchemeVersion.objects.filter(scope__in={scope, SITE}).aggregate(latest=Max("version"))["latest"]
    return max(latest or 0, DEFAULT_VERSION) + 1


def get_scheme_info(course_key: CourseKey) -> SchemeInfo:
    """Return version and title of the scheme in force now."""
    current = get_in_force(course_key, timezone.now())
    since = None if current.version == DEFAULT_VERSION else current.valid_from
    return SchemeInfo(version=current.version, title=current.scheme.title, valid_from=since)


def describe_scheme(course_key: CourseKey) -> list[RuleData]:
    """Return the rules in force now, the tier that pays most first."""
    rules = get_in_force(course_key, timezone.now()).scheme.rules
    tiers = [*TIER_OF_KIND]
    described = [
        RuleData(
            kind=rule.kind,
            tier=TIER_OF_KIND[rule.kind],
            title=kind_label(rule.kind),
            points=rule.points,
            per_day=rule.per_day,
            min_words=rule.min_words,
        )
        for rule in rules.values()
    ]
    return sorted(described, key=lambda rule: (-rule.points, tiers.index(rule.kind)))


def points_for(course_key: CourseKey, kind: str) -> int:
    """Return what one activity of this kind pays now, before limits; 0 where no rule pays for it."""
    rule = get_in_force(course_key, timezone.now()).scheme.rules.get(kind)
    return rule.points if rule else 0


def list_levels(course_key: CourseKey, *, count: int = 7) -> list[LevelStartData]:
    """Return the first levels of the scheme in force now."""
    return get_in_force(course_key, timezone.now()).scheme.curve.starts(count)
