"""The course team's screen and acts: who is where, what is worth their time, decisions, closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, get_args

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from web_fragments.fragment import Fragment
from webob import Request, Response

from discussion_ext import api as cases
from discussion_ext.data import PostFilter, RowFilter, TeamSummaryData
from people import api as people

from .case_handlers import failure_words
from .case_learner import draw_safely
from .case_screens import TagLine, count_texts, counter_words, off_reason, reader_zone
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import ActingPerson, local_key
from .requests import (
    read_choice,
    read_flag,
    read_integer,
    read_number,
    read_text,
)
from .team_access import read_page, read_user, require_team, send_table

if TYPE_CHECKING:
    from .case_discussion import CaseDiscussionXBlock

MAX_REASON = 500
MAX_SYNTHESIS = 20_000
ROW_FILTERS: tuple[str, ...] = get_args(RowFilter)
POST_FILTERS: tuple[str, ...] = get_args(PostFilter)


# -- drawing -----------------------------------------------------------------------------------------------------------


def draw(block: CaseDiscussionXBlock, person: ActingPerson) -> Fragment:
    """Return the whole block for a member of the course team."""
    region = draw_safely(block, person, _overview)
    html = render_template(block, "case_discussion/learner.html", {"region": region})
    arguments = {
        "module": resource_url(block, "case_discussion/team.js"),
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


def _overview(
    block: CaseDiscussionXBlock, person: ActingPerson, *, show: RowFilter = "all", page: int = 1, notice: str = ""
) -> str:
    rows = cases.list_team_rows(usage_key=local_key(block), show=show, page=page)
    context = {"rows": rows, "show": show, "tab": "overview", "csv_url": block.runtime.handler_url(block, "team_csv")}
    return _render(block, person, "team_overview.html", context, notice=notice)


def _render(
    block: CaseDiscussionXBlock, person: ActingPerson, name: str, context: Mapping[str, Any], *, notice: str = ""
) -> str:
    summary = cases.get_team_summary(usage_key=local_key(block))
    config = summary.task.config
    shared = {
        "summary": summary,
        "config": config,
        "case_html": block.case_html,
        "zone": reader_zone(person),
        "person": person,
        "tag": _say_tag(summary),
        "notice": notice,
        "can_write": summary.phase != "closed",
        "drafts": block.drafts,
        "quotes": count_texts(config),
        "quotes_id": f"{dom_id(block)}-quotes",
    }
    return render_template(block, f"case_discussion/{name}", {**shared, **context})


def _say_tag(summary: TeamSummaryData) -> TagLine:
    if summary.phase == "scheduled":
        return TagLine("", "lock", _("Not open yet"))
    if summary.phase == "closed":
        return TagLine("", "lock", _("Closed"))
    if summary.closes_at is None:
        return TagLine("info", "clock", _("Open"))
    left = people.say_left(summary.closes_at, now=timezone.now())
    return TagLine("info", "clock", _("Open, %(left)s") % {"left": left})


# -- acts --------------------------------------------------------------------------------------------------------------


def overview(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw who is where, with the table filtered and paged."""
    person = _team(block)
    show = cast(RowFilter, read_choice(data, "show", ROW_FILTERS, default="all"))
    return {"panel": _overview(block, person, show=show, page=read_page(data))}


