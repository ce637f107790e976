"""For operators: evidence, standings and repairs to look at; what changes them lives in the case's team panel."""

from __future__ import annotations

from typing import Any, get_args

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from .data import Step
from .models import (
    Attendance,
    AttendanceChange,
    ClassSession,
    Contribution,
    CourseSwitch,
    Meeting,
    Participation,
    PendingEvaluation,
    Report,
    SeatWish,
    Sitting,
    SittingImport,
    Task,
)


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


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    """Meetings with their seats as counted; what makes their codes is never shown."""

    list_display = ("title", "key", "mode", "starts_at", "zone", "seats_taken", "capacity", "is_cancelled", "sequence")
    list_filter = ("mode", "is_cancelled")
    search_fields = ("=key", "=uid", "=host_id")
    exclude = ("secret",)


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    """Who was at which meeting, with the history of how it became known."""

    list_display = ("pk", "meeting", "user_id", "state", "source", "arrived_at", "recorded_at", "recorded_by")
    list_filter = ("state", "source")
    list_select_related = ("meeting",)
    search_fields = ("=user_id", "=meeting__key")
    readonly_fields = ("history",)

    @admin.display(description="history")
    def history(self, attendance: Attendance) -> str:
        """Return every change, the newest first, one a line."""
        changes = AttendanceChange.objects.filter(meeting_id=attendance.meeting_id, user_id=attendance.user_id)
        lines = (
            (change.at, change.state, change.source, change.actor_id or "-", change.reason)
            for change in changes.order_by("-pk")
        )
        return format_html_join(mark_safe("<br>"), "{}: {}, {}, by {} {}", lines) or "-"


@admin.register(ClassSession)
class ClassSessionAdmin(ReadOnlyAdmin):
    """Class sessions and their rules; the course team's pages change them."""

    list_display = ("title", "course_id", "block_id", "assigned_by", "change_until_hours", "replay_percent")
    list_filter = ("assigned_by",)
    search_fields = ("=course_id", "=block_id")


@admin.register(Sitting)
class SittingAdmin(ReadOnlyAdmin):
    """Sittings with the meeting that holds their time and seats."""

    list_display = ("pk", "session", "meeting_id", "replay_unit")
    search_fields = ("=pk", "=meeting_id")


@admin.register(SeatWish)
class SeatWishAdmin(ReadOnlyAdmin):
    """Who waits for a seat, and who was told of one."""

    list_display = ("pk", "sitting", "user_id", "created_at", "told_at")
    search_fields = ("=user_id",)


@admin.register(SittingImport)
class SittingImportAdmin(ReadOnlyAdmin):
    """Files that were read in, without their lines."""

    list_display = ("pk", "kind", "session", "actor_id", "total", "done", "confirmed_at", "finished_at", "expires_at")
    exclude = ("lines", "faults", "left_out", "token")
