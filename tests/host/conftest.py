"""A course of the tests' own, imported from ``olx/``, with a probe block in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XBlock
from xblock.plugin import PLUGIN_CACHE

from tests.host.host_course import COURSE_KEY, OLX


@pytest.fixture(autouse=True)
def probe_block(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the probe be an installed block."""
    entry_point = EntryPoint("host_probe", "tests.host.host_probe:HostProbeBlock", "xblock.v1")
    monkeypatch.setattr(XBlock, "extra_entry_points", [*XBlock.extra_entry_points, ("host_probe", entry_point)])
    PLUGIN_CACHE.pop(("xblock.v1", "host_probe"), None)
    yield
    PLUGIN_CACHE.pop(("xblock.v1", "host_probe"), None)


@pytest.fixture(autouse=True)
def media_folder(settings: Any, tmp_path: Path) -> Path:
    """Keep uploaded files of each test apart."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def course(db: None, django_capture_on_commit_callbacks: Any) -> CourseKey:
    """Import the course."""
    from embedded_host.courses.importing import import_course

    with django_capture_on_commit_callbacks(execute=True):
        import_course(OLX)
    return COURSE_KEY


@pytest.fixture
def probe_key(course: CourseKey) -> UsageKey:
    """Return the key of the probe."""
    return course.make_usage_key("host_probe", "probe")


@pytest.fixture
def enrolled(make_account: Callable[..., Any], course: CourseKey) -> Any:
    """Return a learner of the course."""
    from common.djangoapps.student.models import CourseEnrollment

    user = make_account("ada", name="Ada Byron")
    CourseEnrollment.enroll(user, course)
    return user


@pytest.fixture
def staff(make_account: Callable[..., Any], course: CourseKey) -> Any:
    """Return a member of the course's team."""
    from common.djangoapps.student.roles import CourseStaffRole

    user = make_account("tess", name="Tess Team")
    CourseStaffRole(course).add_users(user)
    return user


@pytest.fixture
def handler_url(probe_key: UsageKey) -> Callable[[str], str]:
    """Return a function that gives the address of one of the probe's handlers."""
    return lambda name: f"/courses/{COURSE_KEY}/xblock/{probe_key}/handler/{name}"
