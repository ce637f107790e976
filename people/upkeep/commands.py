"""Every periodic job as a management command: the same work and the same record, with progress and a dry run."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Container, Iterable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from people import edx_platform

from .jobs import get_job, look_at_job, run_job


def whole_number(text: str) -> int:
    """Read an option that counts something: a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("give a number from 1 on.")
    return int(text)


def read_course(text: str, *, known: Container[CourseKey] = ()) -> CourseKey:
    """Return the course that an operator named, if it exists or is ``known``; raise CommandError if it does not.

    A key with a slip of the pen would else find nothing to do, and say so as if all were well.
    """
    try:
        course_key = CourseKey.from_string(text)
    except InvalidKeyError as error:
        message = f"{text} is no key of a course; write it like course-v1:Org+Course+Run."
        raise CommandError(message) from error
    if course_key not in known and not edx_platform.has_course(course_key):
        message = f"There is no course {text} on this site."
        raise CommandError(message)
    return course_key


class JobCommand(BaseCommand):
    """Run the job named by ``job``. ``limit`` is how much one call does unless it is told otherwise.

    A job with options of its own adds them in ``add_job_arguments`` and hands them on in ``read_options``.
    """

    job: str = ""
    limit: int | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a dry run, a limit where the job has one, and what the job adds."""
        parser.add_argument("--dry-run", action="store_true", help="only say how much there is to do")
        if get_job(self.job).limit is not None:
            help_text = f"do no more than this ({self.limit})"
            parser.add_argument("--limit", type=whole_number, default=self.limit, help=help_text)
        self.add_job_arguments(parser)

    def add_job_arguments(self, parser: ArgumentParser) -> None:
        """Add the job's own options."""

    def read_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the job's own options as its functions take them; raise CommandError for what cannot be read."""
        return {}

    def is_partial(self, options: Mapping[str, Any]) -> bool:
        """Tell whether a run with these options does only a part of the job."""
        return False

    def list_due(self, options: Mapping[str, Any]) -> Iterable[str]:
        """Return what a dry run shows before its counts, one line each."""
        return ()

    def say_due(self, counts: Mapping[str, int]) -> str:
        """Return what a dry run found, in a sentence."""
        return f"There is to do: {_say(counts)}."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the job or look at it, and say what came of it."""
        own = self.read_options(options)
        if options["dry_run"]:
            for line in self.list_due(options):
                self.stdout.write(line)
            self.stdout.write(f"{self.say_due(look_at_job(self.job, **own))} Nothing was changed.")
            return
        run = run_job(self.job, limit=options.get("limit"), tell=self._tell, is_partial=self.is_partial(options), **own)
        if run.is_busy:
            self.stdout.write("Another run is at work; it is left to that one.")
        else:
            self.stdout.write(f"Done: {_say(run.counts)}.")

    def _tell(self, counts: Mapping[str, int]) -> None:
        self.stdout.write(f"... {_say(counts)}")


def _say(counts: Mapping[str, int]) -> str:
    # The number comes last, so that the names need no singular.
    return ", ".join(f"{name}: {number}" for name, number in counts.items() if number) or "nothing"
