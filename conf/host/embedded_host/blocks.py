"""Thin versions of the platform's own block types: containers, text, and what can only be shown."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Boolean, DateTime, Dict, List, Scope, String

from . import olx_views


class ContainerBlock(XBlock):
    """A block that only holds others."""

    has_children = True
    completion_mode = XBlockCompletionMode.AGGREGATOR

    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the children one below the other."""
        fragment = Fragment()
        for child in self.get_children():
            drawn = self.runtime.render(child, "student_view", context)
            fragment.add_fragment_resources(drawn)
            fragment.add_content(format_html('<div class="vert" id="{}">{}</div>', child.url_name, _html(drawn)))
        return fragment

    author_view = student_view


class CourseBlock(ContainerBlock):
    """The root of a course, with the settings that our packages and pages read."""

    end = DateTime(default=None, scope=Scope.settings)
    enrollment_start = DateTime(default=None, scope=Scope.settings)
    enrollment_end = DateTime(default=None, scope=Scope.settings)
    language = String(default=None, scope=Scope.settings)
    short_description = String(default="", scope=Scope.settings)
    course_image = String(default="", scope=Scope.settings)
    advanced_modules = List(default=[], scope=Scope.settings)
    discussion_topics = Dict(default={}, scope=Scope.settings)
    discussion_blackouts = List(default=[], scope=Scope.settings)
    allow_anonymous = Boolean(default=True, scope=Scope.settings)
    allow_anonymous_to_peers = Boolean(default=False, scope=Scope.settings)
    cohort_config = Dict(default={}, scope=Scope.settings)
    tabs = List(default=[], scope=Scope.settings)
    other_course_settings = Dict(default={}, scope=Scope.settings)
    enable_proctored_exams = Boolean(default=False, scope=Scope.settings)

    @property
    def id(self) -> Any:
        """Return the course key, under the name the platform uses."""
        return self.location.course_key

    @property
    def org(self) -> str:
        """Return the organisation of the key."""
        return self.location.course_key.org

    @property
    def number(self) -> str:
        """Return the course number of the key."""
        return self.location.course_key.course


class ChapterBlock(ContainerBlock):
    """A section of a course."""


class SequentialBlock(ContainerBlock):
    """A subsection: units in a row."""


class VerticalBlock(ContainerBlock):
    """A unit: blocks on one page."""


class HtmlBlock(XBlock):
    """Text written by authors, shown as it is (with its addresses replaced)."""

    completion_mode = XBlockCompletionMode.COMPLETABLE

    data = String(default="", scope=Scope.content)
    editor = String(default="visual", scope=Scope.settings)

    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the text."""
        return Fragment(self.runtime.replace_urls(self.data or ""))

    author_view = student_view


class DefinitionBlock(XBlock):
    """A block whose content stays the OLX it came with; it can be shown and exported, not edited."""

    @property
    def definition(self) -> str:
        """Return the OLX of the block without its fields."""
        node = self.runtime.tree.find(self.scope_ids.usage_id)
        return node.definition if node else ""


class ProblemBlock(DefinitionBlock):
    """A problem to read: its question and choices are shown, its answers are neither checked nor graded."""

    has_score = True
    completion_mode = XBlockCompletionMode.COMPLETABLE

    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the question."""
        body = self.runtime.replace_urls(olx_views.draw_problem(self.definition))
        return Fragment(
            format_html(
                '<section class="host-problem"><h2>{}</h2>{}<p class="host-note">{}</p></section>',
                self.display_name or _("Problem"),
                olx_views.trusted(body),
                _("This host shows problems without checking answers."),
            )
        )

    author_view = student_view


class VideoBlock(DefinitionBlock):
    """A video to find: links to its sources; nothing is loaded from other sites."""

    completion_mode = XBlockCompletionMode.COMPLETABLE

    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the links."""
        return Fragment(
            format_html(
                '<section class="host-video"><h2>{}</h2>{}</section>',
                self.display_name or _("Video"),
                olx_views.draw_video_links(self.definition),
            )
        )

    author_view = student_view


class PlaceholderBlock(DefinitionBlock):
    """Stands for a block whose type is not installed here, and says so; its OLX and children are kept."""

    has_children = True
    completion_mode = XBlockCompletionMode.EXCLUDED

    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Name what is missing and draw the children, if there are any."""
        title = _('Block "%(type)s" is not installed on this host') % {"type": self.scope_ids.block_type}
        fragment = Fragment(
            format_html(
                '<section class="host-placeholder"><p class="host-placeholder__name">{}</p><p>{}</p></section>',
                title,
                self.display_name or _("Its content is kept and exported unchanged."),
            )
        )
        for child in self.get_children():
            drawn = self.runtime.render(child, "student_view", context)
            fragment.add_fragment_resources(drawn)
            fragment.add_content(drawn.content)
        return fragment

    author_view = student_view


def _html(fragment: Fragment) -> Any:
    return olx_views.trusted(fragment.content)
