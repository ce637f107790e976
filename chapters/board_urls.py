"""Addresses of the discussion boards of chapters."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from .converters import AudienceConverter, RowIdConverter
from .views import board_moderation as moderation
from .views import boards, pictures, posts, topics

register_converter(AudienceConverter, "audience")
register_converter(RowIdConverter, "chapters_row_id")

_BOARD = "<slug:slug>/boards/<audience:audience>/"
_TOPIC = "<slug:slug>/topics/<chapters_row_id:topic_id>/"
_POST = "<slug:slug>/posts/<chapters_row_id:post_id>/"

urlpatterns: list[URLPattern] = [
    path("pictures/<str:uid>", pictures.picture, name="picture"),
    path("<slug:slug>/boards/", boards.boards, name="boards"),
    path("<slug:slug>/boards/search/", boards.search, name="board_search"),
    path("<slug:slug>/boards/reports/", moderation.reports, name="board_reports"),
    path(_BOARD, boards.board, name="board"),
    path(f"{_BOARD}read/", boards.mark_read, name="board_read"),
    path(f"{_BOARD}preview/", topics.preview, name="board_preview"),
    path(f"{_BOARD}pictures/", pictures.upload, name="board_upload"),
    path("<slug:slug>/topics/new/", topics.new_topic, name="new_topic"),
    path(_TOPIC, topics.topic, name="topic"),
    path(f"{_TOPIC}reply/", topics.reply, name="topic_reply"),
    path(f"{_TOPIC}seen/", topics.seen, name="topic_seen"),
    path(f"{_TOPIC}follow/", topics.follow, name="topic_follow"),
    path(f"{_TOPIC}pin/", moderation.pin, name="topic_pin"),
    path(f"{_TOPIC}state/", moderation.state, name="topic_state"),
    path(_POST, posts.post, name="post"),
    path(f"{_POST}edit/", posts.edit, name="post_edit"),
    path(f"{_POST}withdraw/", posts.withdraw, name="post_withdraw"),
    path(f"{_POST}helpful/", posts.helpful, name="post_helpful"),
    path(f"{_POST}report/", posts.report, name="post_report"),
    path(f"{_POST}remove/", moderation.remove, name="post_remove"),
    path(f"{_POST}restore/", moderation.restore, name="post_restore"),
    path(f"{_POST}settle/", moderation.settle, name="post_settle"),
]
