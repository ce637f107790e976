"""Who somebody is by what a course team types: an e-mail address, a username, or a part of a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey

_BATCH = 500


def identify_learners(course_key: CourseKey, logins: Collection[str]) -> dict[str, int]:
    """Return ids of people who are actively enrolled by their e-mail address or username, case aside.

    A text with an @ is an address. What names nobody is left out. One query for every 250 texts.
    """
    from common.djangoapps.student.models import CourseEnrollment

    enrolled = CourseEnrollment.objects.filter(course_id=course_key, is_active=True).values("user_id")
    return _identify(get_user_model().objects.filter(pk__in=enrolled), logins)


def identify_hosts(course_key: CourseKey, logins: Collection[str]) -> dict[str, int]:
    """Return the same for who may host: people with an active account who are enrolled, or in the course's team."""
    from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment

    enrolled = CourseEnrollment.objects.filter(course_id=course_key, is_active=True).values("user_id")
    whole_organisation = Q(course_id=CourseKeyField.Empty, org=course_key.org)
    roles = CourseAccessRole.objects.filter(Q(course_id=course_key) | whole_organisation).values("user_id")
    may_host = Q(pk__in=enrolled) | Q(pk__in=roles) | Q(is_staff=True)
    return _identify(get_user_model().objects.filter(may_host, is_active=True), logins)


def search_learners(course_key: CourseKey, text: str, *, limit: int = 10) -> list[int]:
    """Return ids of people who are enrolled and whose name, username or e-mail address holds the text, in order."""
    from common.djangoapps.student.models import CourseEnrollment

    wanted = text.strip()
    if not wanted:
        return []
    holds = (
        Q(user__username__icontains=wanted)
        | Q(user__email__icontains=wanted)
        | Q(user__profile__name__icontains=wanted)
    )
    enrolled = CourseEnrollment.objects.filter(holds, course_id=course_key, is_active=True)
    return list(enrolled.order_by("user_id").values_list("user_id", flat=True).distinct()[:limit])


def list_logins(user_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return username and e-mail address by id; of unknown ids nothing."""
    rows = get_user_model().objects.filter(pk__in=list(user_ids)).values_list("pk", "username", "email")
    return {pk: (username, email) for pk, username, email in rows}


def is_active_account(user_id: int) -> bool:
    """Tell whether there is an account that is in use."""
    return get_user_model().objects.filter(pk=user_id, is_active=True).exists()


def _identify(accounts: QuerySet[Any], logins: Collection[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for part in _batches([login.strip() for login in logins if login.strip()]):
        # SQLite compares exactly, MySQL does not: what was typed and its small letters are asked for on both.
        asked = {form for login in part for form in (login, login.lower())}
        found = accounts.filter(Q(email__in=[a for a in asked if "@" in a]) | Q(username__in=asked))
        for pk, username, email in found.values_list("pk", "username", "email"):
            known.setdefault(username.casefold(), pk)
            if email:
                known[email.casefold()] = pk
    return {login: known[key] for login in logins if (key := login.strip().casefold()) in known}


def _batches(logins: list[str]) -> Iterator[list[str]]:
    size = _BATCH // 2
    for start in range(0, len(logins), size):
        yield logins[start : start + size]
