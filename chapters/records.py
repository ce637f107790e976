"""Rows of this app as the frozen data that it hands out, and how to read them in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from discussion_ext.api import attendance

from .data import (
    Audience,
    BanData,
    BanState,
    ChapterData,
    ChapterRole,
    ChapterScope,
    ChapterState,
    ChapterType,
    Digest,
    EndReason,
    IntroductionData,
    JoinedBy,
    Match,
    MembershipData,
    MembershipState,
    PositioningData,
    RuleData,
    StandingData,
    StandingSource,
    TermData,
)
from .models import Ban, Chapter, ChapterRule, Membership, Standing, Term


def chapters_to_read() -> QuerySet[Chapter]:
    """Return chapters with everything that `to_chapter` needs: three queries however many they are."""
    rules = ChapterRule.objects.order_by("pk").prefetch_related("courses")
    return Chapter.objects.select_related("region").prefetch_related(Prefetch("rules", queryset=rules))


def to_chapter(row: Chapter) -> ChapterData:
    """Return a chapter read by `chapters_to_read`."""
    return ChapterData(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        state=ChapterState(row.state),
        state_reason=row.state_reason,
        scope=ChapterScope(row.scope),
        type=ChapterType(row.type),
        lead=row.lead,
        city=row.city,
        country=row.country,
        topic=row.topic,
        region_id=row.region_id,
        region=row.region.name if row.region else "",
        region_slug=row.region.slug if row.region else "",
        zone=read_zone(row.zone),
        languages=tuple(row.languages.split()),
        positioning=_to_positioning(row),
        welcome=row.welcome,
        contact=row.contact,
        cover=row.cover,
        entry=Audience(row.entry),
        has_questions=row.has_questions,
        name_format=row.name_format,
        guidelines_version=row.guidelines_version,
        members=row.members,
        paused_until=row.paused_until,
        since=row.opened_at.astimezone(read_zone(row.zone)).date() if row.opened_at else None,
        created_at=row.created_at,
        proposed_by=row.proposed_by,
        needs_organizer=row.needs_organizer,
        rules=tuple(to_rule(rule) for rule in row.rules.all()),
    )


def _to_positioning(row: Chapter) -> PositioningData:
    return PositioningData(
        audience=row.audience,
        core_value=row.core_value,
        tone=row.tone,
        unique_value=row.unique_value,
        lost=row.lost,
        goals=row.goals,
        field=row.field,
        members=row.members_wanted,
        results=row.results,
        will_not=row.will_not,
    )


def to_rule(row: ChapterRule) -> RuleData:
    """Return a rule whose courses were prefetched."""
    wanted = list(row.courses.all())
    return RuleData(
        audience=Audience(row.audience),
        match=Match(row.match),
        courses=tuple(sorted(each.course_id for each in wanted if each.course_id)),
        organizations=tuple(sorted(each.organization for each in wanted if each.organization)),
        adds_members=row.adds_members,
    )


def memberships_to_read() -> QuerySet[Membership]:
    """Return memberships with the standings that hold: two queries however many they are."""
    standings = Standing.objects.filter(ended_at__isnull=True).order_by("pk")
    return Membership.objects.prefetch_related(Prefetch("standings", queryset=standings, to_attr="held"))


def to_membership(row: Membership) -> MembershipData:
    """Return a membership read by `memberships_to_read`; one that was read otherwise costs a query."""
    held: Iterable[Standing] | None = getattr(row, "held", None)
    if held is None:
        held = row.standings.filter(ended_at__isnull=True).order_by("pk")
    return MembershipData(
        id=row.pk,
        chapter_id=row.chapter_id,
        user_id=row.user_id,
        state=MembershipState(row.state),
        joined_by=JoinedBy(row.joined_by),
        joined_at=row.joined_at,
        introduction=to_introduction(row),
        digest=Digest(row.digest),
        paused_until=row.paused_until,
        standings=tuple(to_standing(each) for each in held),
        first_joined_at=row.first_joined_at,
        asked_at=row.asked_at,
        due_at=row.due_at,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
        left_at=row.left_at,
    )


def to_introduction(row: Membership) -> IntroductionData:
    """Return what somebody says of themselves, all of it: who may see which field is the caller's to know."""
    return IntroductionData(
        position=row.position,
        place=row.place,
        skills=row.skills,
        why=row.why,
        hobbies=row.hobbies,
        private=frozenset(row.private_fields.split()),
    )


def to_standing(row: Standing) -> StandingData:
    """Return a standing."""
    return StandingData(
        audience=Audience(row.audience), source=StandingSource(row.source), since=row.since, course_id=row.course_id
    )


def to_term(row: Term) -> TermData:
    """Return somebody's time in a role."""
    return TermData(
        id=row.pk,
        chapter_id=row.chapter_id,
        user_id=row.user_id,
        role=ChapterRole(row.role),
        starts_at=row.starts_at,
        ends_on=row.ends_on,
        ended_at=row.ended_at,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        is_named_in_public=row.is_named_in_public,
    )


def bans_in_force(now: datetime | None = None) -> QuerySet[Ban]:
    """Return the bans that keep somebody out at a moment: neither lifted nor over."""
    moment = now or timezone.now()
    return Ban.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=moment), lifted_at__isnull=True)


def to_ban(row: Ban, *, now: datetime | None = None) -> BanData:
    """Return a ban, with what has become of it at a moment."""
    moment = now or timezone.now()
    is_over = row.expires_at is not None and row.expires_at <= moment
    state = BanState.LIFTED if row.lifted_at else BanState.EXPIRED if is_over else BanState.ACTIVE
    return BanData(
        id=row.pk,
        chapter_id=row.chapter_id,
        user_id=row.user_id,
        reason=row.reason,
        banned_by=row.banned_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=state,
        appeal=row.appeal,
        appealed_at=row.appealed_at,
        appeal_answer=row.appeal_answer,
        appeal_answered_at=row.appeal_answered_at,
    )


def read_zone(name: str) -> ZoneInfo:
    """Return the zone that a row names; UTC where this machine's table does not know it (any more)."""
    try:
        return attendance.find_zone(name)
    except attendance.WallClockError:
        return ZoneInfo("UTC")
