"""Course keys under which no course may ever exist.

Posts that must not be read through the platform's own discussion API are stored in the forum under such a key: for a
key without a course that API answers 404. A course made with the key would lay them open, so it is refused where
courses come into being, and the doctor looks for one all the same.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

log = logging.getLogger(__name__)

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


def refuse_course(course_key: CourseKey) -> None:
    """Raise ValidationError for a key that is reserved.

    Case does not count, as in the platform's own search for a course that is there already.
    """
    wanted = str(course_key.for_branch(None)).lower()
    for setting in _settings:
        reserved = find_key(setting)
        if reserved is not None and str(reserved).lower() == wanted:
            log.error("people.reserved_key_refused course=%s setting=%s", course_key, setting)
            message = (
                f"No course may have the key {reserved}: discussions that are not public stand under it ({setting})."
            )
            raise ValidationError(message)
