"""The blended task block: prepare before class, attend, apply after it, on one timeline.

The class holds the authored fields and what the platform asks of a block (views, grades, export). What a learner sees
and does lives in ``blended_learner`` and ``blended_posting``, the team's part in ``blended_team``, the author's in
``blended_studio``; everything kept and counted in ``discussion_ext``.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from lxml import etree
from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Boolean, Dict, Float, Integer, List, Scope, String

from discussion_ext.api import blended
from discussion_ext.data import BlendedConfigData

from . import blended_learner, blended_panels, blended_posting, blended_stages, blended_studio, blended_team
from .authored import write_authored
from .case_handlers import serve
from .fragments import speaking
from .grade_hooks import TaskGradesMixin
from .learner import acting_person
from .markup import plain_text, render_author_text


@XBlock.needs("i18n")
@XBlock.wants("user", "completion", "replace_urls", "studio_user_permissions")
class BlendedTaskXBlock(TaskGradesMixin, XBlock):
    """One activity around a class session: stages with dates that follow the learner's own sitting."""

    has_author_view = True
    has_custom_completion = True
    completion_mode = XBlockCompletionMode.COMPLETABLE
    icon_class = "problem"
    weight = None  # the points are the weight, so that staff override in points
    show_in_read_only_mode = True

    display_name = String(display_name="Title", default="Blended task", scope=Scope.settings, enforce_type=True)
    intro = String(display_name="Introduction (Markdown)", default="", scope=Scope.content, enforce_type=True)
    points = Float(default=10.0, scope=Scope.settings, enforce_type=True)
    catch_up_days = Integer(default=7, scope=Scope.settings, enforce_type=True, help="For late joiners; 0 is none.")
    session_block = String(default="", scope=Scope.settings, enforce_type=True, help="Whose class session is used.")
    by_cohort = Boolean(default=False, scope=Scope.settings, enforce_type=True)
    stages = List(default=[], scope=Scope.content, enforce_type=True, help="See blended_stages.")

    drafts = Dict(default={}, scope=Scope.user_state, enforce_type=True, help="By stage id, then by draft.")

    AUTHORED: ClassVar[tuple[str, ...]] = (
        "display_name", "intro", "points", "catch_up_days", "session_block", "by_cohort", "stages",
    )  # fmt: skip

    # -- views --------------------------------------------------------------------------------------------------------

    @XBlock.supports("multi_device")
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the task for whoever looks: a learner, the course team, or an author previewing it."""
        del context
        with speaking(self):
            person = acting_person(self)
            if person.is_preview:
                return blended_studio.draw_preview(self)
            return blended_panels.draw(self, person) if person.is_team else blended_learner.draw(self, person)

    def author_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the preview on Studio's unit page and in libraries."""
        del context
        with speaking(self):
            return blended_studio.draw_preview(self)

    def studio_view(self, context: dict[str, Any] | None = None) -> Fragment:
        """Draw the author's form."""
        del context
        with speaking(self):
            return blended_studio.draw_form(self)

    def student_view_data(self, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what apps may know of the task: collected at publish, without a user, so nothing of a learner."""
        del context
        return self.blended_configuration().to_json()

    def index_dictionary(self) -> dict[str, Any]:
        """Return the author's words for the course search; nothing that learners wrote."""
        index: dict[str, Any] = super().index_dictionary()
        config = self.blended_configuration()
        stages = (f"{stage.title} {plain_text(stage.instructions_html)}".strip() for stage in config.stages)
        words = {"display_name": config.title, "intro": plain_text(config.intro_html), "stages": "\n".join(stages)}
        index["content"] = {**index.get("content", {}), **words}
        index["content_type"] = _("Blended task")
        return index

    # -- handlers -----------------------------------------------------------------------------------------------------

    @XBlock.handler
    def learner_action(self, request: Request, suffix: str = "") -> Response:
        """Serve an act of a learner on the task as a whole or on a stage, named by ``suffix``."""
        return serve(self, request, suffix, blended_posting.ACTIONS)

    @XBlock.handler
    def stage_action(self, request: Request, suffix: str = "") -> Response:
        """Serve an act in the discussion of a stage: ``suffix`` is ``<stage id>/<act>``."""
        stage_id, _slash, act = suffix.partition("/")
        return serve(self, request, act, blended_posting.stage_actions(stage_id))

    @XBlock.handler
    def team_action(self, request: Request, suffix: str = "") -> Response:
        """Serve an act of the course team, named by ``suffix``."""
        return serve(self, request, suffix, blended_team.ACTIONS)

    @XBlock.handler
    def team_csv(self, request: Request, suffix: str = "") -> Response:
        """Send the team's table as a file."""
        del suffix
        return blended_team.send_csv(self, request)

    @XBlock.handler
    def author_action(self, request: Request, suffix: str = "") -> Response:
        """Serve the author's form, by act."""
        return serve(self, request, suffix, blended_studio.ACTIONS)

    # -- what discussion_ext reads when the course is published -------------------------------------------------------

    @property
    def intro_html(self) -> str:
        """Return the introduction as safe HTML."""
        return render_author_text(self.intro or "")

    def blended_configuration(self) -> BlendedConfigData:
        """Return what the author asks.

        A course that was written by hand can hold anything: what the form would refuse is brought into its range.
        """
        config = BlendedConfigData(
            title=self._authored("display_name") or self.fields["display_name"].default,
            intro=self._authored("intro"),
            intro_html=self.intro_html,
            points=self._authored("points"),
            catch_up_days=self._authored("catch_up_days"),
            session_block=self._authored("session_block"),
            by_cohort=self._authored("by_cohort"),
            stages=tuple(blended_stages.list_stages(self.stages)),
        )
        return blended.limited(config)

    def _authored(self, name: str) -> Any:
        """Return an authored value, the default in place of none."""
        value = getattr(self, name)
        return self.fields[name].default if value is None else value

    def max_score(self) -> float:
        """Return the full grade; collected at publish without a user."""
        return self.blended_configuration().possible

    # -- export -------------------------------------------------------------------------------------------------------

    def add_xml_to_node(self, node: Any) -> None:
        """Write the authored fields only; the introduction and the stages as elements that people can read."""
        write_authored(self, node, leave_out={"intro", "stages"})
        if self.fields["intro"].is_set_on(self):
            etree.SubElement(node, "intro").text = self.intro or ""
        if self.fields["stages"].is_set_on(self):
            blended_stages.add_to_node(blended_stages.list_stages(self.stages), node)

    @classmethod
    def parse_xml(cls, node: Any, runtime: Any, keys: Any) -> BlendedTaskXBlock:
        """Read what `add_xml_to_node` writes; ``intro`` may be an attribute too."""
        rest = deepcopy(node)
        intro, stages = rest.find("intro"), blended_stages.take_from_node(rest)
        if intro is not None:
            rest.remove(intro)
        block: BlendedTaskXBlock = super().parse_xml(rest, runtime, keys)
        if intro is not None:
            block.intro = intro.text or ""
        if stages:
            block.stages = stages
        return block

    def studio_post_duplicate(self, store: Any, source_block: Any) -> bool:
        """Have a class session of its own, not the original's."""
        del source_block
        return self._leave_session(store)

    def studio_post_paste(self, store: Any, source_node: Any) -> bool:
        """Have a class session of its own, not one of another course."""
        del source_node
        return self._leave_session(store)

    def _leave_session(self, store: Any) -> bool:
        if self.session_block:
            self.session_block = ""
            store.update_item(self, None)
        return False  # no children were handled
