"""Events of a chapter: lists, one event, drafting and changing it, and how it goes on and ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.api import events, series
from chapters.data import (
    AccessFact,
    Action,
    EventAct,
    EventOpenTo,
    EventPlanData,
    EventQuestionData,
    EventUnitData,
    EventWhen,
    QuestionKind,
    SeriesScope,
)
from discussion_ext.data import MeetingMode, TopicKind

from .base import AnybodyReads, ApiView, ChapterView
from .board_shapes import DoneSerializer
from .boards import CURSOR
from .event_base import EventView
from .event_bodies import (
    CallOffSerializer,
    CopySerializer,
    EventChangeSerializer,
    EventPlanReadSerializer,
    EventPlanSerializer,
)
from .event_drawing import draw_event, draw_own_row, draw_plan, draw_rows
from .event_shapes import EventSerializer, EventsSerializer

_WHEN: Final = {"when": "coming, which it is if not said, or past."}
#: What of a plan is kept in other kinds than those of JSON.
_KINDS: Final[Mapping[str, Any]] = {
    "mode": MeetingMode,
    "open_to": EventOpenTo,
    "kind": lambda kind: TopicKind(kind) if kind else None,
    "languages": tuple,
    "access_facts": lambda facts: frozenset(AccessFact(fact) for fact in facts),
    "host_ids": tuple,
    "questions": lambda questions: tuple(
        EventQuestionData(**{**each, "kind": QuestionKind(each["kind"]), "choices": tuple(each["choices"])})
        for each in questions
    ),
    "units": lambda units: tuple(EventUnitData(**each) for each in units),
}


class MyEventsView(ApiView):
    """Events of mine, in all chapters."""

    gives = {"GET": EventsSerializer}
    query_parameters = CURSOR | _WHEN

    def get(self, request: Request) -> Response:
        """Return a page of events that the reader answered or hosts: coming soonest first, past latest first."""
        when = self.asked_word("when", EventWhen) or EventWhen.COMING
        page = events.list_my_events(user_id=self.reader_id, when=when, cursor=self.asked("cursor"))
        chapters = api.get_chapters({card.event.chapter_id for card in page.events})
        rows = [
            draw_own_row(chapters[card.event.chapter_id].slug, card, self.reader_id)
            for card in page.events
            if card.event.chapter_id in chapters
        ]
        return self.answer_page(rows, page.cursor)


class EventsView(ChapterView):
    """Events of a chapter."""

    permission_classes = (AnybodyReads,)
    takes = {"POST": EventPlanSerializer}
    gives = {"GET": EventsSerializer, "POST": EventPlanReadSerializer}
    statuses = {"POST": 201}
    query_parameters = CURSOR | _WHEN

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of the events that are open to the reader: coming soonest first, past latest first."""
        page = events.list_events(
            chapter_id=self.chapter.id,
            when=self.asked_word("when", EventWhen) or EventWhen.COMING,
            user_id=self.reader_or_none,
            open_to=events.list_open_to(self.access),
            cursor=self.asked("cursor"),
        )
        return self.answer_page(draw_rows(self.access, page.events), page.cursor)

    def post(self, request: Request, slug: str) -> Response:
        """Make a draft."""
        self.require(Action.DRAFT_EVENT)
        plan = make_plan(self.read(), zone=self.chapter.zone.key)
        self.keep_pace("organize")
        made = events.create_event(chapter_id=self.chapter.id, actor_id=self.reader_id, plan=plan)
        return self.answer(draw_plan(events.get_plan(made.id), made.revision) | {"id": made.id})


