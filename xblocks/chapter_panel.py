"""The chapters block: the chapters that belong to a course, near the learner first, with what is open to them.

It keeps nothing of a learner itself and changes nothing for one: joining happens on the chapter's own page. While staff
view the course as somebody else, it shows what a stranger sees: in which chapters people are is nobody's business here.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from crum import get_current_request
from django.db import DatabaseError, transaction
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Integer, Scope, String

from chapters.api import courses as chapters
from chapters.data import ChapterData, CourseChapterData, CoursePanelData, CourseTopicData, EventData
from people import api as people

from .fragments import build_fragment, render_template, speaking
from .learner import ActingPerson, acting_person, may_author
from .requests import RequestError, answer, read_integer, read_object, read_text, refuse

log = logging.getLogger(__name__)

MOST_CHAPTERS: Final = 6
MOST_TOPICS: Final = 6
LONGEST_TITLE: Final = 120
LONGEST_SLUG: Final = 60


@XBlock.needs("i18n")
@XBlock.wants("user", "studio_user_permissions")
class ChapterPanelXBlock(XBlock):
    """Shows learners the chapters in which they can go on together."""

    has_author_view = True
    completion_mode = XBlockCompletionMode.EXCLUDED
    icon_class = "other"
    show_in_read_only_mode = True

    display_name = String(display_name="Title", default="Go on together", scope=Scope.settings, enforce_type=True)
    chapter = String(
        display_name="Chapter (empty: those that belong to the course)",
        default="",
        scope=Scope.settings,
        enforce_type=True,
    )
    chapter_count = Integer(display_name="Chapters to show", default=3, scope=Scope.settings, enforce_type=True)
    topic_count = Integer(display_name="Latest topics to show", default=3, scope=Scope.settings, enforce_type=True)

    # -- views ---------------------------------------------------------------------------------------------------------

    @XBlock.supports("multi_device")
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the course's chapters for whoever looks."""
        del context
        with speaking(self):
            person = acting_person(self)
            if person.is_preview or person.course_key is None:
                return self._draw_preview(person)
            try:
                with transaction.atomic():
                    return self._draw_chapters(person, person.course_key)
            except DatabaseError as error:
                log.error("xblocks.chapters_not_drawn course=%s error=%s", person.course_key, people.name_error(error))
                return self._draw_note("down")

    def author_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the preview on Studio's unit page and in libraries."""
        del context
        with speaking(self):
            return self._draw_preview(acting_person(self))

    def studio_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the author's form."""
        del context
        with speaking(self):
            person = acting_person(self)
            html = render_template(
                self,
                "chapter_panel/studio.html",
                {
                    "values": {
                        "display_name": self.display_name or "",
                        "chapter": self.chapter or "",
                        "chapter_count": self._shown("chapter_count", least=1, most=MOST_CHAPTERS),
                        "topic_count": self._shown("topic_count", least=0, most=MOST_TOPICS),
                    },
                    "most_chapters": MOST_CHAPTERS,
                    "most_topics": MOST_TOPICS,
                    "longest_title": LONGEST_TITLE,
                    "longest_slug": LONGEST_SLUG,
                    "known": chapters.list_course_chapters(person.course_key) if person.course_key else [],
                    "is_off": _is_off(person),
                },
            )
            return self._fragment(html, init="ChapterPanelStudio")

    def student_view_data(self, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the authored configuration: collected at publish, without a user, so nothing of a learner."""
        del context
        return {
            "title": self.display_name,
            "chapter": self.chapter,
            "chapter_count": self.chapter_count,
            "topic_count": self.topic_count,
        }

    def index_dictionary(self) -> dict[str, Any]:
        """Return the author's title for the course search; nothing of learners."""
        index: dict[str, Any] = super().index_dictionary()
        index["content"] = {**index.get("content", {}), "display_name": self.display_name}
        index["content_type"] = _("Chapters")
        return index

    # -- handlers ------------------------------------------------------------------------------------------------------

    @XBlock.handler
    def edit_panel(self, request: Request, suffix: str = "") -> Response:
        """Save the author's form: every field or none."""
        del suffix
        with speaking(self):
            try:
                return answer(self._edit(read_object(request)))
            except RequestError as error:
                return refuse(error.message, status=error.status, code=error.code, field=error.field)
            except DatabaseError as error:
                log.error(
                    "xblocks.chapters_not_stored block=%s error=%s", self.scope_ids.usage_id, people.name_error(error)
                )
                return refuse(_("Not saved. Try again in a few minutes."), status=503, code="unavailable")

    # -- what they do --------------------------------------------------------------------------------------------------

    def _edit(self, data: dict[str, Any]) -> dict[str, str]:
        if not may_author(self):
            raise RequestError(_("This block is edited in Studio, by its course team."), status=403, code="not_studio")
        title = read_text(data, "display_name", longest=LONGEST_TITLE, missing=_("Give the block a title."))
        slug = read_text(data, "chapter", longest=LONGEST_SLUG)
        chapter_count = read_integer(data, "chapter_count", least=1, most=MOST_CHAPTERS)
        topic_count = read_integer(data, "topic_count", least=0, most=MOST_TOPICS)
        if slug and chapters.find_listed_chapter(slug) is None:
            message = _("The directory has no chapter %(slug)s. Copy the last word of its address.") % {"slug": slug}
            raise RequestError(message, field="chapter", code="unknown")
        self.display_name, self.chapter = title, slug
        self.chapter_count, self.topic_count = chapter_count, topic_count
        return {"saved": _("Saved.")}

    def _draw_chapters(self, person: ActingPerson, course_key: CourseKey) -> Fragment:
        if not chapters.is_on(course_key):
            return self._draw_note("off_for_team" if person.is_team else "off")
        panel = self._read_panel(course_key, user_id=None if person.is_masquerade else person.user_id)
        if not panel.chapters:
            return self._draw_note("none_for_team" if person.is_team else "none")
        invitation = panel.invitation
        context = {
            "title": self.display_name or "",
            "rows": [_draw_row(each) for each in panel.chapters],
            "topics": [_draw_topic(each) for each in panel.topics],
            "invitation": invitation,
            "join_url": reverse("chapters:join", args=[invitation.chapter.slug]) if invitation else "",
            "more_url": reverse("chapters:course", args=[str(course_key)]) if panel.has_more else "",
            "is_masquerade": person.is_masquerade,
        }
        return self._fragment(render_template(self, "chapter_panel/panel.html", context), init="ChapterPanelXBlock")

    def _draw_note(self, kind: str) -> Fragment:
        html = render_template(self, "chapter_panel/note.html", {"title": self.display_name or "", "kind": kind})
        return self._fragment(html, init="ChapterPanelXBlock")

    def _draw_preview(self, person: ActingPerson) -> Fragment:
        """Draw what somebody sees who is in no chapter: chapters are public, people are not asked about."""
        key = person.course_key
        panel = self._read_panel(key, user_id=None) if key is not None else None
        context = {
            "title": self.display_name or "",
            "rows": [_draw_row(each, is_linked=False) for each in panel.chapters] if panel else [],
            "is_library": key is None,
            "missing": self.chapter if panel and self.chapter and not panel.chapters else "",
            "is_off": _is_off(person),
        }
        html = render_template(self, "chapter_panel/preview.html", context)
        return self._fragment(html, init="ChapterPanelXBlock")

    def _read_panel(self, course_key: CourseKey, *, user_id: int | None) -> CoursePanelData:
        return chapters.get_course_panel(
            course_key,
            user_id=user_id,
            slug=self.chapter or "",
            limit=self._shown("chapter_count", least=1, most=MOST_CHAPTERS),
            topics=self._shown("topic_count", least=0, most=MOST_TOPICS),
        )

    def _fragment(self, html: str, *, init: str) -> Fragment:
        arguments = {"csrfToken": _csrf_token(), "words": _words()}
        return build_fragment(self, html, script="chapter_panel/block.js", init=init, arguments=arguments)

    def _shown(self, name: str, *, least: int, most: int) -> int:
        """Return how many to show: a course that was written by hand can hold any number, or none."""
        count = getattr(self, name)
        return int(self.fields[name].default) if count is None else min(max(count, least), most)


def _draw_row(each: CourseChapterData, *, is_linked: bool = True) -> dict[str, Any]:
    chapter = each.chapter
    return {
        "chapter": chapter,
        "lang": _language(chapter),
        "place": each.card.place,
        "entry": each.card.entry_note,
        "is_open": each.card.is_open_to_me,
        "is_mine": each.is_mine,
        "is_invited": each.invitation is not None,
        "url": reverse("chapters:chapter", args=[chapter.slug]) if is_linked else "",
        "next": _draw_next(chapter, each.next_event, is_linked=is_linked) if each.next_event else None,
    }


def _draw_next(chapter: ChapterData, event: EventData, *, is_linked: bool) -> dict[str, str]:
    return {
        "title": event.title,
        "lang": event.languages[0] if event.languages else "",
        "when": people.format_moment(event.starts_at, zone=event.zone),
        "utc": people.format_utc(event.starts_at),
        "url": reverse("chapters:event", args=[chapter.slug, event.id]) if is_linked else "",
    }


def _draw_topic(each: CourseTopicData) -> dict[str, Any]:
    topic, chapter = each.topic, each.chapter
    return {
        "title": topic.title,
        "chapter": chapter.name,
        "lang": _language(chapter),
        "replies": topic.replies,
        "is_new": topic.is_new,
        "url": reverse("chapters:topic", args=[chapter.slug, topic.id]),
    }


def _language(chapter: ChapterData) -> str:
    return chapter.languages[0] if chapter.languages else ""


def _is_off(person: ActingPerson) -> bool:
    return person.course_key is not None and not chapters.is_on(person.course_key)


def _csrf_token() -> str:
    request = get_current_request()
    return get_token(request) if request is not None else ""


def _words() -> dict[str, str]:
    """Return what the script says by itself."""
    return {
        "offline": _("Not saved: there is no connection. Try again."),
        "mistake": _("Not saved yet. One field needs you."),
    }
