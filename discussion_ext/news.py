"""What people are told about their cases and tasks: each kind of news in words, and whether it is still true.

Contexts hold titles, addresses and instants (ISO 8601, UTC). ``people`` gathers the items into mails.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import api as people
from people.data import NewsItemData, NewsKindData, NewsLineData

from . import phases
from .data import ContributionState
from .models import Contribution, Meeting, Participation, Seat, Task

Context = Mapping[str, Any]

CASE_ANSWERED: Final = "case_answered"
CASE_OPENS: Final = "case_opens"
CASE_DUE: Final = "case_due"
STAGE_OPENS: Final = "stage_opens"
STAGE_DUE: Final = "stage_due"
SESSION_SOON: Final = "session_soon"
STAGE_DECIDED: Final = "stage_decided"
NUDGE: Final = "task_nudge"
SITTING_ASSIGNED: Final = "sitting_assigned"
SITTING_MOVED: Final = "sitting_moved"
SITTING_CANCELLED: Final = "sitting_cancelled"
SEAT_OPEN: Final = "seat_open"


def register() -> None:
    """Make the kinds known; called once, when the app is ready."""
    for kind in KINDS:
        people.register_news_kind(kind)


# -- words -------------------------------------------------------------------------------------------------------------


def _line(context: Context, text: str, act: str) -> NewsLineData:
    return NewsLineData(text=text, url=context["url"], act=act, course_name=context.get("course_name", ""))


def _moment(context: Context, name: str, zone: ZoneInfo) -> str:
    """Return an instant of the context in the reader's zone."""
    return people.say_moment(datetime.fromisoformat(context[name]), zone)


def _place_moment(context: Context, name: str, zone: ZoneInfo) -> str:
    """Return an instant on the wall clock of the place where people meet, and the reader's where that differs."""
    instant = datetime.fromisoformat(context[name])
    there = ZoneInfo(context.get("zone") or "UTC")
    said = people.format_moment(instant, zone=there)
    if instant.astimezone(there).utcoffset() == instant.astimezone(zone).utcoffset():
        return said
    return _("%(there)s (%(here)s for you)") % {"there": said, "here": people.say_moment(instant, zone)}


def _say_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    times = context.get("times", 1)
    if context.get("is_review"):
        text = ngettext(
            "A classmate reviewed your report in “%(task)s”.",
            "%(count)s classmates reviewed your report in “%(task)s”.",
            times,
        )
        text %= {"task": context["task_title"], "count": times}
        return _line(context, text, ngettext("Read the review", "Read the reviews", times))
    text = ngettext(
        "A classmate answered the position you took in “%(case)s”.",
        "%(count)s classmates answered the position you took in “%(case)s”.",
        times,
    )
    values = {"case": context.get("task_title") or context.get("case_title", ""), "count": times}
    return _line(context, text % values, ngettext("Read the answer", "Read the answers", times))


def _say_case_opens(context: Context, zone: ZoneInfo) -> NewsLineData:
    if context.get("due_at"):
        values = {"case": context["task_title"], "until": _moment(context, "due_at", zone)}
        text = _("The case “%(case)s” is open until %(until)s.") % values
    else:
        text = _("The case “%(case)s” is open.") % {"case": context["task_title"]}
    return _line(context, text, _("Read the case"))


