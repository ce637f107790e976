"""What pages of chapters in a course take from the platform, asked of the service that runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.http import Http404

from chapters.edx_platform import pages, profiles

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers


@covers("access_course")
@pytest.mark.only_lms
def test_the_course_for_the_navigation(place: Any) -> None:
    course = pages.access_course(place.learner, place.course_key)
    assert str(course.id) == place.course_id
    with pytest.raises(Http404):
        pages.access_course(place.learner, place.course_key.replace(run="nowhere"))


@covers("course_home_url")
@pytest.mark.only_lms
def test_the_courses_front_page(place: Any) -> None:
    assert place.course_id in pages.course_home_url(place.course_key).replace("%3A", ":").replace("%2B", "+")


@covers("find_viewer_id")
def test_who_looks(place: Any, request_of: Any) -> None:
    assert pages.find_viewer_id() is None
    request_of(place.learner)
    assert pages.find_viewer_id() == place.learner.id
    request_of(AnonymousUser())
    assert pages.find_viewer_id() is None


@covers("has_permitted_managers")
def test_whether_anybody_manages_chapters(place: Any) -> None:
    wanted = Permission.objects.get(content_type__app_label="chapters", codename="manage_chapters")
    for holders in (wanted.user_set, wanted.group_set):
        holders.clear()
    assert not profiles.has_permitted_managers()
    group = Group.objects.create(name=f"Managers {place.learner.username}")
    group.permissions.add(wanted)
    assert not profiles.has_permitted_managers()
    place.teacher.groups.add(group)
    assert profiles.has_permitted_managers()
    get_user_model().objects.filter(pk=place.teacher.pk).update(is_active=False)
    assert not profiles.has_permitted_managers()
