"""Search by words in an index of our own: texts are never read to find them.

Looking begins with the rarest of the words, newest posts first, and stops after a bounded number of them: then the page
is short and its cursor goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from discussion_ext.data import BoardTopicPage, ContributionState, TopicShelf
from discussion_ext.models import Board, BoardWord, Contribution, Topic

from .cursors import read_cursor, write_cursor
from .drawing import draw_topics
from .places import get_boards
from .unions import fetch_ids
from .words import search_words

#: Of a longer question the longest words count.
_MOST_WORDS: Final = 8
#: So many posts with the rarest word are looked at for one page: a few first, which is enough for most questions.
_LOOKED_AT: Final = (200, 1800)
#: Beyond so many posts a word is as common as any.
_COMMON: Final = 500


def search_topics(*, board_keys: Sequence[str], user_id: int, text: str, cursor: str = "") -> BoardTopicPage:
    """Return topics in which one post has all words of a text, the newest such post first.

    Topics in the archive are found too. A topic stands once on a page; it may come again on a later one, for an older
    post. A text without a word of two characters finds nothing. A forged ``cursor`` raises InvalidValueError.
    """
    size = int(settings.DISCUSSION_EXT_TOPICS_ON_PAGE)
    numbers = read_cursor(cursor, 1)
    words = sorted(search_words(text), key=lambda word: (-len(word), word))[:_MOST_WORDS]
    boards = get_boards(board_keys)
    if not words or not boards:
        return BoardTopicPage(topics=())
    found, cursor_at = _find_posts(boards, words, numbers[0] if numbers else None, size)
    topics = _list_topics_of(found)
    return BoardTopicPage(topics=draw_topics(topics, user_id), cursor=write_cursor(cursor_at) if cursor_at else "")


def _find_posts(boards: Sequence[Board], words: Sequence[str], before: int | None, size: int) -> tuple[list[int], int]:
    """Return ids of posts with all the words, newest first, and from where to go on; 0 at the end."""
    rarest = min(words, key=lambda word: _rows_with(boards, word)[:_COMMON].count()) if len(words) > 1 else words[0]
    others = [word for word in words if word != rarest]
    found: list[int] = []
    for number in _LOOKED_AT:
        candidates = _list_newest(boards, rarest, before, number)
        matching = _with_all(boards, others, candidates) if others and candidates else set(candidates)
        found += [pk for pk in candidates if pk in matching]
        if len(found) > size:
            return found[:size], found[size - 1]
        if len(candidates) < number:
            return found, 0
        before = candidates[-1]
    return found, before or 0


def _list_newest(boards: Sequence[Board], word: str, before: int | None, number: int) -> list[int]:
    """Return the newest posts with a word, of several boards together; of each board's index only the end is read."""
    older = Q() if before is None else Q(contribution__lt=before)
    parts = [_rows_with([board], word).filter(older) for board in boards]
    newest = fetch_ids([part.order_by("-contribution_id").values_list("contribution_id")[:number] for part in parts])
    return sorted(newest, reverse=True)[:number]


def _with_all(boards: Sequence[Board], words: Sequence[str], candidates: Sequence[int]) -> set[int]:
    rows = BoardWord.objects.filter(board__in=boards, word__in=words, contribution__in=candidates)
    counted = rows.values("contribution_id").annotate(words=Count("pk")).filter(words=len(words)).order_by()
    return set(counted.values_list("contribution_id", flat=True))


def _rows_with(boards: Sequence[Board], word: str) -> QuerySet[BoardWord]:
    return BoardWord.objects.filter(board__in=boards, word=word)


def _list_topics_of(post_ids: Sequence[int]) -> list[Topic]:
    """Return the topics of these posts in the order of the posts, each once; the removed are left out."""
    posts = Contribution.objects.filter(pk__in=post_ids, state=ContributionState.LIVE)
    roots = {pk: root_id or pk for pk, root_id in posts.values_list("pk", "root_id")}
    found = Topic.objects.filter(contribution__in=set(roots.values())).exclude(shelf=TopicShelf.NOWHERE)
    by_root = {
        topic.contribution_id: topic
        for topic in found.select_related("board", "contribution")
        if topic.contribution.state == ContributionState.LIVE
    }
    wanted = dict.fromkeys(roots[pk] for pk in post_ids if pk in roots)
    return [by_root[root] for root in wanted if root in by_root]
