"""How often a choice may be changed, as REST framework asks: by the same count as the page and the block."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from gamification.permissions import keep_choice_pace
from people import api as people


class ChoicePace(BaseThrottle):
    """Counts writes of people who are signed in; reading is not limited here."""

    wait_seconds: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a write and say whether it may go on."""
        if request.method in SAFE_METHODS or request.user.pk is None:
            return True
        try:
            keep_choice_pace(request.user.pk)
        except people.TooFastError as refused:
            self.wait_seconds = refused.wait_seconds
            return False
        return True

    def wait(self) -> int | None:
        """Return for how many seconds to wait; REST framework says it in ``Retry-After``."""
        return self.wait_seconds
