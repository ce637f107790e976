"""Discussion boards beside the forum's own rows: topics, who has seen and follows them, pictures, and words to search.

Texts, authors and votes are the contributions that the forum's rows leave; here stands what the forum does not know.
"""

from __future__ import annotations

from django.db import models

from discussion_ext.data import TopicKind, TopicShelf, TopicState
from people.fields import ExactCharField

from .contributions import Contribution

KINDS = [(kind.value, kind.value) for kind in TopicKind]
STATES = [(state.value, state.value) for state in TopicState]
SHELVES = [(shelf.value, shelf.value) for shelf in TopicShelf]


class Board(models.Model):
    """A place for topics that belongs to something above this package: ``key`` begins with its owner's prefix.

    ``course_id`` is the key under which its posts are stored, of which no course exists; ``topic_id`` its commentable.
    ``listed`` counts the topics that its list shows, ``pinned`` those at the top of it.

    .. no_pii:
    """

    key = ExactCharField(max_length=100, unique=True)
    course_id = ExactCharField(max_length=255)
    topic_id = ExactCharField(max_length=100, unique=True)
    listed = models.PositiveIntegerField(default=0)
    pinned = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class Topic(models.Model):
    """What a board knows of one thread. Replies and the last post follow the contributions, after the commit.

    ``pinned_at`` is NULL where it is not pinned. ``shelf`` follows from its state and from whether its first post is
    live, so that a list reads one index. ``is_counted`` says whether the board's count includes it.

    .. pii: The id of the author of the last post.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="topics", db_constraint=False)
    contribution = models.OneToOneField(
        Contribution, on_delete=models.CASCADE, related_name="topic", db_constraint=False
    )
    kind = ExactCharField(max_length=10, choices=KINDS)
    state = ExactCharField(max_length=8, choices=STATES, default=TopicState.OPEN.value)
    shelf = ExactCharField(max_length=7, choices=SHELVES, default=TopicShelf.LIST.value)
    is_counted = models.BooleanField(default=False)
    closes_at = models.DateTimeField(null=True, db_index=True)
    pinned_at = models.DateTimeField(null=True)
    replies = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField()
    last_author_id = models.IntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["board", "shelf", "last_post_at", "id"], name="discussion_ext_topic_recent"),
            models.Index(fields=["board", "shelf", "id"], name="discussion_ext_topic_new"),
            models.Index(fields=["board", "shelf", "kind", "last_post_at", "id"], name="discussion_ext_kind_recent"),
            models.Index(fields=["board", "shelf", "kind", "id"], name="discussion_ext_kind_new"),
            models.Index(fields=["board", "pinned_at"], name="discussion_ext_topic_pinned"),
        ]

    def __str__(self) -> str:
        return f"topic {self.pk}"


class TopicReader(models.Model):
    """One person's relation to one topic: up to when they have seen it, and whether they follow it.

    ``is_followed`` is NULL until somebody decides: who then writes in a topic follows it.

    .. pii: The id of a person, which topics they have read and follow.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="readers", db_constraint=False)
    user_id = models.IntegerField()
    seen_at = models.DateTimeField(null=True)
    is_followed = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "user_id"], name="discussion_ext_topic_reader_once")]
        indexes = [
            models.Index(fields=["topic", "is_followed", "id"], name="discussion_ext_topic_follow"),
            models.Index(fields=["user_id", "is_followed", "topic"], name="discussion_ext_followed"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in topic {self.topic_id}"


class BoardReader(models.Model):
    """One person's relation to one board: until when they have read it, and what they wrote last.

    ``read_at`` is NULL before they marked the board as read. ``last_hash`` tells where they wrote what and
    ``last_id`` what came of it: who sends something twice gets the first again. Writers lock the row.

    .. pii: The id of a person, when they marked a board as read, and when they wrote last.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="readers", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    read_at = models.DateTimeField(null=True)
    last_hash = ExactCharField(max_length=64, blank=True)
    last_id = models.BigIntegerField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "user_id"], name="discussion_ext_board_reader_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on board {self.board_id}"


class BoardWord(models.Model):
    """One word (or pair of Chinese or Japanese characters) of a live post on a board, to search without reading texts.

    .. pii: A word of a text that a person wrote.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, db_constraint=False)
    word = ExactCharField(max_length=32)
    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="board_words", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "word", "contribution"], name="discussion_ext_board_word_once")
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.contribution_id}"


class Picture(models.Model):
    """A picture that somebody put into a post, re-encoded by us and without what the camera wrote into it.

    ``contribution`` is NULL until the post is there; one that never comes is deleted by the purge.

    .. pii: A picture that a person uploaded, the words that describe it, and the person's id.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    uid = ExactCharField(max_length=32, unique=True)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="pictures", db_constraint=False)
    contribution = models.ForeignKey(
        Contribution, null=True, on_delete=models.CASCADE, related_name="pictures", db_constraint=False
    )
    user_id = models.IntegerField(db_index=True)
    path = ExactCharField(max_length=255)
    alt = models.CharField(max_length=300, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.uid
