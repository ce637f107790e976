"""A learner's screen of a blended task: the class session, the timeline, each stage with what can be done in it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment

from discussion_ext import api as cases
from discussion_ext.api import blended, sessions
from discussion_ext.data import BlendedViewData, StageKind
from people import api as people

from . import blended_screens
from .blended_screens import ReportScreen, ReviewScreen, StageLine
from .blended_session import session_screen
from .blended_sync import sync_from_render
from .blended_words import say_title
from .case_handlers import failure_words
from .case_learner import draw_region as draw_discussion
from .case_screens import count_texts, counter_words, may_write, read_only_reason, reader_zone
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import ActingPerson, local_key
from .markup import plain_text
from .stage_case import StageCase

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

log = logging.getLogger(__name__)


def draw(block: BlendedTaskXBlock, person: ActingPerson) -> Fragment:
    """Return the whole block for a learner, or for somebody who may only read what it asks."""
    context = {"region": _draw_safely(block, person), "sessions_url": _sessions_url(block, person)}
    html = render_template(block, "blended_task/learner.html", context)
    arguments = {
        "module": resource_url(block, "blended_task/learner.js"),
        "id": dom_id(block),
        "person": person.user_id,
        "language": get_language() or "",
        "factors": cases.word_factors(),
        "failure": failure_words(),
        "words": {**counter_words(), "to_go": _("{left} to go. Words quoted from the task are left out.")},
    }
    return build_fragment(block, html, script="blended_task/block.js", init="BlendedTaskBlock", arguments=arguments)


def _sessions_url(block: BlendedTaskXBlock, person: ActingPerson) -> str:
    """Return the page of the learner's class sessions; nothing where the task needs none or nothing can be chosen."""
    may_act = not person.is_masquerade and not read_only_reason(person, person.course_key) and not off_reason(person)
    if person.course_key is None or not may_act or not block.blended_configuration().needs_session:
        return ""
    return sessions.my_sessions_path(person.course_key)


def off_reason(person: ActingPerson) -> str:
    """Return that the course has no blended tasks, or nothing."""
    if person.course_key is not None and cases.is_on(person.course_key):
        return ""
    return _("Blended tasks are not turned on in this course.")


def _draw_safely(block: BlendedTaskXBlock, person: ActingPerson) -> str:
    """Return the learner's timeline; whoever may not see it, or if a neighbour fails, what the task asks."""
    if reason := read_only_reason(person, person.course_key) or off_reason(person):
        return draw_plan(block, reason)
    try:
        with transaction.atomic():
            sync_from_render(block, person)
            if not person.is_masquerade:
                blended.open_task(usage_key=local_key(block), user_id=person.signed_in_id)
            return draw_region(block, person)
    except cases.CaseError as error:
        return draw_plan(block, error.message)
    except Exception as error:  # noqa: BLE001 - whatever a neighbour does, what is asked is shown
        log.error("xblocks.blended_not_drawn block=%s error=%s", local_key(block), people.name_error(error))
        reason = _("Your stages cannot be shown right now. Nothing is lost. Try again in a few minutes.")
        return draw_plan(block, reason)


def draw_plan(block: BlendedTaskXBlock, reason: str) -> str:
    """Return what the task asks, for whoever may only read."""
    config = block.blended_configuration()
    stages = [{"title": say_title(stage), "html": safe(stage.instructions_html)} for stage in config.stages]
    context = {"config": config, "reason": reason, "intro_html": safe(config.intro_html), "stages": stages}
    return render_template(block, "blended_task/plan.html", context)


def draw_region(
    block: BlendedTaskXBlock,
    person: ActingPerson,
    *,
    notices: Mapping[str, str] | None = None,
    discussions: Mapping[str, str] | None = None,
) -> str:
    """Return the whole timeline; ``notices`` say what became of an act, by stage id (empty for the task as a whole).

    ``discussions`` are those that are drawn already, by stage id.
    """
    view = view_of(block, person)
    context = learner_context(block, person, view, notices=notices or {}, discussions=discussions or {})
    return render_template(block, "blended_task/region.html", context)


def draw_head(block: BlendedTaskXBlock, person: ActingPerson) -> str:
    """Return the title with the word in its corner."""
    view, now = view_of(block, person), timezone.now()
    lines = blended_screens.list_lines(view, blended_screens.zones_of(view, reader_zone(person)), now)
    return render_template(block, "blended_task/head.html", _head_context(view, lines, now))


