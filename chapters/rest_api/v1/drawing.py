"""Data of chapters as dictionaries in the shapes of the serializers: plain words, no objects of ours."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chapters.data import (
    INTRODUCTION_FIELDS,
    Audience,
    BanData,
    ChapterData,
    IntroductionData,
    MembershipData,
    StandingData,
)


def draw_chapter(chapter: ChapterData) -> dict[str, Any]:
    """Return what everybody sees of a chapter."""
    plain = ("slug", "name", "lead", "city", "country", "topic", "region", "languages", "has_questions", "members")
    return {name: getattr(chapter, name) for name in plain} | {
        "state": chapter.state.value,
        "scope": chapter.scope.value,
        "type": chapter.type.value,
        "zone": chapter.zone.key,
        "entry": chapter.entry.value,
        "paused_until": chapter.paused_until,
        "since": chapter.since,
    }


def draw_introduction(introduction: IntroductionData) -> dict[str, Any]:
    """Return an introduction; ``private`` is for its author's own shape only."""
    texts = {name: getattr(introduction, name) for name in INTRODUCTION_FIELDS}
    return texts | {"private": [name for name in INTRODUCTION_FIELDS if name in introduction.private]}


def draw_standing(standing: StandingData) -> dict[str, Any]:
    """Return an audience that a member belongs to."""
    return asdict(standing) | {"audience": standing.audience.value, "source": standing.source.value}


def draw_membership(membership: MembershipData) -> dict[str, Any]:
    """Return somebody's own membership."""
    return {
        "state": membership.state.value,
        "joined_at": membership.joined_at,
        "introduction": draw_introduction(membership.introduction),
        "digest": membership.digest.value,
        "paused_until": membership.paused_until,
        "standings": [draw_standing(standing) for standing in membership.standings],
    }


def draw_ban(ban: BanData) -> dict[str, Any]:
    """Return a ban without who decided it."""
    plain = ("id", "user_id", "reason", "created_at", "expires_at", "appeal", "appeal_answer")
    return {name: getattr(ban, name) for name in plain} | {"state": ban.state.value}


def order_audiences(audiences: frozenset[Audience]) -> list[str]:
    """Return audiences in their fixed order."""
    return [audience.value for audience in Audience if audience in audiences]
