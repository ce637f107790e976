"""A class session in four sittings and what surrounds it: one is over, one begins in a moment, two are to come.

So that every stage of the blended task can be met: who has it behind them, who was not there, who can check in now, who
still prepares, and who has not chosen yet.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from discussion_ext.data import MeetingMode, MeetingPlanData

from .calendar import Calendar
from .doors import Doors
from .roster import Person
from .wording import Wording

TASK: Final = "upwards"
_STARTS_IN: Final = timedelta(minutes=20)  # check-in is open, and there is time to look around first
_OF_ALL: Final = {"rotterdam": 0.16, "today": 0.12, "nairobi": 0.1, "online": 0.22}
_PLACES: Final = {"amina": "rotterdam", "lotte": "rotterdam", "xiaoyu": "today"}
_ABSENT, _BY_ROLL = 0.15, 0.3
_REPORTS, _LATE = 0.85, 0.9


@dataclass(frozen=True)
class Sitting:
    """One sitting: ``days`` from now, at a time of its own clock; ``clock`` None is in a moment."""

    title: str
    days: int
    clock: tuple[int, int] | None
    zone: str
    mode: MeetingMode
    place: str = ""
    link: str = ""
    seats: int = 0
    minutes: int = 90

    def plan(self, now: datetime) -> MeetingPlanData:
        """Return what an organizer writes down."""
        return MeetingPlanData(
            title=self.title,
            mode=self.mode,
            starts_local=self.starts_at(now).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None),
            zone=self.zone,
            fold=0,
            minutes=self.minutes,
            place=self.place,
            link=self.link,
            capacity=self.seats,
        )

    def starts_at(self, now: datetime) -> datetime:
        """Return the moment at which it begins."""
        if self.clock is None:
            return (now + _STARTS_IN).replace(second=0, microsecond=0)
        there = now.astimezone(ZoneInfo(self.zone)) + timedelta(days=self.days)
        hour, minute = self.clock
        return there.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


SITTINGS: Final = {
    "rotterdam": Sitting(
        "Rotterdam, in the room", -9, (19, 0), "Europe/Amsterdam", MeetingMode.OFFLINE,
        place="Harbour School, room 2.04", seats=40,
    ),
    "today": Sitting(
        "Online, today", 0, None, "Africa/Nairobi", MeetingMode.ONLINE, link="https://meet.example.com/upwards",
    ),
    "nairobi": Sitting(
        "Nairobi, in the room", 6, (18, 30), "Africa/Nairobi", MeetingMode.OFFLINE,
        place="Iko House, third floor", seats=24,
    ),
    "online": Sitting(
        "Online, at noon in Shanghai", 8, (12, 30), "Asia/Shanghai", MeetingMode.ONLINE,
        link="https://meet.example.com/upwards-2",
    ),
}  # fmt: skip


class Lesson:
    """Who sits where, and what each does before, at and after the class."""

    def __init__(
        self, *, doors: Doors, wording: Wording, calendar: Calendar, chance: random.Random, now: datetime
    ) -> None:
        """Prepare a class in a history that ends at ``now``."""
        self._doors, self._wording, self._calendar = doors, wording, calendar
        self._chance, self._now = chance, now
        self._said: list[tuple[int, Person]] = []
        self._there: dict[str, list[Person]] = defaultdict(list)
        self.done: dict[str, int] = defaultdict(int)

    def plan(self, *, host: Person, assistant: Person, learners: list[Person]) -> None:
        """Enter everything into the calendar."""
        self._calendar.enter(self._now - timedelta(days=32), self._announce, host)
        for person in learners:
            place = self._place_of(person)
            if place:
                self._plan_person(person, place)
        over = self._end("rotterdam")
        self._calendar.enter(over - timedelta(minutes=5), self._call_the_roll, host)
        self._calendar.enter(over + timedelta(days=6), self._decide, assistant)

    def _place_of(self, person: Person) -> str:
        if person.cases == () or not person.zeal:
            return ""
        if person.username in _PLACES:
            return _PLACES[person.username]
        places = [*_OF_ALL, ""]
        weights = [*_OF_ALL.values(), 1 - sum(_OF_ALL.values())]
        return self._chance.choices(places, weights)[0]

    def _plan_person(self, person: Person, place: str) -> None:
        start, uniform, enter = SITTINGS[place].starts_at(self._now), self._chance.uniform, self._calendar.enter
        is_sure = bool(person.about)

        def before(least: float, most: float) -> datetime:
            days_ago = (self._now - start).total_seconds() / 86_400 + uniform(least, most)
            return self._calendar.study_time(person, days_ago)

        enter(before(14, 20), self._take_seat, person, place)
        if is_sure or self._chance.random() < 0.4 + person.zeal / 2:
            enter(before(3, 9), self._read, person)
        if is_sure or self._chance.random() < 0.3 + person.zeal / 2:
            enter(before(5, 6) if is_sure else before(4, 9), self._say, person, place)
        if place == "rotterdam":
            self._plan_class(person)

    def _plan_class(self, person: Person) -> None:
        start, end = SITTINGS["rotterdam"].starts_at(self._now), self._end("rotterdam")
        luck = self._chance.random()
        is_absent = person.username == "lotte" or (luck < _ABSENT and not person.about)
        if not is_absent and (luck > _BY_ROLL or person.about):
            arrives = start + timedelta(minutes=self._chance.uniform(-12, 9))
            self._calendar.enter(arrives, self._check_in, person)
        if not is_absent:
            self._there["rotterdam"].append(person)
        if person.about or self._chance.random() < _REPORTS:
            is_late = person.username == "lotte" or self._chance.random() > _LATE
            days = self._chance.uniform(7.1, 8.2) if is_late else self._chance.uniform(2.2, 6.6)
            self._calendar.enter(end + timedelta(days=days), self._report, person)
            reviews = 1 if person.username == "amina" else self._chance.choice((0, 1, 2, 2))
            self._calendar.enter(end + timedelta(days=self._chance.uniform(7.3, 8.6)), self._review, person, reviews)
        if person.username == "lotte":
            self._calendar.enter(end + timedelta(days=8.3), self._ask, person)

    # -- acts ------------------------------------------------------------------------------------------------------

    def _announce(self, host: Person) -> None:
        for name, sitting in SITTINGS.items():
            self._doors.add_sitting(host, TASK, name, sitting.plan(self._now))

    def _take_seat(self, person: Person, place: str) -> None:
        if not self._doors.has_joined(person):
            return
        self._doors.open_task(person, TASK)
        if self._doors.take_seat(person, TASK, place):
            self.done["seats taken"] += 1

    def _read(self, person: Person) -> None:
        self._doors.finish_units(person, ("feedback_read", "feedback_try"))

    def _say(self, person: Person, place: str) -> None:
        if not self._doors.has_seat(person, TASK):
            return
        said = self._doors.say(person, TASK, "say", self._wording.lesson_position(person))
        self._said.append((said, person))
        self.done["positions before class"] += 1
        moment, last = timezone.now(), SITTINGS[place].starts_at(self._now) - timedelta(hours=25)
        for _ in range(3 if person.about else self._chance.choice((0, 1, 2, 3, 3))):
            moment = self._calendar.later(person, moment, hours=30)
            if moment < last:
                self._calendar.enter(moment, self._answer, person)

    def _answer(self, person: Person) -> None:
        others = [said for said, author in self._said if author is not person]
        fresh = [said for said in others if not self._doors.has_answered(person, said)]
        if fresh:
            said = self._chance.choice(fresh)
            self._doors.answer_in_stage(person, TASK, "say", said, self._wording.lesson_answer(person))
            self.done["answers before class"] += 1

    def _check_in(self, person: Person) -> None:
        if self._doors.has_seat(person, TASK):
            self._doors.check_in(person, TASK, "rotterdam")
            self.done["check-ins"] += 1

    def _call_the_roll(self, host: Person) -> None:
        """Tick who came and did not check in, and note who is missing."""
        self._doors.call_the_roll(host, TASK, "rotterdam", there=self._there["rotterdam"])

    def _report(self, person: Person) -> None:
        if self._doors.has_seat(person, TASK):
            self._doors.report_back(person, TASK, "apply", self._wording.lesson_report(person))
            self.done["reports"] += 1

    def _review(self, person: Person, number: int) -> None:
        if self._doors.has_seat(person, TASK):
            texts = [self._wording.lesson_review(person) for _ in range(number)]
            self.done["reviews"] += self._doors.review(person, TASK, "review", texts)

    def _ask(self, person: Person) -> None:
        self._doors.ask_again(person, TASK, "class", self._wording.lesson["appeal"])

    def _decide(self, assistant: Person) -> None:
        """Three who could not: one is excused, one gets more time, one handed in by letter."""
        silent = [
            username
            for username in self._doors.list_without_report(TASK, "apply", among="rotterdam")
            if username not in _PLACES
        ]
        for act, person in zip(("excuse", "more_time", "mark"), silent, strict=False):
            self._doors.decide(assistant, TASK, "apply", person, act=act, reason=self._wording.lesson[act])

    def _end(self, name: str) -> datetime:
        sitting = SITTINGS[name]
        return sitting.starts_at(self._now) + timedelta(minutes=sitting.minutes)
