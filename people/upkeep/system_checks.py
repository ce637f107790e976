"""The second door to the checks: ``manage.py check --deploy --tag community`` makes those that need no server.

For whoever builds images: no database is there yet, and Django's own command is what the build runs anyway.
"""

from __future__ import annotations

from typing import Any, Final

from django.core import checks

from people.data import FindingData, FindingState, Reach

from .checkups import run_checkups

TAG: Final = "community"

_LEVELS: Final = {FindingState.WARNING: checks.WARNING, FindingState.FAILURE: checks.ERROR}


def register() -> None:
    """Make the checks known to Django; called in ``AppConfig.ready()``."""
    checks.register(check_process, TAG, deploy=True)


def check_process(app_configs: Any, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Return what the checks of code and settings find wrong."""
    found = run_checkups(reach=Reach.PROCESS)
    return [_to_message(finding) for finding in found if finding.state in _LEVELS]


def _to_message(finding: FindingData) -> checks.CheckMessage:
    name = f"{finding.area}.{finding.name}".replace(" ", "_").replace("'", "")
    return checks.CheckMessage(_LEVELS[finding.state], finding.said, hint=finding.remedy, id=f"{TAG}.{name}")
