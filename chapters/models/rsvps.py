"""Who comes to events: answers, seats, the line of those who wait, and what people said afterwards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chapters.data import RsvpSource, RsvpState
from discussion_ext.data import MeetingMode
from people.fields import ExactCharField

from .events import Event, EventQuestion, EventSeries

RSVP_STATES = [
    (RsvpState.PENDING.value, _("Waits for approval")),
    (RsvpState.WAITLISTED.value, _("In line")),
    (RsvpState.OFFERED.value, _("Has an offer")),
    (RsvpState.GOING.value, _("Going")),
    (RsvpState.NOT_COMING.value, _("Not coming")),
    (RsvpState.CANCELLED.value, _("Gave the seat back")),
    (RsvpState.PASSED.value, _("Passed the offer on")),
    (RsvpState.LAPSED.value, _("Let the offer lapse")),
    (RsvpState.DECLINED.value, _("Not approved")),
    (RsvpState.REMOVED.value, _("Removed")),
]
RSVP_SOURCES = [(source.value, source.value) for source in RsvpSource]
CREDIT_KINDS = [("attend", _("Attended")), ("host", _("Hosted"))]
MODES = [(MeetingMode.OFFLINE.value, _("In the room")), (MeetingMode.ONLINE.value, _("Online"))]


class Rsvp(models.Model):
    """One person's answer to one event: one row for all that they change of it.

    ``mode`` is OFFLINE or ONLINE. ``queued_at`` orders the line, with the id where it is the same. ``offer_until`` is
    when an offer lapses, ``offered_at`` when the present one was made, and ``offers`` how often one was told of.
    ``answered_sequence`` is the meeting's sequence up to which the person has said that they come. ``is_late`` says
    that a seat was given back when it was late to. Only hosts see ``needs_*``, answers and ``note`` (why not).

    .. pii: A person's id, that they come to an event, and what they need there.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rsvps", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    state = ExactCharField(max_length=10, choices=RSVP_STATES, default=RsvpState.NOT_COMING.value)
    mode = ExactCharField(max_length=8, choices=MODES, default=MeetingMode.OFFLINE.value)
    guests = models.PositiveSmallIntegerField(default=0)
    source = ExactCharField(max_length=9, choices=RSVP_SOURCES, default=RsvpSource.SELF.value)
    needs_step_free = models.BooleanField(default=False)
    needs_note = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    offer_until = models.DateTimeField(null=True)
    offers = models.PositiveIntegerField(default=0)
    state_at = models.DateTimeField(null=True)
    decided_by = models.IntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    is_late = models.BooleanField(default=False)
    answered_sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("answer to an event")
        verbose_name_plural = _("answers to events")
        constraints = [models.UniqueConstraint(fields=["event", "user_id"], name="chapters_rsvp_once")]
        indexes = [
            models.Index(fields=["event", "state", "queued_at", "id", "mode"], name="chapters_line"),
            models.Index(fields=["event", "state", "id"], name="chapters_attendees"),
            models.Index(fields=["user_id", "state", "id"], name="chapters_rsvps_of_person"),
            models.Index(fields=["state", "offer_until"], name="chapters_offers"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.event_id}: {self.state}"


class EventAnswer(models.Model):
    """What somebody answered to a question of an event.

    .. pii: What a person answered when they said that they come.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    rsvp = models.ForeignKey(Rsvp, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    question = models.ForeignKey(EventQuestion, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    text = models.CharField(max_length=1000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rsvp", "question"], name="chapters_event_answer_once")]

    def __str__(self) -> str:
        return f"{self.rsvp_id} to {self.question_id}"


class SeriesRsvp(models.Model):
    """Somebody who comes to all dates of a series from one on; new dates are theirs too until ``ended_at``.

    .. pii: A person's id, and that they come to a series of events.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    series = models.ForeignKey(EventSeries, on_delete=models.CASCADE, related_name="rsvps", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    mode = ExactCharField(max_length=8, choices=MODES, default=MeetingMode.OFFLINE.value)
    guests = models.PositiveSmallIntegerField(default=0)
    from_on = ExactCharField(max_length=10)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "user_id"], name="chapters_series_rsvp_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at series {self.series_id}"


class EventSurvey(models.Model):
    """What somebody said of an event afterwards; organizers never see whose it is.

    .. pii: A person's id, and what they think of an event.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="surveys", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    rating = models.PositiveSmallIntegerField()
    useful = models.CharField(max_length=500, blank=True)
    better = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user_id"], name="chapters_survey_once")]

    def __str__(self) -> str:
        return f"survey of {self.event_id}"


class PresenceRequest(models.Model):
    """Somebody who says that they were at an event though nobody recorded it. ``answer`` is empty while it waits.

    .. pii: A person's id, what they say of having been at an event, and who answered.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="presence_requests", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    text = models.CharField(max_length=500)
    asked_at = models.DateTimeField(auto_now_add=True, db_index=True)
    is_accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user_id"], name="chapters_presence_asked_once")]

    def __str__(self) -> str:
        return f"{self.user_id} was at {self.event_id}"


class EventCredit(models.Model):
    """What the ledger of points was told last of somebody's part in an event: ``revision`` rises with each telling.

    .. pii: A person's id, and that they attended or hosted an event.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="credits", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    kind = ExactCharField(max_length=6, choices=CREDIT_KINDS)
    is_given = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user_id", "kind"], name="chapters_credit_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} at {self.event_id}"
