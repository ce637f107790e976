"""Our steps among the site's filters."""

from __future__ import annotations

from typing import Any, Final

from people.settings import pipelines

#: What we add to, by type of filter.
STEPS: Final = {
    "org.openedx.learning.certificate.render.started.v1": "chapters.filters.AddInvitation",
}


def add_steps(settings: Any) -> None:
    """Put our step into its pipeline."""
    pipelines.add_steps(settings, STEPS)
