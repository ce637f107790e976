"""The plugin as the platform's loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig

# Loaded with the app: the event bus looks for its signals before this AppConfig is ready. It needs no models.
from . import signals  # noqa: F401


class BadgeFactsConfig(AppConfig):
    """Tell credentials who finished what."""

    name = "badge_facts"
    plugin_app: ClassVar[dict[str, Any]] = {
        "signals_config": {
            "lms.djangoapp": {
                "relative_path": "receivers",
                "receivers": [
                    *(
                        {
                            "receiver_func_name": "on_case_turned",
                            "signal_path": f"discussion_ext.signals.{signal}",
                            "dispatch_uid": f"badge_facts.{signal}",
                        }
                        for signal in ("CASE_FINISHED", "CASE_UNFINISHED")
                    ),
                    {
                        "receiver_func_name": "on_level_reached",
                        "signal_path": "gamification.signals.LEVEL_REACHED",
                        "dispatch_uid": "badge_facts.LEVEL_REACHED",
                    },
                ],
            },
        },
    }
