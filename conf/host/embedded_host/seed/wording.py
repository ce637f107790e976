"""Texts of the demo, put together from sentences so that two hundred people do not say the same."""

from __future__ import annotations

import random
import re
from typing import Any, Final

import yaml

from .roster import TEXTS, Person

CASES: Final = ("quiet_half", "too_salty", "every_calendar")
_CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SENTENCE: Final = re.compile(r"(?<=[.?]) ")
_POSITION: Final = {
    "quiet_half": ("openings", "moves", "reasons", "moves", "experience", "reasons", "pieter", "closings"),
    "too_salty": ("openings", "reasons", "moves", "experience", "moves", "objections", "reasons", "closings"),
    "every_calendar": ("openings", "moves", "reasons", "experience", "moves", "reasons", "signing", "closings"),
}


class Wording:
    """Draws texts without putting one back before all of its group have been used."""

    def __init__(self, chance: random.Random) -> None:
        """Read the texts."""
        self._chance = chance
        self._piles: dict[int, list[str]] = {}
        self.forum: dict[str, Any] = _load("forum")
        self._whole: dict[str, Any] = _load("whole")
        self._cases: dict[str, Any] = {case: _load(f"case_{case}") for case in CASES}
        self.lesson: dict[str, Any] = _load("blended_upwards")

    def position(self, case: str, person: Person) -> str:
        """Return what a person says to a case."""
        if whole := self._written_whole(case, person, "positions"):
            return whole
        sentences = [self._draw(self._cases[case][group], person) for group in _POSITION[case]]
        return f"{' '.join(sentences[:4])}\n\n{' '.join(sentences[4:])}"

    def answer(self, case: str, person: Person) -> str:
        """Return what a person says to a classmate's position: a reaction, something of one's own, a question."""
        if whole := self._written_whole(case, person, "answers"):
            return whole
        own = self._cases[case]
        first, *rest = _SENTENCE.split(self._draw(own["answers"], person))
        general = [self._draw(self.forum[group], person) for group in ("asides", "questions")]
        return " ".join([first, self._chance.choice(rest), *general])

    def look_back(self, case: str, person: Person) -> str:
        """Return what a person says at the end of a case: two thoughts on it between a frame that fits any case."""
        if whole := self._written_whole(case, person, "look_backs"):
            return whole
        thoughts = _SENTENCE.split(self._draw(self._cases[case]["look_backs"], person))
        opening, step = (self._draw(self.forum[f"look_back_{group}"], person) for group in ("openings", "steps"))
        chosen = sorted(self._chance.sample(range(len(thoughts)), k=2))
        return " ".join([opening, *(thoughts[number] for number in chosen), step])

    def introduction(self, person: Person) -> str:
        """Return how a person says hello."""
        return self._draw(self.forum["introductions"], person)

    def welcome(self, person: Person) -> str:
        """Return an answer to somebody's hello."""
        return self._draw(self.forum["welcomes"], person)

    def lesson_position(self, person: Person) -> str:
        """Return what a person never told their manager."""
        groups = ("openings", "silences", "plans", "sentences", "closings")
        return " ".join(self._draw(self.lesson[group], person) for group in groups)

    def lesson_answer(self, person: Person) -> str:
        """Return what a person says to a classmate before class."""
        own = [self._draw(self.lesson[group], person) for group in ("reactions", "hints")]
        return " ".join([*own, self._draw(self.forum["questions"], person)])

    def lesson_report(self, person: Person) -> str:
        """Return what a person did after class, and what came of it."""
        return " ".join(self._draw(group, person) for group in self.lesson["reports"].values())

    def lesson_review(self, person: Person) -> str:
        """Return what a person says to a classmate's report."""
        return " ".join(self._draw(group, person) for group in self.lesson["reviews"].values())

    def _written_whole(self, case: str, person: Person, group: str) -> str:
        """Return a text in the person's own language while there is a fresh one."""
        texts = self._whole[case].get(person.language, {}).get(group)
        if not texts:
            return ""
        pile = self._piles.setdefault(id(texts), list(texts))
        return pile.pop() if pile else ""

    def _draw(self, texts: list[str], person: Person) -> str:
        pile = self._piles.setdefault(id(texts), [])
        if not pile:
            pile.extend(self._chance.sample(texts, len(texts)))
        text = _CHOICE.sub(lambda match: self._chance.choice(match[1].split("|")), pile.pop())
        return text.format(
            city=person.city,
            job=self._chance.choice(self.forum["jobs"]),
            newcomer=self._chance.choice(self.forum["newcomers"]),
        )


def _load(name: str) -> Any:
    return yaml.safe_load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"))
