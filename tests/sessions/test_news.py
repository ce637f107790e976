"""Mails about sittings say what holds when they go out, and nothing that another change has overtaken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from discussion_ext.api import sessions
from discussion_ext.data import SittingData
from discussion_ext.sessions.news import tell_assigned, tell_seat_open
from people import api as people
from tests.sessions.conftest import plan_of, soon


@pytest.fixture(autouse=True)
def _mail_at_any_hour(settings: Any) -> None:
    settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
    settings.PEOPLE_DIGEST_HOUR = 0


@pytest.fixture
def seated(add: Callable[..., SittingData], choose: Callable[..., Any], learner: int) -> SittingData:
    """Return a sitting at which the learner has a seat."""
    sitting = add()
    choose(learner, sitting)
    return sitting


def send() -> list[str]:
    """Let mails be written and sent; return what they are called."""
    people.compose_news()
    people.process_deliveries()
    return [letter.subject for letter in mail.outbox]


def test_only_the_last_of_two_moves_is_told(seated: SittingData, staff: int, run: Callable[[], Any]) -> None:
    for days, place in ((12, "Room C1"), (13, "Room D4")):
        sessions.change_sitting(
            sitting_id=seated.id, plan=plan_of(starts_local=soon(days=days), place=place), actor_id=staff
        )
        run()
    (subject,) = send()
    assert "Room D4" in subject


def test_a_move_is_no_news_of_a_sitting_that_is_cancelled(
    seated: SittingData, staff: int, run: Callable[[], Any]
) -> None:
    sessions.change_sitting(sitting_id=seated.id, plan=plan_of(starts_local=soon(days=12)), actor_id=staff)
    run()
    sessions.cancel_sitting(sitting_id=seated.id, actor_id=staff, reason="The trainer is ill")
    run()
    (subject,) = send()
    assert "cancelled: The trainer is ill" in subject


def test_a_cancelled_sitting_that_takes_place_after_all(
    seated: SittingData, staff: int, run: Callable[[], Any]
) -> None:
    sessions.cancel_sitting(sitting_id=seated.id, actor_id=staff, reason="The trainer is ill")
    run()
    sessions.restore_sitting(sitting_id=seated.id, actor_id=staff)
    run()
    (subject,) = send()
    assert "has changed: it is now" in subject


def test_who_has_left_is_not_told_of_a_move(
    seated: SittingData, staff: int, learner: int, run: Callable[[], Any]
) -> None:
    sessions.change_sitting(sitting_id=seated.id, plan=plan_of(starts_local=soon(days=12)), actor_id=staff)
    run()
    sessions.leave_sitting(session_id=seated.session_id, user_id=learner)
    assert not send()


def test_a_seat_that_was_given_and_taken_back(seated: SittingData, learner: int) -> None:
    tell_assigned(seated, [learner], at=timezone.now())
    sessions.leave_sitting(session_id=seated.session_id, user_id=learner)
    assert not send()


def test_a_seat_that_was_given_is_told(seated: SittingData, learner: int) -> None:
    tell_assigned(seated, [learner], at=timezone.now())
    (subject,) = send()
    assert "You have a seat" in subject


@pytest.mark.parametrize(("is_cancelled", "count"), [(False, 1), (True, 0)])
def test_a_seat_that_opened(add: Any, staff: int, learner: int, is_cancelled: bool, count: int) -> None:
    sitting = add()
    tell_seat_open(sitting, [learner], at=timezone.now())
    if is_cancelled:
        sessions.cancel_sitting(sitting_id=sitting.id, actor_id=staff, reason="No trainer")
    assert len(send()) == count
