"""Members as a table, for organizers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from chapters.data import Audience, MembershipData, MembershipState
from chapters.models.chapters import AUDIENCES
from chapters.records import memberships_to_read, to_membership

from .listing import list_young, name_members

_BATCH: Final = 500
#: What a spreadsheet takes for a formula where a cell begins with it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NAMES: Final = dict(AUDIENCES)


def iter_members_csv(chapter_id: int) -> Iterator[str]:
    """Yield a head and a line for each member, safe for spreadsheets; memory stays flat.

    Names are those shown in the chapter; there are no addresses and no account names. Fields that members show to
    organizers only are in it: the file is for organizers. The caller records it in the audit log, with the number of
    members.
    """
    yield write_line(
        [_("Name"), _("Position"), _("Town"), _("Skills"), _("Why I joined"), _("Hobbies"), _("Boards"), _("Since")]
    )
    after = 0
    while page := list(
        memberships_to_read()
        .filter(chapter_id=chapter_id, state=MembershipState.MEMBER, pk__gt=after)
        .order_by("pk")[:_BATCH]
    ):
        after = page[-1].pk
        members = [to_membership(row) for row in page]
        ids = [member.user_id for member in members]
        names = name_members(chapter_id, ids)
        young = list_young(ids)
        yield from (_line(member, names[member.user_id].text, member.user_id in young) for member in members)


def _line(member: MembershipData, name: str, is_young: bool) -> str:
    said = member.introduction
    texts = [said.position, said.place, said.skills, said.why, said.hobbies]
    since = f"{member.joined_at:%Y-%m-%d}" if member.joined_at else ""
    return write_line([name, *([""] * len(texts) if is_young else texts), _say_boards(member.audiences), since])


def _say_boards(audiences: Iterable[Audience]) -> str:
    held = set(audiences)
    return ", ".join(str(_NAMES[audience]) for audience in Audience if audience in held)


def write_line(cells: Iterable[object]) -> str:
    """Return a line; cells that a spreadsheet would run as a formula are disarmed by an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_disarm(str(cell)) for cell in cells])
    return buffer.getvalue()


def _disarm(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
