"""Whatever people attend at a time, their seats, and who came."""

from __future__ import annotations

from django.db import models

from people.fields import ExactCharField


class Meeting(models.Model):
    """One meeting. Its wall clock (``starts_local`` as ISO text to the minute, ``zone``, ``fold``) is what was agreed.

    ``starts_at`` and ``ends_at`` follow from it and are kept for queries. ``key`` names the owner and what it is there
    ("sitting:12"); ``uid`` is its address and the UID in calendars; ``secret`` makes its check-in codes and never
    leaves the server. ``seats_taken`` counts the seats, in the transactions that take and free them.

    .. pii: The ids of its host and of who cancelled it, with the reason, kept as part of the course's set-up.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    key = ExactCharField(max_length=100, unique=True)
    uid = ExactCharField(max_length=32, unique=True)
    title = models.CharField(max_length=255)
    mode = ExactCharField(max_length=8)
    place = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=1000, blank=True)
    host_id = models.IntegerField(null=True, db_index=True)
    zone = ExactCharField(max_length=64)
    starts_local = ExactCharField(max_length=16)
    fold = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=60)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField(default=0)
    seats_taken = models.PositiveIntegerField(default=0)
    is_cancelled = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.IntegerField(null=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    secret = ExactCharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """One person's seat at a meeting. ``slot`` is unique: meetings that share slots seat a person once among them.

    ``meeting`` is empty while the seat is given back: rows stay, because deleting and inserting one key at once is what
    InnoDB deadlocks over.

    .. pii: A person's id and the meeting they have a seat at.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    slot = ExactCharField(max_length=100, unique=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="seats", db_constraint=False, null=True)
    user_id = models.IntegerField(db_index=True)
    source = ExactCharField(max_length=8, blank=True)
    is_forced = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "user_id"], name="discussion_ext_seat_user")]

    def __str__(self) -> str:
        return self.slot


class Attendance(models.Model):
    """What is known of one person at one meeting now. ``state`` is empty while nothing is.

    ``as_of`` is the moment that the present truth speaks of: what is older changes nothing any more. ``corrected_from``
    is what was known before somebody decided, empty where nothing was or nobody did.

    .. pii: A person's id, whether they came to a meeting, when and how that became known, and why it was corrected.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    state = ExactCharField(max_length=8, blank=True)
    source = ExactCharField(max_length=10, blank=True)
    arrived_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.IntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    corrected_from = ExactCharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "user_id"], name="discussion_ext_attendance_once")]
        indexes = [models.Index(fields=["meeting", "state", "user_id"], name="discussion_ext_who_came")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.meeting_id}"


class AttendanceChange(models.Model):
    """One entry of the history of an attendance; never changed but for the reason of somebody who leaves the site.

    ``request_key`` names the request that asked for it, so that sending it again is harmless; NULL where nobody may.

    .. pii: A person's id, what was recorded of them, by whom and why.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="changes", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    state = ExactCharField(max_length=8)
    source = ExactCharField(max_length=10)
    as_of = models.DateTimeField()
    at = models.DateTimeField(db_index=True)
    actor_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    request_key = ExactCharField(max_length=100, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["meeting", "user_id", "id"], name="discussion_ext_changes")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.meeting_id}: {self.state}"
