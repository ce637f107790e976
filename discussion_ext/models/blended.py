"""What blended tasks keep beside participations: standings, the team's decisions, units read, reviews, appeals."""

from __future__ import annotations

from django.db import models

from discussion_ext.data import DecisionKind, RequirementState
from people.fields import ExactCharField

DECISION_KINDS = [(kind.value, kind.value) for kind in DecisionKind]
STATES = [(state.value, state.value) for state in RequirementState]


class StageStanding(models.Model):
    """Where one learner stands in one stage, as it was last evaluated: what tables are filtered and counted by.

    ``revision`` numbers what the ledger was told of the stage: odd after an award, even after a void.

    .. pii: A learner's id and progress in one stage.
    .. pii_types: id, other
    .. pii_retirement: retained
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="standings", db_constraint=False)
    user_id = models.IntegerField()
    stage_id = ExactCharField(max_length=32)
    state = ExactCharField(max_length=10, choices=STATES)
    share = models.FloatField(default=0)
    is_late = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "user_id", "stage_id"], name="discussion_ext_standing_once")
        ]
        indexes = [
            models.Index(fields=["task", "stage_id", "state", "user_id"], name="discussion_ext_stage_state"),
            models.Index(fields=["task", "is_late", "user_id"], name="discussion_ext_stage_late"),
            models.Index(fields=["user_id"], name="discussion_ext_standing_of"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.task_id} {self.stage_id}: {self.state}"

    @property
    def source(self) -> str:
        """Return the name under which the ledger knows that this learner met this stage."""
        return f"stage:{self.task_id}:{self.stage_id}:user:{self.user_id}"


class StageDecision(models.Model):
    """What the course team decided about one stage of one learner, kept also when it is revoked.

    ``slot_key`` makes the decision that holds unique: one extension, and one of excuse and mark, for a learner and a
    stage. It is NULL once the decision is revoked or replaced.

    .. pii: The ids of a learner and of members of the course team, and why they decided.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="decisions", db_constraint=False)
    user_id = models.IntegerField()
    stage_id = ExactCharField(max_length=32)
    kind = ExactCharField(max_length=8, choices=DECISION_KINDS)
    slot_key = ExactCharField(max_length=96, null=True, unique=True)
    until = models.DateTimeField(null=True)
    share = models.FloatField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    actor_id = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "user_id", "revoked_at"], name="discussion_ext_decisions"),
            models.Index(fields=["user_id"], name="discussion_ext_decided_on"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stage_id} for {self.user_id} in {self.task_id}"


class UnitDone(models.Model):
    """That somebody had finished a unit, kept once seen: later changes of the course take no credit away.

    .. pii: A learner's id, and what the learner read and when.
    .. pii_types: id, other
    .. pii_retirement: retained
    """

    user_id = models.IntegerField()
    course_id = ExactCharField(max_length=255)
    block_id = ExactCharField(max_length=255)
    key = ExactCharField(max_length=40, unique=True)
    done_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "units done"
        indexes = [models.Index(fields=["user_id", "block_id"], name="discussion_ext_units_done")]

    def __str__(self) -> str:
        return f"{self.block_id} by {self.user_id}"


class ReviewLoad(models.Model):
    """A report that may be given to reviewers, and how many it was given to.

    ``is_open`` says that the report stands; only then it is given to somebody.

    .. pii: The id of the author of a report.
    .. pii_types: id
    .. pii_retirement: retained
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, db_constraint=False)
    contribution = models.OneToOneField(
        "Contribution", on_delete=models.CASCADE, related_name="review_load", db_constraint=False
    )
    author_id = models.IntegerField()
    group_id = models.IntegerField(default=0)
    assigned = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "group_id", "is_open", "assigned", "id"], name="discussion_ext_least_given"),
            models.Index(fields=["task", "author_id"], name="discussion_ext_given_of"),
        ]

    def __str__(self) -> str:
        return f"report {self.contribution_id}: {self.assigned}"


class ReviewAssignment(models.Model):
    """That a learner is asked to review a report in a review stage of the blended task ``task``.

    .. pii: The id of a reviewer.
    .. pii_types: id
    .. pii_retirement: retained
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, db_constraint=False)
    stage_id = ExactCharField(max_length=32)
    reviewer_id = models.IntegerField()
    contribution = models.ForeignKey(
        "Contribution", on_delete=models.CASCADE, related_name="review_assignments", db_constraint=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "stage_id", "reviewer_id", "contribution"], name="discussion_ext_assigned_once"
            )
        ]
        indexes = [models.Index(fields=["reviewer_id"], name="discussion_ext_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer_id} reviews {self.contribution_id}"


class Appeal(models.Model):
    """A learner's question to the course team to look at a stage again; one for each stage.

    .. pii: A learner's id and words, the id of who answered and the answer.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    task = models.ForeignKey("Task", on_delete=models.CASCADE, related_name="appeals", db_constraint=False)
    user_id = models.IntegerField()
    stage_id = ExactCharField(max_length=32)
    text = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.IntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "user_id", "stage_id"], name="discussion_ext_appeal_once")
        ]
        indexes = [
            models.Index(fields=["task", "answered_at", "id"], name="discussion_ext_appeals_open"),
            models.Index(fields=["user_id"], name="discussion_ext_appeals_of"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} asks about {self.stage_id} in {self.task_id}"
