"""The app's permissions as REST framework asks for them: a refusal carries the reason and the next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from gamification.permissions import Decision, may_choose_name, may_see_points


class _Asks(BasePermission):
    """Asks one question of ``gamification.permissions`` about the view's course."""

    ask: ClassVar[Callable[..., Decision]]

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer and keep a refusal's words for the response."""
        decision = type(self).ask(request.user.pk, view.course_key)
        self.message, self.code = decision.sentence, decision.code
        return decision.is_allowed


class MaySeePoints(_Asks):
    """Learners and the team of a course, while points are on."""

    ask = staticmethod(may_see_points)


class MayChooseName(_Asks):
    """Everybody who may see points reads; only those who are on the board choose."""

    ask = staticmethod(may_choose_name)
