"""Bans: with a reason, for a time, appealed once and answered by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import membership as api
from chapters.data import BanState, ChapterData, MembershipState
from chapters.exceptions import (
    BannedError,
    InvalidValueError,
    LastOrganizerError,
    NotAllowedError,
    NotFoundError,
    StateError,
)
from chapters.models import Ban, Chapter, Term
from people.models import NewsItem
from tests.chapters.factories import make_manager, make_member, make_organizer
from tests.membership.conftest import ME

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(chapter: ChapterData) -> int:
    return make_organizer(chapter)


@pytest.fixture
def other(chapter: ChapterData) -> int:
    return make_organizer(chapter)


@pytest.fixture
def banned(chapter: ChapterData, lead: int, amina: int) -> Any:
    api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
    return api.ban(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Sells courses")


def told(user_id: int) -> set[str]:
    return set(NewsItem.objects.filter(user_id=user_id).values_list("kind", flat=True))


def test_a_ban_removes_and_keeps_out(chapter: ChapterData, banned: Any, amina: int, lead: int) -> None:
    mine = api.find_membership(chapter_id=chapter.id, user_id=amina)
    assert mine is not None
    assert (mine.state, Chapter.objects.get().members) == (MembershipState.REMOVED, 1)
    assert (banned.state, banned.user_name, banned.banned_by) == (BanState.ACTIVE, "Amina Yusuf", lead)
    assert told(amina) == {"chapter_banned"}
    with pytest.raises(BannedError):
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)


def test_it_ends_by_itself(chapter: ChapterData, amina: int, lead: int) -> None:
    soon = timezone.now() + timedelta(days=3)
    made = api.ban(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Spam", expires_at=soon)
    Ban.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.find_ban(chapter_id=chapter.id, user_id=amina) is None
    assert api.get_ban(made.id).state is BanState.EXPIRED
    assert api.join(chapter_id=chapter.id, user_id=amina, introduction=ME).is_member
    with pytest.raises(StateError):
        api.lift_ban(ban_id=made.id, actor_id=lead)


def test_a_later_ban_replaces_an_earlier_one(chapter: ChapterData, banned: Any, amina: int, lead: int) -> None:
    again = api.ban(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Again")
    assert api.get_ban(banned.id).state is BanState.LIFTED
    found = api.find_ban(chapter_id=chapter.id, user_id=amina)
    assert found is not None
    assert found.id == again.id
    api.lift_ban(ban_id=again.id, actor_id=lead)
    assert api.find_ban(chapter_id=chapter.id, user_id=amina) is None


def test_an_applicant_is_banned_too(chapter: ChapterData, amina: int, lead: int) -> None:
    make_member(chapter, amina, state=MembershipState.REQUESTED)
    api.ban(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Spam")
    assert not api.list_requests(chapter_id=chapter.id).requests


def test_the_last_organizer_is_not_banned_by_accident(chapter: ChapterData, lead: int) -> None:
    with pytest.raises(LastOrganizerError):
        api.ban(chapter_id=chapter.id, user_id=lead, actor_id=1, reason="Quarrel")
    assert not Ban.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expires_at"),
        ({"expires_at": (timezone.now() + timedelta(days=1)).replace(tzinfo=None)}, "expires_at"),
    ],
)
def test_what_is_wrong_is_named(chapter: ChapterData, amina: int, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        api.ban(**{"chapter_id": chapter.id, "user_id": amina, "actor_id": 1, "reason": "Spam", **changes})
    assert refusal.value.field == field


class TestAppeal:
    def test_somebody_else_answers(self, banned: Any, amina: int, lead: int, other: int, chapter: ChapterData) -> None:
        api.appeal(ban_id=banned.id, user_id=amina, text="It was not me")
        assert "chapter_appealed" in told(other)
        assert "chapter_appealed" not in told(lead)
        assert [each.appeal for each in api.list_appeals(chapter_id=chapter.id)] == ["It was not me"]
        with pytest.raises(NotAllowedError) as refusal:
            api.answer_appeal(ban_id=banned.id, actor_id=lead, answer="No", is_lifted=False)
        assert refusal.value.code == "own_decision"
        after = api.answer_appeal(ban_id=banned.id, actor_id=other, answer="We believe you", is_lifted=True)
        assert (after.state, after.appeal_answer) == (BanState.LIFTED, "We believe you")
        assert "chapter_ban_lifted" in told(amina)
        assert api.list_appeals(chapter_id=chapter.id) == []
        assert api.join(chapter_id=chapter.id, user_id=amina, introduction=ME).is_member

    def test_where_nobody_else_is_who_banned_does(self, banned: Any, amina: int, lead: int) -> None:
        api.appeal(ban_id=banned.id, user_id=amina, text="It was not me")
        assert "chapter_appealed" in told(lead)
        after = api.answer_appeal(ban_id=banned.id, actor_id=lead, answer="It was", is_lifted=False)
        assert after.state is BanState.ACTIVE
        assert "chapter_appeal_refused" in told(amina)
        with pytest.raises(StateError):
            api.answer_appeal(ban_id=banned.id, actor_id=lead, answer="Yes?", is_lifted=True)

    def test_where_nobody_runs_the_chapter_the_community_team_hears_of_it(
        self, banned: Any, amina: int, lead: int, chapter: ChapterData
    ) -> None:
        manager = make_manager()
        Term.objects.filter(chapter_id=chapter.id).update(ended_at=timezone.now(), open_key=None)
        api.appeal(ban_id=banned.id, user_id=amina, text="It was not me")
        assert "chapter_appealed" in told(manager)
        assert "chapter_appealed" not in told(lead)

    def test_once_and_ones_own(self, banned: Any, amina: int) -> None:
        with pytest.raises(NotFoundError):
            api.appeal(ban_id=banned.id, user_id=amina + 1000, text="Let her in")
        with pytest.raises(InvalidValueError):
            api.appeal(ban_id=banned.id, user_id=amina, text="x" * 1001)
        api.appeal(ban_id=banned.id, user_id=amina, text="It was not me")
        with pytest.raises(StateError):
            api.appeal(ban_id=banned.id, user_id=amina, text="And another thing")

    def test_without_an_appeal_there_is_no_answer(self, banned: Any, lead: int) -> None:
        with pytest.raises(StateError):
            api.answer_appeal(ban_id=banned.id, actor_id=lead, answer="No", is_lifted=False)


def test_pages_of_bans(chapter: ChapterData, lead: int, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        api.ban(chapter_id=chapter.id, user_id=make_member(chapter).user_id, actor_id=lead, reason="Spam")
    with django_assert_num_queries(4):
        page = api.list_bans(chapter_id=chapter.id, limit=2)
    seen = list(page.bans)
    while page.cursor:
        page = api.list_bans(chapter_id=chapter.id, limit=2, cursor=page.cursor)
        seen += page.bans
    assert [each.id for each in seen] == sorted((each.id for each in seen), reverse=True)
    assert len(seen) == 5
