"""Django admin of the host: courses, people in them, and what they left in blocks."""

from django.contrib import admin

from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment, UserProfile
from lms.djangoapps.courseware.models import StudentModule
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from openedx.core.djangoapps.user_api.models import UserPreference

from .models import Course


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):
    """Courses, to look at; they are written in Studio or imported."""

    list_display = ("course_key", "published_at", "created")
    readonly_fields = ("course_key", "draft_version", "published_version", "published_at", "created")


@admin.register(CourseOverview)
class CourseOverviewAdmin(admin.ModelAdmin):
    """What lists show of courses."""

    list_display = ("id", "display_name", "start", "end")


@admin.register(CourseEnrollment)
class CourseEnrollmentAdmin(admin.ModelAdmin):
    """Who is in which course. Changes here send no events; the course's instructor page does."""

    list_display = ("user", "course_id", "mode", "is_active", "created")
    list_filter = ("is_active", "mode")
    search_fields = ("user__username",)
    raw_id_fields = ("user", "course")


@admin.register(CourseAccessRole)
class CourseAccessRoleAdmin(admin.ModelAdmin):
    """Course teams."""

    list_display = ("user", "role", "course_id")
    list_filter = ("role",)
    raw_id_fields = ("user",)


@admin.register(StudentModule)
class StudentModuleAdmin(admin.ModelAdmin):
    """States and scores."""

    list_display = ("student", "module_type", "module_state_key", "grade", "max_grade", "modified")
    list_filter = ("module_type",)
    search_fields = ("student__username",)
    raw_id_fields = ("student",)


@admin.register(UserProfile)
class UserProfileAdmin(admin.ModelAdmin):
    """Full names."""

    list_display = ("user", "name")
    search_fields = ("user__username", "name")
    raw_id_fields = ("user",)


@admin.register(UserPreference)
class UserPreferenceAdmin(admin.ModelAdmin):
    """Languages and zones."""

    list_display = ("user", "key", "value")
    list_filter = ("key",)
    raw_id_fields = ("user",)
