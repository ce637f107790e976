"""Questions of learners to look at a stage again, and the answers of the team. Asking never lowers a grade."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from discussion_ext.contributions import now
from discussion_ext.data import AppealData, AppealPage, BlendedResultData, RequirementState, StageDatesData
from discussion_ext.drawing import check_page
from discussion_ext.exceptions import (
    CaseNotOpenError,
    ContributionNotFoundError,
    InvalidTextError,
    InvalidValueError,
    PositionExistsError,
)
from discussion_ext.models import Appeal, Task
from discussion_ext.results import evaluate_learner, lock_participation
from people import api as people

from . import decisions
from .tasks import access_blended, config_of, find_stage, get_blended

LONGEST_TEXT: Final = 2_000
_PAGE: Final = 20
_NOT_OVER: Final = (RequirementState.OPEN, RequirementState.WAITING)


def appeal(*, usage_key: UsageKey, stage_id: str, user_id: int, text: str) -> AppealData:
    """Ask the course team to look at a stage again: once for each stage, until some days after it closed.

    Raises InvalidTextError (``field`` ``text``), PositionExistsError for a second time and CaseNotOpenError when it is
    too late.
    """
    task = access_blended(usage_key)
    find_stage(config_of(task), stage_id)
    words = _read_text(text)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        if Appeal.objects.filter(task=task, user_id=user_id, stage_id=stage_id).exists():
            raise PositionExistsError(_("You have asked about this stage already."))
        result = evaluate_learner(task.pk, user_id)
        if not isinstance(result, BlendedResultData) or last_moment(result.find_dates(stage_id)) < now():
            raise CaseNotOpenError(_("It is too late to ask about this stage."))
        stage = result.find_stage(stage_id)
        if stage is None or stage.state in _NOT_OVER:
            raise CaseNotOpenError(_("This stage is not over yet. Ask when you see what counts."))
        row = Appeal.objects.create(task=task, user_id=user_id, stage_id=stage_id, text=words, asked_at=now())
    return to_data(row)


def list_appeals(*, usage_key: UsageKey, page: int = 1) -> AppealPage:
    """Return the questions that are not answered, oldest first, then the answered ones, newest first."""
    task = get_blended(usage_key)
    found = Appeal.objects.filter(task=task)
    total = found.count()
    pages = max(1, ceil(total / _PAGE))
    page = min(check_page(page), pages)
    ordered = found.order_by(F("answered_at").desc(nulls_first=True), "pk")
    rows = list(ordered[(page - 1) * _PAGE : page * _PAGE])
    names = people.real_names({row.user_id for row in rows})
    shown = tuple(to_data(row, names.get(row.user_id, "")) for row in rows)
    return AppealPage(appeals=shown, page=page, pages=pages, total=total)


def answer_appeal(
    *, usage_key: UsageKey, appeal_id: int, actor_id: int, text: str, share: float | None = None
) -> AppealData:
    """Answer a question; ``share`` (0 to 1, not less than there is) marks the stage with it."""
    task = get_blended(usage_key)
    found = Appeal.objects.filter(pk=appeal_id, task=task).first()
    if found is None:
        raise ContributionNotFoundError(_("There is no such question."))
    words = _read_text(text)
    with transaction.atomic():
        lock_participation(task.pk, found.user_id)
        row = Appeal.objects.select_for_update().get(pk=appeal_id)
        if row.answered_at is not None:
            raise InvalidValueError(_("Somebody has answered this question already."), field="appeal_id")
        if share is not None:
            _raise_to(task, usage_key, row, actor_id, words, decisions.read_share(share))
        row.answer, row.answered_by, row.answered_at = words, actor_id, now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        decisions.tell(task, row.user_id, row.stage_id, key=f"appeal:{row.pk}", reason=words[:500])
        decisions.audit(task, row.user_id, "stage.appeal_answered", actor_id, words[:500], {"stage": row.stage_id})
    return to_data(row)


def last_moment(dates: StageDatesData) -> datetime:
    """Return until when somebody may ask about a stage: days after it closed, or from now while it has no end."""
    return (dates.closes_at or now()) + timedelta(days=settings.DISCUSSION_EXT_APPEAL_DAYS)


def may_appeal_until(dates: Sequence[StageDatesData]) -> datetime | None:
    """Return until when somebody may ask about the last of these stages, None when it is too late for all."""
    last = max((last_moment(each) for each in dates), default=None)
    return last if last is not None and last > now() else None


def to_data(row: Appeal, name: str = "") -> AppealData:
    """Return a question as others see it."""
    return AppealData(
        id=row.pk,
        stage_id=row.stage_id,
        user_id=row.user_id,
        text=row.text,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
        name=name,
    )


def _raise_to(task: Task, usage_key: UsageKey, row: Appeal, actor_id: int, reason: str, share: float) -> None:
    result = evaluate_learner(task.pk, row.user_id)
    stage = result.find_stage(row.stage_id) if isinstance(result, BlendedResultData) else None
    if stage is not None and share < stage.share:
        raise InvalidValueError(_("Nobody loses by asking: the share cannot fall."), field="share")
    decisions.mark_stage(
        usage_key=usage_key,
        user_id=row.user_id,
        stage_id=row.stage_id,
        actor_id=actor_id,
        reason=reason[:500],
        share=share,
    )


def _read_text(text: str) -> str:
    words = text.replace("\x00", "").strip() if isinstance(text, str) else ""
    if not words:
        raise InvalidTextError(_("Write your text first."), field="text")
    if len(words) > LONGEST_TEXT:
        message = _("The text is too long: at most %(limit)d characters.") % {"limit": LONGEST_TEXT}
        raise InvalidTextError(message, field="text")
    return words
