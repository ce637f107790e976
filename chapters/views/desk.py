"""The organizers' desk: what waits, most urgent first, and the way to everything else."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import organizers
from chapters.access import Access
from chapters.api import membership
from chapters.boards import board_key
from chapters.data import Action, ChapterData, ChapterState
from chapters.models.organizers import ROLES
from discussion_ext.api import boards
from people import api as people

from .desk_due import Due, draw_coming, draw_quarters, list_coming, list_event_due, list_event_starts
from .desk_frame import desk_url, name_of_chapter, open_desk, render_desk
from .desk_life import say_state
from .desk_roles import is_ending, say_days_left
from .frame import chapter_page

_MOST: Final = 20


@chapter_page()
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for the people who run the chapter."""
    chapter, access, user_id = open_desk(request, slug)
    now, coming = timezone.now(), list_coming(chapter, user_id)
    due = [
        *list_event_due(chapter, access, now),
        *_list_requests(chapter, access, people.person_zone(user_id)),
        *_list_appeals(chapter, access),
        *_list_reports(chapter, access, user_id),
        *_list_terms(chapter, access, user_id),
        *_list_life(chapter, access),
    ]
    due.sort(key=lambda each: ["late", "soon", ""].index(each.urgency))
    name = name_of_chapter(chapter, [user_id])[user_id]
    context = {
        "due": due,
        "me": name.text,
        "state": say_state(chapter) if chapter.state is not ChapterState.ACTIVE else "",
        "links": _list_links(chapter, access),
        "starts": [*list_event_starts(chapter, access, coming, now), *_list_starts(chapter, access)],
        "coming": draw_coming(coming, access),
        "quarters": draw_quarters(chapter, access),
    }
    return render_desk(request, chapter, access, "overview", context)


def _list_requests(chapter: ChapterData, access: Access, zone: ZoneInfo) -> list[Due]:
    if not access.can(Action.REVIEW_REQUESTS):
        return []
    page = membership.list_requests(chapter_id=chapter.id, limit=_MOST)
    if not page.requests:
        return []
    first, count = page.requests[0], len(page.requests)
    if page.cursor:
        title = _("More than %(count)d people want to join") % {"count": count}
    else:
        title = ngettext("%(count)d person wants to join", "%(count)d people want to join", count) % {"count": count}
    moment = people.format_moment(first.due_at, zone=zone)
    note = _("The first answer was due %(moment)s.") if first.is_overdue else _("The first answer is due %(moment)s.")
    return [
        Due(
            icon="person",
            title=title,
            note=note % {"moment": moment},
            url=desk_url("desk_requests", chapter),
            act=_("Read"),
            urgency="late" if first.is_overdue else "soon",
        )
    ]


def _list_appeals(chapter: ChapterData, access: Access) -> list[Due]:
    if not access.can(Action.BAN):
        return []
    waiting = [
        each
        for each in membership.list_appeals(chapter_id=chapter.id)
        if access.can(Action.ANSWER_APPEAL, target_id=each.banned_by)
    ]
    if not waiting:
        return []
    count = len(waiting)
    title = ngettext("%(count)d appeal waits for an answer", "%(count)d appeals wait for an answer", count)
    note = _("Somebody says that their ban is wrong. Read both sides, and answer once.")
    url = desk_url("desk_ban", chapter, waiting[0].id) if count == 1 else desk_url("desk_bans", chapter)
    return [Due(icon="shield", title=title % {"count": count}, note=note, url=url, act=_("Answer"), urgency="soon")]


def _list_reports(chapter: ChapterData, access: Access, user_id: int) -> list[Due]:
    keys = [board_key(chapter.id, each) for each in chapter.boards if access.can(Action.MODERATE, audience=each)]
    if not keys:
        return []
    page = boards.list_reports(board_keys=keys, actor_id=user_id)
    if not page.reports:
        return []
    count = len(page.reports)
    if page.cursor:
        title = _("More than %(count)d posts were reported") % {"count": count}
    else:
        title = ngettext("%(count)d post was reported", "%(count)d posts were reported", count) % {"count": count}
    note = _("Members wait to hear what you think of it.")
    url = reverse("chapters:board_reports", args=[chapter.slug])
    return [Due(icon="flag", title=title, note=note, url=url, act=_("Look"), urgency="soon")]


