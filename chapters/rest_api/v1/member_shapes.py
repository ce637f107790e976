"""Shapes of members: how they come in, what they say of themselves, and how they go."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chapters.data import (
    INTRODUCTION_FIELDS,
    Audience,
    Digest,
    IntroductionData,
    LeaveReason,
    MemberCardData,
    QuestionKind,
)

from .chapter_shapes import ChapterSerializer, PageSerializer
from .fields import Day, OneOf, Text, Whole, YesNo


class NameSerializer(serializers.Serializer):
    """A person under the name that they chose for chapters."""

    user_id = serializers.SerializerMethodField(help_text="null for people who are hidden or left the platform.")
    name = serializers.CharField(source="text")
    kind = serializers.CharField(help_text="name, pseudonym or hidden.")

    def get_user_id(self, name: Any) -> int | None:
        """Return the number of the person, where they are shown at all."""
        return None if name.kind == "hidden" else name.user_id


class IntroductionSerializer(serializers.Serializer):
    """What a member says of themselves. Fields that are not for the reader are empty."""

    position = serializers.CharField()
    place = serializers.CharField()
    skills = serializers.CharField()
    why = serializers.CharField(help_text="Why they joined.")
    hobbies = serializers.CharField()


class OwnIntroductionSerializer(serializers.Serializer):
    """What the reader says of themselves, and which fields only organizers see. What is left out stays as it is."""

    position = Text(required=False, allow_blank=True, max_length=INTRODUCTION_FIELDS["position"])
    place = Text(required=False, allow_blank=True, max_length=INTRODUCTION_FIELDS["place"])
    skills = Text(required=False, allow_blank=True, max_length=INTRODUCTION_FIELDS["skills"])
    why = Text(required=False, allow_blank=True, max_length=INTRODUCTION_FIELDS["why"])
    hobbies = Text(required=False, allow_blank=True, max_length=INTRODUCTION_FIELDS["hobbies"])
    private = serializers.ListField(child=OneOf(choices=list(INTRODUCTION_FIELDS)), required=False, max_length=5)

    @staticmethod
    def merge(old: IntroductionData, sent: dict[str, Any]) -> IntroductionData:
        """Return the introduction with what was sent in place of what stood there."""
        texts = {name: sent.get(name, getattr(old, name)) for name in INTRODUCTION_FIELDS}
        return IntroductionData(**texts, private=frozenset(sent.get("private", old.private)))


class OwnIntroductionReadSerializer(IntroductionSerializer):
    """One's own introduction with the names of the fields that only organizers see."""

    private = serializers.ListField(child=serializers.CharField())


class AudienceStandingSerializer(serializers.Serializer):
    """An audience that a member belongs to."""

    audience = serializers.CharField()
    source = serializers.CharField(help_text="rule, or manual where a person granted it.")  # type: ignore[assignment]
    since = serializers.DateTimeField(default_timezone=UTC)
    course_id = serializers.CharField(help_text="The course that gave it; empty for a manual one.")


class MembershipSerializer(serializers.Serializer):
    """The reader's own membership."""

    state = serializers.CharField(help_text="requested, member, declined, left or removed.")
    joined_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    introduction = OwnIntroductionReadSerializer()
    digest = serializers.CharField(help_text="daily, weekly or never.")
    paused_until = serializers.DateField(allow_null=True, help_text="No mail from the chapter until this day.")
    standings = AudienceStandingSerializer(many=True)


class AnswerSerializer(serializers.Serializer):
    """An answer to one of the chapter's questions."""

    question = Whole()
    answer = Text(allow_blank=True, max_length=2000)


class JoinSerializer(serializers.Serializer):
    """What somebody says who wants to join."""

    introduction = OwnIntroductionSerializer(required=False)
    answers = serializers.ListField(child=AnswerSerializer(), required=False, max_length=20)


