"""The course tab: where it appears, who turns it on, and what its page shows to whom."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chapters.api import courses
from chapters.boards import board_key, ensure_boards
from chapters.course_apps import ChaptersCourseApp
from chapters.data import Audience
from chapters.models import CourseSwitch, Invitation
from chapters.tabs import ChaptersTab
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind
from people.models import AuditEntry

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    """Return somebody who does not take the course, as an account; this folder names people by their ids."""
    return User.objects.get(pk=factories.make_account("Oscar Outside"))


@pytest.fixture
def course(course_key):
    """Return the course, which shows its chapters."""
    courses.set_on(course_key, True, actor_id=1)
    return course_key


@pytest.fixture
def nairobi(course):
    """Return a chapter of the course with a board for those who take it."""
    chapter = factories.make_chapter("Nairobi evening chapter", slug="nairobi-evening")
    chapter = factories.make_rule(chapter, Audience.LEARNERS, str(course))
    ensure_boards(chapter)
    return chapter


@pytest.fixture
def page(course):
    """Return a function that opens the tab's page for somebody and returns status and tree."""

    def open_page(user):
        client = Client()
        client.force_login(user)
        response = client.get(f"/chapters/courses/{course}/")
        return response.status_code, BeautifulSoup(response.content, "html.parser")

    return open_page


def text_of(soup):
    """Return what a reader sees, with spaces folded."""
    return " ".join(unescape(soup.get_text(" ")).split())


def is_shown(course_key, user):
    """Tell whether somebody sees the tab."""
    return ChaptersTab.is_enabled(SimpleNamespace(id=course_key), user)


# -- on and off ------------------------------------------------------------------------------------------------------


def test_it_is_off_until_the_team_turns_it_on(course_key, learner, course_team, page):
    courses.set_on(course_key, False, actor_id=1)
    CourseSwitch.objects.all().delete()
    assert not courses.is_on(course_key)
    assert not is_shown(course_key, learner)
    assert page(learner)[0] == 404
    assert ChaptersCourseApp.set_enabled(course_key, True, course_team) is True
    assert ChaptersCourseApp.is_enabled(course_key)
    assert is_shown(course_key, learner)
    assert page(learner)[0] == 200


def test_the_sites_default_holds_where_nobody_chose(course_key, learner, settings):
    assert not is_shown(course_key, learner)
    settings.CHAPTERS_ON_BY_DEFAULT = True
    assert is_shown(course_key, learner)
    courses.set_on(course_key, False, actor_id=1)
    assert not is_shown(course_key, learner)


def test_only_the_team_turns_it_and_it_is_recorded(course_key, learner, stranger, course_team):
    for user in (learner, stranger):
        assert ChaptersCourseApp.get_allowed_operations(course_key, user) == {"enable": False, "configure": False}
        with pytest.raises(PermissionDenied):
            ChaptersCourseApp.set_enabled(course_key, True, user)
    assert not courses.is_on(course_key)
    assert ChaptersCourseApp.get_allowed_operations(course_key, course_team)["enable"]
    ChaptersCourseApp.set_enabled(course_key, True, course_team)
    entry = AuditEntry.objects.get(verb="chapters.turned_on")
    assert (entry.actor_id, entry.target) == (course_team.id, str(course_key))


def test_the_answer_is_remembered_and_a_change_is_seen_at_once(course, learner, django_capture_on_commit_callbacks):
    assert is_shown(course, learner)
    with CaptureQueriesContext(connection) as queries:
        assert courses.is_on(course)
    assert len(queries) == 0
    with django_capture_on_commit_callbacks(execute=True):
        courses.set_on(course, False, actor_id=1)
    assert not courses.is_on(course)


def test_without_a_cache_it_is_asked_each_time(course, learner, monkeypatch):
    def down(*_args, **_kwargs):
        raise ConnectionError

    for name in ("get", "set", "delete"):
        monkeypatch.setattr(f"chapters.availability.cache.{name}", down)
    assert courses.is_on(course)
    courses.set_on(course, False, actor_id=1)
    assert not courses.is_on(course)


# -- the page --------------------------------------------------------------------------------------------------------


