"""What only a database server can have: charsets, collations, engines, and locks that last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from people import api
from people.data import FindingState, SeenData

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True), pytest.mark.isolation("read committed")]

FAILURE, WARNING, OK = FindingState.FAILURE, FindingState.WARNING, FindingState.OK


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("place", "cause", "mend", "state", "said"),
    [
        ("database/server", "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", "", FAILURE, "SERIALIZABLE"),
        ("database/server", "SET SESSION sql_mode = ''", "", WARNING, "shortens"),
        (
            "database/server",
            "ALTER DATABASE CHARACTER SET latin1",
            "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            FAILURE,
            "latin1",
        ),
        (
            "database/columns",
            "ALTER TABLE people_errand MODIFY kind varchar(64) COLLATE utf8mb4_unicode_ci NOT NULL",
            "ALTER TABLE people_errand MODIFY kind varchar(64) COLLATE utf8mb4_nopad_bin NOT NULL",
            FAILURE,
            "1 columns take two keys for one",
        ),
        (
            "database/columns",
            "ALTER TABLE people_jobrun ENGINE = Aria",
            "ALTER TABLE people_jobrun ENGINE = InnoDB",
            FAILURE,
            "people_jobrun is kept by Aria",
        ),
    ],
)
def test_a_cause_is_found(
    look: Callable[..., Any], place: str, cause: str, mend: str, state: FindingState, said: str
) -> None:
    assert {finding.state for finding in look(place)} == {OK}
    run(cause)
    try:
        found = look(place)
    finally:
        if mend:
            run(mend)
        connection.close()
    assert [finding for finding in found if finding.state is state and said in finding.said], found


def test_a_table_that_is_locked_holds_nobody(look: Callable[..., Any]) -> None:
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        run("LOCK TABLES people_errand WRITE")
        locked.set()
        done.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(30)
    try:
        (found,) = look("work/errands")
    finally:
        done.set()
        holder.join()
    assert found.state is FAILURE
    assert "OperationalError" in found.said


def test_the_session_is_left_as_it_was() -> None:
    def limits() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@SESSION.lock_wait_timeout, @@SESSION.max_statement_time")
            return list(cursor.fetchone())

    before = limits()
    list(api.run_checkups(area="points"))
    assert limits() == before


def test_a_server_that_goes_away_takes_no_finding_with_it(checkups: Any) -> None:
    def cut() -> list[SeenData]:
        run("KILL CONNECTION CONNECTION_ID()")
        return []

    api.register_checkup(lambda: [SeenData.ok("Well.")], area="a", name="before")
    api.register_checkup(cut, area="b", name="cut")
    with transaction.atomic():  # as the status page where requests are transactions: Django opens no new connection
        found = list(api.run_checkups())
    assert [finding.state for finding in found] == [OK, FAILURE]
    run("SELECT 1")
