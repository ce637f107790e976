"""Writing the ledger: awards, voids and points by hand. Only inserts happen here; the sums follow after commit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import courses, statements
from .data import MANUAL, TIER_OF_KIND, VOID_REASONS
from .exceptions import ActivityError, UnknownActivityKind
from .folding import fold_after_commit
from .schemes import Rule, get_in_force

# Lower case only: databases compare text without regard to case.
_SOURCE = re.compile(r"[a-z0-9][a-z0-9:._@+-]{0,119}")
# A path of this site or a web address; what a browser reads as another host's (//x, /\\x) is no path.
_URL = re.compile(r"/(?![/\\])|https?://", re.IGNORECASE)
_FACT = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
MOST_FACTS = 12
LARGEST = 2**31 - 1

#: Facts with a meaning: rules look at the words; a reason may say that a post still counts for its case.
WORDS = "words"
IN_CASE = "in_case"


def record_activity(  # noqa: PLR0913 - one fact, all keywords
    *,
    source: str,
    revision: int,
    user_id: int,
    course_key: CourseKey,
    kind: str,
    occurred_at: datetime,
    title: str = "",
    url: str = "",
    facts: Mapping[str, int] | None = None,
    folds: bool = True,
) -> bool:
    """Record that somebody did something; return False if points are off in the course or the revision is known.

    Inserts in a savepoint of the caller's transaction; the total follows after its commit. May be repeated, and may
    arrive after its own void. ``facts`` are counts: ``words``, which rules look at, and ``in_case``, 1 for a post in a
    case. The title is what the person sees in the ledger for good: it names the thing, never another person. With
    ``folds=False`` the caller has the total brought up to date after the commit (``fold_pending``), say in a worker.

    Raises ActivityError (UnknownActivityKind) naming the field.
    """
    _check_identity(source=source, revision=revision, user_id=user_id, course_key=course_key, occurred_at=occurred_at)
    _check_kind(kind)
    counts = _check_facts(facts)
    if not courses.is_on(course_key):
        return False
    in_force = get_in_force(course_key, occurred_at)
    rule = in_force.scheme.rules.get(kind) or Rule(kind=kind, points=0, per_day=None, min_words=0)
    return _insert(
        course_key,
        source=source,
        revision=revision,
        user_id=user_id,
        kind=kind,
        is_void=False,
        occurred_at=occurred_at,
        worth=rule.points if counts.get(WORDS, 0) >= rule.min_words else 0,
        rule_points=rule.points,
        per_day=rule.per_day,
        min_words=rule.min_words,
        scheme_version=in_force.version,
        facts=counts,
        title=_clean(title, limit=255, field="title"),
        url=_check_url(url),
        folds=folds,
    )


def void_activity(
    *,
    source: str,
    revision: int,
    user_id: int,
    course_key: CourseKey,
    kind: str,
    occurred_at: datetime,
    reason: str,
    folds: bool = True,
) -> bool:
    """Take an activity back; ``occurred_at`` is when that happened. Return and ``folds`` as in ``record_activity``.

    ``reason`` is ``withdrawn`` (by its author), ``removed`` (by the team), ``unmet`` (no longer meets what was asked),
    ``reset`` (attempt started over) or ``corrected``. May arrive before the award it takes back.
    """
    _check_identity(source=source, revision=revision, user_id=user_id, course_key=course_key, occurred_at=occurred_at)
    _check_kind(kind)
    if reason not in VOID_REASONS:
        raise ActivityError(f"one of {', '.join(sorted(VOID_REASONS))}", field="reason")
    if not courses.is_on(course_key):
        return False
    return _insert(
        course_key,
        source=source,
        revision=revision,
        user_id=user_id,
        kind=kind,
        is_void=True,
        occurred_at=occurred_at,
        scheme_version=get_in_force(course_key, occurred_at).version,
        reason=reason,
        folds=folds,
    )


def adjust_points(
    *, actor_id: int | None, user_id: int, course_key: CourseKey, points: int, reason: str, request_key: str
) -> bool:
    """Give (or with a negative number take) points by hand, with a reason that the person reads. Audited.

    ``request_key`` makes a form that is sent twice count once. Works whether or not the course gives points now.
    """
    note = check_adjustment(points=points, reason=reason, request_key=request_key)
    source = f"manual:{request_key}"
    now = timezone.now()
    _check_identity(source=source, revision=1, user_id=user_id, course_key=course_key, occurred_at=now)
    with transaction.atomic():
        is_new = _insert(
            course_key,
            source=source,
            revision=1,
            user_id=user_id,
            kind=MANUAL,
            is_void=False,
            occurred_at=now,
            worth=points,
            rule_points=points,
            note=note,
        )
        if is_new:
            people.record_audit(
                actor_id=actor_id,
                verb="points_given" if points > 0 else "points_taken",
                target=f"user:{user_id}",
                context_key=str(course_key),
                reason=note,
                data={"points": points, "source": source},
            )
    return is_new


def check_adjustment(*, points: int, reason: str, request_key: str) -> str:
    """Return the reason as it will be kept; raise ActivityError if these points cannot be given by hand."""
    if not isinstance(request_key, str) or not _SOURCE.fullmatch(f"manual:{request_key}"):
        raise ActivityError("a-z 0-9 : . _ @ + -", field="request_key")
    limit = settings.GAMIFICATION_MANUAL_LIMIT
    if isinstance(points, bool) or not isinstance(points, int) or points == 0 or abs(points) > limit:
        raise ActivityError(
            _("A whole number from %(least)s to %(most)s, not 0.") % {"least": -limit, "most": limit}, field="points"
        )
    note = _clean(reason, limit=500, field="reason")
    if not note:
        raise ActivityError(_("Say why; the person reads it."), field="reason")
    return note


def _insert(course_key: CourseKey, *, user_id: int, occurred_at: datetime, folds: bool = True, **values: Any) -> bool:
    row = {
        "course_id": courses.get_number(course_key),
        "user_id": user_id,
        "occurred_at": occurred_at.astimezone(UTC),
        "local_date": _local_date(user_id, occurred_at),
        "recorded_at": timezone.now(),
        **values,
    }
    try:
        # One statement needs no transaction of its own, only a savepoint where somebody else's is open.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            statements.insert_entry(row)
    except IntegrityError:
        return False
    if folds:
        fold_after_commit(user_id=user_id, course_key=course_key)
    return True


def _local_date(user_id: int, instant: datetime) -> date:
    return people.local_date(user_id, instant)


def _check_identity(
    *, source: object, revision: object, user_id: object, course_key: object, occurred_at: object
) -> None:
    if not isinstance(source, str) or not _SOURCE.fullmatch(source):
        raise ActivityError("1 to 120 characters of a-z 0-9 : . _ @ + -", field="source")
    for value, field, least in ((revision, "revision", 0), (user_id, "user_id", 1)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
            raise ActivityError(f"a whole number from {least} to {LARGEST}", field=field)
    if not isinstance(course_key, CourseKey):
        raise ActivityError("a CourseKey", field="course_key")
    if not isinstance(occurred_at, datetime) or occurred_at.utcoffset() is None:
        raise ActivityError("an instant with its zone", field="occurred_at")


def _check_kind(kind: object) -> None:
    if not isinstance(kind, str) or kind not in TIER_OF_KIND:
        raise UnknownActivityKind(f"one of {', '.join(TIER_OF_KIND)}", field="kind")


def _check_facts(facts: object) -> dict[str, int]:
    if facts is None:
        return {}
    if not isinstance(facts, Mapping) or len(facts) > MOST_FACTS:
        raise ActivityError(f"at most {MOST_FACTS} counts by name", field="facts")
    for name, count in facts.items():
        if not isinstance(name, str) or not _FACT.fullmatch(name):
            raise ActivityError("names of a-z 0-9 _", field="facts")
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= LARGEST:
            raise ActivityError(f"a whole number from 0 to {LARGEST}", field=f"facts.{name}")
    return dict(facts)


def _check_url(url: object) -> str:
    text = _clean(url, limit=500, field="url", is_cut=False)
    if text and not _URL.match(text):
        raise ActivityError("a path or an http address", field="url")
    return text


def _clean(text: object, *, limit: int, field: str, is_cut: bool = True) -> str:
    """Return text on one line; a long one is cut at a character, or refused where half of it would be useless."""
    if not isinstance(text, str):
        raise ActivityError("a text", field=field)
    line = _CONTROL.sub(" ", text).strip()
    if len(line) > limit and not is_cut:
        raise ActivityError(f"at most {limit} characters", field=field)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
