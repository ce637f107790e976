"""A short memory of one process for answers that hardly change and are asked with every signal."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.conf import settings
from django.db import transaction

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MOST_ANSWERS = 5000


class ShortMemory(Generic[Key, Value]):
    """Remembers answers for ``GAMIFICATION_CACHE_SECONDS``; "no" and "none" are answers too.

    LMS and Studio are separate processes without a common cache that both are sure to use, so nobody is told that
    an answer changed: it is forgotten soon enough. The process that makes the change forgets at once.
    """

    def __init__(self) -> None:
        self._answers: dict[Key, tuple[float, Value]] = {}
        self._held: dict[Key, float] = {}

    def get(self, key: Key, ask: Callable[[], Value]) -> Value:
        """Return the remembered answer, else ``ask`` and remember."""
        lifetime = settings.GAMIFICATION_CACHE_SECONDS
        if not lifetime:
            return ask()
        now = time.monotonic()
        found = self._answers.get(key)
        if found is not None and found[0] > now:
            return found[1]
        answer = ask()
        if self._held.get(key, 0) > now:
            return answer
        if len(self._answers) >= MOST_ANSWERS:
            self.clear()
        self._answers[key] = (now + lifetime, answer)
        return answer

    def forget(self, key: Key) -> None:
        """Ask again next time."""
        self._held.pop(key, None)
        self._answers.pop(key, None)

    def forget_after_commit(self, key: Key) -> None:
        """Ask every time until the open transaction is committed: what it wrote may still be rolled back."""
        self._held[key] = time.monotonic() + settings.GAMIFICATION_CACHE_SECONDS
        self._answers.pop(key, None)
        transaction.on_commit(lambda: self.forget(key))

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self._answers.clear()
