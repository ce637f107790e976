"""What a page, the REST API or a block shows of somebody's points: the engine's values in words and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from math import pi
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import NameData

from . import boards, history, schemes, standings
from .data import (
    AroundPage,
    BoardPage,
    BoardShownData,
    DayShownData,
    EntryData,
    EntryShownData,
    GapShownData,
    LevelShownData,
    MyPointsData,
    NameOptionData,
    PanelData,
    PlaceShownData,
    PrivacyShownData,
    RowData,
    RowShownData,
    ShareShownData,
    StandingData,
)
from .kinds import kind_title
from .wording import entry_sentence, level_name, scheme_sentence

BOARD_SURFACE: Final = "board"
AROUND_PLACES: Final = 2
_RING: Final = 2 * pi * 42  # circumference of the ring drawn in parts/level.html
_MINUS: Final = "\N{MINUS SIGN}"

Shown = Literal["all", "given", "taken"]


def get_my_points(user_id: int, course_key: CourseKey, *, show: Shown = "all", page: int = 1) -> MyPointsData:
    """Return what "My points" shows: the level, a page of entries by local day, and where points came from."""
    standing = standings.get_standing(user_id, course_key)
    entries = history.list_entries(user_id, course_key, show=show, page=page)
    zone = people.person_zone(user_id)
    return MyPointsData(
        level=show_level(standing),
        days=_days(entries.entries, zone=zone),
        page=entries.page,
        pages=entries.pages,
        is_first_day=show == "all" and not entries.total,
        invitation=_invitation(course_key),
        zone_sentence=_("Days and times: %(zone)s.") % {"zone": people.say_zone(zone)},
        shares=_shares(user_id, course_key, total=standing.points),
        privacy=_privacy_of(standing, course_key),
    )


def get_board(user_id: int, course_key: CourseKey, *, page: int = 1) -> BoardShownData:
    """Return what "Board" shows ``user_id``: a page of places; on the first one also the places around them."""
    standing = standings.get_standing(user_id, course_key)
    listed = boards.list_board(course_key, page=page)
    around = boards.list_around(course_key, user_id, places=AROUND_PLACES) if standing.is_listed else None
    rows: list[RowData | int] = list(listed.rows)
    if around is not None and listed.page == 1:
        rows = _join(listed, around)
    return BoardShownData(
        rows=_rows(rows, viewer_id=user_id, course_key=course_key),
        caption=_("Course board"),
        summary=_summary(listed),
        page=listed.page,
        pages=listed.pages,
        mine=_place(standing, around.rows if around else ()),
        privacy=_privacy_of(standing, course_key),
    )


def get_panel(user_id: int, course_key: CourseKey, *, latest: int, has_board: bool) -> PanelData:
    """Return what a points block shows ``user_id``: ``latest`` entries and, with ``has_board``, the places around."""
    standing = standings.get_standing(user_id, course_key)
    entries = history.list_entries(user_id, course_key, page_size=max(latest, 1))
    around = boards.list_around(course_key, user_id, places=AROUND_PLACES) if has_board and standing.is_listed else None
    zone = people.person_zone(user_id)
    return PanelData(
        level=show_level(standing),
        entries=[_entry(entry, zone=zone, target="_top") for entry in entries.entries[:latest]],
        is_first_day=not entries.total,
        invitation=_invitation(course_key),
        rows=_rows(around.rows if around else (), viewer_id=user_id, course_key=course_key),
        caption=_("The places above and below you"),
        mine=_place(standing, around.rows if around else ()),
        privacy=_privacy_of(standing, course_key),
    )


def get_privacy(user_id: int, course_key: CourseKey) -> PrivacyShownData:
    """Return how a person appears on the board of a course, and how they could."""
    context_key = str(course_key)
    choice = str(people.get_name_choice(user_id, surface=BOARD_SURFACE, context_key=context_key))
    name = people.real_names([user_id])[user_id]
    pseudonym = people.pseudonyms([user_id], context_key=context_key)[user_id]
    options = [
        ("name", name, _("Your name as in your profile")),
        ("pseudonym", pseudonym, _("A name made up for you, the same everywhere in this course")),
        ("hidden", _("Hidden"), _("You see your place, nobody else does")),
    ]
    shown = {"name": name, "pseudonym": pseudonym}.get(choice)
    parts = {"name": shown}
    return PrivacyShownData(
        choice=choice,
        options=[NameOptionData(value, label, hint, value == choice) for value, label, hint in options],
        sentence=(_("On the board you appear as %(name)s.") if shown else _("You are not on the board.")) % parts,
        saved=(_("Saved. The board shows you as %(name)s.") if shown else _("Saved. You are off the board.")) % parts,
    )


def show_level(standing: StandingData) -> LevelShownData:
    """Return a standing as a ring with its sentence."""
    level = standing.level
    is_highest = level.next_at <= level.starts_at
    percent = 100 if is_highest else min(99, max(0, int(level.fraction * 100)))
    points = ngettext("%(points)s point", "%(points)s points", standing.points) % {
        "points": say_number(standing.points)
    }
    if is_highest:
        label = _("Level %(level)s, the highest") % {"level": level.number}
        sentence = _("This is the highest level.")
    else:
        missing = max(1, level.next_at - standing.points)
        parts = {
            "points": say_number(missing),
            "level": level.number,
            "next": level.number + 1,
            "title": level.next_title,
            "percent": percent,
        }
        label = _("Level %(level)s, %(percent)s percent of the way to level %(next)s") % parts
        sentence = (
            ngettext(
                "%(points)s point to level %(next)s, %(title)s.",
                "%(points)s points to level %(next)s, %(title)s.",
                missing,
            )
            % parts
        )
    arc = f"{_RING * percent / 100:.1f} {_RING:.1f}" if percent else ""
    return LevelShownData(level.number, level_name(level.number, level.title), points, percent, arc, label, sentence)


def say_number(value: int) -> str:
    """Return a number with the separators of the active language."""
    return number_format(value, use_l10n=True, force_grouping=True)


def say_amount(points: int) -> str:
    """Return points as given or taken: "+10", "0", "−3"."""
    if points > 0:
        return f"+{say_number(points)}"
    return f"{_MINUS}{say_number(-points)}" if points else "0"


def _days(entries: Iterable[EntryData], *, zone: ZoneInfo) -> list[DayShownData]:
    def local_day(entry: EntryData) -> date:
        return entry.occurred_at.astimezone(zone).date()

    return [
        DayShownData(people.say_day(day), [_entry(entry, zone=zone) for entry in group])
        for day, group in groupby(entries, local_day)
    ]


def _entry(entry: EntryData, *, zone: ZoneInfo, target: str = "") -> EntryShownData:
    amount = say_amount(entry.points)
    return EntryShownData(
        text=_entry_text(entry, target=target),
        amount=amount,
        is_gain=entry.points > 0,
        is_void=entry.is_void,
        instant=people.format_utc(entry.occurred_at),
        time=people.say_time(entry.occurred_at, zone),
        recent=capfirst(people.say_recent(entry.occurred_at, zone)),
        question=_("Why %(amount)s?") % {"amount": amount},
        reason=entry.reason,
        scheme=scheme_sentence(entry),
    )


def _entry_text(entry: EntryData, *, target: str) -> SafeString:
    if not entry.title:
        return format_html("{}", kind_title(entry.kind))
    title = format_html("<bdi>{}</bdi>", entry.title)
    if entry.url:
        frame = format_html(' target="{}"', target) if target else ""
        title = format_html('<a href="{}"{}>{}</a>', entry.url, frame, title)
    return format_html(entry_sentence(entry.kind), title=title)


def _shares(user_id: int, course_key: CourseKey, *, total: int) -> list[ShareShownData]:
    shares = [share for share in history.breakdown(user_id, course_key) if share.points > 0]
    whole = max(total, sum(share.points for share in shares))
    return [
        ShareShownData(
            label=share.label,
            points=share.points,
            total=whole,
            amount=say_number(share.points),
            sentence=ngettext(
                "%(label)s: %(points)s of %(total)s point", "%(label)s: %(points)s of %(total)s points", whole
            )
            % {"label": share.label, "points": say_number(share.points), "total": say_number(whole)},
        )
        for share in shares
    ]


def _rows(rows: Sequence[RowData | int], *, viewer_id: int, course_key: CourseKey) -> list[RowShownData | GapShownData]:
    """Return board lines with the names people chose; an integer stands for that many places left out."""
    ids = [row.user_id for row in rows if isinstance(row, RowData)]
    names = people.display_names(ids, surface=BOARD_SURFACE, context_key=str(course_key)) if ids else {}
    return [
        _row(row, names[row.user_id], viewer_id=viewer_id) if isinstance(row, RowData) else _gap(row) for row in rows
    ]


def _row(row: RowData, name: NameData, *, viewer_id: int) -> RowShownData:
    is_me, is_pseudonym = row.user_id == viewer_id, name.kind == "pseudonym"
    parts = {"number": row.level_number, "title": row.level_title, "name": name.text}
    if is_me and is_pseudonym:
        detail = _("Shown to others as %(name)s") % parts
    elif is_pseudonym:
        detail = _("Pseudonym · Level %(number)s, %(title)s") % parts
    else:
        detail = level_name(row.level_number, row.level_title)
    return RowShownData(
        place=say_number(row.rank),
        title=_("You (%(name)s)") % parts if is_me else name.text,
        detail=detail,
        points=say_number(row.points),
        initials=name.initials,
        tone=name.tone,
        is_me=is_me,
        is_pseudonym=is_pseudonym,
    )


def _gap(places: int) -> GapShownData:
    return GapShownData(ngettext("%(count)s place", "%(count)s places", places) % {"count": say_number(places)})


def _join(top: BoardPage, around: AroundPage) -> list[RowData | int]:
    """Return the first page, the places around the reader that it lacks, and the numbers left out between them."""
    seen = {row.user_id for row in top.rows}
    more = [row for row in around.rows if row.user_id not in seen]
    if not more:
        return list(top.rows)
    between = max(0, around.before + len(around.rows) - len(more) - len(top.rows))
    below = top.total - len(top.rows) - between - len(more)
    return [*top.rows, *[between] * (between > 0), *more, *[below] * (below > 0)]


def _summary(listed: BoardPage) -> str:
    return ngettext("%(count)s learner is on the board.", "%(count)s learners are on the board.", listed.total) % {
        "count": say_number(listed.total)
    }


def _place(standing: StandingData, around: Sequence[RowData]) -> PlaceShownData:
    """Return the reader's own place in words; for those without one the reason and the way to one."""
    parts = {
        "place": say_number(standing.rank) if standing.rank else "",
        "size": say_number(standing.board_size),
    }
    if standing.is_listed and standing.rank:
        return PlaceShownData(_("You are at place %(place)s of %(size)s") % parts, _next_place(standing, around))
    if standing.listing == "hidden":
        text = (
            _("Your place would be %(place)s. Only you see this.") % parts
            if standing.rank
            else _("Once you have points you see your place here, and nobody else does.")
        )
        return PlaceShownData(_("You are hidden"), text)
    if standing.listing == "team":
        return PlaceShownData(_("You are on the course team"), _("The board lists enrolled learners only."))
    if standing.listing == "left":
        return PlaceShownData(_("You are not on the board"), _("The board lists enrolled learners only."))
    return PlaceShownData(_("You are not on the board yet"), _("Your first points put you on it."))


def _next_place(standing: StandingData, around: Sequence[RowData]) -> str:
    above = [row for row in around if row.points > standing.points]
    if not above:
        return _("Nobody is above you.") if around else ""
    missing = above[-1].points - standing.points
    return ngettext(
        "%(points)s point to place %(place)s. Equal points share a place.",
        "%(points)s points to place %(place)s. Equal points share a place.",
        missing,
    ) % {"points": say_number(missing), "place": say_number(above[-1].rank)}


def _privacy_of(standing: StandingData, course_key: CourseKey) -> PrivacyShownData | None:
    return None if standing.listing in {"team", "left"} else get_privacy(standing.user_id, course_key)


def _invitation(course_key: CourseKey) -> str:
    """Return the sentence of a first day, with what the scheme in force pays."""
    return _(
        "Points come from taking part. A finished case earns %(case)s, an answer %(answer)s, a finished page %(page)s."
    ) % {
        "case": say_number(schemes.points_for(course_key, "case_finished")),
        "answer": say_number(schemes.points_for(course_key, "answer")),
        "page": say_number(schemes.points_for(course_key, "unit_finished")),
    }
