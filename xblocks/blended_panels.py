"""What the course team sees of a blended task: the table, one learner, the posts of a stage, the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment

from discussion_ext import api as cases
from discussion_ext.api import blended, sessions
from discussion_ext.data import BlendedConfigData, BlendedFilter, PostFilter, StageConfigData, StageKind

from .blended_learner import off_reason
from .blended_rows import list_bars, list_columns, list_rows, list_stage_reports, say_attendance
from .blended_screens import ReaderZones
from .blended_words import say_title
from .case_handlers import failure_words
from .case_screens import reader_zone
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import ActingPerson, local_key

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

WRITTEN_KINDS: Final = (StageKind.DISCUSS, StageKind.REPORT)


@dataclass(frozen=True)
class Wanted:
    """Which learners of the table are meant, and how much of it is shown; ``part`` counts groups of stages from 0."""

    show: BlendedFilter = "all"
    stage_id: str = ""
    sitting_id: int | None = None
    search: str = ""
    page: int = 1
    part: int = 0

    @property
    def narrowing(self) -> dict[str, Any]:
        """Return what the api takes to say which learners."""
        return {
            "show": self.show,
            "stage_id": self.stage_id,
            "sitting_id": self.sitting_id,
            "search": self.search,
        }


# -- drawing -----------------------------------------------------------------------------------------------------------


def draw(block: BlendedTaskXBlock, person: ActingPerson) -> Fragment:
    """Return the whole block for a member of the course team."""
    html = render_template(block, "blended_task/team.html", {"region": _draw_safely(block, person)})
    arguments = {
        "module": resource_url(block, "blended_task/team.js"),
        "id": dom_id(block),
        "person": person.user_id,
        "failure": failure_words(),
        "language": get_language() or "",
    }
    return build_fragment(block, html, script="blended_task/block.js", init="BlendedTaskBlock", arguments=arguments)


def draw_overview(block: BlendedTaskXBlock, person: ActingPerson, wanted: Wanted, *, notice: str = "") -> str:
    """Return who is where: the numbers, what is worth the team's time, the table as it is narrowed."""
    config = published_config(block)
    page = blended.list_blended_rows(usage_key=local_key(block), **wanted.narrowing, page=wanted.page)
    columns = list_columns(config, part=wanted.part)
    context = {
        "columns": columns,
        "rows": list_rows(page.rows, columns),
        "page": page,
        "wanted": wanted,
        "is_narrowed": wanted.narrowing != Wanted().narrowing,
        "sittings": sessions.list_sittings_of_block(course_key=local_key(block).course_key, block_id=_owner(block)),
        "csv_url": block.runtime.handler_url(block, "team_csv"),
        "tab": "overview",
    }
    return _render(block, person, "team_overview.html", context, notice=notice)


def draw_learner(block: BlendedTaskXBlock, person: ActingPerson, user_id: int, *, notice: str = "") -> str:
    """Return one learner stage by stage: what is known, what counted, why, and deciding otherwise."""
    report = blended.get_blended_report(usage_key=local_key(block), user_id=user_id)
    own = reader_zone(person)
    sitting = report.view.sitting.sitting if report.view.sitting else None
    zones = ReaderZones(shown=sitting.meeting.zone if sitting else own, own=own)
    context = {
        "report": report,
        "stages": list_stage_reports(report, zones),
        "sitting": sitting,
        "attendance": say_attendance(report.view.sitting),
        "tab": "",
    }
    return _render(block, person, "team_learner.html", context, notice=notice)


def draw_appeals(block: BlendedTaskXBlock, person: ActingPerson, *, page: int = 1, notice: str = "") -> str:
    """Return the questions to look at a stage again."""
    found = blended.list_appeals(usage_key=local_key(block), page=page)
    titles = {stage.id: say_title(stage) for stage in published_config(block).stages}
    appeals = [(appeal, titles.get(appeal.stage_id, "")) for appeal in found.appeals]
    return _render(
        block, person, "team_appeals.html", {"found": found, "appeals": appeals, "tab": "appeals"}, notice=notice
    )


def draw_posts(
    block: BlendedTaskXBlock,
    person: ActingPerson,
    stage: StageConfigData,
    *,
    show: PostFilter = "all",
    page: int = 1,
    notice: str = "",
) -> str:
    """Return the posts of a stage, with the reports about them."""
    key = blended.stage_key(local_key(block), stage.id)
    context = {
        "found": cases.list_team_posts(usage_key=key, actor_id=person.signed_in_id, show=show, page=page),
        "reports": cases.list_reports(usage_key=key, page=1),
        "stage": stage,
        "stages": [(one, say_title(one)) for one in published_config(block).stages if one.kind in WRITTEN_KINDS],
        "show": show,
        "tab": "posts",
    }
    return _render(block, person, "team_posts.html", context, notice=notice)


def _render(
    block: BlendedTaskXBlock, person: ActingPerson, name: str, context: Mapping[str, Any], *, notice: str = ""
) -> str:
    config = published_config(block)
    summary = blended.get_blended_summary(usage_key=local_key(block))
    written = [stage for stage in config.stages if stage.kind in WRITTEN_KINDS]
    shared = {
        "summary": summary,
        "config": config,
        "bars": list_bars(config, summary),
        "named_stages": [(stage, say_title(stage)) for stage in config.stages],
        "written": written[0] if written else None,
        "sessions_url": reverse("discussion_ext:sessions", args=[str(local_key(block).course_key)]),
        "zone": reader_zone(person),
        "person": person,
        "notice": notice,
        "can_write": False,  # the team answers in the stage itself
        "drafts": {},
    }
    return render_template(block, f"blended_task/{name}", {**shared, **context})


def _draw_safely(block: BlendedTaskXBlock, person: ActingPerson) -> str:
    """Return the first screen; where it cannot be drawn, why not, with what the task asks."""
    if reason := off_reason(person):
        return render_template(block, "blended_task/team_off.html", {"reason": reason})
    try:
        return draw_overview(block, person, Wanted())
    except cases.CaseNotFoundError:
        reason = _("Learners see this task once the unit is published. Its team view begins then.")
        return render_template(block, "blended_task/team_off.html", {"reason": reason})


def published_config(block: BlendedTaskXBlock) -> BlendedConfigData:
    """Return what learners have now, not what an author is changing."""
    config = blended.find_blended_config(local_key(block))
    if config is None:
        raise cases.CaseNotFoundError(_("This task was not published yet."))
    return config


def _owner(block: BlendedTaskXBlock) -> str:
    return published_config(block).session_block or str(local_key(block).block_id)
