"""What the gateway of chapters promises of the units that events prepare with, asked of the service that runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve
from opaque_keys.edx.keys import CourseKey

from chapters.edx_platform import profiles, units

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
ELSEWHERE = CourseKey.from_string("course-v1:contract+nothing+here")


@covers("find_unit_title")
def test_a_unit_has_a_title(place: Any) -> None:
    assert units.find_unit_title(place.unit_key)
    assert units.find_unit_title(place.text_key) is None, "a block inside a unit is none"
    assert units.find_unit_title(ELSEWHERE.make_usage_key("vertical", "gone")) is None
    assert units.find_unit_title(place.course_key.make_usage_key("vertical", "gone")) is None


@covers("unit_url")
def test_a_unit_opens_at_an_address(place: Any) -> None:
    found = resolve(units.unit_url(place.unit_key))
    assert found.url_name == "jump_to"
    assert found.kwargs == {"course_id": str(place.course_key), "location": str(place.unit_key)}


@covers("search_accounts")
def test_people_are_found_by_name_or_username(place: Any) -> None:
    from django.contrib.auth import get_user_model

    everybody = get_user_model().objects.values("pk")
    only_me = get_user_model().objects.filter(pk=place.learner.id).values("pk")
    some = place.learner.username[1:-1].upper()
    assert place.learner.id in profiles.search_accounts(some, among=everybody, limit=100)
    assert profiles.search_accounts(some, among=only_me, limit=100) == [place.learner.id]
    assert profiles.search_accounts(place.learner.profile.name, among=only_me, limit=1) == [place.learner.id]
    assert profiles.search_accounts("nobody-at-all", among=everybody, limit=100) == []


@covers("find_exactly")
def test_somebody_is_found_by_all_of_their_username_or_address(place: Any) -> None:
    learner = place.learner
    assert profiles.find_exactly(learner.username) == [learner.id]
    assert profiles.find_exactly(learner.email) == [learner.id]
    assert profiles.find_exactly(learner.username[:-1]) == []
    assert profiles.find_exactly("") == []
