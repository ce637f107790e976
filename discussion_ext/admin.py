"""For operators: evidence, standings and repairs to look at; what changes them lives in the case's team panel."""

from __future__ import annotations

from typing import Any, get_args

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from .data import Step
from .models import Contribution, CourseSwitch, Participation, PendingEvaluation, Report, Task


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at; totals are not counted, because the tables are large."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(CourseSwitch)
class CourseSwitchAdmin(ReadOnlyAdmin):
    """Courses whose team decided about cases."""

    list_display = ("course_id", "is_on", "changed_by", "changed_at")
    search_fields = ("=course_id",)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Cases and the configuration that holds now."""

    list_display = ("title", "course_id", "version", "is_held", "opens_at", "closes_at", "closed_at", "fault")
    list_filter = ("is_held", "is_active", "fault")
    search_fields = ("=course_id", "=usage_key")


@admin.register(Contribution)
class ContributionAdmin(ReadOnlyAdmin):
    """Evidence without its text, which belongs to the course."""

    list_display = ("pk", "kind", "state", "author_id", "task", "words", "revision", "created_at", "state_actor_id")
    list_filter = ("kind", "state")
    search_fields = ("=author_id", "=forum_key", "=course_id")
    exclude = ("body", "closed_body", "title")


class StepFilter(admin.SimpleListFilter):
    """Choose a step from those there are: Django would look for them in every row."""

    title = "step"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the steps by the words that are stored."""
        return [(step, step) for step in get_args(Step)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Participation]) -> QuerySet[Participation]:
        """Narrow the list to the step that was chosen."""
        return queryset.filter(step=self.value()) if self.value() else queryset


@admin.register(Participation)
class ParticipationAdmin(ReadOnlyAdmin):
    """Where learners stand, with the last evaluation as it was kept."""

    list_display = ("pk", "task", "user_id", "step", "earned", "possible", "override_score", "evaluated_at")
    list_filter = (StepFilter,)
    search_fields = ("=user_id",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Reports and what was decided."""

    list_display = ("pk", "task", "contribution_id", "reporter_id", "state", "created_at", "resolved_by")
    list_filter = ("state",)


@admin.register(PendingEvaluation)
class WaitingAdmin(ReadOnlyAdmin):
    """What the sweep still has to do."""

    list_display = ("pk", "__str__", "attempts", "created_at")
