"""Going back to columns that take two keys for one is refused before anything is changed."""

from __future__ import annotations

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import IrreversibleError

from .walk import Walker

KEYS = {
    "people": ("people.shownname", "context_key", {"user_id": 1, "surface": "board", "choice": "name"}),
    "gamification": ("gamification.pointscourse", "course_key", {}),
    "discussion_ext": ("discussion_ext.courseswitch", "course_id", {}),
}


OTHERS = ["course-v1:Org+AB+1", "course-v1:Org+Äb+1", "course-v1:Org+Ab+1 "]


@pytest.fixture
def walker(scratch: BaseDatabaseWrapper) -> Walker:
    walker = Walker(scratch)
    walker.forward_to_the_end()
    return walker


@pytest.mark.mariadb
@pytest.mark.parametrize("scratch", ["server"], indirect=True)
def test_keys_that_would_be_one(walker: Walker) -> None:
    for app, (label, column, values) in KEYS.items():
        model = next(model for model in walker.models() if model._meta.label_lower == label)
        step = next(step for step in walker.steps() if step[0] == app and step[1].endswith("_exact_keys"))
        model._base_manager.create(**values, **{column: "course-v1:Org+Ab+1"})
        for other in OTHERS:
            added = model._base_manager.create(**values, **{column: other})
            with pytest.raises(IrreversibleError, match=f"{app}_.*{column}.* differ in case"):
                walker.back(step)
            assert step in walker.applied()
            assert _collation(walker, model._meta.db_table, column) in {"utf8mb4_nopad_bin", "utf8mb4_0900_bin"}
            added.delete()
        walker.back(step)
        assert _collation(walker, model._meta.db_table, column) == "utf8mb4_unicode_ci"


def _collation(walker: Walker, table: str, column: str) -> str:
    with walker.connection.cursor() as cursor:
        cursor.execute(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            [table, column],
        )
        return cursor.fetchone()[0]
