"""What a package must still do: a row that stays until it is done, run right after the commit and by sweeps.

Adding is one insert in the open transaction, so the errand stands exactly if the fact behind it does. Running takes
three short steps, none of which waits for a learner: *claim* by a conditional update that one runner wins, *work* in
transactions of the work's own, *settle*. A runner that dies leaves a claim that lapses. Each fact brings a new ticket,
and only an errand whose ticket is still the one that was worked on is deleted: what arrives during the work is done
afterwards. Work may therefore be done twice, and must come to the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from edx_django_utils.monitoring import set_custom_attribute

from people.data import ErrandData, ErrandRunData
from people.exceptions import InvalidErrandError
from people.models import Errand
from people.rows import insert_or_update

from .logs import name_error

log = logging.getLogger(__name__)

Run = Callable[[Mapping[str, Any]], Any]

#: Sent after the commit with ``errand_id``, for a worker to take it at once. Nothing is lost when nobody does.
errand_is_due = Signal()

_BATCH: Final = 200
_REPEATS: Final = 3
_KIND_LENGTH: Final = 64
_KEY_LENGTH: Final = 255
_runs: dict[str, Run] = {}


class Outcome(StrEnum):
    """What became of an errand that somebody tried to run."""

    DONE = "done"
    AGAIN = "again"
    FAILED = "failed"
    TAKEN = "taken"


def register_errand(kind: str, run: Run) -> None:
    """Let ``run(facts)`` do the errands of a kind; called in ``AppConfig.ready()``, ASCII names like "points.board".

    ``run`` is called outside a transaction, may be called twice for one fact, and raises to be called again later.
    """
    if not kind or not kind.isascii() or len(kind) > _KIND_LENGTH:
        raise InvalidErrandError("kind: give 1 to 64 ASCII characters.", field="kind")
    if _runs.setdefault(kind, run) is not run:
        message = f"kind: {kind} is registered already."
        raise InvalidErrandError(message, field="kind")


def add_errand(
    *,
    kind: str,
    key: str,
    facts: Mapping[str, Any],
    due_at: datetime | None = None,
    keeps_facts: bool = False,
    run_after_commit: bool = False,
) -> str:
    """Remember something to be done and return its id: one insert in a savepoint of the open transaction.

    ``key`` is what makes it one: added again it stays one row, with these ``facts`` (JSON, ids only), and is done once
    more even if it is being done right now. With ``keeps_facts`` one that is there keeps the facts that it has: the
    first to ask knew what later ones cannot. ``run_after_commit`` hands it to a worker after the commit; a broker that
    is down costs nothing, the next sweep does it.
    """
    moment = timezone.now()
    _check(kind, key, facts, due_at)
    errand_id = errand_key(kind, key)
    row = Errand(
        id=errand_id,
        kind=kind,
        key=key[:_KEY_LENGTH],
        facts=dict(facts),
        ticket=uuid4().hex,
        due_at=due_at or moment,
        created_at=moment,
    )
    insert_or_update(row, by=["id"], update=["ticket", "due_at"] if keeps_facts else ["facts", "ticket", "due_at"])
    if run_after_commit:
        transaction.on_commit(lambda: _hand_over(errand_id), robust=True)
    return errand_id


def has_errand(*, kind: str, key: str) -> bool:
    """Tell whether this is still to be done."""
    return Errand.objects.filter(pk=errand_key(kind, key)).exists()


def run_errands(*, limit: int = 1000, kind: str | None = None, now: datetime | None = None) -> ErrandRunData:
    """Do what is due, oldest first, at most ``limit``, and return how it went. Call it outside a transaction.

    Safe beside other runners and after a crash. One that fails waits longer each time and never stops the others, nor
    do those that somebody else has: they are not among the ``limit``.
    """
    moment = now or timezone.now()
    counts: Counter[str] = Counter()
    oldest = _due(moment, kind=kind).values_list("due_at", flat=True).first()
    if oldest is not None:
        # .. custom_attribute_name: community_errand_wait_seconds
        # .. custom_attribute_description: How long the errand is overdue that is due longest.
        set_custom_attribute("community_errand_wait_seconds", int((moment - oldest).total_seconds()))
    for errand_id in _iterate_due(moment, kind=kind):
        if counts[Outcome.DONE] + counts[Outcome.FAILED] >= limit:
            break
        counts[run_errand(errand_id, now=now)] += 1
    return ErrandRunData(done=counts[Outcome.DONE], failed=counts[Outcome.FAILED], taken=counts[Outcome.TAKEN])


def run_errand(errand_id: str, *, now: datetime | None = None) -> Outcome:
    """Do one errand if it is due and nobody else has it; once more if it was added again meanwhile."""
    outcome = Outcome.AGAIN
    for _ in range(_REPEATS):
        outcome = _run_once(errand_id, now or timezone.now())
        if outcome is not Outcome.AGAIN:
            return outcome
    return Outcome.DONE


def retry_errand(errand_id: str) -> bool:
    """Let an errand that waits after a failure be run again at once; return whether there is one."""
    found = Errand.objects.filter(pk=errand_id).update(due_at=timezone.now())
    if found:
        transaction.on_commit(lambda: _hand_over(errand_id), robust=True)
    return bool(found)


def count_errands(*, kind: str | None = None, now: datetime | None = None) -> int:
    """Return how many errands a run would take now."""
    return _due(now or timezone.now(), kind=kind).count()


def list_stuck_errands(*, limit: int = 100) -> list[ErrandData]:
    """Return errands that failed ``PEOPLE_ERRAND_STUCK_ATTEMPTS`` times or that nobody here can run, oldest first."""
    stuck = Errand.objects.filter(Q(attempts__gte=settings.PEOPLE_ERRAND_STUCK_ATTEMPTS) | ~Q(kind__in=list(_runs)))
    return [_to_data(row) for row in stuck.order_by("created_at")[:limit]]


def errand_key(kind: str, key: str) -> str:
    """Return the primary key of an errand: exact in every collation, and locked as one record by InnoDB."""
    return hashlib.sha256(f"{kind}\n{key}".encode()).hexdigest()


def _run_once(errand_id: str, now: datetime) -> Outcome:
    try:
        errand = _claim(errand_id, now)
        return Outcome.TAKEN if errand is None else _work_on(errand, now)
    except OperationalError as error:  # its row is locked: whoever adds it again has not committed yet
        log.warning("people.errand_busy errand=%s error=%s", errand_id, name_error(error))
        return Outcome.TAKEN


def _work_on(errand: Errand, now: datetime) -> Outcome:
    try:
        _runs[errand.kind](errand.facts)
    except Exception as error:  # noqa: BLE001 - one errand's trouble must not stop the others
        log.error("people.errand_failed kind=%s key=%r error=%s", errand.kind, errand.key, name_error(error))
        _postpone(errand, now, error=type(error).__name__)
        return Outcome.FAILED
    return _settle(errand)


def _claim(errand_id: str, now: datetime) -> Errand | None:
    """Take an errand for this runner alone, without waiting for one that an open transaction has added again.

    The claim is committed before the work starts.
    """
    until = now + timedelta(minutes=settings.PEOPLE_ERRAND_CLAIM_MINUTES)
    with transaction.atomic(durable=True):
        # Where the database cannot skip what is locked the update waits for it, and decides as well.
        if connection.features.has_select_for_update_skip_locked and not _lock(errand_id):
            return None
        won = _due(now).filter(pk=errand_id).order_by().update(claimed_until=until, attempts=F("attempts") + 1)
    return Errand.objects.filter(pk=errand_id).first() if won else None


def _lock(errand_id: str) -> bool:
    return bool(Errand.objects.select_for_update(skip_locked=True).filter(pk=errand_id).values_list("pk"))


def _settle(errand: Errand) -> Outcome:
    mine = Errand.objects.filter(pk=errand.pk, ticket=errand.ticket)
    with transaction.atomic():
        # Locked first: where something listens to every deletion Django reads the row and then deletes it by its key.
        if mine.update(claimed_until=None):
            mine.delete()
            return Outcome.DONE
    is_there = Errand.objects.filter(pk=errand.pk).update(claimed_until=None, attempts=0, error="")
    return Outcome.AGAIN if is_there else Outcome.DONE


def _postpone(errand: Errand, now: datetime, *, error: str) -> None:
    """Let it wait: longer each time, and not all at the same moment. A new fact meanwhile makes it due at once."""
    pauses = settings.PEOPLE_ERRAND_RETRY_MINUTES
    minutes = pauses[min(errand.attempts, len(pauses)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
    row = Errand.objects.filter(pk=errand.pk)
    row.update(claimed_until=None, error=error[:128])
    row.filter(ticket=errand.ticket).update(due_at=now + timedelta(minutes=minutes))


def _iterate_due(now: datetime, *, kind: str | None) -> Iterator[str]:
    """Yield ids of due errands, read batch by batch, each once."""
    rows = _due(now, kind=kind)
    after = Q()
    while True:
        batch = list(rows.filter(after).values_list("due_at", "pk")[:_BATCH])
        yield from (pk for _due_at, pk in batch)
        if len(batch) < _BATCH:
            return
        due_at, last = batch[-1]
        after = Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=last)


def _due(now: datetime, *, kind: str | None = None) -> QuerySet[Errand]:
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    kinds = list(_runs) if kind is None else [kind]
    return Errand.objects.filter(is_free, due_at__lte=now, kind__in=kinds).order_by("due_at", "pk")


def _hand_over(errand_id: str) -> None:
    errand_is_due.send(sender=None, errand_id=errand_id)


def _to_data(row: Errand) -> ErrandData:
    return ErrandData(
        id=row.pk,
        kind=row.kind,
        key=row.key,
        attempts=row.attempts,
        error=row.error,
        due_at=row.due_at,
        created_at=row.created_at,
        is_known=row.kind in _runs,
    )


def _check(kind: str, key: str, facts: Mapping[str, Any], due_at: datetime | None) -> None:
    if kind not in _runs:
        message = f"kind: {kind} is not registered."
        raise InvalidErrandError(message, field="kind")
    if not key:
        raise InvalidErrandError("key: say what makes it one.", field="key")
    if due_at is not None and not timezone.is_aware(due_at):
        raise InvalidErrandError("due_at: give a datetime with a zone.", field="due_at")
    try:
        json.dumps(dict(facts), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidErrandError("facts: give what JSON can hold.", field="facts") from error
