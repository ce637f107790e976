"""Look at the deployment and say what to mend: ``manage.py lms community_doctor``, and the same in Studio."""

from __future__ import annotations

import json
import os
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from people import api
from people.data import FindingData, FindingState

_FAILED: Final = 1
_USAGE: Final = 2
_GRACE_SECONDS: Final = 10

_SIGNS: Final = {
    FindingState.OK: "ok",
    FindingState.WARNING: "WARNING",
    FindingState.FAILURE: "FAILURE",
    FindingState.SKIPPED: "skipped",
}


class Command(BaseCommand):
    """Run the checks of every package and report as a table or as JSON."""

    help = (
        "Checks this deployment of the community suite and says for everything that is wrong what mends it. Changes "
        "nothing. Exit code: 0 nothing failed, 1 something failed (with --strict "
        "also a warning), 2 wrong arguments."
    )
    # What is broken is what this command is for: it must run where Django's own checks or the migrations fail.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the report and what is looked at."""
        parser.add_argument("--json", action="store_true", help="write JSON, see docs/doctor.md for its shape")
        parser.add_argument("--area", default="", help="look at one area only")
        parser.add_argument("--strict", action="store_true", help="let warnings fail too")
        parser.add_argument("--seconds", type=float, default=60, help="begin no check after so many seconds (60)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look, report, and leave with the exit code."""
        areas = api.list_checkup_areas()
        if options["area"] not in {"", *areas}:
            message = f"--area: choose one of {', '.join(areas)}."
            raise CommandError(message, returncode=_USAGE)
        if options["seconds"] <= 0:
            raise CommandError("--seconds: give more than 0.", returncode=_USAGE)
        found: list[FindingData] = []
        limit = options["seconds"] + _GRACE_SECONDS
        watchdog = threading.Timer(limit, self._give_up, kwargs={"found": found, "limit": limit, **options})
        watchdog.daemon = True
        watchdog.start()
        for finding in api.run_checkups(area=options["area"], seconds=options["seconds"]):
            found.append(finding)  # noqa: PERF402 - the watchdog reports what is there so far
        watchdog.cancel()
        self._report(found, **options)
        bad = {FindingState.FAILURE, FindingState.WARNING} if options["strict"] else {FindingState.FAILURE}
        if api.worst_state(found) in bad:
            sys.exit(_FAILED)

    def _give_up(self, *, found: list[FindingData], limit: float, **options: Any) -> None:
        """End the process from beside a check that never comes back: a driver that waits cannot be interrupted."""
        lost = FindingData(
            area="doctor",
            name="time",
            state=FindingState.FAILURE,
            said=f"A check did not come back within {limit:.0f} seconds; those after it were not made.",
            remedy="Run the doctor for one --area after the other to see which server does not answer.",
        )
        self._report([*found, lost], **options)
        self.stdout.flush()
        os._exit(_FAILED)

    def _report(self, found: Iterable[FindingData], **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(api.report_checkups(found), indent=2))
        else:
            self._write_table(list(found))

    def _write_table(self, found: list[FindingData]) -> None:
        styles = {FindingState.FAILURE: self.style.ERROR, FindingState.WARNING: self.style.WARNING}
        area = ""
        for finding in found:
            if finding.area != area:
                area = finding.area
                self.stdout.write(f"\n{area}")
            line = f"  {_SIGNS[finding.state]:<8} {finding.name}: {finding.said}"
            self.stdout.write(styles.get(finding.state, str)(line))
            if finding.remedy:
                self.stdout.write(f"           -> {finding.remedy}")
        counts = ", ".join(f"{count} {state}" for state, count in api.count_states(found).items())
        self.stdout.write(f"\n{counts}")
