"""The plugin as the platform's loader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig


class FactWebhookConfig(AppConfig):
    """Post public facts to a web address."""

    name = "fact_webhook"
    plugin_app: ClassVar[dict[str, Any]] = {
        "settings_config": {"lms.djangoapp": {"common": {"relative_path": "settings.common"}}},
    }

    def ready(self) -> None:
        """Connect where there is somewhere to post to.

        ``signals_config`` would do without the condition; with it, nothing is written for a listener who does nothing.
        """
        from django.conf import settings

        if settings.FACT_WEBHOOK_URL:
            from . import receivers

            receivers.connect()
