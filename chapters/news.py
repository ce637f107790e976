"""What people are told about their chapters: each kind of news in words, and whether it is still true.

Contexts hold names of chapters, addresses and instants (ISO 8601, UTC). ``people`` gathers the items into mails.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.api import boards
from discussion_ext.data import ContributionState
from people import api as people
from people.data import NewsItemData, NewsKindData, NewsLineData

from .data import Audience, MembershipState
from .membership import invitations
from .membership.kinds import NewsKind
from .membership.news import list_organizers
from .models import Ban, Membership, Standing
from .records import bans_in_force

Context = Mapping[str, Any]


def register() -> None:
    """Make the kinds known; called once, when the app is ready."""
    for kind in KINDS:
        people.register_news_kind(kind)


# -- words -------------------------------------------------------------------------------------------------------------


def _line(context: Context, text: str, act: str) -> NewsLineData:
    return NewsLineData(text=text, url=context["url"], act=act, course_name=context["chapter"])


def _say_invited(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("The chapter “%(chapter)s” is open to you.") % {"chapter": context["chapter"]}
    return _line(context, text, _("Look at the chapter"))


def _say_added(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {"chapter": context["chapter"], "course": context["course"]}
    if values["course"]:
        text = (
            _("Because of “%(course)s” you are a member of “%(chapter)s” now. You can leave with one click.") % values
        )
    else:
        text = _("You are a member of “%(chapter)s” now. You can leave with one click.") % values
    return _line(context, text, _("Say who you are"))


def _say_accepted(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("You are a member of “%(chapter)s” now.") % {"chapter": context["chapter"]}
    return _line(context, _with(text, context["note"]), _("Go to the chapter"))


def _say_declined(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("The organizers of “%(chapter)s” did not accept your request.") % {"chapter": context["chapter"]}
    return _line(context, _with(text, context["note"]), _("Look at the chapter"))


def _say_board_open(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {"chapter": context["chapter"]}
    if context["audience"] == Audience.ALUMNI:
        text = _("The alumni board of “%(chapter)s” is open to you.") % values
    else:
        text = _("The learners' board of “%(chapter)s” is open to you.") % values
    return _line(context, text, _("Read the board"))


def _say_removed(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("You are no longer a member of “%(chapter)s”.") % {"chapter": context["chapter"]}
    return _line(context, _with(text, context["reason"]), _("Look at the chapter"))


def _say_banned(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {"chapter": context["chapter"]}
    if context["until"]:
        values["until"] = people.say_moment(datetime.fromisoformat(context["until"]), zone)
        text = _("You cannot be in “%(chapter)s” until %(until)s.") % values
    else:
        text = _("You cannot be in “%(chapter)s” any more.") % values
    return _line(context, _with(text, context["reason"]), _("Say what you think of it"))


def _say_ban_lifted(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("You can join “%(chapter)s” again.") % {"chapter": context["chapter"]}
    return _line(context, _with(text, context["answer"]), _("Look at the chapter"))


def _say_appealed(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("Somebody who was banned from “%(chapter)s” asks you to look at it again.")
    return _line(context, text % {"chapter": context["chapter"]}, _("Read and answer"))


def _say_appeal_refused(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("Your appeal to “%(chapter)s” was read, and the ban stays.") % {"chapter": context["chapter"]}
    return _line(context, _with(text, context["answer"]), _("Read the answer"))


def _say_requests_due(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    waiting, overdue = context["waiting"], context["overdue"]
    text = ngettext(
        "%(count)s person waits for an answer to their request to join “%(chapter)s”.",
        "%(count)s people wait for an answer to their request to join “%(chapter)s”.",
        waiting,
    ) % {"count": waiting, "chapter": context["chapter"]}
    if overdue:
        late = ngettext("%(count)s answer is overdue.", "%(count)s answers are overdue.", overdue)
        text = f"{text} {late % {'count': overdue}}"
    return _line(context, text, ngettext("Answer the request", "Answer the requests", waiting))


def _say_digest(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    count, topics = context["count"], context["topics"]
    said = ngettext("New in %(count)s topic: %(topics)s.", "New in %(count)s topics, among them %(topics)s.", count)
    if count <= len(topics):
        said = ngettext("New in %(count)s topic: %(topics)s.", "New in %(count)s topics: %(topics)s.", count)
    quoted = [_("“%(title)s”") % {"title": topic["title"]} for topic in topics]
    text = said % {"count": count, "topics": _(", ").join(quoted)}
    return _line(context, text, ngettext("Read the topic", "Read the topics", count))


def _with(text: str, words: str) -> str:
    """Return a sentence with what somebody wrote beside it."""
    return _("%(sentence)s They wrote: “%(words)s”") % {"sentence": text, "words": words} if words else text


# -- what still holds --------------------------------------------------------------------------------------------------


def _hold_invited(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep invitations that are open and whose course still opens the chapter."""
    holding = invitations.find_holding(user_id, [_chapter_of(item) for item in items])
    return [item.key for item in items if _chapter_of(item) in holding]


