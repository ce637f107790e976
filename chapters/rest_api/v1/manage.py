"""What community managers see beyond one chapter: all chapters, whatever their state."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.data import ChapterState

from .base import ApiView
from .boards import CURSOR
from .chapter_shapes import ManagedChaptersSerializer


class IsManager(BasePermission):
    """Community managers: the permission to manage chapters, site staff and superusers."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer."""
        return api.is_manager(request.user.pk)


class ManagerView(ApiView):
    """A door for community managers."""

    permission_classes = (IsAuthenticated, IsManager)


class ManagedChaptersView(ManagerView):
    """All chapters."""

    gives = {"GET": ManagedChaptersSerializer}
    query_parameters = CURSOR | {"q": "A name, place or topic.", "state": "One state of the life of a chapter."}

    def get(self, request: Request) -> Response:
        """Return a page of chapters in any state."""
        page = api.list_for_manager(
            text=self.asked("q"), state=self.asked_word("state", ChapterState), cursor=self.asked("cursor")
        )
        return self.answer_page([draw_managed(row) for row in page.rows], page.cursor)


def draw_managed(row: Any) -> dict[str, Any]:
    """Return a chapter as community managers see it."""
    return {
        "chapter": draw_chapter(row.chapter),
        "needs_organizer": row.chapter.needs_organizer,
        "organizers": len(row.organizer_ids),
        "last_active_at": row.last_active_at,
    }
