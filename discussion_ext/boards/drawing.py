"""Topics and posts as one reader may see them, for many at once in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from discussion_ext.data import (
    BoardPostData,
    BoardTopicData,
    ContributionState,
    TopicKind,
    TopicState,
)
from discussion_ext.grounds import count_reports
from discussion_ext.models import Contribution, HelpfulMark, Report, Topic, TopicReader
from discussion_ext.rendering import render_markdown
from people.data import NameData

from .attention import read_since
from .folding import is_closed
from .links import list_links
from .owners import owner_of
from .pictures import list_pictures

#: A post, and the topic in which it stands; the topic's board is loaded.
PostInTopic = tuple[Contribution, Topic]


@dataclass
class BoardReaderView:
    """Who reads topics, and what has to be known to draw them: since when each is new, who follows what, names."""

    user_id: int
    since: Mapping[int, datetime] = field(default_factory=dict)
    readers: Mapping[int, TopicReader] = field(default_factory=dict)
    names: Mapping[str, Mapping[int, NameData]] = field(default_factory=dict)

    def name(self, board_key: str, user_id: int) -> NameData:
        """Return how somebody is shown on a board."""
        found = self.names.get(_place_of(board_key), {}).get(user_id)
        return found or NameData(user_id=user_id, kind="hidden", text=_("Former member"), initials="", tone=5)

    def seen_until(self, topic: Topic) -> datetime:
        """Return until when the reader has seen what stands in a topic, or need not."""
        reader = self.readers.get(topic.pk)
        floor = self.since[topic.board_id]
        return max(floor, reader.seen_at) if reader is not None and reader.seen_at else floor


def draw_topics(topics: Sequence[Topic], user_id: int) -> tuple[BoardTopicData, ...]:
    """Return topics in their order; their boards and first posts are loaded already."""
    view = view_of(topics, user_id, extra=())
    return tuple(draw_topic(topic, view) for topic in topics)


def view_of(topics: Sequence[Topic], user_id: int, *, extra: Iterable[PostInTopic]) -> BoardReaderView:
    """Return what has to be known to draw these topics, and ``extra`` posts with the topics in which they stand."""
    if not topics:
        return BoardReaderView(user_id=user_id)
    wanted: dict[str, tuple[str, set[int]]] = {}
    for topic in topics:
        _key, ids = wanted.setdefault(_place_of(topic.board.key), (topic.board.key, set()))
        ids |= {topic.contribution.author_id, topic.last_author_id or topic.contribution.author_id}
    for post, topic in extra:
        wanted[_place_of(topic.board.key)][1].add(post.author_id)
    readers = TopicReader.objects.filter(user_id=user_id, topic__in=[topic.pk for topic in topics])
    return BoardReaderView(
        user_id=user_id,
        since=read_since({topic.board_id for topic in topics}, user_id),
        readers={reader.topic_id: reader for reader in readers},
        names={place: owner_of(key).name_people(key, sorted(ids)) for place, (key, ids) in wanted.items()},
    )


def draw_topic(topic: Topic, view: BoardReaderView) -> BoardTopicData:
    """Return a topic as this reader may see it."""
    first, key = topic.contribution, topic.board.key
    reader = view.readers.get(topic.pk)
    is_over = topic.state == TopicState.OPEN and is_closed(topic)
    is_shown = first.state == ContributionState.LIVE and not first.is_erased
    return BoardTopicData(
        id=topic.pk,
        board_key=key,
        post_id=first.pk,
        kind=TopicKind(topic.kind),
        title=first.title if is_shown else _say_untitled(first),
        author=view.name(key, first.author_id),
        created_at=topic.created_at,
        last_post_at=topic.last_post_at,
        last_author=view.name(key, topic.last_author_id) if topic.replies and topic.last_author_id else None,
        replies=topic.replies,
        helpful=first.helpful,
        state=TopicState.CLOSED if is_over else TopicState(topic.state),
        closes_at=topic.closes_at,
        is_pinned=topic.pinned_at is not None,
        is_new=topic.last_author_id != view.user_id and topic.last_post_at > view.seen_until(topic),
        is_followed=bool(reader is not None and reader.is_followed),
        is_mine=first.author_id == view.user_id,
    )


def marked(posts: QuerySet[Contribution], user_id: int) -> QuerySet[Contribution]:
    """Let posts bring along whether the reader has marked and reported them."""
    return posts.annotate(
        is_marked=Exists(HelpfulMark.objects.filter(contribution=OuterRef("pk"), user_id=user_id, is_on=True)),
        is_reported=Exists(
            Report.objects.filter(contribution=OuterRef("pk"), reporter_id=user_id, state=Report.OPEN),
        ),
    )


def draw_posts(posts: Sequence[PostInTopic], view: BoardReaderView, *, is_moderator: bool) -> tuple[BoardPostData, ...]:
    """Return posts in their order; they bring along what ``marked`` adds."""
    pictures = list_pictures([post.pk for post, _topic in posts])
    reports = count_reports([post for post, _topic in posts]) if is_moderator else {}
    drawn = []
    for post, topic in posts:
        is_mine, is_live = post.author_id == view.user_id, post.state == ContributionState.LIVE
        has_words = is_live and not post.is_erased
        drawn.append(
            BoardPostData(
                id=post.pk,
                topic_id=topic.pk,
                parent_id=post.parent_id,
                author=view.name(topic.board.key, post.author_id),
                html=render_markdown(post.body) if has_words else _say_wordless(post),
                text=post.body if has_words else "",
                created_at=post.created_at,
                edited_at=post.edited_at,
                state=ContributionState(post.state),
                removed_reason=post.state_reason if not is_live and (is_mine or is_moderator) else "",
                helpful=post.helpful,
                is_helpful=bool(getattr(post, "is_marked", False)),
                is_reported=bool(getattr(post, "is_reported", False)),
                is_mine=is_mine,
                is_new=is_live and not is_mine and post.created_at > view.seen_until(topic),
                reports=reports.get(post.pk, 0),
                pictures=tuple(pictures.get(post.pk, ())) if has_words else (),
                links=list_links(post.body) if has_words else (),
            )
        )
    return tuple(drawn)


def _say_wordless(post: Contribution) -> str:
    """Return what stands in the place of words that are not shown."""
    if post.is_erased:
        return _("The text of this post is no longer kept.")
    if post.state == ContributionState.WITHDRAWN:
        return _("This post was withdrawn by its author.")
    if post.state == ContributionState.REMOVED:
        return _("This post was removed.")
    return _("This post is no longer there.")


def _say_untitled(post: Contribution) -> str:
    return _("Removed topic") if post.state == ContributionState.REMOVED else _("Topic without a title")


def _place_of(board_key: str) -> str:
    """Return where people have one name: all boards of a place share it."""
    return owner_of(board_key).context_key(board_key)
