"""What is stored about people here: preferences, names shown, mail wanted, mail sent, and who did what."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .data import DeliveryState, NameChoice, NewsState
from .fields import ExactCharField


class Preferences(models.Model):
    """What a person set in the community itself; empty means "as on the platform".

    .. pii: A person's time zone, language and quiet hours
    .. pii_types: location, other
    .. pii_retirement: local_api
    """

    user_id = models.PositiveBigIntegerField(primary_key=True)
    zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "preferences"


class ShownName(models.Model):
    """How a person wants to appear on one surface (a board, posts) of one context (a course, a chapter).

    .. pii: Links a person to the choice of being named, pseudonymous or hidden
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user_id = models.PositiveBigIntegerField()
    surface = ExactCharField(max_length=32)
    context_key = ExactCharField(max_length=255)
    choice = models.CharField(max_length=16, choices=[(choice.value, choice.value) for choice in NameChoice])
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "surface", "context_key"], name="people_one_choice"),
        ]


class Pseudonym(models.Model):
    """The name a person goes by in one context until they choose otherwise. Nobody else there has it.

    .. pii: Links a person to a pseudonym
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user_id = models.PositiveBigIntegerField()
    context_key = ExactCharField(max_length=255)
    text = ExactCharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["context_key", "user_id"], name="people_one_pseudonym"),
            models.UniqueConstraint(fields=["context_key", "text"], name="people_pseudonym_is_unique"),
        ]


class Unsubscription(models.Model):
    """A kind of mail that a person no longer wants.

    .. pii: Links a person to the kinds of mail refused
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user_id = models.PositiveBigIntegerField()
    kind = ExactCharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "kind"], name="people_one_unsubscription"),
        ]


class Delivery(models.Model):
    """A message that one person gets at most once, whoever asks for it and however often.

    ``key_hash`` carries the uniqueness of ``key``: a key may be long and mixed case, which MySQL's indexes treat
    differently from SQLite's. ``useful_until`` is NULL where it is worth sending at any time.

    .. pii: The person a message goes to and the values written into it (titles, links)
    .. pii_types: other
    .. pii_retirement: local_api
    """

    key = ExactCharField(max_length=255)
    key_hash = ExactCharField(max_length=64, unique=True)
    user_id = models.PositiveBigIntegerField(db_index=True)
    kind = ExactCharField(max_length=64)
    context = models.JSONField(default=dict)
    state = ExactCharField(
        max_length=16,
        choices=[(state.value, state.value) for state in DeliveryState],
        default=DeliveryState.PENDING.value,
    )
    detail = models.CharField(max_length=255, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = ExactCharField(max_length=32, blank=True, default="")
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["state", "due_at"], name="people_due_deliveries"),
            models.Index(fields=["state", "claimed_at"], name="people_claimed_deliveries"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class NewsItem(models.Model):
    """Something worth telling one person, once. It waits to be gathered into a mail with whatever else there is.

    ``key_hash`` carries the uniqueness of ``key``, as with deliveries.

    .. pii: The person it is told to and what it is about (titles, links)
    .. pii_types: other
    .. pii_retirement: local_api
    """

    key = ExactCharField(max_length=255)
    key_hash = ExactCharField(max_length=64, unique=True)
    user_id = models.PositiveBigIntegerField()
    kind = ExactCharField(max_length=64)
    context = models.JSONField(default=dict)
    state = ExactCharField(
        max_length=16, choices=[(state.value, state.value) for state in NewsState], default=NewsState.WAITING.value
    )
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("item of news")
        verbose_name_plural = _("items of news")
        indexes = [
            models.Index(fields=["state", "due_at"], name="people_due_news"),
            models.Index(fields=["user_id", "state", "due_at"], name="people_own_news"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Errand(models.Model):
    """Something that a package must still do, because a receiver failed or because it has to wait for the commit.

    One table for all packages. Its id is a hash of ``kind`` and the whole ``key`` (kept here as far as it fits), so
    that adding it again locks this one record and no gap beside it. ``ticket`` changes with every fact that asks
    for it; ``error`` is the class of the last failure, never its text. Rows go when they are done, and only then.

    .. pii: Ids of people inside ``facts``; a row is deleted once it is done.
    .. pii_types: id
    .. pii_retirement: retained
    """

    id = ExactCharField(max_length=64, primary_key=True)
    kind = ExactCharField(max_length=64)
    key = ExactCharField(max_length=255)
    facts = models.JSONField(default=dict)
    ticket = ExactCharField(max_length=32)
    attempts = models.PositiveIntegerField(default=0)
    error = ExactCharField(max_length=128, blank=True, default="")
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="people_due_errands")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobRun(models.Model):
    """The last run of a periodic job, and the claim of the one in progress. See ``upkeep/jobs.py``.

    ``held_until`` is NULL when nobody runs it, and in the past when the runner died; ``token`` tells whose run it is.
    ``error`` is the class of the last failure, never its text; ``failures`` counts those since the last success.
    ``cursor`` is from where a job goes on that was not finished, NULL when there is nothing to go on with.

    .. no_pii:
    """

    name = ExactCharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    cursor = models.JSONField(null=True, blank=True)
    error = ExactCharField(max_length=128, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    runner = ExactCharField(max_length=80, blank=True, default="")
    token = ExactCharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What the LMS or Studio said when one of its processes last started to serve. One row each.

    .. no_pii:
    """

    name = ExactCharField(max_length=16, primary_key=True)
    version = models.CharField(max_length=64)
    apps = models.JSONField(default=list)
    python = models.CharField(max_length=32)
    django = models.CharField(max_length=32)
    started_at = models.DateTimeField()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("community status")

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """An act that somebody may later have to explain. Entries are only ever added.

    .. pii: The account that acted, the account it was done to, and a reason in the actor's own words. The reason is
        erased when the person retires whom it is about; that it was done, by whom and when stays.
    .. pii_types: id, other
    .. pii_retirement: local_api
    """

    actor_id = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)
    verb = ExactCharField(max_length=64)
    target = ExactCharField(max_length=255)
    context_key = ExactCharField(max_length=255, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["context_key", "recorded_at"], name="people_audit_by_context"),
            models.Index(fields=["target"], name="people_audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new entry; refuse to change one that stands."""
        if not self._state.adding:
            message = "An audit entry is never changed."
            raise TypeError(message)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was done stays on record."""
        message = "An audit entry is never deleted."
        raise TypeError(message)
