"""What a learner does in a blended task, beside writing in its stages as in cases."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import PostedData


def open_task(*, usage_key: UsageKey, user_id: int) -> None:
    """Note that a learner looks at the task; what they read elsewhere meanwhile is taken up."""
    raise NotImplementedError


def hand_in_report(*, usage_key: UsageKey, stage_id: str, user_id: int, text: str, link: str = "") -> PostedData:
    """Hand in the report of a stage, or change the one that was handed in.

    Raises InvalidTextError with ``field`` ``text`` or ``link``, and CaseNotOpenError outside the learner's own time.
    """
    raise NotImplementedError
