"""Shapes of what is sent about events: answers of those who come, and plans, decisions and letters of organizers."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chapters.api import event_mails, series
from chapters.data import (
    AccessFact,
    EventMailAudience,
    EventOpenTo,
    QuestionKind,
    SeriesFrequency,
    SeriesScope,
)
from discussion_ext.data import MeetingMode, TopicKind

from .fields import Day, OneOf, Text, Whole, YesNo

_MODES: Final = [MeetingMode.OFFLINE.value, MeetingMode.ONLINE.value]


class _Pattern(serializers.RegexField):
    """Text of one pattern, read as something else."""

    regex: ClassVar[str]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.regex, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return what the text says. Refuses whatever is no text; of what was sent nothing is repeated."""
        if not isinstance(data, str) or not re.fullmatch(self.regex, data):
            self.fail("invalid")
        try:
            return self.parse(data)
        except ValueError:
            self.fail("invalid")

    def run_validators(self, value: Any) -> None:
        """Ask nothing more: the pattern was asked of the text."""

    def parse(self, text: str) -> Any:
        """Return what a text says that has the pattern. Raises ValueError where the calendar or the clock has none."""
        raise NotImplementedError


class WallClock(_Pattern):
    """A day and time as the clock of a place shows it, without a zone: 2027-01-12T18:30."""

    default_error_messages = {"invalid": _("Give a day and a time of day, as 2027-01-12T18:30.")}
    regex = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"

    def parse(self, text: str) -> datetime:
        """Return the naive moment."""
        return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the zone is another field


class TimeOfDay(_Pattern):
    """A time of day: 18:30."""

    default_error_messages = {"invalid": _("Give a time of day, as 18:30.")}
    regex = "^[0-9]{2}:[0-9]{2}$"

    def parse(self, text: str) -> time:
        """Return the time."""
        return time.fromisoformat(text)


class Fold(Whole):
    """Which of two equal times of the clock is meant: 0 the first, 1 the second."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 1, "required": False, "allow_null": True} | kwargs)


# -- of organizers -----------------------------------------------------------------------------------------------------


class EventQuestionSerializer(serializers.Serializer):
    """A question to who comes. ``id`` null, or none, is a new one."""

    id = Whole(required=False, allow_null=True, default=None)
    kind = OneOf(choices=[kind.value for kind in QuestionKind], default=QuestionKind.LINE.value)
    text = Text(max_length=200)
    choices = serializers.ListField(child=Text(max_length=120), default=list, max_length=10)
    is_needed = YesNo(default=False)


class EventUnitSerializer(serializers.Serializer):
    """A unit of a course to prepare with: its key, or the address of its page."""

    usage_key = Text(max_length=1000)
    minutes = Whole(required=False, default=0, min_value=0, max_value=600)


class EventPlanSerializer(serializers.Serializer):
    """What organizers fill in of an event. Capacities of 0 are no limit; a zone that is left out is the chapter's."""

    title = Text(max_length=255)
    starts_local = WallClock(help_text="On the clock of its zone: 2027-01-12T18:30.")
    zone = Text(required=False, max_length=64, help_text="An IANA name.")
    fold = Fold(help_text="Of a time that the clock shows twice: 0 the first, 1 the second.")
    minutes = Whole(required=False, max_value=2880)
    mode = OneOf(choices=[mode.value for mode in MeetingMode], required=False)
    open_to = OneOf(choices=[each.value for each in EventOpenTo], required=False)
    kind = OneOf(choices=[kind.value for kind in TopicKind], required=False, allow_null=True)
    languages = serializers.ListField(child=Text(max_length=20), required=False, max_length=8)
    summary = Text(required=False, allow_blank=True, max_length=300)
    description = Text(required=False, allow_blank=True, max_length=10_000, help_text="Markdown.")
    agenda = Text(required=False, allow_blank=True, max_length=3000, help_text="A line for a step.")
    place = Text(required=False, allow_blank=True, max_length=500)
    place_hint = Text(
        required=False, allow_blank=True, max_length=300, help_text="Told to everybody, also where the place is hidden."
    )
    is_place_hidden = YesNo(required=False)
    link = Text(required=False, allow_blank=True, max_length=1000, help_text="Of the call; http or https.")
    link_minutes = Whole(required=False, min_value=0, max_value=10_080)
    access_facts = serializers.ListField(
        child=OneOf(choices=[fact.value for fact in AccessFact]), required=False, max_length=len(AccessFact)
    )
    access_note = Text(required=False, allow_blank=True, max_length=300)
    host_ids = serializers.ListField(child=Whole(), required=False, max_length=10, help_text="Members of the chapter.")
    room_capacity = Whole(required=False, min_value=0, max_value=100_000)
    online_capacity = Whole(required=False, min_value=0, max_value=100_000)
    guests_most = Whole(required=False, min_value=0, max_value=5)
    needs_approval = YesNo(required=False)
    has_waitlist = YesNo(required=False)
    offer_hours = Whole(required=False, allow_null=True, max_value=336)
    opens_days = Whole(required=False, allow_null=True, max_value=365)
    closes_minutes = Whole(required=False, min_value=0, max_value=43_200)
    questions = serializers.ListField(child=EventQuestionSerializer(), required=False, max_length=8)
    units = serializers.ListField(child=EventUnitSerializer(), required=False, max_length=10)


