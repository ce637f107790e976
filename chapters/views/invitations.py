"""Chapters that a course opened for the reader: accepted by joining, or put away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chapters.api import membership
from chapters.covers import draw_cover
from chapters.data import InvitationData
from chapters.paces import keep_pace
from chapters.words import say_place

from .cards import own_language
from .frame import chapter_page, read_number, reader_id, render_page
from .words import say_audience, say_members


@chapter_page(methods=("GET", "HEAD", "POST"))
def invitations(request: HttpRequest) -> HttpResponse:
    """Show open invitations; a POST puts one away. Joining happens on the chapter's own page."""
    user_id = reader_id(request)
    if request.method == "POST":
        keep_pace("join", user_id)
        membership.dismiss_invitation(invitation_id=read_number(request.POST.get("invitation", "")), user_id=user_id)
        return HttpResponseRedirect(f"{reverse('chapters:invitations')}?done=dismissed")
    context = {
        "invitations": [_draw(each) for each in membership.list_invitations(user_id)],
        "notice": _("Put away. The chapter stays in the directory.") if request.GET.get("done") == "dismissed" else "",
    }
    return render_page(request, "directory/invitations.html", context)


def _draw(invitation: InvitationData) -> dict[str, object]:
    chapter = invitation.chapter
    return {
        "invitation": invitation,
        "chapter": chapter,
        "cover": draw_cover(chapter.cover),
        "lang": own_language(chapter),
        "place": say_place(chapter),
        "members": say_members(chapter.members),
        "audience": say_audience(invitation.audience),
        "join_label": _("Join %(name)s") % {"name": chapter.name},
        "dismiss_label": _("Not now: %(name)s") % {"name": chapter.name},
        "url": reverse("chapters:chapter", args=[chapter.slug]),
        "join_url": reverse("chapters:join", args=[chapter.slug]),
    }
