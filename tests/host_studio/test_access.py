"""Only the course team writes a course."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey

from common.djangoapps.student.models import CourseEnrollment


def addresses(course_key: CourseKey, unit_key: UsageKey, text_key: UsageKey) -> list[str]:
    return [
        f"/course/{course_key}",
        f"/container/{unit_key}",
        f"/xblock/{text_key}/edit",
        f"/xblock/{text_key}/handler/publish_completion",
        f"/pages-and-resources/{course_key}",
        f"/settings/advanced/{course_key}",
        f"/course_rerun/{course_key}",
    ]


def test_the_team_opens_every_page(
    author_client: Client, course_key: CourseKey, unit_key: UsageKey, text_key: UsageKey
) -> None:
    pages = [url for url in addresses(course_key, unit_key, text_key) if "/handler/" not in url]
    assert [author_client.get(url).status_code for url in pages] == [200] * len(pages)


def test_learners_and_strangers_open_none(
    client: Client, author: User, course_key: CourseKey, unit_key: UsageKey, text_key: UsageKey
) -> None:
    learner = User.objects.create_user("learner", "learner@example.org", "pw")
    CourseEnrollment.objects.create(user=learner, course_id=course_key)
    urls = addresses(course_key, unit_key, text_key)
    assert all(client.get(url).status_code == 302 for url in urls)
    client.force_login(learner)
    # As in Studio, handlers are there for everybody who is signed in; what a stranger changes is not stored.
    pages = [url for url in urls if "/handler/" not in url]
    assert [client.get(url).status_code for url in pages] == [403] * len(pages)
    acts = [f"/course/{course_key}/act", f"/xblock/{unit_key}/act"]
    for url in acts:
        assert client.post(url, {"act": "delete", "block": str(unit_key)}).status_code == 403
    client.force_login(author)
    assert client.get(f"/container/{unit_key}").status_code == 200


def test_the_home_page_lists_ones_own_courses(author_client: Client, client: Client, course_key: CourseKey) -> None:
    assert "Managing people" in author_client.get("/home/").content.decode()
    client.force_login(User.objects.create_user("other", "other@example.org", "pw"))
    assert "Managing people" not in client.get("/home/").content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/course/course-v1:No+Such+Course",
        "/course/nonsense",
        "/container/nonsense",
        "/container/block-v1:School+People101+2026+type@vertical+block@none",
        "/container/block-v1:School+People101+2026+type@html+block@text",
        "/xblock/lb:School:cases:html:x/edit",
        "/library-preview/no_such_block",
    ],
)
def test_addresses_of_nothing(course_key: CourseKey, client: Client, url: str) -> None:
    client.force_login(User.objects.create_user("root", "root@example.org", "pw", is_staff=True, is_superuser=True))
    assert client.get(url).status_code == 404
