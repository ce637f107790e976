"""The course tab "Chapters": where the people of a course go on together, for the one who looks."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from chapters import api
from chapters.api import courses
from chapters.covers import draw_cover
from chapters.data import (
    Audience,
    CourseChapterData,
    CourseTopicData,
    DirectoryFilter,
    DirectoryShow,
    InvitationData,
)
from chapters.edx_platform import pages
from chapters.edx_platform.enrolments import list_course_names
from discussion_ext import api as discussion_ext
from people import api as people

from .cards import draw_card, own_language
from .event_next import draw_next_of
from .frame import chapter_page, reader_id, render_page
from .words import say_audience

#: The course tab's type, by which the course navigation marks it as current.
TAB_TYPE: Final = "community_chapters"

_MOST_CHAPTERS: Final = 20
_MOST_TOPICS: Final = 6
_MOST_NEAR: Final = 3


@chapter_page()
def course_chapters(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the chapters of a course, what is new in the reader's own, what they are invited to, and what is near."""
    course_key, user_id = _read_course_key(course_id), reader_id(request)
    if not courses.is_on(course_key) or not _belongs(user_id, course_key):
        raise Http404
    panel = courses.get_course_panel(course_key, user_id=user_id, limit=_MOST_CHAPTERS, topics=_MOST_TOPICS)
    invitation = panel.invitation
    zone = people.person_zone(user_id)
    context = {
        "course": pages.access_course(request.user, course_key),
        "course_title": list_course_names([course_key]).get(course_key, str(course_key)),
        "course_url": pages.course_home_url(course_key),
        "tab_type": TAB_TYPE,
        "mine": [draw_card(each.card) for each in panel.chapters if each.is_mine],
        "others": [draw_card(each.card) for each in panel.chapters if not each.is_mine],
        "topics": [_draw_topic(each, zone) for each in panel.topics],
        "events": draw_next_of(panel.chapters),
        "invitation": _draw_invitation(invitation) if invitation else None,
        "near": [draw_card(card) for card in _list_near(panel.chapters, user_id)],
        "is_team": discussion_ext.is_course_team(user_id, course_key),
        "directory_url": reverse("chapters:directory"),
        "propose_url": reverse("chapters:propose"),
        "has_more": panel.has_more,
    }
    return render_page(request, "course/chapters.html", context)


def _read_course_key(course_id: str) -> CourseKey:
    try:
        return CourseKey.from_string(course_id)
    except InvalidKeyError as error:
        raise Http404(_("No course has this address.")) from error


def _belongs(user_id: int, course_key: CourseKey) -> bool:
    return discussion_ext.can_take_part(user_id, course_key) or discussion_ext.is_course_team(user_id, course_key)


def _list_near(shown: tuple[CourseChapterData, ...], user_id: int) -> list[Any]:
    """Return chapters around the reader that do not belong to the course; they are open to them as to anybody."""
    known = {each.chapter.id for each in shown}
    near = api.list_directory(DirectoryFilter(show=DirectoryShow.NEAR), user_id=user_id).near
    return [card for card in near if card.chapter.id not in known][:_MOST_NEAR]


def _draw_invitation(invitation: InvitationData) -> dict[str, Any]:
    chapter = invitation.chapter
    return {
        "id": invitation.id,
        "name": chapter.name,
        "lead": chapter.lead,
        "lang": own_language(chapter),
        "cover": draw_cover(chapter.cover),
        "is_alumni": invitation.audience is Audience.ALUMNI,
        "course": invitation.course_name,
        "join_url": reverse("chapters:join", args=[chapter.slug]),
        "url": reverse("chapters:chapter", args=[chapter.slug]),
    }


def _draw_topic(each: CourseTopicData, zone: Any) -> dict[str, Any]:
    topic, chapter = each.topic, each.chapter
    return {
        "title": topic.title,
        "chapter": chapter.name,
        "lang": own_language(chapter),
        "board": say_audience(each.audience),
        "instant": topic.last_post_at.isoformat(),
        "recent": people.say_recent(topic.last_post_at, zone),
        "replies": topic.replies,
        "is_new": topic.is_new,
        "url": reverse("chapters:topic", args=[chapter.slug, topic.id]),
    }
