"""A topic as one reader sees it, a page at a time: oldest responses first, each with its comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from discussion_ext.data import BoardPostPage, ContributionState
from discussion_ext.exceptions import ContributionNotFoundError
from discussion_ext.models import Contribution

from .cursors import read_cursor, write_cursor
from .drawing import draw_posts, draw_topic, marked, view_of
from .places import LARGEST_ID, get_topic, is_id

#: Posts on one page beside the topic's own.
PAGE: Final = 30


def read_topic(
    *, topic_id: int, user_id: int, is_moderator: bool = False, cursor: str = "", at_post_id: int | None = None
) -> BoardPostPage:
    """Return a topic with a page of its replies: the first, or the one that a cursor or a post of it leads to.

    Removed posts are shown, without words, to their authors and to moderators, who also see withdrawn ones. A topic
    whose own post is not live is there for them alone; for everybody else it raises ContributionNotFoundError.
    """
    topic = get_topic(topic_id)
    shown = _shown_to(user_id, is_moderator=is_moderator)
    first = marked(Contribution.objects.filter(shown, pk=topic.contribution_id), user_id).first()
    if first is None:
        raise ContributionNotFoundError(_("This topic is no longer there."))
    posts_shown = marked(Contribution.objects.filter(shown), user_id)
    rows = _list_replies(posts_shown, first, read_cursor(cursor, 2))
    if at_post_id and not cursor and at_post_id not in {first.pk, *(row.pk for row in rows[:PAGE])}:
        rows = _list_replies(posts_shown, first, _place_before(first, at_post_id))
    page, is_last = rows[:PAGE], len(rows) <= PAGE
    topic.contribution = first
    posts = [(post, topic) for post in (first, *page)]
    view = view_of([topic], user_id, extra=posts)
    drawn = draw_posts(posts, view, is_moderator=is_moderator)
    return BoardPostPage(
        topic=draw_topic(topic, view),
        first=drawn[0],
        replies=drawn[1:],
        cursor="" if is_last else write_cursor(*_place_in(page[-1], first)),
    )


def _shown_to(user_id: int, *, is_moderator: bool) -> Q:
    if is_moderator:
        return ~Q(state=ContributionState.GONE)
    return Q(state=ContributionState.LIVE) | Q(state=ContributionState.REMOVED, author_id=user_id)


def _list_replies(posts: QuerySet[Contribution], first: Contribution, after: Sequence[int]) -> list[Contribution]:
    """Return the next replies, one more than a page where there are: the rest of the response at which the last page
    ended, then responses, each followed by its comments. Three queries.
    """
    response_id, comment_id = after or (0, 0)
    rest = posts.filter(parent_id=response_id, root=first, pk__gt=comment_id).order_by("pk")[: PAGE + 1]
    begun = list(rest) if response_id else []
    responses = list(posts.filter(parent=first, pk__gt=response_id).order_by("pk")[: PAGE + 1])
    comments = posts.filter(parent__in=[response.pk for response in responses]).order_by("parent_id", "pk")
    beneath: dict[int | None, list[Contribution]] = {}
    for comment in comments[: PAGE + 1] if responses and len(begun) <= PAGE else []:
        beneath.setdefault(comment.parent_id, []).append(comment)
    rows = begun
    for response in responses:
        rows += [response, *beneath.get(response.pk, ())]
    return rows[: PAGE + 1]


def _place_before(first: Contribution, post_id: int) -> Sequence[int]:
    """Return the place after which a post of the topic comes next; the beginning for what is none."""
    post = Contribution.objects.filter(pk=post_id, root=first).first() if is_id(post_id) else None
    if post is None:
        return ()
    return (post.pk - 1, LARGEST_ID) if post.parent_id == first.pk else (post.parent_id or 0, post.pk - 1)


def _place_in(post: Contribution, first: Contribution) -> tuple[int, int]:
    """Return where a page ended: at which response, and after which comment of it, 0 where after none."""
    return (post.pk, 0) if post.parent_id == first.pk else (post.parent_id or 0, post.pk)
