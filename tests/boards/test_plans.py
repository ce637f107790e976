"""On a server database no list, search or count of new topics reads a board whole: the plans say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.data import BoardData, TopicKind, TopicOrder
from discussion_ext.models import BoardWord, Contribution, Topic

from .conftest import COURSE_ID

# Not rolled back: the server commits before it analyzes a table.
pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.isolation("read committed"),
    pytest.mark.django_db(transaction=True),
]

TOPICS = 4000
#: A page of 20 topics on two boards, with what belongs to each.
MOST_ROWS = 900


@pytest.fixture
def crowd(board: BoardData, make_board: Callable[[int], BoardData], author: int) -> BoardData:
    """Return a board with thousands of topics beside another one."""
    moment = timezone.now()
    for number, each in enumerate((board, make_board(2))):
        posts = Contribution.objects.bulk_create(
            [
                Contribution(
                    course_id=COURSE_ID, topic_id=each.topic_id, kind="thread", author_id=author, title=f"T {index}",
                    body="Violins", body_hash="", created_at=moment, worded_at=moment, fold_due=None,
                    forum_key=f"thread:{number}{index:06}",
                )
                for index in range(TOPICS)
            ],
            batch_size=1000,
        )  # fmt: skip
        posts = list(Contribution.objects.filter(topic_id=each.topic_id).order_by("pk"))
        Topic.objects.bulk_create(
            [
                Topic(
                    board_id=each.id, contribution=post, kind=list(TopicKind)[index % 3], created_at=moment,
                    last_post_at=moment - timedelta(seconds=index), last_author_id=author,
                )
                for index, post in enumerate(posts)
            ],
            batch_size=1000,
        )  # fmt: skip
        words = ["violins", "rare" if number else "common"]
        BoardWord.objects.bulk_create(
            [BoardWord(board_id=each.id, contribution=post, word=word) for post in posts for word in words],
            batch_size=1000,
        )
    with connection.cursor() as cursor:
        for model in (Topic, Contribution, BoardWord):
            cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
            cursor.fetchall()
    return board


def _rows_read(act: Callable[[], Any]) -> int:
    """Return how many rows the server looks at, of tables and indexes, while an act runs."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
            return sum(int(value) for _name, value in cursor.fetchall())

    before = count()
    act()
    asking = count() - before
    before = count()
    return max(0, asking - (count() - before))


def _tables_scanned(act: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    scanned = []
    for query in captured.captured_queries:
        if not query["sql"].startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                plan = dict(zip(names, row, strict=True))
                is_ours = str(plan["table"]).startswith("discussion_ext_") or str(plan["table"]).startswith("U")
                if plan["type"] == "ALL" and is_ours and int(plan["rows"] or 0) > 100:
                    scanned.append(f"{plan['table']}: {query['sql'][:300]}")
    return scanned


ACTS: dict[str, Callable[[str, int], Any]] = {
    "recent": lambda key, user: boards.list_topics(board_keys=[key], user_id=user),
    "new": lambda key, user: boards.list_topics(board_keys=[key], user_id=user, order=TopicOrder.NEW),
    "kind": lambda key, user: boards.list_topics(board_keys=[key], user_id=user, kind=TopicKind.LIGHT),
    "kind, new": lambda key, user: boards.list_topics(
        board_keys=[key], user_id=user, kind=TopicKind.LIGHT, order=TopicOrder.NEW
    ),
    "two boards": lambda key, user: boards.list_topics(board_keys=[key, "club:2:all"], user_id=user),
    "followed": lambda key, user: boards.list_topics(board_keys=[key], user_id=user, is_followed=True),
    "archive": lambda key, user: boards.list_topics(board_keys=[key], user_id=user, is_archived=True),
    "digest": lambda key, user: boards.list_latest(
        board_keys=[key], since=timezone.now() - timedelta(days=7), limit=10
    ),
    "new ones": lambda key, user: boards.count_new(board_keys=[key, "club:2:all"], user_id=user),
    "topics": lambda key, user: boards.count_topics([key]),
    "reports": lambda key, user: boards.list_reports(board_keys=[key], actor_id=user),
    "one word": lambda key, user: boards.search_topics(board_keys=[key], user_id=user, text="nowhere"),
}


def test_nothing_is_read_whole(crowd: BoardData, reader: int) -> None:
    scanned, read = {}, {}
    for name, act in ACTS.items():
        ask = partial(act, crowd.key, reader)
        ask()
        scanned[name], read[name] = _tables_scanned(ask), _rows_read(ask)
    assert {name: tables for name, tables in scanned.items() if tables} == {}
    assert {name: rows for name, rows in read.items() if rows > MOST_ROWS} == {}, read
    _search_looks_at_so_many_posts_and_no_more(crowd, reader)
    _a_later_page_reads_no_more_than_the_first(crowd, reader)


def _search_looks_at_so_many_posts_and_no_more(crowd: BoardData, reader: int) -> None:
    def ask(text: str) -> Any:
        return boards.search_topics(board_keys=[crowd.key], user_id=reader, text=text)

    assert len(ask("violins common").topics) == 20
    assert ask("violins rare").topics == ()
    assert _rows_read(lambda: ask("violins common")) < TOPICS
    both = [crowd.key, "club:2:all"]
    everywhere = partial(boards.search_topics, board_keys=both, user_id=reader, text="violins")
    assert len(everywhere().topics) == 20
    assert _rows_read(everywhere) < MOST_ROWS
    assert _rows_read(lambda: ask("violins rare")) < 3000


def _a_later_page_reads_no_more_than_the_first(crowd: BoardData, reader: int) -> None:
    for order in TopicOrder:
        cursor = ""
        for _ in range(30):
            page = boards.list_topics(board_keys=[crowd.key], user_id=reader, order=order, cursor=cursor)
            cursor = page.cursor
        assert cursor
        again = partial(boards.list_topics, board_keys=[crowd.key], user_id=reader, order=order, cursor=cursor)
        assert _rows_read(again) <= MOST_ROWS
