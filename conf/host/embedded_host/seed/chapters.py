"""Chapters of the demo: founded before the course began, joined and written in while it went on.

Who is in which follows from where people live; what each says stands in ``texts/chapters.yaml``. Boards for learners
and alumni open by themselves, because the courses that give them are really taken and completed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import yaml
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, ChapterRole, ChapterState, RuleData

from .calendar import Calendar
from .chapter_doors import ChapterDoors
from .events import Chapter, Events
from .roster import TEXTS, Person

#: People of whom something else is told: one is invited, one has just come.
_NOT_IN: Final = frozenset({"amina", "tomas"})
_FOUNDED_DAYS: Final = 60
_LAST_JOIN_DAYS: Final = 14
#: In a small crowd, how many are found for a chapter at least: who is banned, leaves and reports has to be somebody.
_LEAST: Final = 7


class Chapters:
    """Who does what in which chapter, and when."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        roster: list[Person],
        chance: random.Random,
        now: datetime,
        began: datetime,
        course_key: CourseKey,
    ) -> None:
        """Prepare; what happens before ``began`` is acted out by `act_out_early`, the rest is in ``calendar``."""
        self._calendar, self._chance, self._now, self._began = calendar, chance, now, began
        self._early = Calendar(now=began, chance=chance)
        self._doors = ChapterDoors()
        self._people = {person.username: person for person in roster}
        self._crowd = [person for person in roster if person.role == "learner" and not person.about]
        self._told: dict[str, Any] = yaml.safe_load((TEXTS / "chapters.yaml").read_text(encoding="utf-8"))
        self._course_key = course_key
        self._members: dict[str, list[Person]] = defaultdict(list)
        self._with_role: set[str] = set()
        self._piles: dict[str, list[dict[str, str]]] = {}
        self._topics: dict[tuple[str, int], int] = {}
        self._hosting: dict[str, Chapter] = {}
        self.done: dict[str, int] = defaultdict(int)
        self._events = Events(
            enter=self._enter_at,
            doors=self._doors,
            people=self._people,
            chapters=self._hosting,
            chance=random.Random(len(roster) + 1),  # noqa: S311 - the same every time, no secret
            now=now,
            course_key=course_key,
            done=self.done,
        )

    @property
    def _manager(self) -> Person:
        return self._people["grace"]

    # -- plans -----------------------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Enter everything that happens in chapters."""
        self._doors.make_regions(self._told["regions"])
        self._doors.make_manager(self._manager)
        self._enter(90, self._hold_courses)
        self._enter(34.9, self._doors.show_in_course, self._people["ruth"], self._course_key)
        for told in self._told["chapters"]:
            self._plan_chapter(told)
        self._events.plan()
        proposal = self._told["proposal"]
        self._enter(proposal["days_ago"], self._propose, self._people[proposal["author"]], proposal)

    def act_out_early(self, after_each: Callable[[], None]) -> None:
        """Let happen what happened before the course began."""
        self._early.work_off(after_each=after_each, report=lambda _week: None)

    def _enter(self, days_ago: float, act: Callable[..., object], *parts: Any) -> None:
        self._enter_at(self._now - timedelta(days=days_ago), act, *parts)

    def _enter_at(self, moment: datetime, act: Callable[..., object], *parts: Any) -> None:
        (self._early if moment < self._began else self._calendar).enter(moment, act, *parts)

    def _plan_chapter(self, told: dict[str, Any]) -> None:
        slug = told["slug"]
        founded = float(told["begins"] if told["begins"] < 30 else _FOUNDED_DAYS + told["begins"] / 2)
        members = self._choose_members(told)
        lead = self._people.get(told["lead_organizer"]) or self._find_lead(members)
        self._with_role.add(lead.username)
        self._hosting[slug] = Chapter(zone=told["zone"], lead=lead, members=self._members[slug])
        team = [self._people.get(name) or members.pop(0) for name in told.get("co_organizers", ())]
        self._enter(founded, self._found, told, lead)
        for person in team:
            self._enter(founded - 3, self._give, lead, slug, person, ChapterRole.CO_ORGANIZER)
        for person in members:
            days_ago = self._chance.uniform(_LAST_JOIN_DAYS, founded - 4) if founded > 20 else founded / 2
            self._enter(days_ago, self._join, person, slug)
        for name in told.get("moderators", ()):
            person = self._people.get(name) or members[0]
            self._enter(_LAST_JOIN_DAYS - 0.5, self._give, lead, slug, person, ChapterRole.MODERATOR)
        if told.get("state") != "forming":
            self._enter(founded - 4, self._doors.move, self._manager, slug, ChapterState.ACTIVE)
        for number, topic in enumerate(told.get("topics", ())):
            self._enter(topic["days_ago"], self._start_topic, told, number, lead)
        self._plan_turns(told, lead)

    def _plan_turns(self, told: Mapping[str, Any], lead: Person) -> None:
        """Enter what befell a chapter: a pause, sleep, questions, somebody who had to go."""
        slug = told["slug"]
        if pause := told.get("paused"):
            until = (self._now + timedelta(days=pause["for_days"])).date()
            self._enter(pause["days_ago"], self._pause, lead, slug, pause["reason"], until)
        if sleep := told.get("dormant"):
            self._enter(sleep["days_ago"], self._set_dormant, slug, sleep["reason"])
        if questions := told.get("questions"):
            self._enter(_LAST_JOIN_DAYS - 1, self._doors.ask_questions, lead, slug, questions)
            for number, request in enumerate(told["requests"]):
                self._enter(3.4 - 2 * number, self._ask_to_join, told, request["answers"])
        if report := told.get("report"):
            self._enter(1.5, self._spam, slug, report, lead)
        if ban := told.get("ban"):
            self._enter(6.3, self._ban, lead, slug, ban)
        if concern := told.get("concern"):
            self._enter(0.3, self._report_in_confidence, slug, concern)
        if slug == "nairobi-evening":
            for number, left in enumerate(self._told["leaving"]):
                self._enter(11 - 4 * number, self._leave, slug, left)

    def _find_lead(self, members: list[Person]) -> Person:
        """Take the first who runs no other chapter out of a list, or the first of a small crowd."""
        free = (person for person in members if person.username not in self._with_role)
        lead = next(free, members[0])
        members.remove(lead)
        return lead

    def _choose_members(self, told: Mapping[str, Any]) -> list[Person]:
        """Return who lives there and cares, and whoever is named; in a small crowd also some from elsewhere."""
        given = set(told.get("given", ()))
        there = [person for person in self._crowd if person.zone in told["zones"]]
        there = [person for person in there if not given or _given_name(person) in given]
        if len(there) < _LEAST:
            others = [person for person in self._crowd if person not in there]
            there += self._chance.sample(others, k=min(_LEAST - len(there), len(others)))
        wanted = max(_LEAST, round(len(there) * told.get("share", 1.0)))
        chosen = self._chance.sample(there, k=min(wanted, len(there), told.get("most", 10**6)))
        # Whoever lives in the place itself comes first: the first are asked to run it.
        chosen.sort(key=lambda person: (person.zone != told["zones"][0], -person.zeal))
        return [*chosen, *(self._people[name] for name in told.get("members", ()) if name not in _NOT_IN)]

    # -- acts ------------------------------------------------------------------------------------------------------

    def _hold_courses(self) -> None:
        """Let volunteers and a part of the crowd take and complete the courses of before."""
        volunteers = [person for person in self._people.values() if person.role in {"organizer", "manager"}]
        for course in self._told["courses"]:
            key = CourseKey.from_string(course["key"])
            self._doors.hold_course(key, course["name"])
            some = self._chance.sample(self._crowd, k=round(len(self._crowd) * course["share"]))
            for person in [*volunteers, *some]:
                self._doors.complete(person, key)

    def _found(self, told: Mapping[str, Any], lead: Person) -> None:
        self._doors.propose(lead, told)
        self._doors.set_rules(self._manager, told["slug"], list(self._read_rules(told)))
        self._doors.approve(self._manager, told)
        self._doors.give_role(self._manager, told["slug"], lead, ChapterRole.LEAD)
        self._doors.introduce(lead, told["slug"], self._draw(lead, told))
        self._members[told["slug"]].append(lead)
        self.done["chapters"] += 1

    def _read_rules(self, told: Mapping[str, Any]) -> Iterator[RuleData]:
        keys = {"open": str(self._course_key)}
        keys |= dict(zip(("first", "finance"), (course["key"] for course in self._told["courses"]), strict=True))
        for audience in (Audience.LEARNERS, Audience.ALUMNI):
            names = told.get(audience.value, [])
            courses = tuple(keys[name] for name in names if name in keys)
            if courses:
                yield RuleData(audience=audience, courses=courses)

    def _propose(self, person: Person, told: Mapping[str, Any]) -> None:
        self._doors.propose(person, told)
        self.done["proposals"] += 1

    def _give(self, giver: Person, slug: str, person: Person, role: ChapterRole) -> None:
        self._with_role.add(person.username)
        if person not in self._members[slug]:
            self._join(person, slug)
        self._doors.give_role(giver, slug, person, role)

    def _join(self, person: Person, slug: str) -> None:
        told = next(each for each in self._told["chapters"] if each["slug"] == slug)
        if person in self._members[slug]:
            return
        if told["entry"] != "everyone":  # only who took the course may come in
            self._doors.complete(person, CourseKey.from_string(self._told["courses"][1]["key"]))
        self._doors.join(person, slug, self._draw(person, told))
        self._members[slug].append(person)
        self.done["members"] += 1
        if len(self._members[slug]) > 2 and self._chance.random() < 0.4:
            self._doors.say_hello(self._members[slug][0], slug, person)

    def _ask_to_join(self, told: Mapping[str, Any], answers: list[str]) -> None:
        slug, spoken = told["slug"], told["languages"][0]
        outside = [one for one in self._crowd if one not in self._members[slug]]
        person = self._chance.choice([one for one in outside if one.language == spoken] or outside)
        self._members[slug].append(person)
        self._doors.join(person, slug, self._draw(person, told), answers)
        self.done["requests"] += 1

    def _start_topic(self, told: Mapping[str, Any], number: int, lead: Person) -> None:
        slug, topic = told["slug"], told["topics"][number]
        writers = self._writers(slug, topic["board"])
        author = self._people.get(topic["author"]) or (writers.pop() if writers else lead)
        if not self._doors.may_write(author, slug, topic["board"]):
            return
        self._topics[slug, number] = topic_id = self._doors.start_topic(author, slug, topic)
        self.done["topics"] += 1
        moment = timezone.now()
        others = [person for person in writers if person is not author] or [lead]
        for place, text in enumerate(topic["replies"]):
            person = author if place == 1 and topic["kind"] == "experience" else others[place % len(others)]
            moment = self._calendar.later(person, moment, hours=14)
            self._calendar.enter(moment, self._reply, person, slug, topic, topic_id, text)

    def _reply(self, person: Person, slug: str, topic: Mapping[str, Any], topic_id: int, text: str) -> None:
        if not self._doors.may_write(person, slug, topic["board"]):
            return
        post_id = self._doors.reply(person, topic_id, text)
        self.done["replies"] += 1
        for other in self._writers(slug, topic["board"])[:2]:
            if other is not person:
                self._doors.find_helpful(other, post_id)

    def _writers(self, slug: str, board: str) -> list[Person]:
        """Return members who may write on a board, at most a dozen, in the order of chance."""
        members = self._chance.sample(self._members[slug], k=len(self._members[slug]))
        found = (person for person in members if self._doors.may_write(person, slug, board))
        return [person for person, _number in zip(found, range(12), strict=False)]

    def _pause(self, lead: Person, slug: str, reason: str, until: Any) -> None:
        self._doors.move(lead, slug, ChapterState.PAUSED, reason=reason, until=until)

    def _set_dormant(self, slug: str, reason: str) -> None:
        self._doors.move(self._manager, slug, ChapterState.DORMANT, reason=reason)

    def _spam(self, slug: str, report: Mapping[str, Any], lead: Person) -> None:
        topic_id = self._topics[slug, report["topic"]]
        seller, reader = self._writers(slug, "everyone")[:2]
        seller, reader = (reader, seller) if seller is lead else (seller, reader)
        post_id = self._doors.reply(seller, topic_id, report["text"])
        self._doors.report_post(reader, post_id, report["reason"])
        self.done["reported posts"] += 1

    def _ban(self, lead: Person, slug: str, ban: Mapping[str, Any]) -> None:
        person = self._find_plain_member(slug)
        self._doors.ban(lead, slug, person, reason=ban["reason"], until=self._now + timedelta(days=ban["days"]))
        self._members[slug].remove(person)
        self._calendar.enter(timezone.now() + timedelta(days=4), self._doors.appeal, person, slug, ban["appeal"])
        self.done["bans"] += 1

    def _report_in_confidence(self, slug: str, concern: Mapping[str, Any]) -> None:
        reporter = self._find_plain_member(slug)
        self._doors.report_in_confidence(reporter, slug, concern, self._people[concern["about"]])
        self.done["confidential reports"] += 1

    def _leave(self, slug: str, left: Mapping[str, str]) -> None:
        person = self._find_plain_member(slug)
        self._doors.leave(person, slug, reason=left["reason"], note=left["note"])
        self._members[slug].remove(person)

    def _find_plain_member(self, slug: str) -> Person:
        """Return a member without a role: the one who came last."""
        crowd = (person for person in reversed(self._members[slug]) if person in self._crowd)
        return next(person for person in crowd if person.username not in self._with_role)

    def _draw(self, person: Person, told: Mapping[str, Any]) -> dict[str, str]:
        """Return an introduction in the language of the chapter, or in the person's own where there is none."""
        known = self._told["introductions"]
        language = next((one for one in (told["languages"][0], person.language) if one in known), "en")
        if person.language == "nl" and "nl" in known and language == "en":
            language = "nl"
        pile = self._piles.setdefault(language, [])
        if not pile:
            pile.extend(self._chance.sample(known[language], len(known[language])))
        return pile.pop()


def _given_name(person: Person) -> str:
    return person.username.split(".")[0].rstrip("0123456789")
