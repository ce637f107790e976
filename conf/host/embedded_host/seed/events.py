"""Events of the demo's chapters: two evenings that were held, one that begins in a moment, others still to come.

So that each side of an event can be met: a seat and its ticket, a seat that is kept for who is next, a date that moved,
one that was called off, a request that waits, a roll to call, a result to read and one to write. What is planned stands
in ``texts/events.yaml``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from opaque_keys.edx.keys import CourseKey

from chapters.data import EventData, RsvpData, RsvpState
from discussion_ext.data import AttendanceState, MeetingMode

from .chapter_doors import ChapterDoors
from .event_doors import EventDoors, read_plan, read_rule, read_units
from .roster import TEXTS, Person

_ONLINE: Final = 0.25
_ABSENT, _BY_TICKET = 0.12, 0.75
_WHOLE_SERIES: Final = 3
#: In a small crowd so many members at least are left to wait for a seat.
_LEFT: Final = 4


@dataclass(frozen=True)
class Chapter:
    """A chapter as its events need it: ``members`` grows while others join."""

    zone: str
    lead: Person
    members: list[Person]


class Events:
    """Who plans what, who comes, and what came of it."""

    def __init__(
        self,
        *,
        enter: Callable[..., None],
        doors: ChapterDoors,
        people: Mapping[str, Person],
        chapters: Mapping[str, Chapter],
        chance: random.Random,
        now: datetime,
        course_key: CourseKey,
        done: dict[str, int],
    ) -> None:
        """Prepare; ``enter(moment, act, *parts)`` lets something happen, and nothing after ``now`` does.

        What happened is counted in ``done``.
        """
        self._enter, self._doors, self._people, self._chapters = enter, EventDoors(doors), people, chapters
        self._chance, self._now, self._course_key = chance, now, course_key
        self._told: dict[str, Any] = yaml.safe_load((TEXTS / "events.yaml").read_text(encoding="utf-8"))
        self._ids: dict[str, int] = {}
        self.done = done

    # -- plans -----------------------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Enter everything that happens around events."""
        self._plan_series(self._told["series"])
        for told in self._told["events"]:
            self._plan_event(told)

    def _plan_series(self, told: Mapping[str, Any]) -> None:
        starts = list(self._list_starts(told))
        announced = starts[0] - timedelta(days=told["created_days_before"])
        self._enter(announced, self._begin_series, told, starts[0])
        for _ in range(_WHOLE_SERIES):
            self._enter(self._between(announced, starts[0] - timedelta(days=2)), self._take_series, told)
        for place, (date, start) in enumerate(zip(told["dates"], starts, strict=False)):
            self._plan_answers(date, told["chapter"], announced, min(start, self._now))
            if place < told["past"]:
                self._plan_evening(date, told, start)
        first, last_end = told["dates"][0], starts[0] + timedelta(minutes=told["plan"]["minutes"])
        self._enter(last_end + timedelta(hours=16), self._answer_survey, first["title"], told["surveys"])
        self._enter(announced + timedelta(hours=1), self._keep_template, told)

    def _plan_evening(self, date: Mapping[str, Any], told: Mapping[str, Any], start: datetime) -> None:
        """Enter what happens at a date that was held, and what is written of it."""
        end = start + timedelta(minutes=told["plan"]["minutes"])
        host = self._people[told["by"]]
        self._enter(start + timedelta(minutes=6), self._check_in, date, host)
        if result := date.get("result"):
            self._enter(end + timedelta(days=2), self._write_result, date["title"], host, result)
        if text := date.get("asks"):
            self._enter(end + timedelta(days=1), self._ask_presence, date["title"], text)

    def _plan_event(self, told: Mapping[str, Any]) -> None:
        announced = self._days_ago(told["announced_days_ago"])
        organizer = self._find(told["by"], told["chapter"])
        self._enter(announced, self._plan_one, told, organizer)
        if told.get("is_draft"):
            return
        until = self._days_ago(told.get("gives_up_days_ago", 0.5) + 0.5)
        if called_off := told.get("called_off"):
            moment = self._days_ago(called_off["days_ago"])
            self._enter(moment, self._call_off, told, organizer, called_off["reason"])
        if moved := told.get("moved"):
            self._enter(self._days_ago(moved["days_ago"]), self._move, told, organizer, moved["by_days"])
            until = self._days_ago(moved["days_ago"])
        if told.get("fills_room"):
            self._enter(self._between(announced, until), self._fill, told)
            self._enter(self._days_ago(told["gives_up_days_ago"]), self._give_up, told)
        self._plan_answers(told, told["chapter"], announced, until)
        if told.get("approves"):
            self._enter(until + timedelta(hours=2), self._approve, told, organizer)

    def _plan_answers(self, told: Mapping[str, Any], slug: str, announced: datetime, until: datetime) -> None:
        """Enter who answers: first whoever is named, then members as they come."""
        title = told.get("title") or told["plan"]["title"]
        if guest := told.get("guest"):
            self._enter(
                announced + timedelta(hours=2), self._answer, self._people[guest], title, told.get("answer", "")
            )
        for _ in range(told.get("answers", 0)):
            moment = self._between(announced + timedelta(hours=3), until - timedelta(hours=3))
            self._enter(moment, self._answer_somebody, slug, title, told.get("answer", ""))

    def _list_starts(self, told: Mapping[str, Any]) -> Iterator[datetime]:
        """Return when the dates of the series begin: the first to come is on its weekday, in two days to eight."""
        zone = ZoneInfo(self._chapters[told["chapter"]].zone)
        soon = self._now.astimezone(zone).date() + timedelta(days=2)
        coming = soon + timedelta(days=(told["weekday"] - soon.weekday()) % 7)
        for number in range(told["count"]):
            day = coming + timedelta(weeks=2 * (number - told["past"]))
            yield datetime.combine(day, time.fromisoformat(told["at"]), tzinfo=zone)

    # -- acts of organizers ----------------------------------------------------------------------------------------

    def _begin_series(self, told: Mapping[str, Any], start: datetime) -> None:
        organizer = self._people[told["by"]]
        plan = self._read(told, start)
        ids = self._doors.begin_series(organizer, told["chapter"], plan, read_rule(told, start.date()))
        for date, event_id in zip(told["dates"], ids, strict=False):
            units = read_units(date.get("units", ()), self._course_key)
            self._doors.change(organizer, event_id, title=date["title"], summary=date["summary"], units=units)
            self._ids[date["title"]] = event_id
        self._doors.announce_series(organizer, ids[0])
        self.done["events"] += len(ids)

    def _plan_one(self, told: Mapping[str, Any], organizer: Person) -> None:
        title = told["plan"]["title"]
        self._ids[title] = self._doors.draft(organizer, told["chapter"], self._read(told, self._find_start(told)))
        if not told.get("is_draft"):
            self._doors.announce(organizer, self._ids[title])
        self.done["events"] += 1

    def _read(self, told: Mapping[str, Any], start: datetime) -> Any:
        """Return the plan of an event, with a room in which no more fit than there are members to fill it."""
        fields, chapter = dict(told["plan"]), self._chapters[told["chapter"]]
        if told.get("fills_room"):
            fields["room_capacity"] = max(2, min(fields["room_capacity"], len(chapter.members) - _LEFT))
        hosts = [self._find(name, told["chapter"]) for name in fields["hosts"]]
        return read_plan(
            fields,
            starts_local=start.replace(tzinfo=None),
            zone=told.get("zone", chapter.zone),
            host_ids=self._doors.list_ids(hosts),
        )

    def _find_start(self, told: Mapping[str, Any]) -> datetime:
        """Return when an event begins, on its own clock."""
        here = self._now.astimezone(ZoneInfo(told.get("zone", self._chapters[told["chapter"]].zone)))
        if minutes := told.get("in_minutes"):
            return (here + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
        return datetime.combine(
            here.date() + timedelta(days=told["in_days"]), time.fromisoformat(told["at"]), tzinfo=here.tzinfo
        )

    def _keep_template(self, told: Mapping[str, Any]) -> None:
        self._doors.keep_as_template(self._people[told["by"]], self._ids[told["dates"][0]["title"]], told["template"])

    def _move(self, told: Mapping[str, Any], organizer: Person, days: int) -> None:
        self._doors.move(organizer, self._ids[told["plan"]["title"]], days=days)

    def _call_off(self, told: Mapping[str, Any], organizer: Person, reason: str) -> None:
        self._doors.call_off(organizer, self._ids[told["plan"]["title"]], reason)

    def _approve(self, told: Mapping[str, Any], organizer: Person) -> None:
        """Let the first in who asked, so that the others still wait for an answer."""
        asked = self._doors.list_answers(self._ids[told["plan"]["title"]], RsvpState.PENDING)
        for each in asked[: min(told["approves"], len(asked) - 1)]:
            self._doors.approve(organizer, each.id)

    # -- acts of those who come ------------------------------------------------------------------------------------

    def _take_series(self, told: Mapping[str, Any]) -> None:
        person = self._choose(told["chapter"], self._ids[told["dates"][0]["title"]], MeetingMode.OFFLINE)
        if person is not None:
            self.done["answers to events"] += self._doors.answer_series(person, self._ids[told["dates"][0]["title"]])

    def _answer(self, person: Person, title: str, said: str, mode: MeetingMode | None = None) -> None:
        event = self._doors.get(self._ids[title])
        mode = mode or self._choose_mode(event)
        if self._doors.may_answer(person, event.id, mode):
            self._doors.answer(person, event.id, mode, said)
            self.done["answers to events"] += 1

    def _answer_somebody(self, slug: str, title: str, said: str) -> None:
        mode = self._choose_mode(self._doors.get(self._ids[title]))
        person = self._choose(slug, self._ids[title], mode)
        if person is not None:
            self._answer(person, title, said, mode)

    def _fill(self, told: Mapping[str, Any]) -> None:
        """Let the room fill up, then the line, then some seats online."""
        slug, title, said = told["chapter"], told["plan"]["title"], told["answer"]
        named = {name for name in told["line"] if name != "crowd"}

        def come(name: str, mode: MeetingMode) -> None:
            person = self._people.get(name) or self._choose(slug, self._ids[title], mode, but=named)
            if person is not None:
                self._answer(person, title, said, mode)

        for _ in range(self._doors.get(self._ids[title]).seats[0].capacity):
            come("crowd", MeetingMode.OFFLINE)
        for name in told["line"]:
            come(name, MeetingMode.OFFLINE)
        for _ in range(told["online"]):
            come("crowd", MeetingMode.ONLINE)

    def _give_up(self, told: Mapping[str, Any]) -> None:
        """Let one who has a seat in the room stay at home."""
        event_id = self._ids[told["plan"]["title"]]
        seated = [each for each in self._doors.list_answers(event_id, RsvpState.GOING) if _is_in_room(each)]
        self._doors.decline(seated[-1].user_id, event_id)

    # -- what was held ---------------------------------------------------------------------------------------------

    def _check_in(self, date: Mapping[str, Any], host: Person) -> None:
        """Scan most tickets and call the roll for the others; some did not come, but whoever is named did."""
        event_id = self._ids[date["title"]]
        seated = [each.user_id for each in self._doors.list_answers(event_id, RsvpState.GOING)]
        named = self._doors.list_ids([self._people[date["guest"]]]) if "guest" in date else []
        crowd = self._chance.sample(seated, k=len(seated))
        absent = [each for each in crowd if each not in named][: max(1, round(len(crowd) * _ABSENT))]
        came = [each for each in crowd if each not in absent]
        by_ticket = came[: round(len(came) * _BY_TICKET)]
        for user_id in by_ticket:
            self._doors.scan_ticket(host, event_id, user_id)
        states = dict.fromkeys(came[len(by_ticket) :], AttendanceState.PRESENT)
        self._doors.call_the_roll(host, event_id, states | dict.fromkeys(absent, AttendanceState.ABSENT))
        self.done["came to events"] += len(came)

    def _answer_survey(self, title: str, surveys: Sequence[Mapping[str, Any]]) -> None:
        for user_id, said in zip(self._doors.list_present(self._ids[title]), surveys, strict=False):
            self._doors.say_how_it_was(user_id, self._ids[title], said)

    def _write_result(self, title: str, host: Person, text: str) -> None:
        self._doors.write_result(host, self._ids[title], text)
        self.done["results"] += 1

    def _ask_presence(self, title: str, text: str) -> None:
        """Let one whom the roll did not find say that they were there."""
        event_id = self._ids[title]
        seated = [each.user_id for each in self._doors.list_answers(event_id, RsvpState.GOING)]
        missed = [user_id for user_id in seated if user_id not in self._doors.list_present(event_id)]
        self._doors.say_was_there(missed[0], event_id, text)

    # -- who and when ----------------------------------------------------------------------------------------------

    def _choose(self, slug: str, event_id: int, mode: MeetingMode, *, but: Collection[str] = ()) -> Person | None:
        """Return a member by chance who may answer an event and has not, None where there is nobody left."""
        chapter, hosts = self._chapters[slug], self._doors.get(event_id).host_ids
        for person in self._chance.sample(chapter.members, k=len(chapter.members)):
            is_host = self._doors.list_ids([person])[0] in hosts
            if not is_host and person.username not in but and self._doors.may_answer(person, event_id, mode):
                return person
        return None

    def _choose_mode(self, event: EventData) -> MeetingMode:
        if event.mode is not MeetingMode.HYBRID:
            return event.mode
        return MeetingMode.ONLINE if self._chance.random() < _ONLINE else MeetingMode.OFFLINE

    def _find(self, name: str, slug: str) -> Person:
        return self._chapters[slug].lead if name == "lead" else self._people[name]

    def _days_ago(self, days: float) -> datetime:
        return self._now - timedelta(days=days)

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + (last - first) * self._chance.random()


def _is_in_room(answer: RsvpData) -> bool:
    return answer.mode is MeetingMode.OFFLINE
