"""A learner's acts in a blended task: choose a sitting, check in, discuss, report back, review, appeal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import api as cases
from discussion_ext.api import attendance, blended, sessions
from discussion_ext.data import Act, AttendanceSource, BlendedViewData, StageConfigData, StageKind
from people import api as people

from . import case_posting
from .blended_learner import draw_head, draw_region, off_reason, view_of
from .case_posting import keep_draft, say_posted
from .case_screens import read_only_reason, reader_zone
from .learner import ActingPerson, acting_person, local_key, refuse_write
from .requests import RequestError, read_flag, read_integer, read_text
from .stage_case import StageCase

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

MAX_APPEAL = 2_000
MAX_LINK = 500
MAX_ID = 2**63 - 1
WRITTEN = frozenset({StageKind.DISCUSS, StageKind.REPORT, StageKind.REVIEW})

StageAct = Callable[["BlendedTaskXBlock", StageConfigData, ActingPerson, dict[str, Any]], Mapping[str, Any]]


# -- the task as a whole -----------------------------------------------------------------------------------------------


def show(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the timeline again."""
    del data
    return {"task": draw_region(block, reading(block))}


def choose(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Take a seat in a sitting, instead of the one that the learner has."""
    person = _require_learner(writing(block, "edit"))
    view = view_of(block, person)
    sitting_id = _offered(view, data)
    sessions.choose_sitting(session_id=_session_id(view), user_id=person.signed_in_id, sitting_id=sitting_id)
    return _answered(block, person, _("The seat is yours. All dates below follow this class session."))


def wish(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Ask to be told when a seat opens in a full sitting, or take that back."""
    person = _require_learner(writing(block, "edit"))
    view = view_of(block, person)
    sitting_id, is_wished = _offered(view, data), read_flag(data, "is_wished")
    decide = sessions.wish_seat if is_wished else sessions.unwish_seat
    decide(session_id=_session_id(view), user_id=person.signed_in_id, sitting_id=sitting_id)
    told = _("You get a mail as soon as a seat opens. The first who takes it has it.")
    return _answered(block, person, told if is_wished else _("You will not be told."))


ACTIONS = {"show": show, "choose": choose, "wish": wish}


def _offered(view: BlendedViewData, data: Mapping[str, Any]) -> int:
    """Return the sitting that is asked for, if this learner has it to choose from."""
    if data.get("sitting") in (None, ""):
        raise RequestError(_("Choose a class session first."), field="sitting", code="empty")
    sitting_id = read_integer(data, "sitting", least=1, most=MAX_ID)
    if sitting_id not in {choice.sitting.id for choice in view.choices}:
        message = _("This class session is not offered to you. Choose another one.")
        raise RequestError(message, field="sitting", status=404, code="not_found")
    return sitting_id


def _session_id(view: BlendedViewData) -> int:
    if view.session is None:
        raise RequestError(_("This task has no class session."), status=404, code="not_found")
    return view.session.id


# -- one stage ---------------------------------------------------------------------------------------------------------


def stage_actions(stage_id: str) -> Mapping[str, Callable[[BlendedTaskXBlock, dict[str, Any]], Mapping[str, Any]]]:
    """Return the acts of a stage, for a block and what was sent."""
    return {name: partial(_act_in_stage, stage_id, name) for name in _STAGE_ACTS}


def _act_in_stage(stage_id: str, name: str, block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    kinds, is_writing, pace, act = _STAGE_ACTS[name]
    person = writing(block, pace) if is_writing else reading(block, pace)
    if name in _LEARNERS_OWN:
        _require_learner(person)
    stage = block.blended_configuration().find_stage(stage_id)
    if stage is None or stage.kind not in kinds:
        raise RequestError(_("There is no such action."), status=404, code="not_found")
    return act(block, stage, person, data)


def _discuss(
    name: str, block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Let the case's own act run in the stage; a step that was made changes the whole timeline."""
    answer = case_posting.ACTIONS[name](StageCase(block, stage), data)
    if name == "show" or not ({"region", "parts"} & set(answer)):
        return answer
    if "region" in answer:
        discussions = {stage.id: answer["region"]}
        return {
            "task": draw_region(block, person, discussions=discussions),
            "stage": stage.id,
            "focus": answer["focus"],
        }
    return {**answer, "head": draw_head(block, person)}


def check_in(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Record that the learner is at their class session, by the code that the host shows."""
    code = "".join(read_text(data, "code", longest=40, missing=_("Type the six digits of the code.")).split())
    view = view_of(block, person)
    sitting = view.sitting.sitting if view.sitting else None
    if sitting is None:
        raise RequestError(_("Choose a class session first."), status=409, code="no_sitting")
    attendance.check_in(
        meeting_id=sitting.meeting.id, user_id=person.signed_in_id, code=code, source=AttendanceSource.CODE
    )
    return _answered(block, person, _("You are checked in."), stage_id=stage.id)


def hand_in(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Hand in the report, or change it."""
    posted = blended.hand_in_report(
        usage_key=local_key(block),
        stage_id=stage.id,
        user_id=person.signed_in_id,
        text=_text(data, _("Write your report first.")),
        link=read_text(data, "link", longest=MAX_LINK),
    )
    keep_draft(StageCase(block, stage), "report", "", timezone.now())
    return _answered(block, person, say_posted(posted.contribution, is_edit=False), stage_id=stage.id)


def draw(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Give the learner reports to review."""
    del data
    blended.draw_reviews(usage_key=local_key(block), stage_id=stage.id, user_id=person.signed_in_id)
    return {"task": draw_region(block, person), "stage": stage.id, "focus": "report"}


def review(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Write the review of a report, or change it."""
    report_id = read_integer(data, "post", least=1, most=MAX_ID)
    posted = blended.write_review(
        usage_key=local_key(block),
        stage_id=stage.id,
        user_id=person.signed_in_id,
        contribution_id=report_id,
        text=_text(data, _("Write your review first.")),
    )
    keep_draft(StageCase(block, stage), f"review:{report_id}", "", timezone.now())
    return _answered(block, person, say_posted(posted.contribution, is_edit=False), stage_id=stage.id)


def appeal(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Ask the course team to look at a stage again."""
    text = read_text(data, "text", longest=MAX_APPEAL, missing=_("Say what should be looked at again."))
    blended.appeal(usage_key=local_key(block), stage_id=stage.id, user_id=person.signed_in_id, text=text)
    notice = _("Sent. The course team looks at it and answers here. Your grade cannot go down by asking.")
    return _answered(block, person, notice, stage_id=stage.id)


def draft(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Keep what is being written; an empty text lets the draft go."""
    name = read_text(data, "name", longest=40, missing=_("Say which text this is a draft of."))
    text, now = read_text(data, "text", longest=cases.post_limit()), timezone.now()
    keep_draft(StageCase(block, stage), name, text, now)
    return {"time": people.say_time(now, reader_zone(person))}


def preview(
    block: BlendedTaskXBlock, stage: StageConfigData, person: ActingPerson, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Draw the own text as it will stand."""
    del block, stage, person
    return {"html": cases.render_markdown(read_text(data, "text", longest=cases.post_limit()))}


#: By name: the kinds of stages that have the act, whether it writes, how often one may do it, and the act. Acts of the
#: case's own count for themselves how often they are done.
_STAGE_ACTS: Mapping[str, tuple[Collection[StageKind], bool, Act | None, StageAct]] = {
    **{name: ({StageKind.DISCUSS}, False, None, partial(_discuss, name)) for name in ("show", "more", "answers")},
    **{
        name: ({StageKind.DISCUSS}, True, None, partial(_discuss, name))
        for name in ("post_position", "post_answer", "edit", "withdraw", "report", "helpful")
    },
    "draft": (WRITTEN, True, "draft", draft),
    "preview": (WRITTEN, False, "preview", preview),
    "check_in": ({StageKind.ATTEND}, True, None, check_in),
    "hand_in": ({StageKind.REPORT}, True, "post", hand_in),
    "draw": ({StageKind.REVIEW}, True, "edit", draw),
    "review": ({StageKind.REVIEW}, True, "post", review),
    "appeal": (frozenset(StageKind), True, "post", appeal),
}


#: What only learners do: a team member who is not enrolled has no seat, no report and no grade.
_LEARNERS_OWN = frozenset({"post_position", "check_in", "hand_in", "draw", "review", "appeal"})


# -- what the acts share -----------------------------------------------------------------------------------------------


def reading(block: BlendedTaskXBlock, act: Act | None = None) -> ActingPerson:
    """Return who acts, if they may see what classmates wrote and keep the pace of ``act``; raise otherwise."""
    person = acting_person(block)
    if person.is_preview:
        raise RequestError(_("This is a preview. Nothing is kept here."), status=403, code="preview")
    if reason := read_only_reason(person, person.course_key):
        raise RequestError(reason, status=403, code="not_enrolled")
    if reason := off_reason(person):
        raise RequestError(reason, status=403, code="off")
    if act is not None and not person.is_team:
        cases.keep_pace(act, user_id=person.signed_in_id)
    return person


def writing(block: BlendedTaskXBlock, act: Act | None = None) -> ActingPerson:
    """Return who acts, if they may write and keep the pace of ``act``; raise otherwise."""
    refusal = refuse_write(acting_person(block))
    if refusal:
        raise RequestError(refusal.message, status=403, code=refusal.code)
    return reading(block, act)


def _require_learner(person: ActingPerson) -> ActingPerson:
    """Return ``person`` if they are enrolled, whatever their role; raise otherwise."""
    if person.course_key is None or not cases.can_take_part(person.user_id, person.course_key):
        raise RequestError(_("Enrol in this course to take part."), status=403, code="not_enrolled")
    return person


def _text(data: Mapping[str, Any], missing: str) -> str:
    return read_text(data, "text", longest=cases.post_limit(), missing=missing)


def _answered(block: BlendedTaskXBlock, person: ActingPerson, notice: str, *, stage_id: str = "") -> Mapping[str, Any]:
    """Return the timeline with ``notice`` in the stage, or on top of it."""
    region = draw_region(block, person, notices={stage_id: notice})
    return {"task": region, "stage": stage_id, "focus": "notice"}
