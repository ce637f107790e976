"""What comes after the site's configuration file."""

from __future__ import annotations

from typing import Any

from .filters import add_steps


def plugin_settings(settings: Any) -> None:
    """Add our step to the filters that the file may have set."""
    add_steps(settings)