class ChangeMembershipSerializer(serializers.Serializer):
    """What a member changes about their membership; what is left out stays as it is."""

    introduction = OwnIntroductionSerializer(required=False)
    digest = OneOf(choices=[digest.value for digest in Digest], required=False)
    paused_until = Day(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change that changes nothing."""
        if not attrs:
            raise serializers.ValidationError({"introduction": [_("Say what is to change.")]})
        return attrs


class LeaveSerializer(serializers.Serializer):
    """Why somebody leaves, if they say it."""

    reason = OneOf(choices=[reason.value for reason in LeaveReason], required=False, allow_blank=True, default="")
    note = Text(required=False, allow_blank=True, default="", max_length=500)


class MemberSerializer(serializers.Serializer):
    """A member as the reader may see them."""

    user_id = serializers.IntegerField()
    name = NameSerializer()
    shown_as = serializers.CharField(help_text="By the chapter's format of names.")
    introduction = IntroductionSerializer()
    joined_on = serializers.SerializerMethodField()
    audiences = serializers.SerializerMethodField()
    roles = serializers.ListField(child=serializers.CharField())
    is_me = serializers.BooleanField()
    hellos = serializers.IntegerField()
    said_hello = serializers.BooleanField()

    def get_joined_on(self, member: MemberCardData) -> date:
        """Return the day, in UTC, since when they are in the chapter."""
        return member.joined_at.astimezone(UTC).date()

    def get_audiences(self, member: MemberCardData) -> list[str]:
        """Return to which audiences they belong."""
        return [audience.value for audience in Audience if audience in member.audiences]


class MembersSerializer(PageSerializer):
    """A page of members, newest first."""

    results = MemberSerializer(many=True)


class HelloSerializer(serializers.Serializer):
    """Whether this was the first hello; only the first one is counted."""

    is_first = serializers.BooleanField()


class InvitationSerializer(serializers.Serializer):
    """The reader may come in because of a course."""

    id = serializers.IntegerField()
    chapter = ChapterSerializer()
    audience = serializers.CharField()
    course_id = serializers.CharField()
    course_name = serializers.CharField()
    created_at = serializers.DateTimeField(default_timezone=UTC)


class InvitationsSerializer(serializers.Serializer):
    """Open invitations, newest first."""

    results = InvitationSerializer(many=True)


class QuestionSerializer(serializers.Serializer):
    """A question to who wants to join. ``id`` 0 is a new one."""

    id = Whole(min_value=0, default=0)
    text = Text(max_length=300)
    hint = Text(max_length=300, allow_blank=True, default="")
    kind = OneOf(choices=[kind.value for kind in QuestionKind], default=QuestionKind.TEXT.value)
    choices = serializers.ListField(child=Text(max_length=120), default=list, max_length=20)
    is_required = YesNo(default=True)


class QuestionsSerializer(serializers.Serializer):
    """What a chapter asks who wants to join, in its order."""

    questions = serializers.ListField(child=QuestionSerializer(), max_length=8)


class AskedSerializer(serializers.Serializer):
    """An answer beside the question as it was when it was answered."""

    question = serializers.CharField()
    answer = serializers.CharField()


class JoinRequestSerializer(serializers.Serializer):
    """A request to join, for organizers."""

    id = serializers.IntegerField(source="membership_id")
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    answers = AskedSerializer(many=True)
    introduction = IntroductionSerializer()
    asked_at = serializers.DateTimeField(default_timezone=UTC)
    due_at = serializers.DateTimeField(default_timezone=UTC)
    is_overdue = serializers.BooleanField()
    was_member = serializers.BooleanField()


class JoinRequestsSerializer(PageSerializer):
    """A page of open requests, the earliest due first."""

    results = JoinRequestSerializer(many=True)


class DecideRequestSerializer(serializers.Serializer):
    """Yes or no to a request, with a note that the applicant reads."""

    is_accepted = YesNo()
    note = Text(required=False, allow_blank=True, default="", max_length=500)


class DecidedSerializer(serializers.Serializer):
    """Where the person now stands with the chapter."""

    state = serializers.CharField(help_text="member, declined or removed.")


class StandingActSerializer(serializers.Serializer):
    """An audience that an organizer grants or takes back."""

    audience = OneOf(choices=[Audience.LEARNERS.value, Audience.ALUMNI.value])
    is_granted = YesNo()
    reason = Text(max_length=300)


class StandingsSerializer(serializers.Serializer):
    """The audiences to which a member belongs now."""

    standings = AudienceStandingSerializer(many=True)


class ReasonSerializer(serializers.Serializer):
    """A reason that the person concerned reads."""

    reason = Text(max_length=500)


class OptionalReasonSerializer(serializers.Serializer):
    """A reason, where there is something to say."""

    reason = Text(required=False, allow_blank=True, default="", max_length=500)


class BanSerializer(serializers.Serializer):
    """Somebody may not come in. ``expires_at`` null is until it is lifted."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField(default_timezone=UTC)
    expires_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    state = serializers.CharField(help_text="active, expired or lifted.")
    appeal = serializers.CharField()
    appeal_answer = serializers.CharField()


class BansSerializer(PageSerializer):
    """A page of bans, newest first."""

    results = BanSerializer(many=True)


class BanActSerializer(serializers.Serializer):
    """Who is kept out, why, and for how many days; without a number until it is lifted."""

    user_id = Whole()
    reason = Text(max_length=500)
    days = Whole(required=False, allow_null=True, default=None, max_value=3650)


class AppealSerializer(serializers.Serializer):
    """Why a ban is wrong; said once."""

    text = Text(max_length=1000)


class AnswerAppealSerializer(serializers.Serializer):
    """The one answer to an appeal."""

    answer = Text(max_length=500)
    is_lifted = YesNo()


class LeavingSerializer(serializers.Serializer):
    """Why people left within some days; reasons of few people are one number, without their words."""

    days = serializers.IntegerField()
    left = serializers.IntegerField()
    asked = serializers.IntegerField(help_text="How many of them gave a reason.")
    reasons = serializers.SerializerMethodField()
    fewer = serializers.IntegerField(help_text="How many gave a reason that too few shared to be named.")
    words = serializers.ListField(child=serializers.CharField())

    def get_reasons(self, summary: Any) -> dict[str, int]:
        """Return how many gave each reason."""
        return {reason.value: count for reason, count in summary.by_reason}
