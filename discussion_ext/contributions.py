"""Posts of the platform's forum kept as evidence: recorded, changed, moved, taken away and posted again.

Everything here is called by the one receiver of the forum's own model signals, in a savepoint of the request that
posts. Only the author's own rows are written: counts, other people's evaluations and mails come after the commit.

Rows are locked in one order: task, participation, contribution (by id), group.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from edx_django_utils.monitoring import set_custom_attribute
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification
from people import api as people

from . import counts, edx_platform, phases, similarity, words
from .announcements import await_evaluation, tell_others
from .availability import is_on
from .boards.folding import forget_board_words
from .boards.owners import is_board_course
from .boards.pictures import delete_pictures
from .boards.recording import add_to_board, find_board
from .data import CREDITED, ContributionKind, ContributionState, ErrandKind, ForumPostData
from .exceptions import NotYetError, PositionExistsError
from .intents import Intent, current_intent
from .models import Contribution, Participation, Picture, SketchHash, Task

_SLOTS = (ContributionKind.POSITION, ContributionKind.LOOK_BACK)
_HELD_TOPIC = "case-"


def held_course_id() -> str:
    """Return the key, of which no course exists, under which held posts are stored."""
    return str(settings.DISCUSSION_EXT_HELD_COURSE_KEY)


def held_topic_id(task_id: int) -> str:
    """Return the topic under which the posts of a held case are stored."""
    return f"{_HELD_TOPIC}{task_id}"


def topic_key(course_id: str, topic_id: str) -> str:
    """Return the unique key of a topic of a course."""
    return hashlib.sha1(f"{course_id}\n{topic_id}".encode(), usedforsecurity=False).hexdigest()


def is_watched(course_id: str) -> bool:
    """Tell whether posts of this course are recorded: one or two cached look-ups."""
    if is_kept_apart(course_id):
        return True
    course_key = CourseKey.from_string(course_id)
    return is_on(course_key) or gamification.is_on(course_key)


def is_kept_apart(course_id: str) -> bool:
    """Tell whether posts under this key, of which no course exists, are shown by our pages alone."""
    return course_id == held_course_id() or is_board_course(course_id)


def now() -> datetime:
    """Return the present instant."""
    return timezone.now()


# -- a post appears or changes -----------------------------------------------------------------------------------------


def record_post(post: ForumPostData, *, is_new: bool = False, waits: bool = False) -> Contribution | None:
    """Record a post or what changed in it; return None when nothing had to be done. ``is_new`` saves a look-up.

    Raises PositionExistsError when our own api asked for a position or look back that exists already, and, without
    ``waits``, OperationalError where somebody else has the row of a post that changed.
    """
    intent = current_intent()
    known = None if is_new else Contribution.objects.filter(forum_key=post.key).first()
    if known is not None:
        return _record_change(known, post, waits=waits)
    if intent is not None and intent.restores:
        return _record_return(post, intent, waits=waits)
    return _record_new(post, intent)


def _record_new(post: ForumPostData, intent: Intent | None) -> Contribution | None:
    parent = _find_parent(post)
    task = _find_task(post, parent)
    board = find_board(post.course_id, post.topic_id)
    if task is None and board is None and is_kept_apart(post.course_id):
        return None
    course_id = task.course_id if task is not None else post.course_id
    course_key = CourseKey.from_string(course_id)
    kind = intent.kind if intent is not None and intent.kind else _kind_of(post, parent, task)
    contribution = Contribution(
        course_id=course_id,
        task=task,
        group_id=parent.group_id if parent else _group_of(post, task),
        forum_key=post.key,
        topic_id=post.topic_id,
        kind=kind,
        is_question=post.is_question,
        author_id=post.author_id,
        is_team=board is None and edx_platform.is_course_team(post.author_id, course_key),
        is_anonymous=post.is_anonymous,
        is_first=not Contribution.objects.filter(author_id=post.author_id, course_id=course_id).exists(),
        parent=parent,
        root_id=(parent.root_id or parent.pk) if parent else None,
        parent_author_id=parent.author_id if parent else None,
        title="" if post.is_retired else post.title[:255],
        is_erased=post.is_retired,
        is_unpaid=intent is not None and intent.is_unpaid,
        created_at=post.created_at,
        worded_at=post.created_at,
    )
    _set_text(contribution, "" if post.is_retired else post.body)
    if not _insert(contribution, is_strict=intent is not None and intent.kind is not None):
        return Contribution.objects.get(forum_key=post.key)
    if board is not None:
        add_to_board(contribution, board, intent)
    # .. custom_attribute_name: community_post_kind
    # .. custom_attribute_description: What the post of this request was recorded as: position, answer, look_back,
    #     follow_up, thread, response or comment.
    set_custom_attribute("community_post_kind", str(contribution.kind))
    if not post.is_retired:  # else its words were gone before we saw them: it stays as what others answered
        _index(contribution)
        tell_others(contribution)
    return contribution


def _insert(contribution: Contribution, *, is_strict: bool) -> bool:
    """Insert with its slot; return False if somebody else recorded the same post meanwhile."""
    if contribution.task_id and contribution.kind in _SLOTS:
        contribution.slot_key = slot_key(contribution.task_id, contribution.author_id, contribution.kind)
    if contribution.slot_key is None:
        contribution.save(force_insert=True)  # whoever meets somebody else recording it starts over
        return True
    try:
        with transaction.atomic():
            contribution.save(force_insert=True)
    except IntegrityError:
        if Contribution.objects.filter(forum_key=contribution.forum_key).exists():
            return False
        if is_strict:
            raise PositionExistsError(_second_slot(contribution.kind)) from None
        contribution.pk = None
        contribution.slot_key = None
        contribution.kind = (
            ContributionKind.THREAD if contribution.kind == ContributionKind.POSITION else ContributionKind.FOLLOW_UP
        )
        contribution.save(force_insert=True)
    return True


def _record_change(contribution: Contribution, post: ForumPostData, *, waits: bool) -> Contribution | None:
    if contribution.is_erased:
        return None  # what the forum writes in its place is nobody's edit
    if post.is_retired:
        forget_words(Contribution.objects.filter(pk=contribution.pk))
        return None
    if contribution.state != ContributionState.LIVE:
        return None
    if post.is_thread and post.topic_id != contribution.topic_id:
        _move(contribution, post, waits=waits)
    elif not is_reworded(contribution, post):
        return None
    if is_reworded(contribution, post):
        _record_edit(contribution, post, waits=waits)
    return contribution


def is_reworded(contribution: Contribution, post: ForumPostData) -> bool:
    """Tell whether a post says something else than its record; a title is one's own words on a board alone."""
    return contribution.body_hash != hash_body(post.body) or (
        post.is_thread and is_board_course(contribution.course_id) and contribution.title != post.title[:255]
    )


