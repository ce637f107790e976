"""Errors and results of the comment client."""

from __future__ import annotations

from typing import Any


class CommentClientError(Exception):
    """The forum could not do what was asked."""


class CommentClientRequestError(CommentClientError):
    """The request was wrong: most often, the post does not exist."""

    def __init__(self, msg: str, status_codes: int = 400) -> None:
        super().__init__(msg)
        self.status_code = status_codes


class CommentClient500Error(CommentClientError):
    """The forum failed."""


class CommentClientPaginatedResult:
    """One page of threads."""

    def __init__(
        self,
        collection: list[dict[str, Any]],
        page: int,
        num_pages: int,
        thread_count: int = 0,
        corrected_text: str | None = None,
    ) -> None:
        self.collection = collection
        self.page = page
        self.num_pages = num_pages
        self.thread_count = thread_count
        self.corrected_text = corrected_text
