"""Checkups: what has to hold in a deployment, registered by each package and looked at by ``community_doctor``.

Made for deployments in which much is broken. A check that raises becomes a finding, one that needs the database is left
out where the database is silent, statements that wait for a lock are given up, and no check starts after the time is
over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import Error, connection, transaction

from people.data import FindingData, Reach, SeenData

from .logs import name_error

log = logging.getLogger(__name__)

_STATEMENT_SECONDS: Final = 5


Check = Callable[[], Iterable[SeenData]]


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """A check with its place in the report. ``service`` is "lms" or "cms" where only one can answer."""

    area: str
    name: str
    check: Check
    reach: Reach
    service: str


_checkups: dict[tuple[str, str], Checkup] = {}


def register_checkup(check: Check, *, area: str, name: str, reach: Reach = Reach.DATABASE, service: str = "") -> None:
    """Add a check; called in ``AppConfig.ready()``.

    ``check`` yields what it saw, reads only, and bounds what it waits for: a few seconds for another server, a limited
    number of rows. It says nothing about people but ids.
    """
    checkup = Checkup(area=area, name=name, check=check, reach=reach, service=service)
    if _checkups.setdefault((area, name), checkup) != checkup:
        message = f"There are two checks called {area}/{name}."
        raise ValueError(message)


def list_checkups(*, area: str = "", reach: Reach | None = None) -> list[Checkup]:
    """Return the registered checks by area, in the order of their registration."""
    found = [checkup for checkup in _checkups.values() if area in {"", checkup.area} and reach in {None, checkup.reach}]
    return sorted(found, key=lambda checkup: checkup.area)


def list_checkup_areas() -> list[str]:
    """Return the areas in the order of the report."""
    return sorted({checkup.area for checkup in _checkups.values()})


def run_checkups(*, area: str = "", reach: Reach | None = None, seconds: float = 60) -> Iterator[FindingData]:
    """Yield what the checks see, as they go; none starts once ``seconds`` are over."""
    until = time.monotonic() + seconds
    checkups = list_checkups(area=area, reach=reach)
    needs_database = any(checkup.reach is not Reach.PROCESS for checkup in checkups)
    trouble = _database_trouble() if needs_database else None
    if trouble is not None:
        yield FindingData(
            area="database", name="answers", state=trouble.state, said=trouble.said, remedy=trouble.remedy
        )
    has_database = needs_database and trouble is None
    with _impatient_statements() if has_database else _nothing_to_bound():
        for checkup in checkups:
            for seen in _look(checkup, has_database=has_database, is_late=time.monotonic() > until):
                yield FindingData(
                    area=checkup.area, name=checkup.name, state=seen.state, said=seen.said, remedy=seen.remedy
                )


def current_service() -> str:
    """Return which service this process belongs to, as the platform's plugin loader tells it: "lms" or "cms"."""
    return "cms" if settings.ROOT_URLCONF == "cms.urls" else "lms"


def _look(checkup: Checkup, *, has_database: bool, is_late: bool) -> list[SeenData]:
    if checkup.service not in {"", current_service()}:
        where = "the LMS" if checkup.service == "lms" else "Studio"
        return [SeenData.skipped(f"Only {where} can tell: run community_doctor there too.")]
    if checkup.reach is not Reach.PROCESS and not has_database:
        return [SeenData.skipped("Not looked at, because the database does not answer.")]
    if is_late:
        return [SeenData.failure("Not looked at: the time is over.", "Give the doctor more time with --seconds.")]
    try:
        # A savepoint, because on the status page a statement that fails would end the page's transaction.
        with transaction.atomic() if has_database else _nothing_to_bound():
            return list(checkup.check())
    except Exception as error:  # noqa: BLE001 - the other checks still have something to say
        log.error("people.checkup_failed area=%s name=%s error=%s", checkup.area, checkup.name, name_error(error))
        return [
            SeenData.failure(
                f"The check itself failed with {type(error).__name__}.",
                "Mend what the other findings name, most often a missing migration, and run the doctor again; "
                "the log says in which line it failed (people.checkup_failed).",
            )
        ]


def _database_trouble() -> SeenData | None:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - a driver may raise anything
        host = settings.DATABASES["default"].get("HOST") or "this machine"
        return SeenData.failure(
            f"The database does not answer: {type(error).__name__}.",
            f"See that the database server on {host} runs and that DATABASES of this service names it.",
        )
    return None


@contextmanager
def _nothing_to_bound() -> Iterator[None]:
    yield


@contextmanager
def _impatient_statements() -> Iterator[None]:
    """Let no statement of ours wait long: behind a migration's lock on a table it would wait for a day."""
    if connection.vendor != "mysql":
        yield
        return
    limits: dict[str, Any] = {"lock_wait_timeout": _STATEMENT_SECONDS}
    if connection.mysql_is_mariadb:  # type: ignore[attr-defined]
        limits["max_statement_time"] = _STATEMENT_SECONDS
    else:
        limits["max_execution_time"] = _STATEMENT_SECONDS * 1000
    before = {name: _session_value(name) for name in limits}
    try:
        _set_session(limits)
        yield
    finally:
        try:
            _set_session(before)
        except Error:  # the server went away meanwhile: the findings so far are what somebody waits for
            connection.close()


def _session_value(name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT @@SESSION.{name}")
        return cursor.fetchone()[0]


def _set_session(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"SET SESSION {name} = %s", [value])
