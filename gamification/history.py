"""The ledger as a person reads it: lines with their effect and reason, and where points came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from django.db.models import OuterRef, Q, Subquery
from opaque_keys.edx.keys import CourseKey

from . import courses, statements
from .caps import Line, Live, by_source, find_window, list_live, pay
from .data import MANUAL, EntryData, EntryPage, ShareData
from .kinds import SHARES, kind_label
from .models import Entry
from .reasons import LineEffect, explain
from .standings import points_by_kind

Shown = Literal["all", "given", "taken"]

_SHOWN = Q(is_void=True) | Q(is_next_void=True) | Q(is_next_void=None)
_TAKEN = Q(is_void=True) | Q(kind=MANUAL, worth__lt=0)


def list_entries(
    user_id: int, course_key: CourseKey, *, show: Shown = "all", page: int = 1, page_size: int = 20
) -> EntryPage:
    """Return a page of a person's lines, newest first; ``taken`` are voids and points taken by hand.

    An award that a later award of the same source replaced (after an edit) is left out: it says nothing any more.
    """
    course_id = courses.find_number(course_key)
    lines = Entry.objects.filter(user_id=user_id, course_id=course_id) if course_id else Entry.objects.none()
    lines = lines.annotate(is_next_void=_is_next_void()).filter(_SHOWN)
    if show != "all":
        lines = lines.filter(_TAKEN) if show == "taken" else lines.exclude(_TAKEN)
    total = lines.count()
    pages = max(1, -(-total // page_size))
    page = min(max(page, 1), pages)
    start = (page - 1) * page_size
    found = list(lines.order_by("-occurred_at", "-id")[start : start + page_size])
    return EntryPage(entries=_explain_all(found), page=page, pages=pages, total=total)


def _is_next_void() -> Subquery:
    """Return whether the next revision of a line's source is a void; NULL where the line is the last one."""
    same = Entry.objects.filter(source=OuterRef("source"), user_id=OuterRef("user_id"), course_id=OuterRef("course_id"))
    return Subquery(same.filter(revision__gt=OuterRef("revision")).order_by("revision").values("is_void")[:1])


def find_source_points(source: str) -> EntryData | None:
    """Return the line that counts for a source (its highest revision), explained; None if there is none."""
    line = Entry.objects.filter(source=source).order_by("-revision").first()
    return _explain_all([line])[0] if line else None


def breakdown(user_id: int, course_key: CourseKey) -> list[ShareData]:
    """Return where a person's points came from, the largest share first; shares without points are left out."""
    by_kind = points_by_kind(user_id, course_key)
    shares = [
        ShareData(kind=code, label=str(label), points=sum(by_kind.get(kind, 0) for kind in kinds))
        for code, (label, kinds) in SHARES.items()
    ]
    return sorted((share for share in shares if share.points), key=lambda share: -share.points)


def _explain_all(entries: Sequence[Entry]) -> list[EntryData]:
    """Explain lines of one person in one course, in three queries however many they are."""
    if not entries:
        return []
    effects = _find_effects(entries)
    named = _find_named(entries)
    return [_to_data(entry, effects[entry.pk], named[entry.pk]) for entry in entries]


def _find_named(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Return, by line, the line that has its title and address: for a void that is the award it takes back."""
    voids = [entry for entry in entries if entry.is_void]
    named = {entry.pk: entry for entry in entries}
    if voids:
        found = Entry.objects.filter(source__in={entry.source for entry in voids}, user_id=voids[0].user_id)
        awards = list(found.filter(course_id=voids[0].course_id, is_void=False).order_by("revision"))
        for entry in voids:
            for award in awards:
                if award.source == entry.source and award.revision < entry.revision:
                    named[entry.pk] = award
    return named


def _find_effects(entries: Sequence[Entry]) -> dict[int, LineEffect]:
    course_id, user_id = entries[0].course_id, entries[0].user_id
    own = statements.list_sources(course_id=course_id, user_id=user_id, sources=[entry.source for entry in entries])
    sources = by_source(own)
    windows = {find_window(line, revisions) for revisions in sources.values() for line in revisions if not line.is_void}
    around = statements.list_window_sources(course_id=course_id, user_id=user_id, windows=windows)
    everything = {line.id: line for line in own} | {item.line.id: item.line for item in around}
    lives = list_live(everything.values())
    return {entry.pk: _find_effect(entry, sources[entry.source], lives) for entry in entries}


def _find_effect(entry: Entry, revisions: Iterable[Line], lives: Iterable[Live]) -> LineEffect:
    ordered = sorted(revisions, key=lambda line: line.revision)
    position = next(index for index, line in enumerate(ordered) if line.id == entry.pk)
    line = ordered[position]
    following = ordered[position + 1] if position + 1 < len(ordered) else None
    if line.is_void:
        previous = ordered[position - 1] if position else None
        if previous is None or previous.is_void:
            return LineEffect(points=0)
        earned = _would_pay(previous, ordered, lives).points
        return LineEffect(points=-earned, earned=earned, given_on=_to_date(previous.local_date))
    if following is not None and not following.is_void:
        return LineEffect(points=0, is_replaced=True)
    return _would_pay(line, ordered, lives)


def _would_pay(line: Line, revisions: Sequence[Line], lives: Iterable[Live]) -> LineEffect:
    """Return what an award pays beside the other awards that count, whether or not it was taken back since."""
    window = find_window(line, revisions)
    others = [live for live in lives if live.window == window and live.line.source != line.source]
    payment = pay([*others, Live(line, window)])[line.id]
    return LineEffect(points=payment.points, place=payment.place, is_capped=payment.is_capped(line))


def _to_date(value: date | str) -> date:
    """Return a day as the driver gave it: SQLite's gives text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _to_data(entry: Entry, effect: LineEffect, named: Entry) -> EntryData:
    return EntryData(
        id=entry.pk,
        user_id=entry.user_id,
        source=entry.source,
        kind=entry.kind,
        title=named.title,
        url=named.url,
        points=effect.points,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        reason=explain(entry, effect),
        rule=kind_label(entry.kind),
        scheme_version=entry.scheme_version,
        is_void=entry.is_void,
        is_capped=effect.is_capped,
    )
