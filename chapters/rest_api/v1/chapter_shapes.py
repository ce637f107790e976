"""Shapes of chapters, their regions and the steps of their lives. Instants are UTC."""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from chapters.data import Audience, ChapterScope, ChapterState, ChapterType, Match
from chapters.models.chapters import NAME_FORMATS

from .fields import Day, OneOf, Text, Whole, YesNo


class PageSerializer(serializers.Serializer):
    """What every page of a list has beside its rows."""

    next_cursor = serializers.CharField(
        allow_blank=True, help_text="Give it as `cursor` for the next page; empty at the end."
    )


class RegionSerializer(serializers.Serializer):
    """A part of the world, as the site divides it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    chapters = serializers.IntegerField(help_text="How many listed chapters it has.")


class RegionsSerializer(serializers.Serializer):
    """All regions in the site's order."""

    results = RegionSerializer(many=True)


class PositioningSerializer(serializers.Serializer):
    """Why the chapter exists, in its own language."""

    audience = serializers.CharField()
    core_value = serializers.CharField()
    tone = serializers.CharField()
    unique_value = serializers.CharField()
    lost = serializers.CharField(help_text="What people would lose if it closed.")
    goals = serializers.CharField()
    field = serializers.CharField(help_text="Its topics.")
    members = serializers.CharField(help_text="Whom it wants.")
    results = serializers.CharField(help_text="What comes out of it.")
    will_not = serializers.CharField()


class ChapterSerializer(serializers.Serializer):
    """A chapter, as everybody sees it who may see it at all."""

    slug = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField(help_text="proposed, forming, active, paused, dormant, archived or declined.")
    scope = serializers.CharField(help_text="city, country, online or topic.")
    type = serializers.CharField(help_text="knowledge, works or social.")
    lead = serializers.CharField(help_text="One line on what it is for.")
    city = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166, empty for none.")
    topic = serializers.CharField()
    region = serializers.CharField()
    zone = serializers.CharField(help_text="An IANA name.")
    languages = serializers.ListField(child=serializers.CharField())
    entry = serializers.CharField(help_text="Who may join: everyone, learners or alumni.")
    has_questions = serializers.BooleanField(help_text="Whether organizers answer requests to join.")
    members = serializers.IntegerField()
    paused_until = serializers.DateField(allow_null=True)
    since = serializers.DateField(allow_null=True)


class CardSerializer(serializers.Serializer):
    """A chapter as the directory shows it."""

    chapter = ChapterSerializer()
    place = serializers.CharField()
    entry_note = serializers.CharField(help_text="Who may join, in words.")
    is_open_to_me = serializers.BooleanField()
    is_mine = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC, help_text="Its next event.")
    is_near = serializers.BooleanField(help_text="Whether it is near where the reader's profile says.")


class DirectorySerializer(PageSerializer):
    """A page of the directory: what is near first."""

    near_place = serializers.CharField(help_text="Where the reader's profile says they are; empty for unknown.")
    results = CardSerializer(many=True)


class MineSerializer(serializers.Serializer):
    """Chapters of which the reader is a member."""

    results = ChapterSerializer(many=True)


class TransitionSerializer(serializers.Serializer):
    """A step of the chapter's life that the reader may take now."""

    to = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    needs_reason = serializers.BooleanField()
    needs_date = serializers.BooleanField()
    missing = serializers.CharField(help_text="What has to be there first; empty where it can be taken now.")


class LifeSerializer(serializers.Serializer):
    """Where the chapter is in its life, and the steps that the reader may take."""

    state = serializers.CharField()
    paused_until = serializers.DateField(allow_null=True)
    transitions = TransitionSerializer(many=True)


class MoveSerializer(serializers.Serializer):
    """A step of a chapter's life."""

    to = OneOf(choices=[state.value for state in ChapterState])
    reason = Text(required=False, allow_blank=True, default="", max_length=500)
    until = Day(required=False, allow_null=True, default=None, help_text="The last day of a pause.")
    seen = Text(
        required=False,
        allow_blank=True,
        default="",
        max_length=10,
        help_text="The state that the sender decided on: where it has changed since, nothing is done.",
    )
    slug = Text(required=False, allow_blank=True, default="", max_length=60, help_text="For a proposal's approval.")
    region = Text(required=False, allow_blank=True, default="", max_length=60, help_text="For a proposal's approval.")


