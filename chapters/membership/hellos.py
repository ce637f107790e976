"""One member says hello to another."""

from __future__ import annotations


def say_hello(*, chapter_id: int, user_id: int, to_user_id: int) -> bool:
    """Say hello once and return whether it was the first time. Raises NotFoundError for who is no member."""
    raise NotImplementedError