def posts(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw posts: those without an answer, left out, first ones, reported, or all."""
    person = _team(block)
    show = cast(PostFilter, read_choice(data, "show", POST_FILTERS, default="unanswered"))
    return {"panel": _posts(block, person, show=show, page=read_page(data))}


def _posts(
    block: CaseDiscussionXBlock, person: ActingPerson, *, show: PostFilter, page: int = 1, notice: str = ""
) -> str:
    found = cases.list_team_posts(usage_key=local_key(block), actor_id=person.signed_in_id, show=show, page=page)
    return _render(block, person, "team_posts.html", {"found": found, "show": show, "tab": "posts"}, notice=notice)


def reports(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the open reports."""
    return {"panel": _reports(block, _team(block), page=read_page(data))}


def _reports(block: CaseDiscussionXBlock, person: ActingPerson, *, page: int = 1, notice: str = "") -> str:
    found = cases.list_reports(usage_key=local_key(block), page=page)
    return _render(block, person, "team_reports.html", {"found": found, "tab": "reports"}, notice=notice)


def learner(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw one learner: what counted, why, and deciding otherwise."""
    return {"panel": _learner(block, _team(block), read_user(data))}


def _learner(block: CaseDiscussionXBlock, person: ActingPerson, user_id: int, *, notice: str = "") -> str:
    report = cases.get_learner_report(usage_key=local_key(block), user_id=user_id)
    return _render(block, person, "team_learner.html", {"report": report, "tab": ""}, notice=notice)


def remove(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Remove a post, with the reason its author will read, and draw its author."""
    person = _team(block)
    reason = read_text(data, "reason", longest=MAX_REASON, missing=_("Give a reason: its author reads it."))
    author_id = cases.remove_contribution(
        usage_key=local_key(block), contribution_id=_post_id(data), actor_id=person.signed_in_id, reason=reason
    )
    notice = _("Removed. Its author reads your reason, and evaluation, grade and points follow.")
    return {"panel": _learner(block, person, author_id, notice=notice)}


def restore(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Post a removed post again from its snapshot, and draw its author."""
    person = _team(block)
    author_id = cases.restore_contribution(
        usage_key=local_key(block), contribution_id=_post_id(data), actor_id=person.signed_in_id
    )
    notice = _("Restored. It counts again as it did.")
    return {"panel": _learner(block, person, author_id, notice=notice)}


def resolve(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Decide on a report: remove the post, or leave it."""
    person = _team(block)
    is_upheld = read_flag(data, "is_upheld")
    missing = _("Give a reason: its author reads it.") if is_upheld else ""
    cases.resolve_report(
        usage_key=local_key(block),
        report_id=read_integer(data, "report", least=1, most=2**63 - 1),
        actor_id=person.signed_in_id,
        is_upheld=is_upheld,
        reason=read_text(data, "reason", longest=MAX_REASON, missing=missing),
    )
    notice = (
        _("The post is removed and the report settled.") if is_upheld else _("The post stays; the report is settled.")
    )
    return {"panel": _reports(block, person, notice=notice)}


def override(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Set a grade by decision, with the reason its owner reads."""
    person, user_id = _team(block), read_user(data)
    score = read_number(data, "score", least=0, most=block.max_score())
    reason = read_text(data, "reason", longest=MAX_REASON, missing=_("Give a reason: the learner reads it."))
    cases.override_grade(
        usage_key=local_key(block), user_id=user_id, actor_id=person.signed_in_id, score=score, reason=reason
    )
    return {"panel": _learner(block, person, user_id, notice=_("Grade set. It stays until you undo it."))}


def undo_override(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Let the evaluation decide again."""
    person, user_id = _team(block), read_user(data)
    cases.clear_override(usage_key=local_key(block), user_id=user_id, actor_id=person.signed_in_id)
    return {"panel": _learner(block, person, user_id, notice=_("Undone. The grade follows the evaluation again."))}


def save_synthesis(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Keep the closing text for later."""
    person = _team(block)
    body = read_text(data, "text", longest=MAX_SYNTHESIS)
    cases.save_synthesis(usage_key=local_key(block), actor_id=person.signed_in_id, body=body)
    time = people.say_time(timezone.now(), reader_zone(person))
    return {"status": _("Draft saved %(time)s") % {"time": time}}


def close(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Close the case with the text that learners read."""
    person = _team(block)
    body = read_text(data, "text", longest=MAX_SYNTHESIS, missing=_("Write what came out of it: learners read this."))
    cases.close_case(usage_key=local_key(block), actor_id=person.signed_in_id, synthesis=body)
    return {"panel": _overview(block, person, notice=_("Closed. Learners read your text now."))}


def reopen(block: CaseDiscussionXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Open the case again."""
    del data
    person = _team(block)
    cases.reopen_case(usage_key=local_key(block), actor_id=person.signed_in_id)
    return {"panel": _overview(block, person, notice=_("Open again. Learners can go on where they stopped."))}


ACTIONS = {
    "overview": overview,
    "posts": posts,
    "reports": reports,
    "learner": learner,
    "remove": remove,
    "restore": restore,
    "resolve": resolve,
    "override": override,
    "undo_override": undo_override,
    "save_synthesis": save_synthesis,
    "close": close,
    "reopen": reopen,
}


def send_csv(block: CaseDiscussionXBlock, request: Request) -> Response:
    """Return the team's table as a file."""
    return send_table(
        block,
        request,
        team=lambda: _team(block),
        list_lines=lambda: cases.iter_team_csv(usage_key=local_key(block)),
        filename="case-discussion.csv",
    )


# -- what the acts share -----------------------------------------------------------------------------------------------


def _team(block: CaseDiscussionXBlock) -> ActingPerson:
    return require_team(block, off_reason)


def _post_id(data: Mapping[str, Any]) -> int:
    return read_integer(data, "post", least=1, most=2**63 - 1)
