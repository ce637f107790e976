"""What organizers set up: the questions to who wants to join, the chapter's profile, and its course rules."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters import api
from chapters.access import Access
from chapters.api import membership
from chapters.data import Action, Audience, ChapterData, Match, RuleData
from chapters.exceptions import ChapterError
from chapters.forms.plans import PlanForm
from chapters.forms_desk.questions import (
    MOST_QUESTIONS,
    SUGGESTIONS,
    QuestionRow,
    change_rows,
    read_rows,
    refuse_rows,
    to_rows,
)
from chapters.forms_desk.rules import RuleForm
from chapters.membership.placing import name_courses
from chapters.models.chapters import AUDIENCES
from chapters.models.members import QUESTION_KINDS

from .desk_frame import attempt, go, open_desk, render_desk
from .frame import chapter_page

#: The boards that a course rule opens, in the order of the page.
_RULED: Final = (Audience.LEARNERS, Audience.ALUMNI)


@chapter_page(methods=("GET", "HEAD", "POST"))
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the join questions to be changed; a POST moves rows without saving, or saves them all."""
    chapter, access, user_id = open_desk(request, slug, Action.EDIT_QUESTIONS)
    if request.method != "POST":
        return _render_questions(request, chapter, access, to_rows(membership.list_questions(chapter.id)))
    rows = read_rows(request.POST)
    changed = change_rows(rows, request.POST.get("act", ""))
    if changed is not None:
        return _render_questions(request, chapter, access, changed, is_unsaved=True)
    wanted = [row.to_data() for row in rows]
    refusal = attempt(
        user_id, lambda: membership.set_questions(chapter_id=chapter.id, actor_id=user_id, questions=wanted)
    )
    if refusal is None:
        return go("desk_questions", chapter, done="saved")
    rows, said = refuse_rows(rows, refusal)
    rest = ChapterError(said) if said else None
    return _render_questions(request, chapter, access, rows, is_unsaved=True, refusal=rest, status=refusal.status)


