"""Shapes of events as readers are given them: in lists, one by one, in series, and what came of them. Instants are UTC.

What somebody may not see (a hidden place, the link of a call) is empty for them.
"""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from .chapter_shapes import PageSerializer
from .member_shapes import NameSerializer


class DecisionSerializer(serializers.Serializer):
    """Whether the reader may do something, and if not, why and what to do next."""

    is_allowed = serializers.BooleanField()
    code = serializers.CharField(help_text="For programs; empty where it is allowed.")
    reason = serializers.CharField()
    next_step = serializers.CharField()
    next_url = serializers.CharField()


class AnswerGivenSerializer(serializers.Serializer):
    """The reader's own answer to an event."""

    state = serializers.CharField(
        help_text="pending, waitlisted, offered, going, not_coming, cancelled, passed, lapsed, declined or removed."
    )
    mode = serializers.CharField(help_text="offline or online.")
    guests = serializers.IntegerField()
    needs_step_free = serializers.BooleanField()
    needs_note = serializers.CharField()
    state_at = serializers.DateTimeField(default_timezone=UTC)
    queued_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    offer_until = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="When an offer lapses.")
    note = serializers.CharField(help_text="What the hosts wrote when they refused or removed.")
    must_answer = serializers.BooleanField(help_text="Whether the event was moved since and asks once more.")
    place_in_line = serializers.IntegerField(allow_null=True, help_text="From 1; null where nobody waits or asks.")
    waits_why = serializers.CharField()
    overlaps = serializers.CharField(help_text="At which other event the reader has a seat at that time.")


class EventRowSerializer(serializers.Serializer):
    """An event in a list, with what it is to the reader."""

    id = serializers.IntegerField()
    chapter = serializers.CharField(help_text="The slug of its chapter.")
    series_id = serializers.IntegerField(allow_null=True)
    occurrence = serializers.DateField(allow_null=True, help_text="The day that the rule of its series gave it.")
    uid = serializers.CharField(help_text="As in calendars.")
    state = serializers.CharField(help_text="draft, published or cancelled; whether it is over follows from its end.")
    title = serializers.CharField()
    summary = serializers.CharField()
    mode = serializers.CharField(help_text="offline, online or hybrid.")
    open_to = serializers.CharField(help_text="anyone, members, learners or alumni.")
    kind = serializers.CharField(help_text="problem, experience or light; empty where it is not said.")
    languages = serializers.ListField(child=serializers.CharField())
    zone = serializers.CharField(help_text="An IANA name.")
    starts_local = serializers.CharField(help_text="On the clock of its place: 2027-01-12T18:30.")
    starts_at = serializers.DateTimeField(default_timezone=UTC)
    ends_at = serializers.DateTimeField(default_timezone=UTC)
    moved_from = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="Its start before.")
    place = serializers.CharField(help_text="Empty where it is not for the reader.")
    place_hint = serializers.CharField()
    is_place_hidden = serializers.BooleanField(help_text="Whether only people with a seat are told the exact place.")
    is_full = serializers.BooleanField()
    waiting = serializers.IntegerField(help_text="How many wait in line.")
    guests_most = serializers.IntegerField(help_text="How many people each may bring.")
    needs_approval = serializers.BooleanField()
    has_waitlist = serializers.BooleanField()
    opens_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="From when on one answers.")
    closes_at = serializers.DateTimeField(default_timezone=UTC)
    cancel_reason = serializers.CharField()
    result_at = serializers.DateTimeField(
        allow_null=True, default_timezone=UTC, help_text="When it was published what came of it."
    )
    came = serializers.IntegerField(allow_null=True, help_text="How many were recorded present; null before its end.")
    presence = serializers.CharField(
        help_text="Of the reader: attended, no_show, cancelled_late, excused or unknown; empty where nobody is."
    )
    answer = AnswerGivenSerializer(allow_null=True, help_text="null where the reader has given none.")


class EventsSerializer(PageSerializer):
    """A page of events."""

    results = EventRowSerializer(many=True)


class WaySerializer(serializers.Serializer):
    """A way to come, with its seats and whether the reader may choose it."""

    mode = serializers.CharField(help_text="offline or online.")
    capacity = serializers.IntegerField(allow_null=True, help_text="null for no limit.")
    taken = serializers.IntegerField(help_text="With guests, and with seats that are kept for somebody.")
    left = serializers.IntegerField(allow_null=True, help_text="null for no limit.")
    decision = DecisionSerializer()


