"""Shapes of what the hosts of an event are given: who comes, who says that they were there, and letters."""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from .chapter_shapes import PageSerializer
from .member_shapes import AskedSerializer


class AttendeeSerializer(serializers.Serializer):
    """Somebody on an event's list, with what they need."""

    id = serializers.IntegerField(help_text="Of the answer.")
    user_id = serializers.IntegerField()
    name = serializers.CharField(help_text="As in the chapter.")
    state = serializers.CharField(
        help_text="pending, waitlisted, offered, going, not_coming, cancelled, passed, lapsed, declined or removed."
    )
    mode = serializers.CharField(help_text="offline or online.")
    guests = serializers.IntegerField()
    source = serializers.CharField(help_text="self, series, organizer or walk_in.")  # type: ignore[assignment]
    state_at = serializers.DateTimeField(default_timezone=UTC)
    queued_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    offer_until = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    needs_step_free = serializers.BooleanField()
    needs_note = serializers.CharField()
    note = serializers.CharField(help_text="What an organizer told them.")
    answers = AskedSerializer(many=True)
    attendance = serializers.CharField(help_text="present, absent or excused; empty while nothing is recorded.")
    presence = serializers.CharField(help_text="attended, no_show, cancelled_late, excused or unknown.")


class AttendeesSerializer(PageSerializer):
    """A page of the list, one state after the other."""

    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many answers there are by state.")
    results = AttendeeSerializer(many=True)


class PresenceRequestSerializer(serializers.Serializer):
    """Somebody who says that they were there though nobody recorded it. ``is_accepted`` is null while it waits."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField()
    asked_at = serializers.DateTimeField(default_timezone=UTC)
    is_accepted = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField()


class PresenceRequestsSerializer(serializers.Serializer):
    """Requests that wait, the oldest first."""

    results = PresenceRequestSerializer(many=True)


class LetterReadSerializer(serializers.Serializer):
    """A letter to people of an event. ``sent`` and ``skipped`` count people once ``finished_at`` is there."""

    id = serializers.IntegerField()
    audience = serializers.CharField(help_text="going, waiting, came or all.")
    subject = serializers.CharField()
    body = serializers.CharField()
    created_at = serializers.DateTimeField(default_timezone=UTC)
    finished_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    sent = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Who stopped such mail, or whose account is not in use.")


class LettersSerializer(serializers.Serializer):
    """The last letters about an event, the newest first."""

    results = LetterReadSerializer(many=True)
