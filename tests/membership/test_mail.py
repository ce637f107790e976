"""What members hear: digests only where something is new, reminders once a day, and words that still hold."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from chapters import digests, news
from chapters.api import membership as api
from chapters.data import Audience, ChapterData, ChapterState, Digest, MembershipState
from chapters.exceptions import InvalidValueError
from chapters.membership.kinds import NewsKind
from chapters.models import Membership
from discussion_ext.data import ContributionState
from openedx.core.djangoapps.user_api.models import UserPreference
from people import api as people
from people.data import NewsItemData
from people.models import NewsItem
from tests.chapters.factories import make_chapter, make_member, make_organizer
from tests.membership.conftest import ME

pytestmark = pytest.mark.django_db


def run(name: str) -> dict[str, int]:
    return dict(people.run_job(name).counts)


class TestDigests:
    @pytest.fixture
    def topics(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Return what the boards say was written in last; the engine has tests of its own."""
        found: list[Any] = []

        def latest(*, board_keys: Any, since: Any, limit: int, **_options: Any) -> list[Any]:
            return [each for each in found if each.board_key in board_keys and each.last_post_at > since][:limit]

        def place(topic_id: int) -> Any:
            return next(SimpleNamespace(state=each.state) for each in found if each.id == topic_id)

        monkeypatch.setattr(digests.boards, "list_latest", latest)
        monkeypatch.setattr(news.boards, "locate_topic", place)
        return found

    @pytest.fixture
    def due(self, chapter: ChapterData, amina: int) -> int:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        Membership.objects.update(digest_at=timezone.now() - timedelta(minutes=1))
        return amina

    def write(self, topics: list[Any], chapter: ChapterData, title: str, **changes: Any) -> None:
        values = {
            "id": len(topics) + 1,
            "state": ContributionState.LIVE,
            "board_key": f"{chapter.key}:everyone",
            "title": title,
            "last_post_at": timezone.now() - timedelta(hours=3),
            "author": SimpleNamespace(user_id=99),
            "last_author": None,
        }
        topics.append(SimpleNamespace(**{**values, **changes}))

    def test_new_topics_are_one_line(self, chapter: ChapterData, due: int, topics: list[Any]) -> None:
        for title in ("First talks", "A book", "Bad days", "Tea"):
            self.write(topics, chapter, title)
        assert run("chapters.send_digests") == {"members looked at": 1, "digests added": 1}
        (item,) = NewsItem.objects.filter(kind=NewsKind.DIGEST)
        (kind,) = (each for each in news.KINDS if each.name == NewsKind.DIGEST)
        line = kind.say(item.context, ZoneInfo("UTC"))
        assert line.text == "New in 4 topics, among them “First talks”, “A book”, “Bad days”."
        assert line.course_name == chapter.name
        row = Membership.objects.get()
        assert row.digest_at is not None
        assert timedelta(days=6) < row.digest_at - timezone.now() < timedelta(days=8)
        assert run("chapters.send_digests") == {}

    @pytest.mark.parametrize("why", ["nothing", "old", "own", "other board", "paused", "left"])
    def test_no_line(self, chapter: ChapterData, due: int, topics: list[Any], why: str) -> None:
        old = timezone.now() - timedelta(days=8)
        changes: dict[str, dict[str, Any]] = {
            "old": {"last_post_at": old},
            "own": {"last_author": SimpleNamespace(user_id=due)},
            "other board": {"board_key": f"{chapter.key}:alumni"},
        }
        if why != "nothing":
            self.write(topics, chapter, "A book", **changes.get(why, {}))
        if why == "paused":
            Membership.objects.update(paused_until=timezone.now().date() + timedelta(days=30))
        elif why == "left":
            Membership.objects.update(state=MembershipState.LEFT)
        run("chapters.send_digests")
        assert not NewsItem.objects.exists()
        next_at = Membership.objects.get().digest_at
        assert (next_at is None) is (why == "left")
        if why == "paused":
            assert next_at is not None
            assert next_at - timezone.now() > timedelta(days=30)

    @pytest.mark.parametrize(
        ("zone", "hour", "days", "is_told"),
        [("Pacific/Honolulu", 9, 0, False), ("Pacific/Kiritimati", 12, 1, True)],
    )
    def test_a_pause_ends_by_ones_own_calendar(
        self,
        chapter: ChapterData,
        due: int,
        topics: list[Any],
        monkeypatch: pytest.MonkeyPatch,
        zone: str,
        hour: int,
        days: int,
        is_told: bool,
    ) -> None:
        """At 9 UTC it is still yesterday on Hawaii; at 12 UTC it is tomorrow already on Kiritimati."""
        now = timezone.now().replace(hour=hour, minute=0)
        UserPreference.objects.create(user_id=due, key="time_zone", value=zone)
        until = now.date() + timedelta(days=days)
        Membership.objects.update(paused_until=until, digest_at=now - timedelta(minutes=1))
        self.write(topics, chapter, "A book", last_post_at=now - timedelta(hours=3))
        monkeypatch.setattr(timezone, "now", lambda: now)
        run("chapters.send_digests")
        items = list(NewsItem.objects.filter(kind=NewsKind.DIGEST))
        assert bool(items) is is_told
        context = {"chapter_id": chapter.id, "audiences": [], "topics": []}
        item = NewsItemData(key="any", user_id=due, kind=NewsKind.DIGEST, context=context)
        assert bool(news._hold_digest(due, [item])) is is_told

    @pytest.mark.parametrize("what", ["left", "never", "paused", "topic removed", "board closed"])
    def test_it_is_asked_again_when_it_is_sent(
        self, chapter: ChapterData, due: int, topics: list[Any], what: str
    ) -> None:
        api.grant_standing(chapter_id=chapter.id, user_id=due, audience=Audience.ALUMNI, actor_id=1, reason="Paper")
        NewsItem.objects.all().delete()
        self.write(topics, chapter, "A book", board_key=f"{chapter.key}:alumni")
        run("chapters.send_digests")
        row = NewsItem.objects.get()
        item = NewsItemData(key=row.key, user_id=due, kind=row.kind, context=row.context)
        assert list(news._hold_digest(due, [item])) == [row.key]
        if what == "left":
            api.leave(chapter_id=chapter.id, user_id=due)
        elif what == "never":
            api.set_mail(chapter_id=chapter.id, user_id=due, digest=Digest.NEVER)
        elif what == "paused":
            until = timezone.now().date() + timedelta(days=5)
            api.set_mail(chapter_id=chapter.id, user_id=due, paused_until=until)
        elif what == "topic removed":
            topics[0].state = ContributionState.REMOVED
        else:
            api.revoke_standing(
                chapter_id=chapter.id, user_id=due, audience=Audience.ALUMNI, actor_id=1, reason="Error"
            )
        assert list(news._hold_digest(due, [item])) == []


