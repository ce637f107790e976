"""Events of chapters, the series they stand in, and what people are asked, told and left with.

Time, place, codes and who came are a *meeting* of ``discussion_ext`` that an event owns; ``starts_at`` and ``ends_at``
are copies for queries, as ``mode`` is. Seats are counted here, in the transactions that give and free them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chapters.data import EventMailAudience, EventOpenTo, EventState, SeriesFrequency
from discussion_ext.data import MeetingMode
from people.fields import ExactCharField

from .chapters import Chapter
from .members import QUESTION_KINDS

EVENT_STATES = [
    (EventState.DRAFT.value, _("Draft")),
    (EventState.PUBLISHED.value, _("Published")),
    (EventState.CANCELLED.value, _("Called off")),
]
EVENT_MODES = [
    (MeetingMode.OFFLINE.value, _("In the room")),
    (MeetingMode.ONLINE.value, _("Online")),
    (MeetingMode.HYBRID.value, _("In the room and online")),
]
OPEN_TO = [
    (EventOpenTo.ANYONE.value, _("Anyone with an account")),
    (EventOpenTo.MEMBERS.value, _("Members of the chapter")),
    (EventOpenTo.LEARNERS.value, _("Members who take its course")),
    (EventOpenTo.ALUMNI.value, _("Members who completed its course")),
]
FREQUENCIES = [
    (SeriesFrequency.WEEKLY.value, _("Every week")),
    (SeriesFrequency.TWO_WEEKLY.value, _("Every two weeks")),
    (SeriesFrequency.MONTHLY_WEEKDAY.value, _("Every month, on a weekday")),
    (SeriesFrequency.MONTHLY_LAST_DAY.value, _("Every month, on its last day")),
]
MAIL_AUDIENCES = [
    (EventMailAudience.GOING.value, _("Who has a seat")),
    (EventMailAudience.WAITING.value, _("Who is in line")),
    (EventMailAudience.CAME.value, _("Who came")),
    (EventMailAudience.ALL.value, _("Everybody")),
]


class EventSeries(models.Model):
    """Dates that follow a rule. They are all made when the rule is set; ``skipped`` are dates left out, ISO, by blanks.

    ``starts_on`` and ``until`` are ISO dates, ``at`` is the wall clock HH:MM of the events' zone.

    .. pii: The id of who made it.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="series", db_constraint=False)
    title = models.CharField(max_length=255)
    frequency = ExactCharField(max_length=16, choices=FREQUENCIES)
    ordinal = models.SmallIntegerField(default=1)
    starts_on = ExactCharField(max_length=10)
    at = ExactCharField(max_length=5)
    until = ExactCharField(max_length=10, blank=True)
    count = models.PositiveSmallIntegerField(null=True)
    skipped = models.TextField(blank=True)
    created_by = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")

    def __str__(self) -> str:
        return self.title


