"""How the suite writes logs: an event and then ``key=value`` pairs, of ids, keys, numbers and class names only.

``log.error("gamification.fold_failed user=%s error=%s", user_id, name_error(error))``: the first word is what
dashboards count and never changes, and nothing in the line was written by a person. Messages of exceptions are left
out, because databases quote the values that they refuse, and so are tracebacks, which end with the message.
"""

from __future__ import annotations

from traceback import walk_tb
from typing import Final

_SUITE: Final = ("people", "gamification", "discussion_ext", "chapters", "xblocks")


def name_error(error: BaseException) -> str:
    """Return an error's class and the innermost line of the suite that it passed, like ``KeyError@people/zones.py:12``.

    That is what a traceback is needed for most, without the values that it would carry.
    """
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.split(".")[0] in _SUITE:
            place = f"@{module.replace('.', '/')}.py:{line}"
    return f"{type(error).__name__}{place}"
