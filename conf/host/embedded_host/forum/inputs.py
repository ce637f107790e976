"""What the discussion API accepts: types, lengths and choices of every field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

CLOSE_REASONS = getattr(settings, "DISCUSSION_MODERATION_CLOSE_REASON_CODES", None) or {
    "academic-integrity": _("Post violates honour code or academic integrity"),
    "read-only": _("Post should be read-only"),
    "duplicate": _("Post is a duplicate"),
    "off-topic": _("Post is off-topic"),
}
EDIT_REASONS = getattr(settings, "DISCUSSION_MODERATION_EDIT_REASON_CODES", None) or {
    "grammar-spelling": _("Has grammar / spelling issues"),
    "needs-clarity": _("Content needs clarity"),
    "academic-integrity": _("Has academic integrity concern"),
    "inappropriate-language": _("Has inappropriate language"),
    "format-change": _("Formatting changes needed"),
    "post-type-change": _("Post type needs change"),
    "contains-pii": _("Contains personally identifiable information"),
    "violates-guidelines": _("Violates community guidelines"),
}


class _PostInput(serializers.Serializer[Any]):
    """Fields of every post; action fields are done by separate calls after the post is saved."""

    raw_body = serializers.CharField(source="body")
    anonymous = serializers.BooleanField(required=False)
    anonymous_to_peers = serializers.BooleanField(required=False)
    edit_reason_code = serializers.ChoiceField(choices=list(EDIT_REASONS), required=False)
    voted = serializers.BooleanField(required=False)
    abuse_flagged = serializers.BooleanField(required=False)

    actions: tuple[str, ...] = ("abuse_flagged", "voted")


class ThreadInput(_PostInput):
    """A thread as it is created or changed."""

    course_id = serializers.CharField(max_length=255)
    topic_id = serializers.CharField(source="commentable_id", max_length=255)
    type = serializers.ChoiceField(source="thread_type", choices=["discussion", "question"])
    title = serializers.CharField(max_length=1024)
    group_id = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)
    closed = serializers.BooleanField(required=False)
    close_reason_code = serializers.ChoiceField(choices=list(CLOSE_REASONS), required=False)
    following = serializers.BooleanField(required=False)
    read = serializers.BooleanField(required=False)
    pinned = serializers.BooleanField(required=False)

    actions = ("following", "voted", "abuse_flagged", "read", "pinned")


class CommentInput(_PostInput):
    """A response or comment as it is created or changed."""

    thread_id = serializers.CharField(max_length=20)
    parent_id = serializers.CharField(max_length=20, required=False, allow_null=True)
    endorsed = serializers.BooleanField(required=False)


def check_object(data: Any) -> dict[str, Any]:
    """Return the data when it is an object with names; anything else is refused."""
    if not isinstance(data, Mapping):
        raise ValidationError("The request body must be a JSON object.")
    return dict(data.items())


def check_fields(data: Mapping[str, Any], allowed: set[str], message: str) -> None:
    """Refuse names this person may not set, each with the message."""
    refused = {name: [message] for name in data if name not in allowed}
    if refused:
        raise ValidationError(refused)


def check_input(
    form: type[_PostInput], data: Mapping[str, Any], *, partial: bool = False
) -> tuple[dict[str, Any], dict[str, bool]]:
    """Return the saved values (under the forum's names) and the actions; raises ValidationError by field."""
    serializer = form(data=data, partial=partial)
    if not serializer.is_valid():
        raise ValidationError({name: [str(error) for error in errors] for name, errors in serializer.errors.items()})
    values = dict(serializer.validated_data)
    actions = {name: values.pop(name) for name in form.actions if name in values}
    return values, actions