def _hold_member(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is for members while the person is one."""
    inside = _list_inside(user_id, items)
    return [item.key for item in items if _chapter_of(item) in inside]


def _hold_board_open(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep boards that are still open to the person."""
    held = _list_audiences(user_id, items)
    return [item.key for item in items if (_chapter_of(item), item.context["audience"]) in held]


def _hold_digest(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep digests for who is a member and wants them, while every board and topic that they quote can be read."""
    today = people.local_date(user_id, timezone.now())
    members = Membership.objects.filter(
        user_id=user_id, state=MembershipState.MEMBER, chapter_id__in=[_chapter_of(item) for item in items]
    ).exclude(digest="never")
    wanted = {row.chapter_id for row in members if row.paused_until is None or row.paused_until <= today}
    held = _list_audiences(user_id, items)
    return [
        item.key
        for item in items
        if (chapter_id := _chapter_of(item)) in wanted
        and all(
            audience == Audience.EVERYONE or (chapter_id, audience) in held for audience in item.context["audiences"]
        )
        and all(_stands(topic["id"]) for topic in item.context["topics"])
    ]


def _stands(topic_id: int) -> bool:
    """Tell whether a topic has not been taken away."""
    try:
        return boards.locate_topic(topic_id).state is ContributionState.LIVE
    except boards.ContributionNotFoundError:
        return False


def _hold_outside(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what tells somebody that they are out, unless they have come in again since."""
    inside = _list_inside(user_id, items)
    return [item.key for item in items if _chapter_of(item) not in inside]


def _hold_banned(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep bans that are in force."""
    mine = bans_in_force().filter(user_id=user_id, pk__in=[item.context["ban_id"] for item in items])
    in_force = set(mine.values_list("pk", flat=True))
    return [item.key for item in items if item.context["ban_id"] in in_force]


def _hold_unbanned(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep that somebody can come in again unless they were banned again since."""
    mine = bans_in_force().filter(user_id=user_id, chapter_id__in=[_chapter_of(item) for item in items])
    banned = set(mine.values_list("chapter_id", flat=True))
    return [item.key for item in items if _chapter_of(item) not in banned]


def _hold_appealed(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep appeals that nobody has answered, for who still runs the chapter."""
    waiting = Ban.objects.filter(
        pk__in=[item.context["ban_id"] for item in items], lifted_at__isnull=True, appeal_answered_at__isnull=True
    )
    open_ = set(waiting.values_list("pk", flat=True))
    runs = _list_run(user_id, items)
    return [item.key for item in items if item.context["ban_id"] in open_ and _chapter_of(item) in runs]


def _hold_requests(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep requests of chapters in which some still wait, for who still runs them."""
    waiting = Membership.objects.filter(
        chapter_id__in=_list_run(user_id, items), state=MembershipState.REQUESTED
    ).values_list("chapter_id", flat=True)
    chapters = set(waiting.distinct())
    return [item.key for item in items if _chapter_of(item) in chapters]


def _list_run(user_id: int, items: Sequence[NewsItemData]) -> set[int]:
    return {chapter_id for chapter_id in map(_chapter_of, items) if user_id in list_organizers(chapter_id)}


def _list_inside(user_id: int, items: Sequence[NewsItemData]) -> set[int]:
    mine = Membership.objects.filter(
        user_id=user_id, state=MembershipState.MEMBER, chapter_id__in=[_chapter_of(item) for item in items]
    )
    return set(mine.values_list("chapter_id", flat=True))


def _list_audiences(user_id: int, items: Sequence[NewsItemData]) -> set[tuple[int, str]]:
    """Return which boards are open to somebody beside everyone's, as (chapter, audience)."""
    held = Standing.objects.filter(
        membership__user_id=user_id,
        membership__state=MembershipState.MEMBER,
        membership__chapter_id__in=[_chapter_of(item) for item in items],
        ended_at__isnull=True,
    )
    return set(held.values_list("chapter_id", "audience"))


def _chapter_of(item: NewsItemData) -> int:
    return int(item.context["chapter_id"])


KINDS: Final = (
    NewsKindData(name=NewsKind.INVITED, say=_say_invited, holds=_hold_invited),
    NewsKindData(name=NewsKind.ADDED, say=_say_added, holds=_hold_member),
    NewsKindData(name=NewsKind.ACCEPTED, say=_say_accepted, holds=_hold_member, is_soon=True),
    NewsKindData(name=NewsKind.DECLINED, say=_say_declined, holds=_hold_outside, is_soon=True),
    NewsKindData(name=NewsKind.BOARD_OPEN, say=_say_board_open, holds=_hold_board_open),
    NewsKindData(name=NewsKind.REMOVED, say=_say_removed, holds=_hold_outside, is_soon=True),
    NewsKindData(name=NewsKind.BANNED, say=_say_banned, holds=_hold_banned, is_soon=True),
    NewsKindData(name=NewsKind.BAN_LIFTED, say=_say_ban_lifted, holds=_hold_unbanned, is_soon=True),
    NewsKindData(name=NewsKind.APPEALED, say=_say_appealed, holds=_hold_appealed, is_soon=True),
    NewsKindData(name=NewsKind.APPEAL_REFUSED, say=_say_appeal_refused, holds=_hold_banned, is_soon=True),
    NewsKindData(name=NewsKind.REQUESTS_DUE, say=_say_requests_due, holds=_hold_requests),
    NewsKindData(name=NewsKind.DIGEST, say=_say_digest, holds=_hold_digest),
)
