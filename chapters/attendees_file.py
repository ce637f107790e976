"""Who comes to an event as a file for its organizers: who took it, why, and how many are in it goes on record."""

from __future__ import annotations

import tempfile
from typing import IO, Final

from chapters.api import rsvps
from people import api as people

from .data import ChapterData, EventData
from .members_file import write_lines

#: Up to how many bytes a file stays in memory.
_IN_MEMORY: Final = 1_000_000


def write_attendees_file(chapter: ChapterData, event: EventData, *, actor_id: int, reason: str) -> IO[bytes]:
    """Return an open file of comma-separated values at its beginning, in UTF-8 with a mark; the caller closes it.

    It is written first and recorded then: what goes into the log is how many people really were in it.
    """
    held = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        count = write_lines(held, rsvps.iter_attendees_csv(event))
    except BaseException:
        held.close()
        raise
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.event.attendees_exported",
        target=f"event:{event.id}",
        context_key=chapter.key,
        reason=reason,
        data={"people": count},
    )
    held.seek(0)
    return held
