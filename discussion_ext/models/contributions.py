"""What people wrote, as evidence, with the marks and reports that others put on it."""

from __future__ import annotations

from django.db import models

from discussion_ext.data import ContributionKind, ContributionState
from people.fields import ExactCharField

KINDS = [(kind.value, kind.value) for kind in ContributionKind]
STATES = [(state.value, state.value) for state in ContributionState]


class Contribution(models.Model):
    """One post of the platform's forum, kept as evidence also after the post is gone.

    ``forum_key`` (``thread:12``, ``comment:34``) is the post it stands for now. ``slot_key`` makes a position and a
    look back unique for a learner in a task; it is NULL when the slot is free again. ``group_id`` is a cohort or 0.
    ``is_counted`` says whether the counts of parent and group include it, ``fold_due`` (NULL, or from 1 on: the more
    often it failed, the higher) that they have to be looked at; ``points_due`` the same for the ledger. ``ordinal``
    numbers the replies within one discussion.
    ``is_unpaid`` marks a post from before our time that was taken up without points.
    ``closed_body`` is the text at closing where it was changed later through another door.

    .. pii: The text a learner wrote, its title, and the ids of its author, of the person answered and of who took it
       away.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    course_id = ExactCharField(max_length=255)
    task = models.ForeignKey(
        "Task", null=True, on_delete=models.CASCADE, related_name="contributions", db_constraint=False
    )
    group_id = models.IntegerField(default=0)
    forum_key = ExactCharField(max_length=40, null=True, unique=True)
    slot_key = ExactCharField(max_length=64, null=True, unique=True)
    topic_id = ExactCharField(max_length=255, blank=True)
    kind = ExactCharField(max_length=12, choices=KINDS)
    is_question = models.BooleanField(default=False)
    author_id = models.IntegerField()
    is_team = models.BooleanField(default=False)
    is_anonymous = models.BooleanField(default=False)
    is_first = models.BooleanField(default=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="children", db_constraint=False
    )
    root = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="descendants", db_constraint=False
    )
    parent_author_id = models.IntegerField(null=True)

    title = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    body_hash = ExactCharField(max_length=64)
    length = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    worded_at = models.DateTimeField()
    closed_body = models.TextField(null=True)  # noqa: DJ001 - NULL says that there is none
    closed_edited_at = models.DateTimeField(null=True)
    is_erased = models.BooleanField(default=False)

    state = ExactCharField(max_length=10, choices=STATES, default=ContributionState.LIVE.value)
    state_reason = models.CharField(max_length=500, blank=True)
    state_actor_id = models.IntegerField(null=True)
    state_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    is_left_out = models.BooleanField(default=False)

    answers = models.PositiveIntegerField(default=0)
    answers_ever = models.PositiveIntegerField(default=0)
    helpful = models.PositiveIntegerField(default=0)
    ordinal = models.PositiveIntegerField(null=True)
    is_counted = models.BooleanField(default=False)
    fold_due = models.PositiveSmallIntegerField(null=True, default=1, db_index=True)
    is_unpaid = models.BooleanField(default=False)
    points_due = models.PositiveSmallIntegerField(null=True, db_index=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["task", "group_id", "kind", "state", "answers", "id"], name="discussion_ext_by_answers"
            ),
            models.Index(
                fields=["task", "group_id", "kind", "state", "helpful", "id"], name="discussion_ext_by_helpful"
            ),
            models.Index(fields=["task", "group_id", "kind", "state", "id"], name="discussion_ext_by_age"),
            models.Index(fields=["task", "author_id"], name="discussion_ext_own"),
            models.Index(fields=["task", "parent_author_id", "id"], name="discussion_ext_heard"),
            models.Index(fields=["task", "is_left_out", "id"], name="discussion_ext_left_out"),
            models.Index(fields=["task", "is_first", "id"], name="discussion_ext_first"),
            models.Index(fields=["root", "ordinal"], name="discussion_ext_replies"),
            models.Index(fields=["author_id", "course_id", "created_at"], name="discussion_ext_pace"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def source(self) -> str:
        """Return the name under which the ledger knows this post."""
        return f"contribution:{self.pk}"


class SketchHash(models.Model):
    """One of the shingle hashes of a post in a case, indexed to find near-copies without reading texts.

    .. no_pii:
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, db_constraint=False)
    value = models.BigIntegerField()
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="sketch", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["task", "value", "contribution"], name="discussion_ext_sketch")]

    def __str__(self) -> str:
        return f"{self.contribution_id}: {self.value}"


class HelpfulMark(models.Model):
    """One person's mark that a post helped; it follows the vote in the platform's forum.

    ``is_counted`` and ``fold_due`` work as in ``Contribution``.

    .. pii: The id of the person who marked a post as helpful.
    .. pii_types: id
    .. pii_retirement: retained
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="marks", db_constraint=False)
    user_id = models.IntegerField()
    is_on = models.BooleanField(default=True)
    is_counted = models.BooleanField(default=False)
    fold_due = models.PositiveSmallIntegerField(null=True, default=1, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contribution", "user_id"], name="discussion_ext_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.contribution_id}"


class Report(models.Model):
    """One person's report of a post, and what the team decided; of a post in a task, or on a ``board``.

    .. pii: The ids of reporter and decider, and the words they gave as reasons.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    OPEN, UPHELD, DISMISSED, TAKEN_BACK = "open", "upheld", "dismissed", "taken_back"

    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, related_name="reports", db_constraint=False
    )
    task = models.ForeignKey("Task", null=True, on_delete=models.CASCADE, db_constraint=False)
    board = models.ForeignKey("Board", null=True, on_delete=models.CASCADE, db_constraint=False)
    reporter_id = models.IntegerField()
    reason = models.CharField(max_length=500, blank=True)
    state = ExactCharField(
        max_length=10, default=OPEN, choices=[(name, name) for name in (OPEN, UPHELD, DISMISSED, TAKEN_BACK)]
    )
    resolved_by = models.IntegerField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contribution", "reporter_id"], name="discussion_ext_report_once")
        ]
        indexes = [
            models.Index(fields=["task", "state", "id"], name="discussion_ext_report_queue"),
            models.Index(fields=["board", "state", "contribution", "id"], name="discussion_ext_board_reports"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"
