"""What files there are of class sessions, and which columns they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

_BATCH: Final = 500


class ImportKind(StrEnum):
    """What a file says."""

    SITTINGS = "sittings"
    SEATS = "seats"
    ATTENDANCE = "attendance"


#: Per kind the columns that a file must have, and those that it may have as well.
COLUMNS: Final[Mapping[ImportKind, tuple[Sequence[str], Sequence[str]]]] = {
    ImportKind.SITTINGS: (
        ("title", "mode", "start", "zone"),
        ("sitting", "minutes", "capacity", "place", "link", "host", "which_hour"),
    ),
    ImportKind.SEATS: (("learner", "sitting"), ()),
    ImportKind.ATTENDANCE: (("learner", "attendance"), ()),
}


@dataclass(frozen=True, kw_only=True)
class ImportData:
    """A file that was looked over. ``faults`` and ``left_out`` are pairs of a line number and a sentence.

    ``valid`` lines can be written, or were: ``done`` says how many have been dealt with. ``warnings`` are sentences
    about the whole. ``sample`` are the first valid lines in words.
    """

    token: str
    kind: ImportKind
    session_id: int
    sitting_id: int | None
    valid: int
    faults: Sequence[tuple[int, str]]
    expires_at: datetime
    is_confirmed: bool
    is_finished: bool
    done: int
    left_out: Sequence[tuple[int, str]]
    warnings: Sequence[str] = ()
    sample: Sequence[tuple[int, str]] = ()

    @property
    def written(self) -> int:
        """Return how many lines are written."""
        return self.done - len(self.left_out)


def parts_of(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in parts for which one query is enough."""
    whole = list(rows)
    for start in range(0, len(whole), _BATCH):
        yield whole[start : start + _BATCH]
