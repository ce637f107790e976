"""The guard around receivers: whatever goes wrong in ours never costs the sender anything.

A learner's post, enrolment or grade is being stored in the transaction in which a receiver is called. The guard works
in a savepoint, logs ids and the class of the error (its text could carry what somebody wrote), and leaves an errand
that does later what the receiver could not do.

One failure cannot be undone to the savepoint: the database may throw away the *whole* transaction, savepoints and the
learner's post included (InnoDB does after a deadlock, error 1213; so does a connection that breaks). Going on would
store nothing and look like success, so then the error is passed on and the sender fails, as it would with an error of
its own. A lock that cannot be had in time (1205) undoes one statement only; it is like any other failure.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import connection, transaction
from edx_django_utils.monitoring import set_custom_attribute

from .errands import add_errand
from .logs import name_error

log = logging.getLogger(__name__)

Receiver = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What a receiver that fails leaves behind: see :func:`people.api.add_errand`."""

    kind: str
    key: str
    facts: Mapping[str, Any]
    keeps_facts: bool = False


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What is promised about a receiver, for tests and readers: it stands as ``guard`` at the function."""

    leaves_errand: bool
    in_savepoint: bool = False
    passes: tuple[type[Exception], ...] = ()


def guarded(
    *,
    missed: Callable[..., Missed | None] | None,
    when: Callable[..., bool] | None = None,
    passes: tuple[type[Exception], ...] = (),
    in_savepoint: bool = True,
) -> Callable[[Receiver], Receiver]:
    """Make a receiver harmless to its sender.

    ``missed`` gets what the receiver got and names the errand, from ids at hand and without asking anything; None
    where another sweep finds what was missed. ``when`` decides before the savepoint is made whether there is anything
    to do: what costs a query in courses that want nothing of us belongs there. ``passes`` are errors that are meant for
    the sender: they undo the savepoint and go on. ``in_savepoint`` may be False where the database
    is not touched, or where it is after the commit anyway.
    """

    def guard(receiver: Receiver) -> Receiver:
        @wraps(receiver)
        def guarded_receiver(*args: Any, **kwargs: Any) -> None:
            try:
                if when is None or when(*args, **kwargs):
                    with transaction.atomic() if in_savepoint else nullcontext():
                        receiver(*args, **kwargs)
            except passes:
                raise
            except Exception as error:
                # .. custom_attribute_name: community_receiver_failed
                # .. custom_attribute_description: The receiver of ours that failed in this request; its work is left to
                #     an errand.
                set_custom_attribute("community_receiver_failed", receiver.__name__)
                log.error("people.receiver_failed receiver=%s error=%s", receiver.__qualname__, name_error(error))
                if has_lost_transaction():
                    raise
                if missed is not None:
                    _leave_errand(lambda: missed(*args, **kwargs))

        promise = Guard(leaves_errand=missed is not None, in_savepoint=in_savepoint, passes=passes)
        guarded_receiver.guard = promise  # type: ignore[attr-defined]
        return guarded_receiver

    return guard


def passes_errors_on(receiver: Receiver) -> Receiver:
    """Mark a receiver whose sender must see that it failed, and repeats it; its docstring says why."""
    receiver.guard = Guard(leaves_errand=False, passes=(Exception,))  # type: ignore[attr-defined]
    return receiver


def has_lost_transaction() -> bool:
    """Tell whether not even the savepoint could be undone: then nothing of the sender's transaction will be stored."""
    return connection.in_atomic_block and connection.needs_rollback


def _leave_errand(name_missed: Callable[[], Missed | None]) -> None:
    try:
        missed = name_missed()
        if missed is not None:
            log.error("people.errand_left kind=%s key=%r", missed.kind, missed.key)
            add_errand(
                kind=missed.kind,
                key=missed.key,
                facts=missed.facts,
                keeps_facts=missed.keeps_facts,
                run_after_commit=True,
            )
    except Exception as error:
        log.error("people.errand_not_left error=%s", name_error(error))
        if has_lost_transaction():
            raise
