"""Members at the desk: the list, and one member with their boards, roles, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import organizers
from chapters.access import Access
from chapters.api import membership
from chapters.data import (
    Action,
    Audience,
    ChapterData,
    ChapterRole,
    MemberCardData,
    StandingSource,
)
from chapters.exceptions import ChapterError
from chapters.forms.base import ChapterForm
from chapters.forms_desk.members import RemoveForm, RoleForm, StandingForm
from chapters.models.chapters import AUDIENCES
from chapters.models.organizers import ROLES
from people import api as people

from .desk_frame import attempt, go, open_desk, render_desk, unknown_act
from .frame import chapter_page, require

_TEXT_LENGTH: Final = 100


@chapter_page()
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Show members, newest first, narrowed by a word or a board."""
    chapter, access, _user_id = open_desk(request, slug)
    require(access, Action.SEE_MEMBERS)
    typed = request.GET.get("q", "").strip()[:_TEXT_LENGTH]
    audience = _read_audience(chapter, request.GET.get("board", ""))
    page = membership.list_members(
        chapter=chapter, viewer=access, text=typed, audience=audience, cursor=request.GET.get("cursor", "")
    )
    context = {
        "rows": [_draw(chapter, each) for each in page.members],
        "next_cursor": page.cursor,
        "typed": typed,
        "board": audience.value if audience else "",
        "boards": [(each.value, dict(AUDIENCES)[each.value]) for each in chapter.boards],
        "can_export": access.can(Action.EXPORT_MEMBERS),
    }
    return render_desk(request, chapter, access, "members", context, notices=_NOTICES)


