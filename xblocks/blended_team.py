"""The course team's acts in a blended task: looking, deciding about a learner, reminding, answering, moderating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from webob import Request, Response

from discussion_ext import api as cases
from discussion_ext.api import blended
from discussion_ext.data import BlendedFilter, PostFilter, StageConfigData

from .blended_learner import off_reason
from .blended_panels import (
    WRITTEN_KINDS,
    Wanted,
    draw_appeals,
    draw_learner,
    draw_overview,
    draw_posts,
    published_config,
)
from .case_screens import reader_zone
from .learner import ActingPerson, local_key
from .moments import MomentError, read_moment
from .requests import (
    RequestError,
    read_choice,
    read_flag,
    read_integer,
    read_number,
    read_text,
)
from .team_access import MAX_PAGE, read_page, read_user, require_team, send_table

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

MAX_REASON: Final = 500
MAX_ANSWER: Final = 2_000
MAX_SEARCH: Final = 100
MAX_KEY: Final = 2**63 - 1
FILTERS: tuple[str, ...] = get_args(BlendedFilter)
POST_FILTERS: tuple[str, ...] = get_args(PostFilter)


# -- acts that look ----------------------------------------------------------------------------------------------------


def overview(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw who is where, with the table filtered and paged."""
    person = _team(block)
    return {"panel": draw_overview(block, person, _wanted(data))}


