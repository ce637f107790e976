"""Who may see which post of a case, and where the posts of a case are stored."""

from __future__ import annotations

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from . import edx_platform
from .availability import is_on
from .configurations import get_task
from .contributions import held_course_id, slot_key
from .data import ContributionKind, ContributionState
from .evidence import group_of
from .exceptions import CaseOffError, ContributionNotFoundError, LearnerNotFoundError, PostsHeldError
from .models import Contribution, Participation, Task


def access_task(usage_key: UsageKey) -> Task:
    """Return the task of a block. Raises CaseNotFoundError, and CaseOffError where cases are off in the course."""
    task = get_task(usage_key)
    if not is_on(CourseKey.from_string(task.course_id)):
        raise CaseOffError(_("Case discussions are turned off in this course."))
    return task


def check_learner(task: Task, user_id: int) -> None:
    """Raise LearnerNotFoundError for somebody who neither learns in the course nor took part in the case."""
    has_taken_part = Participation.objects.filter(task=task, user_id=user_id).exists()
    if not has_taken_part and not edx_platform.is_learner(user_id, CourseKey.from_string(task.course_id)):
        raise LearnerNotFoundError(_("This is no learner of the course."), field="user")


def access_contribution(task: Task, contribution_id: int, *, user_id: int, is_team: bool) -> Contribution:
    """Return a post of this case that the person may see now.

    Raises ContributionNotFoundError for a post of another case, another cohort, or one that is no longer live, and
    PostsHeldError while the posts of others are held back: then for every number, whether there is a post or not.
    """
    contribution = Contribution.objects.filter(pk=contribution_id, task=task, state=ContributionState.LIVE).first()
    if contribution is not None and (is_team or contribution.author_id == user_id):
        return contribution
    position = None if is_team else find_position(task, user_id)
    if task.is_held and position is None and not is_team:
        raise PostsHeldError(_("You see the posts of others as soon as you have taken a position yourself."))
    if contribution is None or (task.by_cohort and contribution.group_id != group_of(task, user_id, position)):
        raise ContributionNotFoundError(_("This post is no longer there. Choose another one."))
    return contribution


def find_position(task: Task, user_id: int) -> Contribution | None:
    """Return a learner's position that holds now, None before the first or after a reset."""
    return Contribution.objects.filter(
        slot_key=slot_key(task.pk, user_id, ContributionKind.POSITION), state=ContributionState.LIVE
    ).first()


def forum_course_id(task: Task) -> str:
    """Return the key under which the posts of a case are stored in the forum."""
    return held_course_id() if task.is_held else task.course_id
