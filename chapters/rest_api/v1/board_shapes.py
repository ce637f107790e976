"""Shapes of discussion boards: topics with their replies, pictures, reports, and what people write."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from discussion_ext.data import TopicKind, TopicState

from .chapter_shapes import PageSerializer
from .fields import OneOf, Text, Whole, YesNo
from .member_shapes import NameSerializer

TITLE_MOST = 150
BODY_MOST = 10_000
PICTURES_MOST = 4


class BoardSerializer(serializers.Serializer):
    """A board of the chapter as the reader stands before it."""

    audience = serializers.CharField(help_text="everyone, learners or alumni.")
    is_open = serializers.BooleanField(help_text="Whether the reader may read it.")
    reason = serializers.CharField(help_text="Why not, and what to do; empty where they may.")
    new = serializers.IntegerField(help_text="Topics with something that the reader has not seen, at most 99.")


class BoardsSerializer(serializers.Serializer):
    """The boards of a chapter."""

    results = BoardSerializer(many=True)


class TopicSerializer(serializers.Serializer):
    """A topic as a list shows it to one reader."""

    id = serializers.IntegerField()
    post_id = serializers.IntegerField(help_text="The topic's own first post.")
    audience = serializers.CharField(help_text="On which board it stands.")
    kind = serializers.CharField(help_text="problem, experience or light.")
    title = serializers.CharField()
    author = NameSerializer()
    created_at = serializers.DateTimeField(default_timezone=UTC)
    last_post_at = serializers.DateTimeField(default_timezone=UTC)
    last_author = NameSerializer(allow_null=True)
    replies = serializers.IntegerField()
    helpful = serializers.IntegerField()
    state = serializers.CharField(help_text="open, closed or archived.")
    closes_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    is_pinned = serializers.BooleanField()
    is_new = serializers.BooleanField()
    is_followed = serializers.BooleanField()
    is_mine = serializers.BooleanField()


class TopicsSerializer(PageSerializer):
    """A page of topics."""

    results = TopicSerializer(many=True)


class PictureSerializer(serializers.Serializer):
    """A picture of a post. ``url`` asks who looks."""

    uid = serializers.CharField()
    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PostSerializer(serializers.Serializer):
    """A post as the reader may see it. One that is not live has no words."""

    id = serializers.IntegerField()
    topic_id = serializers.IntegerField()
    parent_id = serializers.IntegerField(allow_null=True, help_text="The post that it answers.")
    author = NameSerializer()
    html = serializers.CharField(help_text="Safe to show.")
    text = serializers.CharField(help_text="What its author wrote, for its author; empty for others.")
    created_at = serializers.DateTimeField(default_timezone=UTC)
    edited_at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    state = serializers.CharField(help_text="live, withdrawn, removed or gone.")
    removed_reason = serializers.CharField(help_text="For its author and moderators.")
    helpful = serializers.IntegerField()
    is_helpful = serializers.BooleanField(help_text="Whether the reader marked it.")
    is_reported = serializers.BooleanField(help_text="Whether the reader reported it.")
    is_mine = serializers.BooleanField()
    is_new = serializers.BooleanField()
    pictures = PictureSerializer(many=True)


class TopicDetailSerializer(PageSerializer):
    """A topic with a page of its replies, oldest first."""

    topic = TopicSerializer()
    first = PostSerializer()
    results = PostSerializer(many=True)


class PicturesField(serializers.ListField):
    """The pictures of a post, by what the upload returned."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=32), max_length=PICTURES_MOST, **kwargs)


class StartSerializer(serializers.Serializer):
    """What somebody writes to begin a topic. ``body`` is Markdown."""

    kind = OneOf(choices=[kind.value for kind in TopicKind])
    title = Text(max_length=TITLE_MOST)
    body = Text(max_length=BODY_MOST)
    pictures = PicturesField(required=False, default=list)
    closes_in_days = Whole(required=False, allow_null=True, default=None, max_value=366)
    insists = YesNo(
        required=False,
        default=False,
        help_text="Begin it although organizers had better wait.",
    )


class ReplySerializer(serializers.Serializer):
    """What somebody answers. ``parent_id`` is the reply it is about; without one it answers the topic."""

    body = Text(max_length=BODY_MOST)
    parent_id = Whole(required=False, allow_null=True, default=None)
    pictures = PicturesField(required=False, default=list)


class EditSerializer(serializers.Serializer):
    """A post as it shall be; title (of a topic's first post) and pictures stay as they are where they are left out."""

    body = Text(max_length=BODY_MOST)
    title = Text(required=False, max_length=TITLE_MOST)
    pictures = PicturesField(required=False)


class MadeSerializer(serializers.Serializer):
    """The numbers of what was made."""

    topic_id = serializers.IntegerField()
    post_id = serializers.IntegerField(allow_null=True)


class DoneSerializer(serializers.Serializer):
    """That it was done."""

    done = serializers.BooleanField(help_text="Always true: a refusal has another status.")


class HelpfulSerializer(serializers.Serializer):
    """Whether the reader finds a post helpful."""

    is_helpful = YesNo()


class HelpfulCountSerializer(serializers.Serializer):
    """How many find a post helpful."""

    helpful = serializers.IntegerField()


class FollowSerializer(serializers.Serializer):
    """Whether the reader wants to hear of a topic."""

    is_followed = YesNo()


class ReportSerializer(serializers.Serializer):
    """Why the moderators should look at a post."""

    reason = Text(required=False, allow_blank=True, default="", max_length=500)


class SettleSerializer(serializers.Serializer):
    """What a moderator decides about a reported post: upheld, it goes."""

    is_upheld = YesNo()
    reason = Text(required=False, allow_blank=True, default="", max_length=500)


class PinSerializer(serializers.Serializer):
    """Whether a topic stays on top of its board."""

    is_pinned = YesNo()


class TopicStateSerializer(serializers.Serializer):
    """Whether a topic is open, closed, or closed and out of the list."""

    state = OneOf(choices=[state.value for state in TopicState])


class BoardReportSerializer(serializers.Serializer):
    """A reported post as moderators see it: reporters are not named."""

    post = PostSerializer()
    topic_title = serializers.CharField()
    audience = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    first_at = serializers.DateTimeField(default_timezone=UTC)


class BoardReportsSerializer(PageSerializer):
    """A page of reported posts, longest waiting first."""

    results = BoardReportSerializer(many=True)


class UploadSerializer(serializers.Serializer):
    """A picture and the words that say what it shows."""

    picture = serializers.FileField()
    alt = Text(required=False, allow_blank=True, default="", max_length=300)
