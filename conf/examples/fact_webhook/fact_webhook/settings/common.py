"""Defaults; a site changes them in its own configuration."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    # .. setting_name: FACT_WEBHOOK_URL
    # .. setting_default: ""
    # .. setting_description: Where facts are posted to; empty for nowhere.
    settings.FACT_WEBHOOK_URL = getattr(settings, "FACT_WEBHOOK_URL", "")
    # .. setting_name: FACT_WEBHOOK_SECRET
    # .. setting_default: ""
    # .. setting_description: The key by which the receiving side recognises us.
    settings.FACT_WEBHOOK_SECRET = getattr(settings, "FACT_WEBHOOK_SECRET", "")
