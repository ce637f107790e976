"""The members of a chapter as a file for an organizer: who took it, why, and how many are in it goes on record."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Iterator
from typing import IO, Final

from chapters.membership.tables import iter_members_csv
from people import api as people

from .data import ChapterData

#: Up to how many bytes a file stays in memory.
_IN_MEMORY: Final = 1_000_000


def write_members_file(chapter: ChapterData, *, actor_id: int, reason: str) -> IO[bytes]:
    """Return an open file of comma-separated values at its beginning, in UTF-8 with a mark; the caller closes it.

    It is written first and recorded then: what goes into the log is how many people really were in it.
    """
    held = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        count = write_lines(held, iter_members_csv(chapter.id))
    except BaseException:
        held.close()
        raise
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.members_exported",
        target=chapter.key,
        context_key=chapter.key,
        reason=reason,
        data={"people": count},
    )
    held.seek(0)
    return held


def write_lines(held: IO[bytes], lines: Iterator[str]) -> int:
    """Write a head and its lines, after a mark by which spreadsheets know the encoding; return how many people."""
    held.write(codecs.BOM_UTF8)
    count = -1
    for line in lines:
        held.write(line.encode())
        count += 1
    return max(count, 0)
