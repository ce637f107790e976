"""Telling the outside world: public signals that are sent after commit, at least once, and that can cost us nothing.

A fact is an errand from the moment it is true: written in the transaction that makes it true, sent by a worker after
the commit, and sent again if the worker dies on the way. So a consumer may hear of it twice, and in another order;
every fact says what makes it one. Where nothing in this process listens, nothing is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import attr
from django.db import DatabaseError, transaction
from opaque_keys import OpaqueKey
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.tooling import OpenEdxPublicSignal

from people.signals import PublicFact

from .errands import add_errand
from .logs import name_error
from .receivers import has_lost_transaction

log = logging.getLogger(__name__)

FACT: Final = "people.public_fact"

_READERS: Final[dict[Any, Callable[[str], Any]]] = {
    CourseKey: CourseKey.from_string,
    UsageKey: UsageKey.from_string,
    datetime: datetime.fromisoformat,
}


def announce(fact: PublicFact, data: Any, *, key: str) -> None:
    """Have a fact sent after the commit of the open transaction; ``key`` is what makes it one.

    Announced again before it was sent, it is sent once, with the later data. Costs one insert, in a savepoint, and
    that only where something listens; should even that fail, the fact is lost and the caller is not. Unless the whole
    transaction is: then the error is passed on, because going on would store nothing and look like success.
    """
    if not fact.has_listeners():
        return
    try:
        with transaction.atomic():
            add_errand(
                kind=FACT,
                key=f"{fact.event_type} {key}",
                facts={"event": fact.event_type, "data": to_plain(data)},
                run_after_commit=True,
            )
    except DatabaseError as error:
        if has_lost_transaction():
            raise
        log.error("people.fact_lost event=%s key=%s error=%s", fact.event_type, key, name_error(error))


def send_fact(facts: Mapping[str, Any]) -> None:
    """Do the errand of one fact."""
    fact = OpenEdxPublicSignal.get_signal_by_type(facts["event"])
    data = from_plain(fact.init_data[fact.argument], facts["data"])
    fact.send_event(time=data.occurred_at, **{fact.argument: data})


def to_plain(data: Any) -> dict[str, Any]:
    """Return an attrs object of a fact as JSON can hold it."""
    return {field.name: _to_plain(getattr(data, field.name)) for field in attr.fields(type(data))}


def from_plain(kind: type, plain: Mapping[str, Any]) -> Any:
    """Return the attrs object that ``to_plain`` was given. A field that came later has its default."""
    fields = {field.name: field.type for field in attr.fields(kind)}
    return kind(**{name: _from_plain(fields[name], value) for name, value in plain.items() if name in fields})


def _to_plain(value: Any) -> Any:
    if isinstance(value, OpaqueKey):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _from_plain(kind: type | None, value: Any) -> Any:
    read = _READERS.get(kind)
    return value if read is None or value is None else read(value)
