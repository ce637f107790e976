"""The entry on the instructor dashboard: who has it, and that it costs nobody the dashboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import NoReverseMatch, reverse
from opaque_keys.edx.keys import CourseKey
from openedx_filters.learning import filters as platform

from discussion_ext import api, filters
from discussion_ext.settings import common, production
from discussion_ext.settings.filters import STEPS, add_steps
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch

LEGACY, NEW = STEPS
HERE = "Class sessions"


@pytest.fixture
def course(course_key: CourseKey) -> CourseKey:
    """Return a course in which the suite is on and that has pages."""
    CourseStore(Branch.DRAFT).create_course(course_key, {"start": "2020-01-01T00:00:00Z"})
    api.set_on(course_key, True, actor_id=1)
    return course_key


@pytest.fixture
def dashboard(course: CourseKey) -> Callable[[int], str]:
    """Return a function that draws the dashboard for a person."""

    def draw(user_id: int) -> str:
        client = Client()
        client.force_login(User.objects.get(pk=user_id))
        response = client.get(f"/courses/{course}/instructor")
        assert response.status_code == 200
        return response.content.decode()

    return draw


def url_of(course_key: CourseKey) -> str:
    """Return the address that the entry leads to."""
    return reverse("discussion_ext:sessions", kwargs={"course_id": str(course_key)})


def test_the_team_gets_an_entry_on_both_dashboards(
    dashboard: Callable[[int], str], course: CourseKey, staff: int
) -> None:
    page = dashboard(staff)
    assert f'<a href="#{filters.ENTRY_KEY}">{HERE}</a>' in page
    assert f'href="{url_of(course)}"' in page
    assert f'<a href="http://127.0.0.1:8000{url_of(course)}" data-tab="{filters.ENTRY_KEY}">{HERE}</a>' in page


def test_no_entry_where_the_suite_is_off(dashboard: Callable[[int], str], course: CourseKey, staff: int) -> None:
    assert HERE in dashboard(staff)
    api.set_on(course, False, actor_id=staff)
    assert HERE not in dashboard(staff)


def test_a_course_where_the_suite_is_off_costs_no_query(
    course: CourseKey, staff: int, django_assert_num_queries: Any
) -> None:
    api.set_on(course, False, actor_id=staff)
    user = User.objects.get(pk=staff)

    def run() -> Any:
        tabs = platform.InstructorDashboardTabsRequested.run_filter(tabs=[], user=user, course_key=course)
        context = {"sections": [], "course": SimpleNamespace(id=course)}
        legacy = platform.InstructorDashboardRenderStarted.run_filter(context=context, template_name="x.html")
        return tabs[0], legacy[0]["sections"]

    run()
    with django_assert_num_queries(0):
        assert run() == ([], [])


@pytest.mark.parametrize("is_team", [True, False])
def test_only_the_course_team_gets_it(
    course: CourseKey, staff: int, learner: int, request_by: Callable[[int], None], *, is_team: bool
) -> None:
    user = User.objects.get(pk=staff if is_team else learner)
    request_by(user.pk)
    before = {"tab_id": "course_info", "title": "Info", "url": "/x", "sort_order": 10}
    tabs, same_user, same_key = platform.InstructorDashboardTabsRequested.run_filter(
        tabs=[before], user=user, course_key=course
    )
    assert (tabs[0], same_user, same_key) == (before, user, course)
    assert len(tabs) == (2 if is_team else 1)
    section = {"section_key": "course_info", "section_display_name": "Info"}
    context, template = platform.InstructorDashboardRenderStarted.run_filter(
        context={"sections": [section], "course": SimpleNamespace(id=course), "other": 1}, template_name="x.html"
    )
    assert (context["sections"][0], context["other"], template) == (section, 1, "x.html")
    assert len(context["sections"]) == (2 if is_team else 1)


@pytest.fixture
def request_by(rf: Any) -> Any:
    """Return a function that makes a person's request the current one."""
    import crum

    def make(user_id: int) -> None:
        request = rf.get("/")
        request.user = User.objects.get(pk=user_id)
        crum.set_current_request(request)

    yield make
    crum.set_current_request(None)


def test_the_section_is_what_the_old_dashboard_includes(
    course: CourseKey, staff: int, request_by: Callable[[int], None]
) -> None:
    request_by(staff)
    context = {"sections": [], "course": SimpleNamespace(id=course)}
    (section,) = platform.InstructorDashboardRenderStarted.run_filter(context=context, template_name="")[0]["sections"]
    assert (section["section_display_name"], section["course_id"]) == (HERE, str(course))
    assert url_of(course) in section["fragment"].body_html()
    assert "/static/discussion_ext/instructor_section.js" in section["fragment"].foot_html()
    assert finders.find("discussion_ext/instructor_section.js")
    template = f"{section['template_path_prefix']}{section['section_key']}.html"
    assert (common.MAKO_TEMPLATES / template.removeprefix("/")).is_file()


