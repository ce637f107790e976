"""Whatever people do in whatever order: seats stay within capacity, the line is fair, and each mail comes once.

The machine acts through the api alone, and looks at the rows after each step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chapters.api import membership
from chapters.api import rsvps as api
from chapters.data import ChapterData, EventOpenTo, EventState, RsvpState
from chapters.events import line, releases
from chapters.events.news_kinds import EventNews
from chapters.events.tending import tend_events
from chapters.exceptions import ChapterError
from chapters.models import Event, Rsvp
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_chapter, make_member
from tests.events.seats.evenings import assert_right, come, make_event

PEOPLE = 6
GOING, LINE, OFFERED = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED

person = st.integers(0, PEOPLE - 1)
acts = st.one_of(
    st.tuples(st.just("come"), person, st.integers(0, 2)),
    st.tuples(st.sampled_from(["decline", "take", "pass", "approve", "refuse", "remove", "lapse"]), person),
    st.tuples(st.sampled_from(["ban", "leave", "retire", "force"]), person),
    st.tuples(st.just("capacity"), st.integers(1, 6)),
    st.tuples(
        st.sampled_from(["promote", "tend", "call_off", "restore", "near", "far", "approval_on", "approval_off"])
    ),
)


class Evening:
    """One event, the people who may come, and what each act means."""

    def __init__(self, chapter: ChapterData, *, capacity: int, has_waitlist: bool) -> None:
        self.chapter = chapter
        self.people = [make_member(chapter).user_id for _ in range(PEOPLE)]
        self.event = make_event(
            chapter,
            open_to=EventOpenTo.MEMBERS,
            room_capacity=capacity,
            guests_most=2,
            has_waitlist=has_waitlist,
        )
        self.out: set[int] = set()
        self.is_over_capacity = False

    def do(self, name: str, *arguments: Any) -> None:
        """Do one act as a request of its own; what is refused changes nothing."""
        before = self.rows()
        try:
            with transaction.atomic():
                getattr(self, name)(*arguments)
        except ChapterError:
            assert name == "take" or self.rows() == before, name
        people.run_errands()

    def rows(self) -> list[Any]:
        return list(Rsvp.objects.order_by("pk").values_list("pk", "state", "mode", "guests", "queued_at", "offers"))

    def row_of(self, number: int) -> int:
        row = Rsvp.objects.filter(user_id=self.people[number]).first()
        return row.pk if row else 0

    # -- people --

    def come(self, number: int, guests: int) -> None:
        """The edge asks whether somebody is a member; so does this."""
        if self.people[number] not in self.out:
            come(self.event, self.people[number], guests=guests)

    def decline(self, number: int) -> None:
        api.decline(event_id=self.event.pk, user_id=self.people[number])

    def take(self, number: int) -> None:
        api.take_offer(event_id=self.event.pk, user_id=self.people[number])

    def pass_(self, number: int) -> None:
        api.pass_offer(event_id=self.event.pk, user_id=self.people[number])

    def leave(self, number: int) -> None:
        if self.people[number] not in self.out:
            membership.leave(chapter_id=self.chapter.id, user_id=self.people[number])
            self.out.add(self.people[number])

    def retire(self, number: int) -> None:
        api.release_person(self.people[number])
        self.leave(number)

    def ban(self, number: int) -> None:
        membership.ban(chapter_id=self.chapter.id, user_id=self.people[number], actor_id=9, reason="Rude")
        self.out.add(self.people[number])

    # -- organizers --

    def approve(self, number: int) -> None:
        if self.people[number] not in self.out:
            api.approve(rsvp_id=self.row_of(number), actor_id=9)

    def refuse(self, number: int) -> None:
        api.refuse(rsvp_id=self.row_of(number), actor_id=9)

    def remove(self, number: int) -> None:
        api.remove_attendee(rsvp_id=self.row_of(number), actor_id=9)

    def force(self, number: int) -> None:
        if self.people[number] not in self.out:
            api.add_attendee(event_id=self.event.pk, user_id=self.people[number], actor_id=9, is_forced=True)

    def capacity(self, number: int) -> None:
        """Raise or lower; below what is taken organizers cannot go."""
        if Event.objects.filter(pk=self.event.pk, room_taken__lte=number).update(room_capacity=number):
            api.promote(self.event.pk)

    def promote(self) -> None:
        api.promote(self.event.pk)

    def approval_on(self) -> None:
        Event.objects.filter(pk=self.event.pk).update(needs_approval=True)

    def approval_off(self) -> None:
        Event.objects.filter(pk=self.event.pk).update(needs_approval=False)

    def call_off(self) -> None:
        Event.objects.filter(pk=self.event.pk).update(state=EventState.CANCELLED)

    def restore(self) -> None:
        Event.objects.filter(pk=self.event.pk).update(state=EventState.PUBLISHED)
        api.promote(self.event.pk)

    # -- time --

    def near(self) -> None:
        self.move(timedelta(hours=5))

    def far(self) -> None:
        self.move(timedelta(days=14))

    def move(self, ahead: timedelta) -> None:
        starts_at = timezone.now() + ahead
        Event.objects.filter(pk=self.event.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        api.promote(self.event.pk)

    def lapse(self, number: int) -> None:
        held = Rsvp.objects.filter(user_id=self.people[number], state=OFFERED)
        held.update(offer_until=timezone.now() - timedelta(seconds=1))

    def tend(self) -> None:
        pass  # it has transactions of its own: done by `tend_now`

    # -- what must always hold --

    def check(self, name: str, before: dict[int, tuple[str, int]], was_taken: int) -> None:
        """Look at everything after an act."""
        self.event.refresh_from_db()
        event = self.event
        rows = list(Rsvp.objects.order_by("queued_at", "pk"))
        if event.room_taken <= event.room_capacity:
            assert_right(event)
        else:  # put there by organizers, who insisted; nothing else may add to it
            assert name == "force" or event.room_taken <= was_taken, (name, event.room_taken, was_taken)
        self.check_line(rows)
        self.check_order(rows, before)
        self.check_mails(rows)
        assert not Rsvp.objects.filter(user_id__in=self.out, state__in=(GOING, OFFERED, LINE)).exists()

    def check_line(self, rows: list[Rsvp]) -> None:
        """Nobody waits who fits in, while offers are made."""
        event, now = self.event, timezone.now()
        is_far = event.starts_at - now > timedelta(hours=6)
        if event.state == EventState.PUBLISHED and is_far:
            left = event.room_capacity - event.room_taken
            assert not [row for row in rows if row.state == LINE and 1 + row.guests <= left], "a seat is stuck"

    def check_order(self, rows: list[Rsvp], before: dict[int, tuple[str, int]]) -> None:
        """Whoever has got an offer now has not passed somebody who waited longer and would have fitted in."""
        new = [row for row in rows if row.state == OFFERED and before.get(row.pk, ("", 0)) != (OFFERED, row.offers)]
        for row in new:
            for other in rows:
                waited = other.state == LINE and before.get(other.pk, ("", 0))[0] == LINE
                if waited and (other.queued_at, other.pk) < (row.queued_at, row.pk):
                    assert other.guests > row.guests, "somebody was passed who would have fitted in"

    def check_mails(self, rows: list[Rsvp]) -> None:
        """One mail for each offer, none twice, and what somebody heard last about a seat is so."""
        for row in rows:
            assert NewsItem.objects.filter(kind=EventNews.OFFER, user_id=row.user_id).count() == row.offers
        keys = list(NewsItem.objects.values_list("key", flat=True))
        assert len(keys) == len(set(keys))
        lasting = {
            GOING: (EventNews.CONFIRMED, EventNews.APPROVED, EventNews.ADDED),
            OFFERED: (EventNews.OFFER,),
            LINE: (EventNews.IN_LINE, EventNews.APPROVED),
            RsvpState.PENDING: (EventNews.PENDING,),
            RsvpState.LAPSED: (EventNews.OFFER_LAPSED,),
            RsvpState.DECLINED: (EventNews.REFUSED,),
            RsvpState.REMOVED: (EventNews.REMOVED,),
        }
        for row in rows:
            kinds = lasting.get(RsvpState(row.state))
            mine = NewsItem.objects.filter(user_id=row.user_id, kind__in=sum(lasting.values(), ())).order_by("-pk")
            if kinds:
                last = mine.first()
                assert last is not None, row.state
                assert last.kind in kinds, (row.state, last.kind)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    capacity=st.integers(1, 3),
    has_waitlist=st.sampled_from([True, True, True, False]),
    steps=st.lists(acts, min_size=5, max_size=25),
)
def test_seats_line_and_mails_hold_after_any_acts(capacity: int, has_waitlist: bool, steps: list[Any]) -> None:
    mark = transaction.savepoint()  # no block: what is durable may not stand in one
    try:
        evening = Evening(make_chapter(), capacity=capacity, has_waitlist=has_waitlist)
        for name, *arguments in steps:
            before = {row.pk: (row.state, row.offers) for row in Rsvp.objects.all()}
            was_taken = Event.objects.values_list("room_taken", flat=True).get(pk=evening.event.pk)
            evening.do("pass_" if name == "pass" else name, *arguments)
            if name == "tend":
                list(tend_events())
                people.run_errands()
            evening.check(name, before, was_taken)
    finally:
        transaction.savepoint_rollback(mark)


def _fill_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(line, "fill", lambda event, now: line.Progress())


def _begin_at_the_end(patch: pytest.MonkeyPatch) -> None:
    walked = line._walk
    patch.setattr(line, "_walk", lambda event: reversed(list(walked(event))))


def _release_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(releases, "_release", lambda event_id, user_id: 0)


def _tell_no_offer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(line.news, "tell_offer", lambda *_about, **_options: None)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [None, _fill_nothing, _begin_at_the_end, _release_nobody, _tell_no_offer])
def test_it_notices_what_is_wrong(fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are in line for one seat; who has it gives it back, and who is next is banned."""
    steps = [("come", number, 0) for number in range(4)] + [("decline", 0), ("ban", 1)]
    run = test_seats_line_and_mails_hold_after_any_acts.hypothesis.inner_test  # type: ignore[attr-defined]
    if fault is None:
        run(capacity=1, has_waitlist=True, steps=steps)
        return
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        run(capacity=1, has_waitlist=True, steps=steps)
