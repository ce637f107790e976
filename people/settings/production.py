"""Settings that depend on what the site set in its YAML."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Follow the site's time zone, which its YAML may have changed after the defaults were set."""
    tokens = getattr(settings, "ENV_TOKENS", {})
    if "PEOPLE_DEFAULT_ZONE" not in tokens and "TIME_ZONE" in tokens:
        settings.PEOPLE_DEFAULT_ZONE = settings.TIME_ZONE
