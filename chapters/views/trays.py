"""The pictures of a form: those that were taken already, and up to four that come with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import ngettext

from chapters import discussion
from chapters.visits import Visit
from discussion_ext.data import PictureData

from .board_answers import Refusal, attempt
from .board_rows import picture_url

MOST: Final = 4


@dataclass(kw_only=True)
class Tray:
    """What a form has of pictures. ``kept`` are those that were taken; ``faults`` what is wrong, by slot, 1 to 4.

    A picture that was taken stays so when the rest of the form is refused: nobody uploads it twice.
    """

    kept: list[dict[str, str]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    alts: dict[int, str] = field(default_factory=dict)
    wait_seconds: int = 0

    @classmethod
    def of_post(cls, pictures: tuple[PictureData, ...]) -> Tray:
        """Return the tray of a post that is there."""
        return cls(kept=[{"uid": each.uid, "alt": each.alt, "url": picture_url(each.uid)} for each in pictures])

    @property
    def uids(self) -> tuple[str, ...]:
        """Return the pictures that the post shall have."""
        return tuple(each["uid"] for each in self.kept)

    @property
    def slots(self) -> list[dict[str, Any]]:
        """Return the places that are free, with what was typed, and those at which something is wrong."""
        numbers = sorted({*range(1, MOST + 1 - len(self.kept)), *self.faults})
        return [
            {"number": str(number), "alt": self.alts.get(number, ""), "fault": self.faults.get(number, "")}
            for number in numbers
        ]


def receive_tray(request: HttpRequest, visit: Visit) -> Tray:
    """Take the pictures that come with a form, and return what it has of them now."""
    dropped = set(request.POST.getlist("drop_picture"))
    uids, alts = request.POST.getlist("picture"), request.POST.getlist("picture_alt")
    taken = [(uid, alt) for uid, alt in zip(uids, alts, strict=False) if uid.isalnum() and uid not in dropped]
    tray = Tray(kept=[{"uid": uid, "alt": alt[:300], "url": picture_url(uid)} for uid, alt in taken[:MOST]])
    for number in range(1, MOST + 1):
        _receive(request, visit, tray, number)
    return tray


def _receive(request: HttpRequest, visit: Visit, tray: Tray, number: int) -> None:
    file, alt = request.FILES.get(f"file_{number}"), request.POST.get(f"alt_{number}", "")
    if file is None:
        return
    if len(tray.kept) >= MOST:
        tray.faults[number] = ngettext(
            "A post has %(most)d picture at most.", "A post has %(most)d pictures at most.", MOST
        ) % {"most": MOST}
        return
    outcome = attempt(lambda: discussion.add_picture(visit, file=file, alt=alt))
    if isinstance(outcome, Refusal):
        tray.faults[number], tray.alts[number] = outcome.message, alt
        tray.wait_seconds = max(tray.wait_seconds, outcome.wait_seconds)
    else:
        tray.kept.append({"uid": outcome.uid, "alt": outcome.alt, "url": picture_url(outcome.uid)})