@chapter_page(methods=("GET", "HEAD", "POST"))
def member(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Show one member; a POST gives or takes a board or a role, hands one's own role over, or removes them."""
    chapter, access, actor_id = open_desk(request, slug)
    require(access, Action.SEE_MEMBERS)
    card = membership.get_member(chapter=chapter, viewer=access, user_id=user_id)
    if request.method != "POST":
        return _render(request, chapter, access, card)
    act = request.POST.get("act", "")
    do = _ACTS.get(act)
    if do is None:
        return _render(request, chapter, access, card, refusal=unknown_act())
    form, run = do(request, access, card, actor_id)
    if form is not None and not form.is_valid():
        return _render(request, chapter, access, card, act=act, form=form, status=422)
    refusal = attempt(actor_id, run, form)
    if refusal is None:
        return (
            go("desk_members", chapter, done=act) if act == "remove" else go("desk_member", chapter, user_id, done=act)
        )
    return _render(request, chapter, access, card, act=act, form=form, refusal=refusal)


Act = Callable[[HttpRequest, Access, MemberCardData, int], tuple[ChapterForm | None, Callable[[], Any]]]


def _grant(request: HttpRequest, access: Access, card: MemberCardData, actor_id: int) -> tuple[ChapterForm, Any]:
    require(access, Action.GRANT_STANDING, target_id=card.user_id)
    form = StandingForm(request.POST, audiences=_grantable(access, card), auto_id="grant_%s")
    return form, lambda: membership.grant_standing(
        chapter_id=access.chapter.id,
        user_id=card.user_id,
        audience=Audience(form.cleaned_data["audience"]),
        actor_id=actor_id,
        reason=form.cleaned_data["reason"],
    )


def _revoke(request: HttpRequest, access: Access, card: MemberCardData, actor_id: int) -> tuple[ChapterForm, Any]:
    require(access, Action.GRANT_STANDING, target_id=card.user_id)
    form = StandingForm(request.POST, audiences=_revocable(access.chapter, card), auto_id="revoke_%s")
    return form, lambda: membership.revoke_standing(
        chapter_id=access.chapter.id,
        user_id=card.user_id,
        audience=Audience(form.cleaned_data["audience"]),
        actor_id=actor_id,
        reason=form.cleaned_data["reason"],
    )


def _give_role(request: HttpRequest, access: Access, card: MemberCardData, actor_id: int) -> tuple[ChapterForm, Any]:
    require(access, Action.GIVE_ROLE, target_id=card.user_id)
    form = RoleForm(request.POST, roles=_givable(access, card), auto_id="role_%s")

    def give() -> None:
        role = ChapterRole(form.cleaned_data["role"])
        access.require(organizers.ACTION_OF_ROLE[role], target_id=card.user_id)
        organizers.give_role(
            chapter_id=access.chapter.id,
            actor_id=actor_id,
            user_id=card.user_id,
            role=role,
            ends_on=form.cleaned_data["ends_on"],
        )

    return form, give


def _hand_over(request: HttpRequest, access: Access, card: MemberCardData, actor_id: int) -> tuple[None, Any]:
    del request
    require(access, Action.HAND_OVER, target_id=card.user_id)
    return None, lambda: organizers.hand_over(chapter_id=access.chapter.id, actor_id=actor_id, to_user_id=card.user_id)


def _remove(request: HttpRequest, access: Access, card: MemberCardData, actor_id: int) -> tuple[ChapterForm, Any]:
    require(access, Action.REMOVE_MEMBER, target_id=card.user_id)
    form = RemoveForm(request.POST, auto_id="remove_%s")
    return form, lambda: membership.remove_member(
        chapter_id=access.chapter.id,
        user_id=card.user_id,
        actor_id=actor_id,
        reason=form.cleaned_data["reason"],
    )


_ACTS: dict[str, Act] = {
    "grant": _grant,
    "revoke": _revoke,
    "role": _give_role,
    "hand_over": _hand_over,
    "remove": _remove,
}

_NOTICES = {
    "grant": lambda: _("The board is open to them. No job takes it away again; you can."),
    "revoke": lambda: _("The grant is taken back. A course rule may still open the board to them."),
    "role": lambda: _("They have the role now and have been told."),
    "hand_over": lambda: _("Your role is theirs now. Thank you for what you did for this chapter."),
    "remove": lambda: _("They are no member any more and have been told why."),
}


def _render(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    card: MemberCardData,
    *,
    act: str = "",
    form: ChapterForm | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return the page of a member; ``form`` is what was posted for ``act`` and takes the place of an empty one."""
    forms = {
        "grant": StandingForm(audiences=_grantable(access, card), auto_id="grant_%s"),
        "revoke": StandingForm(audiences=_revocable(chapter, card), auto_id="revoke_%s"),
        "role": RoleForm(roles=_givable(access, card), auto_id="role_%s"),
        "remove": RemoveForm(auto_id="remove_%s"),
    }
    if form is not None:
        forms[act] = form
    may = {
        "grant": access.decide(Action.GRANT_STANDING, target_id=card.user_id),
        "role": access.decide(Action.GIVE_ROLE, target_id=card.user_id),
        "hand_over": access.decide(Action.HAND_OVER, target_id=card.user_id),
        "remove": access.decide(Action.REMOVE_MEMBER, target_id=card.user_id),
        "ban": access.decide(Action.BAN, target_id=card.user_id),
    }
    context = {
        **_draw(chapter, card),
        "forms": forms,
        "form": form,
        "may": may,
        "opened": act,
        "grantable": _grantable(access, card),
        "revocable": _revocable(chapter, card),
        "standings": _say_standings(chapter, card),
        "givable": _givable(access, card),
    }
    return render_desk(request, chapter, access, "member", context, refusal=refusal, notices=_NOTICES, status=status)


def _say_day(chapter: ChapterData, instant: datetime) -> str:
    """Return the day of an instant on the chapter's wall."""
    today = timezone.now().astimezone(chapter.zone).date()
    return people.say_day(instant.astimezone(chapter.zone).date(), today=today)


def _draw(chapter: ChapterData, card: MemberCardData) -> dict[str, Any]:
    roles, audiences = dict(ROLES), dict(AUDIENCES)
    return {
        "card": card,
        "since": _say_day(chapter, card.joined_at),
        "roles": [roles[each] for each in card.roles if each in roles],
        "audiences": [
            audiences[each.value] for each in Audience if each in card.audiences and each is not Audience.EVERYONE
        ],
    }


def _read_audience(chapter: ChapterData, text: str) -> Audience | None:
    """Return the board that the list is narrowed to; None for everybody's, and for whatever is none."""
    return next((each for each in chapter.boards if each.value == text and each is not Audience.EVERYONE), None)


def _grantable(access: Access, card: MemberCardData) -> list[Audience]:
    return [each for each in access.chapter.boards if each is not Audience.EVERYONE and each not in card.audiences]


def _revocable(chapter: ChapterData, card: MemberCardData) -> list[Audience]:
    """Return the audiences that a person granted; those of a course rule follow the course alone."""
    row = membership.find_membership(chapter_id=chapter.id, user_id=card.user_id)
    return [each.audience for each in (row.standings if row else ()) if each.source is StandingSource.MANUAL]


def _say_standings(chapter: ChapterData, card: MemberCardData) -> list[dict[str, Any]]:
    row = membership.find_membership(chapter_id=chapter.id, user_id=card.user_id)
    words = dict(AUDIENCES)
    return [
        {
            "audience": words[each.audience.value],
            "since": _say_day(chapter, each.since),
            "is_manual": each.source is StandingSource.MANUAL,
            "course_id": each.course_id,
        }
        for each in (row.standings if row else ())
    ]


def _givable(access: Access, card: MemberCardData) -> list[ChapterRole]:
    """Return the roles that the reader may give; one that the member has is given a new last day."""
    if not access.can(Action.GIVE_ROLE, target_id=card.user_id):
        return []
    return [role for role, action in organizers.ACTION_OF_ROLE.items() if access.can(action, target_id=card.user_id)]
