"""The points block: my points, my level, why, who is around me, and who sees me, inside a unit.

It keeps nothing of a learner itself: everything shown comes from ``gamification``, and the one thing that can be
changed here, the name on the board, goes there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from crum import get_current_request
from django.db import DatabaseError, transaction
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Boolean, Integer, Scope, String

from gamification import api as points
from people import api as people
from people.api import TooFastError

from . import points_preview
from .fragments import build_fragment, render_template, speaking
from .learner import ActingPerson, acting_person, may_author, refuse_write
from .requests import (
    RequestError,
    answer,
    read_choice,
    read_flag,
    read_integer,
    read_object,
    read_text,
    refuse,
    refuse_haste,
)

log = logging.getLogger(__name__)

MOST_ENTRIES: Final = 10
LONGEST_TITLE: Final = 120
NAME_CHOICES: Final = ("name", "pseudonym", "hidden")
NOT_ON_BOARDS: Final = frozenset({"team", "left", "retired"})


@XBlock.needs("i18n")
@XBlock.wants("user", "studio_user_permissions")
class PointsPanelXBlock(XBlock):
    """Shows learners their points with reasons."""

    has_author_view = True
    completion_mode = XBlockCompletionMode.EXCLUDED
    icon_class = "other"
    show_in_read_only_mode = True

    display_name = String(
        display_name="Title", default="Your points in this course", scope=Scope.settings, enforce_type=True
    )
    latest_count = Integer(display_name="Latest entries", default=3, scope=Scope.settings, enforce_type=True)
    has_board = Boolean(display_name="Places around me", default=True, scope=Scope.settings, enforce_type=True)

    # -- views ---------------------------------------------------------------------------------------------------------

    @XBlock.supports("multi_device")
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the points of whoever looks; while staff view as a learner, that learner's."""
        del context
        with speaking(self):
            person = acting_person(self)
            if person.is_preview or person.course_key is None:
                return self._draw_preview(person)
            if person.user_id is None:
                return self._draw_note("sign_in")
            try:
                with transaction.atomic():
                    return self._draw_learner(person.user_id, person.course_key, is_team=person.is_team)
            except DatabaseError as error:
                log.error("xblocks.points_not_drawn course=%s error=%s", person.course_key, people.name_error(error))
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
                "points_panel/studio.html",
                {
                    "values": {
                        "display_name": self.display_name,
                        "latest_count": self._latest_shown,
                        "has_board": self.has_board,
                    },
                    "most_entries": MOST_ENTRIES,
                    "longest_title": LONGEST_TITLE,
                    "is_off": self._is_off(person),
                },
            )
            return self._fragment(html, init="PointsPanelStudio")

    def student_view_data(self, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the authored configuration: collected at publish, without a user, so nothing of a learner."""
        del context
        return {"title": self.display_name, "latest_count": self.latest_count, "has_board": self.has_board}

    def index_dictionary(self) -> dict[str, Any]:
        """Return the author's title for the course search; nothing of learners."""
        index: dict[str, Any] = super().index_dictionary()
        index["content"] = {**index.get("content", {}), "display_name": self.display_name}
        index["content_type"] = _("Points")
        return index

    # -- handlers ------------------------------------------------------------------------------------------------------

    @XBlock.handler
    def choose_name(self, request: Request, suffix: str = "") -> Response:
        """Change how the board names the learner. The board itself follows when the request is committed."""
        del suffix
        return self._serve(request, self._choose_name)

    @XBlock.handler
    def show_place(self, request: Request, suffix: str = "") -> Response:
        """Return the part with the learner's place, as it stands now."""
        del suffix
        return self._serve(request, self._show_place)

    @XBlock.handler
    def edit_panel(self, request: Request, suffix: str = "") -> Response:
        """Save the author's form: every field or none."""
        del suffix
        return self._serve(request, self._edit)

    # -- what they do --------------------------------------------------------------------------------------------------

    @transaction.atomic
    def _choose_name(self, data: dict[str, Any]) -> dict[str, str]:
        person = acting_person(self)
        if refusal := refuse_write(person):
            raise RequestError(refusal.message, status=403, code=refusal.code)
        user_id, course_key = _require(points.may_choose_name, person)
        points.keep_choice_pace(user_id)
        choice = read_choice(data, "choice", NAME_CHOICES)
        if points.get_standing(user_id, course_key).listing in NOT_ON_BOARDS:
            message = _("The board lists enrolled learners only. There is nothing to choose.")
            raise RequestError(message, status=403, code="not_on_board")
        points.choose_board_name(user_id=user_id, course_key=course_key, choice=choice)
        return {"saved": points.get_privacy(user_id, course_key).saved}

    def _show_place(self, data: dict[str, Any]) -> dict[str, str]:
        del data
        if not self.has_board:
            raise RequestError(_("There is no board to show here."), status=404, code="no_board")
        context = self._learner_context(*_require(points.may_see_points, acting_person(self)))
        return {"html": render_template(self, "points_panel/place.html", context)}

    def _edit(self, data: dict[str, Any]) -> dict[str, str]:
        if not may_author(self):
            raise RequestError(_("This block is edited in Studio, by its course team."), status=403, code="not_studio")
        title = read_text(data, "display_name", longest=LONGEST_TITLE, missing=_("Give the block a title."))
        latest_count = read_integer(data, "latest_count", least=0, most=MOST_ENTRIES)
        has_board = read_flag(data, "has_board")
        self.display_name, self.latest_count, self.has_board = title, latest_count, has_board
        return {"saved": _("Saved.")}

    def _serve(self, request: Request, act: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Response:
        """Run ``act`` with the JSON object of ``request``; what cannot be served becomes a 4xx or 503 that says why."""
        with speaking(self):
            try:
                return answer(act(read_object(request)))
            except RequestError as error:
                return refuse(error.message, status=error.status, code=error.code, field=error.field)
            except TooFastError as error:
                return refuse_haste(error)
            except DatabaseError as error:
                log.error(
                    "xblocks.points_not_stored block=%s error=%s", self.scope_ids.usage_id, people.name_error(error)
                )
                return refuse(_("Not saved. Try again in a few minutes."), status=503, code="unavailable")

    def _learner_context(self, user_id: int, course_key: CourseKey) -> dict[str, Any]:
        names = ("my_points", "board", "how", "privacy")
        return {
            "title": self.display_name or "",
            "has_board": self.has_board,
            "panel": points.get_panel(user_id, course_key, latest=self._latest_shown, has_board=self.has_board),
            "urls": {name: reverse(f"gamification:{name}", args=[str(course_key)]) for name in names},
        }

    def _draw_learner(self, user_id: int, course_key: CourseKey, *, is_team: bool) -> Fragment:
        if not points.is_on(course_key):
            return self._draw_note("off_for_team" if is_team else "off")
        decision = points.may_see_points(user_id, course_key)
        if not decision.is_allowed:
            return self._draw_note("refused", sentence=decision.sentence)
        context = self._learner_context(user_id, course_key)
        if is_team and context["panel"].privacy is None:
            return self._draw_note("team")
        html = render_template(self, "points_panel/panel.html", {**context, "csrf_token": _csrf_token()})
        return self._fragment(html, init="PointsPanelXBlock")

    def _draw_note(self, kind: str, *, sentence: str = "") -> Fragment:
        context = {"title": self.display_name, "kind": kind, "sentence": sentence}
        html = render_template(self, "points_panel/note.html", context)
        return self._fragment(html, init="PointsPanelXBlock")

    def _draw_preview(self, person: ActingPerson) -> Fragment:
        context = {
            "title": self.display_name or "",
            "has_board": self.has_board,
            "panel": points_preview.sample_panel(latest=self._latest_shown),
            "is_off": self._is_off(person),
        }
        return self._fragment(render_template(self, "points_panel/preview.html", context), init="PointsPanelXBlock")

    def _fragment(self, html: str, *, init: str) -> Fragment:
        arguments = {"csrfToken": _csrf_token(), "words": _words()}
        fragment = build_fragment(self, html, script="points_panel/block.js", init=init, arguments=arguments)
        fragment.add_javascript_url(static("people/why.js"))
        return fragment

    @property
    def _latest_shown(self) -> int:
        """Return how many entries to show: a course that was written by hand can hold any number, or none."""
        count = self.latest_count
        return self.fields["latest_count"].default if count is None else min(max(count, 0), MOST_ENTRIES)

    @staticmethod
    def _is_off(person: ActingPerson) -> bool:
        return person.course_key is not None and not points.is_on(person.course_key)


def _require(ask: Callable[[int | None, CourseKey], points.Decision], person: ActingPerson) -> tuple[int, CourseKey]:
    """Return who acts in which course, if the answer to ``ask`` is yes; the platform itself asks nothing of callers."""
    if person.is_preview or person.course_key is None:
        raise RequestError(_("This is a preview. Nothing is kept here."), status=403, code="preview")
    decision = ask(person.user_id, person.course_key)
    if person.user_id is None or not decision.is_allowed:
        raise RequestError(decision.sentence, status=403, code=decision.code)
    return person.user_id, person.course_key


def _csrf_token() -> str:
    request = get_current_request()
    return get_token(request) if request is not None else ""


def _words() -> dict[str, str]:
    """Return what the script says by itself."""
    return {
        "saving": _("Saving…"),
        "offline": _("Not saved: there is no connection. Try again."),
        "mistake": _("Not saved yet. One field needs you."),
    }
