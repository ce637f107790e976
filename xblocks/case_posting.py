"""A learner's acts: read on, keep a draft, post, answer, edit, withdraw, mark and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, get_args

from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import api as cases
from discussion_ext.data import (
    Act,
    CaseViewData,
    ContributionData,
    ContributionKind,
    Order,
    PostedData,
    RequirementState,
)
from people import api as people

from .case_block import CaseBlock
from .case_learner import draw_region, view_of
from .case_screens import learner_context, may_write, off_reason, read_only_reason, reader_zone, sum_words
from .fragments import render_template
from .learner import ActingPerson, acting_person, local_key, refuse_write
from .requests import RequestError, read_choice, read_flag, read_integer, read_text

MAX_DRAFTS = 20
MAX_REASON = 500
ORDERS: tuple[str, ...] = get_args(Order)


def show(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the case again, perhaps in another order."""
    return {"region": draw_region(block, _reading(block), order=_order(data))}


def more(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the next page of classmates' positions."""
    person = _reading(block)
    page = read_integer(data, "page", least=1, most=100_000)
    view = view_of(block, person, order=_order(data), page=page)
    html = render_template(block, "case_discussion/peers_page.html", learner_context(block, person, view))
    return {"html": html, "has_more": page < view.peers.pages}


def answers(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw all answers to one position, page by page."""
    person = _reading(block)
    page = read_integer(data, "page", least=1, most=100_000)
    found = cases.list_answers(
        usage_key=local_key(block),
        contribution_id=_post_id(data),
        user_id=person.signed_in_id,
        is_team=person.is_team,
        page=page,
    )
    view = view_of(block, person, order=_order(data))
    posts = [_draw_post(block, person, post, view=view) for post in found.contributions]
    return {"html": "".join(posts), "has_more": page < found.pages}


def start(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Note that the case was read and go on to the position."""
    person, order = _writing(block), _order(data)
    block.has_read = True
    return {"region": draw_region(block, person, order=order), "focus": "compose"}


def draft(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Keep what is being written; an empty text lets the draft go."""
    person = _writing(block, "draft")
    name = read_text(data, "name", longest=40, missing=_("Say which text this is a draft of."))
    text = read_text(data, "text", longest=cases.post_limit())
    now = timezone.now()
    keep_draft(block, name, text, now)
    return {"time": people.say_time(now, reader_zone(person))}


def preview(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the own text as it will stand."""
    _reading(block, "preview")
    return {"html": cases.render_markdown(read_text(data, "text", longest=cases.post_limit()))}


def post_position(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Post the position; classmates' positions open with it."""
    person, screen = _writing(block, "post"), _screen(data)
    posted = cases.post_position(usage_key=local_key(block), user_id=person.signed_in_id, body=_body(data))
    return _posted(block, person, posted, screen, draft="position")


def post_answer(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Post an answer to a position, or to an answer."""
    person, screen = _writing(block, "post"), _screen(data)
    post_id = _post_id(data)
    posted = cases.post_answer(
        usage_key=local_key(block),
        contribution_id=post_id,
        user_id=person.signed_in_id,
        body=_body(data),
        is_team=person.is_team,
    )
    return _posted(block, person, posted, screen, draft=f"answer:{post_id}")


def post_look_back(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Post the look back."""
    person, screen = _writing(block, "post"), _screen(data)
    posted = cases.post_look_back(usage_key=local_key(block), user_id=person.signed_in_id, body=_body(data))
    return _posted(block, person, posted, screen, draft="look_back")


def edit(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Change an own post."""
    person, screen = _writing(block, "edit"), _screen(data)
    post_id = _post_id(data)
    posted = cases.edit_contribution(
        usage_key=local_key(block), contribution_id=post_id, user_id=person.signed_in_id, body=_body(data)
    )
    return _posted(block, person, posted, screen, draft=f"edit:{post_id}", is_edit=True)


def withdraw(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Take an own post back."""
    person, order = _writing(block, "edit"), _order(data)
    cases.withdraw_contribution(usage_key=local_key(block), contribution_id=_post_id(data), user_id=person.signed_in_id)
    notice = _("Your post is withdrawn. Classmates no longer see it, and it no longer counts.")
    return {"region": draw_region(block, person, order=order, notice=notice), "focus": "notice"}


def report(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Tell the course team that a post should be looked at."""
    person = _writing(block, "report")
    cases.report_contribution(
        usage_key=local_key(block),
        contribution_id=_post_id(data),
        user_id=person.signed_in_id,
        reason=read_text(data, "reason", longest=MAX_REASON),
        is_team=person.is_team,
    )
    return {"status": _("Reported. The course team will look at it; nobody else sees that it was you.")}


def helpful(block: CaseBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Mark a post as helpful, or take the mark back."""
    person = _writing(block, "mark")
    is_helpful = read_flag(data, "is_helpful")
    count = cases.set_helpful(
        usage_key=local_key(block),
        contribution_id=_post_id(data),
        user_id=person.signed_in_id,
        is_helpful=is_helpful,
        is_team=person.is_team,
    )
    return {"is_helpful": is_helpful, "count": count}


ACTIONS = {
    "show": show,
    "more": more,
    "answers": answers,
    "start": start,
    "draft": draft,
    "preview": preview,
    "post_position": post_position,
    "post_answer": post_answer,
    "post_look_back": post_look_back,
    "edit": edit,
    "withdraw": withdraw,
    "report": report,
    "helpful": helpful,
}


# -- what the acts share -----------------------------------------------------------------------------------------------


def _reading(block: CaseBlock, act: Act | None = None) -> ActingPerson:
    """Return who acts, if they may see what classmates wrote and keep the pace of ``act``; raise otherwise."""
    person = acting_person(block)
    if person.is_preview:
        raise RequestError(_("This is a preview. Nothing is kept here."), status=403, code="preview")
    reason = read_only_reason(person, person.course_key)
    if reason:
        raise RequestError(reason, status=403, code="not_enrolled")
    if reason := off_reason(person):
        raise RequestError(reason, status=403, code="off")
    if act is not None and not person.is_team:
        cases.keep_pace(act, user_id=person.signed_in_id)
    return person


def _writing(block: CaseBlock, act: Act | None = None) -> ActingPerson:
    """Return who acts, if they may write and keep the pace of ``act``; raise otherwise."""
    refusal = refuse_write(acting_person(block))
    if refusal:
        raise RequestError(refusal.message, status=403, code=refusal.code)
    return _reading(block, act)


def _order(data: Mapping[str, Any]) -> Order:
    return cast(Order, read_choice(data, "order", ORDERS, default="unanswered"))


@dataclass(frozen=True)
class Screen:
    """What the browser shows while somebody acts: read before anything is written, so that a refusal writes nothing."""

    order: Order
    step: str


def _screen(data: Mapping[str, Any]) -> Screen:
    return Screen(order=_order(data), step=read_text(data, "step", longest=40))


def _post_id(data: Mapping[str, Any]) -> int:
    return read_integer(data, "post", least=1, most=2**63 - 1)


def _body(data: Mapping[str, Any]) -> str:
    return read_text(data, "text", longest=cases.post_limit(), missing=_("Write your text first."))


def keep_draft(block: CaseBlock, name: str, text: str, now: datetime) -> None:
    """Keep an unposted text under a name, the newest ones only; an empty text lets it go."""
    drafts = {key: value for key, value in block.drafts.items() if key != name}
    if text:
        drafts[name] = {"text": text, "at": now.isoformat()}
    newest = sorted(drafts.items(), key=lambda item: item[1].get("at", ""))[-MAX_DRAFTS:]
    block.drafts = dict(newest)


def _posted(
    block: CaseBlock,
    person: ActingPerson,
    posted: PostedData,
    screen: Screen,
    *,
    draft: str,
    is_edit: bool = False,
) -> Mapping[str, Any]:
    """Return what changes on the screen after a post: all of it when a step was made, else the post and the head."""
    keep_draft(block, draft, "", timezone.now())
    view = view_of(block, person, order=screen.order)
    notice = say_posted(posted.contribution, is_edit=is_edit)
    context = learner_context(block, person, view, notice=notice)
    made_step = not person.is_team and (view.step != screen.step or draft in {"position", "look_back"})
    if made_step or posted.contribution is None:
        return {"region": render_template(block, f"{block.screens}/region.html", context), "focus": "notice"}
    return {
        "parts": {
            "head": render_template(block, f"{block.screens}/head.html", context),
            "stand": render_template(block, f"{block.screens}/stand.html", context),
        },
        "post": _draw_post(block, person, posted.contribution, view=view),
        "post_id": posted.contribution.id,
        "summary": _count_answers(block, person, posted.contribution),
        "status": notice,
    }


def _count_answers(block: CaseBlock, person: ActingPerson, post: ContributionData) -> str:
    """Return "3 answers" for the position that ``post`` answers; a follow-up changes no count."""
    if post.kind != ContributionKind.ANSWER or post.parent_id is None:
        return ""
    found = cases.list_answers(
        usage_key=local_key(block), contribution_id=post.parent_id, user_id=person.signed_in_id, is_team=person.is_team
    )
    is_uncounted = post.id not in {answer.id for answer in found.contributions}  # it is counted right after commit
    return render_template(block, "case_discussion/answers_count.html", {"answers": found.total + is_uncounted}).strip()


def _draw_post(block: CaseBlock, person: ActingPerson, post: ContributionData, *, view: CaseViewData) -> str:
    context = {
        "post": post,
        "config": view.config,
        "is_reply": post.parent_id is not None,
        "zone": reader_zone(person),
        "can_write": may_write(view, person),
        "drafts": block.drafts,
        "person": person,
    }
    return render_template(block, "case_discussion/post.html", context)


def say_posted(post: ContributionData | None, *, is_edit: bool) -> str:
    """Return what became of a post, in one sentence or two."""
    if post is None:
        return _("Posted. It counts as soon as it has been checked, within a few minutes.")
    if post.verdict is None or post.verdict.state == RequirementState.MET:
        counted = {"words": sum_words(post.words)}
        if is_edit:
            return _("Changed, and it counts: %(words)s.") % counted
        return {
            ContributionKind.POSITION: _("Your position is posted and counts: %(words)s."),
            ContributionKind.LOOK_BACK: _("Your look back is posted and counts: %(words)s."),
        }.get(post.kind, _("Your answer is posted and counts: %(words)s.")) % counted
    return _("Posted, but it does not count yet. %(why)s") % {"why": post.verdict.why or post.verdict.detail}