class DraftsView(ChapterView):
    """Events that are not published."""

    gives = {"GET": EventsSerializer}
    query_parameters = CURSOR

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of drafts, soonest first, those whose time has passed included."""
        self.require(Action.DRAFT_EVENT)
        page = events.list_drafts(chapter_id=self.chapter.id, cursor=self.asked("cursor"))
        return self.answer_page(draw_rows(self.access, page.events), page.cursor)


class EventDetailView(EventView):
    """One event."""

    permission_classes = (AnybodyReads,)
    takes = {"PATCH": EventChangeSerializer}
    gives = {"GET": EventSerializer, "PATCH": EventSerializer, "DELETE": DoneSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return the event with the reader's own answer and what they may do, and why not."""
        return self.answer(draw_event(self))

    @transaction.atomic
    def patch(self, request: Request, slug: str, event_id: str) -> Response:
        """Change the event, or with ``following`` the later dates of its series too; people are told of a move."""
        self.require_act(EventAct.EDIT)
        sent = self.read()
        self.keep_pace("organize")
        revision, scope = sent.pop("revision"), SeriesScope(sent.pop("scope", SeriesScope.THIS))
        if scope is SeriesScope.FOLLOWING and self.event.series_id is not None:
            events.require_following(self.access, series.list_following(self.event.id).changed, EventAct.EDIT)
        plan = make_plan(sent, before=events.get_plan(self.event.id))
        events.change_event(event_id=self.event.id, actor_id=self.reader_id, plan=plan, revision=revision, scope=scope)
        self.read_again()
        return self.answer(draw_event(self))

    def delete(self, request: Request, slug: str, event_id: str) -> Response:
        """Delete a draft."""
        self.require_act(EventAct.DELETE)
        self.keep_pace("organize")
        events.delete_draft(event_id=self.event.id, actor_id=self.reader_id)
        return self.answer({"done": True})


class PlanView(EventView):
    """What organizers filled in of an event."""

    gives = {"GET": EventPlanReadSerializer}

    def get(self, request: Request, slug: str, event_id: str) -> Response:
        """Return the plan of the event, with its place and its link, to be changed."""
        self.require_act(EventAct.EDIT)
        return self.answer(draw_plan(events.get_plan(self.event.id), self.event.revision) | {"id": self.event.id})


class PublishView(EventView):
    """Publishing a draft."""

    gives = {"POST": EventSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Publish the event: people can answer."""
        self.require_act(EventAct.PUBLISH)
        self.keep_pace("organize")
        events.publish_event(event_id=self.event.id, actor_id=self.reader_id)
        self.read_again()
        return self.answer(draw_event(self))


class CallOffView(EventView):
    """Calling an event off."""

    takes = {"POST": CallOffSerializer}
    gives = {"POST": EventSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Call the event off, or with ``following`` the later dates of its series too; everybody is told once."""
        self.require_act(EventAct.CANCEL)
        sent = self.read()
        self.keep_pace("organize")
        events.cancel_event(
            event_id=self.event.id,
            actor_id=self.reader_id,
            reason=sent["reason"],
            scope=SeriesScope(sent["scope"]),
        )
        self.read_again()
        return self.answer(draw_event(self))


class RestoreView(EventView):
    """Letting an event take place after all."""

    gives = {"POST": EventSerializer}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Restore an event within a day after it was called off; whoever had a seat has it again."""
        self.require_act(EventAct.RESTORE)
        self.keep_pace("organize")
        events.restore_event(event_id=self.event.id, actor_id=self.reader_id)
        self.read_again()
        return self.answer(draw_event(self))


class CopyView(EventView):
    """Copying an event."""

    takes = {"POST": CopySerializer}
    gives = {"POST": EventPlanReadSerializer}
    statuses = {"POST": 201}

    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Make a draft like the event for another date. Nobody's answers go along."""
        self.require(Action.DRAFT_EVENT)
        sent = self.read()
        source = self.event.id
        self.keep_pace("organize")
        made = events.copy_event(event_id=source, actor_id=self.reader_id, **sent)
        return self.answer(draw_plan(events.get_plan(made.id), made.revision) | {"id": made.id})


def make_plan(sent: Mapping[str, Any], *, before: EventPlanData | None = None, zone: str = "") -> EventPlanData:
    """Return what is to stand of an event: what was sent over what stands there, or over nothing in a ``zone``.

    A new time on the clock forgets which of two equal ones the old one was.
    """
    values = {name: _KINDS[name](value) if name in _KINDS else value for name, value in sent.items()}
    if before is None:
        return EventPlanData(**({"zone": zone} | values))
    if {"starts_local", "zone"} & values.keys():
        values.setdefault("fold", None)
    return replace(before, **values)
