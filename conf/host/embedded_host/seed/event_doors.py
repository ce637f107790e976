"""The doors of chapters' events: planning, answering, checking in, calling off, writing down. Each is the real call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from chapters import api as chapters
from chapters.api import event_results, events, rsvps, series
from chapters.data import (
    AccessFact,
    EventAct,
    EventData,
    EventOpenTo,
    EventPlanData,
    EventQuestionData,
    EventUnitData,
    QuestionKind,
    RsvpData,
    RsvpDraftData,
    RsvpState,
    SeriesFrequency,
    SeriesRuleData,
)
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState, MeetingMode, TickData, TopicKind

from .chapter_doors import ChapterDoors
from .roster import Person


class EventDoors:
    """Acts of people in events, which are named by their ids."""

    def __init__(self, chapter_doors: ChapterDoors) -> None:
        """Serve the events of the chapters that were founded through these doors."""
        self._chapters = chapter_doors

    # -- planning --------------------------------------------------------------------------------------------------

    def draft(self, person: Person, slug: str, plan: EventPlanData) -> int:
        """Plan an event and return its id."""
        chapter_id = self._chapters.chapter_id(slug)
        return events.create_event(chapter_id=chapter_id, actor_id=self._id(person), plan=plan).id

    def announce(self, person: Person, event_id: int) -> None:
        """Publish a draft."""
        events.publish_event(event_id=event_id, actor_id=self._id(person))

    def begin_series(self, person: Person, slug: str, plan: EventPlanData, rule: SeriesRuleData) -> list[int]:
        """Plan a series and return the ids of its dates."""
        chapter_id = self._chapters.chapter_id(slug)
        made = series.create_series(chapter_id=chapter_id, actor_id=self._id(person), plan=plan, rule=rule)
        return [card.event.id for card in made.dates]

    def announce_series(self, person: Person, event_id: int) -> None:
        """Publish all dates of the series to which an event belongs."""
        series_id = self.get(event_id).series_id
        if series_id is not None:
            series.publish_series(series_id=series_id, actor_id=self._id(person))

    def change(self, person: Person, event_id: int, **fields: Any) -> None:
        """Change what was planned."""
        plan = replace(events.get_plan(event_id), **fields)
        revision = self.get(event_id).revision
        events.change_event(event_id=event_id, actor_id=self._id(person), plan=plan, revision=revision)

    def move(self, person: Person, event_id: int, *, days: int) -> None:
        """Put an event off by so many days."""
        self.change(person, event_id, starts_local=self.get(event_id).starts_local + timedelta(days=days))

    def call_off(self, person: Person, event_id: int, reason: str) -> None:
        """Call an event off."""
        events.cancel_event(event_id=event_id, actor_id=self._id(person), reason=reason)

    def keep_as_template(self, person: Person, event_id: int, name: str) -> None:
        """Keep the plan of an event for others to begin with."""
        events.save_template(event_id=event_id, actor_id=self._id(person), name=name)

    def get(self, event_id: int) -> EventData:
        """Return an event as it is now."""
        return events.get_event(event_id)

    # -- answering -------------------------------------------------------------------------------------------------

    def may_answer(self, person: Person, event_id: int, mode: MeetingMode) -> bool:
        """Ask whether somebody may answer an event now, and has not yet."""
        event = self.get(event_id)
        access = chapters.find_access(chapters.get_chapter(event.chapter_id), self._id(person))
        is_open = events.decide_event(access, event, EventAct.ANSWER, mode=mode).is_allowed
        return is_open and rsvps.find_rsvp(event_id, self._id(person)) is None

    def answer(self, person: Person, event_id: int, mode: MeetingMode, said: str = "") -> RsvpState:
        """Say that somebody comes, with the same words to every question; return what it came to."""
        answers = tuple((question.id, said) for question in events.list_questions(event_id) if question.id and said)
        draft = RsvpDraftData(mode=mode, answers=answers)
        return rsvps.answer(event_id=event_id, user_id=self._id(person), draft=draft).state

    def answer_series(self, person: Person, event_id: int) -> int:
        """Say that somebody comes to every date of an event's series; return to how many."""
        series_id = self.get(event_id).series_id
        if series_id is None:
            return 0
        draft = RsvpDraftData(mode=MeetingMode.OFFLINE)
        return len(rsvps.answer_series(series_id=series_id, user_id=self._id(person), draft=draft))

    def decline(self, user_id: int, event_id: int) -> None:
        """Say that somebody cannot come after all."""
        rsvps.decline(event_id=event_id, user_id=user_id)

    def list_answers(self, event_id: int, *states: RsvpState) -> list[RsvpData]:
        """Return the answers of an event that are in one of these states, at most a page of them."""
        page = rsvps.list_attendees(event=self.get(event_id), states=states)
        return [attendee.rsvp for attendee in page.attendees]

    def approve(self, person: Person, rsvp_id: int) -> None:
        """Let somebody come who asked to."""
        rsvps.approve(rsvp_id=rsvp_id, actor_id=self._id(person))

    # -- holding ---------------------------------------------------------------------------------------------------

    def scan_ticket(self, host: Person, event_id: int, user_id: int) -> None:
        """Let somebody in by the ticket on their phone."""
        meeting_id = self.get(event_id).meeting_id
        attendance.check_in_ticket(
            meeting_id=meeting_id,
            token=attendance.make_ticket(meeting_id, user_id),
            actor_id=self._id(host),
            request_key=f"demo-{event_id}-{user_id}",
        )

    def call_the_roll(self, host: Person, event_id: int, states: Mapping[int, AttendanceState]) -> None:
        """Tick who came without a ticket and who did not, by user id."""
        ticks = [
            TickData(request_key=f"roll-{event_id}-{user_id}", user_id=user_id, state=state, made_at=timezone.now())
            for user_id, state in states.items()
        ]
        attendance.record_roll(meeting_id=self.get(event_id).meeting_id, actor_id=self._id(host), ticks=ticks)

    def list_present(self, event_id: int) -> list[int]:
        """Return the ids of those who came."""
        return [each["user_id"] for each in attendance.who_came(self.get(event_id).meeting_id).order_by("user_id")]

    # -- afterwards ------------------------------------------------------------------------------------------------

    def say_how_it_was(self, user_id: int, event_id: int, said: Mapping[str, Any]) -> None:
        """Answer the survey."""
        event_results.save_survey(event_id=event_id, user_id=user_id, **said)

    def say_was_there(self, user_id: int, event_id: int, text: str) -> None:
        """Ask to be counted as having come."""
        event_results.ask_presence(event_id=event_id, user_id=user_id, text=text)

    def write_result(self, person: Person, event_id: int, text: str) -> None:
        """Publish what came of an event."""
        event_results.save_result(
            event_id=event_id, actor_id=self._id(person), text=text.strip(), revision=0, publishes=True
        )

    def list_ids(self, people: Sequence[Person]) -> list[int]:
        """Return the ids of their accounts."""
        return [self._id(person) for person in people]

    def _id(self, person: Person) -> int:
        return self._chapters.user_id(person)


