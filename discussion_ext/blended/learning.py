"""What a learner does in a blended task, beside writing in its discussions as in cases."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from discussion_ext import cases
from discussion_ext.access import find_position
from discussion_ext.configurations import get_task
from discussion_ext.contributions import now
from discussion_ext.data import PostedData, StageKind
from discussion_ext.exceptions import InvalidTextError
from discussion_ext.models import Participation
from discussion_ext.results import evaluate_learner, lock_participation

from .kind import has_moved_on
from .tasks import access_blended, config_of, find_stage, stage_key
from .writing import has_link

_LONGEST_LINK: Final = 500
_check_address = URLValidator(schemes=["http", "https"])


def open_task(*, usage_key: UsageKey, user_id: int) -> None:
    """Note that a learner looks at the task, and keep what happened elsewhere since: units read, time given."""
    task = access_blended(usage_key)
    with transaction.atomic():
        participation = lock_participation(task.pk, user_id)
        moment = now()
        participation.opened_at = participation.opened_at or moment
        participation.seen_at, participation.last_seen_at = participation.last_seen_at, moment
        participation.save(update_fields=["opened_at", "seen_at", "last_seen_at"])
    if has_moved_on(task, Participation.objects.get(task=task, user_id=user_id)):
        evaluate_learner(task.pk, user_id)


def hand_in_report(*, usage_key: UsageKey, stage_id: str, user_id: int, text: str, link: str = "") -> PostedData:
    """Hand in the report of a stage, or change the one that was handed in.

    ``link`` becomes the last line of it, in angle brackets, which make it a link. Raises InvalidTextError with
    ``field`` ``text`` or ``link``, and CaseNotOpenError outside the learner's own time.
    """
    stage = find_stage(config_of(access_blended(usage_key)), stage_id, StageKind.REPORT)
    address = _read_link(link, is_needed=stage.needs_link)
    key = stage_key(usage_key, stage_id)
    body = f"{text.strip()}\n\n<{address}>" if address and isinstance(text, str) else text
    mine = find_position(get_task(key), user_id)
    try:
        if mine is None:
            return cases.post_position(usage_key=key, user_id=user_id, body=body)
        return cases.edit_contribution(usage_key=key, contribution_id=mine.pk, user_id=user_id, body=body)
    except InvalidTextError as refusal:
        refusal.field = "text"
        raise


def split_report(body: str) -> tuple[str, str]:
    """Return the text of a report and its link, empty where it has none."""
    if not has_link(body):
        return body, ""
    text, _newline, link = body.rstrip().rpartition("\n")
    return text.rstrip(), link.strip().strip("<>")


def _read_link(link: str, *, is_needed: bool) -> str:
    address = link.strip() if isinstance(link, str) else ""
    if not address and is_needed:
        raise InvalidTextError(_("Add the link to what you made."), field="link")
    if not address:
        return ""
    if not _is_link(address):
        message = _("This is no link. It begins with https:// and has at most %(limit)d characters.")
        raise InvalidTextError(message % {"limit": _LONGEST_LINK}, field="link")
    return address


def _is_link(text: str) -> bool:
    try:
        _check_address(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST_LINK
