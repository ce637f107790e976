"""The tables of docs/doors.md as the tests read them: there is one list of who may do what, and it is that page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/doors.md"

#: Everybody whom a table asks about, by the heading of their column.
ROLES = (
    "anonymous",
    "stranger",
    "learner",
    "classmate",
    "elsewhere",
    "moderator",
    "team",
    "site staff",
    "superuser",
)
#: Everybody who comes to the doors of chapters, by the heading of their column; the event host comes to events only.
CHAPTER_ROLES = (
    "anonymous",
    "stranger",
    "member",
    "alumni",
    "banned",
    "requested",
    "lead",
    "co-organizer",
    "board moderator",
    "host",
    "check-in helper",
    "event host",
    "organizer elsewhere",
    "manager",
    "site staff",
    "superuser",
)
SITUATIONS = ("inactive", "masquerade", "left", "not started", "hidden", "off", "no course")


@dataclass(frozen=True)
class Row:
    """One line of a table: the door (its first cell) and what stands under each heading."""

    door: str
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells[heading]


def rows(title: str, page: Path = PAGE) -> list[Row]:
    """Return the lines of the table below the heading ``title``."""
    found = list(_read(title, page))
    assert found, f"{page.name} has no table below {title!r}"
    return found


def chapter_rows() -> list[Row]:
    """Return the lines of both tables of chapters."""
    return [*rows("Chapters"), *rows("Chapter events")]


def roles_of(line: Row) -> list[str]:
    """Return everybody about whom a line of chapters says something."""
    return [role for role in CHAPTER_ROLES if role in line.cells]


def chapter_row(door: str) -> Row:
    """Return the line of one door of chapters."""
    return next(line for line in chapter_rows() if line.door == door)


def doors(title: str) -> list[str]:
    """Return the doors of a table."""
    names = [row.door for row in rows(title)]
    assert len(names) == len(set(names)), f"{title}: a door stands there twice"
    return names


def row(title: str, door: str) -> Row:
    """Return the line of one door."""
    return next(line for line in rows(title) if line.door == door)


def allowed(line: Row) -> str:
    """Return somebody who may come in at this door, or who runs the place where nobody may."""
    if "member" in line.cells:
        roles = ("member", "lead", *roles_of(line))
        return next((role for role in roles if line[role][0] in "23"), "lead")
    return next((role for role in ("learner", "team", *ROLES) if line[role][0] in "23"), "team")


def _read(title: str, page: Path) -> Iterator[Row]:
    headings: list[str] = []
    is_here = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            is_here = line.lstrip("#").strip() == title
        elif is_here and line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not headings:
                headings = cells
            elif not set(cells[0]) <= set("-: "):
                yield Row(cells[0].strip("`"), dict(zip(headings, cells, strict=True)))
