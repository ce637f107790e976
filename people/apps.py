"""The app as the platform's plugin loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig

_SETTINGS = {"common": {"relative_path": "settings.common"}, "test": {"relative_path": "settings.test"}}
_LMS_SETTINGS = {**_SETTINGS, "production": {"relative_path": "settings.production"}}
_CMS_SETTINGS = {**_SETTINGS, "production": {"relative_path": "settings.studio"}}


# Errands are added in both services, and each hands its own to its own workers.
_ERRAND_RECEIVER = {
    "receiver_func_name": "on_errand_due",
    "signal_path": "people.upkeep.errands.errand_is_due",
    "dispatch_uid": "people.on_errand_due",
}


class PeopleConfig(AppConfig):
    """Who someone is in the community and how they are reached."""

    name = "people"
    verbose_name = "Community: people"
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app: ClassVar[dict[str, Any]] = {
        "url_config": {
            "lms.djangoapp": {"namespace": "people", "regex": r"^community/people/", "relative_path": "urls"},
        },
        "settings_config": {"lms.djangoapp": _LMS_SETTINGS, "cms.djangoapp": _CMS_SETTINGS},
        "signals_config": {
            "lms.djangoapp": {
                "relative_path": "handlers",
                "receivers": [
                    _ERRAND_RECEIVER,
                    {
                        "receiver_func_name": "on_delivery_saved",
                        "signal_path": "django.db.models.signals.post_save",
                        "sender_path": "people.models.Delivery",
                        "dispatch_uid": "people.on_delivery_saved",
                    },
                    *(
                        {
                            "receiver_func_name": "on_user_retired",
                            "signal_path": f"openedx.core.djangoapps.user_api.accounts.signals.{signal}",
                            "dispatch_uid": f"people.on_user_retired.{signal}",
                        }
                        for signal in ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")
                    ),
                ],
            },
            "cms.djangoapp": {"relative_path": "handlers", "receivers": [_ERRAND_RECEIVER]},
        },
    }

    def ready(self) -> None:
        """Make known what this app needs to run well."""
        from . import edx_platform, handlers
        from .upkeep import own, services, system_checks

        own.register()
        system_checks.register()
        services.report_with_first_request()
        edx_platform.watch_new_courses(handlers.on_course_about_to_exist)
