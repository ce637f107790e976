"""The doors through which facts come in: the forum's rows, published courses, retired people.

A failing receiver never costs a learner's post: whatever goes wrong is undone to the savepoint, and an errand does it
again. Errors that our own api raises on purpose (a second position) pass, and reach the learner.
"""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from . import api, edx_platform, tasks
from .api import blended, sessions
from .exceptions import CaseError
from .models import Contribution

_TEXT_FIELDS = {"body", "commentable_id", "retired_username"}
_SEEN = "_community_has_seen"


# -- posts -------------------------------------------------------------------------------------------------------------


def _may_change_text(
    sender: Any, instance: Any, created: bool = False, raw: bool = False, update_fields: Any = None, **_kwargs: Any
) -> bool:
    has_text = update_fields is None or bool(_TEXT_FIELDS & set(update_fields))
    is_seen = not created and getattr(instance, _SEEN, None) == _text_of(instance)
    return not raw and has_text and not is_seen and api.is_watched(instance.course_id)


def _text_of(instance: Any) -> list[Any]:
    return [getattr(instance, name, None) for name in sorted(_TEXT_FIELDS)]


def _missed_saving(sender: Any, instance: Any, **_kwargs: Any) -> people.Missed:
    return api.missed_post(edx_platform.post_key(instance))


@people.guarded(when=_may_change_text, missed=_missed_saving, passes=(CaseError,))
def on_post_saved(sender: Any, instance: Any, created: bool = False, **_kwargs: Any) -> None:
    """Record a thread or comment of the forum that appeared or changed; other saves do nothing.

    The forum saves a new post twice: what we have seen of it stands at the object, so that the second costs nothing.
    """
    _complete_later(api.record_post(edx_platform.read_post(instance), is_new=created))
    setattr(instance, _SEEN, _text_of(instance))


def _is_watched(sender: Any, instance: Any, **_kwargs: Any) -> bool:
    return api.is_watched(instance.course_id)


def _missed_deletion(sender: Any, instance: Any, origin: Any = None, **_kwargs: Any) -> people.Missed:
    return api.missed_post(edx_platform.post_key(instance), is_target=_is_target(sender, instance, origin))


@people.guarded(when=_is_watched, missed=_missed_deletion, passes=(CaseError,))
def on_post_deleted(sender: Any, instance: Any, origin: Any = None, **_kwargs: Any) -> None:
    """Record that a thread or comment of the forum is gone, and by whom."""
    _complete_later(
        api.record_deletion(
            edx_platform.post_key(instance),
            is_target=_is_target(sender, instance, origin),
            actor_id=edx_platform.current_user_id(),
        )
    )


def _is_target(sender: Any, instance: Any, origin: Any) -> bool:
    """Tell whether this post itself was deleted rather than what it stood under."""
    return origin is None or origin is instance or _is_bulk_of_threads(sender, origin)


def _is_bulk_of_threads(sender: Any, origin: Any) -> bool:
    """Tell whether whole threads were deleted by a query: each of them is a target, unlike what stood beneath it."""
    return getattr(origin, "model", None) is sender and hasattr(sender, "commentable_id")


# -- votes and reports -------------------------------------------------------------------------------------------------


