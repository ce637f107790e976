"""What a course shows of the events of its chapters: in its tab and in the block of a unit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey

from chapters.api import courses
from chapters.data import Audience, ChapterData, EventOpenTo
from tests.chapters.factories import make_chapter, make_member, make_organizer, make_rule
from tests.chapters.page_visits import SCRIPT, browser, markup_of, words_of
from tests.events.factories import in_days, make_event


@pytest.fixture
def course(course_key: CourseKey) -> CourseKey:
    """Return the course, which shows its chapters."""
    courses.set_on(course_key, True, actor_id=1)
    return course_key


@pytest.fixture
def of_course(chapter: ChapterData, course: CourseKey) -> ChapterData:
    """Return the chapter as one of the course."""
    return make_rule(chapter, Audience.LEARNERS, str(course))


@pytest.fixture
def person(learner: Any) -> int:
    """Return the id of somebody who takes the course."""
    return int(learner.pk)


def open_tab(user_id: int, course: CourseKey) -> Any:
    """Return the course tab as somebody gets it."""
    return browser(user_id).get(reverse("chapters:course", args=[str(course)]))


def test_the_tab_shows_what_is_next_and_open_to_the_reader(
    of_course: ChapterData, course: CourseKey, person: int
) -> None:
    make_event(of_course, title="Open evening", starts_local=in_days(9), open_to=EventOpenTo.ANYONE)
    make_event(of_course, title="Table of members", starts_local=in_days(4))
    words = words_of(open_tab(person, course))
    assert "Open evening" in words
    assert "Table of members" not in words
    make_member(of_course, person)
    words = words_of(open_tab(person, course))
    assert "Table of members" in words
    assert "Open evening" not in words  # it is the next one after


def test_events_cost_the_tab_the_same_whatever_their_number(
    of_course: ChapterData, course: CourseKey, person: int
) -> None:
    def look() -> int:
        open_tab(person, course)
        with CaptureQueriesContext(connection) as queries:
            assert open_tab(person, course).status_code == 200
        return len(queries)

    make_event(of_course, open_to=EventOpenTo.ANYONE)
    few = look()
    for number in range(4):
        other = make_rule(make_chapter(f"Circle {number}"), Audience.LEARNERS, str(course))
        make_event(other, actor_id=make_organizer(other), open_to=EventOpenTo.ANYONE)
    assert look() == few


def test_a_course_tells_nobody_in_particular_of_open_events_only(of_course: ChapterData, course: CourseKey) -> None:
    make_event(of_course, title="Table of members")
    assert courses.get_course_panel(course, user_id=None).chapters[0].next_event is None
    opened = make_event(of_course, title=SCRIPT[:80], open_to=EventOpenTo.ANYONE)
    assert courses.get_course_panel(course, user_id=None).chapters[0].next_event == opened


def test_script_in_a_title_is_text_in_the_tab(of_course: ChapterData, course: CourseKey, person: int) -> None:
    make_event(of_course, title=SCRIPT[:80], place=SCRIPT[:60], open_to=EventOpenTo.ANYONE)
    page = markup_of(open_tab(person, course))
    assert "&lt;/script&gt;" in page
    assert "<script>alert" not in page
