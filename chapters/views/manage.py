"""The community managers' page: what waits on the whole site, most urgent first."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import api, concerns
from chapters.api import membership
from chapters.data import ChapterState
from people import api as people

from .desk import Due
from .desk_records import draw_leaving, read_days
from .frame import chapter_page
from .manage_frame import open_manage, render_manage

_MOST: Final = 20


@chapter_page()
def overview(request: HttpRequest) -> HttpResponse:
    """Show proposals, confidential reports, overdue requests, and chapters that nobody runs."""
    user_id = open_manage(request)
    due = [
        *_list_concerns(user_id),
        *_list_proposals(people.person_zone(user_id)),
        *_list_overdue(),
        *_list_without_organizer(),
    ]
    due.sort(key=lambda each: ["late", "soon", ""].index(each.urgency))
    links = [
        {"icon": icon, "label": label, "url": reverse(f"chapters:{name}")}
        for icon, label, name in (
            ("list", _("All chapters"), "manage_chapters"),
            ("shield", _("Confidential reports"), "manage_concerns"),
            ("person", _("Overdue requests"), "manage_requests"),
            ("right", _("Why people left"), "manage_leaving"),
        )
    ]
    if request.user.has_perm("chapters.view_region"):
        links.append({"icon": "globe", "label": _("Regions"), "url": reverse("admin:chapters_region_changelist")})
    me = people.real_names([user_id])[user_id]
    return render_manage(request, "overview", {"due": due, "links": links, "me": me})


@chapter_page()
def overdue_requests(request: HttpRequest) -> HttpResponse:
    """Show requests to join whose time is over, with the chapters that owe the answer."""
    open_manage(request)
    page = membership.list_overdue_requests(cursor=request.GET.get("cursor", ""))
    found = api.get_chapters({each.chapter_id for each in page.requests})
    rows = [{"request": each, "chapter": found.get(each.chapter_id)} for each in page.requests]
    return render_manage(request, "requests", {"rows": rows, "next_cursor": page.cursor})


@chapter_page()
def leaving(request: HttpRequest) -> HttpResponse:
    """Show why people left chapters, all of them together."""
    open_manage(request)
    context = draw_leaving(membership.summarize_leaving(None, days=read_days(request)))
    return render_manage(request, "leaving", context)


def _list_concerns(user_id: int) -> list[Due]:
    new, overdue = concerns.count_concerns(user_id)
    if not new:
        return []
    title = ngettext("%(count)d confidential report is new", "%(count)d confidential reports are new", new)
    note = _("Nobody whom a report accuses sees it, and nobody who runs that chapter.")
    url = reverse("chapters:manage_concerns")
    urgency = "late" if overdue else "soon"
    return [Due(icon="shield", title=title % {"count": new}, note=note, url=url, act=_("Open"), urgency=urgency)]


def _list_proposals(zone: ZoneInfo) -> list[Due]:
    page = api.list_for_manager(state=ChapterState.PROPOSED, limit=_MOST)
    if not page.chapters:
        return []
    first = page.chapters[0]
    title = _say_many(
        len(page.chapters),
        bool(page.cursor),
        ngettext("%(count)d chapter is proposed", "%(count)d chapters are proposed", len(page.chapters)),
        _("More than %(count)d chapters are proposed"),
    )
    note = ""
    if first.due_at is not None:
        note = _("The first answer is due %(moment)s.") % {"moment": people.format_moment(first.due_at, zone=zone)}
    url = reverse("chapters:manage_chapters") + "?state=proposed"
    urgency = "late" if first.due_at is not None and first.due_at < timezone.now() else "soon"
    return [Due(icon="plus", title=title, note=note, url=url, act=_("Decide"), urgency=urgency)]


def _list_overdue() -> list[Due]:
    page = membership.list_overdue_requests(limit=_MOST)
    if not page.requests:
        return []
    by_chapter = Counter(each.chapter_id for each in page.requests).most_common(3)
    found = api.get_chapters([chapter_id for chapter_id, _count in by_chapter])
    named = [f"{found[key].name} ({count})" for key, count in by_chapter if key in found]
    title = _say_many(
        len(page.requests),
        bool(page.cursor),
        ngettext("%(count)d request to join is overdue", "%(count)d requests to join are overdue", len(page.requests)),
        _("More than %(count)d requests to join are overdue"),
    )
    url = reverse("chapters:manage_requests")
    return [Due(icon="clock", title=title, note=", ".join(named), url=url, act=_("See them"), urgency="late")]


def _list_without_organizer() -> list[Due]:
    page = api.list_for_manager(is_without_organizer=True, limit=_MOST)
    if not page.chapters:
        return []
    title = _say_many(
        len(page.chapters),
        bool(page.cursor),
        ngettext("%(count)d chapter has no organizer", "%(count)d chapters have no organizer", len(page.chapters)),
        _("More than %(count)d chapters have no organizer"),
    )
    note = ", ".join(each.chapter.name for each in page.chapters[:3])
    url = reverse("chapters:manage_chapters") + "?show=alone"
    return [Due(icon="people", title=title, note=note, url=url, act=_("Find somebody"), urgency="soon")]


def _say_many(count: int, has_more: bool, exact: str, more: str) -> str:
    """Return how many there are; beyond a page only that there are more, because counting them all costs."""
    values: dict[str, Any] = {"count": count}
    return (more if has_more else exact) % values
