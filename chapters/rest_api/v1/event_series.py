"""Series of events: looked at before they are made, made, read, answered as a whole, published, extended."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from chapters.api import events, rsvps
from chapters.api import series as series_api
from chapters.data import Action, EventAct, EventState, RsvpState, SeriesData, SeriesFrequency, SeriesRuleData
from chapters.exceptions import NotAllowedError
from chapters.views.event_series import find_refusal

from .base import ChapterView
from .event_base import EventView
from .event_bodies import (
    AnswerSeriesSerializer,
    DeclineSeriesSerializer,
    ExtendSerializer,
    SeriesCreateSerializer,
    SeriesPreviewSerializer,
)
from .event_drawing import draw_occurrences, draw_series
from .event_shapes import OccurrencesSerializer, OutcomesSerializer, SeriesSerializer
from .events import make_plan
from .member_shapes import ReasonSerializer
from .rsvps import make_draft


class PreviewView(ChapterView):
    """The dates of a rule."""

    takes = {"POST": SeriesPreviewSerializer}
    gives = {"POST": OccurrencesSerializer}

    def post(self, request: Request, slug: str) -> Response:
        """Return the dates that a rule gives, with what clocks do to them. Nothing is made."""
        self.require(Action.DRAFT_EVENT)
        sent = self.read()
        self.keep_pace("preview")
        zone = sent.get("zone", self.chapter.zone)
        dates = series_api.preview_series(make_rule(sent["rule"]), zone, sent["minutes"])
        return self.answer({"results": draw_occurrences(dates)})


class NewSeriesView(ChapterView):
    """Making a series."""

    takes = {"POST": SeriesCreateSerializer}
    gives = {"POST": SeriesSerializer}
    statuses = {"POST": 201}

    def post(self, request: Request, slug: str) -> Response:
        """Make the dates of a series as drafts of one plan."""
        self.require(Action.DRAFT_EVENT)
        sent = self.read()
        rule = make_rule(sent["rule"])
        starts_local = datetime.combine(rule.starts_on, rule.at)
        plan = make_plan({**sent["plan"], "starts_local": starts_local}, zone=self.chapter.zone.key)
        self.keep_pace("organize")
        made = series_api.create_series(chapter_id=self.chapter.id, actor_id=self.reader_id, plan=plan, rule=rule)
        return self.answer(draw_series(self.access, made))


class SeriesDoor(ChapterView):
    """A door to one series of a chapter."""

    @functools.cached_property
    def series(self) -> SeriesData:
        """Return the series of the address with the reader's answers, and drafts for who makes them.

        One of which the reader may see no date does not exist for them; people outside are refused alike whether or not
        there is one. Raises NotFound, NotAllowedError.
        """
        found = series_api.find_series(
            self.chapter.id,
            self.number("series_id"),
            self.reader_id,
            has_drafts=self.access.can(Action.DRAFT_EVENT),
        )
        if found is not None and any(
            events.decide_event(self.access, card.event, EventAct.SEE, rsvp=card.rsvp).is_allowed
            for card in found.dates
        ):
            return found
        self.require(Action.SEE_EVENTS)
        raise NotFound(_("There is no such series, or not any more."))


class SeriesView(SeriesDoor):
    """A series of events."""

    gives = {"GET": SeriesSerializer}

    def get(self, request: Request, slug: str, series_id: str) -> Response:
        """Return the series with its dates, and what the reader has for each."""
        return self.answer(draw_series(self.access, self.series))


class SeriesAnswerView(SeriesDoor):
    """My answer to a whole series."""

    takes = {"PUT": AnswerSeriesSerializer}
    gives = {"PUT": OutcomesSerializer}

    def put(self, request: Request, slug: str, series_id: str) -> Response:
        """Say that the reader comes to all dates that are left and to those that are added, or from one date on."""
        series = self.series
        sent = self.read()
        draft = make_draft(sent)
        refusal = find_refusal(self.access, series, draft.mode, now=timezone.now())
        if refusal is not None:
            raise NotAllowedError(refusal)
        self.keep_pace("attend")
        outcomes = rsvps.answer_series(
            series_id=series.id, user_id=self.reader_id, draft=draft, from_event_id=sent["from_event_id"]
        )
        return self.answer(draw_outcomes(outcomes))


class SeriesDeclineView(SeriesDoor):
    """That I come to a series no more."""

    takes = {"POST": DeclineSeriesSerializer}
    gives = {"POST": OutcomesSerializer}

    def post(self, request: Request, slug: str, series_id: str) -> Response:
        """Give back the seats of the dates that are left, or of those from one date on."""
        series = self.series
        sent = self.read()
        self.keep_pace("attend")
        return self.answer(draw_outcomes(rsvps.decline_series(series_id=series.id, user_id=self.reader_id, **sent)))


class SeriesPublishView(SeriesDoor):
    """Publishing the dates of a series."""

    gives = {"POST": SeriesSerializer}

    def post(self, request: Request, slug: str, series_id: str) -> Response:
        """Publish the dates that are drafts and still to come."""
        self.require(Action.PUBLISH_EVENT)
        series = self.series
        self.keep_pace("organize")
        published = series_api.publish_series(series_id=series.id, actor_id=self.reader_id)
        return self.answer(draw_series(self.access, published))


class SeriesExtendView(SeriesDoor):
    """Further dates of a series."""

    takes = {"POST": ExtendSerializer}
    gives = {"POST": SeriesSerializer}

    def post(self, request: Request, slug: str, series_id: str) -> Response:
        """Add the next dates, as drafts or published at once."""
        self.require(Action.DRAFT_EVENT)
        series = self.series
        sent = self.read()
        if sent["is_published"]:
            self.require(Action.PUBLISH_EVENT)
        self.keep_pace("organize")
        extended = series_api.extend_series(
            series_id=series.id,
            actor_id=self.reader_id,
            until=sent["until"],
            more=sent["more"],
            publishes=sent["is_published"],
            end=sent["end"],
        )
        return self.answer(draw_series(self.access, extended))


class SkipView(EventView):
    """Leaving a date out of its series."""

    takes = {"POST": ReasonSerializer}
    gives = {"POST": SeriesSerializer}

    @transaction.atomic
    def post(self, request: Request, slug: str, event_id: str) -> Response:
        """Leave the date out; whoever comes is told why. A draft is deleted."""
        self.require_act(EventAct.DELETE if self.event.state is EventState.DRAFT else EventAct.CANCEL)
        sent = self.read()
        self.keep_pace("organize")
        left = series_api.skip_date(event_id=self.event.id, actor_id=self.reader_id, reason=sent["reason"])
        return self.answer(draw_series(self.access, left))


def make_rule(sent: dict[str, Any]) -> SeriesRuleData:
    """Return the rule of a series from what was sent."""
    return SeriesRuleData(**{**sent, "frequency": SeriesFrequency(sent["frequency"])})


def draw_outcomes(outcomes: dict[int, RsvpState]) -> dict[str, Any]:
    """Return what an answer came to at each date, in the order of the dates' numbers."""
    return {"results": [{"event_id": event_id, "state": outcomes[event_id].value} for event_id in sorted(outcomes)]}