class EventPlanReadSerializer(EventPlanSerializer):
    """What organizers filled in of an event, in the shape in which it is changed."""

    id = Whole()
    revision = Whole(min_value=0)


class EventChangeSerializer(EventPlanSerializer):
    """What is new in an event; what is left out stays as it is."""

    revision = Whole(min_value=0, help_text="Of the event that the change was made from.")
    scope = OneOf(
        choices=[scope.value for scope in SeriesScope], required=False, help_text="this, or following of a series."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the revision, without which two who change the same would not notice each other."""
        if "revision" not in attrs:
            raise serializers.ValidationError({"revision": [_("Say which revision you have changed.")]})
        return attrs


class CallOffSerializer(serializers.Serializer):
    """Why an event is called off, as everybody concerned reads it."""

    reason = Text(max_length=500)
    scope = OneOf(choices=[scope.value for scope in SeriesScope], required=False, default=SeriesScope.THIS.value)


class CopySerializer(serializers.Serializer):
    """When the copy of an event takes place."""

    starts_local = WallClock()
    fold = Fold(default=None)


class SeriesRuleSerializer(serializers.Serializer):
    """How the dates of a series follow from the first one. Exactly one of ``until`` and ``count`` is given."""

    frequency = OneOf(choices=[each.value for each in SeriesFrequency])
    starts_on = Day()
    at = TimeOfDay()
    ordinal = Whole(
        required=False,
        default=1,
        min_value=-1,
        max_value=4,
        help_text="Of monthly_weekday: 1 to 4, or -1 for last.",
    )
    until = Day(required=False, allow_null=True, default=None)
    count = Whole(
        required=False, allow_null=True, default=None, min_value=series.FEWEST_DATES, max_value=series.MOST_DATES
    )


class SeriesPreviewSerializer(serializers.Serializer):
    """A rule that is looked at before any date is made."""

    rule = SeriesRuleSerializer()
    zone = Text(required=False, max_length=64, help_text="An IANA name; the chapter's where it is left out.")
    minutes = Whole(required=False, default=120, max_value=2880)


class SeriesPlanSerializer(EventPlanSerializer):
    """The plan of every date; when each takes place is said by the rule."""

    starts_local = None  # type: ignore[assignment]
    fold = None  # type: ignore[assignment]


class SeriesCreateSerializer(serializers.Serializer):
    """A series: what every date is like, and which dates there are."""

    plan = SeriesPlanSerializer()
    rule = SeriesRuleSerializer()


class ExtendSerializer(serializers.Serializer):
    """Further dates of a series: to and with a last day, or so many more."""

    until = Day(required=False, allow_null=True, default=None)
    more = Whole(required=False, allow_null=True, default=None, max_value=series.MOST_DATES)
    is_published = YesNo(required=False, default=False)
    end = Text(
        required=False,
        allow_blank=True,
        default="",
        max_length=20,
        help_text="rule.until or rule.count as they were.",
    )


class ResultWriteSerializer(serializers.Serializer):
    """What came of an event, in Markdown; once it is published it stays so."""

    text = Text(allow_blank=True, max_length=20_000)
    revision = Whole(min_value=0, help_text="Of the text that was changed; 0 for the first.")
    is_published = YesNo(required=False, default=False)


class LetterSerializer(serializers.Serializer):
    """A letter to people of an event. The same ``request_key`` again is the same letter."""

    audience = OneOf(choices=[audience.value for audience in EventMailAudience])
    subject = Text(max_length=event_mails.LONGEST_SUBJECT)
    body = Text(max_length=event_mails.LONGEST_BODY)
    request_key = Text(max_length=100)


class AddAttendeeSerializer(serializers.Serializer):
    """Whom an organizer puts on the list; ``is_forced`` also where it is full."""

    user_id = Whole()
    mode = OneOf(choices=_MODES, required=False, default=MeetingMode.OFFLINE.value)
    is_forced = YesNo(required=False, default=False)


class DecideAttendeeSerializer(serializers.Serializer):
    """What is decided about somebody: approve, refuse or remove; they read the note."""

    act = OneOf(choices=["approve", "refuse", "remove"])
    note = Text(required=False, allow_blank=True, default="", max_length=300)


class AnswerPresenceSerializer(serializers.Serializer):
    """The answer to somebody who says that they were there; a no says why."""

    user_id = Whole()
    is_accepted = YesNo()
    answer = Text(required=False, allow_blank=True, default="", max_length=500)


# -- of those who come -------------------------------------------------------------------------------------------------


class QuestionAnsweredSerializer(serializers.Serializer):
    """An answer to one of the event's questions."""

    question = Whole()
    answer = Text(allow_blank=True, max_length=1000)


class AnswerEventSerializer(serializers.Serializer):
    """That somebody comes, how, with whom, and what they need."""

    mode = OneOf(choices=_MODES)
    guests = Whole(required=False, default=0, min_value=0, max_value=5)
    needs_step_free = YesNo(required=False, default=False)
    needs_note = Text(required=False, allow_blank=True, default="", max_length=300, help_text="For hosts only.")
    answers = serializers.ListField(child=QuestionAnsweredSerializer(), required=False, default=list, max_length=8)


class AnswerSeriesSerializer(AnswerEventSerializer):
    """That somebody comes to the dates of a series that are left, or to those from one event on."""

    from_event_id = Whole(required=False, allow_null=True, default=None)


class DeclineSeriesSerializer(serializers.Serializer):
    """That somebody does not come any more, or not from one event on."""

    from_event_id = Whole(required=False, allow_null=True, default=None)


class OfferSerializer(serializers.Serializer):
    """What somebody does with the seat that is kept for them, or has come free: take it or pass it on."""

    is_taken = YesNo()
    mode = OneOf(choices=_MODES, required=False, allow_null=True, default=None, help_text="null for as they said.")


class SurveySerializer(serializers.Serializer):
    """What somebody who came thinks of it."""

    rating = Whole(max_value=5)
    useful = Text(required=False, allow_blank=True, default="", max_length=500)
    better = Text(required=False, allow_blank=True, default="", max_length=500)


class AskPresenceSerializer(serializers.Serializer):
    """What somebody says who was there though nobody recorded it."""

    text = Text(max_length=500)
