"""What the course team sees of a blended task: numbers, a table by learner and stage, one learner, a file."""

from __future__ import annotations

from collections.abc import Iterator

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import BlendedFilter, BlendedReportData, BlendedRowPage, BlendedSummaryData


def get_blended_summary(*, usage_key: UsageKey) -> BlendedSummaryData:
    """Return where the course stands."""
    raise NotImplementedError


def list_blended_rows(  # noqa: PLR0913 - each narrows the list
    *,
    usage_key: UsageKey,
    show: BlendedFilter = "all",
    stage_id: str = "",
    sitting_id: int | None = None,
    search: str = "",
    page: int = 1,
) -> BlendedRowPage:
    """Return a page of learners by id; ``stage_id`` narrows what ``show`` asks to one stage."""
    raise NotImplementedError


def get_blended_report(*, usage_key: UsageKey, user_id: int) -> BlendedReportData:
    """Return one learner's evidence: every post and decision, what counted, what did not, and why."""
    raise NotImplementedError


def iter_blended_csv(*, usage_key: UsageKey) -> Iterator[str]:
    """Return the table of all learners line by line, in batches; cells that a spreadsheet would run are disarmed."""
    raise NotImplementedError
