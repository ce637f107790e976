"""What comes after the site's configuration file."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Nothing yet: the steps of filters are added here when there are some."""
