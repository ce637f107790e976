"""Class sessions with their sittings, who waits for a seat, and lists of people that are looked over before they count.

The seats themselves, the times and who came are rows of meetings: a sitting owns one.
"""

from __future__ import annotations

from django.db import models

from people.fields import ExactCharField


class ClassSession(models.Model):
    """One lesson, held in one or more sittings. It belongs to one block of one course, so a copy gets its own.

    .. no_pii:
    """

    course_id = ExactCharField(max_length=255)
    block_id = ExactCharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    assigned_by = ExactCharField(max_length=8, default="choice")
    change_until_hours = models.PositiveIntegerField(default=24)
    replay_percent = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course_id", "block_id"], name="discussion_ext_session_once")]

    def __str__(self) -> str:
        return self.title or self.block_id


class Sitting(models.Model):
    """One sitting of a session. ``meeting_id`` names the meeting that holds its time, place, seats and attendance; it
    is empty only within the transaction that makes both.

    .. no_pii:
    """

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="sittings", db_constraint=False)
    meeting_id = models.BigIntegerField(null=True, unique=True)
    replay_url = models.CharField(max_length=500, blank=True)
    replay_unit = ExactCharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"sitting {self.pk} of session {self.session_id}"


class SittingCohort(models.Model):
    """A cohort whose members sit, or may sit, in a sitting. A sitting without cohorts is for everybody.

    .. no_pii:
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="cohorts", db_constraint=False)
    cohort_id = models.IntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "cohort_id"], name="discussion_ext_sitting_cohort")]

    def __str__(self) -> str:
        return f"cohort {self.cohort_id} in sitting {self.sitting_id}"


class SeatWish(models.Model):
    """Somebody who wants to be told when a seat opens in a full sitting: once, in the order in which they asked.

    .. pii: The id of a learner, and that they would like to come to a sitting.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="wishes", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "user_id"], name="discussion_ext_wish_once")]
        indexes = [models.Index(fields=["sitting", "told_at", "id"], name="discussion_ext_wish_line")]

    def __str__(self) -> str:
        return f"{self.user_id} for sitting {self.sitting_id}"


class CalendarFeed(models.Model):
    """How often a learner has renewed the secret address of their calendar: older addresses no longer open it.

    .. pii: The id of a learner who renewed their calendar's address.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    user_id = models.IntegerField(unique=True)
    revision = models.PositiveIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


class SittingImport(models.Model):
    """A file that was read and waits to be confirmed, or what became of it. Nothing is written before that.

    ``lines`` are the valid ones, ready to be written; ``faults`` are pairs of a line number and a sentence, which never
    repeats what names a person. ``done`` counts the lines that were written.

    .. pii: Ids of learners and of who read the file in, until it expires.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    token = ExactCharField(max_length=43, unique=True)
    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="imports", db_constraint=False)
    sitting_id = models.BigIntegerField(null=True)
    kind = ExactCharField(max_length=12)
    actor_id = models.IntegerField(db_index=True)
    lines = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} for session {self.session_id}"
