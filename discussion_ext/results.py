"""Where a learner stands: evaluated from the evidence, stored with its reasons, published when it changed.

The evaluator is pure (`evaluation`) and its facts are fetched by `evidence`; here its verdict is kept, told to the
ledger, the grade book and completion. A grade decided by the team wins and is left alone by whatever happens later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F
from edx_django_utils.monitoring import set_custom_attribute
from opaque_keys.edx.keys import CourseKey, UsageKey

from gamification import api as gamification
from people import api as people

from . import edx_platform, evaluation, phases, verdicts
from .announcements import tell_ledger
from .contributions import now
from .data import (
    CREDITED,
    CaseConfigData,
    ContributionKind,
    EvaluationData,
    RequirementState,
    Step,
)
from .evidence import compute, is_ignored, list_own, stored_evaluation
from .facts import tell_case
from .models import Contribution, Participation, PendingEvaluation, Task

log = logging.getLogger(__name__)


# -- evaluating --------------------------------------------------------------------------------------------------------


def evaluate_learner(task_id: int, user_id: int, *, void_reason: str = "unmet") -> EvaluationData | None:
    """Evaluate one learner now, keep the result and publish what changed; None for a retired person.

    ``void_reason`` is what the ledger is told when a finished case is finished no more.

    Safe to repeat and to run beside other evaluations: the participation's row is locked throughout. What waited for
    this evaluation is done with it, unless somebody else evaluated since this transaction began to read: then its
    view of the posts may be old, and the waiting rows stay for a fresh transaction.
    """
    with transaction.atomic():
        seen = Participation.objects.filter(task_id=task_id, user_id=user_id).values_list("evaluated_at", flat=True)
        seen_at = seen.first()
        participation = lock_participation(task_id, user_id)
        if participation.evaluated_at == seen_at:
            _forget_waiting(task_id, user_id)
        else:
            PendingEvaluation.objects.create(task_id=task_id, user_id=user_id)
        if participation.is_retired:
            return None
        task = Task.objects.get(pk=task_id)
        own = list_own(task, user_id)
        result = compute(task, participation, own)
        # .. custom_attribute_name: community_evaluated_posts
        # .. custom_attribute_description: How many posts of a learner the last evaluation of this transaction weighed.
        set_custom_attribute("community_evaluated_posts", len(own))
        _keep(task, participation, result, own)
        _tell_ledger(task, participation, result, reason=void_reason)
        publish(task, participation)
        participation.save()
    return result


def _forget_waiting(task_id: int, user_id: int) -> None:
    """Delete the waiting rows that this transaction sees: others may be on their way.

    One by one, by their keys: for a list of keys the server may walk the whole table, and would wait for the rows that
    others are inserting, while these wait for us.
    """
    waiting = PendingEvaluation.objects.filter(task_id=task_id, user_id=user_id)
    for pk in list(waiting.values_list("pk", flat=True)):
        PendingEvaluation.objects.filter(pk=pk).delete()


def lock_participation(task_id: int, user_id: int) -> Participation:
    """Return a learner's row in a task, made where there was none, locked until the transaction ends."""
    who = {"task_id": task_id, "user_id": user_id}
    if not Participation.objects.filter(**who).exists():
        # Not get_or_create: under REPEATABLE READ it cannot see the row that somebody else has just made.
        people.insert_or_update(Participation(**who), by=["task", "user_id"])
    return Participation.objects.select_for_update().get(**who)


def step_of(result: EvaluationData, participation: Participation) -> Step:
    """Return the step that a learner is at."""
    if result.is_finished:
        return "finished"
    states = {requirement.kind: requirement.state for requirement in result.requirements}
    if states["position"] != RequirementState.MET:
        return "position" if participation.opened_at else "read"
    done = (RequirementState.MET, RequirementState.IMPOSSIBLE, None)
    return "answer" if states.get("answers") not in done else "look_back"


def score_of(task: Task, participation: Participation, result: EvaluationData | None = None) -> tuple[float, float]:
    """Return the grade that holds, earned and possible, with the team's own decision applied."""
    possible = CaseConfigData.from_json(task.config).possible
    if participation.override_score is not None:
        return min(participation.override_score, possible), possible
    if result is None:
        result = stored_evaluation(participation)
    earned = evaluation.scale(result, possible) if result is not None else None
    return earned or 0.0, possible


def is_fresh(task: Task, participation: Participation) -> bool:
    """Tell whether the stored evaluation is of this configuration and this phase."""
    if participation.evaluated_at is None or participation.config_version != task.version:
        return False
    moment = phases.closing_moment(task)
    return moment is None or (participation.evaluated_at > moment) == (now() > moment)


# -- keeping and telling -----------------------------------------------------------------------------------------------


def _leave_out(task: Task, post: Contribution, *, is_left_out: bool) -> None:
    """Note whether a post counts as the learner's own, or have that done by another evaluation.

    Locked and read again: an edit on the discussions page counts revisions too. Never waited for: other posts of the
    learner are locked already, and posts are locked by id.
    """
    try:
        with transaction.atomic():
            present = Contribution.objects.select_for_update(nowait=True).get(pk=post.pk)
    except OperationalError:
        PendingEvaluation.objects.create(task=task, user_id=post.author_id, attempts=1)
        return
    present.is_left_out = is_left_out
    present.revision += 1
    present.save(update_fields=["is_left_out", "revision"])
    tell_ledger(present)


