"""Five weeks of a community, acted out: everything goes through the doors that people use, at the moment it happened.

A calendar of acts is worked off in order. An act may enter later ones (an answer follows a position). Nothing here
writes a total, a grade or a ledger entry; those follow from what people do.
"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from opaque_keys.edx.keys import CourseKey, UsageKey

from .clock import at
from .doors import Doors
from .roster import Person
from .wording import Wording

WEEKS: Final = 5
COHORTS: Final = ("Morning cohort", "Evening cohort")
# Days before now in which people take positions in a case, the last day of answers, and how many of the keen ones come.
CASES: Final = {
    "quiet_half": {"from": 33, "until": 19, "last": 16, "share": 0.55, "by_cohort": False},
    "too_salty": {"from": 24, "until": 5, "last": 2, "share": 0.5, "by_cohort": False},
    "every_calendar": {"from": 11, "until": 0.2, "last": 0.1, "share": 0.45, "by_cohort": True},
}
_HELLOS: Final = ("Hello from {city}", "{city} here", "A short hello from {city}", "New here, {city}")
_HOURS: Final = (7, 8, 12, 13, 17, 18, 19, 19, 20, 20, 21, 21)


@dataclass
class Said:
    """A position that stands in a case, as far as later acts need it."""

    id: int
    author: Person
    cohort: str
    moment: datetime
    answers: int = 0


class History:
    """The calendar, and what has been said so far."""

    def __init__(
        self, *, doors: Doors, wording: Wording, roster: list[Person], chance: random.Random, now: datetime
    ) -> None:
        """Prepare an empty calendar that ends at ``now``."""
        self._doors, self._wording, self._chance, self._now = doors, wording, chance, now
        self._roster = roster
        self._calendar: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self._positions: dict[str, list[Said]] = defaultdict(list)
        self._threads: list[tuple[str, Person]] = []
        self.done: dict[str, int] = defaultdict(int)

    @property
    def learners(self) -> list[Person]:
        """Return everybody who learns here."""
        return [person for person in self._roster if person.role == "learner"]

    def person(self, username: str) -> Person:
        """Return one of the people by username."""
        return next(person for person in self._roster if person.username == username)

    def act_out(self, report: Callable[[str], None]) -> None:
        """Work the calendar off, oldest act first."""
        self._plan()
        week = 0
        while self._calendar:
            moment, _, act = heapq.heappop(self._calendar)
            if moment >= self._now:
                continue
            if (moment - self._first).days // 7 >= week:
                week = (moment - self._first).days // 7 + 1
                report(f"Week {week} ...")
            with at(moment):
                act(moment)
                self._doors.settle()

    @property
    def _first(self) -> datetime:
        return self._now - timedelta(days=7 * WEEKS + 1)

    def _enter(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._calendar, (moment, next(self._order), act))

    def _some_time(self, person: Person, days_ago: float, *, spread: float = 0.0) -> datetime:
        """Return a moment on the person's own day, at an hour at which people study."""
        zone = ZoneInfo(person.zone)
        day = (self._now - timedelta(days=days_ago - self._chance.uniform(0, spread))).astimezone(zone).date()
        clock = time(self._chance.choice(_HOURS), self._chance.randrange(60), self._chance.randrange(60))
        return datetime.combine(day, clock, tzinfo=zone)

    # -- the plan --------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        self._enter(self._first, lambda _: self._doors.open_course(self.person("ruth").username))
        for person in self._roster:
            self._plan_person(person)
        self._plan_forum()
        self._plan_staff()

    def _plan_person(self, person: Person) -> None:
        joined = self._some_time(person, 7 * WEEKS, spread=2.0 if person.zeal > 0.3 else 6.0)
        if person.username == "tomas":
            joined = self._now - timedelta(hours=20)
        self._enter(joined, lambda _, who=person: self._join(who))
        if person.role != "learner" or not person.zeal:
            return
        for week, units in enumerate(self._doors.units_by_week()):
            for unit in units:
                if self._chance.random() < person.zeal * (0.95 - 0.1 * week) + 0.05:
                    read = self._some_time(person, 7 * (WEEKS - week) - 1, spread=6.0)
                    self._enter(max(read, joined), lambda _, who=person, what=unit: self._read(who, what))
        for case, window in CASES.items():
            is_in = (
                case in person.cases
                if person.cases is not None
                else self._chance.random() < (window["share"] * person.zeal * 1.4)
            )
            if is_in:
                self._plan_case(person, case, joined)
            elif person.cases is None and self._chance.random() < person.zeal * 0.5:
                look = self._some_time(person, self._chance.uniform(window["last"] + 1, window["from"]))
                self._enter(max(look, joined), lambda _, who=person, what=case: self._doors.open_case(who, what))
        if self._chance.random() < person.zeal * 0.5:
            hello = self._some_time(person, 7 * WEEKS - 1, spread=6.0)
            self._enter(max(hello, joined + timedelta(minutes=5)), lambda _, who=person: self._say_hello(who))

    def _plan_case(self, person: Person, case: str, joined: datetime) -> None:
        window = CASES[case]
        days_ago = self._chance.uniform(window["until"], window["from"])
        if case == "every_calendar" and person.username == "lotte":
            days_ago = 1.4
        moment = max(self._some_time(person, days_ago), joined + timedelta(minutes=20))
        self._enter(moment, lambda when: self._take_position(person, case, when))

    def _plan_forum(self) -> None:
        keen = [person for person in self.learners if person.zeal > 0.4]
        local = {"nl": ("nl", 9), "zh": ("zh-hans", 10)}
        for number, thread in enumerate(self._wording.forum["threads"]):
            language = next((code for code, at_number in local.values() if at_number == number), None)
            pool = [person for person in keen if language is None or person.language == language] or keen
            author = self._chance.choice(pool)
            opened = self._some_time(author, 7 * WEEKS - 3 - number * 2.4)
            self._enter(
                opened, lambda when, who=author, what=thread, among=pool: self._open_thread(who, what, among, when)
            )

    def _plan_staff(self) -> None:
        ruth, daan, mireille = (self.person(name) for name in ("ruth", "daan", "mireille"))
        self._enter(self._some_time(ruth, 14), lambda _: self._close_first_case(ruth))
        self._enter(self._some_time(mireille, 26), lambda when: self._spam_comes_and_goes(mireille, when))
        self._enter(self._some_time(daan, 4), lambda when: self._removed_answer(daan, when))
        self._enter(self._some_time(daan, 1.2), lambda _: self._open_report())
        for username, choice in (("xiaoyu", "name"), ("amina", "name")):
            person = self.person(username)
            self._enter(self._some_time(person, 30), lambda _, who=person, how=choice: self._doors.show_as(who, how))
        for person in self.learners[8:]:
            roll = self._chance.random()
            if roll < 0.12:
                how = "name" if roll < 0.09 else "hidden"
                self._enter(self._some_time(person, 25), lambda _, who=person, how=how: self._doors.show_as(who, how))

    # -- the acts --------------------------------------------------------------------------------------------------

    def _join(self, person: Person) -> None:
        self._doors.join(person, cohort=self._cohort(person))
        self.done["people"] += 1

    def _read(self, person: Person, unit: list[UsageKey]) -> None:
        self._doors.finish_unit(person, unit)
        self.done["units finished"] += 1

    def _say_hello(self, person: Person) -> None:
        title = self._chance.choice(
            ("Hello from {city}", "{city} here", "A short hello from {city}", "New here, {city}")
        )
        thread = self._doors.open_thread(
            person, topic="introductions", title=title.format(city=person.city), body=self._wording.introduction(person)
        )
        self.done["threads"] += 1
        for _ in range(self._chance.choice((0, 1, 1, 2))):
            other = self._chance.choice([one for one in self.learners if one.zeal > 0.3 and one is not person])
            later = self._later(other, self._doors.present(), hours=60)
            self._enter(later, lambda _, who=other: self._respond(who, thread, self._wording.welcome(who)))

    def _open_thread(self, person: Person, thread: dict[str, Any], among: list[Person], when: datetime) -> None:
        key = self._doors.open_thread(
            person, topic=thread["topic"], title=thread["title"], body=thread["body"], kind=thread["type"]
        )
        self._threads.append((key, person))
        self.done["threads"] += 1
        others = self._chance.sample([one for one in among if one is not person], k=min(3, len(among) - 1))
        for other, text in zip(others, thread["responses"], strict=False):
            later = self._later(other, when, hours=70)
            self._enter(later, lambda _, who=other, what=text: self._respond(who, key, what))
        for other in self._chance.sample([one for one in self.learners if one.zeal > 0.3], k=6):
            if other is not person:
                self._enter(self._later(other, when, hours=90), lambda _, who=other: self._doors.vote(who, key))

    def _respond(self, person: Person, thread: str, text: str) -> None:
        if self._doors.has_joined(person):
            self._doors.respond(person, thread=thread, body=text)
            self.done["responses"] += 1

    def _take_position(self, person: Person, case: str, when: datetime) -> None:
        self._doors.open_case(person, case)
        said = self._doors.take_position(person, case, self._wording.position(case, person))
        self._positions[case].append(Said(said, person, self._cohort(person), when))
        self.done["positions"] += 1
        last = self._now - timedelta(days=CASES[case]["last"])
        wanted = 2 if person.about or self._chance.random() < 0.35 + person.zeal / 2 else self._chance.choice((0, 1))
        moment = when
        for _ in range(wanted + (self._chance.random() < person.zeal * 0.3)):
            moment = self._later(person, moment, hours=48)
            self._enter(min(moment, last), lambda _, who=person: self._answer(who, case))
        if wanted == 2 and (person.about or self._chance.random() < 0.4 + person.zeal / 2):
            end = min(self._later(person, moment, hours=48), last + timedelta(hours=2))
            self._enter(end, lambda _, who=person: self._look_back(who, case))

    def _answer(self, person: Person, case: str) -> None:
        open_to = [
            said
            for said in self._positions[case]
            if said.author is not person
            and (case, said.author.username) != ("every_calendar", "lotte")
            and (not CASES[case]["by_cohort"] or said.cohort == self._cohort(person))
            and not self._doors.has_answered(person, said.id)
        ]
        if not open_to:
            return
        weights = [4.0 if not said.answers else 1.0 for said in open_to]
        said = self._chance.choices(open_to, weights)[0]
        self._doors.answer(person, case, said.id, self._wording.answer(case, person))
        said.answers += 1
        self.done["answers"] += 1
        if self._chance.random() < 0.5:
            self._doors.find_helpful(person, case, said.id)

    def _look_back(self, person: Person, case: str) -> None:
        self._doors.look_back(person, case, self._wording.look_back(case, person))
        self.done["look backs"] += 1

    def _close_first_case(self, ruth: Person) -> None:
        self._doors.close_case(ruth, "quiet_half", self._wording.forum["synthesis"].strip())

    def _spam_comes_and_goes(self, mireille: Person, when: datetime) -> None:
        author = next(person for person in self.learners if person.zeal < 0.1 and self._doors.has_joined(person))
        spam = self._wording.forum["spam"]
        thread = self._doors.open_thread(author, topic="course", title=spam["title"], body=spam["body"])
        for other in self._chance.sample([one for one in self.learners if one.zeal > 0.6], k=2):
            self._enter(self._later(other, when, hours=3), lambda _, who=other: self._doors.report_thread(who, thread))
        self._enter(when + timedelta(hours=11), lambda _: self._doors.delete_thread(mireille, thread))

    def _removed_answer(self, daan: Person, when: datetime) -> None:
        """An unkind answer is reported, and removed with a reason."""
        said = self._chance.choice([said for said in self._positions["too_salty"] if said.author.zeal > 0.5])
        rude = next(
            person
            for person in reversed([said.author for said in self._positions["too_salty"]])
            if person is not said.author and not self._doors.has_answered(person, said.id)
        )
        answer = self._doors.answer(rude, "too_salty", said.id, self._wording.forum["unkind"])
        report = "It is about the person and not about the case."
        later = self._later(said.author, when, hours=5)
        self._enter(later, lambda _: self._doors.report(said.author, "too_salty", answer, report))
        reason = "Argue with what somebody wrote, not with who they are. You may answer again."
        self._enter(later + timedelta(hours=9), lambda _: self._doors.remove(daan, "too_salty", answer, reason))

    def _open_report(self) -> None:
        """One report waits for the team."""
        said = self._positions["every_calendar"][0]
        reporter = next(other.author for other in self._positions["every_calendar"][1:] if other.cohort == said.cohort)
        self._doors.report(
            reporter, "every_calendar", said.id, "The second half reads as if it were about my own office."
        )

    def _later(self, person: Person, moment: datetime, *, hours: float) -> datetime:
        """Return a moment within so many hours at which the person is likely awake."""
        later = moment + timedelta(hours=self._chance.uniform(0.4, hours))
        local = later.astimezone(ZoneInfo(person.zone))
        return later + timedelta(hours=7) if local.hour < 6 else later

    def _cohort(self, person: Person) -> str:
        offset = self._now.astimezone(ZoneInfo(person.zone)).utcoffset() or timedelta()
        return COHORTS[0] if offset >= timedelta(hours=3) else COHORTS[1]


def course_key() -> CourseKey:
    """Return the key of the sample course."""
    return CourseKey.from_string("course-v1:Harbour+LTB1+open")
