"""The town of ``town.py``, before and after everything has happened in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.rights.town import CASE, COURSE, EMAIL, NAME, STAYING_ID, USERNAME, Town, live


@pytest.fixture(autouse=True)
def _no_hurry(settings: Any) -> None:
    settings.DISCUSSION_EXT_RATE_LIMIT = ""


@pytest.fixture
def at_once(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """Return a context at whose end everything is done that waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Return a maker of accounts as the platform has them, enrolled in the course."""
    from forum.models import ForumUser

    from common.djangoapps.student.models import CourseEnrollment, UserProfile

    def make(username: str, *, name: str = "", email: str = "", is_enrolled: bool = True, **fields: Any) -> User:
        user = User.objects.create(username=username, email=email or f"{username}@example.org", **fields)
        UserProfile.objects.update_or_create(user=user, defaults={"name": name or username.title()})
        ForumUser.objects.get_or_create(user=user)
        if is_enrolled:
            CourseEnrollment.objects.create(user=user, course_id=COURSE, is_active=True)
        return user

    return make


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Path) -> None:
    """Keep what is uploaded in a folder of the test."""
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def town(make_user: Callable[..., User]) -> Town:
    """Return the town before anybody has done anything."""
    from common.djangoapps.student.models import CourseAccessRole
    from discussion_ext import api
    from discussion_ext.data import CaseConfigData
    from gamification import api as gamification
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseOverview.objects.get_or_create(id=COURSE, defaults={"display_name": "Leading teams", "org": "Meridian"})
    api.set_on(COURSE, True, actor_id=1)
    gamification.set_on(COURSE, True, actor_id=1)
    config = CaseConfigData(title="A name and a measure", position_min=10, answer_min=5, look_back_min=5)
    api.sync_task(usage_key=CASE, course_key=COURSE, config=config)
    staff = make_user("ruben", is_enrolled=False)
    CourseAccessRole.objects.create(user=staff, org="Meridian", course_id=COURSE, role="staff")
    return Town(
        leaving=make_user(USERNAME, name=NAME, email=EMAIL),
        staying=make_user("tomas", pk=STAYING_ID),
        staff=staff,
    )


@pytest.fixture
def lived(town: Town, at_once: Callable[[], Any]) -> Town:
    """Return the town after both learners have gone through the case and others have said things about it."""
    live(town, at_once)
    return town
