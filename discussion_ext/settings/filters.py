"""Our steps among the site's filters."""

from __future__ import annotations

from typing import Any, Final

#: What we add to, by type of filter; the second type exists on sites that have the new instructor dashboard.
STEPS: Final = {
    "org.openedx.learning.instructor.dashboard.render.started.v1": "discussion_ext.filters.AddSessionsSection",
    "org.openedx.learning.instructor.dashboard.tabs.requested.v1": "discussion_ext.filters.AddSessionsTab",
}


def add_steps(settings: Any) -> None:
    """Put each step at the end of its pipeline, once; what the site or other plugins have set stays.

    The platform reads its configuration file between the plugins' ``common`` and ``production`` settings and takes the
    file's OPEN_EDX_FILTERS_CONFIG in place of everything: so both call this.
    """
    config = dict(getattr(settings, "OPEN_EDX_FILTERS_CONFIG", None) or {})
    for filter_type, step in STEPS.items():
        config[filter_type] = _with_step(config.get(filter_type), step)
    settings.OPEN_EDX_FILTERS_CONFIG = config


def _with_step(given: Any, step: str) -> dict[str, Any]:
    """Return the configuration of one filter with the step; given in any form that openedx-filters takes."""
    entry = dict(given) if isinstance(given, dict) else {"pipeline": given or []}
    pipeline = entry.get("pipeline") or []
    steps = [pipeline] if isinstance(pipeline, str) else list(pipeline)
    return {"fail_silently": True, **entry, "pipeline": steps if step in steps else [*steps, step]}
