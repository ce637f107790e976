"""What the gateway to people promises to chapters, asked of the service that runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from chapters.edx_platform import profiles
from chapters.models import Membership

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
NOBODY = 2_000_000_000


def fill_in(user: Any, **values: Any) -> None:
    from common.djangoapps.student.models import UserProfile

    UserProfile.objects.filter(user=user).update(**values)


@covers("find_account", "list_accounts")
def test_accounts_with_their_profiles(place: Any) -> None:
    fill_in(place.learner, year_of_birth=1990, country="KE")
    found = profiles.list_accounts([place.learner.id, place.classmate.id, NOBODY])
    assert set(found) == {place.learner.id, place.classmate.id}
    mine = found[place.learner.id]
    assert (mine.year_of_birth, mine.country) == (1990, "KE")
    assert mine.joined_at is not None
    assert not mine.is_manager
    assert (found[place.classmate.id].year_of_birth, found[place.classmate.id].country) == (None, "")
    assert profiles.find_account(NOBODY) is None


@covers("find_account", "list_managers", "has_permitted_managers", "list_staff")
def test_managers_by_permission_group_and_as_staff(place: Any) -> None:
    users = get_user_model().objects
    permission = Permission.objects.get(content_type__app_label="chapters", codename="manage_chapters")
    group = Group.objects.create(name="community team of a contract")
    group.permissions.add(permission)

    def is_manager(user: Any) -> bool:
        account = profiles.find_account(user.id)
        assert account is not None
        return account.is_manager

    assert not is_manager(place.outsider)
    place.learner.user_permissions.add(permission)
    place.classmate.groups.add(group)
    users.filter(pk=place.outsider.id).update(is_staff=True)
    assert [is_manager(user) for user in (place.learner, place.classmate, place.outsider)] == [True, True, True]
    assert profiles.has_permitted_managers()
    told = profiles.list_managers()
    assert {place.learner.id, place.classmate.id} <= set(told)
    assert place.outsider.id in profiles.list_staff()
    assert place.outsider.id not in told  # staff is told only where nobody has the permission
    users.filter(pk=place.learner.id).update(is_active=False)
    assert not is_manager(place.learner)
    assert place.learner.id not in profiles.list_managers()


@covers("count_learners_by_country")
def test_learners_by_country(place: Any) -> None:
    fill_in(place.learner, country="KE")
    fill_in(place.outsider, country="KE")
    members = Membership.objects.values("user_id")
    before = profiles.count_learners_by_country(without=members).get("KE", 0)
    fill_in(place.classmate, country="KE")
    assert profiles.count_learners_by_country(without=members)["KE"] == before + 1
    Membership.objects.create(chapter_id=987_654, user_id=place.classmate.id, state="member")
    assert profiles.count_learners_by_country(without=members).get("KE", 0) == before
