"""Are the settings what they may be, and is no course stored where our posts hide?"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from people import edx_platform
from people.data import SeenData
from people.upkeep import ranges, reserved_keys


def check_ranges() -> Iterator[SeenData]:
    """See that every setting is in its range."""
    declared = ranges.list_ranges()
    wrong = [setting for setting in declared if not ranges.is_in_range(setting)]
    for setting in wrong:
        value = repr(getattr(settings, setting.name, None))
        yield SeenData.failure(f"{setting.name} is {value[:80]}.", f"Set it to {setting.expected}.")
    if not wrong:
        yield SeenData.ok(f"{len(declared)} settings are in their ranges.")


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
