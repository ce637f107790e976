"""The instructor dashboard: people, cohorts, due dates of one's own, and what plugins add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from edx_when.models import ContentDate
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_filters.filters import PipelineStep
from openedx_filters.learning import filters
from web_fragments.fragment import Fragment

from embedded_host.courses.store import CourseStore, course_published
from embedded_host.models import Branch
from embedded_host.runtime.build import build_learner_runtime
from openedx.core.djangoapps.course_groups import cohorts
from openedx.core.djangoapps.course_groups.signals.signals import COHORT_MEMBERSHIP_UPDATED
from tests.host.host_course import COURSE_KEY

URL = f"/courses/{COURSE_KEY}/instructor"
DUE = datetime(2026, 3, 2, 12, tzinfo=UTC)
SUBSECTION = COURSE_KEY.make_usage_key("sequential", "first")
UNIT = COURSE_KEY.make_usage_key("vertical", "unit1")
PROBE = COURSE_KEY.make_usage_key("host_probe", "probe")


@pytest.fixture
def team(staff: Any) -> Client:
    """Return a member of the course's team, signed in."""
    client = Client()
    client.force_login(staff)
    return client


def author_dates(**dates: datetime | None) -> None:
    """Set dates of the subsection and publish."""
    store = CourseStore(Branch.DRAFT)
    fields = {name: date.isoformat() for name, date in dates.items() if date}
    store.set_fields(SUBSECTION, {"display_name": "First", **fields})
    course_published(COURSE_KEY)


def active_dates() -> dict[tuple[str, str], datetime]:
    """Return the dates that edx-when knows to hold."""
    rows = ContentDate.objects.filter(course_id=COURSE_KEY, active=True).select_related("policy")
    return {(row.location.block_id, row.field): row.policy.abs_date for row in rows}


@pytest.fixture
def due_for(rf: Any) -> Callable[[Any, UsageKey], Any]:
    """Return a function that tells the due date a block has for somebody."""

    def read(user: Any, usage_key: UsageKey) -> Any:
        request = rf.get("/")
        request.user, request.session = user, {}
        return (
            build_learner_runtime(CourseStore(Branch.PUBLISHED).get_tree(COURSE_KEY), request).get_block(usage_key).due
        )

    return read


def test_publishing_records_the_dates_that_blocks_set(course: CourseKey) -> None:
    author_dates(due=DUE, start=DUE - timedelta(days=7))
    assert active_dates()["first", "due"] == DUE
    assert active_dates()["first", "start"] == DUE - timedelta(days=7)
    assert not {name for name, _field in active_dates()} & {"unit1", "probe"}, "an inherited date is no date of its own"
    author_dates(start=DUE)
    assert ("first", "due") not in active_dates()
    assert ContentDate.objects.filter(course_id=COURSE_KEY, field="due", active=False).exists()


def test_a_learner_gets_a_due_date_of_their_own(
    team: Client, enrolled: Any, staff: Any, due_for: Callable[[Any, UsageKey], Any]
) -> None:
    author_dates(due=DUE)
    form = {"act": "give_due_date", "username": "ada", "url": str(SUBSECTION), "reason": "ill"}
    assert "ada: due" not in team.get(URL).content.decode()
    team.post(URL, {**form, "due_datetime": "2026-03-05T12:00"})
    assert [due_for(enrolled, key) for key in (SUBSECTION, UNIT, PROBE)] == [DUE + timedelta(days=3)] * 3
    assert due_for(staff, PROBE) == DUE
    assert "ada: due 2026-03-05 12:00" in team.get(URL).content.decode()
    learner = Client()
    learner.force_login(enrolled)
    assert "due 5 Mar 2026" in learner.get(f"/courses/{COURSE_KEY}/course/").content.decode()
    team.post(URL, {**form, "act": "take_due_date"})
    assert due_for(enrolled, PROBE) == DUE
    assert "ada: due" not in team.get(URL).content.decode()


def test_a_due_date_of_ones_own_reaches_the_blocks_below_that_have_one(
    team: Client, enrolled: Any, due_for: Callable[[Any, UsageKey], Any]
) -> None:
    store = CourseStore(Branch.DRAFT)
    store.set_fields(PROBE, {"due": (DUE - timedelta(days=1)).isoformat()})
    store.publish(UNIT)
    author_dates(due=DUE)
    assert due_for(enrolled, PROBE) == DUE - timedelta(days=1)
    form = {"act": "give_due_date", "username": "ada", "url": str(SUBSECTION), "due_datetime": "2026-03-05T12:00"}
    team.post(URL, form)
    assert due_for(enrolled, PROBE) == DUE + timedelta(days=3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "nobody"}, "no account"),
        ({"username": "tess"}, "Could not find student enrollment"),
        ({"due_datetime": "soon"}, "Unable to parse date"),
        ({"due_datetime": "2026-13-01T00:00"}, "Unable to parse date"),
        ({"due_datetime": "2026-03-01T12:00"}, "later than the original"),
        ({"url": str(UNIT)}, "no due date to extend"),
        ({"url": "elsewhere"}, "find module for url"),
    ],
)
def test_what_cannot_be_given(
    team: Client, enrolled: Any, due_for: Callable[[Any, UsageKey], Any], change: dict[str, str], words: str
) -> None:
    author_dates(due=DUE)
    good = {"act": "give_due_date", "username": "ada", "url": str(SUBSECTION), "due_datetime": "2026-03-05T12:00"}
    assert words in team.post(URL, {**good, **change}, follow=True).content.decode()
    assert due_for(enrolled, PROBE) == DUE
    team.post(URL, good)
    assert due_for(enrolled, PROBE) == DUE + timedelta(days=3)


