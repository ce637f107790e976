"""News from boards: a topic that somebody follows was answered, a post was reported to those who moderate.

Contexts hold ids alone. Titles and places are looked up when a mail is put into words, so that a mail says nothing that
was taken away meanwhile, and no row keeps somebody's words.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.data import ContributionState
from discussion_ext.models import Contribution, Report, Topic, TopicReader
from people import api as people
from people.data import NewsItemData, NewsKindData, NewsLineData

from .owners import owner_of

log = logging.getLogger(__name__)

TOPIC_ANSWERED: Final = "topic_answered"
POST_REPORTED: Final = "post_reported"

#: For so long somebody is told of a reply; and a report that nobody looked at is no news any more.
_NEWS: Final = timedelta(days=1)
_REPORT_NEWS: Final = timedelta(days=14)
_BATCH: Final = 200


def register() -> None:
    """Make the kinds known; called once, when the app is ready."""
    people.register_news_kind(NewsKindData(name=TOPIC_ANSWERED, say=_say_answered, holds=_hold_answered))
    people.register_news_kind(NewsKindData(name=POST_REPORTED, say=_say_reported, holds=_hold_reported, is_soon=True))


# -- adding them -------------------------------------------------------------------------------------------------------


def tell_followers(contribution: Contribution) -> None:
    """Have those told who follow the topic of a new reply, the latest of them first, and no more than the setting says.

    Safe to repeat. Who is told anew is asked again when their mail goes out. Trouble with news never costs the post.
    """
    is_news = contribution.state == ContributionState.LIVE and contribution.created_at > timezone.now() - _NEWS
    if contribution.root_id is None or not is_news:
        return
    topic = Topic.objects.filter(contribution_id=contribution.root_id).select_related("board").first()
    if topic is None:
        return
    try:
        for readers in _list_followers(topic, but=contribution.author_id):
            may_read = owner_of(topic.board.key).list_readers(topic.board.key, readers)
            people.add_news_for_many(
                [
                    NewsItemData(
                        key=f"{TOPIC_ANSWERED}:{contribution.pk}:{user_id}",
                        user_id=user_id,
                        kind=TOPIC_ANSWERED,
                        context={"topic_id": topic.pk},
                    )
                    for user_id in readers
                    if user_id in may_read
                ],
                useful_until=contribution.created_at + 7 * _NEWS,
            )
    except Exception as error:  # noqa: BLE001 - news that cannot be added never cost the post
        log.error("discussion_ext.news_not_added contribution=%s error=%s", contribution.pk, people.name_error(error))


def _list_followers(topic: Topic, *, but: int) -> list[list[int]]:
    """Return who follows a topic, in batches."""
    followers = TopicReader.objects.filter(topic=topic, is_followed=True).exclude(user_id=but)
    most = int(settings.DISCUSSION_EXT_FOLLOWERS_TOLD)
    ids = list(followers.order_by("-pk").values_list("user_id", flat=True)[:most])
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]


def tell_moderators(contribution: Contribution, topic: Topic, *, reporter_id: int) -> None:
    """Have the moderators of a board told, once for each post, that it was reported; never its own author."""
    owner, key = owner_of(topic.board.key), topic.board.key
    told = set(owner.list_moderators(key, but=[contribution.author_id])) - {reporter_id}
    people.add_news_for_many(
        [
            NewsItemData(
                key=f"{POST_REPORTED}:{contribution.pk}:{user_id}",
                user_id=user_id,
                kind=POST_REPORTED,
                context={"topic_id": topic.pk},
            )
            for user_id in sorted(told)
        ],
        useful_until=timezone.now() + _REPORT_NEWS,
    )


# -- words -------------------------------------------------------------------------------------------------------------


def _say_answered(context: Mapping[str, Any], zone: ZoneInfo) -> NewsLineData:
    del zone
    topic, times = _find_topic(context), context.get("times", 1)
    text = ngettext(
        "There is a new reply in “%(topic)s”.", "There are %(count)s new replies in “%(topic)s”.", times
    ) % {"topic": _title_of(topic), "count": times}
    return _line(topic, text, ngettext("Read the reply", "Read the replies", times))


def _say_reported(context: Mapping[str, Any], zone: ZoneInfo) -> NewsLineData:
    del zone
    topic = _find_topic(context)
    text = _("A post in “%(topic)s” was reported. Please look at it.") % {"topic": _title_of(topic)}
    url = owner_of(topic.board.key).reports_url(topic.board.key) if topic is not None else ""
    return _line(topic, text, _("Look at the report"), url=url)


def _find_topic(context: Mapping[str, Any]) -> Topic | None:
    found = Topic.objects.filter(pk=context["topic_id"]).select_related("board", "contribution")
    return found.first()


def _title_of(topic: Topic | None) -> str:
    return topic.contribution.title if topic is not None and topic.contribution.title else _("a topic")


def _line(topic: Topic | None, text: str, act: str, *, url: str = "") -> NewsLineData:
    if topic is None:
        return NewsLineData(text=text, url=url, act=act)
    owner = owner_of(topic.board.key)
    address = url or owner.topic_url(topic.board.key, topic.pk)
    return NewsLineData(text=text, url=address, act=act, course_name=owner.say_place(topic.board.key))


# -- whether it is still true ------------------------------------------------------------------------------------------


def _hold_answered(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep replies that stand, in topics that the person follows, may still read, and has not looked into since."""
    posts = {_post_of(item): item for item in items}
    followed = TopicReader.objects.filter(
        user_id=user_id, topic__in={item.context["topic_id"] for item in items}, is_followed=True
    ).select_related("topic__board", "topic__contribution")
    seen = {row.topic_id: row.seen_at for row in followed if row.topic.contribution.state == ContributionState.LIVE}
    boards = {row.topic_id: row.topic.board.key for row in followed}
    open_boards = {key for key in set(boards.values()) if user_id in owner_of(key).list_readers(key, [user_id])}
    live = Contribution.objects.filter(pk__in=posts, state=ContributionState.LIVE).values_list("pk", "created_at")
    kept = []
    for post_id, created_at in live:
        topic_id = posts[post_id].context["topic_id"]
        seen_at = seen.get(topic_id)
        if topic_id in seen and boards[topic_id] in open_boards and (seen_at is None or seen_at < created_at):
            kept.append(posts[post_id].key)
    return kept


def _hold_reported(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep reports that wait, on boards that the person still moderates."""
    posts = {_post_of(item): item.key for item in items}
    waiting = Report.objects.filter(contribution__in=posts, state=Report.OPEN).values_list(
        "contribution_id", "board__key", "contribution__author_id"
    )
    found = {post_id: (key, author_id) for post_id, key, author_id in waiting if key}
    asked = {
        (key, author_id): user_id in owner_of(key).list_moderators(key, but=[author_id])
        for key, author_id in set(found.values())
    }
    return [posts[post_id] for post_id, place in found.items() if asked[place]]


def _post_of(item: NewsItemData) -> int:
    return int(item.key.split(":")[1])
