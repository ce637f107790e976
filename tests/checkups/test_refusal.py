"""No course comes into being under a reserved key, however it is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.split_modulestore_django.models import SplitModulestoreCourseIndex
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch, Course
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.modulestore.exceptions import DuplicateCourseError

pytestmark = pytest.mark.django_db

HELD = "course-v1:community+discussion_ext+held"
OLX = Path(__file__).resolve().parents[1] / "host/olx"


def make(key: str) -> Any:
    return CourseStore(Branch.DRAFT).create_course(CourseKey.from_string(key), {"display_name": "Laid open"})


@pytest.mark.parametrize("key", [HELD, HELD.replace("held", "HELD"), HELD.replace("community", "Community")])
def test_a_course_under_the_held_key_is_refused(key: str) -> None:
    with pytest.raises(DuplicateCourseError, match="DISCUSSION_EXT_HELD_COURSE_KEY"):
        make(key)
    assert not Course.objects.exists()
    assert not CourseOverview.objects.exists()
    assert not SplitModulestoreCourseIndex.objects.exists()


@pytest.mark.parametrize("key", [f"{HELD}2", "course-v1:community+discussion_ext+2026"])
def test_other_keys_are_nobodys_business(key: str) -> None:
    make(key)
    assert SplitModulestoreCourseIndex.objects.filter(course_id=CourseKey.from_string(key)).exists()


def test_an_import_is_refused_in_one_sentence() -> None:
    with pytest.raises(CommandError, match=r"^Cannot create course"):
        call_command("import_course", str(OLX), key=HELD)
    assert not Course.objects.exists()


def test_the_key_follows_the_setting(settings: Any) -> None:
    settings.DISCUSSION_EXT_HELD_COURSE_KEY = "course-v1:elsewhere+x+held"
    make(HELD)
    with pytest.raises(DuplicateCourseError):
        make("course-v1:elsewhere+x+held")


def test_a_course_that_is_there_can_be_changed(settings: Any) -> None:
    """A key that is reserved when its course exists already locks nobody out; the doctor says what to do."""
    settings.DISCUSSION_EXT_HELD_COURSE_KEY = "course-v1:elsewhere+x+held"
    make(HELD)
    settings.DISCUSSION_EXT_HELD_COURSE_KEY = HELD
    SplitModulestoreCourseIndex.objects.get().save()


def test_a_key_that_is_none_refuses_nothing(settings: Any) -> None:
    settings.DISCUSSION_EXT_HELD_COURSE_KEY = "held"
    make("course-v1:a+b+c")
