"""Proposing a chapter, changing what it says of itself, and the course rules that say who belongs to its boards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import life_news
from .access import is_manager
from .boards import ensure_boards
from .data import Audience, ChapterData, ChapterPlanData, ChapterState, DecisionData, Match, RuleData
from .edx_platform import profiles
from .exceptions import InvalidValueError, NotAllowedError, StateError
from .membership.reconciling import await_rules
from .membership.rows import lock_chapter
from .models import Chapter, ChapterRule, RuleCourse
from .profiles import list_slugs, read_plan, write_search_text
from .reading import get_chapter
from .records import to_chapter, to_rule
from .standpoints import HIDDEN, YES, no

MOST_COURSES: Final = 50
MOST_ORGANIZATIONS: Final = 20
_MOST_PROPOSALS: Final = 3

#: What a manager alone changes once a chapter has begun: by these the community team sorts chapters.
_OF_MANAGERS: Final = ("region_id",)


def decide_proposing(user_id: int | None) -> DecisionData:
    """Answer whether somebody may propose a chapter: an account in use, with at most two other proposals waiting."""
    account = profiles.find_account(user_id) if user_id is not None else None
    if account is None:
        return no("sign_in", _("Proposing a chapter is for people who are signed in."), _("Sign in."))
    if not account.is_active:
        return no(
            "inactive_account",
            _("Your account is not confirmed yet."),
            _("Follow the link in the mail that you got when you registered."),
        )
    waiting = Chapter.objects.filter(proposed_by=user_id, state=ChapterState.PROPOSED)
    if waiting.count() >= _MOST_PROPOSALS:
        return no(
            "proposals_wait",
            _("You have proposed several chapters that nobody has answered yet."),
            _("Wait for an answer, or withdraw one of them."),
        )
    return YES


@transaction.atomic
def propose(*, actor_id: int, plan: ChapterPlanData) -> ChapterData:
    """Propose a chapter to the community team and return it. The same name twice is one proposal while it waits.

    Raises InvalidValueError with the name of the field, and NotAllowedError where too many proposals wait.
    """
    columns = read_plan(plan)
    name_hash = hashlib.sha256(columns["name"].casefold().encode()).hexdigest()[:40]
    open_key = f"{actor_id}:{name_hash}"
    if known := Chapter.objects.filter(open_key=open_key).values_list("pk", flat=True).first():
        return get_chapter(known)
    decision = decide_proposing(actor_id)
    if not decision.is_allowed:
        raise NotAllowedError(decision)
    sent = Chapter(
        **columns,
        slug=f"new-{uuid4().hex}",
        open_key=open_key,
        proposed_by=actor_id,
        state_at=timezone.now(),
        guidelines_version=settings.CHAPTERS_GUIDELINES_VERSION,
    )
    people.insert_or_update(sent, by=["open_key"])
    row = Chapter.objects.select_for_update().get(open_key=open_key)
    if row.created_at != sent.created_at:  # a double click: the other one has just been stored
        return to_chapter(row)
    _give_slug(row)
    row.search_text = write_search_text(row)
    row.save(update_fields=["search_text"])
    _record(row, "chapter.propose", actor_id=actor_id)
    life_news.tell_proposed(row)
    return get_chapter(row.pk)


@transaction.atomic
def change_chapter(*, chapter_id: int, actor_id: int, plan: ChapterPlanData) -> ChapterData:
    """Change what a chapter says of itself, and return it; its address stays. The region is changed by managers only.

    Raises InvalidValueError with the name of the field, and NotFoundError.
    """
    row = lock_chapter(chapter_id)
    columns = read_plan(plan)
    if not is_manager(actor_id):
        columns = {name: value for name, value in columns.items() if name not in _OF_MANAGERS}
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    if "entry" in changed:
        _check_entry(row, Audience(columns["entry"]))
    if changed:
        for name in changed:
            setattr(row, name, columns[name])
        row.search_text = write_search_text(row)
        row.save(update_fields=[*changed, "search_text"])
        _record(row, "chapter.change", actor_id=actor_id, data={"changed": changed})
    return get_chapter(chapter_id)


def list_rules(chapter_id: int) -> tuple[RuleData, ...]:
    """Return the course rules of a chapter, at most one for each audience."""
    return get_chapter(chapter_id).rules


@transaction.atomic
def set_rules(*, chapter_id: int, actor_id: int, rules: Sequence[RuleData]) -> ChapterData:
    """Replace the course rules of a chapter and return it; an empty rule is none. Standings follow by the reconcile.

    Only a manager lets a rule make people members without asking them. Raises InvalidValueError ("audience",
    "courses", "organizations", "adds_members") and NotFoundError.
    """
    row = lock_chapter(chapter_id)
    wanted = {rule.audience: rule for rule in map(_read_rule, rules) if not rule.is_empty}
    if len(wanted) < len([rule for rule in rules if not rule.is_empty]):
        raise InvalidValueError(_("Give at most one rule for each board."), field="audience")
    known = {
        Audience(each.audience): each
        for each in ChapterRule.objects.select_for_update().filter(chapter_id=chapter_id).order_by("pk")
    }
    adding = {audience for audience, each in known.items() if each.adds_members}
    if {rule.audience for rule in wanted.values() if rule.adds_members} - adding and not is_manager(actor_id):
        message = _("Only the community team lets a rule make people members without asking them.")
        raise InvalidValueError(message, field="adds_members")
    if row.entry != Audience.EVERYONE and Audience(row.entry) not in wanted:
        message = _("The chapter admits only people to whom this rule applies. Open it to everyone first.")
        raise StateError(message, field="courses")
    changed = [audience for audience in Audience if _keep_rule(row, known.get(audience), wanted.get(audience))]
    if changed:
        _record(row, "chapter.rules", actor_id=actor_id, data={"changed": [str(each) for each in changed]})
        await_rules(chapter_id)
    ruled = get_chapter(chapter_id)
    if changed and ruled.state not in HIDDEN:
        ensure_boards(ruled)
    return ruled


def _check_entry(row: Chapter, entry: Audience) -> None:
    """Refuse to close a chapter to everybody: who is admitted by courses needs a rule that names them."""
    if entry is Audience.EVERYONE or row.state in HIDDEN or row.rules.filter(audience=entry).exists():
        return
    message = _("Nobody could join: this board has no course rule. Set the rule first.")
    raise InvalidValueError(message, field="entry")


# -- steps -------------------------------------------------------------------------------------------------------------


def _give_slug(row: Chapter) -> None:
    """Give a new chapter the nicest address that is free."""
    for slug in list_slugs(row.name, row.pk):
        try:
            with transaction.atomic():
                Chapter.objects.filter(pk=row.pk).update(slug=slug)
        except IntegrityError:
            continue
        row.slug = slug
        return


def _read_rule(rule: RuleData) -> RuleData:
    if rule.audience not in (Audience.LEARNERS, Audience.ALUMNI):
        raise InvalidValueError(_("A rule is for learners or for alumni."), field="audience")
    if len(rule.courses) > MOST_COURSES or len(rule.organizations) > MOST_ORGANIZATIONS:
        message = _("Name at most %(courses)d courses and %(organizations)d organizations.")
        values = {"courses": MOST_COURSES, "organizations": MOST_ORGANIZATIONS}
        raise InvalidValueError(message % values, field="courses")
    for name in rule.organizations:
        if not name or len(name) > 100 or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise InvalidValueError(_("Name an organization as course keys do."), field="organizations")
    return RuleData(
        audience=rule.audience,
        match=Match(rule.match),
        courses=tuple(sorted({_read_course(each) for each in rule.courses})),
        organizations=tuple(sorted(set(rule.organizations))),
        adds_members=bool(rule.adds_members),
    )


def _read_course(text: str) -> str:
    try:
        return str(CourseKey.from_string(text))
    except (InvalidKeyError, TypeError, AttributeError) as error:
        message = _("“%(course)s” is not the key of a course.") % {"course": str(text)[:100]}
        raise InvalidValueError(message, field="courses") from error


def _keep_rule(row: Chapter, known: ChapterRule | None, wanted: RuleData | None) -> bool:
    """Make one audience's rule what is wanted; tell whether that changed anything."""
    if wanted is None:
        if known is not None:
            known.delete()
        return known is not None
    if known is not None and to_rule(known) == wanted:
        return False
    if known is None:
        known = ChapterRule.objects.create(chapter_id=row.pk, audience=wanted.audience)
    else:
        known.courses.all().delete()
        known.revision += 1
    known.match, known.adds_members = wanted.match, wanted.adds_members
    known.save(update_fields=["match", "adds_members", "revision"])
    asked = [{"course_id": each} for each in wanted.courses]
    asked += [{"organization": each} for each in wanted.organizations]
    RuleCourse.objects.bulk_create(RuleCourse(rule=known, **each) for each in asked)
    return True


def _record(row: Chapter, verb: str, *, actor_id: int, data: dict[str, Any] | None = None) -> None:
    key = f"chapter:{row.pk}"
    people.record_audit(actor_id=actor_id, verb=verb, target=key, context_key=key, data=data)
