"""What people's gateway promises, asked of the service that runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import OuterRef
from opaque_keys.edx.keys import CourseKey

from people import edx_platform

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
NOBODY = 2_000_000_000


def prefer(user: Any, key: str, value: str) -> None:
    from openedx.core.djangoapps.user_api.models import UserPreference

    UserPreference.objects.update_or_create(user=user, key=key, defaults={"value": value})


@covers("list_contacts")
def test_contacts(place: Any) -> None:
    found = edx_platform.list_contacts([place.learner.id, NOBODY])
    assert list(found) == [place.learner.id]
    contact = found[place.learner.id]
    assert (contact.username, contact.email) == (place.learner.username, place.learner.email)
    assert contact.full_name.endswith(" Example")
    assert contact.is_active
    assert not contact.is_retired


@covers("list_contacts")
def test_a_retired_account(place: Any, settings: Any) -> None:
    get_user_model().objects.filter(pk=place.learner.id).update(username=f"{settings.RETIRED_USERNAME_PREFIX}x")
    assert edx_platform.list_contacts([place.learner.id])[place.learner.id].is_retired


@covers("list_time_zones", "time_zone_column")
def test_time_zones(place: Any) -> None:
    prefer(place.learner, "time_zone", "Africa/Nairobi")
    assert edx_platform.list_time_zones([place.learner.id, place.classmate.id]) == {place.learner.id: "Africa/Nairobi"}
    people = get_user_model().objects.filter(pk__in=[place.learner.id, place.classmate.id])
    rows = people.annotate(zone=edx_platform.time_zone_column(OuterRef("pk"))).values_list("pk", "zone")
    assert dict(rows) == {place.learner.id: "Africa/Nairobi", place.classmate.id: None}


@covers("list_languages")
def test_languages(place: Any) -> None:
    from openedx.core.djangoapps.lang_pref import LANGUAGE_KEY

    prefer(place.learner, LANGUAGE_KEY, "nl")
    prefer(place.classmate, "time_zone", "Africa/Nairobi")
    assert edx_platform.list_languages([place.learner.id, place.classmate.id])[place.learner.id] == "nl"


@covers("has_course")
def test_courses_that_exist(place: Any) -> None:
    assert edx_platform.has_course(place.course_key)
    assert not edx_platform.has_course(CourseKey.from_string("course-v1:contract+nothing+here"))


@covers("watch_new_courses", "watches_new_courses", "refuse_new_course")
def test_a_course_with_a_reserved_key_is_refused(place: Any, settings: Any, create_course: Any) -> None:
    from xmodule.modulestore.exceptions import DuplicateCourseError

    reserved = CourseKey.from_string(settings.DISCUSSION_EXT_HELD_COURSE_KEY)
    assert edx_platform.watches_new_courses()
    with pytest.raises(DuplicateCourseError), transaction.atomic():
        create_course(reserved, place.teacher, display_name="Laid open")
    assert not edx_platform.has_course(reserved)