class CourseRuleSerializer(serializers.Serializer):
    """Who belongs to an audience: by any or all of these courses, or any course of these organizations."""

    audience = OneOf(choices=[Audience.LEARNERS.value, Audience.ALUMNI.value])
    match = OneOf(choices=[match.value for match in Match], default=Match.ANY.value)
    courses = serializers.ListField(child=Text(max_length=255), max_length=50, default=list)
    organizations = serializers.ListField(child=Text(max_length=100), max_length=20, default=list)
    adds_members = YesNo(default=False, help_text="Whether who meets the rule is made a member rather than invited.")


class RulesSerializer(serializers.Serializer):
    """The rules of a chapter, at most one for each audience."""

    rules = serializers.ListField(child=CourseRuleSerializer(), max_length=2)


class MeSerializer(serializers.Serializer):
    """What the reader is in the chapter, and what they may do."""

    state = serializers.CharField(help_text="requested, member, declined, left or removed; empty for none of these.")
    roles = serializers.ListField(child=serializers.CharField())
    audiences = serializers.ListField(child=serializers.CharField())
    may = serializers.ListField(child=serializers.CharField(), help_text="Acts that would not be refused now.")


class ChapterDetailSerializer(ChapterSerializer):
    """A chapter with its positioning; who is signed in also reads what they are in it."""

    positioning = PositioningSerializer()
    guidelines_version = serializers.CharField()
    me = MeSerializer(allow_null=True, help_text="null where nobody is signed in.")


class ManagedChapterSerializer(serializers.Serializer):
    """A chapter as community managers see it."""

    chapter = ChapterSerializer()
    needs_organizer = serializers.BooleanField()
    organizers = serializers.IntegerField()
    last_active_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    due_at = serializers.DateTimeField(
        allow_null=True, default_timezone=UTC, help_text="By when a proposal is answered; null for any other."
    )


class ManagedChaptersSerializer(PageSerializer):
    """A page of all chapters, whatever their state."""

    results = ManagedChapterSerializer(many=True)


class PositioningPlanSerializer(serializers.Serializer):
    """Why the chapter exists; what is left out stays as it is, or empty."""

    audience = Text(required=False, allow_blank=True, max_length=120)
    core_value = Text(required=False, allow_blank=True, max_length=120)
    tone = Text(required=False, allow_blank=True, max_length=60)
    unique_value = Text(required=False, allow_blank=True, max_length=500)
    lost = Text(required=False, allow_blank=True, max_length=500)
    goals = Text(required=False, allow_blank=True, max_length=500)
    field = Text(required=False, allow_blank=True, max_length=300)
    members = Text(required=False, allow_blank=True, max_length=300)
    results = Text(required=False, allow_blank=True, max_length=300)
    will_not = Text(required=False, allow_blank=True, max_length=300)


class PlanSerializer(serializers.Serializer):
    """What people fill in about a chapter."""

    name = Text(max_length=80)
    scope = OneOf(choices=[scope.value for scope in ChapterScope])
    type = OneOf(choices=[kind.value for kind in ChapterType])
    lead = Text(required=False, allow_blank=True, max_length=200)
    city = Text(required=False, allow_blank=True, max_length=80)
    country = Text(required=False, allow_blank=True, max_length=2, help_text="ISO 3166.")
    topic = Text(required=False, allow_blank=True, max_length=80)
    region = Text(required=False, allow_blank=True, max_length=60, help_text="The slug of a region.")
    zone = Text(required=False, max_length=64, help_text="An IANA name.")
    languages = serializers.ListField(child=Text(max_length=20), required=False, min_length=1, max_length=8)
    positioning = PositioningPlanSerializer(required=False)
    welcome = Text(required=False, allow_blank=True, max_length=5000)
    contact = Text(required=False, allow_blank=True, max_length=254)
    cover = Whole(required=False, max_value=6)
    entry = OneOf(choices=[audience.value for audience in Audience], required=False)
    name_format = OneOf(choices=[value for value, _label in NAME_FORMATS], required=False)
