"""Discussion boards: topics with replies in the platform's forum, in a place that is no course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from people.data import NameData

from .cases import ContributionState


class TopicKind(StrEnum):
    """What a topic asks of its readers."""

    PROBLEM = "problem"
    EXPERIENCE = "experience"
    LIGHT = "light"


class TopicState(StrEnum):
    """What can still be done in a topic: everything, reading only, or reading only and out of the list."""

    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class TopicShelf(StrEnum):
    """Where a topic is found: in its board's list, in the archive, or nowhere because its first post is not live."""

    LIST = "list"
    ARCHIVE = "archive"
    NOWHERE = "nowhere"


class TopicOrder(StrEnum):
    """In which order a board is read; pinned topics come first in both."""

    RECENT = "recent"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class BoardData:
    """One board. ``key`` names it for its owner ("chapter:12:alumni"); ``topic_id`` is its commentable in the forum."""

    id: int
    key: str
    course_id: str
    topic_id: str


@dataclass(frozen=True, kw_only=True)
class PictureData:
    """A picture of a post, re-encoded by us: ``uid`` names it in its address, ``alt`` says what it shows."""

    uid: str
    board_key: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class LinkData:
    """A link of a post as a card: nothing is fetched from it. ``host`` is what a reader judges it by."""

    url: str
    host: str
    title: str


@dataclass(frozen=True, kw_only=True)
class BoardTopicData:
    """One topic as a list shows it to one reader.

    ``replies`` counts live posts beneath it. ``is_new`` is what the reader has not seen yet, never their own post.
    ``closes_at`` closes it by itself.
    """

    id: int
    board_key: str
    post_id: int
    kind: TopicKind
    title: str
    author: NameData
    created_at: datetime
    last_post_at: datetime
    last_author: NameData | None
    replies: int
    helpful: int
    state: TopicState
    closes_at: datetime | None
    is_pinned: bool
    is_new: bool
    is_followed: bool
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class BoardTopicPage:
    """A page of topics. ``cursor`` continues it, empty at the end: a page never counts how many there are."""

    topics: tuple[BoardTopicData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardPostData:
    """One post of a topic as drawn for one reader.

    ``html`` is safe to print; ``text`` is the Markdown, for its author. ``parent_id`` is the post it answers, None for
    the topic's own. A post that is not live has no words; ``removed_reason`` is for its author and moderators.
    ``reports`` counts open ones, for moderators only.
    """

    id: int
    topic_id: int
    parent_id: int | None
    author: NameData
    html: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    state: ContributionState
    removed_reason: str
    helpful: int
    is_helpful: bool
    is_reported: bool
    is_mine: bool
    is_new: bool
    reports: int
    pictures: tuple[PictureData, ...] = ()
    links: tuple[LinkData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BoardPostPage:
    """A topic with a page of its replies, oldest first: responses, each followed by its comments."""

    topic: BoardTopicData
    first: BoardPostData
    replies: tuple[BoardPostData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardReportData:
    """A reported post as a moderator sees it: reporters are not named."""

    post: BoardPostData
    topic_title: str
    board_key: str
    reasons: tuple[str, ...]
    first_at: datetime


@dataclass(frozen=True, kw_only=True)
class BoardReportPage:
    """A page of reported posts, longest waiting first."""

    reports: tuple[BoardReportData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardPlaceData:
    """Where a topic, post or picture is, for whoever decides who may see it or do something with it.

    ``post_id`` is the topic's own post where a topic was asked for. A picture without a post yet has neither topic nor
    post, and no ``state``: it is its uploader's (``author_id``) alone. ``state`` is that of the post.
    """

    board_key: str
    topic_id: int | None
    post_id: int | None
    author_id: int
    state: ContributionState | None
    topic_state: TopicState | None


@dataclass(frozen=True, kw_only=True)
class CadenceData:
    """How much somebody has begun on a board: topics since midnight on their own clock, and theirs that are open."""

    started_today: int
    open_now: int


@dataclass(frozen=True, kw_only=True)
class BoardPostFactData:
    """What a board's owner hears of a post: it appeared, changed, went or came back."""

    board_key: str
    topic_id: int | None
    post_id: int
    revision: int
    author_id: int
    is_topic: bool
    state: ContributionState
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class TopicDraftData:
    """What somebody writes to begin a topic: ``title`` 1 to 150 characters, ``body`` Markdown, 1 to 10,000.

    ``picture_uids`` are pictures the author uploaded for this board and nothing else yet, at most 4.
    """

    kind: TopicKind
    title: str
    body: str
    picture_uids: Sequence[str] = field(default_factory=tuple)
    closes_at: datetime | None = None
