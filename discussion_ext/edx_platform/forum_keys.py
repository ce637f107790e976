"""Keys of posts: the forum numbers threads and comments apart, so a number alone names nothing."""

from __future__ import annotations

THREAD, COMMENT = "thread", "comment"


def pk_of(key: str) -> int:
    """Return the number in a key such as ``comment:12``."""
    return int(key.partition(":")[2])


def is_thread(key: str) -> bool:
    """Tell whether the key is a thread's."""
    return key.startswith(f"{THREAD}:")
