"""Forum search in the database itself, in place of Elasticsearch, Meilisearch or Typesense."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from forum.search.base import (
    BaseDocumentSearchBackend,
    BaseIndexSearchBackend,
    BaseSearchBackend,
    BaseThreadSearchBackend,
)

# Newest threads first; the forum pages through what is returned here.
MAX_THREADS = 1000


class NoDocuments(BaseDocumentSearchBackend):
    """Posts need no index: the search reads the forum's own tables."""

    def index_document(self, index_name: str, doc_id: str | int, document: dict[str, Any]) -> None:
        """Do nothing."""

    def update_document(self, index_name: str, doc_id: str | int, update_data: dict[str, Any]) -> None:
        """Do nothing."""

    def delete_document(self, index_name: str, doc_id: str | int) -> None:
        """Do nothing."""


class NoIndices(BaseIndexSearchBackend):
    """There is no index to look after."""

    def initialize_indices(self, force_new_index: bool = False) -> None:
        """Do nothing."""

    def rebuild_indices(self, batch_size: int = 500, extra_catchup_minutes: int = 5) -> None:
        """Do nothing."""

    def validate_indices(self) -> None:
        """Do nothing."""

    def refresh_indices(self) -> None:
        """Do nothing."""

    def delete_unused_indices(self) -> int:
        """Report that no index was deleted."""
        return 0


class DatabaseThreads(BaseThreadSearchBackend):
    """Finds threads whose title, text or answers contain every word."""

    def get_thread_ids(
        self,
        context: str,
        group_ids: list[int],
        search_text: str,
        sort_criteria: list[dict[str, str]] | None = None,
        commentable_ids: list[str] | None = None,
        course_id: str | None = None,
    ) -> list[str]:
        """Return the ids of at most MAX_THREADS threads, newest first."""
        from forum.models import Comment, CommentThread

        threads = CommentThread.objects.filter(context=context)
        if course_id:
            threads = threads.filter(course_id=course_id)
        if commentable_ids:
            threads = threads.filter(commentable_id__in=commentable_ids)
        if group_ids:
            threads = threads.filter(Q(group_id__in=group_ids) | Q(group_id__isnull=True))
        for word in search_text.split():
            answered = Comment.objects.filter(body__icontains=word).values("comment_thread_id")
            threads = threads.filter(Q(title__icontains=word) | Q(body__icontains=word) | Q(pk__in=answered))
        return [str(pk) for pk in threads.order_by("-pk").values_list("pk", flat=True)[:MAX_THREADS]]

    def get_suggested_text(self, search_text: str) -> str | None:
        """Suggest nothing: there is no dictionary."""
        return None


class DatabaseSearchBackend(BaseSearchBackend):
    """The value of ``FORUM_SEARCH_BACKEND``."""

    DOCUMENT_SEARCH_CLASS = NoDocuments
    INDEX_SEARCH_CLASS = NoIndices
    THREAD_SEARCH_CLASS = DatabaseThreads
