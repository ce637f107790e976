"""The database wrapper: WAL for two services on one file, and a write lock from the start of each transaction.

Django 5.1 can say both in ``OPTIONS``; Django 4.2 cannot, hence this subclass.
"""

from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own wrapper with WAL and ``BEGIN IMMEDIATE``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection in WAL mode (a database in memory keeps its own journal)."""
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self.cursor().execute("BEGIN IMMEDIATE")
