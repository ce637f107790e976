"""What the platform knows about people, and whether a course exists; one question per function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.db.models.signals import pre_save
from opaque_keys.edx.keys import CourseKey

from .data import ContactData

_COURSE_INDEX: Final = "split_modulestore_django.SplitModulestoreCourseIndex"
_NEW_COURSE: Final = "people.new_course"


def list_contacts(user_ids: Iterable[int]) -> dict[int, ContactData]:
    """Return the accounts that exist, by id, in one query; the full name is empty where the profile has none."""
    rows = (
        get_user_model()
        .objects.filter(pk__in=list(user_ids))
        .values_list("pk", "username", "profile__name", "email", "is_active")
    )
    # The address is the first to go, when retirement is asked for, and comes back if the person thinks better of it.
    retired_domain = "@" + getattr(settings, "RETIRED_EMAIL_DOMAIN", "retired.invalid")
    retired_prefix = getattr(settings, "RETIRED_USERNAME_PREFIX", "retired__user_")
    return {
        pk: ContactData(
            user_id=pk,
            username=username,
            full_name=name or "",
            email=email,
            is_active=is_active,
            is_retired=username.startswith(retired_prefix),
            is_leaving=email.endswith(retired_domain),
        )
        for pk, username, name, email, is_active in rows
    }


def list_time_zones(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the zone names that people set in their account, by id."""
    return _preferences(user_ids, "time_zone")


def list_languages(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the language codes that people set in their account, by id."""
    from openedx.core.djangoapps.lang_pref import LANGUAGE_KEY

    return _preferences(user_ids, LANGUAGE_KEY)


def time_zone_column(user_id: OuterRef) -> Subquery:
    """Return the zone name somebody set in their account as a column of a query about people: it saves a query."""
    from openedx.core.djangoapps.user_api.models import UserPreference

    return Subquery(UserPreference.objects.filter(user_id=user_id, key="time_zone").values("value")[:1])


def has_course(course_key: CourseKey) -> bool:
    """Tell whether a course is stored under a key, or an overview that would pass for one."""
    from common.djangoapps.split_modulestore_django.models import SplitModulestoreCourseIndex
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    is_stored = SplitModulestoreCourseIndex.objects.filter(course_id=course_key).exists()
    return is_stored or CourseOverview.objects.filter(id=course_key).exists()


def watch_new_courses(receiver: Callable[..., None]) -> None:
    """Call ``receiver`` before the row that makes a course exist is saved; an error it raises is the creator's.

    The row is named by a string: where the platform keeps its courses elsewhere one day nothing is called, and nothing
    breaks either; the doctor says so.
    """
    pre_save.connect(receiver, sender=_COURSE_INDEX, dispatch_uid=_NEW_COURSE)


def refuse_new_course(course_key: CourseKey, *, reason: str) -> NoReturn:
    """Say to whoever creates a course that its key is taken.

    With the platform's own error for that: Studio's form, reruns, imports and commands all know what to do with it.
    """
    from xmodule.modulestore.exceptions import DuplicateCourseError

    raise DuplicateCourseError(course_key, reason)


def watches_new_courses() -> bool:
    """Tell whether somebody is called before a course comes into being."""
    from common.djangoapps.split_modulestore_django.models import SplitModulestoreCourseIndex

    return any(entry[0] == (_NEW_COURSE, id(SplitModulestoreCourseIndex)) for entry in pre_save.receivers)


def _preferences(user_ids: Iterable[int], key: str) -> dict[int, str]:
    from openedx.core.djangoapps.user_api.models import UserPreference

    rows = UserPreference.objects.filter(user_id__in=list(user_ids), key=key)
    return dict(rows.values_list("user_id", "value"))
