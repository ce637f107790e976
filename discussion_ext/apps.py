"""The app as the platform's plugin loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_COMMON = {"common": {"relative_path": "settings.common"}}
_PRODUCTION = {"production": {"relative_path": "settings.production"}}


def _model_receivers(model: str, noun: str) -> list[dict[str, str]]:
    """Return receivers of both signals of one of the forum's models, which Studio does not have."""
    return [
        {
            "receiver_func_name": f"on_{noun}_{fact}",
            "signal_path": f"django.db.models.signals.{signal}",
            "sender_path": f"forum.models.{model}",
            "dispatch_uid": f"discussion_ext.{model}.{signal}",
        }
        for fact, signal in (("saved", "post_save"), ("deleted", "post_delete"))
    ]


class DiscussionExtConfig(AppConfig):
    """What is said and done together: contributions as evidence, and case discussions."""

    name = "discussion_ext"
    verbose_name = _("Community: discussion")
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app: ClassVar[dict[str, Any]] = {
        "url_config": {
            "lms.djangoapp": {
                "namespace": "discussion_ext",
                "regex": r"^discussion_ext/",
                "relative_path": "urls",
            },
        },
        "settings_config": {"lms.djangoapp": {**_COMMON, **_PRODUCTION}, "cms.djangoapp": _COMMON},
        "signals_config": {
            "lms.djangoapp": {
                "relative_path": "handlers",
                "receivers": [
                    *_model_receivers("CommentThread", "post"),
                    *_model_receivers("Comment", "post"),
                    *_model_receivers("UserVote", "vote"),
                    *_model_receivers("AbuseFlagger", "flag"),
                    {
                        "receiver_func_name": "on_course_published_in_lms",
                        "signal_path": "xmodule.modulestore.django.COURSE_PUBLISHED",
                        "dispatch_uid": "discussion_ext.course_published",
                    },
                    *(
                        {
                            "receiver_func_name": "on_user_retired",
                            "signal_path": f"openedx.core.djangoapps.user_api.accounts.signals.{signal}",
                            "dispatch_uid": f"discussion_ext.user_retired.{signal}",
                        }
                        for signal in ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")
                    ),
                    {
                        "receiver_func_name": "on_own_due_date_saved",
                        "signal_path": "django.db.models.signals.post_save",
                        "sender_path": "edx_when.models.UserDate",
                        "dispatch_uid": "discussion_ext.UserDate.post_save",
                    },
                    {
                        "receiver_func_name": "on_block_completed",
                        "signal_path": "django.db.models.signals.post_save",
                        "sender_path": "completion.models.BlockCompletion",
                        "dispatch_uid": "discussion_ext.BlockCompletion.post_save",
                    },
                    {
                        "receiver_func_name": "on_learner_enrolled",
                        "signal_path": "openedx_events.learning.signals.COURSE_ENROLLMENT_CHANGED",
                        "dispatch_uid": "discussion_ext.learner_enrolled",
                    },
                    {
                        "receiver_func_name": "on_cohort_changed",
                        "signal_path": (
                            "openedx.core.djangoapps.course_groups.signals.signals.COHORT_MEMBERSHIP_UPDATED"
                        ),
                        "dispatch_uid": "discussion_ext.cohort_changed",
                    },
                    {
                        "receiver_func_name": "on_enrolment_changed",
                        "signal_path": "openedx_events.learning.signals.COURSE_ENROLLMENT_CHANGED",
                        "dispatch_uid": "discussion_ext.enrolment_changed",
                    },
                ],
            },
            "cms.djangoapp": {
                "relative_path": "handlers",
                "receivers": [
                    {
                        "receiver_func_name": "on_course_published",
                        "signal_path": "xmodule.modulestore.django.COURSE_PUBLISHED",
                        "dispatch_uid": "discussion_ext.course_published",
                    }
                ],
            },
        },
    }

    def ready(self) -> None:
        """Make known what this app needs to run well."""
        from . import upkeep

        upkeep.register()