def read_plan(told: Mapping[str, Any], *, starts_local: datetime, zone: str, host_ids: Sequence[int]) -> EventPlanData:
    """Return what organizers fill in, from what is told of an event."""
    plain = (
        *("title", "summary", "description", "agenda", "place", "place_hint", "is_place_hidden", "link"),
        *("link_minutes", "access_note", "minutes", "room_capacity", "online_capacity", "guests_most"),
        "needs_approval",
    )
    return EventPlanData(
        **{name: told[name] for name in plain if name in told},
        starts_local=starts_local,
        zone=zone,
        mode=MeetingMode(told["mode"]),
        kind=TopicKind(told["kind"]),
        open_to=EventOpenTo(told.get("open_to", "members")),
        languages=tuple(told.get("languages", ())),
        access_facts=frozenset(AccessFact(each) for each in told.get("access_facts", ())),
        host_ids=tuple(host_ids),
        questions=tuple(
            EventQuestionData(
                kind=QuestionKind(each["kind"]), text=each["text"], is_needed=each.get("is_needed", False)
            )
            for each in told.get("questions", ())
        ),
    )


def read_rule(told: Mapping[str, Any], starts_on: date) -> SeriesRuleData:
    """Return the rule of a series from what is told of it."""
    return SeriesRuleData(
        frequency=SeriesFrequency(told["frequency"]),
        starts_on=starts_on,
        at=time.fromisoformat(told["at"]),
        count=told["count"],
    )


def read_units(told: Sequence[Mapping[str, Any]], course_key: Any) -> tuple[EventUnitData, ...]:
    """Return the units of a course to prepare with."""
    return tuple(
        EventUnitData(usage_key=str(course_key.make_usage_key("vertical", each["unit"])), minutes=each["minutes"])
        for each in told
    )
