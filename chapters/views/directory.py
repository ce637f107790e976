"""The directory: chapters near the reader, the others, and by region; found by a city, topic, name or language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses, api
from chapters.api import membership
from chapters.data import ChapterData, DirectoryData, DirectoryFilter, DirectoryShow, RegionData
from chapters.paces import keep_pace

from .cards import draw_card
from .frame import chapter_page, find_reader, render_page
from .words import say_number

_LONGEST_TEXT: Final = 100
_LONGEST_CURSOR: Final = 200
_REGION_SHOWS: Final = 5
#: What asks for somebody: people who are not signed in have no place and no chapters.
_PERSONAL: Final = frozenset({DirectoryShow.NEAR, DirectoryShow.MINE})
#: What shows all chapters, in one order or another.
_WHOLE: Final = frozenset({DirectoryShow.NEAR, DirectoryShow.ALL})


@chapter_page(is_public=True)
def directory(request: HttpRequest) -> HttpResponse:
    """Show chapters. ``q`` is what is looked for, ``show`` and ``region`` narrow it, ``cursor`` goes on with a list."""
    user_id = find_reader(request)
    asked = _read(request, user_id)
    if user_id is not None and asked.text:
        keep_pace("search", user_id)
    found = api.list_directory(asked, user_id=user_id)
    context = {
        "asked": asked,
        "found": found,
        "near": [draw_card(card) for card in found.near],
        "elsewhere": [draw_card(card) for card in found.elsewhere],
        "region": _name_region(asked, found),
        "regions": [_draw_region(region, chapters) for region, chapters in found.regions],
        "shows": _shows(asked, user_id, has_place=bool(found.near_place)),
        "is_searching": bool(asked.text or asked.region or asked.cursor or asked.show not in _WHOLE),
        "more_url": _url(asked, cursor=found.cursor) if found.cursor else "",
        "clear_url": reverse("chapters:directory"),
        "invitations": len(membership.list_invitations(user_id)) if user_id is not None else 0,
        "proposals": _list_proposals(user_id),
        "is_manager": user_id is not None and api.is_manager(user_id),
        "lead": _say_total(found),
        "people_near": _say_people_near(found),
        "rest_title": _("Elsewhere") if found.near else _("Chapters"),
        "empty": _say_nothing(asked),
        "canonical_url": request.build_absolute_uri(reverse("chapters:directory")),
    }
    return render_page(request, "directory/directory.html", context)


def _read(request: HttpRequest, user_id: int | None) -> DirectoryFilter:
    """Return what the address asks for; whatever is no choice counts as not asked."""
    values = request.GET
    show = values.get("show", "")
    known = show in set(DirectoryShow) and (user_id is not None or show not in _PERSONAL)
    return DirectoryFilter(
        text=values.get("q", "").replace("\x00", "").strip()[:_LONGEST_TEXT],
        show=DirectoryShow(show) if known else _usual(user_id),
        region=values.get("region", "")[:_LONGEST_TEXT].replace("\x00", ""),
        cursor=values.get("cursor", "")[:_LONGEST_CURSOR],
    )


def _usual(user_id: int | None) -> DirectoryShow:
    """Return with what the directory begins: what is near, for somebody of whom that can be known."""
    return DirectoryShow.ALL if user_id is None else DirectoryShow.NEAR


def _shows(asked: DirectoryFilter, user_id: int | None, *, has_place: bool) -> list[dict[str, Any]]:
    """Return the parts of the directory that can be chosen; near is one only where the reader's place is known."""
    current = DirectoryShow.ALL if asked.show is DirectoryShow.NEAR and not has_place else asked.show
    labels = {
        DirectoryShow.NEAR: _("Near me"),
        DirectoryShow.ALL: _("All places"),
        DirectoryShow.ONLINE: _("Online"),
        DirectoryShow.OPEN: _("Open to me") if user_id is not None else _("Open to everyone"),
        DirectoryShow.MINE: _("My chapters"),
    }
    return [
        {"label": label, "url": _url(asked, show=show, cursor=""), "is_current": show is current}
        for show, label in labels.items()
        if (user_id is not None or show not in _PERSONAL) and (has_place or show is not DirectoryShow.NEAR)
    ]


def _url(asked: DirectoryFilter, *, cursor: str, show: DirectoryShow | None = None) -> str:
    values = {"q": asked.text, "show": (show or asked.show).value, "region": asked.region, "cursor": cursor}
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _list_proposals(user_id: int | None) -> list[dict[str, str]]:
    """Return what the reader proposed and nobody has answered yet, with the addresses where that stands."""
    found = api.list_proposals(user_id) if user_id is not None else []
    return [{"name": each.name, "url": addresses.proposal_url(each.slug)} for each in found]


def _name_region(asked: DirectoryFilter, found: DirectoryData) -> str:
    """Return the name of the region that is asked for; "" for none, and for one that nobody knows."""
    listed = (region.name for region, _chapters in found.regions if region.slug == asked.region)
    shown = (card.chapter.region for card in (*found.near, *found.elsewhere))
    return next(listed, next(shown, "")) if asked.region else ""


def _draw_region(region: RegionData, chapters: Sequence[ChapterData]) -> dict[str, Any]:
    shown = chapters[:_REGION_SHOWS]
    rest = region.chapters - len(shown)
    return {
        "region": region,
        "count": say_number(region.chapters),
        "url": "?" + urlencode({"region": region.slug}),
        "chapters": [
            {
                "name": each.city or each.name,
                "lang": each.languages[0] if each.languages else "",
                "url": reverse("chapters:chapter", args=[each.slug]),
            }
            for each in shown
        ],
        "rest": ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": say_number(rest)}
        if rest > 0
        else "",
    }


def _say_total(found: DirectoryData) -> str:
    if not found.total:
        return ""
    return ngettext(
        "There is %(count)s group, run by volunteers.",
        "There are %(count)s groups, each run by volunteers.",
        found.total,
    ) % {"count": say_number(found.total)}


def _say_people_near(found: DirectoryData) -> str:
    if not found.people_near:
        return _("A chapter begins with a few people who want the same. Three are enough.")
    return ngettext(
        "%(count)s person around you took a course and has no chapter. Three are enough to begin.",
        "More than %(count)s people around you took a course and have no chapter. Three are enough to begin.",
        found.people_near,
    ) % {"count": say_number(found.people_near)}


def _say_nothing(asked: DirectoryFilter) -> tuple[str, str]:
    """Return what an empty list says, and why that is fine."""
    if asked.show is DirectoryShow.MINE:
        return _("You are in no chapter yet"), _("Join one that is near you, or about what you care for.")
    if asked.text or asked.region or asked.show not in _WHOLE:
        return _("Nothing was found"), _("Try a larger city near you, a topic, or fewer words.")
    return _("No chapter yet"), _("The first one is the one that somebody proposes.")
