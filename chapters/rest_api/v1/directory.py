"""The directory of chapters, one chapter with what the reader may do in it, and what people fill in about one."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from chapters import api
from chapters.data import (
    Action,
    Audience,
    ChapterData,
    ChapterPlanData,
    ChapterScope,
    ChapterType,
    DirectoryFilter,
    DirectoryShow,
    PositioningData,
)
from chapters.exceptions import NotAllowedError

from .base import AnybodyReads, ApiView, ChapterView
from .boards import CURSOR
from .chapter_shapes import ChapterDetailSerializer, DirectorySerializer, PlanSerializer, RegionsSerializer
from .drawing import draw_chapter, order_audiences

#: Acts whose answer does not depend on a board or on another person: what ``me.may`` can say.
PLAIN_ACTS = tuple(
    action
    for action in Action
    if action
    not in {Action.SEE, Action.SAY_HELLO, Action.REMOVE_MEMBER, Action.BAN, Action.ANSWER_APPEAL, Action.HAND_OVER}
)


class DirectoryView(ApiView):
    """The directory of chapters."""

    permission_classes = (AnybodyReads,)
    takes = {"POST": PlanSerializer}
    gives = {"GET": DirectorySerializer, "POST": ChapterDetailSerializer}
    statuses = {"POST": 201}
    query_parameters = CURSOR | {
        "q": "A city, topic, name or language.",
        "show": "near, all, online, open or mine.",
        "region": "The slug of a region.",
        "country": "ISO 3166.",
    }

    def get(self, request: Request) -> Response:
        """Return a page of listed chapters, those near the reader first."""
        if self.asked("q") and self.reader_or_none is not None:
            self.keep_pace("search")
        wanted = DirectoryFilter(
            text=self.asked("q"),
            show=self.asked_word("show", DirectoryShow) or DirectoryShow.ALL,
            region=self.asked("region"),
            country=self.asked("country"),
            cursor=self.asked("cursor"),
        )
        found = api.list_directory(wanted, user_id=self.reader_or_none)
        near = {card.chapter.id for card in found.near}
        cards = [
            {
                "chapter": draw_chapter(card.chapter),
                "place": card.place,
                "entry_note": card.entry_note,
                "is_open_to_me": card.is_open_to_me,
                "is_mine": card.is_mine,
                "next_at": card.next_at,
                "is_near": card.chapter.id in near,
            }
            for card in (*found.near, *found.elsewhere)
        ]
        return self.answer({"near_place": found.near_place, "results": cards, "next_cursor": found.cursor})

    def post(self, request: Request) -> Response:
        """Propose a chapter; community managers answer."""
        decision = api.decide_proposing(self.reader_id)
        if not decision.is_allowed:
            raise NotAllowedError(decision)
        plan = merge_plan(None, self.read())
        self.keep_pace("propose")
        proposed = api.propose(actor_id=self.reader_id, plan=plan)
        return self.answer(draw_detail(proposed, api.find_access(proposed, self.reader_id)))


class RegionsView(ApiView):
    """Parts of the world."""

    permission_classes = (AnybodyReads,)
    gives = {"GET": RegionsSerializer}

    def get(self, request: Request) -> Response:
        """Return the regions in the site's order, with how many listed chapters each has."""
        return self.answer({"results": api.list_regions()})


class ChapterDetailView(ChapterView):
    """One chapter."""

    permission_classes = (AnybodyReads,)
    takes = {"PATCH": PlanSerializer}
    gives = {"GET": ChapterDetailSerializer, "PATCH": ChapterDetailSerializer}

    def get(self, request: Request, slug: str) -> Response:
        """Return what everybody sees of the chapter and, for who is signed in, what they may do."""
        return self.answer(draw_detail(self.chapter, self.access))

    @transaction.atomic
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is said of the chapter."""
        self.require(Action.EDIT_CHAPTER)
        plan = merge_plan(self.chapter, self.read())
        self.keep_pace("organize")
        changed = api.change_chapter(chapter_id=self.chapter.id, actor_id=self.reader_id, plan=plan)
        return self.answer(draw_detail(changed, api.find_access(changed, self.reader_id)))


def draw_detail(chapter: ChapterData, access: api.Access) -> dict[str, Any]:
    """Return a chapter with its positioning and what the reader is in it."""
    return draw_chapter(chapter) | {
        "positioning": asdict(chapter.positioning),
        "guidelines_version": chapter.guidelines_version,
        "me": _draw_me(access) if access.user_id is not None else None,
    }


def _draw_me(access: api.Access) -> dict[str, Any]:
    membership = access.membership
    return {
        "state": membership.state.value if membership else "",
        "roles": sorted(role.value for role in access.roles),
        "audiences": order_audiences(membership.audiences) if membership else [],
        "may": [action.value for action in PLAIN_ACTS if access.can(action)],
    }


def merge_plan(chapter: ChapterData | None, sent: dict[str, Any]) -> ChapterPlanData:
    """Return what is to stand of a chapter: what was sent over what stands there, or over nothing."""
    changed = {name: sent[name] for name in sent if name not in {"region", "positioning"}}
    kinds = {"scope": ChapterScope, "type": ChapterType, "entry": Audience, "languages": tuple}
    changed = {name: kinds[name](value) if name in kinds else value for name, value in changed.items()}
    if "region" in sent:
        changed["region_id"] = find_region(sent["region"])
    if chapter is None:
        return ChapterPlanData(**changed, positioning=PositioningData(**sent.get("positioning", {})))
    changed["positioning"] = replace(chapter.positioning, **sent.get("positioning", {}))
    names = ChapterPlanData.__dataclass_fields__
    stands = {name: getattr(chapter, name) for name in names if name != "zone"} | {"zone": chapter.zone.key}
    return ChapterPlanData(**(stands | changed))


def find_region(slug: str) -> int | None:
    """Return the number of a region by its slug, None for none. Raises ValidationError."""
    if not slug:
        return None
    found = next((region.id for region in api.list_regions() if region.slug == slug), None)
    if found is None:
        raise ValidationError({"region": [_("There is no such region.")]})
    return found
