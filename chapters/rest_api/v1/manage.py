"""What community managers see beyond one chapter: all chapters, whatever their state."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.data import ChapterState, ManagedChapterData

from .base import ApiView
from .boards import CURSOR
from .chapter_shapes import ManagedChaptersSerializer
from .drawing import draw_chapter


class IsManager(BasePermission):
    """Community managers: the permission to manage chapters, site staff and superusers."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return the answer and keep a refusal's words for the response."""
        self.message, self.code = _("This is for the community team."), "not_manager"
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
        return self.answer_page([draw_managed(row) for row in page.chapters], page.cursor)


def draw_managed(row: ManagedChapterData) -> dict[str, Any]:
    """Return a chapter as community managers see it."""
    return {
        "chapter": draw_chapter(row.chapter),
        "needs_organizer": row.chapter.needs_organizer,
        "organizers": len(row.organizers),
        "last_active_at": row.last_active_at,
        "due_at": row.due_at,
    }
