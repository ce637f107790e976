"""The people of a chapter as their fellow members see them: everybody in pages, found by a word, and one by one."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chapters.api import membership
from chapters.data import Action, Audience, ChapterData, MemberCardData
from chapters.paces import keep_pace

from .frame import chapter_page, open_chapter, reader_id, render_chapter_page
from .words import say_audience, say_members, say_role

_LONGEST_TEXT: Final = 60
_LONGEST_CURSOR: Final = 200


@chapter_page()
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show members, newest first: ``q`` is a word of their introduction, ``of`` the board they may read."""
    chapter, access = open_chapter(request, slug)
    access.require(Action.SEE_MEMBERS)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_TEXT]
    audience = next((each for each in chapter.boards if each == request.GET.get("of")), None)
    audience = None if audience is Audience.EVERYONE else audience
    if text:
        keep_pace("search", reader_id(request))
    cursor = request.GET.get("cursor", "")[:_LONGEST_CURSOR]
    page = membership.list_members(chapter=chapter, viewer=access, text=text, audience=audience, cursor=cursor)
    context = {
        "text": text,
        "audience": audience,
        "audiences": _audiences(chapter, text, audience),
        "members": [draw_member(chapter, member) for member in page.members],
        "more_url": _url(text, audience, page.cursor) if page.cursor else "",
        "is_first": not cursor,
        "count": say_members(chapter.members),
        "may_greet": access.can(Action.SAY_HELLO),
    }
    return render_chapter_page(request, chapter, access, "members/list.html", context, tab="people")


@chapter_page(methods=("GET", "HEAD", "POST"))
def person(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Show one member; a POST says hello to them."""
    chapter, access = open_chapter(request, slug)
    access.require(Action.SEE_MEMBERS)
    if request.method == "POST":
        access.require(Action.SAY_HELLO, target_id=user_id)
        keep_pace("hello", reader_id(request))
        membership.say_hello(chapter_id=chapter.id, user_id=reader_id(request), to_user_id=user_id)
        return HttpResponseRedirect(_back(request, slug, user_id))
    member = membership.get_member(chapter=chapter, viewer=access, user_id=user_id)
    context = {
        "member": draw_member(chapter, member),
        "may_greet": access.can(Action.SAY_HELLO, target_id=user_id),
        "desk_member_url": reverse("chapters:desk_member", args=[slug, user_id])
        if access.can(Action.REMOVE_MEMBER, target_id=user_id)
        else "",
        "report_url": f"{reverse('chapters:report', args=[slug])}?{urlencode({'about': user_id})}",
        "notice": _("Hello said. They see it when they come by.") if request.GET.get("done") == "hello" else "",
    }
    return render_chapter_page(request, chapter, access, "members/person.html", context, tab="people")


def draw_member(chapter: ChapterData, member: MemberCardData) -> dict[str, Any]:
    """Return what ``parts/member.html`` shows of a member; empty facts are left out."""
    said = member.introduction
    facts = [
        (_("Can help with"), said.skills, "skills"),
        (_("Why I joined"), said.why, "why"),
        (_("Outside work"), said.hobbies, "hobbies"),
    ]
    return {
        "member": member,
        "url": reverse("chapters:person", args=[chapter.slug, member.user_id]),
        "line": " · ".join(part for part in (said.position, said.place) if part),
        "facts": [
            {"label": label, "text": text, "is_private": name in said.private} for label, text, name in facts if text
        ],
        "roles": [say_role(role) for role in member.roles],
        "boards": [say_audience(each) for each in chapter.boards if each in member.audiences - {Audience.EVERYONE}],
        "is_hidden": member.name.kind == "hidden",
    }


def _back(request: HttpRequest, slug: str, user_id: int) -> str:
    """Return where the hello was said: the list, what is going on, or the person's own page."""
    if request.POST.get("back") == "now":
        return f"{reverse('chapters:chapter', args=[slug])}?done=hello#new"
    if request.POST.get("back") == "list":
        query = {"of": request.POST.get("of", "")[:_LONGEST_TEXT], "q": request.POST.get("q", "")[:_LONGEST_TEXT]}
        kept = urlencode({name: value for name, value in query.items() if value})
        return f"{reverse('chapters:people', args=[slug])}{'?' if kept else ''}{kept}#member-{user_id}"
    return f"{reverse('chapters:person', args=[slug, user_id])}?done=hello"


def _audiences(chapter: ChapterData, text: str, chosen: Audience | None) -> list[dict[str, Any]]:
    if len(chapter.boards) == 1:
        return []
    return [
        {
            "label": say_audience(each),
            "url": _url(text, None if each is Audience.EVERYONE else each, ""),
            "is_current": (each is Audience.EVERYONE and chosen is None) or each is chosen,
        }
        for each in chapter.boards
    ]


def _url(text: str, audience: Audience | None, cursor: str) -> str:
    values = {"q": text, "of": audience.value if audience else "", "cursor": cursor}
    return "?" + urlencode({name: value for name, value in values.items() if value})
