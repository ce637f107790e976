"""What the platform mixes into every block: names, keys, inherited settings and the completion handler."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock, XBlockMixin
from xblock.exceptions import JsonHandlerError
from xblock.fields import Boolean, DateTime, Dict, Float, Scope, String


def can_complete_by_viewing(block: Any) -> bool:
    """Tell whether seeing the block is all there is to do in it."""
    return (
        XBlockCompletionMode.get_mode(block) == XBlockCompletionMode.COMPLETABLE
        and not getattr(block, "has_custom_completion", False)
        and not getattr(block, "has_score", False)
    )


@XBlock.needs("i18n", "field-data")
@XBlock.wants("completion")
class PlatformMixin(XBlockMixin):
    """The part of the platform's mixins that blocks rely on."""

    has_score = False
    icon_class = "other"

    display_name = String(default=None, scope=Scope.settings)
    start = DateTime(default=datetime(2030, 1, 1, tzinfo=UTC), scope=Scope.settings)
    due = DateTime(default=None, scope=Scope.settings)
    graded = Boolean(default=False, scope=Scope.settings)
    format = String(default=None, scope=Scope.settings)
    weight = Float(default=None, scope=Scope.settings)
    self_paced = Boolean(default=False, scope=Scope.settings)
    visible_to_staff_only = Boolean(default=False, scope=Scope.settings)
    hide_from_toc = Boolean(default=False, scope=Scope.settings)
    group_access = Dict(default={}, scope=Scope.settings)
    # Attributes of the OLX that no field knows, kept for export.
    xml_attributes = Dict(default={}, scope=Scope.settings)

    @property
    def location(self) -> UsageKey:
        """Return the usage key."""
        return self.scope_ids.usage_id

    @property
    def course_id(self) -> CourseKey:
        """Return the course key."""
        return self.location.course_key

    @property
    def category(self) -> str:
        """Return the block type."""
        return self.scope_ids.block_type

    @property
    def url_name(self) -> str:
        """Return the part of the key that names the block in OLX."""
        return self.location.block_id

    @property
    def display_name_with_default(self) -> str:
        """Return the title, or the block's name where it has none."""
        return self.display_name or self.url_name.replace("_", " ")

    def max_score(self) -> float | None:
        """Return the highest score; None for blocks without one."""
        return None

    def bind_for_student(self, *args: Any, **kwargs: Any) -> None:
        """Blocks are born bound to the runtime's user here; kept for callers of the platform's name."""
        self.save()

    @XBlock.json_handler
    def publish_completion(self, data: Any, suffix: str = "") -> dict[str, str]:
        """Take a completion between 0 and 1 from the page, as it reports blocks that were seen."""
        service = self.runtime.service(self, "completion")
        if service is None:
            raise JsonHandlerError(500, "No completion service found")
        if not service.completion_tracking_enabled():
            raise JsonHandlerError(404, "Completion tracking is not enabled and API calls are unexpected")
        completion = data.get("completion") if isinstance(data, dict) else None
        if isinstance(completion, bool) or not isinstance(completion, int | float) or not 0 <= completion <= 1:
            raise JsonHandlerError(400, f"completion: not a number between 0 and 1: {completion!r}")
        self.runtime.publish(self, "completion", {"completion": completion})
        return {"result": "ok"}
