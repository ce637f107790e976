"""Terms of the people who run a chapter, and confidential reports that go past them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chapters.data import ChapterRole, ConcernKind, ConcernState, EndReason
from people.fields import ExactCharField

from .chapters import Chapter

ROLES = [
    (ChapterRole.LEAD.value, _("Lead organizer")),
    (ChapterRole.CO_ORGANIZER.value, _("Co-organizer")),
    (ChapterRole.HOST.value, _("Event host")),
    (ChapterRole.CHECK_IN.value, _("Check-in helper")),
    (ChapterRole.MODERATOR.value, _("Moderator")),
]
END_REASONS = [(reason.value, reason.value) for reason in EndReason]
CONCERN_KINDS = [
    (ConcernKind.HARASSMENT.value, _("Harassment or discrimination")),
    (ConcernKind.SAFETY.value, _("Somebody may be in danger")),
    (ConcernKind.MONEY.value, _("Money, selling or recruiting")),
    (ConcernKind.CONDUCT.value, _("How an organizer behaves")),
    (ConcernKind.OTHER.value, _("Something else")),
]
CONCERN_STATES = [(state.value, state.value) for state in ConcernState]


class Term(models.Model):
    """Somebody's time in a role of a chapter. ``open_key`` is "chapter:user:role" while it lasts and NULL afterwards,
    so that nobody holds a role twice on any database.

    .. pii: The id of a volunteer, their role and its dates.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="terms", db_constraint=False)
    user_id = models.IntegerField(db_index=True)
    role = ExactCharField(max_length=12, choices=ROLES)
    open_key = ExactCharField(max_length=60, null=True, unique=True)
    starts_at = models.DateTimeField()
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = ExactCharField(max_length=12, choices=END_REASONS, blank=True)
    given_by = models.IntegerField(null=True)
    is_named_in_public = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        indexes = [
            models.Index(fields=["chapter", "ended_at", "role"], name="chapters_terms_now"),
            models.Index(fields=["ended_at", "ends_on"], name="chapters_terms_ending"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} of {self.chapter_id}"


class Concern(models.Model):
    """A confidential report. It goes to community managers whom it does not accuse, and to nobody of the chapter.

    ``erase_at`` is set when it is closed; the purge then removes its words and everybody's ids.

    .. pii: What somebody reported, who reported it, and how it was handled.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    chapter = models.ForeignKey(
        Chapter, null=True, on_delete=models.SET_NULL, related_name="concerns", db_constraint=False
    )
    kind = ExactCharField(max_length=12, choices=CONCERN_KINDS)
    text = models.TextField()
    reporter_id = models.IntegerField(null=True, db_index=True)
    is_anonymous = models.BooleanField(default=False)
    state = ExactCharField(max_length=8, choices=CONCERN_STATES, default=ConcernState.NEW.value)
    due_at = models.DateTimeField()
    handler_id = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=1000, blank=True)
    erase_at = models.DateTimeField(null=True, db_index=True)
    is_erased = models.BooleanField(default=False)
    request_key = ExactCharField(max_length=64, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("confidential report")
        verbose_name_plural = _("confidential reports")
        indexes = [models.Index(fields=["state", "due_at", "id"], name="chapters_concern_queue")]

    def __str__(self) -> str:
        return f"report {self.pk}"


class ConcernSubject(models.Model):
    """Somebody whom a confidential report accuses. They are never shown it.

    .. pii: The id of a person who was accused.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="subjects", db_constraint=False)
    user_id = models.IntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "user_id"], name="chapters_concern_subject_once")]

    def __str__(self) -> str:
        return f"subject of report {self.concern_id}"


class ConcernNote(models.Model):
    """A note of somebody who handles a confidential report.

    .. pii: What was noted about a report, and by whom.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="notes", db_constraint=False)
    author_id = models.IntegerField(null=True)
    text = models.TextField()
    is_for_reporter = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"note of report {self.concern_id}"