def test_it_is_for_people_of_the_course(page, nairobi, learner, stranger, course_team, course):
    assert [page(user)[0] for user in (learner, course_team, stranger)] == [200, 200, 404]
    response = Client().get(f"/chapters/courses/{course}/")
    assert response.status_code == 302
    CourseEnrollment.unenroll(learner, course)
    assert page(learner)[0] == 404


@pytest.mark.parametrize("course_id", ["nothing", "course-v1:a+b", "lib:x:y", "course-v1:No+Such+course"])
def test_other_addresses_are_none(course, learner, course_id, nairobi, page):
    assert page(learner)[0] == 200
    client = Client()
    client.force_login(learner)
    assert client.get(f"/chapters/courses/{course_id}/").status_code == 404


def test_what_is_mine_what_the_course_has_and_what_is_near(page, nairobi, learner, course):
    UserProfile.objects.filter(user=learner).update(country="KE")
    factories.make_chapter("Mombasa harbour talk", city="Mombasa")
    factories.make_chapter("Leerkring Utrecht", country="NL", zone="Europe/Amsterdam")
    _status, soup = page(learner)
    sections = {section["aria-labelledby"]: text_of(section) for section in soup.select("main section")}
    assert "Nairobi evening chapter" in sections["others"]
    assert "Mombasa harbour talk" in sections["near"]
    assert "Nairobi" not in sections["near"]
    assert "Utrecht" not in text_of(soup)
    factories.make_member(nairobi, learner.id)
    _status, soup = page(learner)
    assert "Nairobi evening chapter" in text_of(soup.select_one('section[aria-labelledby="mine"]'))
    assert soup.select_one('section[aria-labelledby="others"]') is None


def test_talk_is_of_boards_that_are_open_to_the_reader(page, nairobi, learner):
    lead = factories.make_organizer(nairobi)
    for audience, title in ((Audience.EVERYONE, "One sentence"), (Audience.LEARNERS, "Is waiting a position?")):
        draft = TopicDraftData(kind=TopicKind.LIGHT, title=title, body="Tell us.")
        boards.start_topic(board_key=board_key(nairobi.id, audience), author_id=lead, draft=draft)
    assert "One sentence" not in text_of(page(learner)[1])
    factories.make_member(nairobi, learner.id)
    shown = text_of(page(learner)[1])
    assert "One sentence" in shown
    assert "Is waiting a position?" not in shown


def test_an_invitation_is_put_away_by_post_only(page, nairobi, learner, course):
    row = Invitation.objects.create(
        chapter_id=nairobi.id, user_id=learner.id, audience="learners", course_id=str(course)
    )
    _status, soup = page(learner)
    form = soup.select_one('section[aria-labelledby="invited"] form')
    assert form["method"] == "post"
    assert soup.select_one('a[href="/chapters/nairobi-evening/join/"]')
    client = Client()
    client.force_login(learner)
    row.refresh_from_db()
    assert row.state == "open"
    answer = client.post(form["action"], {"invitation": form.select_one("[name=invitation]")["value"]})
    assert answer.status_code == 302
    assert page(learner)[1].select_one('section[aria-labelledby="invited"]') is None


def test_an_empty_course_says_how_a_chapter_comes(page, course, learner, course_team):
    assert "Three people who want the same are enough" in text_of(page(learner)[1])
    shown = text_of(page(course_team)[1])
    assert "as soon as its rules name it" in shown
    assert "Three people" not in shown


def test_the_number_of_queries_does_not_grow(page, course, nairobi, learner):
    factories.make_member(nairobi, learner.id)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert page(learner)[0] == 200
        return len(queries)

    count()
    before = count()
    for number in range(6):
        chapter = factories.make_rule(factories.make_chapter(f"Chapter {number}"), Audience.LEARNERS, str(course))
        factories.make_member(chapter, learner.id)
        for _ in range(3):
            factories.make_member(chapter)
    assert count() == before


def test_what_people_wrote_is_escaped(page, course, learner):
    evil = "<script>alert(1)</script>"
    chapter = factories.make_chapter(evil, lead=evil, city=evil)
    factories.make_rule(chapter, Audience.LEARNERS, str(course))
    _status, soup = page(learner)
    assert text_of(soup).count("alert(1)") >= 2
    assert not [script for script in soup.select("main script") if "alert" in script.text]
