"""Everything that is kept about one person, as one JSON document, written row by row while it is read.

Each package lists its tables as *sections*. What others hold about the person is in it so far as it is the person's:
that a post was reported, not by whom. Ids of other people are left out.

The document as a whole is never in memory. What the database's client library does is its own: MySQL's usual one takes
the result of each query over whole before it gives the first row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from people.audit import record_audit
from people.exceptions import PersonNotFoundError

FORMAT: Final = "org.openedx.community.person"
VERSION: Final = 1

_BATCH: Final = 500

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExportSection:
    """One table's share of an export; see :func:`register_export`."""

    name: str
    title: str
    model: str
    columns: Mapping[str, str]
    rows: Callable[[int], QuerySet[Any] | Iterable[Row]]


_sections: dict[str, ExportSection] = {}


def register_export(
    name: str,
    *,
    title: str,
    model: str,
    columns: Mapping[str, str],
    rows: Callable[[int], QuerySet[Any] | Iterable[Row]],
) -> None:
    """Add a section, named like "people.preferences"; called in ``AppConfig.ready()``.

    ``model`` is the table's label ("people.Preferences"), empty for what stands in the platform's. ``columns`` gives a
    readable title to each key of a row. ``rows`` returns for a user id a query over the model, or rows as mappings.
    """
    _sections[name] = ExportSection(name=name, title=title, model=model, columns=columns, rows=rows)


def list_export_sections() -> list[ExportSection]:
    """Return every section in the order of an export."""
    return [_sections[name] for name in sorted(_sections)]


def export_person(user_id: int, *, actor_id: int | None) -> Iterator[str]:
    """Return the document piece by piece; ``actor_id`` goes on record, None for an operator at the command line."""
    with transaction.atomic():
        record_audit(actor_id=actor_id, verb="person.export", target=f"user:{user_id}", context_key="")
    return _write(user_id)


def find_person(*, user_id: int | None = None, username: str = "") -> int:
    """Return the id of an account by id or username, or raise PersonNotFoundError."""
    wanted = {"pk": user_id} if user_id is not None else {"username": username}
    found = get_user_model().objects.filter(**wanted).values_list("pk", flat=True).first()
    if found is None:
        raise PersonNotFoundError("There is no such account.", field="user_id" if user_id is not None else "username")
    return int(found)


def _write(user_id: int) -> Iterator[str]:
    head = {"format": FORMAT, "version": VERSION, "user_id": user_id, "exported_at": timezone.now()}
    yield f'{_json(head)[:-1]}, "sections": ['
    for number, section in enumerate(list_export_sections()):
        about = {"name": section.name, "title": section.title, "columns": dict(section.columns)}
        yield f'{"," if number else ""}\n{_json(about)[:-1]}, "rows": ['
        for index, row in enumerate(_read(section, user_id)):
            yield f"{',' if index else ''}\n  {_json({key: row[key] for key in section.columns})}"
        yield "]}"
    yield "\n]}\n"


def _read(section: ExportSection, user_id: int) -> Iterator[Row]:
    rows = section.rows(user_id)
    if isinstance(rows, QuerySet):
        return rows.values(*section.columns).iterator(chunk_size=_BATCH)
    return iter(rows)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
