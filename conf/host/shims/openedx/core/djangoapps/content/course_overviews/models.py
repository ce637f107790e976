"""One row per course: what lists and dashboards show without opening the course tree."""

from __future__ import annotations

from typing import Any

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey


class CourseOverview(models.Model):
    """What is known of a course without its tree; kept in step by the host's course store.

    .. no_pii:
    """

    id = CourseKeyField(db_index=True, primary_key=True, max_length=255)
    org = models.CharField(max_length=255, default="")
    display_name = models.TextField(null=True)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    self_paced = models.BooleanField(default=False)
    language = models.CharField(max_length=20, default="", blank=True)
    short_description = models.TextField(blank=True, default="")
    course_image_url = models.TextField(blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "course_overviews"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def display_name_with_default(self) -> str:
        """Return the title, or the key where there is none."""
        return self.display_name or str(self.id)

    @property
    def display_org_with_default(self) -> str:
        """Return the organisation's name."""
        return self.org

    @property
    def number(self) -> str:
        """Return the course number of the key."""
        return self.id.course

    @classmethod
    def get_from_id(cls, course_id: CourseKey) -> CourseOverview:
        """Return the overview or raise ``DoesNotExist``."""
        return cls.objects.get(id=course_id)

    @classmethod
    def get_from_ids(cls, course_ids: Any) -> dict[CourseKey, CourseOverview | None]:
        """Return overviews by key, None where there is none."""
        ids = list(course_ids)
        found = {overview.id: overview for overview in cls.objects.filter(id__in=ids)}
        return {key: found.get(key) for key in ids}

    @classmethod
    def course_exists(cls, course_id: CourseKey) -> bool:
        """Tell whether there is such a course."""
        return cls.objects.filter(id=course_id).exists()
