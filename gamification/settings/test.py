"""What tests change: nothing is remembered between two calls, so that no test sees another one's courses."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Switch the short memory off."""
    settings.GAMIFICATION_CACHE_SECONDS = 0
