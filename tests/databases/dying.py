"""Die in the middle of a data migration. As a program it is killed, with SIGKILL:

python dying.py APP MIGRATION forward|back
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from people.batches import InBatches


def dying_in_batch(number: int, die: Callable[[], None]) -> Callable[[InBatches, Any, Any], None]:
    """Return a stand-in for ``InBatches.__call__`` that dies when this batch has written and not committed."""
    real, batches = InBatches.__call__, []

    def call(self: InBatches, apps: Any, schema_editor: Any) -> None:
        def work(apps: Any, rows: list[Any]) -> None:
            self.work(apps, rows)
            batches.append(len(rows))
            if len(batches) == number:
                die()

        real(InBatches(self.find, work, self.size), apps, schema_editor)

    return call


def main(app: str, name: str, way: str) -> None:
    """Apply or take back one migration, and be killed in its third batch."""
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    parents = [parent.key for parent in executor.loader.graph.node_map[app, name].parents if parent.key[0] == app]
    InBatches.__call__ = dying_in_batch(3, lambda: os.kill(os.getpid(), signal.SIGKILL))  # type: ignore[method-assign]
    executor.migrate([(app, name)] if way == "forward" else parents)


if __name__ == "__main__":
    main(*sys.argv[1:])
