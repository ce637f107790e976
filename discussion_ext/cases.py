"""What a learner does in a case: open it, take a position, answer, look back, edit, withdraw, mark and report.

Posts go to the platform's forum; the one receiver records them, then the author is evaluated in the same transaction.
Every function trusts its caller that the person may take part in the course; what the case itself asks is checked here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from . import counts, edx_platform, words
from .access import access_contribution, access_task, find_position, forum_course_id
from .availability import is_on
from .configurations import TOPIC_TAKEN, get_task
from .contributions import hash_body, now, slot_key
from .data import CaseConfigData, ContributionKind, ContributionState, EvaluationData, PostedData
from .exceptions import (
    ContributionNotFoundError,
    InvalidTextError,
    NotAllowedError,
    PositionExistsError,
    PositionMissingError,
    TooManyPostsError,
    TopicTakenError,
)
from .intents import Intent
from .kinds import kind_of
from .models import Contribution, Participation, Task
from .posting import call_forum, delete_post, flag, place, post_comment, post_thread, update_post, vote_for
from .reading import show_own
from .results import evaluate_learner, is_fresh, lock_participation

log = logging.getLogger(__name__)

_SENT_TWICE = timedelta(minutes=1)


def post_limit() -> int:
    """Return the most characters that one post may have."""
    return int(settings.DISCUSSION_EXT_POST_LIMIT)


def word_factors() -> Mapping[str, float]:
    """Return by how much a minimum of words grows in languages that are counted in characters."""
    return dict(settings.DISCUSSION_EXT_WORD_FACTORS)


# -- acts --------------------------------------------------------------------------------------------------------------


def open_case(*, usage_key: UsageKey, user_id: int) -> None:
    """Note that a learner opens the case: from here on answers are news until the next time."""
    task = get_task(usage_key)
    if not is_on(CourseKey.from_string(task.course_id)):
        return
    if kind_of(task).window(task, user_id, now()).phase == "scheduled":
        return
    with transaction.atomic():
        participation = lock_participation(task.pk, user_id)
        moment = now()
        participation.opened_at = participation.opened_at or moment
        participation.seen_at, participation.last_seen_at = participation.last_seen_at, moment
        if participation.step == "read":
            participation.step = "position"
        participation.save(update_fields=["opened_at", "seen_at", "last_seen_at", "step"])
        has_posted = participation.evaluated_at is not None
    if has_posted and not is_fresh(task, participation):
        _evaluate(task, user_id)


def post_position(*, usage_key: UsageKey, user_id: int, body: str) -> PostedData:
    """Take a position; there is one for each learner."""
    task = _open_task(usage_key, user_id, ContributionKind.POSITION)
    text = _check_text(body)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        if find_position(task, user_id) is not None:
            raise PositionExistsError(_("You have taken a position already. You can edit it."))
        _check_position(task, text)
        _check_pace(task, user_id)
        key = call_forum(lambda: post_thread(task, user_id, text), Intent(kind=ContributionKind.POSITION))
        return _posted(task, user_id, key)


def post_answer(
    *, usage_key: UsageKey, contribution_id: int, user_id: int, body: str, is_team: bool = False
) -> PostedData:
    """Answer a position, or follow up on an answer. What is sent twice (a double click, a retry) is posted once."""
    task = _open_task(usage_key, user_id, ContributionKind.ANSWER)
    text = _check_text(body)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        parent = _lock(access_contribution(task, contribution_id, user_id=user_id, is_team=is_team))
        if parent.state != ContributionState.LIVE:
            raise ContributionNotFoundError(_("This post is no longer there. Choose another one."))
        where = place(parent)
        if (earlier := _find_twin(where, user_id, text)) is not None:
            return _posted(task, user_id, earlier.forum_key)
        _check_pace(task, user_id)
        is_answer = parent.root_id is None and parent.author_id != user_id
        kind = ContributionKind.ANSWER if is_answer else ContributionKind.FOLLOW_UP
        key = call_forum(lambda: post_comment(task, user_id, where, text), Intent(kind=kind))
        return _posted(task, user_id, key)


def post_look_back(*, usage_key: UsageKey, user_id: int, body: str) -> PostedData:
    """Look back on one's own position; there is one look back for each learner."""
    task = _open_task(usage_key, user_id, ContributionKind.LOOK_BACK)
    text = _check_text(body)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        position = find_position(task, user_id)
        if position is None:
            raise PositionMissingError(_("Take a position first."))
        taken = slot_key(task.pk, user_id, ContributionKind.LOOK_BACK)
        if Contribution.objects.filter(slot_key=taken).exists():
            raise PositionExistsError(_("You have looked back already. You can edit what you wrote."))
        _check_pace(task, user_id)
        parent = _lock(position)
        key = call_forum(lambda: post_comment(task, user_id, parent, text), Intent(kind=ContributionKind.LOOK_BACK))
        return _posted(task, user_id, key)


