"""What a chapter keeps: why people left, its log, and its members as a table."""

from __future__ import annotations

from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import api
from chapters.api import membership
from chapters.data import Action, LeaveReason, LeavingSummaryData
from chapters.forms_desk.members import ExportForm
from chapters.members_file import write_members_file
from chapters.models.members import LEAVE_REASONS
from chapters.paces import keep_pace

from .desk_event_log import name_targets
from .desk_frame import name_of_chapter, open_desk, render_desk
from .desk_words import list_subjects, say_act
from .frame import chapter_page, read_number

_DAYS: Final = (30, 90, 365)
_IN_MEMORY: Final = 2_000_000


@chapter_page()
def leaving(request: HttpRequest, slug: str) -> HttpResponse:
    """Show why people left in the last days, and what could be done about the reason that is named most."""
    chapter, access, _user_id = open_desk(request, slug, Action.SEE_LEAVING)
    days = read_days(request)
    context = draw_leaving(membership.summarize_leaving(chapter.id, days=days))
    return render_desk(request, chapter, access, "leaving", context)


@chapter_page()
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who did what in the chapter and why, newest first."""
    chapter, access, _user_id = open_desk(request, slug, Action.SEE_AUDIT)
    page = api.list_audit(chapter_id=chapter.id, cursor=request.GET.get("cursor", ""))
    subjects, titles = list_subjects(page.entries), name_targets(page.entries)
    names = name_of_chapter(chapter, [*(entry.actor_id for entry in page.entries), *subjects.values()])
    context = {
        "rows": [
            {
                "entry": entry,
                "said": say_act(entry.verb, entry.data),
                "by": names[entry.actor_id].text if entry.actor_id in names else _("By itself"),
                "about": " · ".join(
                    [
                        *([titles[entry.id]] if entry.id in titles else []),
                        *([names[subjects[entry.id]].text] if entry.id in subjects else []),
                    ]
                ),
            }
            for entry in page.entries
        ],
        "next_cursor": page.cursor,
    }
    return render_desk(request, chapter, access, "log", context)


@chapter_page(methods=("GET", "HEAD", "POST"))
def export(request: HttpRequest, slug: str) -> Any:
    """Ask what the list is for, put it into the chapter's log, and send the file."""
    chapter, access, user_id = open_desk(request, slug, Action.EXPORT_MEMBERS)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        keep_pace("export", user_id)
        held = write_members_file(chapter, actor_id=user_id, reason=form.cleaned_data["reason"])
        name = f"members-{chapter.slug}-{timezone.now():%Y-%m-%d}.csv"
        return FileResponse(held, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    return render_desk(request, chapter, access, "export", {"form": form}, status=422 if form.is_bound else None)


def read_days(request: HttpRequest) -> int:
    """Return over how many days a page looks back."""
    days = read_number(request.GET.get("days", ""))
    return days if days in _DAYS else 90


def draw_leaving(summary: LeavingSummaryData) -> dict[str, Any]:
    """Return why people left, as a page shows it: reasons with how many, and one thing to do."""
    words = dict(LEAVE_REASONS)
    most = max((count for _reason, count in summary.by_reason), default=0)
    rows = [(words[reason.value], count) for reason, count in summary.by_reason]
    first = summary.by_reason[0][0] if summary.by_reason else None
    return {
        "summary": summary,
        "rows": rows,
        "most": most,
        "step": _STEPS[first]() if first in _STEPS else "",
        "choices": [(days, days == summary.days) for days in _DAYS],
    }


_STEPS = {
    LeaveReason.NO_TIME: lambda: _("Make it easy to read along: a digest once a week, and short topics."),
    LeaveReason.NOT_FOR_ME: lambda: _("Look at the chapter's first line and its name: do they say what happens here?"),
    LeaveReason.TOO_QUIET: lambda: _("Start one topic a week that asks for a problem, and answer the first replies."),
    LeaveReason.TOO_MUCH: lambda: _("One topic a day at most, and remind members that they choose their mail."),
    LeaveReason.UNPLEASANT: lambda: _("Read the last reports together, and steer talk back to the purpose."),
}
