"""Five weeks of a community, acted out: everything goes through the doors that people use, at the moment it happened.

Nothing here writes a total, a grade or a ledger entry; those follow from what people do.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from .calendar import Calendar
from .chapters import Chapters
from .doors import Doors
from .lesson import Lesson
from .roster import Person
from .wording import Wording

WEEKS: Final = 5
COHORTS: Final = ("Morning cohort", "Evening cohort")
KEEN: Final = 0.3
#: Roles of people who are not in the course: volunteers of chapters, and who looks after all of them.
OUTSIDE: Final = frozenset({"organizer", "manager"})


@dataclass(frozen=True)
class Run:
    """When a case ran, in days before now, and which part of the keen took part."""

    first: float
    until: float
    last_answer: float
    share: float
    by_cohort: bool = False


CASES: Final = {
    "quiet_half": Run(33, 19, 16, 0.5),
    "too_salty": Run(24, 5, 2, 0.45),
    "every_calendar": Run(11, 0.2, 0.1, 0.4, by_cohort=True),
}
# Her position waits for answers, so that one can try being the first.
WAITING: Final = ("lotte", "every_calendar")


@dataclass
class Said:
    """A position that stands in a case, as far as later acts need it."""

    id: int
    author: Person
    cohort: str
    answers: int = 0


class History:
    """Who does what, when, and what has been said so far."""

    def __init__(
        self, *, doors: Doors, wording: Wording, roster: list[Person], chance: random.Random, now: datetime
    ) -> None:
        """Prepare a history that ends at ``now``."""
        self._doors, self._wording, self._chance, self._now = doors, wording, chance, now
        self._people = {person.username: person for person in roster}
        self._learners = [person for person in roster if person.role == "learner"]
        self._calendar = Calendar(now=now, chance=chance)
        self._lesson = Lesson(doors=doors, wording=wording, calendar=self._calendar, chance=chance, now=now)
        self._chapters = Chapters(
            calendar=self._calendar,
            roster=roster,
            # A chance of its own: what is told of the course stays as it was.
            chance=random.Random(len(roster)),  # noqa: S311 - the same every time, no secret
            now=now,
            began=now - timedelta(days=7 * WEEKS + 2),
            course_key=course_key(),
        )
        self._positions: dict[str, list[Said]] = defaultdict(list)
        self.done: dict[str, int] = defaultdict(int)

    def act_out(self, report: Callable[[str], None]) -> None:
        """Plan the weeks and let them happen."""
        enter = self._calendar.enter
        enter(self._now - timedelta(days=7 * WEEKS + 1), self._doors.open_course, self._people["ruth"])
        for person in self._people.values():
            if person.role not in OUTSIDE:
                self._plan_person(person)
        for number, thread in enumerate(self._wording.forum["threads"]):
            self._plan_thread(thread, days_ago=7 * WEEKS - 3 - number * 2.4)
        self._plan_staff()
        self._lesson.plan(host=self._people["ruth"], assistant=self._people["daan"], learners=self._learners)
        self._plan_names()
        self._chapters.plan()
        report("Chapters ...")
        self._chapters.act_out_early(self._doors.settle)
        self._calendar.work_off(after_each=self._doors.settle, report=report)
        self._doors.catch_up()
        self.done |= self._lesson.done | self._chapters.done

    # -- plans -----------------------------------------------------------------------------------------------------

    def _plan_person(self, person: Person) -> None:
        joined = self._calendar.study_time(person, 7 * WEEKS, spread=2.0 if person.zeal > KEEN else 6.0)
        if person.cases == ():
            joined = self._now - timedelta(hours=20)
        self._calendar.enter(joined, self._join, person)
        if person.role != "learner" or not person.zeal:
            return
        for week, units in enumerate(self._doors.units_by_week()):
            for unit in units:
                if self._chance.random() < person.zeal * (0.95 - 0.1 * week) + 0.05:
                    read = self._calendar.study_time(person, 7 * (WEEKS - week) - 1, spread=6.0)
                    self._calendar.enter(max(read, joined), self._read, person, unit)
        for case, run in CASES.items():
            self._plan_case(person, case, run, joined)
        if self._chance.random() < person.zeal * 0.5:
            hello = self._calendar.study_time(person, 7 * WEEKS - 1, spread=6.0)
            self._calendar.enter(max(hello, joined + timedelta(minutes=5)), self._say_hello, person)

    def _plan_case(self, person: Person, case: str, run: Run, joined: datetime) -> None:
        takes_part = self._chance.random() < run.share * person.zeal
        if person.cases is not None:
            takes_part = case in person.cases
        days_ago = self._chance.uniform(run.until, run.first)
        if person.about:  # well within the case, so that there is somebody to answer and time to look back
            days_ago = run.until + (run.first - run.until) * self._chance.uniform(0.35, 0.5)
        if (person.username, case) == WAITING:
            days_ago = 1.4
        moment = max(self._calendar.study_time(person, days_ago), joined + timedelta(minutes=20))
        if takes_part:
            self._calendar.enter(moment, self._take_position, person, case)
        elif person.cases is None and self._chance.random() < person.zeal * 0.5:
            self._calendar.enter(moment, self._doors.open_case, person, case)

    def _plan_thread(self, thread: dict[str, Any], *, days_ago: float) -> None:
        language = thread.get("language")
        among = [one for one in self._learners if one.zeal > KEEN and (not language or one.language == language)]
        author = self._chance.choice(among or self._learners)
        opened = self._calendar.study_time(author, days_ago)
        self._calendar.enter(opened, self._open_thread, author, thread, [one for one in among if one is not author])

    def _plan_staff(self) -> None:
        enter, study_time = self._calendar.enter, self._calendar.study_time
        ruth, daan, mireille = (self._people[name] for name in ("ruth", "daan", "mireille"))
        synthesis = self._wording.forum["synthesis"].strip()
        enter(study_time(ruth, 14), self._doors.close_case, ruth, "quiet_half", synthesis)
        enter(study_time(mireille, 26), self._spam_comes_and_goes, mireille)
        enter(study_time(daan, 4), self._an_unkind_answer_is_removed, daan)
        enter(study_time(daan, 1.2), self._a_report_waits)

    def _plan_names(self) -> None:
        """Some are named on the board, a few are hidden, most keep their pseudonym."""
        for person in self._learners:
            roll = 0.0 if person.username in {"amina", "xiaoyu"} else 1.0 if person.about else self._chance.random()
            if roll < 0.12:
                chosen = self._calendar.study_time(person, 25)
                self._calendar.enter(chosen, self._doors.show_as, person, "name" if roll < 0.09 else "hidden")

    # -- acts ------------------------------------------------------------------------------------------------------

    def _join(self, person: Person) -> None:
        self._doors.join(person, cohort=self._cohort(person))
        self.done["people"] += 1

    def _read(self, person: Person, unit: list[UsageKey]) -> None:
        self._doors.finish_unit(person, unit)
        self.done["units finished"] += 1

    def _say_hello(self, person: Person) -> None:
        title = self._chance.choice(self._wording.forum["hellos"]).format(city=person.city)
        body = self._wording.introduction(person)
        thread = self._doors.open_thread(person, topic="introductions", title=title, body=body)
        self.done["threads"] += 1
        others = [one for one in self._learners if one.zeal > KEEN and one is not person]
        for other in self._chance.sample(others, k=self._chance.choice((0, 1, 1, 2))):
            later = self._calendar.later(other, timezone.now(), hours=60)
            self._calendar.enter(later, self._respond, other, thread, self._wording.welcome(other))

    def _open_thread(self, person: Person, thread: dict[str, Any], others: list[Person]) -> None:
        key = self._doors.open_thread(
            person, topic=thread["topic"], title=thread["title"], body=thread["body"], kind=thread["type"]
        )
        self.done["threads"] += 1
        responses = thread["responses"]
        for other, text in zip(self._some(others, len(responses)), responses, strict=False):
            self._calendar.enter(self._calendar.later(other, timezone.now(), hours=70), self._respond, other, key, text)
        for other in self._some(others, 5):
            self._calendar.enter(self._calendar.later(other, timezone.now(), hours=90), self._doors.vote, other, key)

    def _respond(self, person: Person, thread: str, text: str) -> None:
        if self._doors.has_joined(person):
            self._doors.respond(person, thread=thread, body=text)
            self.done["responses"] += 1

    def _take_position(self, person: Person, case: str) -> None:
        self._doors.open_case(person, case)
        said = self._doors.take_position(person, case, self._wording.position(case, person))
        self._positions[case].append(Said(said, person, self._cohort(person)))
        self.done["positions"] += 1
        if (person.username, case) == WAITING:
            self._calendar.enter(self._calendar.later(person, timezone.now(), hours=9), self._answer, person, case)
            return
        is_thorough = bool(person.about) or self._chance.random() < 0.35 + person.zeal / 2
        answers = self._chance.choice((2, 3)) if is_thorough else self._chance.choice((0, 1))
        moment, last = timezone.now(), self._now - timedelta(days=CASES[case].last_answer)
        for _ in range(3 if person.about else answers):
            moment = self._calendar.later(person, moment, hours=48)
            if moment < last:
                self._calendar.enter(moment, self._answer, person, case)
        moment = self._calendar.later(person, moment, hours=30)
        if is_thorough and moment < last and (person.about or self._chance.random() < 0.5 + person.zeal / 2):
            self._calendar.enter(moment, self._look_back, person, case)

    def _answer(self, person: Person, case: str) -> None:
        choices = [said for said in self._positions[case] if self._may_answer(person, case, said)]
        if not choices:
            return
        said = self._chance.choices(choices, [1.0 if said.answers else 4.0 for said in choices])[0]
        self._doors.answer(person, case, said.id, self._wording.answer(case, person))
        said.answers += 1
        self.done["answers"] += 1
        if self._chance.random() < 0.5:
            self._doors.find_helpful(person, case, said.id)

    def _may_answer(self, person: Person, case: str, said: Said) -> bool:
        if said.author is person or (said.author.username, case) == WAITING:
            return False
        if CASES[case].by_cohort and said.cohort != self._cohort(person):
            return False
        return not self._doors.has_answered(person, said.id)

    def _look_back(self, person: Person, case: str) -> None:
        self._doors.look_back(person, case, self._wording.look_back(case, person))
        self.done["look backs"] += 1

    def _spam_comes_and_goes(self, mireille: Person) -> None:
        author = next(one for one in self._learners if one.zeal < 0.1 and self._doors.has_joined(one))
        spam, now = self._wording.forum["spam"], timezone.now()
        thread = self._doors.open_thread(author, topic="course", title=spam["title"], body=spam["body"])
        for other in self._some([one for one in self._learners if one.zeal > KEEN], 2):
            self._calendar.enter(self._calendar.later(other, now, hours=3), self._doors.report_thread, other, thread)
        self._calendar.enter(now + timedelta(hours=11), self._doors.delete_thread, mireille, thread)

    def _an_unkind_answer_is_removed(self, daan: Person) -> None:
        case, unkind = "too_salty", self._wording.forum["unkind"]
        said, rude = next(
            (one, other.author)
            for one in reversed(self._positions[case])
            for other in self._positions[case]
            if not other.author.about and self._may_answer(other.author, case, one)
        )
        answer = self._doors.answer(rude, case, said.id, unkind["text"])
        later = self._calendar.later(said.author, timezone.now(), hours=5)
        self._calendar.enter(later, self._doors.report, said.author, case, answer, unkind["report"])
        self._calendar.enter(later + timedelta(hours=9), self._doors.remove, daan, case, answer, unkind["reason"])

    def _a_report_waits(self) -> None:
        said = self._positions["every_calendar"]
        pairs = ((one, other) for one in said for other in said if one is not other and one.cohort == other.cohort)
        if pair := next(pairs, None):
            reason = self._wording.forum["report"]
            self._doors.report(pair[1].author, "every_calendar", pair[0].id, reason)

    def _some(self, people: list[Person], number: int) -> list[Person]:
        return self._chance.sample(people, k=min(number, len(people)))

    def _cohort(self, person: Person) -> str:
        offset = self._now.astimezone(ZoneInfo(person.zone)).utcoffset() or timedelta()
        return COHORTS[0] if offset >= timedelta(hours=3) else COHORTS[1]


def course_key() -> CourseKey:
    """Return the key of the sample course."""
    return CourseKey.from_string("course-v1:Harbour+LTB1+open")
