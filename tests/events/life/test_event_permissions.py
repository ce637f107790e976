"""Who may do what with an event: the table of docs/chapters-permissions.md, walked, and what an event itself asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.utils import timezone

from chapters.access import Access, find_access
from chapters.api import events, membership
from chapters.data import (
    Audience,
    ChapterData,
    ChapterRole,
    ChapterState,
    EventAct,
    EventData,
    EventOpenTo,
    EventState,
    RsvpState,
)
from chapters.events.answers_read import find_rsvp
from chapters.exceptions import NotAllowedError
from chapters.models import Chapter
from chapters.reading import get_chapter
from discussion_ext.data import MeetingMode
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_organizer
from tests.doors.table import rows
from tests.events.factories import make_draft, make_event, make_rsvp, put_start, put_state

PAGE: Final = Path(__file__).parents[3] / "docs/chapters-permissions.md"
TABLE: Final = rows("Events", PAGE)
PEOPLE: Final = tuple(TABLE[0].cells)[1:]
#: What a cell says, as states of the event: a draft, before it, after it, and called off.
WORDS: Final[dict[str, set[str]]] = {
    "no": set(),
    "draft": {"draft"},
    "coming": {"coming"},
    "begun": {"past"},
    "past": {"past"},
    "off": {"off"},
    "known": {"coming", "past", "off"},
    "held": {"coming", "past"},
    "all": {"draft", "coming", "past", "off"},
}
STATES: Final = ("draft", "coming", "past", "off")


@pytest.fixture
def cast(chapter: ChapterData, lead: int, manager: int, outsider: int) -> dict[str, int | None]:
    """Return the people of the table's columns."""
    team = {
        "co-organizer": ChapterRole.CO_ORGANIZER,
        "host of the chapter": ChapterRole.HOST,
        "check-in helper": ChapterRole.CHECK_IN,
        "board moderator": ChapterRole.MODERATOR,
    }
    kept_out = make_account("Kept Out")
    make_ban(chapter, kept_out)
    return {
        "anonymous": None,
        "stranger": outsider,
        "member": make_member(chapter).user_id,
        "host of the event": make_member(chapter).user_id,
        "banned": kept_out,
        "lead": lead,
        "manager": manager,
        "organizer elsewhere": make_organizer(make_chapter("Mombasa")),
        **{name: make_organizer(chapter, role=role) for name, role in team.items()},
    }


@pytest.fixture
def known(chapter: ChapterData, lead: int, cast: dict[str, int | None]) -> dict[str, EventData]:
    """Return an event of each state, hosted by the lead and somebody without a role."""
    hosts = {"actor_id": lead, "host_ids": (lead, cast["host of the event"])}
    coming, past, off = (make_event(chapter, **hosts) for _state in range(3))
    events.cancel_event(event_id=off.id, actor_id=lead, reason="Flood")
    return {
        "draft": make_draft(chapter, **hosts),
        "coming": coming,
        "past": put_start(past, timezone.now() - timedelta(days=2)),
        "off": events.get_event(off.id),
    }


def access_of(event: EventData, user_id: int | None) -> Access:
    return find_access(get_chapter(event.chapter_id), user_id)


def test_the_table_has_every_act() -> None:
    assert [line.door for line in TABLE] == [act.value for act in EventAct]


@pytest.mark.parametrize("state", STATES)
def test_the_decision(known: dict[str, EventData], cast: dict[str, int | None], state: str) -> None:
    found = []
    event = known[state]
    for person in PEOPLE:
        access = access_of(event, cast[person])
        for line in TABLE:
            allowed = set().union(*(WORDS[word] for word in line[person].split()))
            decision = events.decide_event(access, event, EventAct(line.door))
            if decision.is_allowed is not (state in allowed):
                found.append(f"{line.door}, {person}: {decision}")
            if not decision.is_allowed:
                assert decision.code, line.door
                assert decision.reason, line.door
                assert decision.next_step, line.door
    assert found == []


def test_a_draft_is_no_event_to_those_who_may_not_know(known: dict[str, EventData], cast: dict[str, Any]) -> None:
    for person in ("anonymous", "stranger", "member", "check-in helper"):
        decision = events.decide_event(access_of(known["draft"], cast[person]), known["draft"], EventAct.ANSWER)
        assert decision.code == "no_event", person


