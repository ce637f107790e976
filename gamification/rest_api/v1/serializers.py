"""The shapes of version 1. Instants are UTC; reasons and titles are in the language of the request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class LevelSerializer(serializers.Serializer):
    """A level and the way to the next one."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    starts_at = serializers.IntegerField(help_text="Points from which this level is reached.")
    next_title = serializers.CharField()
    next_at = serializers.IntegerField(help_text="Points from which the next level is reached.")
    fraction = serializers.FloatField(help_text="The way gone to the next level, 0 to below 1.")


class StandingSerializer(serializers.Serializer):
    """One's own points in a course."""

    points = serializers.IntegerField()
    level = LevelSerializer()
    rank = serializers.IntegerField(
        allow_null=True, help_text="Equal points share a place. Hidden learners have one too, for themselves."
    )
    board_size = serializers.IntegerField()
    is_listed = serializers.BooleanField(help_text="Whether others find this person on the board.")
    listing = serializers.CharField(help_text="Why or why not: listed, hidden, team, left, retired or none.")


class EntrySerializer(serializers.Serializer):
    """One line of the ledger with its reason."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    points = serializers.IntegerField(help_text="Signed effect on the total; 0 where it is capped or replaced.")
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    reason = serializers.CharField()
    rule = serializers.CharField()
    scheme_version = serializers.IntegerField()
    is_void = serializers.BooleanField()
    is_capped = serializers.BooleanField()


class RowSerializer(serializers.Serializer):
    """A line of the board. People appear as they chose; ids are given for one's own line only."""

    rank = serializers.IntegerField()
    name = serializers.CharField()
    name_kind = serializers.CharField(help_text="name or pseudonym; hidden for people who left the platform.")
    points = serializers.IntegerField()
    level_number = serializers.IntegerField()
    level_title = serializers.CharField()
    is_me = serializers.BooleanField()


class AroundSerializer(serializers.Serializer):
    """The places around the reader, own line included. Empty for those who are not on the board."""

    before = serializers.IntegerField(help_text="Members above the first row.")
    after = serializers.IntegerField(help_text="Members below the last row.")
    results = RowSerializer(many=True)


class NameOptionSerializer(serializers.Serializer):
    """One way of appearing on the board."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    hint = serializers.CharField()
    is_chosen = serializers.BooleanField()


class PrivacySerializer(serializers.Serializer):
    """How the board names the reader. Only ``choice`` is written."""

    choice = serializers.ChoiceField(
        choices=["name", "pseudonym", "hidden"],
        # What was sent is not repeated: half a character cannot be written into an answer.
        error_messages={"invalid_choice": _("Choose your name, a pseudonym, or to stay hidden.")},
    )
    options = NameOptionSerializer(many=True, read_only=True)
    sentence = serializers.CharField(read_only=True)


class RuleSerializer(serializers.Serializer):
    """What the scheme pays for one kind of activity."""

    kind = serializers.CharField()
    tier = serializers.CharField()
    title = serializers.CharField()
    points = serializers.IntegerField()
    per_day = serializers.IntegerField(allow_null=True, help_text="How many a day earn points; null for no limit.")
    min_words = serializers.IntegerField(help_text="Words from which one earns points; 0 for none.")


class LevelStartSerializer(serializers.Serializer):
    """A level of the scheme."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    starts_at = serializers.IntegerField()


class SchemeSerializer(serializers.Serializer):
    """The scheme in force in a course."""

    rules = RuleSerializer(many=True)
    levels = LevelStartSerializer(many=True)
