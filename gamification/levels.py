"""Levels: a pure curve over points, and what the levels are called.

Level 1 starts at 0, level 2 at ``first_step``, and every further step is ``growth`` times the one before, so that the
first levels come soon and later ones stay worth something. The last title stays for all levels after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from .data import LevelData, LevelStartData

DEFAULT_TITLES = (
    gettext_noop("Newcomer"),
    gettext_noop("Participant"),
    gettext_noop("Contributor"),
    gettext_noop("Sparring partner"),
    gettext_noop("Adviser"),
    gettext_noop("Guide"),
    gettext_noop("Pillar of the community"),
)

# With the flattest curve a scheme may have this is where counting ends.
LAST_LEVEL = 500


@dataclass(frozen=True, slots=True)
class Curve:
    """Shape and names of the levels of one scheme; without titles the default ones, in the reader's language."""

    first_step: int
    growth: float
    titles: tuple[str, ...] = ()

    def title(self, number: int) -> str:
        """Return what a level is called."""
        if self.titles:
            return self.titles[min(number, len(self.titles)) - 1]
        return gettext(DEFAULT_TITLES[min(number, len(DEFAULT_TITLES)) - 1])

    def level(self, points: int) -> LevelData:
        """Return the level of somebody with these points; nobody is below level 1."""
        number, starts_at, step = 1, 0, float(self.first_step)
        next_at = self.first_step
        while points >= next_at and number < LAST_LEVEL:
            number, starts_at, step = number + 1, next_at, step * self.growth
            next_at = starts_at + round(step)
        return LevelData(
            number=number,
            title=self.title(number),
            starts_at=starts_at,
            next_title=self.title(number + 1),
            next_at=next_at,
            fraction=min(max(0, points - starts_at) / (next_at - starts_at), 1.0),
        )

    def starts(self, count: int) -> list[LevelStartData]:
        """Return the first ``count`` levels."""
        levels, points = [], 0
        for number in range(1, count + 1):
            levels.append(LevelStartData(number=number, title=self.title(number), starts_at=points))
            points = self.level(points).next_at
        return levels