def test_adding_twice_gives_one_entry(
    course: CourseKey, staff: int, settings: Any, request_by: Callable[[int], None]
) -> None:
    request_by(staff)
    settings.OPEN_EDX_FILTERS_CONFIG = {kind: {"pipeline": [step, step]} for kind, step in STEPS.items()}
    tabs, *_ = platform.InstructorDashboardTabsRequested.run_filter(
        tabs=[], user=User.objects.get(pk=staff), course_key=course
    )
    assert len(tabs) == 1
    context = {"sections": [], "course": SimpleNamespace(id=course)}
    context, _template = platform.InstructorDashboardRenderStarted.run_filter(context=context, template_name="")
    assert len(context["sections"]) == 1


def test_what_fails_costs_only_the_entry(
    dashboard: Callable[[int], str],
    staff: int,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.OPEN_EDX_FILTERS_CONFIG = {
        kind: {"fail_silently": False, "pipeline": [step]} for kind, step in STEPS.items()
    }

    def fail(course_key: CourseKey) -> str:
        raise NoReverseMatch(str(course_key))

    assert HERE in dashboard(staff)
    monkeypatch.setattr(filters, "_sessions_url", fail)
    page = dashboard(staff)
    assert HERE not in page
    assert 'id="membership"' in page
    lines = [line for line in caplog.messages if line.startswith("discussion_ext.dashboard_entry_failed")]
    assert len(lines) == 2
    assert "NoReverseMatch" in lines[0]


@pytest.mark.parametrize(
    ("given", "pipeline", "rest"),
    [
        (None, [], {}),
        ([], [], {}),
        ("other.Step", ["other.Step"], {}),
        (["a.Step", "b.Step"], ["a.Step", "b.Step"], {}),
        ({"pipeline": "other.Step"}, ["other.Step"], {}),
        ({"pipeline": ["a.Step"], "fail_silently": False, "log_level": "debug"}, ["a.Step"],
         {"fail_silently": False, "log_level": "debug"}),
    ],
)  # fmt: skip
def test_steps_join_what_the_site_has(given: Any, pipeline: list[str], rest: dict[str, Any]) -> None:
    before = {"org.openedx.learning.other.v1": {"pipeline": ["other.Step"]}} | ({LEGACY: given} if given else {})
    settings = SimpleNamespace(OPEN_EDX_FILTERS_CONFIG=before)
    for _ in range(2):
        add_steps(settings)
        ours = {"fail_silently": True, **rest, "pipeline": [*pipeline, STEPS[LEGACY]]}
        assert settings.OPEN_EDX_FILTERS_CONFIG[LEGACY] == ours
        assert settings.OPEN_EDX_FILTERS_CONFIG[NEW] == {"fail_silently": True, "pipeline": [STEPS[NEW]]}
        assert settings.OPEN_EDX_FILTERS_CONFIG["org.openedx.learning.other.v1"] == {"pipeline": ["other.Step"]}


def test_the_sites_configuration_file_takes_nothing_away() -> None:
    settings = SimpleNamespace(MIDDLEWARE=[], MAKO_TEMPLATE_DIRS_BASE=[Path("/platform/templates")])
    common.plugin_settings(settings)
    settings.OPEN_EDX_FILTERS_CONFIG = {LEGACY: ["other.Step"]}  # as the platform reads its file between the two
    production.plugin_settings(settings)
    assert settings.OPEN_EDX_FILTERS_CONFIG[LEGACY]["pipeline"] == ["other.Step", STEPS[LEGACY]]
    assert settings.OPEN_EDX_FILTERS_CONFIG[NEW]["pipeline"] == [STEPS[NEW]]
    assert [Path("/platform/templates"), common.MAKO_TEMPLATES] == settings.MAKO_TEMPLATE_DIRS_BASE
    common.plugin_settings(settings)
    assert [Path("/platform/templates"), common.MAKO_TEMPLATES] == settings.MAKO_TEMPLATE_DIRS_BASE


def test_the_service_has_each_step_once(settings: Any) -> None:
    for kind, step in STEPS.items():
        assert settings.OPEN_EDX_FILTERS_CONFIG[kind]["pipeline"].count(step) == 1
