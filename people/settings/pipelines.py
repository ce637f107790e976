"""Steps of the suite among a site's filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def add_steps(settings: Any, steps: Mapping[str, str]) -> None:
    """Put each step (by type of filter) at the end of its pipeline, once; what the site or other plugins set stays.

    The platform reads its configuration file between the plugins' ``common`` and ``production`` settings and takes the
    file's OPEN_EDX_FILTERS_CONFIG in place of everything: so both call this.
    """
    config = dict(getattr(settings, "OPEN_EDX_FILTERS_CONFIG", None) or {})
    for filter_type, step in steps.items():
        config[filter_type] = _with_step(config.get(filter_type), step)
    settings.OPEN_EDX_FILTERS_CONFIG = config


def _with_step(given: Any, step: str) -> dict[str, Any]:
    """Return the configuration of one filter with the step; given in any form that openedx-filters takes."""
    entry = dict(given) if isinstance(given, dict) else {"pipeline": given or []}
    pipeline = entry.get("pipeline") or []
    steps = [pipeline] if isinstance(pipeline, str) else list(pipeline)
    return {"fail_silently": True, **entry, "pipeline": steps if step in steps else [*steps, step]}
