"""Shapes of the people who run chapters, of what is on record, and of confidential reports."""

from __future__ import annotations

from datetime import UTC

from rest_framework import serializers

from chapters.data import ChapterRole, ConcernKind

from .chapter_shapes import PageSerializer
from .fields import Day, OneOf, Text, Whole, YesNo


class TermSerializer(serializers.Serializer):
    """Somebody's time in a role."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.CharField(help_text="lead, co_organizer, host, check_in or moderator.")
    starts_at = serializers.DateTimeField(default_timezone=UTC)
    ends_on = serializers.DateField(allow_null=True, help_text="The last day agreed, in the chapter's zone.")
    is_named_in_public = serializers.BooleanField()


class TermsSerializer(serializers.Serializer):
    """Who holds which role now."""

    results = TermSerializer(many=True)


class GiveRoleSerializer(serializers.Serializer):
    """A role for a member."""

    user_id = Whole()
    role = OneOf(choices=[role.value for role in ChapterRole])
    ends_on = Day(required=False, allow_null=True, default=None)


class HandOverSerializer(serializers.Serializer):
    """To whom the chapter is handed over; without anybody it goes back to the community team."""

    to_user_id = Whole(required=False, allow_null=True, default=None)
    reason = Text(required=False, allow_blank=True, default="", max_length=500)


class AuditSerializer(serializers.Serializer):
    """Something that was done in a chapter, on record."""

    actor = serializers.CharField(help_text="Who did it; empty for the platform itself.")
    verb = serializers.CharField(help_text="What was done, for programs: chapter.move.")
    said = serializers.CharField(help_text="The same in words.")
    reason = serializers.CharField()
    recorded_at = serializers.DateTimeField(default_timezone=UTC)


class AuditPageSerializer(PageSerializer):
    """A page of the record, newest first."""

    results = AuditSerializer(many=True)


class ReportConcernSerializer(serializers.Serializer):
    """A confidential report: it goes past the people who run the chapter."""

    kind = OneOf(choices=[kind.value for kind in ConcernKind])
    text = Text(max_length=5000)
    about = serializers.ListField(
        child=Whole(), required=False, default=list, max_length=10, help_text="Whom it accuses, by number."
    )
    is_anonymous = YesNo(required=False, default=False, help_text="Whether those who handle it are not told who wrote.")
    request_key = Text(
        required=False, allow_blank=True, default="", max_length=64, help_text="The same key again is the same report."
    )


class NoteSerializer(serializers.Serializer):
    """A note about a confidential report."""

    text = serializers.CharField()
    created_at = serializers.DateTimeField(default_timezone=UTC)


class OwnConcernSerializer(serializers.Serializer):
    """A report as who wrote it sees it, with the notes that are for them."""

    id = serializers.IntegerField()
    chapter_name = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    is_anonymous = serializers.BooleanField()
    state = serializers.CharField(help_text="new, in_hand or closed.")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    notes = NoteSerializer(many=True)


class OwnConcernsSerializer(serializers.Serializer):
    """The reader's own reports, newest first."""

    results = OwnConcernSerializer(many=True)


class HandledNoteSerializer(NoteSerializer):
    """A note as those who handle the report see it."""

    author_id = serializers.IntegerField(allow_null=True)
    is_for_reporter = serializers.BooleanField()


class ConcernSerializer(serializers.Serializer):
    """A confidential report as those who handle it see it."""

    id = serializers.IntegerField()
    chapter_name = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    about = serializers.ListField(child=serializers.IntegerField())
    reporter_id = serializers.IntegerField(allow_null=True, help_text="null where the report is anonymous.")
    is_anonymous = serializers.BooleanField()
    state = serializers.CharField(help_text="new, in_hand or closed.")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    due_at = serializers.DateTimeField(default_timezone=UTC)
    is_overdue = serializers.BooleanField()
    handler_id = serializers.IntegerField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    outcome = serializers.CharField()
    erase_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    notes = HandledNoteSerializer(many=True)


class ConcernsSerializer(PageSerializer):
    """A page of confidential reports, longest waiting first."""

    results = ConcernSerializer(many=True)


class ConcernActSerializer(serializers.Serializer):
    """What somebody does who handles a report: take it in hand, note something, or close it with an outcome."""

    act = OneOf(choices=["take", "note", "close"])
    text = Text(required=False, allow_blank=True, default="", max_length=2000)
    is_for_reporter = YesNo(required=False, default=False)
