"""Django app and plugin configuration of gamification."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_SETTINGS = {
    "common": {"relative_path": "settings.common"},
    "test": {"relative_path": "settings.test"},
}

# Both services hear of these: Studio enrols a course's author and changes roles too.
_PEOPLE_RECEIVERS = [
    {
        "receiver_func_name": "on_enrollment_changed",
        "signal_path": "openedx_events.learning.signals.COURSE_ENROLLMENT_CREATED",
        "dispatch_uid": "gamification.enrollment_created",
    },
    {
        "receiver_func_name": "on_enrollment_changed",
        "signal_path": "openedx_events.learning.signals.COURSE_ENROLLMENT_CHANGED",
        "dispatch_uid": "gamification.enrollment_changed",
    },
    {
        "receiver_func_name": "on_enrollment_changed",
        "signal_path": "openedx_events.learning.signals.COURSE_UNENROLLMENT_COMPLETED",
        "dispatch_uid": "gamification.unenrollment_completed",
    },
    {
        "receiver_func_name": "on_role_changed",
        "signal_path": "django.db.models.signals.post_save",
        "sender_path": "common.djangoapps.student.models.CourseAccessRole",
        "dispatch_uid": "gamification.role_saved",
    },
    {
        "receiver_func_name": "on_role_changed",
        "signal_path": "django.db.models.signals.post_delete",
        "sender_path": "common.djangoapps.student.models.CourseAccessRole",
        "dispatch_uid": "gamification.role_deleted",
    },
    *(
        {
            "receiver_func_name": "on_user_retired",
            "signal_path": f"openedx.core.djangoapps.user_api.accounts.signals.{signal}",
            "dispatch_uid": f"gamification.user_retired.{signal}",
        }
        for signal in ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")
    ),
]

# Completion is not installed in Studio.
_COMPLETION_RECEIVER = {
    "receiver_func_name": "on_block_completed",
    "signal_path": "django.db.models.signals.post_save",
    "sender_path": "completion.models.BlockCompletion",
    "dispatch_uid": "gamification.block_completed",
}


class GamificationConfig(AppConfig):
    """What participation earns: schemes, ledger, boards and levels."""

    name = "gamification"
    verbose_name = _("Points")
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app = {
        "url_config": {
            "lms.djangoapp": {
                "namespace": "gamification",
                "regex": r"^gamification/",
                "relative_path": "urls",
            },
        },
        "settings_config": {"lms.djangoapp": _SETTINGS, "cms.djangoapp": _SETTINGS},
        "signals_config": {
            "lms.djangoapp": {
                "relative_path": "handlers",
                "receivers": [*_PEOPLE_RECEIVERS, _COMPLETION_RECEIVER],
            },
            "cms.djangoapp": {"relative_path": "handlers", "receivers": _PEOPLE_RECEIVERS},
        },
    }

    def ready(self) -> None:
        """Make known what this app needs to run well."""
        from . import upkeep

        upkeep.register()
