"""What a verdict on a case is kept as, and what the ledger hears of a case that somebody finished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from edx_django_utils.monitoring import set_custom_attribute
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification

from . import configurations, edx_platform, evaluation, phases, verdicts
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
from .kinds import KindOfTask, Verdict, Window
from .models import Contribution, Participation, PendingEvaluation, Task
from .results import shielded


class CaseKind(KindOfTask):
    """A case discussion: it closes for everybody, and finishing it earns points."""

    activity = "case_finished"

    def possible(self, task: Task) -> float:
        """Return the full grade."""
        return CaseConfigData.from_json(task.config).possible

    def grade(self, task: Task, verdict: Verdict) -> float | None:
        """Return what was earned as part of the full grade."""
        return evaluation.scale(verdict, self.possible(task)) if isinstance(verdict, EvaluationData) else None

    def load(self, participation: Participation) -> EvaluationData | None:
        """Return the verdict that was kept last."""
        return stored_evaluation(participation)

    def compute(self, task: Task, participation: Participation) -> EvaluationData:
        """Return the verdict of the evaluator of cases."""
        return self.judge(task, participation, list_own(task, participation.user_id))

    def judge(self, task: Task, participation: Participation, own: list[Contribution]) -> EvaluationData:
        """Return the verdict on these posts of a learner."""
        return compute(task, participation, own)

    def settle(self, task: Task, participation: Participation, *, reason: str) -> EvaluationData:
        """Evaluate and keep."""
        own = list_own(task, participation.user_id)
        result = self.judge(task, participation, own)
        # .. custom_attribute_name: community_evaluated_posts
        # .. custom_attribute_description: How many posts of a learner the last evaluation of this transaction weighed.
        set_custom_attribute("community_evaluated_posts", len(own))
        _keep(task, participation, result, own)
        self.tell_finished(task, participation, result, reason=reason)
        return result

    def tell_finished(self, task: Task, participation: Participation, result: EvaluationData, *, reason: str) -> None:
        """Give or take back the points of a finished case, when that changed.

        ``finish_revision`` is odd after an award and even after a void. It moves on only when the ledger has heard, so
        that the next evaluation says again what was not heard.
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
            "kind": self.activity,
            "occurred_at": moment,
        }
        if result.is_finished:
            url = edx_platform.block_url(task.course_id, task.usage_key)
            tell = partial(gamification.record_activity, **common, title=task.title, url=url)
        else:
            tell = partial(gamification.void_activity, **common, reason=reason)
        if shielded(task, participation.user_id, tell):
            participation.finish_revision = revision
            tell_case(task, participation, revision=revision, at=moment)

    def is_fresh(self, task: Task, participation: Participation) -> bool:
        """Tell whether the kept verdict is of this configuration and this phase."""
        if participation.evaluated_at is None or participation.config_version != task.version:
            return False
        moment = phases.closing_moment(task)
        return moment is None or (participation.evaluated_at > moment) == (now() > moment)

    def await_everybody(self, task: Task) -> None:
        """Leave a row for each."""
        configurations.await_everybody(task)

    def has_taken_part(self, participation: Participation) -> bool:
        """Tell whether a learner posted something since the last reset."""
        found = Contribution.objects.filter(task_id=participation.task_id, author_id=participation.user_id)
        if participation.ignore_before:
            found = found.filter(created_at__gt=participation.ignore_before)
        return found.exists()

    def start_afresh(self, task: Task, participation: Participation) -> None:
        """Free the places of position and look back."""
        Contribution.objects.filter(task=task, author_id=participation.user_id).update(slot_key=None)

    def forget_reasons(self, verdict: Mapping[str, Any]) -> None:
        """Erase why the team took posts away."""
        for part in verdict["requirements"]:
            for item in (part, *part["items"]):
                item["facts"].pop("reason", None)
        for item in verdict["verdicts"].values():
            item["facts"].pop("reason", None)

    def window(self, task: Task, user_id: int, moment: datetime) -> Window:
        """Return the time of the case, which is everybody's."""
        del user_id
        return Window(
            phase=phases.phase_of(task, moment), opens_at=task.opens_at, closes_at=phases.closing_moment(task)
        )


def step_of(result: EvaluationData, participation: Participation) -> Step:
    """Return the step that a learner is at."""
    if result.is_finished:
        return "finished"
    states = {requirement.kind: requirement.state for requirement in result.requirements}
    if states["position"] != RequirementState.MET:
        return "position" if participation.opened_at else "read"
    done = (RequirementState.MET, RequirementState.IMPOSSIBLE, None)
    return "answer" if states.get("answers") not in done else "look_back"


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
