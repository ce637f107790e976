"""The course tab and the card with which a course team turns points on."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gamification import api
from gamification.models import PointsCourse
from lms.djangoapps.courseware.tabs import get_course_tab_list
from openedx.core.djangoapps.course_apps.plugins import CourseAppsPluginManager
from xmodule.modulestore.django import modulestore


def tabs_of(user, course_key):
    """Return the points tabs that somebody sees in the course."""
    course = modulestore().get_course(course_key)
    return [tab for tab in get_course_tab_list(user, course) if tab.type == "community_points"]


@pytest.fixture
def card(course_key):
    """Return our card among those the platform finds."""
    apps = {app.app_id: app for app in CourseAppsPluginManager.get_apps_available_for_course(course_key)}
    return apps["community_points"]


def test_the_tab_shows_for_learners_and_team_while_points_are_on(course_key, learner, course_team, outsider):
    assert [len(tabs_of(user, course_key)) for user in (learner, course_team, outsider)] == [0, 0, 0]
    api.set_on(course_key, True, actor_id=course_team.id)
    assert [len(tabs_of(user, course_key)) for user in (learner, course_team, outsider)] == [1, 1, 0]
    assert tabs_of(AnonymousUser(), course_key) == []


def test_the_tab_leads_to_my_points(points_course, learner):
    (tab,) = tabs_of(learner, points_course)
    course = modulestore().get_course(points_course)
    assert tab.link_func(course, reverse) == reverse("gamification:my_points", args=[str(points_course)])


def test_the_course_team_turns_points_on_and_off(card, course_key, course_team):
    assert card.is_enabled(course_key) is False
    assert card.set_enabled(course_key, True, course_team) is True
    assert card.is_enabled(course_key) is True
    assert card.set_enabled(course_key, False, course_team) is False
    assert card.is_enabled(course_key) is False


def test_nobody_else_does(card, course_key, course_team, learner, outsider):
    for user in (learner, outsider, AnonymousUser()):
        with pytest.raises(PermissionDenied, match="Only the course team"):
            card.set_enabled(course_key, True, user)
        assert card.get_allowed_operations(course_key, user) == {"enable": False, "configure": False}
    assert card.is_enabled(course_key) is False
    assert card.get_allowed_operations(course_key, course_team) == {"enable": True, "configure": False}


def test_the_card_never_tells_what_a_process_remembers(course_key, card, settings):
    """The platform stores the card's answer when a course is published, and shows that from then on."""
    settings.GAMIFICATION_CACHE_SECONDS = 60
    PointsCourse.objects.create(course_key=str(course_key), is_on=False)
    assert not api.is_on(course_key)
    PointsCourse.objects.filter(course_key=str(course_key)).update(is_on=True)  # as another process does
    assert not api.is_on(course_key), "nothing was remembered, so this test would show nothing"
    assert card.is_enabled(course_key)
