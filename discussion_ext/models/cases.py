"""Where cases are turned on, what tasks ask (by version), and how many positions each group of a case holds."""

from __future__ import annotations

from django.db import models

from discussion_ext.data import TaskKind
from people.fields import ExactCharField

TASK_KINDS = [(kind.value, kind.value) for kind in TaskKind]


class CourseSwitch(models.Model):
    """Whether one course uses cases. A course without a row follows ``DISCUSSION_EXT_ON_BY_DEFAULT``.

    .. pii: The id of the member of the course team who last turned it, kept as part of the course's set-up.
    .. pii_types: id
    .. pii_retirement: retained
    """

    course_id = ExactCharField(max_length=255, unique=True)
    is_on = models.BooleanField(default=False)
    changed_by = models.IntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "course switch"
        verbose_name_plural = "course switches"

    def __str__(self) -> str:
        return f"{self.course_id}: {'on' if self.is_on else 'off'}"


class Task(models.Model):
    """Something asked of a learner in a block, with its present configuration and the state of its life.

    A task of kind ``stage`` is the stage ``stage_id`` of the blended task ``parent``, in which people write; it has no
    opening, closing or grade of its own.

    ``topic_key`` belongs to at most one task of a course: it is NULL for a held case and for one that lost its topic.
    ``settle_at`` is the next moment at which everybody has to be evaluated: a case because it closes, a blended task
    because what it asks has changed; NULL when none is due. ``units`` are block id and title of the units that a
    blended task asks for, so far as they were in the course when it was last published; NULL while that is not known.

    .. pii: The ids of the members of the course team who closed the case and wrote its synthesis.
    .. pii_types: id
    .. pii_retirement: retained
    """

    usage_hash = ExactCharField(max_length=40, unique=True)
    usage_key = ExactCharField(max_length=255)
    course_id = ExactCharField(max_length=255, db_index=True)
    kind = ExactCharField(max_length=8, choices=TASK_KINDS, default=TaskKind.CASE.value)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="stages", db_constraint=False)
    stage_id = ExactCharField(max_length=32, blank=True)
    title = models.CharField(max_length=255, blank=True)
    topic_key = ExactCharField(max_length=40, null=True, unique=True)
    fault = models.CharField(max_length=32, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    digest = ExactCharField(max_length=64, blank=True)
    config = models.JSONField(default=dict)
    is_held = models.BooleanField(default=True)
    by_cohort = models.BooleanField(default=False)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.IntegerField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_until = models.DateTimeField(null=True)
    settle_at = models.DateTimeField(null=True, db_index=True)
    units = models.JSONField(null=True)
    synthesis = models.TextField(blank=True)
    synthesis_by = models.IntegerField(null=True)
    synthesis_at = models.DateTimeField(null=True)
    opening_told_for = models.DateTimeField(null=True)
    closing_told_for = models.DateTimeField(null=True)
    session = models.ForeignKey(
        "ClassSession", on_delete=models.SET_NULL, null=True, related_name="tasks", db_constraint=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title or self.usage_key


class TaskVersion(models.Model):
    """What a task asked from one publish to the next: evaluations name the version they used.

    .. no_pii:
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    config = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="discussion_ext_version_once")]

    def __str__(self) -> str:
        return f"{self.task_id} version {self.number}"


class TaskGroup(models.Model):
    """Counts of one group of a case: a cohort, or 0 for the whole course.

    .. no_pii:
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="groups", db_constraint=False)
    group_id = models.IntegerField(default=0)
    positions = models.IntegerField(default=0)
    team_positions = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "group_id"], name="discussion_ext_group_once")]

    def __str__(self) -> str:
        return f"{self.task_id} group {self.group_id}"
