"""The app as the platform's plugin loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_COMMON = {"common": {"relative_path": "settings.common"}}
_PRODUCTION = {"production": {"relative_path": "settings.production"}}

_EVENTS = "openedx_events.learning.signals"
_RECEIVERS = [
    {
        "receiver_func_name": "on_enrolment_changed",
        "signal_path": f"{_EVENTS}.COURSE_ENROLLMENT_CHANGED",
        "dispatch_uid": "chapters.enrolment_changed",
    },
    {
        "receiver_func_name": "on_result_changed",
        "signal_path": f"{_EVENTS}.COURSE_PASSING_STATUS_UPDATED",
        "dispatch_uid": "chapters.result_changed",
    },
    {
        # Sent with every save of a certificate, also with those that create it and take it back.
        "receiver_func_name": "on_certificate_changed",
        "signal_path": f"{_EVENTS}.CERTIFICATE_CHANGED",
        "dispatch_uid": "chapters.certificate_changed",
    },
    *(
        {
            "receiver_func_name": "on_user_retired",
            "signal_path": f"openedx.core.djangoapps.user_api.accounts.signals.{signal}",
            "dispatch_uid": f"chapters.user_retired.{signal}",
        }
        for signal in ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")
    ),
]


class ChaptersConfig(AppConfig):
    """Communities that live on after the course."""

    name = "chapters"
    verbose_name = _("Community: chapters")
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app: ClassVar[dict[str, Any]] = {
        "url_config": {
            "lms.djangoapp": {"namespace": "chapters", "regex": r"^chapters/", "relative_path": "urls"},
        },
        "settings_config": {"lms.djangoapp": {**_COMMON, **_PRODUCTION}, "cms.djangoapp": _COMMON},
        "signals_config": {"lms.djangoapp": {"relative_path": "handlers", "receivers": _RECEIVERS}},
    }

    def ready(self) -> None:
        """Make known what this app needs to run well."""
        from . import upkeep

        upkeep.register()
