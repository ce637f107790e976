"""What this package needs to run well: its share of errands, jobs and checks. Each module below registers its own."""

from __future__ import annotations

from . import life_news


def register() -> None:
    """Make it known; called once, when the app is ready."""
    life_news.register()
