"""The people who run a chapter: their roles, the steps of its life, its rules, and what is on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.api import membership as members
from chapters.api import organizers
from chapters.data import (
    ORGANIZER_ROLES,
    Action,
    Audience,
    ChapterData,
    ChapterRole,
    ChapterState,
    Match,
    RuleData,
    TermData,
)
from chapters.exceptions import NotFoundError
from chapters.members_file import write_members_file
from chapters.membership.listing import name_members
from chapters.views.desk_words import say_act

from .base import ChapterView
from .board_shapes import DoneSerializer
from .boards import CURSOR
from .chapter_shapes import LifeSerializer, MoveSerializer, RulesSerializer
from .directory import find_region
from .member_shapes import LeavingSerializer, OptionalReasonSerializer, ReasonSerializer
from .organizer_shapes import (
    AuditPageSerializer,
    GiveRoleSerializer,
    HandOverSerializer,
    TermSerializer,
    TermsSerializer,
)


class RolesView(ChapterView):
    """Who runs a chapter."""

    takes = {"POST": GiveRoleSerializer}
    gives = {"GET": TermsSerializer, "POST": TermSerializer}
    statuses = {"POST": 201}

    def get(self, request: Request, slug: str) -> Response:
        """Return who holds which role now."""
        self.require(Action.SEE_DESK)
        return self.answer({"results": draw_terms(self, organizers.list_terms(self.chapter.id))})

    def post(self, request: Request, slug: str) -> Response:
        """Give a member a role."""
        self.require(Action.GIVE_ROLE)
        sent = self.read()
        role = ChapterRole(sent["role"])
        self.require(Action.GIVE_LEAD if role in ORGANIZER_ROLES else Action.GIVE_ROLE, target_id=sent["user_id"])
        self.keep_pace("organize")
        term = organizers.give_role(
            chapter_id=self.chapter.id,
            actor_id=self.reader_id,
            user_id=sent["user_id"],
            role=role,
            ends_on=sent["ends_on"],
        )
        return self.answer(draw_terms(self, [term])[0])


class RoleView(ChapterView):
    """Ending somebody's time in a role."""

    takes = {"POST": OptionalReasonSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str, term_id: str) -> Response:
        """End a term."""
        self.require(Action.GIVE_ROLE)
        sent = self.read()
        number = self.number("term_id")
        term = next((each for each in organizers.list_terms(self.chapter.id) if each.id == number), None)
        if term is None:
            raise NotFoundError(_("There is no such role, or it has ended."))
        self.require(Action.GIVE_LEAD if term.role in ORGANIZER_ROLES else Action.GIVE_ROLE, target_id=term.user_id)
        self.keep_pace("organize")
        organizers.end_role(term_id=term.id, actor_id=self.reader_id, **sent)
        return self.answer({"done": True})


class StepDownView(ChapterView):
    """Laying down one's own roles."""

    takes = {"POST": OptionalReasonSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str) -> Response:
        """Lay down the reader's roles in the chapter; they stay a member."""
        self.require(Action.STEP_DOWN)
        sent = self.read()
        self.keep_pace("organize")
        organizers.step_down(chapter_id=self.chapter.id, user_id=self.reader_id, **sent)
        return self.answer({"done": True})


class HandOverView(ChapterView):
    """Handing a chapter to somebody else."""

    takes = {"POST": HandOverSerializer}
    gives = {"POST": DoneSerializer}

    def post(self, request: Request, slug: str) -> Response:
        """Hand the chapter over to a member or, without one, back to the community team."""
        sent: dict[str, Any] = self.read()
        to_user_id, who = sent["to_user_id"], {"chapter_id": self.chapter.id, "actor_id": self.reader_id}
        self.require(Action.HAND_OVER if to_user_id else Action.HAND_BACK, target_id=to_user_id)
        self.keep_pace("organize")
        if to_user_id:
            organizers.hand_over(**who, to_user_id=to_user_id)
        else:
            organizers.hand_back(**who, reason=sent["reason"])
        return self.answer({"done": True})


