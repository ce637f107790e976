"""What our receivers missed, as errands: each looks at the platform as it is now and records what it finds there.

So it does not matter how often an errand is run or what else happened meanwhile. What cannot be seen any more (who
deleted a post that is gone, what our own api meant by it) stands in its facts: ids and codes, never words. The reason
that a member of the team gave is in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import counts, edx_platform, reactions
from .configurations import sync_course
from .consequences import complete_contribution, evaluate_task
from .contributions import is_watched, record_deletion, record_post
from .data import ErrandKind, ForumPostData
from .exceptions import PositionExistsError
from .grounds import find_reason
from .intents import Intent, acting, current_intent
from .models import Contribution
from .retirement import without_words_of_the_retired

Facts = Mapping[str, Any]


# -- leaving them ------------------------------------------------------------------------------------------------------


def missed_post(key: str, *, is_target: bool | None = None) -> people.Missed:
    """Name a post that could not be recorded, with what our api meant by it and, for one that goes, by whom.

    What it was meant as (put back, a look back, without points) is only known when it appears: an edit that fails
    before that is recorded keeps it.
    """
    intent = current_intent()
    facts: dict[str, Any] = {"post": key, "intent": intent.to_json() if intent else {}}
    if is_target is not None:
        facts |= {"is_target": is_target, "actor": edx_platform.current_user_id()}
    return people.Missed(kind=ErrandKind.POST, key=key, facts=facts, keeps_facts=is_target is None)


def missed_vote(key: str, *, user_id: int) -> people.Missed:
    """Name a vote that could not be followed."""
    return people.Missed(kind=ErrandKind.VOTE, key=f"{key} {user_id}", facts={"post": key, "user": user_id})


def missed_flag(key: str, *, user_id: int) -> people.Missed:
    """Name a report that could not be followed."""
    return people.Missed(kind=ErrandKind.FLAG, key=f"{key} {user_id}", facts={"post": key, "user": user_id})


def missed_course(course_key: CourseKey, *, is_evaluated: bool) -> people.Missed:
    """Name a published course whose configurations have to be taken over."""
    facts = {"course": str(course_key), "is_evaluated": is_evaluated}
    return people.Missed(kind=ErrandKind.COURSE, key=str(course_key), facts=facts)


# -- running them ------------------------------------------------------------------------------------------------------


def run_post(facts: Facts) -> None:
    """Record a post that appeared, changed or went, and do what follows from it."""
    repair_post(
        facts["post"],
        intent=Intent.from_json(facts.get("intent", {})),
        is_target=facts.get("is_target"),
        actor_id=facts.get("actor"),
    )


def run_vote(facts: Facts) -> None:
    """Follow a vote to where it is now."""
    _follow_vote(facts["post"], facts["user"], is_up=edx_platform.has_vote(facts["post"], user_id=facts["user"]))


def run_flag(facts: Facts) -> None:
    """Follow a report to where it is now."""
    is_flagged = edx_platform.has_flag(facts["post"], user_id=facts["user"])
    follow = reactions.record_flag if is_flagged else reactions.record_unflag
    with transaction.atomic():
        follow(facts["post"], user_id=facts["user"])


def run_course(facts: Facts) -> None:
    """Take over the configurations of a published course and evaluate where they changed."""
    changed = sync_course(CourseKey.from_string(facts["course"]))
    if facts.get("is_evaluated"):
        for task_id in changed:
            evaluate_task(task_id)


# -- how a post is repaired --------------------------------------------------------------------------------------------


def repair_post(
    key: str, *, intent: Intent | None = None, is_target: bool | None = None, actor_id: int | None = None
) -> None:
    """Make our record of a post what it would be if nothing had gone wrong; safe to repeat."""
    with transaction.atomic(), acting(_with_reason(intent or Intent(), key)):
        post = edx_platform.find_post(key)
        contribution = _record(post) if post else _record_gone(key, is_target=is_target, actor_id=actor_id)
    if contribution is None:
        return
    complete_contribution(contribution.pk)
    if post is not None:
        _follow_reactions(key)


def _record(post: ForumPostData) -> Contribution | None:
    """Record a post as it was meant, or, when its author has taken that place meanwhile, as what it is now."""
    if not is_watched(post.course_id):
        return None
    (post,) = without_words_of_the_retired([post])
    try:
        with transaction.atomic():
            return record_post(post, waits=True)
    except PositionExistsError:
        with acting(Intent()):
            return record_post(post, waits=True)


def _record_gone(key: str, *, is_target: bool | None, actor_id: int | None) -> Contribution | None:
    """Record that a post is gone: by itself, or with what it stood under."""
    contribution = Contribution.objects.filter(forum_key=key).select_related("parent", "root").first()
    if contribution is None:
        return None
    if is_target is None:
        wanted = {above.forum_key for above in (contribution.parent, contribution.root) if above and above.forum_key}
        is_target = edx_platform.existing_keys(wanted) == wanted
    return record_deletion(key, is_target=is_target, actor_id=actor_id, waits=True)


def _with_reason(intent: Intent, key: str) -> Intent:
    """Add what the team gave as its reason."""
    if not intent.state and not intent.restores:
        return intent
    known = Contribution.objects.filter(forum_key=key).values_list("pk", flat=True).first()
    contribution_id = intent.restores or known
    return replace(intent, reason=find_reason(contribution_id)) if contribution_id else intent


def _follow_reactions(key: str) -> None:
    """Take over the votes and reports that came while there was no record of the post."""
    for user_id in edx_platform.list_voters(key):
        _follow_vote(key, user_id, is_up=True)
    for user_id in edx_platform.list_flaggers(key):
        with transaction.atomic():
            reactions.record_flag(key, user_id=user_id)


def _follow_vote(key: str, user_id: int, *, is_up: bool) -> None:
    with transaction.atomic():
        mark_id = reactions.record_vote(key, user_id=user_id, is_up=is_up)
    if mark_id is not None:
        counts.fold_mark(mark_id)
