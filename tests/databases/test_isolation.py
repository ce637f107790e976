"""A test beside the server runs at the isolation level that it says it runs at."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

_ASK = "SELECT REPLACE(LOWER(VARIABLE_VALUE), '-', ' ') FROM information_schema.SESSION_VARIABLES"
_ASK_MARIADB = f"{_ASK} WHERE VARIABLE_NAME IN ('TX_ISOLATION', 'TRANSACTION_ISOLATION') LIMIT 1"
_ASK_MYSQL = "SELECT REPLACE(LOWER(@@SESSION.transaction_isolation), '-', ' ')"


def level_of_this_connection() -> str:
    """Ask the server, not the settings."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK_MARIADB if connection.mysql_is_mariadb else _ASK_MYSQL)
        return cursor.fetchone()[0]


def level_of_a_new_connection() -> str:
    try:
        return level_of_this_connection()
    finally:
        connection.close()


def test_the_connection_has_the_level(isolation: str) -> None:
    assert level_of_this_connection() == isolation


def test_a_thread_has_the_level(isolation: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(level_of_a_new_connection).result() == isolation


@pytest.mark.isolation("repeatable read")
def test_a_process_has_the_level(isolation: str) -> None:
    """The host's settings follow the environment, for workers and services that a test starts."""
    ask = "from embedded_host.settings import environment as e; print(e.database(None)['OPTIONS']['isolation_level'])"
    path = os.pathsep.join(entry for entry in sys.path if entry)
    answer = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == isolation
