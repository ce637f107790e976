"""The page of a chapter: what it is for people outside it, and what is going on for its members."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses, api
from chapters.covers import draw_cover
from chapters.data import Action, BanData, ChapterData, ChapterState, CountsData, MembershipState
from chapters.words import say_entry, say_place
from people import api as people

from .event_next import draw_next_public
from .frame import chapter_page, open_chapter, render_chapter_page
from .now import show_now
from .schema import describe_chapter
from .team import list_public_team, list_team
from .words import say_languages, say_month, say_number, say_state, say_type

HIDDEN: Final = frozenset({ChapterState.PROPOSED, ChapterState.DECLINED})
_FOUND: Final = frozenset({ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT})


@chapter_page(is_public=True)
def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a chapter: its members what is new, everybody else what it is and how to come in."""
    here, access = open_chapter(request, slug)
    if here.state in HIDDEN:
        return HttpResponseRedirect(addresses.proposal_url(slug))
    if access.is_member:
        return show_now(request, here, access)
    context = {
        **_facts(request, here),
        "hero": draw_cover(here.cover, is_hero=True),
        "stats": _stats(api.get_counts(here)),
        "entry": say_entry(here),
        "standing": _standing(access),
        "ban": _draw_ban(here, access.ban) if access.ban else None,
        "join": access.decide(Action.JOIN),
        "review_days": settings.CHAPTERS_REVIEW_DAYS if here.has_questions else 0,
        "organizers": list_public_team(here),
        "next": draw_next_public(here, access),
        "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
        "can_manage": access.is_manager,
    }
    return render_chapter_page(request, here, access, "chapter/public.html", context)


@chapter_page(is_public=True)
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """Show why a chapter exists, for whom it is, and how it works; its address only to members."""
    here, access = open_chapter(request, slug)
    if here.state in HIDDEN:
        return HttpResponseRedirect(addresses.proposal_url(slug))
    context = {
        **_facts(request, here),
        "organizers": list_team(here) if access.is_member or access.is_manager else list_public_team(here),
        "shows_contact": access.is_member or access.is_manager,
        "entry": say_entry(here),
        "guidelines_url": settings.CHAPTERS_GUIDELINES_URL,
        "kind": say_type(here.type),
        "can_report": access.user_id is not None,
    }
    return render_chapter_page(request, here, access, "chapter/about.html", context, tab="about")


def _facts(request: HttpRequest, chapter: ChapterData) -> dict[str, Any]:
    """Return what the public page and the page about a chapter both say."""
    url = request.build_absolute_uri(reverse("chapters:chapter", args=[chapter.slug]))
    return {
        "place": say_place(chapter),
        "languages": say_languages(chapter.languages),
        "since": say_month(chapter.since) if chapter.since else "",
        "state": say_state(chapter),
        "region_url": f"{addresses.directory_url()}?region={chapter.region_slug}" if chapter.region_slug else "",
        "canonical_url": url,
        "is_found": chapter.state in _FOUND,
        "schema": describe_chapter(chapter, url=url),
        "image_url": request.build_absolute_uri(static(f"chapters/cover-{chapter.cover}.png")),
    }


def _stats(counts: CountsData) -> list[tuple[str, str]]:
    """Return the chapter in numbers; what there is none of yet is left out."""
    labels = [
        (counts.members, ngettext("member", "members", counts.members)),
        (counts.events, ngettext("event", "events", counts.events)),
        (counts.topics, ngettext("topic", "topics", counts.topics)),
    ]
    return [(say_number(count), label) for count, label in labels if count]


def _standing(access: api.Access) -> dict[str, Any]:
    """Return what there is to say to somebody who asked, was declined, left or was removed; empty for a stranger."""
    mine = access.membership
    if mine is None or access.ban is not None:
        return {}
    said: dict[str, Any] = {"state": mine.state.value, "note": mine.decision_note}
    if mine.state is MembershipState.REQUESTED and mine.due_at is not None:
        said["due"] = people.say_day(mine.due_at.astimezone(people.person_zone(mine.user_id)).date())
    if mine.state is MembershipState.LEFT and mine.left_at is not None:
        said["left"] = people.say_day(mine.left_at.astimezone(people.person_zone(mine.user_id)).date())
    return said


def _draw_ban(chapter: ChapterData, ban: BanData) -> dict[str, str]:
    zone = people.person_zone(ban.user_id)
    until = people.say_day(ban.expires_at.astimezone(zone).date()) if ban.expires_at else ""
    return {"until": until, "url": addresses.chapter_url(chapter.slug, "appeal"), "appeal": ban.appeal}


_NOTICES: Final = {
    "withdrawn": lambda: _("Your request is taken back. You can ask again whenever you like."),
}
