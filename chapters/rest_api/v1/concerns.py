"""Confidential reports: they go past the people who run a chapter, to community managers whom they do not accuse."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import concerns as api
from chapters.data import Action, ConcernData, ConcernKind, ConcernState

from .base import ApiView, ChapterView
from .boards import CURSOR
from .manage import ManagerView
from .organizer_shapes import (
    ConcernActSerializer,
    ConcernSerializer,
    ConcernsSerializer,
    OwnConcernSerializer,
    OwnConcernsSerializer,
    ReportConcernSerializer,
)

_OF_CONCERN = ("id", "chapter_name", "text", "is_anonymous", "created_at")
_OF_HANDLED = ("reporter_id", "due_at", "is_overdue", "handler_id", "closed_at", "outcome", "erase_at")


class ReportConcernView(ChapterView):
    """Reporting in confidence."""

    takes = {"POST": ReportConcernSerializer}
    gives = {"POST": OwnConcernSerializer}
    statuses = {"POST": 201}

    def post(self, request: Request, slug: str) -> Response:
        """Write to the community team. Nobody whom the report accuses, and nobody of the chapter, sees it."""
        self.require(Action.REPORT_CONCERN)
        sent = self.read()
        self.keep_pace("concern")
        made = api.create_concern(
            chapter_id=self.chapter.id,
            reporter_id=self.reader_id,
            kind=ConcernKind(sent["kind"]),
            text=sent["text"],
            about=tuple(sent["about"]),
            is_anonymous=sent["is_anonymous"],
            request_key=sent["request_key"],
        )
        return self.answer(draw_own(made))


class OwnConcernsView(ApiView):
    """My confidential reports."""

    gives = {"GET": OwnConcernsSerializer}

    def get(self, request: Request) -> Response:
        """Return what the reader reported, newest first, with the notes that are for them."""
        return self.answer({"results": [draw_own(each) for each in api.list_own_concerns(self.reader_id)]})


class ConcernsView(ManagerView):
    """Confidential reports that wait for the community team."""

    gives = {"GET": ConcernsSerializer}
    query_parameters = CURSOR | {"state": "new, in_hand or closed; else those that are not closed."}

    def get(self, request: Request) -> Response:
        """Return a page of reports that the reader may handle, longest waiting first."""
        state = self.asked_word("state", ConcernState)
        page = api.list_concerns(actor_id=self.reader_id, state=state, cursor=self.asked("cursor"))
        return self.answer_page([draw_handled(each) for each in page.concerns], page.cursor)


class ConcernView(ManagerView):
    """One confidential report, for who handles it."""

    takes = {"POST": ConcernActSerializer}
    gives = {"GET": ConcernSerializer, "POST": ConcernSerializer}

    def get(self, request: Request, concern_id: str) -> Response:
        """Return a report. One that the reader may not handle does not exist for them."""
        return self.answer(draw_handled(self._find()))

    def post(self, request: Request, concern_id: str) -> Response:
        """Take a report in hand, note something about it, or close it with an outcome."""
        found, sent = self._find(), self.read()
        self.keep_pace("organize")
        who = {"concern_id": found.id, "actor_id": self.reader_id}
        match sent["act"]:
            case "take":
                api.take_in_hand(**who)
            case "note":
                api.add_note(**who, text=sent["text"], is_for_reporter=sent["is_for_reporter"])
            case _:
                api.close_concern(**who, outcome=sent["text"])
        return self.answer(draw_handled(self._find()))

    def _find(self) -> ConcernData:
        return api.get_concern(self.number("concern_id"), actor_id=self.reader_id)


def draw_own(concern: ConcernData) -> dict[str, Any]:
    """Return a report for who wrote it: without whom it accuses and what is noted among those who handle it."""
    notes = [{"text": note.text, "created_at": note.created_at} for note in concern.notes if note.is_for_reporter]
    plain = {name: getattr(concern, name) for name in _OF_CONCERN}
    return plain | {"kind": concern.kind.value, "state": concern.state.value, "notes": notes}


def draw_handled(concern: ConcernData) -> dict[str, Any]:
    """Return a report for who handles it."""
    plain = {name: getattr(concern, name) for name in (*_OF_CONCERN, *_OF_HANDLED)}
    words = {"kind": concern.kind.value, "state": concern.state.value, "about": list(concern.about)}
    return plain | words | {"notes": concern.notes}
