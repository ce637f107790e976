"""What a site needs before its first chapter is made once, and what its staff did is kept."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from chapters.access import is_manager
from chapters.events import points
from chapters.models import Region
from chapters.setting_up import MANAGERS
from gamification import api as gamification
from gamification.models import PointsCourse

from . import factories

pytestmark = pytest.mark.django_db


def set_up() -> str:
    """Run the command and return what it said."""
    said = io.StringIO()
    call_command("setup_chapters", stdout=said)
    return said.getvalue()


def test_members_of_the_group_manage_chapters() -> None:
    somebody = factories.make_account("Grace Nakato")
    assert not is_manager(somebody)
    assert "1 groups" in set_up()
    User.objects.get(pk=somebody).groups.add(Group.objects.get(name=MANAGERS))
    assert is_manager(somebody)


def test_a_second_run_changes_nothing() -> None:
    set_up()
    regions = list(Region.objects.values_list("slug", "name", "position"))
    assert len(regions) == len(set(regions)) > 5
    Group.objects.get(name=MANAGERS).permissions.clear()
    assert "nothing was changed" in set_up()
    assert list(Region.objects.values_list("slug", "name", "position")) == regions
    assert not Group.objects.get(name=MANAGERS).permissions.exists()


def test_a_site_with_regions_of_its_own_gets_no_others() -> None:
    factories.make_region("benelux", "Benelux")
    set_up()
    assert [region.name for region in Region.objects.all()] == ["Benelux"]


def test_points_of_chapters_can_be_switched_in_the_admin_after_it() -> None:
    """The switch is not turned: a site decides."""
    assert "1 ledgers" in set_up()
    row = PointsCourse.objects.get()
    assert (row.course_key, row.is_on) == (str(points.course_key()), None)
    root = factories.make_account("Root", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=root))
    chosen = {"action": "switch_on", "_selected_action": [row.pk]}
    client.post(reverse("admin:gamification_pointscourse_changelist"), chosen)
    assert gamification.is_on_now(points.course_key())
    assert "nothing was changed" in set_up()
    row.refresh_from_db()
    assert row.is_on is True
    gamification.set_on(points.course_key(), False, actor_id=None)