class LifeView(ChapterView):
    """Where a chapter is in its life."""

    takes = {"POST": MoveSerializer}
    gives = {"GET": LifeSerializer, "POST": LifeSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the state and the steps that the reader may take."""
        return self.answer(self._draw(self.chapter))

    def post(self, request: Request, slug: str) -> Response:
        """Take a step: pause, resume, open, archive."""
        sent = self.read()
        self.keep_pace("organize")
        moved = api.move_chapter(
            chapter_id=self.chapter.id,
            actor_id=self.reader_id,
            to=ChapterState(sent["to"]),
            reason=sent["reason"],
            until=sent["until"],
            seen=_read_state(sent["seen"]),
            slug=sent["slug"],
            region_id=find_region(sent["region"]),
        )
        return self.answer(self._draw(moved))

    def _draw(self, chapter: ChapterData) -> dict[str, Any]:
        steps = [
            {
                "to": step.to.value,
                "label": step.label,
                "needs_reason": step.needs_reason,
                "needs_date": step.needs_date,
                "missing": step.missing,
            }
            for step in api.list_transitions(chapter, self.reader_id)
        ]
        return {"state": chapter.state.value, "paused_until": chapter.paused_until, "transitions": steps}


class RulesView(ChapterView):
    """By which courses people belong to a chapter."""

    takes = {"PUT": RulesSerializer}
    gives = {"GET": RulesSerializer, "PUT": RulesSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return the rules."""
        self.require(Action.SEE_DESK)
        return self.answer(draw_rules(self.chapter.rules))

    def put(self, request: Request, slug: str) -> Response:
        """Replace the rules; people are placed by them soon afterwards."""
        self.require(Action.EDIT_RULES)
        rules = [
            RuleData(
                audience=Audience(rule["audience"]),
                match=Match(rule["match"]),
                courses=tuple(rule["courses"]),
                organizations=tuple(rule["organizations"]),
                adds_members=rule["adds_members"],
            )
            for rule in self.read()["rules"]
        ]
        self.keep_pace("organize")
        api.set_rules(chapter_id=self.chapter.id, actor_id=self.reader_id, rules=rules)
        return self.answer(draw_rules(api.get_chapter(self.chapter.id).rules))


class LeavingView(ChapterView):
    """Why people leave a chapter."""

    gives = {"GET": LeavingSerializer}
    query_parameters = {"days": "Within how many days, 1 to 366; 90 if not said."}

    def get(self, request: Request, slug: str) -> Response:
        """Return why people left; reasons of few are one number."""
        self.require(Action.SEE_LEAVING)
        text = self.asked("days") or "90"
        days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if not 1 <= days <= 366:
            raise ValidationError({"days": [_("Choose a whole number from 1 to %(most)s.") % {"most": 366}]})
        return self.answer(members.summarize_leaving(self.chapter.id, days=days))


class AuditView(ChapterView):
    """What is on record about a chapter."""

    gives = {"GET": AuditPageSerializer}
    query_parameters = CURSOR

    def get(self, request: Request, slug: str) -> Response:
        """Return a page of the record, newest first."""
        self.require(Action.SEE_AUDIT)
        page = api.list_audit(chapter_id=self.chapter.id, cursor=self.asked("cursor"))
        actors = [entry.actor_id for entry in page.entries if entry.actor_id is not None]
        names = name_members(self.chapter.id, actors)
        rows = [
            {
                "actor": names[entry.actor_id].text if entry.actor_id in names else "",
                "verb": entry.verb,
                "said": say_act(entry.verb, entry.data),
                "reason": entry.reason,
                "recorded_at": entry.recorded_at,
            }
            for entry in page.entries
        ]
        return self.answer_page(rows, page.cursor)


class ExportView(ChapterView):
    """The members of a chapter as a table."""

    takes = {"POST": ReasonSerializer}

    @classmethod
    def describe_answer(cls, method: str) -> dict[Any, Any]:
        """Return that it is a file."""
        return {(200, "text/csv"): {"type": "string", "format": "binary"}}

    def post(self, request: Request, slug: str) -> FileResponse:
        """Return a file of comma-separated values. Who took it, why, and how many people are in it is on record."""
        self.require(Action.EXPORT_MEMBERS)
        sent = self.read()
        self.keep_pace("export")
        held = write_members_file(self.chapter, actor_id=self.reader_id, reason=sent["reason"])
        name = f"members-{self.chapter.slug}.csv"
        return FileResponse(held, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _read_state(text: str) -> ChapterState | None:
    if text and text not in set(ChapterState):
        raise ValidationError({"seen": [_("Choose one of: %(words)s.") % {"words": ", ".join(ChapterState)}]})
    return ChapterState(text) if text else None


def draw_rules(rules: Sequence[RuleData]) -> dict[str, Any]:
    """Return rules in the shape of their serializer."""
    return {
        "rules": [
            {
                "audience": rule.audience.value,
                "match": rule.match.value,
                "courses": list(rule.courses),
                "organizations": list(rule.organizations),
                "adds_members": rule.adds_members,
            }
            for rule in rules
        ]
    }


def draw_terms(view: ChapterView, terms: Sequence[TermData]) -> list[dict[str, Any]]:
    """Return terms with the names under which chapters show people."""
    names = name_members(view.chapter.id, [term.user_id for term in terms])
    plain = ("id", "user_id", "starts_at", "ends_on", "is_named_in_public")
    return [
        {name: getattr(term, name) for name in plain}
        | {"role": term.role.value, "name": names[term.user_id].text if term.user_id in names else ""}
        for term in terms
    ]