def _record_edit(contribution: Contribution, post: ForumPostData, *, waits: bool) -> None:
    body = post.body
    contribution = Contribution.objects.select_for_update(nowait=not waits).get(pk=contribution.pk)
    moment = now()
    is_closed = contribution.task is not None and phases.is_closed(contribution.task, moment)
    if is_closed and contribution.closed_body is None:
        contribution.closed_body = contribution.body
        contribution.closed_edited_at = contribution.edited_at
    if not is_closed and similarity.overlap(body, contribution.body).share < settings.DISCUSSION_EXT_NEAR_COPY_SHARE:
        contribution.worded_at = moment
    _set_text(contribution, body)
    if is_board_course(contribution.course_id):
        contribution.title = post.title[:255]
        contribution.fold_due = 1
    contribution.edited_at = moment
    contribution.revision += 1
    contribution.save()
    if not is_closed:
        contribution.sketch.all().delete()
        _index(contribution)
    tell_others(contribution)


def _record_return(post: ForumPostData, intent: Intent, *, waits: bool) -> Contribution:
    contribution = Contribution.objects.select_for_update(nowait=not waits).get(pk=intent.restores or 0)
    contribution.forum_key = post.key
    contribution.state = ContributionState.LIVE
    contribution.state_reason = intent.reason
    contribution.state_actor_id = intent.actor_id
    contribution.state_at = now()
    contribution.revision += 1
    contribution.fold_due = 1
    if contribution.task_id and contribution.kind in _SLOTS and not _is_before_reset(contribution):
        contribution.slot_key = slot_key(contribution.task_id, contribution.author_id, contribution.kind)
    try:
        with transaction.atomic():
            contribution.save()
    except IntegrityError:
        raise PositionExistsError(_second_slot(contribution.kind)) from None
    tell_others(contribution)
    return contribution