def test_an_event_of_another_chapter_is_none(event: EventData, lead: int) -> None:
    elsewhere = make_chapter("Mombasa")
    access = find_access(elsewhere, make_organizer(elsewhere))
    assert events.decide_event(access, event, EventAct.EDIT).code == "no_event"


class TestSeeing:
    def test_who_answered_goes_on_seeing_it(self, event: EventData, outsider: int) -> None:
        """Somebody who left the chapter must be able to say that they do not come."""
        access = access_of(event, outsider)
        assert not events.decide_event(access, event, EventAct.SEE).is_allowed
        make_rsvp(event, outsider)
        assert events.decide_event(access, event, EventAct.SEE, rsvp=find_rsvp(event.id, outsider)).is_allowed

    def test_lists_hold_what_is_for_the_reader(self, event: EventData, member: int, outsider: int) -> None:
        assert events.list_open_to(access_of(event, None)) == {EventOpenTo.ANYONE}
        assert events.list_open_to(access_of(event, outsider)) == {EventOpenTo.ANYONE}
        assert events.list_open_to(access_of(event, member)) == set(EventOpenTo)

    def test_a_hidden_place_is_for_those_who_come(self, chapter: ChapterData, lead: int, member: int) -> None:
        event = make_event(chapter, actor_id=lead, is_place_hidden=True, open_to=EventOpenTo.ANYONE)
        act = EventAct.SEE_PLACE
        for person in (None, member):
            assert events.decide_event(access_of(event, person), event, act).code == "no_seat"
        assert events.decide_event(access_of(event, lead), event, act).is_allowed
        make_rsvp(event, member, state=RsvpState.WAITLISTED)
        assert not events.decide_event(
            access_of(event, member), event, act, rsvp=find_rsvp(event.id, member)
        ).is_allowed
        other = make_rsvp(event)
        rsvp = find_rsvp(event.id, other.user_id)
        assert events.decide_event(access_of(event, other.user_id), event, act, rsvp=rsvp).is_allowed

    def test_a_hidden_place_is_not_for_those_who_join_the_call(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(
            chapter,
            actor_id=lead,
            mode=MeetingMode.HYBRID,
            link="https://meet.example.org/x",
            is_place_hidden=True,
            open_to=EventOpenTo.ANYONE,
        )
        online, room = make_rsvp(event, mode=MeetingMode.ONLINE), make_rsvp(event)
        shown = [
            events.decide_event(
                access_of(event, each.user_id), event, EventAct.SEE_PLACE, rsvp=find_rsvp(event.id, each.user_id)
            ).is_allowed
            for each in (online, room)
        ]
        assert shown == [False, True]

    def test_the_link_is_for_those_who_come_online_when_it_is_time(self, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, mode=MeetingMode.HYBRID, link="https://meet.example.org/x")
        online, room = make_rsvp(event, mode=MeetingMode.ONLINE), make_rsvp(event)

        def code(row: Any, *, minutes: float, event: EventData = event) -> str:
            rsvp = find_rsvp(event.id, row.user_id)
            now = event.starts_at + timedelta(minutes=minutes)
            access = access_of(event, row.user_id)
            return events.decide_event(access, event, EventAct.SEE_LINK, rsvp=rsvp, now=now).code

        assert code(online, minutes=-16) == "too_early"
        assert code(online, minutes=-15) == ""
        assert code(online, minutes=event.minutes - 1) == ""
        assert code(online, minutes=event.minutes) == "over"
        assert code(room, minutes=0) == "no_seat"
        assert events.decide_event(access_of(event, lead), event, EventAct.SEE_LINK).is_allowed
        off = events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
        assert code(online, minutes=0, event=off) == "called_off"


class TestAnswering:
    """In this order: account and ban, the event's state, its window, whom it is for, age."""

    @pytest.fixture
    def code(self) -> Callable[..., str]:
        def ask(event: EventData, user_id: int | None, **facts: Any) -> str:
            return events.decide_event(access_of(event, user_id), event, EventAct.ANSWER, **facts).code

        return ask

    def test_the_window(self, chapter: ChapterData, lead: int, member: int, code: Callable[..., str]) -> None:
        event = make_event(chapter, actor_id=lead, opens_days=2, closes_minutes=60)
        assert code(event, member) == "not_open"
        start = event.starts_at
        for before, expected in (
            (timedelta(days=2, seconds=1), "not_open"),
            (timedelta(days=2), ""),
            (timedelta(minutes=60, seconds=1), ""),
            (timedelta(minutes=60), "closed"),
            (timedelta(minutes=-event.minutes), "over"),
        ):
            assert code(event, member, now=start - before) == expected, before

    @pytest.mark.parametrize("state", [RsvpState.OFFERED, RsvpState.WAITLISTED])
    def test_the_window_is_not_asked_of_who_waits_for_a_seat(
        self, chapter: ChapterData, lead: int, member: int, code: Callable[..., str], state: RsvpState
    ) -> None:
        event = make_event(chapter, actor_id=lead, opens_days=2, closes_minutes=60)
        make_rsvp(event, member, state=state)
        rsvp = find_rsvp(event.id, member)
        for before, expected in ((3 * 24 * 60, ""), (60, ""), (1, ""), (0, "closed"), (-event.minutes, "over")):
            assert code(event, member, rsvp=rsvp, now=event.starts_at - timedelta(minutes=before)) == expected, before

    def test_open_events_need_an_account_and_no_membership(
        self, chapter: ChapterData, lead: int, outsider: int, code: Callable[..., str]
    ) -> None:
        event = make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
        assert code(event, None) == "sign_in"
        assert code(event, outsider) == ""
        assert code(event, make_account(is_active=False)) == "inactive_account"
        make_ban(chapter, outsider)
        assert code(event, outsider) == "banned"

    def test_events_for_those_of_a_course(
        self, chapter: ChapterData, lead: int, member: int, code: Callable[..., str]
    ) -> None:
        event = make_event(chapter, actor_id=lead)
        alumna = make_member(chapter, audiences=(Audience.ALUMNI,)).user_id
        for open_to in (EventOpenTo.ALUMNI, EventOpenTo.LEARNERS):
            narrow = replace(event, open_to=open_to)
            assert code(narrow, member) == "not_in_audience"
            assert code(narrow, alumna) == ("" if open_to is EventOpenTo.ALUMNI else "not_in_audience")
            assert code(narrow, lead) == "", "who runs the chapter may come to what they hold"

    def test_the_young_come_online_only(self, chapter: ChapterData, lead: int, code: Callable[..., str]) -> None:
        young = make_member(chapter, make_account(year_of_birth=timezone.now().year - 12)).user_id
        room = make_event(chapter, actor_id=lead)
        both = make_event(chapter, actor_id=lead, mode=MeetingMode.HYBRID)
        assert code(room, young) != ""
        assert code(both, young) == ""
        assert code(both, young, mode=MeetingMode.ONLINE) == ""
        assert code(both, young, mode=MeetingMode.OFFLINE) == code(room, young)

    @pytest.mark.parametrize("state", [ChapterState.ARCHIVED, ChapterState.PROPOSED])
    def test_a_chapter_that_is_not_open(
        self, event: EventData, member: int, code: Callable[..., str], state: ChapterState
    ) -> None:
        Chapter.objects.filter(pk=event.chapter_id).update(state=state)
        assert code(event, member) in {"archived", "no_chapter"}


def test_a_host_who_left_or_is_banned_hosts_no_more(chapter: ChapterData, lead: int) -> None:
    hosts = [make_member(chapter).user_id for _host in range(2)]
    event = make_event(chapter, actor_id=lead, host_ids=(lead, *hosts))
    left, banned = hosts
    assert all(events.decide_event(access_of(event, each), event, EventAct.CHECK_IN).is_allowed for each in hosts)
    membership.leave(chapter_id=chapter.id, user_id=left)
    make_ban(chapter, banned)
    for each in hosts:
        with pytest.raises(NotAllowedError):
            events.require_event(access_of(event, each), event, EventAct.CHECK_IN)


def test_restoring_ends_a_day_later_and_with_the_start(event: EventData, lead: int) -> None:
    off = events.cancel_event(event_id=event.id, actor_id=lead, reason="Flood")
    access, at = access_of(off, lead), off.cancelled_at or timezone.now()
    for later, expected in ((timedelta(hours=23), ""), (timedelta(hours=24), "final")):
        assert events.decide_event(access, off, EventAct.RESTORE, now=at + later).code == expected
    soon = replace(off, starts_at=at + timedelta(hours=1))
    assert events.decide_event(access, soon, EventAct.RESTORE, now=at + timedelta(hours=1)).code == "final"
    assert put_state(off, EventState.PUBLISHED).state is EventState.PUBLISHED
