"""Members as a table, for organizers."""

from __future__ import annotations

from collections.abc import Iterator


def iter_members_csv(chapter_id: int) -> Iterator[list[str]]:
    """Yield a head and a row for each member, safe for spreadsheets, without addresses; memory stays flat.

    The caller records it in the audit log, with the number of rows.
    """
    raise NotImplementedError
