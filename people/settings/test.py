"""What tests change: no request asks more of the database than others of its kind."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Let no process report with its first request what it runs."""
    settings.PEOPLE_REPORT_SERVICE = False