def _keep(task: Task, participation: Participation, result: EvaluationData, posts: list[Contribution]) -> None:
    own = {post.pk: post for post in posts}
    left_out = {post_id for post_id, verdict in result.verdicts.items() if verdict.code.startswith("copy_")}
    for each in posts:
        if each.is_left_out != (each.pk in left_out):
            _leave_out(task, each, is_left_out=each.pk in left_out)
    by_kind = {requirement.kind: requirement for requirement in result.requirements}
    words_of = {}
    for kind, requirement in by_kind.items():
        post = own.get(requirement.contribution_id or 0)
        if post is not None and requirement.code != "withdrawn":
            words_of[kind] = post.words
    answers = by_kind.get("answers")
    participation.has_position = any(
        each.kind == ContributionKind.POSITION and each.state in CREDITED and not is_ignored(each, participation)
        for each in own.values()
    )
    participation.position_words = words_of.get("position", 0)
    participation.look_back_words = words_of.get("look_back", 0)
    participation.answers_done = int(answers.facts.get("done", 0)) if answers else 0
    participation.left_out = len(left_out)
    participation.is_waiting = any(requirement.state == RequirementState.WAITING for requirement in result.requirements)
    participation.step = step_of(result, participation)
    participation.evaluation = verdicts.dump(result)
    participation.config_version = result.config_version
    participation.evaluated_at = result.evaluated_at
    participation.earned, participation.possible = score_of(task, participation, result)
    participation.completion = result.completion


def _tell_ledger(task: Task, participation: Participation, result: EvaluationData, *, reason: str) -> None:
    """Give or take back the points of a finished case, when that changed.

    ``finish_revision`` is odd after an award and even after a void. It moves on only when the ledger has heard, so that
    the next evaluation says again what was not heard.
    """
    participation.is_finished = result.is_finished
    if bool(participation.finish_revision % 2) == result.is_finished:
        return
    revision = participation.finish_revision + 1
    course_key = CourseKey.from_string(task.course_id)
    moment = result.finished_at or result.evaluated_at
    if not gamification.is_on(course_key):
        participation.finish_revision = revision
        tell_case(task, participation, revision=revision, at=moment)
        return
    common: dict[str, Any] = {
        "source": participation.source,
        "revision": revision,
        "user_id": participation.user_id,
        "course_key": course_key,
        "kind": "case_finished",
        "occurred_at": moment,
    }
    if result.is_finished:
        url = edx_platform.block_url(task.course_id, task.usage_key)
        tell = partial(gamification.record_activity, **common, title=task.title, url=url)
    else:
        tell = partial(gamification.void_activity, **common, reason=reason)
    if _shielded(task, participation, tell):
        participation.finish_revision = revision
        tell_case(task, participation, revision=revision, at=moment)


def publish(task: Task, participation: Participation) -> None:
    """Tell grade book and completion what changed since they were last told, lower values too."""
    earned, possible = score_of(task, participation)
    usage_key = UsageKey.from_string(task.usage_key)
    told = (participation.published_earned, participation.published_possible)
    is_new = told != (earned, possible) and (earned or told[0] is not None or participation.override_score is not None)
    if is_new and _shielded(
        task,
        participation,
        lambda: edx_platform.publish_score(
            user_id=participation.user_id, usage_key=usage_key, earned=earned, possible=possible
        ),
    ):
        participation.published_earned, participation.published_possible = earned, possible
    completion = participation.completion
    if completion != (participation.published_completion or 0.0) and _shielded(
        task,
        participation,
        lambda: edx_platform.publish_completion(
            user_id=participation.user_id, usage_key=usage_key, completion=completion
        ),
    ):
        participation.published_completion = completion


def _shielded(task: Task, participation: Participation, tell: Callable[[], Any]) -> bool:
    """Tell a neighbour in a savepoint; when it fails, leave the learner to be evaluated again and return False."""
    try:
        with transaction.atomic():
            tell()
    except Exception as error:  # noqa: BLE001 - whatever the neighbour does, the post and its verdict stand
        who, name = participation.user_id, people.name_error(error)
        log.error("discussion_ext.telling_failed user=%s task=%s error=%s", who, task.pk, name)
        PendingEvaluation.objects.create(task=task, user_id=participation.user_id, attempts=1)
        return False
    return True


# -- what is left to do ------------------------------------------------------------------------------------------------


def evaluate_pending(*, task_id: int | None = None, user_ids: Collection[int] | None = None, limit: int = 200) -> int:
    """Evaluate learners who are waiting for it, at most ``limit`` rows; return how many learners were evaluated."""
    rows = PendingEvaluation.objects.order_by("attempts", "pk")
    if task_id is not None:
        rows = rows.filter(task_id=task_id)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    people_due: dict[tuple[int, int], list[int]] = {}
    waiting_since: list[datetime] = []
    for pk, due_task, due_user, since in rows.values_list("pk", "task_id", "user_id", "created_at")[:limit]:
        people_due.setdefault((due_task, due_user), []).append(pk)
        waiting_since.append(since)
    if waiting_since:
        # .. custom_attribute_name: community_evaluation_wait_seconds
        # .. custom_attribute_description: How long the learner has waited who waited longest for this evaluation.
        set_custom_attribute("community_evaluation_wait_seconds", int((now() - min(waiting_since)).total_seconds()))
    done = 0
    for (due_task, due_user), ids in people_due.items():
        try:
            evaluate_learner(due_task, due_user)
            done += 1
        except Exception as error:  # noqa: BLE001 - one person's trouble must not stop the others
            name = people.name_error(error)
            log.error("discussion_ext.evaluation_failed user=%s task=%s error=%s", due_user, due_task, name)
            for pk in ids:
                PendingEvaluation.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return done
