"""Keep the course overview in step with the published course block."""

from __future__ import annotations

from typing import Any

from xblock.fields import DateTime

from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

from .tree import CourseTree

MOMENT = DateTime()


def refresh(tree: CourseTree) -> CourseOverview:
    """Write what lists show of the course."""
    root = tree.find(tree.root_key)
    fields: dict[str, Any] = dict(root.fields) if root else {}
    overview, _ = CourseOverview.objects.update_or_create(
        id=tree.course_key,
        defaults={
            "org": tree.course_key.org,
            "display_name": fields.get("display_name") or tree.course_key.course,
            "start": _moment(fields.get("start")),
            "end": _moment(fields.get("end")),
            "self_paced": bool(fields.get("self_paced")),
            "language": fields.get("language") or "",
            "short_description": fields.get("short_description") or "",
        },
    )
    return overview


def _moment(value: Any) -> Any:
    return MOMENT.from_json(value) if isinstance(value, str) else None
