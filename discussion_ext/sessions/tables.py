"""Tables as spreadsheets write and read them (CSV): every line keeps its number in the file. Pure, no database."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from .exceptions import TableError

MOST_BYTES: Final = 4_000_000
MOST_LINES: Final = 20_000
_LONGEST_CELL: Final = 10_000
_DELIMITERS: Final = (",", ";", "\t")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: What a spreadsheet takes for a formula where a cell begins with it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number in the file, from 1, and its cells by the names of their columns."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell without the blanks around it; empty where the table has no such column."""
        return self.cells.get(column, "")


def read_table(data: bytes, *, needed: Collection[str], known: Collection[str]) -> list[Line]:
    """Return the lines of a file that are not empty.

    The first line names the columns, case aside; those that are not ``known`` are ignored. Commas, semicolons or tabs
    may stand between cells; UTF-8 and UTF-16 with or without their mark, and what Windows calls ANSI, are read. Raises
    TableError, a sentence with the line where there is one, for what is no table.
    """
    text = _decode(data)
    rows = _read_rows(text)
    if not rows:
        raise TableError(_("The file is empty. Its first line names the columns: %(columns)s.") % _name(needed))
    number, head = rows[0]
    columns = [_column(cell) for cell in head]
    missing = [each for each in needed if each not in columns]
    if missing:
        message = _("Line %(number)d names no column %(columns)s. The first line of the file names the columns.")
        raise TableError(message % {"number": number, **_name(missing)})
    twice = sorted({each for each in columns if each in known and columns.count(each) > 1})
    if twice:
        raise TableError(_("Line %(number)d names a column twice: %(columns)s.") % {"number": number, **_name(twice)})
    if len(rows) - 1 > MOST_LINES:
        raise TableError(_("A file may have %(count)d lines. Split this one.") % {"count": MOST_LINES})
    return [
        Line(number, {name: cell for name, cell in zip(columns, cells, strict=False) if name in known})
        for number, cells in rows[1:]
    ]


def write_line(cells: Iterable[object]) -> str:
    """Return a line of a table; cells that a spreadsheet would run as a formula are disarmed by an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_disarm(cell) for cell in cells])
    return buffer.getvalue()


def rearm(cell: str) -> str:
    """Return a cell of a table that we wrote as it was before it was disarmed."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise TableError(_("The file is larger than 4 MB. Split it, or save it as CSV."))
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text or data[:2] == b"PK":
        raise TableError(_("This is no table. Save the sheet as CSV (UTF-8) and choose that file."))
    return text


def _read_rows(text: str) -> list[tuple[int, list[str]]]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    number = 1
    try:
        for cells in reader:
            stripped = [rearm(cell.strip()) for cell in cells]
            if any(stripped):
                rows.append((number, stripped))
            if any(len(cell) > _LONGEST_CELL for cell in stripped):
                raise TableError(_("Line %(number)d is too long. Is a quotation mark left open?") % {"number": number})
            number = reader.line_num + 1
    except csv.Error as error:
        message = _("Line %(number)d cannot be read. Is a quotation mark left open?") % {"number": number}
        raise TableError(message) from error
    return rows


def _column(cell: str) -> str:
    return "_".join(cell.casefold().split())


def _name(columns: Sequence[str] | Collection[str]) -> dict[str, str]:
    return {"columns": ", ".join(columns)}


def _disarm(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