class Event(models.Model):
    """One event, or one date of a series. ``occurrence`` is the date that its rule gave it (ISO), NULL outside series.

    ``room_taken`` and ``online_taken`` count seats of ``SEATED`` answers with their guests; capacities of 0 are no
    limit. ``waiting`` counts who is in line. ``opens_days`` and ``closes_minutes`` are relative to the start, so that
    a moved or copied event keeps its window. ``told_sequence`` is the meeting's sequence that people know of and
    ``told_starts_at`` the start: several small moves add up. ``answer_sequence`` is the last sequence whose move they
    are asked to answer, and ``moved_from`` the start of a published event before its last move.
    Since ``timed_at`` its present start holds: by publishing, moving or restoring it. ``letters`` counts `EventMail`.
    ``request_key`` is a hash of the form that made it, which makes nothing when it is sent again.

    .. pii: The ids of who made and published it; its hosts are rows of their own.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="events", db_constraint=False)
    series = models.ForeignKey(
        EventSeries, on_delete=models.CASCADE, related_name="events", db_constraint=False, null=True
    )
    occurrence = ExactCharField(max_length=10, null=True)
    is_changed_apart = models.BooleanField(default=False)
    meeting_id = models.BigIntegerField(null=True, unique=True)
    state = ExactCharField(max_length=9, choices=EVENT_STATES, default=EventState.DRAFT.value)
    mode = ExactCharField(max_length=8, choices=EVENT_MODES, default=MeetingMode.OFFLINE.value)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    open_to = ExactCharField(max_length=8, choices=OPEN_TO, default=EventOpenTo.MEMBERS.value)
    kind = ExactCharField(max_length=10, blank=True)
    languages = ExactCharField(max_length=100, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    agenda = models.TextField(blank=True)
    place_hint = models.CharField(max_length=300, blank=True)
    is_place_hidden = models.BooleanField(default=False)
    link_minutes = models.PositiveIntegerField(default=15)
    access_facts = ExactCharField(max_length=200, blank=True)
    access_note = models.CharField(max_length=300, blank=True)

    room_capacity = models.PositiveIntegerField(default=0)
    online_capacity = models.PositiveIntegerField(default=0)
    room_taken = models.PositiveIntegerField(default=0)
    online_taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    guests_most = models.PositiveSmallIntegerField(default=0)
    needs_approval = models.BooleanField(default=False)
    has_waitlist = models.BooleanField(default=True)
    offer_hours = models.PositiveSmallIntegerField(null=True)
    opens_days = models.PositiveSmallIntegerField(null=True)
    closes_minutes = models.PositiveIntegerField(default=0)

    told_sequence = models.PositiveIntegerField(default=0)
    told_starts_at = models.DateTimeField(null=True)
    moved_from = models.DateTimeField(null=True)
    timed_at = models.DateTimeField(null=True)
    letters = models.PositiveIntegerField(default=0)
    answer_sequence = models.PositiveIntegerField(default=0)
    created_by = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.IntegerField(null=True)
    request_key = ExactCharField(max_length=64, null=True, unique=True)
    changed_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["series", "occurrence"], name="chapters_event_of_series")]
        indexes = [
            models.Index(fields=["chapter", "state", "starts_at", "id"], name="chapters_events_in_time"),
            models.Index(fields=["state", "starts_at", "id"], name="chapters_events_starting"),
            models.Index(fields=["state", "ends_at", "id"], name="chapters_events_ending"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class EventHost(models.Model):
    """Somebody who hosts an event, kept as it was, whatever roles they have later.

    .. pii: The id of somebody who hosts an event.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="hosts", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user_id"], name="chapters_host_once")]

    def __str__(self) -> str:
        return f"{self.user_id} hosts {self.event_id}"


class EventUnit(models.Model):
    """A unit of a course to prepare with.

    .. no_pii:
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="units", db_constraint=False)
    usage_key = ExactCharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "usage_key"], name="chapters_unit_once")]

    def __str__(self) -> str:
        return self.usage_key


class EventQuestion(models.Model):
    """A question to those who come; fixed once somebody has answered it. ``choices`` has one per line.

    .. no_pii:
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions", db_constraint=False)
    kind = ExactCharField(max_length=6, choices=QUESTION_KINDS)
    text = models.CharField(max_length=200)
    choices = models.TextField(blank=True)
    is_needed = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.text


class EventTemplate(models.Model):
    """What an event can begin with; without a chapter it is for all of them. ``plan`` is an EventPlanData as JSON.

    .. pii: The id of who made it.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(
        Chapter, on_delete=models.CASCADE, related_name="event_templates", db_constraint=False, null=True, blank=True
    )
    name = models.CharField(max_length=120)
    plan = models.JSONField(default=dict)
    created_by = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("event template")
        verbose_name_plural = _("event templates")

    def __str__(self) -> str:
        return self.name


class EventMail(models.Model):
    """A mail of organizers to people of an event. ``request_key`` makes sending the form again harmless.

    ``number`` counts those of an event from 1; ``finished_at`` is when it had been handed to all of its readers.

    .. pii: The id of its author, and what they wrote, until it expires.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="mails", db_constraint=False)
    author_id = models.IntegerField(null=True, db_index=True)
    audience = ExactCharField(max_length=8, choices=MAIL_AUDIENCES)
    subject = models.CharField(max_length=150)
    body = models.TextField()
    request_key = ExactCharField(max_length=100, unique=True)
    number = models.PositiveIntegerField(null=True)
    sent = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="chapters_letters_in_order")]

    def __str__(self) -> str:
        return f"mail {self.pk} about {self.event_id}"


class EventNotice(models.Model):
    """A notice to everybody of an event that its hour brought: a reminder, a survey. ``key`` says what for, once.

    .. no_pii:
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notices", db_constraint=False)
    key = ExactCharField(max_length=100, unique=True)
    begun_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class EventResult(models.Model):
    """What came of an event, as its hosts write it down. ``asked_at`` is when they were asked for it last.

    .. pii: The id of its author, and what they wrote; published, it is part of the chapter's knowledge.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="result", db_constraint=False)
    text = models.TextField(blank=True)
    author_id = models.IntegerField(null=True, db_index=True)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    asked_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("result of an event")
        verbose_name_plural = _("results of events")

    def __str__(self) -> str:
        return f"result of {self.event_id}"
