"""What events can begin with: plans without a date and without hosts, of one chapter or of the whole site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime, time
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chapters.data import (
    AccessFact,
    EventOpenTo,
    EventPlanData,
    EventQuestionData,
    EventTemplateData,
    EventUnitData,
    QuestionKind,
)
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.membership.rows import lock_chapter
from chapters.models import EventTemplate
from chapters.profiles import read_line
from discussion_ext.data import MeetingMode, TopicKind
from people import api as people

from .reading import get_event, get_plan

MOST_TEMPLATES: Final = 50
LONGEST_NAME: Final = 120
#: What a template does not keep of a plan, and why.
NOT_KEPT: Final[Mapping[str, str]] = {
    "starts_local": "only the time of day",
    "fold": "which of two equal times is meant belongs to a date",
    "host_ids": "whoever begins with it hosts, or says who does",
}
#: The day that a template's time of day stands on.
_NO_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a clock on no day and in no zone


def list_templates(chapter_id: int) -> tuple[EventTemplateData, ...]:
    """Return what an event of a chapter can begin with, its own first, by name; one query."""
    found = EventTemplate.objects.filter(Q(chapter_id=chapter_id) | Q(chapter_id__isnull=True))
    rows = sorted(found.order_by("name", "pk")[: 2 * MOST_TEMPLATES], key=lambda row: row.chapter_id is None)
    return tuple(_to_data(row) for row in rows)


def get_template(template_id: int, *, chapter_id: int) -> EventTemplateData:
    """Return a template that this chapter may begin with, or raise NotFoundError."""
    return _to_data(_get(template_id, chapter_id))


@transaction.atomic
def save_template(*, event_id: int, actor_id: int, name: str, is_for_all: bool = False) -> EventTemplateData:
    """Keep the plan of an event as a template of its chapter, in place of one of the same name there.

    ``is_for_all`` makes it one for every chapter, for managers to do. Raises InvalidValueError ("name") and
    NotFoundError.
    """
    called = read_line(name, field="name", most=LONGEST_NAME)
    if not called:
        raise InvalidValueError(_("Write something here."), field="name")
    event, plan = get_event(event_id), get_plan(event_id)
    lock_chapter(event.chapter_id)
    chapter_id = None if is_for_all else event.chapter_id
    siblings = EventTemplate.objects.filter(Q(chapter_id__isnull=True) if is_for_all else Q(chapter_id=chapter_id))
    row = siblings.filter(name=called).first()
    if row is None and siblings.count() >= MOST_TEMPLATES:
        message = _("There are %(most)d templates already. Delete one first.") % {"most": MOST_TEMPLATES}
        raise InvalidValueError(message, field="name")
    row = row or EventTemplate(chapter_id=chapter_id, name=called)
    row.plan, row.created_by = to_plain(plan), actor_id
    row.save()
    _record(row, event.chapter_id, "save", actor_id)
    return _to_data(row)


@transaction.atomic
def delete_template(*, template_id: int, chapter_id: int, actor_id: int) -> None:
    """Delete a template of a chapter; events that began with it stay. Raises NotFoundError, for the site's ones too."""
    row = _get(template_id, chapter_id)
    if row.chapter_id is None:
        raise NotFoundError(_("This template is for all chapters, and the community team keeps it."))
    _record(row, chapter_id, "delete", actor_id)
    row.delete()


def to_plain(plan: EventPlanData) -> dict[str, Any]:
    """Return what a template keeps of a plan, as JSON can hold it."""
    plain = {each.name: _flatten(getattr(plan, each.name)) for each in fields(plan) if each.name not in NOT_KEPT}
    plain["questions"] = [{**asdict(each), "id": None} for each in plan.questions]
    plain["units"] = [asdict(each) for each in plan.units]
    plain["at"] = f"{plan.starts_local:%H:%M}"
    return plain


def from_plain(plain: Mapping[str, Any]) -> EventPlanData:
    """Return the plan that `to_plain` was given. What came later has its default; what went is left out."""
    known = {each.name for each in fields(EventPlanData)} - NOT_KEPT.keys()
    values = {name: _READERS.get(name, _same)(value) for name, value in plain.items() if name in known}
    starts_local = datetime.combine(_NO_DAY, time.fromisoformat(plain.get("at", "19:00")))
    return EventPlanData(**{"title": "", "zone": "UTC", **values, "starts_local": starts_local})


def _flatten(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value


def _same(value: Any) -> Any:
    return value


def _read_questions(plain: list[dict[str, Any]]) -> tuple[EventQuestionData, ...]:
    return tuple(
        EventQuestionData(**{**each, "kind": QuestionKind(each["kind"]), "choices": tuple(each["choices"])})
        for each in plain
    )


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "mode": MeetingMode,
    "open_to": EventOpenTo,
    "kind": lambda value: TopicKind(value) if value else None,
    "languages": tuple,
    "access_facts": lambda value: frozenset(AccessFact(each) for each in value),
    "questions": _read_questions,
    "units": lambda value: tuple(EventUnitData(**each) for each in value),
}


def _get(template_id: int, chapter_id: int) -> EventTemplate:
    found = EventTemplate.objects.filter(Q(chapter_id=chapter_id) | Q(chapter_id__isnull=True), pk=template_id)
    row = found.first()
    if row is None:
        raise NotFoundError(_("There is no such template, or not any more."))
    return row


def _to_data(row: EventTemplate) -> EventTemplateData:
    return EventTemplateData(id=row.pk, chapter_id=row.chapter_id, name=row.name, plan=from_plain(row.plan))


def _record(row: EventTemplate, chapter_id: int, verb: str, actor_id: int) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=f"chapter.event_template.{verb}",
        target=f"event_template:{row.pk}",
        context_key=f"chapter:{chapter_id}",
        data={"is_for_all": row.chapter_id is None},
    )