def _render_questions(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    rows: list[QuestionRow],
    *,
    is_unsaved: bool = False,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = {
        "rows": rows,
        "kinds": QUESTION_KINDS,
        "suggestions": SUGGESTIONS if len(rows) < MOST_QUESTIONS else (),
        "can_add": len(rows) < MOST_QUESTIONS,
        "most": MOST_QUESTIONS,
        "is_unsaved": is_unsaved,
    }
    notices = {"saved": lambda: _say_questions_saved(len(rows))}
    return render_desk(request, chapter, access, "questions", context, refusal=refusal, notices=notices, status=status)


def _say_questions_saved(count: int) -> str:
    if not count:
        return _("Saved. Nobody is asked anything: whoever joins is a member at once.")
    return _("Saved. Whoever asks to join answers these from now on, and waits for you.")


@chapter_page(methods=("GET", "HEAD", "POST"))
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the chapter says of itself, to be changed."""
    chapter, access, user_id = open_desk(request, slug, Action.EDIT_CHAPTER)
    form = PlanForm(request.POST if request.method == "POST" else None, chapter=chapter, regions=api.list_regions())
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        refusal = attempt(
            user_id, lambda: api.change_chapter(chapter_id=chapter.id, actor_id=user_id, plan=form.plan), form
        )
        if refusal is None:
            return go("desk_profile", chapter, done="saved")
    notices = {"saved": lambda: _("Saved. The chapter's page shows it now.")}
    status = 422 if form.is_bound and refusal is None else None
    return render_desk(
        request, chapter, access, "profile", {"form": form}, refusal=refusal, notices=notices, status=status
    )


@chapter_page(methods=("GET", "HEAD", "POST"))
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the course rules; a POST says first what a change does, and changes them once that is confirmed."""
    chapter, access, user_id = open_desk(request, slug, Action.EDIT_RULES)
    posted = request.POST if request.method == "POST" else None
    forms = [
        _rule_form(chapter, audience, posted, may_add=access.is_manager)
        for audience in (Audience.LEARNERS, Audience.ALUMNI)
    ]
    if posted is None or not all(form.is_valid() for form in forms):
        return _render_rules(request, chapter, access, forms, status=422 if posted is not None else None)
    wanted = tuple(form.rule for form in forms if form.rule is not None)
    if posted.get("act") != "confirm":
        return _render_rules(request, chapter, access, forms, effects=_say_effects(chapter, wanted))
    refusal = attempt(user_id, lambda: api.set_rules(chapter_id=chapter.id, actor_id=user_id, rules=wanted))
    if refusal is None:
        return go("desk_rules", chapter, done="saved")
    # The api names a field, not the board whose rule it is in: the sentence stands above both.
    said = ChapterError(refusal.message)
    return _render_rules(request, chapter, access, forms, refusal=said, status=refusal.status)


def _rule_form(chapter: ChapterData, audience: Audience, posted: Any, *, may_add: bool) -> RuleForm:
    current = next((rule for rule in chapter.rules if rule.audience is audience), RuleData(audience=audience))
    return RuleForm(
        posted,
        audience=audience,
        may_add=may_add,
        prefix=audience.value,
        initial=RuleForm.initial_of(current),
    )


def _render_rules(
    request: HttpRequest,
    chapter: ChapterData,
    access: Access,
    forms: list[RuleForm],
    *,
    effects: list[dict[str, Any]] | None = None,
    refusal: ChapterError | None = None,
    status: int | None = None,
) -> HttpResponse:
    words = dict(AUDIENCES)
    context = {
        "boards": [
            {"form": form, "title": words[form.audience.value], "said": say_rule(_current(chapter, form.audience))}
            for form in forms
        ],
        "effects": effects,
        "has_adding": any(form.rule is not None and form.rule.adds_members for form in forms),
    }
    notices = {"saved": lambda: _("Saved. Who belongs to which board is worked out anew, by tomorrow at the latest.")}
    return render_desk(request, chapter, access, "rules", context, refusal=refusal, notices=notices, status=status)


def _current(chapter: ChapterData, audience: Audience) -> RuleData:
    return next((rule for rule in chapter.rules if rule.audience is audience), RuleData(audience=audience))


def say_rule(rule: RuleData) -> list[str]:
    """Return by what a rule lets people in, one line each: courses by their titles, organizations by their names."""
    return [*_say_courses(rule.courses), *(_("Any course of %(name)s") % {"name": name} for name in rule.organizations)]


def _say_courses(keys: tuple[str, ...]) -> list[str]:
    """Return what courses are called, with their keys; one that is not on this platform is said to be none."""
    names = name_courses(keys)
    return [
        f"{names[key]} ({key})" if names.get(key) else _("%(key)s, which is not on this platform") % {"key": key}
        for key in keys
    ]


def _say_effects(chapter: ChapterData, wanted: tuple[RuleData, ...]) -> list[dict[str, Any]]:
    """Return what a change of rules does, board by board, in sentences; no sentence for a board that stays."""
    words = dict(AUDIENCES)
    said = []
    for rule in wanted:
        before = _current(chapter, rule.audience)
        if before != rule:
            said.append({"title": words[rule.audience.value], "lines": _say_effect(before, rule)})
    return said


def _say_effect(before: RuleData, after: RuleData) -> list[str]:
    if after.is_empty:
        return [
            _("Nobody belongs to this board by a course any more, and the board closes."),
            _("Whom an organizer added by hand keeps it, and nothing that was written is lost."),
        ]
    lines = [_("Asked for: %(courses)s.") % {"courses": "; ".join(say_rule(after))}]
    if len(after.courses) + len(after.organizations) > 1:
        is_any = after.match is Match.ANY
        lines.append(_("Any one of them is enough.") if is_any else _("All of them are needed."))
    gains, loses = weigh_change(before, after)
    if before.is_empty:
        lines.append(_("The chapter gets this board. Members who meet the rule belong to it by themselves."))
    elif gains:
        lines.append(_("Members who meet the new rule get this board."))
    if loses:
        lines.append(_("Members who do not meet the new rule lose this board, unless it was given to them by hand."))
    if after.adds_members:
        lines.append(_("Learners who meet the rule become members without being asked. They are told, and can leave."))
    else:
        lines.append(_("Learners who meet the rule and are no members are invited, each of them once."))
    return lines


def weigh_change(before: RuleData, after: RuleData) -> tuple[bool, bool]:
    """Return whether a change of a rule can let somebody in, and whether it can put somebody out.

    Asking for one thing more lets people in where any is enough, and puts people out where all are needed.
    """
    had, has = ({*rule.courses, *rule.organizations} for rule in (before, after))
    added, removed = bool(has - had), bool(had - has)
    was_any, is_any = before.match is Match.ANY, after.match is Match.ANY
    gains = (added and is_any) or (not was_any and (removed or is_any))
    loses = (removed and (was_any or not had & has)) or (not is_any and (added or was_any))
    return gains, loses and not before.is_empty