def _head_context(view: BlendedViewData, lines: Sequence[StageLine], now: datetime) -> dict[str, Any]:
    """Return what stands on top: the word in the corner, and the stage that is next."""
    is_asked = not view.result.is_finished and not blended_screens.needs_choice(view)
    upcoming = next((line for line in lines if line.view.is_next), None) if is_asked else None
    return {"view": view, "tag": blended_screens.say_tag(view, now), "next": upcoming}


def view_of(block: BlendedTaskXBlock, person: ActingPerson) -> BlendedViewData:
    """Return everything that the person sees of the task."""
    return blended.view_task(usage_key=local_key(block), user_id=person.signed_in_id)


def learner_context(
    block: BlendedTaskXBlock,
    person: ActingPerson,
    view: BlendedViewData,
    *,
    notices: Mapping[str, str],
    discussions: Mapping[str, str],
) -> dict[str, Any]:
    """Return the context of ``region.html`` and its parts for one learner."""
    now = timezone.now()
    zones = blended_screens.zones_of(view, reader_zone(person))
    lines = [
        _complete(block, person, line, view, notice=notices.get(line.id, ""), discussion=discussions.get(line.id, ""))
        for line in blended_screens.list_lines(view, zones, now)
    ]
    return {
        **_head_context(view, lines, now),
        "lines": lines,
        "has_results": any(line.view.result.share or line.is_settled for line in lines),
        "zone": zones.own,  # of what happened; what is to come is said on the clock of the session
        "due_zone": zones.shown,
        "person": person,
        "can_write": not person.is_masquerade,
        "grade": blended_screens.say_grade(view),
        "notice": notices.get("", ""),
        "intro_html": safe(view.config.intro_html),
        "session": session_screen(view, zones, now),
    }


def _complete(
    block: BlendedTaskXBlock,
    person: ActingPerson,
    line: StageLine,
    view: BlendedViewData,
    *,
    notice: str,
    discussion: str,
) -> StageLine:
    """Return a line with what stands in its stage: the discussion, the report, the reports to review."""
    stage = StageCase(block, line.view.config)
    kind, is_shown = line.view.config.kind, line.view.phase not in {"locked", "void"}
    line = replace(line, dom_id=dom_id(stage), notice=notice, drafts=stage.drafts, may_appeal=_may_appeal(line, view))
    if kind == StageKind.DISCUSS and is_shown:
        return replace(line, discussion=discussion or draw_discussion(stage, person))
    if kind == StageKind.REPORT and is_shown:
        return replace(line, report=_report(stage, person))
    if kind == StageKind.REVIEW and is_shown:
        return replace(line, reviewing=_reviewing(line, person))
    return line


def _may_appeal(line: StageLine, view: BlendedViewData) -> bool:
    """Tell whether another look can be asked for: what is settled and does not count in full."""
    is_over = line.is_settled and line.view.phase != "void"
    return bool(is_over and line.view.result.weight and line.view.result.share < 1 and view.may_appeal_until)


def _report(stage: StageCase, person: ActingPerson) -> ReportScreen:
    view = cases.view_case(usage_key=stage.scope_ids.usage_id, user_id=person.signed_in_id)
    text, link = blended.split_report(view.position.body) if view.position else ("", "")
    return ReportScreen(
        post=view.position,
        text=text,
        link=link,
        withdrawn=view.withdrawn,
        can_write=may_write(view, person),
        quotes=count_texts(view.config),
    )


def _reviewing(line: StageLine, person: ActingPerson) -> ReviewScreen:
    stage = line.view
    done = [target for target in stage.reviews if target.review_id is not None]
    return ReviewScreen(
        done=done,
        next=next((target for target in stage.reviews if target.review_id is None), None),
        wanted=stage.config.reviews_wanted,
        can_write=line.is_open and not person.is_masquerade,
        can_draw=line.is_live and len(done) < stage.config.reviews_wanted,
        quotes=[plain_text(stage.config.instructions_html), *stage.config.questions],
    )


def safe(html: str) -> SafeString:
    """Return what `render_author_text` made as markup."""
    return mark_safe(html)  # noqa: S308  see above