class TestMail:
    def test_how_often(self, chapter: ChapterData, amina: int) -> None:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert api.set_mail(chapter_id=chapter.id, user_id=amina, digest=Digest.NEVER).digest is Digest.NEVER
        assert Membership.objects.get().digest_at is None
        assert api.set_mail(chapter_id=chapter.id, user_id=amina, digest=Digest.DAILY).digest is Digest.DAILY
        assert Membership.objects.get().digest_at is not None

    @pytest.mark.parametrize("days", [-1, 0, 400])
    def test_a_pause_is_to_come_and_within_a_year(self, chapter: ChapterData, amina: int, days: int) -> None:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        until: date = timezone.now().date() + timedelta(days=days)
        with pytest.raises(InvalidValueError) as refusal:
            api.set_mail(chapter_id=chapter.id, user_id=amina, paused_until=until)
        assert refusal.value.field == "paused_until"


class TestReminders:
    def test_once_a_day_and_only_while_somebody_waits(self, chapter: ChapterData) -> None:
        now = timezone.now()
        lead, other = make_organizer(chapter), make_organizer(chapter)
        soon, late = now + timedelta(hours=5), now - timedelta(hours=5)
        make_member(chapter, state=MembershipState.REQUESTED, asked_at=now, due_at=soon)
        make_member(chapter, state=MembershipState.REQUESTED, asked_at=now, due_at=late)
        make_member(chapter, state=MembershipState.REQUESTED, asked_at=now, due_at=now + timedelta(days=4))
        assert run("chapters.remind_of_requests") == {"organizers reminded": 2}
        assert run("chapters.remind_of_requests").get("organizers reminded", 0) == 0
        row = NewsItem.objects.get(user_id=lead)
        assert (row.context["waiting"], row.context["overdue"]) == (2, 1)
        item = NewsItemData(key=row.key, user_id=lead, kind=row.kind, context=row.context)
        assert list(news._hold_requests(lead, [item])) == [row.key]
        Membership.objects.filter(state=MembershipState.REQUESTED).update(state=MembershipState.DECLINED)
        assert list(news._hold_requests(lead, [item])) == []
        assert NewsItem.objects.filter(user_id=other).exists()

    @pytest.mark.parametrize(
        ("state", "is_told"),
        [(ChapterState.DORMANT, True), (ChapterState.PAUSED, False), (ChapterState.ARCHIVED, False)],
    )
    def test_not_where_nobody_is_reminded_or_can_answer(self, state: ChapterState, is_told: bool) -> None:
        chapter = make_chapter(state=state)
        make_organizer(chapter)
        now = timezone.now()
        make_member(chapter, state=MembershipState.REQUESTED, asked_at=now, due_at=now - timedelta(hours=5))
        run("chapters.remind_of_requests")
        assert NewsItem.objects.exists() is is_told
        assert bool(api.list_overdue_requests().requests) is (state is not ChapterState.ARCHIVED)


CONTEXT = {
    "chapter_id": 1, "chapter": "Nairobi", "url": "/chapters/nairobi/", "course": "Leading Teams", "audience": "alumni",
    "note": "See you", "reason": "Spam", "until": "2026-12-03T16:00:00+00:00", "answer": "No", "ban_id": 1,
    "waiting": 2, "overdue": 1, "count": 1, "topics": [{"title": "A book"}], "audiences": ["everyone"], "times": 1,
}  # fmt: skip


@pytest.mark.parametrize("kind", news.KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("is_empty", [False, True])
def test_every_kind_is_a_sentence(kind: Any, is_empty: bool) -> None:
    empty = {"course": "", "note": "", "reason": "", "until": "", "answer": "", "overdue": 0} if is_empty else {}
    line = kind.say({**CONTEXT, **empty}, ZoneInfo("Africa/Nairobi"))
    assert line.text[-1] in ".”"
    assert "%(" not in line.text + line.act
    assert "“”" not in line.text
    assert (line.url, line.course_name) == ("/chapters/nairobi/", "Nairobi")
