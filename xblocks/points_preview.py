"""What an author sees of the points block: invented people and points, nothing looked up about anybody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gamification.data import EntryShownData, LevelShownData, PanelData, PlaceShownData, RowShownData

_RING = 263.9
_PERCENT = 62


def sample_panel(*, latest: int) -> PanelData:
    """Return a panel of somebody who does not exist, with up to ``latest`` entries."""
    return PanelData(
        level=LevelShownData(
            number=3,
            name=_("Level %(number)s, %(title)s") % {"number": 3, "title": _("Contributor")},
            points=_("%(points)s points") % {"points": 164},
            percent=_PERCENT,
            arc=f"{_RING * _PERCENT / 100:.1f} {_RING}",
            label=_("Level 3, 62 percent of the way to level 4"),
            sentence=_("36 points to level 4, Sparring partner."),
        ),
        entries=_entries()[:latest],
        is_first_day=False,
        invitation="",
        rows=[
            _row(place=41, title="Quiet Heron", points=166, is_pseudonym=True),
            _row(place=42, title=_("You (%(name)s)") % {"name": "Amber Kite"}, points=164, is_me=True),
            _row(place=43, title="Clear River", points=159, is_pseudonym=True),
        ],
        caption=_("The places above and below you"),
        mine=PlaceShownData(title="", text=""),
        privacy=None,
    )


def _entries() -> list[EntryShownData]:
    lines = [
        (_("Finished a case"), "+10", _("Position, answers and look back all counted.")),
        (_("Answered"), "+3", _("An answer of enough words earns points.")),
        (_("Finished a page"), "+1", _("A finished page earns a point.")),
    ]
    return [
        EntryShownData(
            text=text,
            amount=amount,
            is_gain=True,
            is_void=False,
            instant="",
            time="",
            recent=_("Today"),
            question=_("Why %(amount)s?") % {"amount": amount},
            reason=reason,
            scheme="",
        )
        for text, amount, reason in lines
    ]


def _row(*, place: int, title: str, points: int, is_me: bool = False, is_pseudonym: bool = False) -> RowShownData:
    return RowShownData(
        place=str(place),
        title=title,
        detail="",
        points=str(points),
        initials="",
        tone=1,
        is_me=is_me,
        is_pseudonym=is_pseudonym,
    )
