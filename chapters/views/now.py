"""What is going on in a chapter, for its members: talk, the next event, who is new, who runs it."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import api
from chapters.api import membership
from chapters.boards import board_key
from chapters.data import Action, Audience, ChapterData, MembershipData, StandingData, StandingSource
from chapters.visits import BoardDoor, list_doors
from discussion_ext.api import boards
from people import api as people

from .board_rows import draw_topic_row
from .event_next import draw_next_for
from .frame import render_chapter_page
from .people import draw_member
from .team import list_team
from .words import say_audience, say_number, say_state

_TOPICS: Final = 4
_NEWCOMERS: Final = 4


def show_now(request: HttpRequest, chapter: ChapterData, access: api.Access) -> HttpResponse:
    """Return the page that receives a chapter's members; ``board`` in the address chooses whose talk it shows."""
    mine = access.membership
    if mine is None:
        raise Http404
    doors = list_doors(chapter, access)
    open_boards = [door.audience for door in doors if door.decision.is_allowed]
    asked = request.GET.get("board", "")
    audience = next((each for each in open_boards if each == asked), Audience.EVERYONE)
    newest = membership.list_members(chapter=chapter, viewer=access, limit=_NEWCOMERS + 1).members
    others = [member for member in newest if not member.is_me][:_NEWCOMERS]
    context = {
        "lead": _say_standing(chapter, mine),
        "state": say_state(chapter),
        "boards": [_draw_door(door, audience) for door in doors],
        "topics": _list_topics(chapter, mine.user_id, audience),
        "board_url": reverse("chapters:board", args=[chapter.slug, audience.value]),
        "may_start": access.can(Action.START_TOPIC, audience=audience),
        "new_topic_url": f"{reverse('chapters:new_topic', args=[chapter.slug])}?board={audience.value}",
        "newcomers": [draw_member(chapter, member) for member in others],
        "may_greet": access.can(Action.SAY_HELLO),
        "everybody": _say_everybody(chapter.members),
        "team": list_team(chapter),
        "next": draw_next_for(chapter, access),
        "needs_introduction": not mine.introduction.is_complete and access.can(Action.EDIT_INTRODUCTION),
        "paused_until": people.say_day(mine.paused_until) if mine.paused_until else "",
        "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
    }
    return render_chapter_page(request, chapter, access, "chapter/now.html", context, tab="now")


def _say_standing(chapter: ChapterData, mine: MembershipData) -> list[str]:
    """Return since when somebody is a member, and for each board beyond everyone's why it is open to them."""
    said = []
    if mine.joined_at is not None:
        day = people.say_day(mine.joined_at.astimezone(people.person_zone(mine.user_id)).date())
        said.append(_("You are a member since %(day)s") % {"day": day})
    shown = [each for each in mine.standings if each.audience in chapter.boards]
    titles = membership.name_courses({each.course_id for each in shown if each.course_id})
    return [*said, *(_say_reason(each, titles.get(each.course_id, "")) for each in shown)]


def _say_reason(standing: StandingData, course: str) -> str:
    if standing.source is StandingSource.MANUAL or not course:
        if standing.audience is Audience.ALUMNI:
            return _("alumni board open to you: an organizer opened it")
        return _("learners' board open to you: an organizer opened it")
    if standing.audience is Audience.ALUMNI:
        return _("alumni board open to you: you completed %(course)s") % {"course": course}
    return _("learners' board open to you: you take %(course)s") % {"course": course}


def _draw_door(door: BoardDoor, chosen: Audience) -> dict[str, Any]:
    return {
        "label": say_audience(door.audience),
        "url": f"?board={door.audience.value}",
        "is_current": door.audience is chosen,
        "is_open": door.decision.is_allowed,
        "reason": door.decision.sentence,
        "new": door.new,
    }


def _list_topics(chapter: ChapterData, user_id: int, audience: Audience) -> list[dict[str, Any]]:
    page = boards.list_topics(board_keys=[board_key(chapter.id, audience)], user_id=user_id, limit=_TOPICS)
    return [draw_topic_row(chapter, topic, None) for topic in page.topics[:_TOPICS]]


def _say_everybody(members: int) -> str:
    return ngettext("%(count)s person", "All %(count)s people", members) % {"count": say_number(members)}


_NOTICES: Final = {
    "joined": lambda: _("You are in. Say something on a board, or just read along."),
    "stayed": lambda: _("You stay a member."),
    "mail": lambda: _("Saved. Mail follows what you chose."),
    "introduced": lambda: _("Your introduction is saved."),
    "hello": lambda: _("Hello said. They see it when they come by."),
}
