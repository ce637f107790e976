"""How long things are kept: rules of all packages, each with a setting in days, worked through by one job.

A rule never touches what a grade or a total still needs. It works in small transactions, takes what it has dealt with
out of its own sight, and so goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

_BATCH: Final = 500

Find = Callable[[datetime], QuerySet[Any]]
Act = Callable[[QuerySet[Any]], int]


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """What is kept for how long; see :func:`register_retention`."""

    name: str
    setting: str
    says: str
    find: Find
    act: Act

    @property
    def days(self) -> int:
        """Return how long the site keeps it; 0 for as long as the site exists."""
        return int(getattr(settings, self.setting))


_rules: dict[str, RetentionRule] = {}


def register_retention(name: str, *, setting: str, says: str, find: Find, act: Act) -> None:
    """Add a rule, named like "deliveries"; called in ``AppConfig.ready()``.

    ``setting`` names the setting with the number of days, 0 for ever. ``find`` returns the rows that have been kept
    long enough at a moment (the days are taken off already); ``act`` deals with some of them in one transaction, after
    which ``find`` does not return them any more, and says how many there were.
    """
    _rules[name] = RetentionRule(name=name, setting=setting, says=says, find=find, act=act)


def list_retention_rules() -> list[RetentionRule]:
    """Return every rule in the order of the names."""
    return [_rules[name] for name in sorted(_rules)]


def count_expired(*, now: datetime | None = None) -> dict[str, int]:
    """Return how many rows each rule in force would deal with, and change nothing."""
    return {rule.name: rule.find(before).count() for rule, before in _in_force(now)}


def purge_expired(*, now: datetime | None = None) -> Generator[Mapping[str, int], None, None]:
    """Deal with everything that has been kept long enough; yield after each batch what was done."""
    for rule, before in _in_force(now):
        for done in _purge(rule, before):
            yield {rule.name: done}


def _in_force(now: datetime | None) -> Iterator[tuple[RetentionRule, datetime]]:
    moment = now or timezone.now()
    for rule in list_retention_rules():
        if rule.days > 0:
            yield rule, moment - timedelta(days=rule.days)


def _purge(rule: RetentionRule, before: datetime) -> Iterator[int]:
    """Walk by key, so that a row which does not go away is met once and nothing is read twice."""
    rows = rule.find(before).order_by("pk")
    last: Any = None
    while True:
        batch = rows if last is None else rows.filter(pk__gt=last)
        ids = list(batch.values_list("pk", flat=True)[:_BATCH])
        if not ids:
            return
        with transaction.atomic():
            done = rule.act(rows.filter(pk__in=ids).order_by())
        yield done
        last = ids[-1]
