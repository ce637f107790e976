"""The course tree in the database: a course, and each block once as draft and once as published."""

from __future__ import annotations

import hashlib
import uuid

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField
from opaque_keys.edx.keys import UsageKey


class Branch(models.TextChoices):
    """The two versions of a block."""

    DRAFT = "draft", "draft"
    PUBLISHED = "published", "published"


class Course(models.Model):
    """A course and the versions of its two trees; a version changes with every write, so trees can be cached.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, unique=True)
    draft_version = models.UUIDField(default=uuid.uuid4)
    published_version = models.UUIDField(default=uuid.uuid4)
    created = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.course_key)


def hash_key(usage_key: UsageKey) -> str:
    """Return 40 ASCII characters for a key, exact under every collation."""
    return hashlib.sha1(str(usage_key).encode(), usedforsecurity=False).hexdigest()


class Block(models.Model):
    """One version of one block: its authored fields and children.

    ``fields`` maps field names to JSON values, ``children`` lists usage keys in order. ``definition`` is the OLX of a
    block whose type the host does not know, kept for export.

    .. no_pii:
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="blocks")
    branch = models.CharField(max_length=10, choices=Branch.choices)
    key_hash = models.CharField(max_length=40)
    usage_key = UsageKeyField(max_length=255)
    block_type = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    children = models.JSONField(default=list)
    definition = models.TextField(blank=True, default="")
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        unique_together = (("branch", "key_hash"),)

    def __str__(self) -> str:
        return f"{self.usage_key} ({self.branch})"