def _is_on_record(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> bool:
    key = edx_platform.target_key(instance)
    return not raw and key is not None and api.has_record(key)


def _missed_vote(sender: Any, instance: Any, **_kwargs: Any) -> people.Missed | None:
    key = edx_platform.target_key(instance)
    return api.missed_vote(key, user_id=instance.user_id) if key else None


@people.guarded(when=_is_on_record, missed=_missed_vote)
def on_vote_saved(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Follow a vote in the forum; the forum saves each one twice, the second time without change."""
    _record_vote(instance, is_up=instance.vote > 0)


@people.guarded(when=_is_on_record, missed=_missed_vote)
def on_vote_deleted(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Follow a vote that was taken back."""
    _record_vote(instance, is_up=False)


def _record_vote(vote: Any, *, is_up: bool) -> None:
    mark_id = api.record_vote(edx_platform.target_key(vote) or "", user_id=vote.user_id, is_up=is_up)
    if mark_id is not None:
        people.send_after_commit(tasks.fold_mark_task, mark_id)


def _missed_flag(sender: Any, instance: Any, **_kwargs: Any) -> people.Missed | None:
    key = edx_platform.target_key(instance)
    return api.missed_flag(key, user_id=instance.user_id) if key else None


@people.guarded(when=_is_on_record, missed=_missed_flag)
def on_flag_saved(sender: Any, instance: Any, created: bool = False, **_kwargs: Any) -> None:
    """Follow a report made in the forum."""
    if created:
        api.record_flag(edx_platform.target_key(instance) or "", user_id=instance.user_id)


@people.guarded(when=_is_on_record, missed=_missed_flag)
def on_flag_deleted(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Follow a report that was taken back in the forum."""
    api.record_unflag(edx_platform.target_key(instance) or "", user_id=instance.user_id)


# -- courses and people ------------------------------------------------------------------------------------------------


def _may_have_cases(sender: Any, course_key: CourseKey, **_kwargs: Any) -> bool:
    return api.may_have_cases(course_key)


def _missed_course(sender: Any, course_key: CourseKey, **_kwargs: Any) -> people.Missed:
    return api.missed_course(course_key, is_evaluated=False)


@people.guarded(when=_may_have_cases, missed=_missed_course)
def on_course_published(sender: Any, course_key: CourseKey, **_kwargs: Any) -> None:
    """Take over the configurations of a published course after the commit. Studio has no grades: a sweep evaluates."""
    _leave(api.missed_course(course_key, is_evaluated=False))


@people.guarded(when=_may_have_cases, missed=_missed_course)
def on_course_published_in_lms(sender: Any, course_key: CourseKey, **_kwargs: Any) -> None:
    """Take over the configurations after the commit and evaluate again where they changed."""
    _leave(api.missed_course(course_key, is_evaluated=True))


@people.passes_errors_on
def on_user_retired(sender: Any, user: Any, **_kwargs: Any) -> None:
    """Forget the words of a person who leaves the site. The pipeline must see a failure: it comes again."""
    api.retire_person(user.pk)


def _has_sessions(sender: Any, **facts: Any) -> bool:
    course_key, _user_id = _who_moved(**facts)
    return sessions.has_sessions(course_key)


def _missed_move(sender: Any, **facts: Any) -> people.Missed:
    return sessions.leave_learner(*_who_moved(**facts))


@people.guarded(when=_has_sessions, missed=_missed_move)
def on_cohort_changed(sender: Any, **facts: Any) -> None:
    """Move a learner's seats after the commit: they came into a cohort, or left one."""
    _leave(sessions.leave_learner(*_who_moved(**facts)))


@people.guarded(when=_has_sessions, missed=_missed_move)
def on_enrolment_changed(sender: Any, **facts: Any) -> None:
    """Give a learner's seats, or free them, after the commit: they were enrolled or unenrolled."""
    _leave(sessions.leave_learner(*_who_moved(**facts)))


def _who_moved(
    *, user: Any = None, course_key: Any = None, enrollment: Any = None, **_facts: Any
) -> tuple[CourseKey, int]:
    """Return course and person of the platform's signal about a cohort, or of its event about an enrolment."""
    if enrollment is not None:
        return enrollment.course.course_key, enrollment.user.id
    return course_key, user.pk


# -- what blended tasks hear of ----------------------------------------------------------------------------------------


def _comes_to_tasks(sender: Any, enrollment: Any, **_kwargs: Any) -> bool:
    return enrollment.is_active and blended.has_tasks(enrollment.course.course_key)


def _missed_learner(sender: Any, enrollment: Any, **_kwargs: Any) -> people.Missed:
    return blended.missed_learner(enrollment.course.course_key, enrollment.user.id)


@people.guarded(when=_comes_to_tasks, missed=_missed_learner)
def on_learner_enrolled(sender: Any, enrollment: Any, **_kwargs: Any) -> None:
    """Give a new learner a row in the blended tasks of the course, so that dates and reminders reach them."""
    blended.await_learner(enrollment.course.course_key, enrollment.user.id)


def _may_finish_reading(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> bool:
    is_done = not raw and instance.completion == 1.0 and instance.context_key.is_course
    return is_done and blended.asks_for_units(instance.context_key)


def _missed_reading(sender: Any, instance: Any, **_kwargs: Any) -> people.Missed:
    return blended.missed_reader(_block_of(instance), instance.user_id)


@people.guarded(when=_may_finish_reading, missed=_missed_reading)
def on_block_completed(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Have a learner evaluated again, by the next sweep, who completed something in a unit that a task asks for."""
    blended.await_reader(_block_of(instance), instance.user_id)


def _block_of(completion: Any) -> UsageKey:
    return completion.block_key.map_into_course(completion.context_key)


def _is_of_blended_tasks(sender: Any, instance: Any, raw: bool = False, **_kwargs: Any) -> bool:
    return not raw and instance.content_date.field == "due" and blended.has_tasks(instance.content_date.course_id)


def _missed_due_date(sender: Any, instance: Any, **_kwargs: Any) -> people.Missed:
    return blended.missed_learner(instance.content_date.course_id, instance.user_id)


@people.guarded(when=_is_of_blended_tasks, missed=_missed_due_date)
def on_own_due_date_saved(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Have a learner evaluated again who got a due date of their own, or whose was taken back: that is a row too."""
    blended.await_learner(instance.content_date.course_id, instance.user_id)


# -- after the commit --------------------------------------------------------------------------------------------------


def _leave(work: people.Missed) -> None:
    people.add_errand(kind=work.kind, key=work.key, facts=work.facts, run_after_commit=True)


def _complete_later(contribution: Contribution | None) -> None:
    if contribution is not None:
        people.send_after_commit(tasks.complete_contribution_task, contribution.pk)
