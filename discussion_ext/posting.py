"""Writing to the platform's forum: held posts directly, open ones as the discussions page does.

Refusals are said in our words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from people import api as people

from . import edx_platform, reactions
from .access import forum_course_id
from .contributions import held_topic_id
from .exceptions import CaseError, ForumRefusedError
from .intents import Intent, acting
from .models import Contribution, HelpfulMark, Task

log = logging.getLogger(__name__)

_NO_WORDS_TITLE = "Case"


def call_forum(call: Callable[[], str | None], intent: Intent) -> str:
    """Call the forum in a savepoint and say its refusals in our words."""
    try:
        with transaction.atomic(), acting(intent):
            return call() or ""
    except CaseError:
        raise
    except edx_platform.REFUSALS as error:
        log.info("discussion_ext.forum_refused error=%s", people.name_error(error))
        raise ForumRefusedError(_("The course's forum does not take this now. Ask the course team.")) from error
    except Exception as error:
        log.error("discussion_ext.forum_failed error=%s", people.name_error(error))
        raise silent_forum() from error


def silent_forum() -> ForumRefusedError:
    """Return what is raised where the forum cannot do something now and can in a moment."""
    failure = ForumRefusedError(_("The forum does not answer right now. Try again in a few minutes."))
    failure.status = 503
    return failure


def post_thread(task: Task, user_id: int, text: str) -> str:
    """Post a position and return its key."""
    title = task.title or _NO_WORDS_TITLE
    if task.is_held:
        topic_id, is_held = held_topic_id(task.pk), True
    else:
        topic_id, is_held = str(task.config["topic_id"]), False
        if (request := edx_platform.current_request_of(user_id)) is not None:
            return edx_platform.create_thread_through_lms(
                request, course_id=task.course_id, topic_id=topic_id, title=title, body=text
            )
    return edx_platform.create_thread(
        course_id=forum_course_id(task), topic_id=topic_id, author_id=user_id, title=title, body=text, is_held=is_held
    )


def post_comment(task: Task, user_id: int, parent: Contribution, text: str) -> str:
    """Post under a thread or response and return the key."""
    parent_key = parent.forum_key or ""
    if not task.is_held and (request := edx_platform.current_request_of(user_id)) is not None:
        thread_key = (parent.root or parent).forum_key or ""
        return edx_platform.create_comment_through_lms(request, thread_key=thread_key, parent_key=parent_key, body=text)
    return edx_platform.create_comment(
        parent_key=parent_key, course_id=forum_course_id(task), author_id=user_id, body=text
    )


def update_post(task: Task, contribution: Contribution, user_id: int, text: str) -> None:
    """Change the text of one's own post."""
    key = contribution.forum_key or ""
    if not task.is_held and (request := edx_platform.current_request_of(user_id)) is not None:
        edx_platform.update_post_through_lms(request, key, body=text)
    else:
        edx_platform.update_post(key, course_id=forum_course_id(task), editor_id=user_id, body=text)


def delete_post(task: Task, contribution: Contribution, user_id: int) -> None:
    """Delete one's own post with everything beneath it."""
    key = contribution.forum_key or ""
    if not task.is_held and (request := edx_platform.current_request_of(user_id)) is not None:
        edx_platform.delete_post_through_lms(request, key)
    else:
        edx_platform.delete_post(key, course_id=forum_course_id(task))


def vote_for(contribution: Contribution, *, course_id: str, user_id: int, is_helpful: bool) -> int:
    """Mark a post as helpful, or take the mark back; return how many marks it has now."""
    # The forum looks for an earlier vote before it writes one.
    Contribution.objects.select_for_update().get(pk=contribution.pk)
    key = contribution.forum_key or ""
    if edx_platform.has_vote(key, user_id=user_id) is not is_helpful:
        vote = partial(edx_platform.set_vote, key, course_id=course_id, user_id=user_id, is_up=is_helpful)
        call_forum(vote, Intent())
    waiting = HelpfulMark.objects.filter(contribution=contribution, user_id=user_id, fold_due__isnull=False).first()
    step = 0 if waiting is None else int(waiting.is_on) - int(waiting.is_counted)
    return max(0, contribution.helpful + step)


def flag(contribution: Contribution, *, course_id: str, user_id: int, reason: str) -> None:
    """Report a post; reporting again changes nothing."""
    key = contribution.forum_key or ""
    call_forum(lambda: edx_platform.flag_post(key, course_id=course_id, user_id=user_id), Intent(reason=reason))
    # Nothing happens here unless the receiver failed.
    reactions.record_flag(key, user_id=user_id, reason=reason)


def place(parent: Contribution) -> Contribution:
    """Return where a reply goes: the forum knows threads, responses and comments, and nothing deeper."""
    is_comment = parent.root_id is not None and parent.parent_id != parent.root_id
    return parent.parent if is_comment and parent.parent is not None else parent
