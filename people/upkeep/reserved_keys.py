"""Course keys under which no course may ever exist.

Posts that must not be read through the platform's own discussion API are stored in the forum under such a key: for a
key without a course that API answers 404. A course made with the key would lay them open, so it is refused where
courses come into being, and the doctor looks for one all the same.
"""

from __future__ import annotations

from django.conf import settings
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

_settings: dict[str, None] = {}


def register_reserved_key(setting: str) -> None:
    """Reserve the key that a setting names; called in ``AppConfig.ready()``."""
    _settings[setting] = None


def list_settings() -> list[str]:
    """Return the settings that name reserved keys."""
    return list(_settings)


def find_key(setting: str) -> CourseKey | None:
    """Return the key that a setting names, None when it names none."""
    try:
        key = CourseKey.from_string(getattr(settings, setting, ""))
    except (InvalidKeyError, TypeError):
        return None
    return key if key.is_course else None


def find_reservation(course_key: CourseKey) -> str:
    """Return the setting that reserves a key, empty for one that is free.

    Case does not count, as in the platform's own search for a course that is there already.
    """
    wanted = str(course_key.for_branch(None)).lower()
    return next((setting for setting in _settings if str(find_key(setting)).lower() == wanted), "")
