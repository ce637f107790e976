"""What is told of chapters: ids and codes, once for everything that happens, after the commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters import api
from chapters.api import membership
from chapters.data import ChapterState, IntroductionData
from chapters.signals import CHAPTER_MOVED, MEMBERSHIP_ENDED, MEMBERSHIP_STARTED
from people.models import Errand
from people.upkeep.facts import FACT
from tests.chapters.factories import make_account, make_chapter, make_manager, make_organizer

pytestmark = pytest.mark.django_db

Listen = Callable[..., list[Any]]


def test_every_step_of_a_chapter_is_told(listen: Listen, committed: Any) -> None:
    heard = listen(CHAPTER_MOVED)
    chapter = make_chapter()
    lead, manager = make_organizer(chapter), make_manager()
    until = timezone.now().date() + timedelta(days=5)
    with committed():
        api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=ChapterState.PAUSED, until=until, reason="Holidays")
    with committed():
        api.on_event_published(chapter.id, lead)
    with committed():
        api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=ChapterState.ARCHIVED, reason="Over")
    assert [(fact.chapter_id, fact.from_state, fact.to_state) for fact in heard] == [
        (chapter.id, "active", "paused"),
        (chapter.id, "paused", "active"),
        (chapter.id, "active", "archived"),
    ]
    numbers = [fact.move_id for fact in heard]
    assert numbers == sorted(set(numbers))
    assert not any("Holidays" in repr(fact) or "Over" in repr(fact) for fact in heard)


def test_members_who_come_and_go_are_told(listen: Listen, committed: Any) -> None:
    came, went = listen(MEMBERSHIP_STARTED), listen(MEMBERSHIP_ENDED)
    chapter, user_id = make_chapter(), make_account("Amina Yusuf")
    said = IntroductionData(position="Team lead", why="To practise")
    for _ in range(2):
        with committed():
            membership.join(chapter_id=chapter.id, user_id=user_id, introduction=said)
        with committed():
            membership.leave(chapter_id=chapter.id, user_id=user_id)
    assert [(fact.chapter_id, fact.user_id, fact.way, fact.times) for fact in came] == [
        (chapter.id, user_id, "self", 1),
        (chapter.id, user_id, "self", 2),
    ]
    assert [(fact.way, fact.times) for fact in went] == [("left", 1), ("left", 2)]


def test_where_nobody_listens_nothing_is_written() -> None:
    chapter, manager = make_chapter(), make_manager()
    api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=ChapterState.DORMANT, reason="Quiet")
    assert not Errand.objects.filter(kind=FACT).exists()
