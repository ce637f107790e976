"""Our steps among the site's filters."""

from __future__ import annotations

from typing import Any, Final

from people.settings import pipelines

#: What we add to, by type of filter; the second type exists on sites that have the new instructor dashboard.
STEPS: Final = {
    "org.openedx.learning.instructor.dashboard.render.started.v1": "discussion_ext.filters.AddSessionsSection",
    "org.openedx.learning.instructor.dashboard.tabs.requested.v1": "discussion_ext.filters.AddSessionsTab",
}


def add_steps(settings: Any) -> None:
    """Put our steps into their pipelines."""
    pipelines.add_steps(settings, STEPS)
