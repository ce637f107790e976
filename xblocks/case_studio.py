"""What an author meets: the form, its live preview as learner and course team, and the preview on the unit page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from web_fragments.fragment import Fragment

from discussion_ext import api as cases
from discussion_ext.data import TopicData
from gamification import api as points
from people import api as people

from .case_form import LIMITS, read_form
from .case_handlers import failure_words
from .case_screens import estimate_minutes
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import acting_person, find_author_id, local_key, may_author
from .markup import render_author_text
from .moments import show_moment
from .requests import RequestError

if TYPE_CHECKING:
    from .case_discussion import CaseDiscussionXBlock


def draw_preview(block: CaseDiscussionXBlock) -> Fragment:
    """Return what learners read first, without anything to press; nothing is looked up about a person."""
    html = render_template(block, "case_discussion/preview.html", preview_context(block))
    return build_fragment(block, html, script="case_discussion/block.js", init="CaseDiscussionPreview", arguments={})


def draw_form(block: CaseDiscussionXBlock) -> Fragment:
    """Return the author's form with the stored values and a preview beside it."""
    zone = _zone(block)
    context = {
        **preview_context(block),
        "values": {name: getattr(block, name) for name in block.AUTHORED},
        "opens_at": show_moment(block.opens_at, zone),
        "closes_at": show_moment(block.closes_at, zone),
        "due": getattr(block, "due", None),
        "zone": zone,
        "topics": _topics(block),
    }
    html = render_template(block, "case_discussion/studio.html", context)
    arguments = {
        "module": resource_url(block, "case_discussion/studio.js"),
        "id": dom_id(block),
        "notSaved": _("Not saved yet"),
        "failure": failure_words(),
    }
    return build_fragment(
        block, html, script="case_discussion/block.js", init="CaseDiscussionStudio", arguments=arguments
    )


def submit(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Save the form if every field is right; otherwise change nothing and list the mistakes."""
    _require_author(block)
    current = {name: getattr(block, name) for name in block.AUTHORED}
    form = read_form(data, zone=_zone(block), current=current, topics=_topics(block))
    if form.errors:
        count = len(form.errors)
        message = ngettext(
            "Not saved yet. %(count)s field needs you:", "Not saved yet. %(count)s fields need you:", count
        )
        details = [{"field": error.field, "summary": error.summary, "message": error.message} for error in form.errors]
        raise RequestError(message % {"count": count}, field=form.errors[0].field, details=details)
    for name, value in form.values.items():
        setattr(block, name, value)
    return {"saved": True}


def preview(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the preview from what the form holds now; a field that is not right yet shows its stored value."""
    _require_author(block)
    form = read_form(data, zone=_zone(block), current={}, topics=[])
    html = render_template(block, "case_discussion/preview_roles.html", preview_context(block, form.values))
    return {"html": html}


def preview_context(block: CaseDiscussionXBlock, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the context of the preview templates for the block with ``values`` laid over its own."""
    shown = dict(values or {})
    case_html = render_author_text(shown["case_text"]) if "case_text" in shown else block.case_html
    config = block.task_configuration()
    config = replace(
        config,
        title=shown.get("display_name", config.title),
        case_html=case_html,
        **{name: shown[name] for name in SHOWN if name in shown},
    )
    return {
        "config": config,
        "case_html": case_html,
        "minutes": estimate_minutes(config),
        "points_hint": _points_hint(block),
        "is_library": acting_person(block).course_key is None,
    }


SHOWN = ("prompt", "is_held", *LIMITS)


def _points_hint(block: CaseDiscussionXBlock) -> int:
    course_key = acting_person(block).course_key
    if course_key is None or not points.is_on(course_key):
        return 0
    return points.points_for(course_key, "case_finished")


def _topics(block: CaseDiscussionXBlock) -> list[TopicData]:
    course_key = acting_person(block).course_key
    return cases.list_topics(course_key, usage_key=local_key(block)) if course_key else []


def _zone(block: CaseDiscussionXBlock) -> ZoneInfo:
    author_id = find_author_id(block)
    return people.person_zone(author_id) if author_id else ZoneInfo("UTC")


def _require_author(block: CaseDiscussionXBlock) -> None:
    if not may_author(block):
        raise RequestError(_("A case is edited in Studio, by its course team."), status=403, code="not_allowed")


ACTIONS = {"submit": submit, "preview": preview}
