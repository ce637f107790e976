"""What a chapter asks people who want to join."""

from __future__ import annotations

from collections.abc import Sequence

from chapters.data import JoinQuestionData


def list_questions(chapter_id: int) -> tuple[JoinQuestionData, ...]:
    """Return the questions asked now, in their order."""
    raise NotImplementedError


def set_questions(
    *, chapter_id: int, actor_id: int, questions: Sequence[JoinQuestionData]
) -> tuple[JoinQuestionData, ...]:
    """Replace the questions, at most 8; ``id`` 0 is a new one. One that changes and was asked before is retired.

    Raises InvalidValueError (field "text-0", "choices-0", by place).
    """
    raise NotImplementedError