@pytest.fixture
def told() -> Iterator[list[int]]:
    """Return the ids of people whose cohort changed."""
    heard: list[int] = []

    def on_told(*, user: Any, course_key: CourseKey, **_: Any) -> None:
        assert course_key == COURSE_KEY
        heard.append(user.id)

    COHORT_MEMBERSHIP_UPDATED.connect(on_told)
    yield heard
    COHORT_MEMBERSHIP_UPDATED.disconnect(on_told)


def test_cohorts(team: Client, enrolled: Any, told: list[int]) -> None:
    team.post(URL, {"act": "use_cohorts", "value": "1"})
    for name in ("Morning", "Evening"):
        team.post(URL, {"act": "add_cohort", "name": name})
    assert "two cohorts" in team.post(URL, {"act": "add_cohort", "name": "Morning"}, follow=True).content.decode()
    morning, evening = (cohorts.get_cohort_by_name(COURSE_KEY, name) for name in ("Morning", "Evening"))
    team.post(URL, {"act": "join_cohort", "cohort": morning.id, "username": enrolled.email})
    assert cohorts.get_cohort_id(enrolled, COURSE_KEY) == morning.id
    team.post(URL, {"act": "join_cohort", "cohort": evening.id, "username": "ada"})
    assert cohorts.get_cohort_id(enrolled, COURSE_KEY) == evening.id
    assert "Take ada out" in team.get(URL).content.decode()
    unknown = team.post(URL, {"act": "join_cohort", "cohort": morning.id, "username": "nobody"}, follow=True)
    assert "no account" in unknown.content.decode()
    team.post(URL, {"act": "leave_cohort", "cohort": evening.id, "username": "ada"})
    assert cohorts.get_cohort(enrolled, COURSE_KEY, assign=False) is None
    assert told == [enrolled.id] * 3
    assert team.post(URL, {"act": "join_cohort", "cohort": "999999", "username": "ada"}).status_code == 404
    team.post(URL, {"act": "use_cohorts", "value": "0"})
    assert not cohorts.is_course_cohorted(COURSE_KEY)


def test_only_the_team_changes_anything(client: Client, team: Client, enrolled: Any) -> None:
    form = {"act": "add_cohort", "name": "Mine"}
    client.force_login(enrolled)
    assert client.post(URL, form).status_code == 404
    assert cohorts.get_course_cohorts(course_id=COURSE_KEY) == []
    assert team.post(URL, form).status_code == 302
    assert [cohort.name for cohort in cohorts.get_course_cohorts(course_id=COURSE_KEY)] == ["Mine"]
    assert team.post(URL, {"act": "something else"}).status_code == 404


class AddSection(PipelineStep):
    """A plugin's section of the legacy dashboard."""

    def run_filter(self, context: dict[str, Any], template_name: str) -> dict[str, Any]:
        """Add a section with a fragment."""
        fragment = Fragment("<p>From a plugin</p>")
        fragment.add_css_url("/static/plugin.css")
        section = {"fragment": fragment, "section_key": "plugin", "section_display_name": "A plugin"}
        context["sections"].append({**section, "course_id": str(context["course"].id), "template_path_prefix": "/x/"})
        return {"context": context, "template_name": template_name}


class AddTab(PipelineStep):
    """A plugin's tab of the new dashboard."""

    def run_filter(self, tabs: list[dict[str, Any]], user: Any, course_key: CourseKey) -> dict[str, Any]:
        """Add a tab."""
        tab = {"tab_id": "plugin", "title": "A tab", "url": f"https://x.example/{course_key}", "sort_order": 9}
        return {"tabs": [*tabs, tab], "user": user, "course_key": course_key}


class TurnAway(PipelineStep):
    """A plugin that leads elsewhere."""

    def run_filter(self, context: dict[str, Any], template_name: str) -> dict[str, Any]:
        """Redirect."""
        raise filters.InstructorDashboardRenderStarted.RedirectToPage("elsewhere", redirect_to="/elsewhere")


def test_plugins_add_to_both_dashboards(team: Client, settings: Any) -> None:
    here = "tests.host.test_instructor"
    legacy = "org.openedx.learning.instructor.dashboard.render.started.v1"
    new = "org.openedx.learning.instructor.dashboard.tabs.requested.v1"
    settings.OPEN_EDX_FILTERS_CONFIG = {
        legacy: {"fail_silently": False, "pipeline": [f"{here}.AddSection"]},
        new: {"fail_silently": False, "pipeline": [f"{here}.AddTab"]},
    }
    page = team.get(URL).content.decode()
    assert '<a href="#plugin">A plugin</a>' in page
    assert "<p>From a plugin</p>" in page
    assert "/static/plugin.css" in page
    if hasattr(filters, "InstructorDashboardTabsRequested"):
        assert f'href="https://x.example/{COURSE_KEY}"' in page
    settings.OPEN_EDX_FILTERS_CONFIG = {legacy: {"pipeline": [f"{here}.TurnAway"]}}
    assert team.get(URL).url == "/elsewhere"
