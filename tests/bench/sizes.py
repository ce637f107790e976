"""Say how many rows and bytes the suite keeps in a MariaDB or MySQL database, and what that is per learner and post.

    DATABASE_URL=mysql://... python tests/bench/sizes.py

Reads nothing but what the server keeps about its tables; ``ANALYZE TABLE`` brings that up to date.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is counted beside them: the platform's own tables of the same posts.
FORUM = ("forum_commentthread", "forum_comment", "forum_subscription", "forum_readstate", "forum_edithistory")


def main() -> None:
    """Print a table of sizes, the largest first."""
    sys.path[:0] = [str(ROOT), str(ROOT / "conf/host"), str(ROOT / "conf/host/shims")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "embedded_host.settings.lms")
    import django

    django.setup()
    from django.apps import apps
    from django.db import connection

    from discussion_ext.models import Contribution, Participation
    from gamification.models import Entry, Total

    ours = [
        model._meta.db_table
        for app in ("people", "gamification", "discussion_ext", "chapters")
        for model in apps.get_app_config(app).get_models()
    ]
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        sizes = []
        for table in [*ours, *(name for name in FORUM if name in known)]:
            cursor.execute(f"ANALYZE TABLE {table}")
            cursor.fetchall()
            cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - names of tables
            (rows,) = cursor.fetchone()
            cursor.execute(
                "SELECT data_length, index_length FROM information_schema.tables"
                " WHERE table_schema = DATABASE() AND table_name = %s",
                [table],
            )
            data, index = cursor.fetchone()
            sizes.append((data + index, table, rows, data, index))
    print(f"{'table':36}{'rows':>10}{'data kB':>10}{'index kB':>10}{'bytes/row':>10}")
    for size, table, rows, data, index in sorted(sizes, reverse=True):
        print(f"{table:36}{rows:10}{data // 1024:10}{index // 1024:10}{size // rows if rows else 0:10}")
    total = sum(size for size, table, *_rest in sizes if table in ours)
    learners, posts = Total.objects.values("user_id").distinct().count(), Contribution.objects.count()
    print(f"\nours: {total / 1e6:.1f} MB; {learners} people with points, {posts} posts,", end=" ")
    print(f"{Participation.objects.count()} participations, {Entry.objects.count()} ledger lines")


if __name__ == "__main__":
    main()
