"""Discussion configuration of a course."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from opaque_keys.edx.django.models import LearningContextKeyField
from opaque_keys.edx.keys import CourseKey


class PostingRestriction(models.TextChoices):
    """When learners may not post: never, at set times, always."""

    DISABLED = "disabled", "Disabled"
    SCHEDULED = "scheduled", "Scheduled"
    ENABLED = "enabled", "Enabled"


class Provider:
    """Who runs the discussion."""

    OPEN_EDX = "openedx"
    LEGACY = "legacy"


class DiscussionsConfiguration(models.Model):
    """One course's discussion settings; a course without a row has an open discussion.

    .. no_pii:
    """

    context_key = LearningContextKeyField(primary_key=True, max_length=255)
    enabled = models.BooleanField(default=True)
    posting_restrictions = models.CharField(
        max_length=15, choices=PostingRestriction.choices, default=PostingRestriction.DISABLED
    )
    provider_type = models.CharField(max_length=100, default=Provider.OPEN_EDX)
    plugin_configuration = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"discussion of {self.context_key}"

    @classmethod
    def get(cls, context_key: CourseKey) -> Self:
        """Return the settings of a course, unsaved defaults when it has none."""
        return cls.objects.filter(context_key=context_key).first() or cls(context_key=context_key)

    @classmethod
    def is_enabled(cls, context_key: CourseKey) -> bool:
        """Say whether the course has a discussion."""
        return cls.get(context_key).enabled

    @classmethod
    def set_enabled(cls, context_key: CourseKey, enabled: bool, **defaults: Any) -> None:
        """Switch the discussion of a course on or off."""
        cls.objects.update_or_create(context_key=context_key, defaults={"enabled": enabled, **defaults})