def edit_contribution(*, usage_key: UsageKey, contribution_id: int, user_id: int, body: str) -> PostedData:
    """Change one's own text while the case is open."""
    kind = Contribution.objects.filter(pk=contribution_id).values_list("kind", flat=True).first()
    task = _open_task(usage_key, user_id, ContributionKind(kind or ContributionKind.POSITION))
    text = _check_text(body)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        contribution = _lock(_own(task, contribution_id, user_id))
        if contribution.kind == ContributionKind.POSITION:
            _check_position(task, text)
        call_forum(lambda: update_post(task, contribution, user_id, text), Intent(actor_id=user_id))
        return _posted(task, user_id, contribution.forum_key)


def withdraw_contribution(*, usage_key: UsageKey, contribution_id: int, user_id: int) -> EvaluationData | None:
    """Take one's own post back, also after closing; what others wrote beneath it keeps its credit."""
    task = access_task(usage_key)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        contribution = _lock(_own(task, contribution_id, user_id))
        intent = Intent(actor_id=user_id, state=ContributionState.WITHDRAWN)
        call_forum(lambda: delete_post(task, contribution, user_id), intent)
        return _evaluate(task, user_id)


def set_helpful(
    *, usage_key: UsageKey, contribution_id: int, user_id: int, is_helpful: bool, is_team: bool = False
) -> int:
    """Mark a post by somebody else as helpful, or take the mark back; return how many marks it has now."""
    task = access_task(usage_key)
    with transaction.atomic():
        contribution = access_contribution(task, contribution_id, user_id=user_id, is_team=is_team)
        if contribution.author_id == user_id:
            raise NotAllowedError(_("Others decide whether your post helped them."))
        return vote_for(contribution, course_id=forum_course_id(task), user_id=user_id, is_helpful=is_helpful)


def report_contribution(
    *, usage_key: UsageKey, contribution_id: int, user_id: int, reason: str = "", is_team: bool = False
) -> None:
    """Ask the course team to look at a post by somebody else; reporting again changes nothing."""
    task = access_task(usage_key)
    with transaction.atomic():
        contribution = access_contribution(task, contribution_id, user_id=user_id, is_team=is_team)
        if contribution.author_id == user_id:
            raise NotAllowedError(_("This is your own post: you can edit or withdraw it."))
        flag(contribution, course_id=forum_course_id(task), user_id=user_id, reason=reason)


# -- posts -----------------------------------------------------------------------------------------------------------


def _own(task: Task, contribution_id: int, user_id: int) -> Contribution:
    # Asked as for reading: whoever may not see a post must not learn from a refusal that it exists.
    contribution = access_contribution(task, contribution_id, user_id=user_id, is_team=False)
    if contribution.author_id != user_id:
        raise NotAllowedError(_("Only its author can do this."))
    return contribution


def _lock(contribution: Contribution) -> Contribution:
    """Lock a post that is about to be answered or changed, after those above it, and see it as it is now."""
    return counts.lock_with_above(contribution.pk)[contribution.pk]


# -- what a case asks --------------------------------------------------------------------------------------------------


