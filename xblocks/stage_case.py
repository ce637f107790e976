"""Let the screens and acts of a case serve a stage of a blended task: the stage stands where they expect a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.safestring import SafeString, mark_safe
from xblock.fields import ScopeIds

from discussion_ext.api import blended
from discussion_ext.data import StageConfigData

from .learner import local_key

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock


class StageCase:
    """A stage as a case: its own key for posts and element ids, its own drafts, the task's runtime and learner."""

    screens: Final = "blended_task/discuss"

    def __init__(self, task: BlendedTaskXBlock, stage: StageConfigData) -> None:
        self.task = task
        self.stage = stage
        self.has_read = True  # what a case asks to read first stands above, as the stage's instructions
        self.runtime = _StageRuntime(task, stage.id)
        key = blended.stage_key(local_key(task), stage.id)
        self.scope_ids: ScopeIds = task.scope_ids._replace(usage_id=key)

    @property
    def case_html(self) -> SafeString:
        """Return the stage's instructions as safe HTML."""
        return mark_safe(self.stage.instructions_html)  # noqa: S308  made by render_author_text

    @property
    def drafts(self) -> dict[str, Any]:
        """Return what the learner is writing in this stage, by name."""
        kept = self.task.drafts.get(self.stage.id)
        return kept if isinstance(kept, dict) else {}

    @drafts.setter
    def drafts(self, drafts: dict[str, Any]) -> None:
        others = {name: kept for name, kept in self.task.drafts.items() if name != self.stage.id}
        self.task.drafts = {**others, self.stage.id: drafts} if drafts else others


class _StageRuntime:
    """The task's runtime, with the stage's own handler."""

    def __init__(self, task: BlendedTaskXBlock, stage_id: str) -> None:
        self._task = task
        self._stage_id = stage_id

    @property
    def is_author_mode(self) -> bool:
        return bool(getattr(self._task.runtime, "is_author_mode", False))

    def service(self, _stage: StageCase, name: str) -> Any:
        return self._task.runtime.service(self._task, name)

    def local_resource_url(self, _stage: StageCase, path: str) -> str:
        url: str = self._task.runtime.local_resource_url(self._task, path)
        return url

    def handler_url(self, _stage: StageCase, _handler: str, suffix: str = "") -> str:
        url: str = self._task.runtime.handler_url(self._task, "stage_action", f"{self._stage_id}/{suffix}")
        return url