def _say_case_due(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {"case": context["task_title"], "until": _moment(context, "due_at", zone)}
    return _line(context, _("The case “%(case)s” closes on %(until)s.") % values, _("Go on with the case"))


def say_stage_opens(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Say that a stage of a blended task has opened."""
    values = {"stage": context["stage_title"], "task": context["task_title"]}
    if context.get("due_at"):
        values["until"] = _moment(context, "due_at", zone)
        text = _("“%(stage)s” of “%(task)s” is open, due %(until)s.") % values
    else:
        text = _("“%(stage)s” of “%(task)s” is open.") % values
    return _line(context, text, _("Begin"))


def say_stage_due(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Say that a stage of a blended task is due soon."""
    values = {
        "stage": context["stage_title"],
        "task": context["task_title"],
        "until": _moment(context, "due_at", zone),
    }
    return _line(context, _("“%(stage)s” of “%(task)s” is due %(until)s.") % values, _("Go on with the task"))


def say_session_soon(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Say when and where the class session is."""
    values = {"session": context["task_title"], "when": _place_moment(context, "starts_at", zone)}
    if context.get("place"):
        values["place"] = context["place"]
        text = _("Your class session “%(session)s” is on %(when)s, %(place)s.") % values
    else:
        text = _("Your class session “%(session)s” is on %(when)s.") % values
    return _line(context, text, _("See how to get ready"))


def _say_decided(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {"stage": context["stage_title"], "task": context["task_title"], "reason": context.get("reason", "")}
    if values["reason"]:
        text = _("The course team decided about “%(stage)s” of “%(task)s”: %(reason)s") % values
    else:
        text = _("The course team decided about “%(stage)s” of “%(task)s”.") % values
    return _line(context, text, _("See what counts now"))


def _say_nudge(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = _("Your course team asks you to look at “%(task)s”.") % {"task": context["task_title"]}
    return _line(context, text, _("See what is next"))


def _say_assigned(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {"session": context["task_title"], "when": _place_moment(context, "starts_at", zone)}
    return _line(
        context, _("You have a seat in the class session “%(session)s”: %(when)s.") % values, _("See the session")
    )


def _say_moved(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {"session": context["task_title"], "when": _place_moment(context, "starts_at", zone)}
    if context.get("place"):
        values["place"] = context["place"]
        text = _("Your class session “%(session)s” has changed: it is now %(when)s, %(place)s.") % values
    else:
        text = _("Your class session “%(session)s” has changed: it is now %(when)s.") % values
    return _line(context, text, _("See what this changes for you"))


def _say_cancelled(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {
        "session": context["task_title"],
        "when": _place_moment(context, "starts_at", zone),
        "reason": context.get("reason", ""),
    }
    if values["reason"]:
        text = _("Your class session “%(session)s” of %(when)s is cancelled: %(reason)s") % values
    else:
        text = _("Your class session “%(session)s” of %(when)s is cancelled.") % values
    return _line(context, text, _("Choose another session"))


def _say_seat_open(context: Context, zone: ZoneInfo) -> NewsLineData:
    values = {"session": context["task_title"], "when": _place_moment(context, "starts_at", zone)}
    text = _("A seat has opened in the class session “%(session)s”, %(when)s. Whoever takes it first has it.")
    return _line(context, text % values, _("Take the seat"))


# -- whether it is still true ------------------------------------------------------------------------------------------


def _hold_answered(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep answers that stand and that the person has not seen since."""
    ids = {int(item.key.rpartition(":")[2]): item.key for item in items}
    standing = Contribution.objects.filter(pk__in=ids, state=ContributionState.LIVE)
    seen = Participation.objects.filter(user_id=user_id, last_seen_at__isnull=False)
    last_seen = dict(seen.filter(task__contributions__pk__in=ids).values_list("task_id", "last_seen_at"))
    return [
        ids[pk]
        for pk, task_id, at in standing.values_list("pk", "task_id", "created_at")
        if (seen_at := last_seen.get(task_id)) is None or seen_at < at
    ]


def _hold_unfinished(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about cases that the person has not finished, and that close when they would be told."""
    tasks = _list_open_cases(items)
    finished = Participation.objects.filter(user_id=user_id, task_id__in=tasks, is_finished=True)
    return _keep_dated(items, tasks, without=set(finished.values_list("task_id", flat=True)))


def _hold_unopened(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about cases that the person has not looked into since they opened."""
    tasks = _list_open_cases(items)
    opened = Participation.objects.filter(user_id=user_id, task_id__in=tasks, opened_at__isnull=False)
    seen = opened.exclude(task__opens_at__gt=F("opened_at"))
    return _keep_dated(items, tasks, without=set(seen.values_list("task_id", flat=True)))


def _list_open_cases(items: Sequence[NewsItemData]) -> Mapping[int, Task]:
    """Return the cases, by number, that can be worked on now."""
    tasks = Task.objects.filter(pk__in={_case_of(item) for item in items}, is_active=True)
    return {task.pk: task for task in tasks if phases.phase_of(task, timezone.now()) == "open"}


def _keep_dated(items: Sequence[NewsItemData], tasks: Mapping[int, Task], *, without: set[int]) -> Collection[str]:
    """Return the keys of what is about these cases and says when they close."""
    ends = {pk: phases.closing_moment(task) for pk, task in tasks.items() if pk not in without}
    return [item.key for item in items if (pk := _case_of(item)) in ends and _read(item, "due_at") == ends[pk]]


def _case_of(item: NewsItemData) -> int:
    return int(item.key.split(":")[1])


def hold_seated(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about meetings at which the person has a seat, and that are when and where they would be told."""
    meetings = _list_meetings(items)
    seats = Seat.objects.filter(user_id=user_id, meeting_id__in=meetings)
    seated = set(seats.values_list("meeting_id", flat=True))
    return [
        item.key
        for item in items
        if (meeting := meetings.get(item.context["meeting_id"])) is not None
        and meeting.pk in seated
        and not meeting.is_cancelled
        and (meeting.starts_at, meeting.place) == (_read(item, "starts_at"), item.context["place"])
    ]


def _hold_cancelled(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about meetings that nobody has restored since."""
    del user_id
    cancelled = {pk for pk, meeting in _list_meetings(items).items() if meeting.is_cancelled}
    return [item.key for item in items if item.context["meeting_id"] in cancelled]


def _hold_takeable(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about meetings that are still to come."""
    del user_id
    now = timezone.now()
    coming = {
        pk for pk, meeting in _list_meetings(items).items() if not meeting.is_cancelled and meeting.starts_at > now
    }
    return [item.key for item in items if item.context["meeting_id"] in coming]


def _list_meetings(items: Sequence[NewsItemData]) -> Mapping[int, Meeting]:
    return Meeting.objects.in_bulk({item.context["meeting_id"] for item in items})


def _read(item: NewsItemData, name: str) -> datetime | None:
    """Return an instant of an item, None where it has none."""
    text = item.context.get(name)
    return datetime.fromisoformat(text) if text else None


KINDS: Final = (
    NewsKindData(name=CASE_ANSWERED, say=_say_answered, holds=_hold_answered),
    NewsKindData(name=CASE_OPENS, say=_say_case_opens, holds=_hold_unopened),
    NewsKindData(name=CASE_DUE, say=_say_case_due, holds=_hold_unfinished),
    NewsKindData(name=STAGE_DECIDED, say=_say_decided),
    NewsKindData(name=NUDGE, say=_say_nudge),
    NewsKindData(name=SITTING_ASSIGNED, say=_say_assigned, holds=hold_seated),
    NewsKindData(name=SITTING_MOVED, say=_say_moved, holds=hold_seated, is_soon=True),
    NewsKindData(name=SITTING_CANCELLED, say=_say_cancelled, holds=_hold_cancelled, is_soon=True),
    NewsKindData(name=SEAT_OPEN, say=_say_seat_open, holds=_hold_takeable, is_soon=True),
)
