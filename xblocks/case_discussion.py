"""The case discussion block: read a case, take a position, answer classmates, look back.

The class holds the authored fields and what the platform asks of a block (views, grades, export). What is drawn and
what an act does lives in ``case_learner``, ``case_team`` and ``case_studio``; everything said and counted in
``discussion_ext``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Boolean, DateTime, Dict, Float, Integer, Scope, String

from discussion_ext.data import CaseConfigData

from . import case_learner, case_posting, case_studio, case_team
from .authored import write_authored
from .case_form import LIMITS, limited
from .case_handlers import serve
from .fragments import speaking
from .grade_hooks import TaskGradesMixin
from .learner import acting_person
from .markup import plain_text, render_author_text


@XBlock.needs("i18n")
@XBlock.wants("user", "completion", "replace_urls", "studio_user_permissions")
class CaseDiscussionXBlock(TaskGradesMixin, XBlock):
    """A case that learners discuss in steps, each at their own pace."""

    has_author_view = True
    has_custom_completion = True
    completion_mode = XBlockCompletionMode.COMPLETABLE
    icon_class = "problem"
    weight = None  # the parts of the grade are the weight, so that staff override in points
    show_in_read_only_mode = True

    display_name = String(display_name="Title", default="Case discussion", scope=Scope.settings, enforce_type=True)
    case_text = String(display_name="Case text (Markdown)", default="", scope=Scope.content, enforce_type=True)
    prompt = String(display_name="Question", default="", scope=Scope.content, enforce_type=True)
    position_min = Integer(default=120, scope=Scope.settings, enforce_type=True)
    position_max = Integer(default=0, scope=Scope.settings, enforce_type=True, help="0 is no limit.")
    answers_wanted = Integer(default=2, scope=Scope.settings, enforce_type=True)
    answer_min = Integer(default=30, scope=Scope.settings, enforce_type=True)
    look_back_min = Integer(default=60, scope=Scope.settings, enforce_type=True, help="0 leaves the look back out.")
    position_points = Float(default=4.0, scope=Scope.settings, enforce_type=True)
    answers_points = Float(default=4.0, scope=Scope.settings, enforce_type=True)
    look_back_points = Float(default=2.0, scope=Scope.settings, enforce_type=True)
    is_held = Boolean(default=True, scope=Scope.settings, enforce_type=True)
    by_cohort = Boolean(default=False, scope=Scope.settings, enforce_type=True)
    topic_id = String(default="", scope=Scope.settings, enforce_type=True)
    opens_at = DateTime(default=None, scope=Scope.settings, enforce_type=True)
    closes_at = DateTime(default=None, scope=Scope.settings, enforce_type=True)

    has_read = Boolean(default=False, scope=Scope.user_state, enforce_type=True)
    drafts = Dict(default={}, scope=Scope.user_state, enforce_type=True)

    screens: ClassVar[str] = "case_discussion"
    AUTHORED: ClassVar[tuple[str, ...]] = (
        "display_name", "case_text", "prompt", "position_min", "position_max", "answers_wanted", "answer_min",
        "look_back_min", "position_points", "answers_points", "look_back_points", "is_held", "by_cohort", "topic_id",
        "opens_at", "closes_at",
    )  # fmt: skip

    # -- views --------------------------------------------------------------------------------------------------------

    @XBlock.supports("multi_device")
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the case for whoever looks: a learner, the course team, or an author previewing it."""
        del context
        with speaking(self):
            person = acting_person(self)
            if person.is_preview:
                return case_studio.draw_preview(self)
            return case_team.draw(self, person) if person.is_team else case_learner.draw(self, person)

    def author_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the preview on Studio's unit page and in libraries."""
        del context
        with speaking(self):
            return case_studio.draw_preview(self)

    def studio_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the author's form."""
        del context
        with speaking(self):
            return case_studio.draw_form(self)

    def student_view_data(self, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what apps may know of the case: collected at publish, without a user, so nothing of a learner."""
        del context
        config = self.task_configuration()
        return {
            "title": config.title,
            "case_html": config.case_html,
            "prompt": config.prompt,
            "position_min": config.position_min,
            "answers_wanted": config.answers_wanted,
            "answer_min": config.answer_min,
            "look_back_min": config.look_back_min,
            "opens_at": config.opens_at.isoformat() if config.opens_at else None,
            "closes_at": config.closes_at.isoformat() if config.closes_at else None,
        }

    def index_dictionary(self) -> dict[str, Any]:
        """Return the author's words for the course search; nothing that learners wrote."""
        index: dict[str, Any] = super().index_dictionary()
        words = {"display_name": self.display_name, "case": plain_text(self.case_html), "question": self.prompt}
        index["content"] = {**index.get("content", {}), **words}
        index["content_type"] = _("Case discussion")
        return index

    # -- handlers -----------------------------------------------------------------------------------------------------

    @XBlock.handler
    def learner_action(self, request: Request, suffix: str = "") -> Response:
        """Serve an act of a learner, named by ``suffix``."""
        return serve(self, request, suffix, case_posting.ACTIONS)

    @XBlock.handler
    def team_action(self, request: Request, suffix: str = "") -> Response:
        """Serve an act of the course team, named by ``suffix``."""
        return serve(self, request, suffix, case_team.ACTIONS)

    @XBlock.handler
    def team_csv(self, request: Request, suffix: str = "") -> Response:
        """Send the team's table as a file."""
        del suffix
        return case_team.send_csv(self, request)

    @XBlock.handler
    def author_action(self, request: Request, suffix: str = "") -> Response:
        """Serve the author's form: ``submit`` saves it, ``preview`` draws it without saving."""
        return serve(self, request, suffix, case_studio.ACTIONS)

    # -- what discussion_ext reads when the course is published -------------------------------------------------------

    @property
    def case_html(self) -> str:
        """Return the case text as safe HTML."""
        return render_author_text(self.case_text or "")

    def task_configuration(self) -> CaseConfigData:
        """Return what the author asks; it closes at its own date or the inherited due date, whichever comes first.

        A course that was written by hand can hold any number: what the form would refuse is brought into its range.
        """
        moments = [moment for moment in (self.closes_at, getattr(self, "due", None)) if isinstance(moment, datetime)]
        return CaseConfigData(
            title=self.display_name or self.fields["display_name"].default,
            case_html=self.case_html,
            prompt=self.prompt or "",
            **{name: limited(name, getattr(self, name), self.fields[name].default) for name in LIMITS},
            is_held=self.is_held,
            by_cohort=self.by_cohort,
            topic_id=self.topic_id or "",
            opens_at=self.opens_at,
            closes_at=min(moments, default=None),
        )

    # -- grades: what the instructor's tools call for one learner -----------------------------------------------------

    def max_score(self) -> float:
        """Return the full grade; collected at publish without a user."""
        return self.task_configuration().possible

    # -- export -------------------------------------------------------------------------------------------------------

    def add_xml_to_node(self, node: Any) -> None:
        """Write the authored fields only; nothing that a learner keeps here."""
        write_authored(self, node)

    def studio_post_duplicate(self, store: Any, source_block: Any) -> bool:
        """Let go of the topic, which belongs to the original."""
        del source_block
        return self._leave_topic(store)

    def studio_post_paste(self, store: Any, source_node: Any) -> bool:
        """Let go of the topic, which belongs to the original or to another course."""
        del source_node
        return self._leave_topic(store)

    def _leave_topic(self, store: Any) -> bool:
        if self.topic_id:
            self.topic_id = ""
            store.update_item(self, None)
        return False  # no children were handled
