"""Who follows a topic hears of replies, who moderates of reports; each is asked again when the mail goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.boards.following import POST_REPORTED, TOPIC_ANSWERED
from people import api as people
from people.models import NewsItem

from .conftest import Club

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("UTC")


def _waiting(kind: str) -> list[int]:
    return list(NewsItem.objects.filter(kind=kind).order_by("user_id").values_list("user_id", flat=True))


@pytest.fixture
def told(settings: Any, committed: Any) -> Callable[[], list[tuple[str, str]]]:
    """Return a function that composes and sends what waits; it gives recipients and texts."""
    settings.PEOPLE_DIGEST_HOUR = 0
    settings.PEOPLE_QUIET_HOURS = ("00:00", "00:00")

    def send() -> list[tuple[str, str]]:
        mail.outbox.clear()
        with committed():
            people.compose_news()
        people.process_deliveries(limit=50)
        return [(message.to[0], str(message.body)) for message in mail.outbox]

    return send


def test_followers_are_told_and_the_writer_is_not(
    author: int, reader: int, make_member: Callable[[], int], start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id, quiet = start(author), make_member()
    boards.follow(topic_id=topic_id, user_id=quiet, is_on=True)
    boards.follow(topic_id=topic_id, user_id=quiet, is_on=False)
    answer(topic_id, reader)
    assert _waiting(TOPIC_ANSWERED) == [author]
    answer(topic_id, author)
    assert _waiting(TOPIC_ANSWERED) == [author, reader]
    assert NewsItem.objects.first().context == {"topic_id": topic_id}  # nobody's words


def test_no_more_than_the_setting_says_are_told_in_bounded_queries(
    author: int, make_member: Callable[[], int], start: Callable[..., int], answer: Callable[..., int], settings: Any
) -> None:
    topic_id = start(author)
    fans = [make_member() for _ in range(6)]
    for user_id in fans:
        boards.follow(topic_id=topic_id, user_id=user_id, is_on=True)
    settings.DISCUSSION_EXT_FOLLOWERS_TOLD = 4
    answer(topic_id, author)
    assert _waiting(TOPIC_ANSWERED) == fans[2:]


def test_who_may_not_read_any_more_is_not_told(
    author: int, reader: int, club: Club, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author)
    club.readers = {reader}
    answer(topic_id, reader)
    assert _waiting(TOPIC_ANSWERED) == []


def test_a_mail_counts_replies_and_leads_to_the_topic(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int], told: Any
) -> None:
    topic_id = start(author, "Who keeps the keys?")
    for _ in range(2):
        answer(topic_id, reader)
    ((to, text),) = told()
    assert to.startswith("member1@")
    assert "There are 2 new replies in “Who keeps the keys?”." in text
    assert f"/club/topics/{topic_id}" in text
    assert "The club" in text


@pytest.mark.parametrize("what", ["seen", "unfollowed", "removed", "topic removed", "left"])
def test_what_holds_no_longer_is_not_mailed(
    author: int, reader: int, moderator: int, club: Club, start: Callable[..., int], answer: Callable[..., int],
    committed: Any, told: Any, what: str,
) -> None:  # fmt: skip
    topic_id = start(author)
    post_id = answer(topic_id, reader)
    assert _waiting(TOPIC_ANSWERED) == [author]
    with committed():
        if what == "seen":
            boards.mark_seen(topic_id=topic_id, user_id=author)
        elif what == "unfollowed":
            boards.follow(topic_id=topic_id, user_id=author, is_on=False)
        elif what == "removed":
            boards.remove_post(post_id=post_id, actor_id=moderator)
        elif what == "topic removed":
            boards.remove_post(post_id=boards.locate_topic(topic_id).post_id, actor_id=moderator)
        else:
            club.readers = {reader}
    assert told() == []


def test_moderators_hear_once_of_a_reported_post_and_never_of_their_own(
    author: int, reader: int, moderator: int, make_member: Callable[[], int], club: Club, start: Callable[..., int],
    told: Any,
) -> None:  # fmt: skip
    other = make_member()
    club.moderators.append(other)
    topic_id = start(moderator, "Who keeps the keys?")
    post_id = boards.locate_topic(topic_id).post_id
    for user_id in (reader, author, reader):
        boards.report_post(post_id=post_id, user_id=user_id, reason="Rude words about Ann.")
    assert _waiting(POST_REPORTED) == [other]
    ((to, text),) = told()
    assert to.startswith("member")
    assert "was reported" in text
    assert "/club/reports" in text
    assert "Ann" not in text


def test_a_report_that_somebody_settled_is_no_news(
    author: int, reader: int, moderator: int, start: Callable[..., int], told: Any
) -> None:
    post_id = boards.locate_topic(start(author)).post_id
    boards.report_post(post_id=post_id, user_id=reader)
    boards.settle_reports(post_id=post_id, actor_id=moderator, is_upheld=False)
    assert told() == []


def test_a_reply_of_the_past_is_no_news(
    author: int, reader: int, start: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    topic_id = start(author)
    post_id = boards.reply(topic_id=topic_id, author_id=reader, body="Late.")
    from datetime import timedelta

    from discussion_ext.consequences import complete_contribution
    from discussion_ext.models import Contribution

    Contribution.objects.filter(pk=post_id).update(created_at=timezone.now() - timedelta(days=2))
    complete_contribution(post_id)
    assert _waiting(TOPIC_ANSWERED) == []
    assert boards.read_topic(topic_id=topic_id, user_id=author).topic.replies == 1


def test_trouble_with_news_costs_no_post(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    topic_id = start(author)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("discussion_ext.boards.following.people.add_news_for_many", fail)
    answer(topic_id, reader)
    assert boards.read_topic(topic_id=topic_id, user_id=author).topic.replies == 1
