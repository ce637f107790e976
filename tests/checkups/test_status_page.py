"""The page "Community status" in Django's admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from people import api
from people.data import SeenData
from people.models import Errand
from people.upkeep import backlogs, services

pytestmark = pytest.mark.django_db

ADDRESS = "admin:people_service_changelist"


@pytest.fixture
def operator() -> User:
    """Return somebody who may use the admin, and nothing in it yet."""
    return User.objects.create_user("operator", "operator@example.com", "pw", is_staff=True)


def show(client: Any, user: User) -> Any:
    client.force_login(user)
    return client.get(reverse(ADDRESS))


def test_it_is_for_those_who_may_see_it(client: Any, operator: User, checkups: Any) -> None:
    assert show(client, operator).status_code == 403
    operator.user_permissions.add(Permission.objects.get(codename="view_service"))
    assert show(client, User.objects.get(pk=operator.pk)).status_code == 200
    client.logout()
    assert client.get(reverse(ADDRESS)).status_code == 302


def test_it_shows_findings_versions_jobs_and_queues(client: Any, admin_user: User, checkups: Any) -> None:
    services.report_service()
    api.register_checkup(lambda: [SeenData.ok("All is well.")], area="a", name="first")
    api.register_checkup(lambda: [SeenData.failure("It is <b>broken</b>.", "Mend it.")], area="b", name="second")
    text = show(client, admin_user).content.decode()
    assert "Something does not work." in text
    assert "Well: 1. Warnings: 0. Failures: 1. Not looked at: 0." in text
    assert "It is &lt;b&gt;broken&lt;/b&gt;." in text
    assert "Mend it." in text
    assert "All is well." in text
    assert "<dt>lms</dt>" in text
    assert all(job.name in text for job in api.list_jobs())
    assert reverse("admin:people_errand_changelist") in text


def test_a_long_queue_is_not_counted_to_its_end(
    client: Any, admin_user: User, checkups: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlogs, "MOST", 2)
    now = timezone.now()
    for number in range(3):
        Errand.objects.create(id=str(number), kind="a", key="b", ticket="c", due_at=now, created_at=now)
    page = show(client, admin_user)
    assert [queue["count"] for queue in page.context["queues"]] == ["2 or more", "0"]


def test_it_is_on_the_front_page_of_the_admin(client: Any, admin_user: User) -> None:
    client.force_login(admin_user)
    text = client.get(reverse("admin:index")).content.decode()
    assert reverse(ADDRESS) in text
    assert "Community status" in text


def test_it_is_shown_when_the_tables_are_missing(client: Any, admin_user: User) -> None:
    with connection.cursor() as cursor:
        for table in ("people_service", "people_jobrun", "people_errand"):
            cursor.execute(f"DROP TABLE {table}")
    page = show(client, admin_user)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Missing tables: people_errand, people_jobrun, people_service." in text
    assert "The jobs cannot be read." in text
    assert "The queues cannot be read." in text
