"""Discussion boards: topics with replies in the platform's forum, in a place that is no course.

Callers are trusted: they have asked before whether this person may do it. The acting person always arrives as an id.
A topic's id is not its first post's: posts are asked for, changed and reported by theirs.
"""

from discussion_ext.boards.attention import count_new, follow, mark_board_read, mark_seen
from discussion_ext.boards.listing import count_topics, find_cadence, list_latest, list_topics
from discussion_ext.boards.moderation import list_reports, remove_post, report_post, restore_post, settle_reports
from discussion_ext.boards.owners import BoardOwner, register_board_owner
from discussion_ext.boards.pictures import add_picture, open_picture
from discussion_ext.boards.places import ensure_board, locate_picture, locate_post, locate_topic
from discussion_ext.boards.reading import read_topic
from discussion_ext.boards.rendering import preview
from discussion_ext.boards.search import search_topics
from discussion_ext.boards.states import set_pinned, set_topic_state
from discussion_ext.boards.words import search_words
from discussion_ext.boards.writing import edit_post, reply, set_helpful, start_topic, withdraw_post
from discussion_ext.exceptions import CaseError as BoardError
from discussion_ext.exceptions import ContributionNotFoundError

__all__ = [
    "BoardError",
    "BoardOwner",
    "ContributionNotFoundError",
    "add_picture",
    "count_new",
    "count_topics",
    "edit_post",
    "ensure_board",
    "find_cadence",
    "follow",
    "list_latest",
    "list_reports",
    "list_topics",
    "locate_picture",
    "locate_post",
    "locate_topic",
    "mark_board_read",
    "mark_seen",
    "open_picture",
    "preview",
    "read_topic",
    "register_board_owner",
    "remove_post",
    "reply",
    "report_post",
    "restore_post",
    "search_topics",
    "search_words",
    "set_helpful",
    "set_pinned",
    "set_topic_state",
    "settle_reports",
    "start_topic",
    "withdraw_post",
]
