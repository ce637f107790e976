"""Where each learner stands in a task, and whose standing has to be looked at again."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from people.fields import ExactCharField


class Participation(models.Model):
    """One learner in one task: what was opened, evaluated, decided by the team and published.

    ``ignore_before`` is the moment of the last reset: older contributions do not count. ``published_*`` is what grade
    book and completion were last told; NULL means never. ``finish_revision`` numbers what the ledger was told.

    What follows ``next_look_at`` is of blended tasks: that is the next moment at which the result changes, or somebody
    has to be reminded, without anybody doing anything. ``joined_at`` and ``shift`` (what moves every date of this
    learner) are what the platform last said. ``is_behind`` says that a stage is past its due date and not met.

    .. pii: A learner's id, progress and grade in one task, and the reason of a grade that the team decided.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="participations", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    ignore_before = models.DateTimeField(null=True)
    is_retired = models.BooleanField(default=False)

    step = ExactCharField(max_length=12, default="read")
    has_position = models.BooleanField(default=False)
    position_words = models.PositiveIntegerField(default=0)
    answers_done = models.PositiveIntegerField(default=0)
    look_back_words = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    is_waiting = models.BooleanField(default=False)

    evaluation = models.JSONField(null=True)
    config_version = models.PositiveIntegerField(default=0)
    evaluated_at = models.DateTimeField(null=True)
    earned = models.FloatField(default=0)
    possible = models.FloatField(default=0)
    completion = models.FloatField(default=0)
    is_finished = models.BooleanField(default=False)
    finish_revision = models.PositiveIntegerField(default=0)

    override_score = models.FloatField(null=True)
    override_reason = models.CharField(max_length=500, blank=True)
    override_by = models.IntegerField(null=True)
    override_at = models.DateTimeField(null=True)

    next_look_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    shift = models.DurationField(default=timedelta)
    is_behind = models.BooleanField(default=False)
    needs_sitting = models.BooleanField(default=False)
    nudged_at = models.DateTimeField(null=True)

    published_earned = models.FloatField(null=True)
    published_possible = models.FloatField(null=True)
    published_completion = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "user_id"], name="discussion_ext_participation_once")]
        indexes = [
            models.Index(fields=["task", "step"], name="discussion_ext_by_step"),
            models.Index(fields=["task", "has_position", "user_id"], name="discussion_ext_silent"),
            models.Index(fields=["task", "is_waiting", "user_id"], name="discussion_ext_waiting"),
            models.Index(fields=["task", "left_out", "user_id"], name="discussion_ext_overlooked"),
            models.Index(fields=["task", "is_behind", "user_id"], name="discussion_ext_behind"),
            models.Index(fields=["task", "needs_sitting", "user_id"], name="discussion_ext_unseated"),
            models.Index(fields=["next_look_at", "id"], name="discussion_ext_next_look"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.task_id}"

    @property
    def source(self) -> str:
        """Return the name under which the ledger knows that this learner finished this task."""
        return f"case:{self.task_id}:user:{self.user_id}"


class PendingEvaluation(models.Model):
    """A learner who has to be evaluated again. Rows are only inserted in a request, and deleted by id once done, so
    that a fact which arrives during an evaluation keeps its own row.

    .. pii: A learner's id, until the evaluation is done.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, db_constraint=False)
    user_id = models.IntegerField()
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "user_id"], name="discussion_ext_pending_user"),
            models.Index(fields=["attempts", "id"], name="discussion_ext_pending_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.task_id}"