class EventQuestionReadSerializer(serializers.Serializer):
    """A question to who comes, with what the reader answered."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="line, text or choice.")
    text = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    is_needed = serializers.BooleanField()
    answer = serializers.CharField()


class PreparationSerializer(serializers.Serializer):
    """A unit of a course to prepare with."""

    title = serializers.CharField()
    minutes = serializers.IntegerField(help_text="About how long it takes; 0 where it is not said.")
    url = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="By the reader.")


class EventSerializer(EventRowSerializer):
    """One event with all that the reader may see of it, and what they may do."""

    minutes = serializers.IntegerField()
    description = serializers.CharField(help_text="Markdown.")
    description_html = serializers.CharField(help_text="Safe to show.")
    agenda = serializers.CharField(help_text="A line for a step.")
    link = serializers.CharField(help_text="For who comes online, shortly before the start; else empty.")
    link_minutes = serializers.IntegerField(help_text="So long before the start the link is shown.")
    access_facts = serializers.ListField(child=serializers.CharField())
    access_note = serializers.CharField()
    hosts = NameSerializer(many=True)
    other_hosts = serializers.IntegerField(help_text="How many more host it who are not named to the reader.")
    offer_hours = serializers.IntegerField(allow_null=True, help_text="null for the site's own number.")
    ways = WaySerializer(many=True)
    questions = EventQuestionReadSerializer(many=True)
    units = PreparationSerializer(many=True)
    comes_to_series = serializers.BooleanField(help_text="Whether the reader comes to all dates, added ones included.")
    decisions = serializers.DictField(child=DecisionSerializer(), help_text="By act: answer, check_in, edit, mail …")
    revision = serializers.IntegerField(help_text="Send it along with a change.")


class SeriesRuleReadSerializer(serializers.Serializer):
    """How the dates of a series follow from the first one."""

    frequency = serializers.CharField(help_text="weekly, two_weekly, monthly_weekday or monthly_last_day.")
    ordinal = serializers.IntegerField(help_text="Of monthly_weekday: 1 to 4, or -1 for the last of the month.")
    starts_on = serializers.DateField()
    at = serializers.CharField(help_text="On the clock of its place: 18:30.")
    until = serializers.DateField(allow_null=True, help_text="The last day.")
    count = serializers.IntegerField(allow_null=True)


class SeriesSerializer(serializers.Serializer):
    """A series with those of its dates that the reader may see, in order."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    sentence = serializers.CharField(help_text="The rule in words.")
    rule = SeriesRuleReadSerializer()
    skipped = serializers.ListField(child=serializers.DateField())
    comes = serializers.BooleanField(help_text="Whether the reader comes to all dates, added ones included.")
    dates = EventRowSerializer(many=True)


class OccurrenceSerializer(serializers.Serializer):
    """A date of a series before it is made."""

    starts_local = serializers.CharField()
    starts_at = serializers.DateTimeField(default_timezone=UTC)
    note = serializers.CharField(help_text="What is special about it, such as clocks that change.")


class OccurrencesSerializer(serializers.Serializer):
    """The dates that a rule gives, in order."""

    results = OccurrenceSerializer(many=True)


class OutcomeSerializer(serializers.Serializer):
    """What an answer to a series came to at one of its dates."""

    event_id = serializers.IntegerField()
    state = serializers.CharField()


class OutcomesSerializer(serializers.Serializer):
    """What an answer to a series came to, by date. Dates that cannot be answered now are left out."""

    results = OutcomeSerializer(many=True)


class ResultSerializer(serializers.Serializer):
    """What came of an event. ``published_at`` null is a draft, for those who write it."""

    event_id = serializers.IntegerField()
    title = serializers.CharField(help_text="Of the event.")
    starts_at = serializers.DateTimeField(default_timezone=UTC)
    text = serializers.CharField(help_text="Markdown.")
    html = serializers.CharField(help_text="Safe to show.")
    published_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    due_at = serializers.DateTimeField(default_timezone=UTC)
    revision = serializers.IntegerField(help_text="Send it along with a change.")


class ResultsSerializer(PageSerializer):
    """A page of published results, of the latest event first."""

    results = ResultSerializer(many=True)


class TicketSerializer(serializers.Serializer):
    """The reader's ticket, for a host to scan; it works without a network once it is there."""

    url = serializers.CharField(help_text="What the QR code says: the page on which a host checks the reader in.")
    guests = serializers.IntegerField()
    is_checked_in = serializers.BooleanField()
    arrived_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)


class SurveyReadSerializer(serializers.Serializer):
    """What the reader thought of an event. ``rating`` null is no answer yet."""

    is_asked = serializers.BooleanField(help_text="Whether the reader was there and may answer, or answer again.")
    rating = serializers.IntegerField(allow_null=True)
    useful = serializers.CharField()
    better = serializers.CharField()


class SurveySummarySerializer(serializers.Serializer):
    """What people thought of an event, without names. From few answers only their number is given."""

    answers = serializers.IntegerField()
    asked = serializers.IntegerField()
    rating = serializers.FloatField(allow_null=True)
    useful = serializers.ListField(child=serializers.CharField())
    better = serializers.ListField(child=serializers.CharField())


class PresenceRequestReadSerializer(serializers.Serializer):
    """What somebody says who was there though nobody recorded it. ``is_accepted`` is null while it waits."""

    text = serializers.CharField()
    asked_at = serializers.DateTimeField(default_timezone=UTC)
    is_accepted = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField()


class PresenceSerializer(serializers.Serializer):
    """What is known of the reader at an event."""

    presence = serializers.CharField(help_text="attended, no_show, cancelled_late, excused or unknown.")
    arrived_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    reason = serializers.CharField(help_text="Why somebody corrected it.")
    counts_until = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="Then it is forgotten.")
    may_ask = serializers.BooleanField(help_text="Whether the reader may say now that they were there.")
    request = PresenceRequestReadSerializer(allow_null=True)
