"""Are the settings what they may be, and is no course stored where our posts hide?"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from django.conf import settings

from people import edx_platform
from people.data import SeenData
from people.upkeep import jobs, ranges, reserved_keys, suite

_INTERVAL: Final = "_EVERY_SECONDS"


def check_ranges() -> Iterator[SeenData]:
    """See that every setting is in its range."""
    declared = ranges.list_ranges()
    wrong = [setting for setting in declared if not ranges.is_in_range(setting)]
    for setting in wrong:
        value = repr(getattr(settings, setting.name, None))
        yield SeenData.failure(f"{setting.name} is {value[:80]}.", f"Set it to {setting.expected}.")
    if not wrong:
        yield SeenData.ok(f"{len(declared)} settings are in their ranges.")


def check_names() -> Iterator[SeenData]:
    """See that nobody set what no package reads: a name that is spelt wrongly does nothing, and says nothing."""
    declared = [setting.name for setting in ranges.list_ranges()]
    prefixes = tuple(f"{name.upper()}_" for name in suite.list_app_names())
    unknown = [name for name in dir(settings) if name.startswith(prefixes) and name not in declared]
    for name in unknown:
        like = get_close_matches(name, declared, n=1)
        yield SeenData.warning(
            f"{name} is set and is no setting of the suite.",
            f"Take it out{f', or spell it {like[0]}' if like else ''}: docs/settings.md has all names.",
        )
    if not unknown:
        yield SeenData.ok(f"No other name begins with {', '.join(prefixes)}.")


def check_jobs() -> Iterator[SeenData]:
    """See that the site's table of jobs has every job: one that is not in it never runs and is missed by nobody."""
    table = settings.PEOPLE_JOBS
    if not isinstance(table, dict):
        yield SeenData.skipped("PEOPLE_JOBS is no table: see the ranges.")
        return
    known = jobs.list_job_names()
    intervals = {setting.name for setting in ranges.list_ranges() if setting.name.endswith(_INTERVAL)}
    problems = [f"it has no job for {name}" for name in sorted(intervals - set(table.values()))]
    problems += [f"no job is called {name}" for name in table if name not in known]
    problems += [f"{name} names no setting ({setting})" for name, setting in table.items() if setting not in intervals]
    if problems:
        yield SeenData.failure(
            f"PEOPLE_JOBS is not right: {'; '.join(problems)}. A job that is not in it counts as switched off.",
            "Take PEOPLE_JOBS out of the site's settings, which brings the suite's own table back; to leave a job out, "
            "set its interval to 0.",
        )
    else:
        yield SeenData.ok(f"{len(table)} periodic jobs, each with an interval.")


def check_reserved_keys() -> Iterator[SeenData]:
    """See that the reserved keys are keys, differ, and name no course."""
    names = reserved_keys.list_settings()
    values = {name: reserved_keys.find_key(name) for name in names}
    problems = 0
    for name, key in values.items():
        twins = [other for other in names if other != name and values[other] == key]
        if key is None:
            problems += 1
            yield SeenData.failure(
                f"{name} is no course key: {getattr(settings, name, None)!r}.",
                "Set it to course-v1:<org>+<name>+<run>.",
            )
        elif twins:
            problems += 1
            yield SeenData.failure(f"{name} and {twins[0]} are the same key.", "Give each setting a key of its own.")
        elif edx_platform.has_course(key):
            problems += 1
            yield SeenData.failure(
                f"A course exists under {key}: its learners can read what {name} hides.",
                f"Delete that course (manage.py cms delete_course {key}) or give it another key, at once.",
            )
    if not problems:
        yield SeenData.ok(
            f"No course exists under {', '.join(str(key) for key in values.values()) or 'any reserved key'}."
        )


def check_refusal() -> Iterator[SeenData]:
    """See that a course with a reserved key would be refused when somebody creates it."""
    if edx_platform.watches_new_courses():
        yield SeenData.ok("A course with a reserved key would be refused.")
    else:
        yield SeenData.failure(
            "Nothing refuses a course with a reserved key: the platform keeps its courses elsewhere now.",
            "Install a version of the suite that is made for this release of the platform, and until then let nobody "
            "create a course with such a key.",
        )