def _list_terms(chapter: ChapterData, access: Access, user_id: int) -> list[Due]:
    """Return terms that end soon: one's own, and everybody's for those who can renew them."""
    ending = [each for each in organizers.list_terms(chapter.id) if each.ends_on and is_ending(chapter, each)]
    may_see = access.can(Action.GIVE_ROLE)
    names = name_of_chapter(chapter, [each.user_id for each in ending])
    words = dict(ROLES)
    said = []
    for term in ending:
        if term.ends_on is None or not (may_see or term.user_id == user_id):
            continue
        is_mine = term.user_id == user_id
        values = {"role": words[term.role.value], "name": names[term.user_id].text}
        title = _("Your term ends: %(role)s") if is_mine else _("The term of %(name)s ends: %(role)s")
        said.append(
            Due(
                icon="clock",
                title=title % values,
                note=say_days_left(chapter, term.ends_on),
                url=desk_url("desk_roles", chapter),
                act=_("Decide"),
                urgency="soon",
            )
        )
    return said


def _list_life(chapter: ChapterData, access: Access) -> list[Due]:
    """Return what the chapter itself asks for: a first line, a welcome, the step to active, an event after a rest."""
    said = []
    if chapter.needs_organizer and access.can(Action.GIVE_LEAD):
        title, note = _("The chapter has no organizer"), _("Find somebody among its members.")
        said.append(Due(icon="people", title=title, note=note, url=desk_url("desk_members", chapter), act=_("Choose")))
    if chapter.state is ChapterState.FORMING and chapter.members >= settings.CHAPTERS_FORMING_MEMBERS:
        title, note = _("The chapter can become active"), _("Enough members are here. Ask for it when you are ready.")
        said.append(
            Due(icon="star", title=title, note=note, url=desk_url("desk_life", chapter), act=_("Take the step"))
        )
    if chapter.state is ChapterState.DORMANT:
        title = _("The chapter is dormant")
        note = _("An event that you publish makes it active again. Ask members what they would come for.")
        said.append(Due(icon="bulb", title=title, note=note, url=desk_url("desk_life", chapter), act=_("Read how")))
    if access.can(Action.EDIT_CHAPTER) and not (chapter.welcome and chapter.positioning.unique_value):
        title = _("Say what the chapter is for")
        note = _("A welcome, and what people get only here: newcomers read it first.")
        said.append(Due(icon="pen", title=title, note=note, url=desk_url("desk_profile", chapter), act=_("Write it")))
    return said


def _list_starts(chapter: ChapterData, access: Access) -> list[dict[str, str]]:
    """Return what an organizer may want to begin."""
    if chapter.state is ChapterState.ARCHIVED or not access.can(Action.START_TOPIC):
        return []
    return [
        {"icon": "chat", "label": _("Start a topic"), "url": reverse("chapters:new_topic", args=[chapter.slug])},
        {"icon": "hello", "label": _("Say hello to newcomers"), "url": reverse("chapters:people", args=[chapter.slug])},
    ]


def _list_links(chapter: ChapterData, access: Access) -> list[dict[str, str]]:
    """Return the pages of the desk that the reader may open."""
    moderates = any(access.can(Action.MODERATE, audience=each) for each in chapter.boards)
    links = (
        (True, "cal", _("Events"), "desk_events"),
        (access.can(Action.REVIEW_REQUESTS), "person", _("Requests"), "desk_requests"),
        (access.can(Action.SEE_MEMBERS), "people", _("Members"), "desk_members"),
        (moderates, "flag", _("Reported posts"), "board_reports"),
        (access.can(Action.BAN), "shield", _("Bans and appeals"), "desk_bans"),
        (True, "star", _("Roles and terms"), "desk_roles"),
        (access.can(Action.EDIT_CHAPTER), "pen", _("Profile"), "desk_profile"),
        (access.can(Action.EDIT_QUESTIONS), "list", _("Join questions"), "desk_questions"),
        (access.can(Action.EDIT_RULES), "book", _("Course rules"), "desk_rules"),
        (True, "clock", _("Pause, resume, grow"), "desk_life"),
        (access.can(Action.SEE_LEAVING), "right", _("Why people left"), "desk_leaving"),
        (access.can(Action.SEE_AUDIT), "file", _("Log"), "desk_audit"),
        (access.can(Action.EXPORT_MEMBERS), "get", _("Members as a file"), "desk_export"),
    )
    return [
        {"icon": icon, "label": label, "url": desk_url(name, chapter)}
        for is_open, icon, label, name in links
        if is_open
    ]
