"""Topics and posts as dictionaries in the shapes of the serializers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from chapters.boards import read_board_key
from discussion_ext.data import BoardPostData, BoardReportData, BoardTopicData, PictureData

_OF_TOPIC = (
    "id", "post_id", "title", "author", "created_at", "last_post_at", "last_author", "replies", "helpful", "closes_at",
    "is_pinned", "is_new", "is_followed", "is_mine",
)  # fmt: skip
_OF_POST = (
    "id", "topic_id", "parent_id", "author", "html", "created_at", "edited_at", "removed_reason", "helpful",
    "is_helpful", "is_reported", "is_mine", "is_new",
)  # fmt: skip


def draw_topic(topic: BoardTopicData) -> dict[str, Any]:
    """Return a topic as a list shows it."""
    plain = {name: getattr(topic, name) for name in _OF_TOPIC}
    where = {"audience": _audience_of(topic.board_key), "kind": topic.kind.value, "state": topic.state.value}
    return plain | where


def draw_post(post: BoardPostData) -> dict[str, Any]:
    """Return a post; what its author wrote is for its author."""
    plain = {name: getattr(post, name) for name in _OF_POST}
    pictures = [draw_picture(picture) for picture in post.pictures]
    text = post.text if post.is_mine else ""
    return plain | {"html": str(post.html), "text": text, "state": str(post.state), "pictures": pictures}


def draw_picture(picture: PictureData) -> dict[str, Any]:
    """Return a picture with its address."""
    plain = {name: getattr(picture, name) for name in ("uid", "alt", "width", "height")}
    return plain | {"url": reverse("chapters:picture", args=[picture.uid])}


def draw_report(report: BoardReportData) -> dict[str, Any]:
    """Return a reported post as moderators see it."""
    return {
        "post": draw_post(report.post),
        "topic_title": report.topic_title,
        "audience": _audience_of(report.board_key),
        "reasons": list(report.reasons),
        "first_at": report.first_at,
    }


def _audience_of(board_key: str) -> str:
    found = read_board_key(board_key)
    return found[1].value if found else ""
