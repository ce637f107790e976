"""Seeding from start to end: all of it, or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from embedded_host.courses.importing import import_course

from .doors import Doors
from .history import COHORTS, WEEKS, History, course_key
from .roster import build_roster
from .wording import Wording

SAMPLE_COURSE: Final = Path(__file__).resolve().parents[2] / "sample_course"
_SEED: Final = 20_260_1


def is_seeded() -> bool:
    """Say whether the demo's people are here."""
    return get_user_model().objects.filter(username="tomas").exists()


def seed(*, learners: int = 200, report: Callable[[str], None] = print) -> Mapping[str, int]:
    """Make the community and return what was done, in numbers; does nothing where it was made before."""
    from xmodule.modulestore.django import modulestore

    if is_seeded():
        return {}
    if not modulestore().has_course(course_key()):
        report("Importing the sample course ...")
        import_course(SAMPLE_COURSE)
    with _one_transaction():
        return _seed(learners, report)


def _seed(learners: int, report: Callable[[str], None]) -> Mapping[str, int]:
    chance = random.Random(_SEED)  # noqa: S311 - the same community every time, no secret
    now = timezone.now()
    roster = build_roster(learners=learners, chance=chance)
    doors = Doors(course_key())
    doors.make_cohorts(COHORTS)
    for person in roster:
        doors.make_account(person, joined=now - timedelta(days=7 * WEEKS + 90))
    doors.settle()
    history = History(doors=doors, wording=Wording(chance), roster=roster, chance=chance, now=now)
    history.act_out(report)
    return history.done


def _one_transaction() -> transaction.Atomic:
    """Return a transaction around the whole history that lets acts open durable ones inside it, as Django's tests do.

    Either the community is there or nothing of it, and SQLite writes to disk once.
    """
    whole: Any = transaction.atomic()
    whole._from_testcase = True  # noqa: SLF001 - Django has no public way to say "the inner commits are mine to keep"
    return whole
