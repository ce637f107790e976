"""Lists are read along an index on a server database, however large the crowd: the server says so itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters.access import find_access
from chapters.api import membership as api
from chapters.data import Audience, ChapterData, MembershipState, StandingSource
from chapters.models import Membership, MemberWord, Standing
from tests.chapters.factories import make_chapter, make_organizer

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db]

#: A page looks at no more rows of one table than these, of 6,000 there are.
MOST = 200


@pytest.fixture
def crowd() -> tuple[ChapterData, int]:
    """Return a chapter of 3,000, beside another, and somebody in it."""
    chapters = [make_chapter(), make_chapter()]
    viewer = make_organizer(chapters[0])
    now = timezone.now()
    for chapter in chapters:
        Membership.objects.bulk_create(
            Membership(
                chapter_id=chapter.id,
                user_id=1_000_000 + number,
                state=MembershipState.MEMBER if number % 10 else MembershipState.REQUESTED,
                joined_at=now - timedelta(minutes=number),
                due_at=None if number % 10 else now + timedelta(minutes=number),
                left_at=now - timedelta(days=number),
            )
            for number in range(3_000)
        )
        ids = list(Membership.objects.filter(chapter_id=chapter.id).values_list("pk", flat=True))
        MemberWord.objects.bulk_create(
            MemberWord(chapter_id=chapter.id, membership_id=pk, word=word)
            for pk in ids
            for word in ("feedback", "nairobi")
        )
        Standing.objects.bulk_create(
            Standing(
                chapter_id=chapter.id, membership_id=pk, audience=Audience.ALUMNI, source=StandingSource.RULE, since=now
            )
            for pk in ids
        )
    with connection.cursor() as cursor:
        tables = ", ".join(each._meta.db_table for each in (Membership, MemberWord, Standing))
        cursor.execute(f"ANALYZE TABLE {tables}")
        cursor.fetchall()
    return chapters[0], viewer


@pytest.mark.parametrize(
    "asked",
    [{}, {"text": "feedback"}, {"text": "feedback nairobi"}, {"audience": Audience.ALUMNI}],
    ids=["everybody", "a word", "two words", "an audience"],
)
def test_a_page_of_members(crowd: tuple[ChapterData, int], asked: dict[str, Any]) -> None:
    chapter, viewer = crowd
    access = find_access(chapter, viewer)
    first = api.list_members(chapter=chapter, viewer=access, **asked)
    for cursor in ("", first.cursor):
        looked_at = read_rows(lambda at=cursor: api.list_members(chapter=chapter, viewer=access, cursor=at, **asked))
        assert looked_at < MOST, looked_at


@pytest.mark.parametrize("what", ["requests", "overdue", "invitations", "my chapters", "bans"])
def test_other_lists(crowd: tuple[ChapterData, int], what: str) -> None:
    chapter, viewer = crowd
    acts: dict[str, Any] = {
        "requests": lambda: api.list_requests(chapter_id=chapter.id),
        "overdue": api.list_overdue_requests,
        "invitations": lambda: api.list_invitations(viewer),
        "my chapters": lambda: api.list_memberships(viewer),
        "bans": lambda: api.list_bans(chapter_id=chapter.id),
    }
    assert read_rows(acts[what]) < MOST


def test_a_walk_through_everybody_is_noticed(crowd: tuple[ChapterData, int]) -> None:
    """The twin: an order for which there is no index."""
    chapter, _viewer = crowd
    members = Membership.objects.filter(chapter_id=chapter.id, state=MembershipState.MEMBER)
    assert read_rows(lambda: list(members.order_by("-hellos")[:20])) > MOST


def read_rows(act: Any) -> int:
    """Return how many rows of our tables the server read for it, as its own counters and plans say."""
    with CaptureQueriesContext(connection) as found:
        act()
    for query in found.captured_queries:
        for table in _list_tables(query["sql"]):
            assert table.get("access_type") != "ALL" or int(table.get("rows", 0)) < MOST, (table, query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("FLUSH STATUS")
        for query in found.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(query["sql"].replace("%", "%%"), [])
                cursor.fetchall()
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


def _list_tables(sql: str) -> Iterator[dict[str, Any]]:
    if not sql.startswith("SELECT"):
        return
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN FORMAT=JSON " + sql.replace("%", "%%"), [])
        plan = json.loads(cursor.fetchone()[0])
    yield from _walk(plan)


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "access_type" in node and str(node.get("table_name", "")).startswith("chapters_"):
            yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)