def _move(contribution: Contribution, post: ForumPostData, *, waits: bool) -> None:
    """Follow a thread into another topic: it enters or leaves a case with everything beneath it."""
    former, task = contribution.task, _find_task(post, None)
    locked = Contribution.objects.select_for_update(nowait=not waits)
    moved = [locked.get(pk=contribution.pk), *locked.filter(root=contribution).order_by("pk")]
    if former == task:
        Contribution.objects.filter(pk__in=[each.pk for each in moved]).update(topic_id=post.topic_id)
        return
    group_id = _group_of(post, task)
    for each in moved:
        counts.leave(each)
        each.task, each.topic_id, each.slot_key, each.is_left_out = task, post.topic_id, None, False
        each.group_id = group_id
        each.kind = _moved_kind(each, task)
        each.fold_due = 1
        if task is not None and each.kind == ContributionKind.POSITION:
            wanted = slot_key(task.pk, each.author_id, each.kind)
            if Contribution.objects.filter(slot_key=wanted).exists():
                each.kind = ContributionKind.THREAD
            else:
                each.slot_key = wanted
        each.sketch.all().delete()
        each.save()
        _index(each)
        for affected in (former, task):
            if affected is not None:
                await_evaluation(affected.pk, each.author_id)


def adopt_reply(contribution: Contribution, parent: Contribution) -> None:
    """Put a reply under what it answers, whose record came later: a thread from before our time."""
    former = contribution.task
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    contribution.parent, contribution.root = parent, parent.root or parent
    contribution.parent_author_id = parent.author_id
    contribution.group_id = parent.group_id
    contribution.fold_due = 1
    if parent.task_id != contribution.task_id:
        contribution.task = parent.task
        contribution.course_id = parent.course_id
        contribution.kind = _moved_kind(contribution, parent.task)
    # It was counted as standing alone: nowhere.
    contribution.is_counted = False
    contribution.save()
    if parent.task is not None and former is None:
        _index(contribution)
        await_evaluation(parent.task.pk, contribution.author_id)


# -- a post goes -------------------------------------------------------------------------------------------------------


def record_deletion(
    forum_key: str, *, is_target: bool, actor_id: int | None, waits: bool = False
) -> Contribution | None:
    """Record that a post is gone.

    ``is_target`` tells that this post itself was deleted rather than what it stood under. Whoever deletes their own
    post withdraws it; the target of somebody else is removed (by an unknown person in bulk jobs); what goes with
    somebody else's post is gone, also of the moderator who takes that away, and its author keeps the credit. ``waits``
    as in ``record_post``.
    """
    contribution_id = Contribution.objects.filter(forum_key=forum_key).values_list("pk", flat=True).first()
    if contribution_id is None:
        return None
    # The forum deletes replies first: without the lock above them, counting one of them would meet us half-way.
    contribution = counts.lock_with_above(contribution_id, waits=waits)[contribution_id]
    if contribution.forum_key != forum_key or contribution.state != ContributionState.LIVE:
        return None
    intent = current_intent()
    if intent is not None and intent.state:
        actor_id = intent.actor_id
    reason = ""
    if is_target and intent is not None and intent.state:
        state, reason = intent.state, intent.reason
    elif actor_id == contribution.author_id and not (intent is not None and intent.state == ContributionState.REMOVED):
        state = ContributionState.WITHDRAWN
    else:
        state = ContributionState.REMOVED if is_target else ContributionState.GONE
    take_away(contribution, state=state, actor_id=actor_id, reason=reason)
    return contribution


def take_away(contribution: Contribution, *, state: ContributionState, actor_id: int | None, reason: str = "") -> None:
    """Change the state of a live, locked contribution and everything that follows from it for its author."""
    contribution.state = state
    contribution.state_actor_id = actor_id
    contribution.state_reason = reason[:500]
    contribution.state_at = now()
    contribution.revision += 1
    contribution.fold_due = 1
    if state not in CREDITED:
        contribution.slot_key = None
    contribution.save()
    tell_others(contribution)


def forget_words(contributions: QuerySet[Contribution]) -> int:
    """Erase what these posts say and what was said about them when they were taken away; return how many."""
    forget_beside(contributions)
    return contributions.update(body="", title="", closed_body=None, state_reason="", is_erased=True)


def forget_beside(contributions: QuerySet[Contribution]) -> None:
    """Erase what boards keep beside the words of these posts: their words one by one, and their pictures."""
    ids = list(contributions.values_list("pk", flat=True))
    forget_board_words(ids)
    delete_pictures(Picture.objects.filter(contribution__in=ids))