def _open_task(usage_key: UsageKey, user_id: int, act: ContributionKind) -> Task:
    task = access_task(usage_key)
    if task.fault == TOPIC_TAKEN:
        raise TopicTakenError(_("This case shares its topic with another one. Tell the course team."))
    kind_of(task).check_open(task, user_id, act, now())
    return task


def _check_text(body: str) -> str:
    if not isinstance(body, str):
        raise InvalidTextError(_("The text is missing."), field="body")
    text = body.replace("\x00", "").strip()
    if len(text) > post_limit():
        message = ngettext(
            "The text is too long: at most %(limit)d character.",
            "The text is too long: at most %(limit)d characters.",
            post_limit(),
        )
        raise InvalidTextError(message % {"limit": post_limit()}, field="body")
    if not words.count_words(text):
        raise InvalidTextError(_("Write your text in words first."), field="body")
    return text


def _check_position(task: Task, text: str) -> None:
    """Refuse a position that would only be there to see those of others."""
    config = CaseConfigData.from_json(task.config)
    counted = words.count_words(text, exclude=(config.prompt, config.case_html))
    factors = settings.DISCUSSION_EXT_WORD_FACTORS
    least = words.effective_minimum(text, config.position_min, factors=factors)
    most = words.effective_minimum(text, config.position_max, factors=factors)
    if counted < least:
        message = ngettext(
            "%(counted)d of %(least)d word. Words quoted from the case are left out.",
            "%(counted)d of %(least)d words. Words quoted from the case are left out.",
            least,
        )
        raise InvalidTextError(message % {"counted": counted, "least": least}, field="body")
    if most and counted > most:
        message = ngettext(
            "%(counted)d words, and at most %(most)d is asked.",
            "%(counted)d words, and at most %(most)d are asked.",
            most,
        )
        raise InvalidTextError(message % {"counted": counted, "most": most}, field="body")


def _find_twin(parent: Contribution, user_id: int, text: str) -> Contribution | None:
    """Return what the learner posted in the same place with the same words a moment ago."""
    found = Contribution.objects.filter(
        task=parent.task_id,
        author_id=user_id,
        parent=parent,
        state=ContributionState.LIVE,
        body_hash=hash_body(text),
    )
    return found.filter(created_at__gt=now() - _SENT_TWICE).first()


def _check_pace(task: Task, user_id: int) -> None:
    """Repeat what the platform's own posting views do: nobody but the team posts faster than the site allows."""
    limit = people.read_limit(settings.DISCUSSION_EXT_RATE_LIMIT)
    if limit is None:
        return
    number, seconds = limit
    since = now() - timedelta(seconds=seconds)
    posted = Contribution.objects.filter(author_id=user_id, course_id=task.course_id, created_at__gt=since)
    moments = list(posted.order_by("-created_at").values_list("created_at", flat=True)[:number])
    if len(moments) < number:
        return
    if not edx_platform.is_course_team(user_id, CourseKey.from_string(task.course_id)):
        oldest = moments[-1] if moments else now()
        raise TooManyPostsError(wait_seconds=max(1, ceil((oldest - since).total_seconds())))


def _posted(task: Task, user_id: int, key: str | None) -> PostedData:
    result = _evaluate(task, user_id)
    contribution = Contribution.objects.filter(forum_key=key).first()
    if contribution is None or result is None:
        return PostedData(contribution=None, evaluation=result)
    participation = Participation.objects.get(task=task, user_id=user_id)
    return show_own(task, participation, contribution, result)


def _evaluate(task: Task, user_id: int) -> EvaluationData | None:
    """Evaluate the acting learner now; if that fails the post stands, and the sweep evaluates."""
    try:
        with transaction.atomic():
            result = evaluate_learner(task.pk, user_id)
            return result if isinstance(result, EvaluationData) else None
    except Exception as error:  # noqa: BLE001
        name = people.name_error(error)
        log.error("discussion_ext.evaluation_left_to_sweep user=%s task=%s error=%s", user_id, task.pk, name)
        return None