def learner(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw one learner: stage by stage what is known, what counted, why, and deciding otherwise."""
    return {"panel": draw_learner(block, _team(block), read_user(data))}


def appeals(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the questions to look at a stage again."""
    return {"panel": draw_appeals(block, _team(block), page=read_page(data))}


def posts(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the posts of a stage, with the reports about them."""
    person = _team(block)
    show = cast(PostFilter, read_choice(data, "show", POST_FILTERS, default="all"))
    return {"panel": draw_posts(block, person, _written_stage(block, data), show=show, page=read_page(data))}


# -- acts about one learner --------------------------------------------------------------------------------------------


def extend(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Give a learner more time for a stage."""
    person = _team(block)
    try:
        until = read_moment(data.get("until"), zone=reader_zone(person))
    except MomentError as error:
        raise RequestError(error.message, field="until") from error
    return _decide(block, person, data, blended.extend_stage, _("More time is given."), until=until)


def excuse(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Leave a stage out of a learner's grade."""
    return _decide(block, _team(block), data, blended.excuse_stage, _("Excused. The stage is left out of the grade."))


def mark(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Let a stage count as much as the team says."""
    person = _team(block)
    share = read_number(data, "percent", least=0, most=100) / 100
    return _decide(block, person, data, blended.mark_stage, _("Marked. It stays until you undo it."), share=share)


def _decide(
    block: BlendedTaskXBlock, person: ActingPerson, data: Mapping[str, Any], decide: Any, notice: str, **what: Any
) -> Mapping[str, Any]:
    user_id, stage = read_user(data), _stage(block, data)
    reason = _reason(data)
    decide(
        usage_key=local_key(block),
        user_id=user_id,
        stage_id=stage.id,
        actor_id=person.signed_in_id,
        reason=reason,
        **what,
    )
    return {"panel": draw_learner(block, person, user_id, notice=notice)}


def revoke(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Take a decision about a stage back."""
    person, user_id = _team(block), read_user(data)
    decision_id = read_integer(data, "decision", least=1, most=MAX_KEY)
    blended.revoke_decision(
        usage_key=local_key(block), user_id=user_id, decision_id=decision_id, actor_id=person.signed_in_id
    )
    return {"panel": draw_learner(block, person, user_id, notice=_("Undone. The stage follows the evaluation again."))}


def override(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Set the whole grade by decision, with the reason its owner reads."""
    person, user_id = _team(block), read_user(data)
    score = read_number(data, "score", least=0, most=block.max_score())
    blended.override_grade(
        usage_key=local_key(block), user_id=user_id, actor_id=person.signed_in_id, score=score, reason=_reason(data)
    )
    return {"panel": draw_learner(block, person, user_id, notice=_("Grade set. It stays until you undo it."))}


def undo_override(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Let the evaluation decide again."""
    person, user_id = _team(block), read_user(data)
    blended.clear_override(usage_key=local_key(block), user_id=user_id, actor_id=person.signed_in_id)
    return {"panel": draw_learner(block, person, user_id, notice=_("Undone. The grade follows the evaluation again."))}


def nudge_one(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Remind one learner of what is open."""
    person, user_id = _team(block), read_user(data)
    count = blended.nudge(usage_key=local_key(block), actor_id=person.signed_in_id, user_id=user_id)
    return {"panel": draw_learner(block, person, user_id, notice=_say_nudged(count))}


def nudge_list(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Remind the learners of the table as it is filtered, all pages of it."""
    person, wanted = _team(block), _wanted(data)
    count = blended.nudge(usage_key=local_key(block), actor_id=person.signed_in_id, **wanted.narrowing)
    return {"panel": draw_overview(block, person, wanted, notice=_say_nudged(count))}


def _say_nudged(count: int) -> str:
    if not count:
        return _("Nobody was reminded: nothing is open for them, or they were reminded today already.")
    message = ngettext(
        "%(count)s learner is reminded, in the next mail that suits them.",
        "%(count)s learners are reminded, in the next mail that suits them.",
        count,
    )
    return message % {"count": count}


def answer_appeal(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Answer a question, perhaps with another share for the stage."""
    person = _team(block)
    text = read_text(data, "text", longest=MAX_ANSWER, missing=_("Write an answer: the learner reads it."))
    has_share = data.get("percent") not in (None, "")
    share = read_number(data, "percent", least=0, most=100) / 100 if has_share else None
    blended.answer_appeal(
        usage_key=local_key(block),
        appeal_id=read_integer(data, "appeal", least=1, most=MAX_KEY),
        actor_id=person.signed_in_id,
        text=text,
        share=share,
    )
    return {"panel": draw_appeals(block, person, notice=_("Answered. The learner reads it in the task."))}


# -- acts about posts --------------------------------------------------------------------------------------------------


def remove(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Remove a post of a stage, with the reason its author will read, and draw its author."""
    person, stage = _team(block), _written_stage(block, data)
    author_id = cases.remove_contribution(
        usage_key=blended.stage_key(local_key(block), stage.id),
        contribution_id=read_integer(data, "post", least=1, most=MAX_KEY),
        actor_id=person.signed_in_id,
        reason=read_text(data, "reason", longest=MAX_REASON, missing=_("Give a reason: its author reads it.")),
    )
    notice = _("Removed. Its author reads your reason, and evaluation, grade and points follow.")
    return {"panel": draw_learner(block, person, author_id, notice=notice)}


def restore(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Post a removed post again from its snapshot, and draw its author."""
    person, stage = _team(block), _written_stage(block, data)
    author_id = cases.restore_contribution(
        usage_key=blended.stage_key(local_key(block), stage.id),
        contribution_id=read_integer(data, "post", least=1, most=MAX_KEY),
        actor_id=person.signed_in_id,
    )
    return {"panel": draw_learner(block, person, author_id, notice=_("Restored. It counts again as it did."))}


def resolve(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Decide on a report about a post: remove the post, or leave it."""
    person, stage = _team(block), _written_stage(block, data)
    is_upheld = read_flag(data, "is_upheld")
    missing = _("Give a reason: its author reads it.") if is_upheld else ""
    cases.resolve_report(
        usage_key=blended.stage_key(local_key(block), stage.id),
        report_id=read_integer(data, "report", least=1, most=MAX_KEY),
        actor_id=person.signed_in_id,
        is_upheld=is_upheld,
        reason=read_text(data, "reason", longest=MAX_REASON, missing=missing),
    )
    notice = (
        _("The post is removed and the report settled.") if is_upheld else _("The post stays; the report is settled.")
    )
    return {"panel": draw_posts(block, person, stage, notice=notice)}


ACTIONS = {
    "overview": overview,
    "learner": learner,
    "appeals": appeals,
    "posts": posts,
    "extend": extend,
    "excuse": excuse,
    "mark": mark,
    "revoke": revoke,
    "override": override,
    "undo_override": undo_override,
    "nudge": nudge_one,
    "nudge_list": nudge_list,
    "answer_appeal": answer_appeal,
    "remove": remove,
    "restore": restore,
    "resolve": resolve,
}


def send_csv(block: BlendedTaskXBlock, request: Request) -> Response:
    """Return the team's table as a file."""
    return send_table(
        block,
        request,
        team=lambda: _team(block),
        list_lines=lambda: blended.iter_blended_csv(usage_key=local_key(block)),
        filename="blended-task.csv",
    )


# -- what the acts share -----------------------------------------------------------------------------------------------


def _team(block: BlendedTaskXBlock) -> ActingPerson:
    return require_team(block, off_reason)


def _stage(block: BlendedTaskXBlock, data: Mapping[str, Any]) -> StageConfigData:
    stage = published_config(block).find_stage(read_text(data, "stage", longest=MAX_REASON))
    if stage is None:
        raise RequestError(_("This task has no such stage."), field="stage", status=404, code="not_found")
    return stage


def _written_stage(block: BlendedTaskXBlock, data: Mapping[str, Any]) -> StageConfigData:
    stage = _stage(block, data)
    if stage.kind not in WRITTEN_KINDS:
        raise RequestError(_("Nothing is written in this stage."), field="stage", status=404, code="not_found")
    return stage


def _wanted(data: Mapping[str, Any]) -> Wanted:
    sitting = data.get("sitting")
    return Wanted(
        show=cast(BlendedFilter, read_choice(data, "show", FILTERS, default="all")),
        stage_id=read_text(data, "stage", longest=MAX_REASON),
        sitting_id=None if sitting in (None, "") else read_integer(data, "sitting", least=1, most=MAX_KEY),
        search=read_text(data, "search", longest=MAX_SEARCH),
        page=read_page(data),
        part=read_integer({"part": 0} | dict(data), "part", most=MAX_PAGE),
    )


def _reason(data: Mapping[str, Any]) -> str:
    return read_text(data, "reason", longest=MAX_REASON, missing=_("Give a reason: the learner reads it."))
