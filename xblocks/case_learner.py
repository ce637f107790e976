"""A learner's screen: the present step of the case with everything around it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment

from discussion_ext import api as cases
from discussion_ext.data import (
    CaseViewData,
    Order,
)
from people import api as people

from .case_block import CaseBlock
from .case_handlers import failure_words
from .case_screens import counter_words, learner_context, off_reason, read_only_reason
from .case_sync import sync_from_render
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import ActingPerson, local_key

if TYPE_CHECKING:
    from .case_discussion import CaseDiscussionXBlock

log = logging.getLogger(__name__)


def draw(block: CaseDiscussionXBlock, person: ActingPerson) -> Fragment:
    """Return the whole block for a learner, or for somebody who may only read the case."""
    region = draw_safely(block, person, _draw_visit)
    html = render_template(block, "case_discussion/learner.html", {"region": region})
    arguments = {
        "module": resource_url(block, "case_discussion/learner.js"),
        "id": dom_id(block),
        "person": person.user_id,
        "language": get_language() or "",
        "factors": cases.word_factors(),
        "failure": failure_words(),
        "words": counter_words(),
    }
    return build_fragment(
        block, html, script="case_discussion/block.js", init="CaseDiscussionBlock", arguments=arguments
    )


def draw_safely(
    block: CaseDiscussionXBlock, person: ActingPerson, draw_open: Callable[[CaseDiscussionXBlock, ActingPerson], str]
) -> str:
    """Return what ``draw_open`` draws of the case; whoever may not see it, or if a neighbour fails, the case alone."""
    if reason := read_only_reason(person, person.course_key) or off_reason(person):
        return _draw_case_only(block, reason)
    try:
        with transaction.atomic():
            sync_from_render(block, person)
            return draw_open(block, person)
    except cases.CaseError as error:
        return _draw_case_only(block, error.message)
    except Exception as error:  # noqa: BLE001 - whatever a neighbour does, the case itself is shown
        log.error("xblocks.case_not_drawn block=%s error=%s", local_key(block), people.name_error(error))
        return _draw_case_only(
            block, _("The discussion cannot be shown right now. Nothing is lost. Try again in a few minutes.")
        )


def _draw_visit(block: CaseDiscussionXBlock, person: ActingPerson) -> str:
    if not person.is_masquerade:
        cases.open_case(usage_key=local_key(block), user_id=person.signed_in_id)
    return draw_region(block, person)


def draw_region(block: CaseBlock, person: ActingPerson, *, order: Order = "unanswered", notice: str = "") -> str:
    """Return the learner's present step with everything around it."""
    view = view_of(block, person, order=order)
    return render_template(block, f"{block.screens}/region.html", learner_context(block, person, view, notice=notice))


def _draw_case_only(block: CaseDiscussionXBlock, reason: str) -> str:
    context = {"config": block.task_configuration(), "case_html": block.case_html, "reason": reason}
    return render_template(block, "case_discussion/case_only.html", context)


def view_of(block: CaseBlock, person: ActingPerson, *, order: Order, page: int = 1) -> CaseViewData:
    view = cases.view_case(
        usage_key=local_key(block), user_id=person.signed_in_id, is_team=person.is_team, order=order, page=page
    )
    if view.step not in {"read", "position"}:
        return view
    has_begun = block.has_read or view.position or view.answers or view.withdrawn
    return replace(view, step="position" if has_begun else "read")
