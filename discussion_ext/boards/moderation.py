"""Reports of posts on boards, and what moderators do about them. What is the same in cases stands in ``grounds``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from discussion_ext import counts
from discussion_ext.data import BoardReportData, BoardReportPage, ContributionState
from discussion_ext.exceptions import ContributionNotFoundError, InvalidTextError, InvalidValueError, NotAllowedError
from discussion_ext.grounds import Ground, decide_reports, put_back, take_down
from discussion_ext.models import Contribution, Report, Topic
from discussion_ext.posting import flag

from .cursors import read_cursor, write_cursor
from .drawing import draw_posts, view_of
from .following import tell_moderators
from .owners import owner_of
from .places import get_boards, get_post
from .texts import read_text

_LONGEST_REASON = 500
_MOST_REASONS = 20


class BoardGround(Ground):
    """A board: nobody is evaluated, and topics come back to where they were."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.course_id = topic.board.course_id
        self.context_key = owner_of(topic.board.key).context_key(topic.board.key)
        self.details = {"board": topic.board.key, "topic": topic.pk}

    def lock(self, contribution_id: int) -> Contribution:
        """Lock a post with those above it; one that its author took back stays so, whoever asks."""
        post = counts.lock_with_above(contribution_id)[contribution_id]
        if post.state == ContributionState.WITHDRAWN:
            raise ContributionNotFoundError(_("This post is no longer there."))
        return post

    def find_thread(self, contribution: Contribution) -> Mapping[str, Any]:
        """Return topic, title and that it is held."""
        return {"topic_id": self.topic.board.topic_id, "title": contribution.title, "is_held": True}

    def follow(self, author_id: int) -> None:
        """Do nothing: what is written here earns no grade."""


def report_post(*, post_id: int, user_id: int, reason: str = "") -> None:
    """Ask the moderators to look at a live post by somebody else; reporting again changes nothing.

    ``reason`` has at most 500 characters.
    """
    post, topic = get_post(post_id)
    reason = _check_reason(reason)
    if post.state != ContributionState.LIVE:
        raise ContributionNotFoundError(_("This post is no longer there."))
    _check_others(post, user_id)
    with transaction.atomic():
        flag(post, course_id=topic.board.course_id, user_id=user_id, reason=reason)
        tell_moderators(post, topic, reporter_id=user_id)


def remove_post(*, post_id: int, actor_id: int, reason: str = "") -> int:
    """Take somebody else's live post away, with everything beneath it, and return its author, who reads the reason."""
    post, topic = get_post(post_id)
    _check_others(post, actor_id)
    return take_down(BoardGround(topic), post_id, actor_id=actor_id, reason=_check_reason(reason))


def restore_post(*, post_id: int, actor_id: int, reason: str = "") -> int:
    """Put a post that was taken away back, with what went down with it, and return its author.

    Raises NotAllowedError where it is there, is the moderator's own, its words are no longer kept, or what it answers
    is not there, and ContributionNotFoundError where its author took it back.
    """
    post, topic = get_post(post_id)
    if post.author_id == actor_id:
        raise NotAllowedError(_("This post was removed."))
    return put_back(BoardGround(topic), post_id, actor_id=actor_id, reason=_check_reason(reason))


def list_reports(*, board_keys: Sequence[str], actor_id: int, cursor: str = "") -> BoardReportPage:
    """Return a page of posts with open reports, the one that waits longest first; who reported is not told.

    Posts of the moderator who looks are not among them: somebody else decides about those.
    """
    size = int(settings.DISCUSSION_EXT_TOPICS_ON_PAGE)
    numbers = read_cursor(cursor, 1)
    boards = get_boards(board_keys)
    waiting = Report.objects.filter(board__in=boards, state=Report.OPEN).exclude(contribution__author_id=actor_id)
    firsts = waiting.values_list("contribution_id").annotate(first=Min("pk")).order_by("first")
    if numbers:
        firsts = firsts.filter(first__gt=numbers[0])
    rows = list(firsts[: size + 1]) if boards else []
    ids = [contribution_id for contribution_id, _first in rows[:size]]
    return BoardReportPage(
        reports=_draw_reported(ids, actor_id), cursor=write_cursor(rows[size - 1][1]) if len(rows) > size else ""
    )


def settle_reports(*, post_id: int, actor_id: int, is_upheld: bool, reason: str = "") -> None:
    """Decide all open reports of somebody else's post: it goes, or it stays.

    Raises InvalidValueError (``field`` "post_id") where somebody has decided them already.
    """
    post, topic = get_post(post_id)
    _check_others(post, actor_id)
    reason = _check_reason(reason)
    with transaction.atomic():
        post = counts.lock_with_above(post.pk)[post.pk]  # of two who decide, the second sees what the first did
        reports = Report.objects.select_for_update().filter(contribution=post)
        if Report.OPEN not in list(reports.values_list("state", flat=True)):
            raise InvalidValueError(_("Somebody has decided this report already."), field="post_id")
        decide_reports(BoardGround(topic), post, actor_id=actor_id, is_upheld=is_upheld, reason=reason)


def _draw_reported(ids: Sequence[int], actor_id: int) -> tuple[BoardReportData, ...]:
    """Return reported posts in this order, in a constant number of queries."""
    posts = Contribution.objects.in_bulk(ids)
    roots = {pk: post.root_id or pk for pk, post in posts.items()}
    found = Topic.objects.filter(contribution__in=set(roots.values())).select_related("board", "contribution")
    topics = {topic.contribution_id: topic for topic in found}
    reports: dict[int, list[Report]] = {}
    for report in Report.objects.filter(contribution__in=ids, state=Report.OPEN).order_by("pk"):
        reports.setdefault(report.contribution_id, []).append(report)
    pairs = [(posts[pk], topics[root]) for pk, root in roots.items() if root in topics]
    view = view_of(list(topics.values()), actor_id, extra=pairs)
    drawn = {post.id: post for post in draw_posts(pairs, view, is_moderator=True)}
    return tuple(
        BoardReportData(
            post=drawn[pk],
            topic_title=topics[roots[pk]].contribution.title,
            board_key=topics[roots[pk]].board.key,
            reasons=tuple(report.reason for report in reports.get(pk, ()) if report.reason)[:_MOST_REASONS],
            first_at=reports[pk][0].created_at,
        )
        for pk in ids
        if pk in drawn and reports.get(pk)
    )


def _check_others(post: Contribution, actor_id: int) -> None:
    if post.author_id == actor_id:
        raise NotAllowedError(_("This is your own post: you can edit or withdraw it."))


def _check_reason(reason: str) -> str:
    text = read_text(reason)
    if len(text) > _LONGEST_REASON:
        message = _("The reason is too long: at most %(limit)d characters.") % {"limit": _LONGEST_REASON}
        raise InvalidTextError(message, field="reason")
    return text
