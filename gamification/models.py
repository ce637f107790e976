"""Tables of gamification.

The ledger (``Entry``) is the truth; ``Total`` and ``Bucket`` are sums that can always be rebuilt from it.

``Total`` and ``Bucket`` have keys made of their parts instead of a unique constraint beside an automatic key. InnoDB
then takes a plain record lock on a duplicate key, where a secondary unique index would make it lock the gap beside the
row as well and two people's first points could block each other; and all members of a course lie side by side.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.fields import ExactCharField

# Loaded with the models: the event bus looks for its signals before our AppConfig is ready.
from . import signals  # noqa: F401

USER_BITS = 32
SCORE_BITS = 32


def total_key(course_id: int, user_id: int) -> int:
    """Return the key of a person's total in a course."""
    return course_id << USER_BITS | user_id


def bucket_key(course_id: int, *, is_coarse: bool, score: int) -> int:
    """Return the key of one bar of a course's histogram; a course's fine bars come first, then its coarse ones."""
    return (course_id << 1 | int(is_coarse)) << SCORE_BITS | score


class PointsCourse(models.Model):
    """A course that gives or gave points, under the small number by which the other tables know it.

    .. no_pii:
    """

    course_key = ExactCharField(max_length=255, unique=True, verbose_name=_("course"))
    is_on = models.BooleanField(
        null=True,
        verbose_name=_("points are given"),
        help_text=_("Empty: as the site does by default."),
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("course with points")
        verbose_name_plural = _("courses with points")

    def __str__(self) -> str:
        return self.course_key


class SchemeVersion(models.Model):
    """A scheme as it was installed, for one course or (``scope`` empty) for the site. Never changed afterwards.

    .. pii: The id of the person who installed it.
    .. pii_types: id
    .. pii_retirement: retained
    """

    scope = ExactCharField(max_length=255, blank=True, help_text=_("Course key; empty for the whole site."))
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField(verbose_name=_("YAML"))
    valid_from = models.DateTimeField()
    installed_by_id = models.IntegerField(null=True)
    installed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("points scheme")
        verbose_name_plural = _("points schemes")
        ordering = ["scope", "version"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "version"], name="gamification_scheme_scope_version"),
        ]

    def __str__(self) -> str:
        return f"{self.scope or '*'} {self.version}: {self.title}"


class Entry(models.Model):
    """One line of the ledger: a revision of a source, either an award or a void. Inserted, never changed.

    What the rule in force said (``worth``, ``per_day``, ...) is kept on the line, so that a later scheme never
    re-scores the past and a total needs nothing but lines. ``is_folded`` says nothing about what happened, only
    that the line is part of the sums; it is a column so that recording is a single insert.

    .. pii: Who did what when; ``title``, ``url`` and ``note`` may tell more. They are erased when the person retires,
        the numbers stay so that no total changes.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    source = ExactCharField(max_length=120)
    revision = models.PositiveIntegerField()
    # No constraint in the database: inserting a line must not wait for a change of the course's row.
    course = models.ForeignKey(PointsCourse, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    user_id = models.IntegerField()
    kind = ExactCharField(max_length=32)
    is_void = models.BooleanField()
    occurred_at = models.DateTimeField()
    local_date = models.DateField(help_text=_("The person's calendar day when it happened."))
    recorded_at = models.DateTimeField()
    worth = models.IntegerField(help_text=_("Points, unless the day's limit is reached."))
    rule_points = models.IntegerField()
    per_day = models.PositiveIntegerField(null=True)
    min_words = models.PositiveIntegerField(default=0)
    scheme_version = models.PositiveIntegerField()
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=32, blank=True, help_text=_("Why it was taken back (code)."))
    note = models.CharField(max_length=500, blank=True, help_text=_("Why somebody gave or took points by hand."))
    title = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=500, blank=True)
    is_folded = models.BooleanField(default=False, help_text=_("Part of the sums."))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["source", "revision"], name="gamification_entry_source_revision"),
        ]
        indexes = [
            # The day's window of a cap.
            models.Index(fields=["user_id", "course", "kind", "local_date"], name="gamification_entry_window"),
            # My points, newest first.
            models.Index(fields=["user_id", "course", "occurred_at"], name="gamification_entry_history"),
            # What waits, of all and of one; and the nightly comparison, which walks a course person by person.
            models.Index(fields=["is_folded", "course", "user_id"], name="gamification_entry_folding"),
        ]

    def __str__(self) -> str:
        return f"{self.source} #{self.revision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a line that exists is never changed."""
        if self.pk is not None and not kwargs.get("force_insert"):
            raise TypeError("The ledger is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: a void is a new line."""
        raise TypeError("The ledger is append-only.")


class Listing(models.IntegerChoices):
    """Whether a person is on the board, or why not."""

    UNKNOWN = 0, _("not decided yet")
    LISTED = 1, _("on the board")
    HIDDEN = 2, _("chose to be hidden")
    TEAM = 3, _("course team")
    LEFT = 4, _("not enrolled")
    RETIRED = 5, _("account retired")


class Total(models.Model):
    """A person's points in a course: the sum of the folded lines.

    .. pii: A person's score. It stays, off the board, when the person retires: it then belongs to nobody.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    id = models.BigIntegerField(primary_key=True, help_text=_("Course and person, see total_key."))
    course = models.ForeignKey(PointsCourse, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    user_id = models.IntegerField()
    points = models.IntegerField(default=0)
    by_kind = models.JSONField(default=dict, help_text=_("Points by kind of activity; they sum up to the total."))
    listing = models.PositiveSmallIntegerField(choices=Listing.choices, default=Listing.UNKNOWN)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("total")
        verbose_name_plural = _("totals")
        indexes = [
            # The board, and places around a person; equal points in the order of the key.
            models.Index(fields=["course", "listing", "points", "id"], name="gamification_total_board"),
            models.Index(fields=["user_id"], name="gamification_total_person"),
        ]


class Bucket(models.Model):
    """One bar of a course's histogram: how many members of the board have this score (or this range of 64 scores).

    .. no_pii:
    """

    id = models.BigIntegerField(primary_key=True, help_text=_("Course, level and score, see bucket_key."))
    members = models.IntegerField()

    class Meta:
        verbose_name = _("bar of the histogram")
        verbose_name_plural = _("bars of the histogram")
