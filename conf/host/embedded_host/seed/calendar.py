"""A calendar of acts, worked off in the order in which they happened, each at its own moment."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from .clock import at
from .roster import Person

_STUDY_HOURS: Final = (7, 8, 12, 13, 17, 18, 19, 19, 20, 20, 21, 21)
_NIGHT_ENDS: Final = 6


class Calendar:
    """Acts by moment. An act may enter later ones; what falls after ``now`` never happens."""

    def __init__(self, *, now: datetime, chance: random.Random) -> None:
        """Begin an empty calendar that ends at ``now``."""
        self._now, self._chance = now, chance
        self._acts: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()

    def enter(self, moment: datetime, act: Callable[..., object], *parts: Any) -> None:
        """Let ``act(*parts)`` happen at a moment."""
        whole: Callable[[], object] = partial(act, *parts)
        heapq.heappush(self._acts, (moment, next(self._order), whole))

    def work_off(self, *, after_each: Callable[[], None], report: Callable[[str], None]) -> None:
        """Let everything happen, the oldest first, and say when another week begins."""
        weeks, began = 0, self._acts[0][0]
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            if moment >= self._now:
                continue
            if (moment - began).days // 7 >= weeks:
                weeks = (moment - began).days // 7 + 1
                report(f"Week {weeks} ...")
            with at(moment):
                act()
                after_each()

    def study_time(self, person: Person, days_ago: float, *, spread: float = 0.0) -> datetime:
        """Return a moment on the person's own day, at an hour at which people study."""
        zone = ZoneInfo(person.zone)
        day = (self._now - timedelta(days=days_ago - self._chance.uniform(0, spread))).astimezone(zone).date()
        clock = time(self._chance.choice(_STUDY_HOURS), self._chance.randrange(60), self._chance.randrange(60))
        return datetime.combine(day, clock, tzinfo=zone)

    def later(self, person: Person, moment: datetime, *, hours: float) -> datetime:
        """Return a moment within so many hours, put off to the morning where it would be the person's night."""
        later = moment + timedelta(hours=self._chance.uniform(0.4, hours))
        is_night = later.astimezone(ZoneInfo(person.zone)).hour < _NIGHT_ENDS
        return later + timedelta(hours=_NIGHT_ENDS + 1) if is_night else later