def slot_key(task_id: int, user_id: int, kind: str) -> str:
    """Return the unique key of a learner's one position or look back."""
    return f"{task_id}:{user_id}:{kind}"


def _is_before_reset(contribution: Contribution) -> bool:
    """Tell whether the author started afresh since: then the place of a position or look back belongs to a new one."""
    return Participation.objects.filter(
        task=contribution.task, user_id=contribution.author_id, ignore_before__gte=contribution.created_at
    ).exists()


def _index(contribution: Contribution) -> None:
    """Keep the hashes by which near-copies are found; in SQL, because Django takes longer to say it than to do it."""
    values = similarity.sketch(contribution.body) if contribution.task_id else ()
    if values:
        table = SketchHash._meta.db_table
        marks = ", ".join(["(%s, %s, %s)"] * len(values))
        sql = f"INSERT INTO {table} (task_id, value, contribution_id) VALUES {marks}"  # noqa: S608 - our own names
        with connection.cursor() as cursor:
            cursor.execute(sql, [part for value in values for part in (contribution.task_id, value, contribution.pk)])


def _find_parent(post: ForumPostData) -> Contribution | None:
    """Return the record of what a post answers; a thread from before our time has none, a missed one will have one."""
    if post.parent_key is None:
        return None
    # What a reply takes from it; reading and building a whole row takes several times as long.
    needed = Contribution.objects.only("task", "group_id", "author_id", "root", "forum_key")
    parent = needed.filter(forum_key=post.parent_key).first()
    is_awaited = is_board_course(post.course_id) or people.has_errand(kind=ErrandKind.POST, key=post.parent_key)
    if parent is None and is_awaited:
        raise NotYetError(post.parent_key)
    return parent


def _find_task(post: ForumPostData, parent: Contribution | None) -> Task | None:
    if parent is not None:
        return parent.task
    if post.course_id == held_course_id():
        number = post.topic_id.removeprefix(_HELD_TOPIC)
        return Task.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if not post.topic_id or not is_on(CourseKey.from_string(post.course_id)):
        return None
    return Task.objects.filter(topic_key=topic_key(post.course_id, post.topic_id)).first()


def _group_of(post: ForumPostData, task: Task | None) -> int:
    """Return the group that sees a thread: its cohort, else its author's; 0 for everybody."""
    if task is None or not task.by_cohort:
        return 0
    return post.group_id or edx_platform.cohort_id(post.author_id, CourseKey.from_string(task.course_id))


def _kind_of(post: ForumPostData, parent: Contribution | None, task: Task | None) -> ContributionKind:
    if task is None:
        if post.is_thread:
            return ContributionKind.THREAD
        return ContributionKind.RESPONSE if post.is_response else ContributionKind.COMMENT
    if post.is_thread:
        return ContributionKind.POSITION
    if post.is_response and parent is not None:
        if parent.author_id != post.author_id:
            return ContributionKind.ANSWER
        # Held posts come through the block alone: the author's own response there is the look back.
        if task.is_held and not _has_looked_back(task, post.author_id):
            return ContributionKind.LOOK_BACK
    return ContributionKind.FOLLOW_UP


def _moved_kind(contribution: Contribution, task: Task | None) -> ContributionKind:
    if contribution.root_id is None:
        return ContributionKind.THREAD if task is None else ContributionKind.POSITION
    is_response = contribution.parent_id == contribution.root_id
    if task is None:
        return ContributionKind.RESPONSE if is_response else ContributionKind.COMMENT
    is_answer = is_response and contribution.parent_author_id != contribution.author_id
    return ContributionKind.ANSWER if is_answer else ContributionKind.FOLLOW_UP


def _has_looked_back(task: Task, user_id: int) -> bool:
    return Contribution.objects.filter(slot_key=slot_key(task.pk, user_id, ContributionKind.LOOK_BACK)).exists()


def _set_text(contribution: Contribution, body: str) -> None:
    contribution.body = body
    contribution.body_hash = hash_body(body)
    contribution.length = len(body)
    contribution.words = words.count_words(body)


def hash_body(body: str) -> str:
    """Return what tells two texts apart, on every database; a column of text would find "é" where "e" was asked."""
    return hashlib.sha256(body.encode()).hexdigest()


def _second_slot(kind: str) -> str:
    if kind == ContributionKind.POSITION:
        return _("You have taken a position already. You can edit it.")
    return _("You have looked back already. You can edit what you wrote.")
