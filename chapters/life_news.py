"""What people are told about a chapter's life, roles and reports: each kind in words, and whether it still holds.

Contexts hold ids, names of chapters, codes, days and addresses; of a confidential report nothing but its number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from people import api as people
from people.data import NewsItemData, NewsKindData, NewsLineData

from . import addresses
from .data import ORGANIZER_ROLES, ChapterRole, ChapterState, ConcernState, MembershipState
from .edx_platform import profiles
from .lifecycle import Step
from .models import Chapter, Concern, Membership, Term
from .models.organizers import ROLES

Context = Mapping[str, Any]

PROPOSED: Final = "chapter_proposed"
MOVED: Final = "chapter_moved"
ROLE: Final = "chapter_role"
TERM_ENDING: Final = "chapter_term_ending"
NEEDS_ORGANIZER: Final = "chapter_needs_organizer"
CONCERN_WAITS: Final = "chapter_concern_waits"
CONCERN_ANSWERED: Final = "chapter_concern_answered"

#: The errand that tells every member of a step, some at a time.
TELL_MEMBERS: Final = "chapters.tell_members"
_BATCH: Final = 500


def register() -> None:
    """Make the kinds and the errand known; called once, when the app is ready."""
    for kind in KINDS:
        people.register_news_kind(kind)
    people.register_errand(TELL_MEMBERS, tell_members)
    people.register_confidential_context("concern:")


# -- adding ------------------------------------------------------------------------------------------------------------


def tell_proposed(row: Chapter) -> None:
    """Tell the community team of a proposal; not what it is called, which goes with who made it."""
    context = {"url": addresses.manage_url("manage_chapter", chapter_id=row.pk), "chapter_id": row.pk}
    _tell(PROPOSED, profiles.list_managers(), f"{PROPOSED}:{row.pk}", context)


def tell_move(row: Chapter, step: Step, *, move_id: int, actor_id: int | None) -> None:
    """Tell who proposed and who runs a chapter of a step; and, after the commit, all members where it is theirs too."""
    runs = Term.objects.filter(chapter_id=row.pk, ended_at__isnull=True, role__in=ORGANIZER_ROLES)
    readers = set(runs.values_list("user_id", flat=True))
    if step.start is ChapterState.PROPOSED and row.proposed_by is not None:
        readers.add(row.proposed_by)
    _tell(MOVED, readers - {actor_id}, f"{MOVED}:{row.pk}:{move_id}", _about_move(row, step))
    if step.tells_members:
        facts = {
            "chapter_id": row.pk,
            "move_id": move_id,
            "actor_id": actor_id or 0,
            "context": _about_move(row, step),
        }
        people.add_errand(kind=TELL_MEMBERS, key=f"{row.pk} {move_id}", facts=facts, run_after_commit=True)


def tell_members(facts: Mapping[str, Any]) -> None:
    """Do the errand of telling every member: in batches by number; begun again, it tells nobody twice."""
    members = Membership.objects.filter(chapter_id=facts["chapter_id"], state=MembershipState.MEMBER).order_by("pk")
    after = 0
    while rows := list(members.filter(pk__gt=after).values_list("pk", "user_id")[:_BATCH]):
        readers = [user_id for _pk, user_id in rows if user_id != facts["actor_id"]]
        _tell(MOVED, readers, f"{MOVED}:{facts['chapter_id']}:{facts['move_id']}", facts["context"])
        after = rows[-1][0]


def tell_role(row: Chapter, term: Term) -> None:
    """Tell somebody that they have a role now, or not any more."""
    context = {**_about(row, addresses.chapter_url(row.slug)), "role": str(term.role), "reason": str(term.end_reason)}
    is_over = term.ended_at is not None
    key = f"{ROLE}:{term.pk}:{'ended' if is_over else 'given'}"
    _tell(ROLE, [term.user_id], key, {**context, "is_over": is_over, "term_id": term.pk})


def tell_term_ending(row: Chapter, term: Term, *, ends_on: date, days: int) -> bool:
    """Remind somebody, once for every ``days`` before it, that their time in a role ends; tell whether it was new."""
    context = {**_about(row, addresses.chapter_url(row.slug, "desk_roles")), "role": str(term.role)}
    context |= {"ends_on": ends_on.isoformat(), "term_id": term.pk}
    key = f"{TERM_ENDING}:{term.pk}:{ends_on.isoformat()}:{days}"
    return people.add_news(key=key, user_id=term.user_id, kind=TERM_ENDING, context=context)


def tell_needs_organizer(row: Chapter) -> None:
    """Tell the community team that nobody runs a chapter."""
    latest = Term.objects.filter(chapter_id=row.pk).order_by("-pk").values_list("pk", flat=True).first() or 0
    context = {**_about(row, addresses.manage_url("manage_chapter", chapter_id=row.pk)), "chapter_id": row.pk}
    _tell(NEEDS_ORGANIZER, profiles.list_managers(), f"{NEEDS_ORGANIZER}:{row.pk}:{latest}", context)


def tell_concern_waits(row: Concern, readers: Iterable[int], *, day: date | None = None) -> bool:
    """Tell those who may handle a confidential report that it waits: at once, and on every ``day`` it is overdue.

    Tell whether that was new to anybody.
    """
    url = addresses.manage_url("manage_concern", concern_id=row.pk)
    context = {"url": url, "concern_id": row.pk, "is_overdue": day is not None}
    key = f"{CONCERN_WAITS}:{row.pk}:{day.isoformat() if day else 'new'}"
    told = [
        people.add_news(key=f"{key}:{user_id}", user_id=user_id, kind=CONCERN_WAITS, context=context)
        for user_id in sorted(readers)
    ]
    return any(told)


def tell_concern_answered(row: Concern, *, number: int) -> None:
    """Tell who reported something that there is something for them to read."""
    if row.reporter_id is not None:
        context = {"url": addresses.own_report_url(row.pk), "concern_id": row.pk}
        _tell(CONCERN_ANSWERED, [row.reporter_id], f"{CONCERN_ANSWERED}:{row.pk}:{number}", context)


def _tell(kind: str, readers: Iterable[int], key: str, context: Context) -> None:
    items = [
        NewsItemData(key=f"{key}:{user_id}", user_id=user_id, kind=kind, context=context) for user_id in sorted(readers)
    ]
    if items:
        people.add_news_for_many(items)


def _about(row: Chapter, url: str) -> dict[str, Any]:
    return {"course_name": row.name, "chapter": row.name, "url": url}


def _about_move(row: Chapter, step: Step) -> dict[str, Any]:
    is_declined = step.to is ChapterState.DECLINED
    context = _about(row, addresses.propose_url() if is_declined else addresses.chapter_url(row.slug))
    until = row.paused_until.isoformat() if row.paused_until else ""
    return {
        **context,
        "chapter_id": row.pk,
        "from": str(step.start),
        "to": str(step.to),
        "reason": row.state_reason,
        "until": until,
    }


# -- words -------------------------------------------------------------------------------------------------------------


def _line(context: Context, text: str, act: str) -> NewsLineData:
    return NewsLineData(text=text, url=context["url"], act=act, course_name=context.get("course_name", ""))


def _say_proposed(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    return _line(context, _("A new chapter is proposed."), _("Answer the proposal"))


def _say_moved(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {"chapter": context["chapter"], "reason": context["reason"]}
    if context["until"]:
        values["day"] = people.say_day(date.fromisoformat(context["until"]))
    text = _move_sentences(context)[ChapterState(context["to"])] % values
    if context["reason"]:
        text = _("%(sentence)s The reason: %(reason)s") % {"sentence": text, "reason": context["reason"]}
    is_declined = context["to"] == ChapterState.DECLINED
    return _line(context, text, _("Propose another chapter") if is_declined else _("Go to the chapter"))


def _move_sentences(context: Context) -> Mapping[ChapterState, str]:
    began = context["from"] == ChapterState.PROPOSED
    return {
        ChapterState.PROPOSED: _("The proposal of “%(chapter)s” was taken up again."),
        ChapterState.DECLINED: _("The proposal of “%(chapter)s” was declined."),
        ChapterState.FORMING: _("“%(chapter)s” is approved: gather your first members.")
        if began
        else _("“%(chapter)s” is open again."),
        ChapterState.ACTIVE: _("“%(chapter)s” is active."),
        ChapterState.PAUSED: _("“%(chapter)s” pauses until %(day)s.") if context["until"] else "",
        ChapterState.DORMANT: _("“%(chapter)s” sleeps. The next event that is published wakes it up."),
        ChapterState.ARCHIVED: _("“%(chapter)s” is archived. What was written there can still be read."),
    }


def _say_role(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {"chapter": context["chapter"], "role": str(dict(ROLES)[ChapterRole(context["role"])])}
    if context["is_over"]:
        text = _("Your role in “%(chapter)s” has ended: %(role)s. Thank you for your time.")
    else:
        text = _("You have a role in “%(chapter)s” now: %(role)s.")
    return _line(context, text % values, _("Go to the chapter"))


def _say_term_ending(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    values = {
        "chapter": context["chapter"],
        "role": str(dict(ROLES)[ChapterRole(context["role"])]),
        "day": people.say_day(date.fromisoformat(context["ends_on"])),
    }
    text = _("Your time in a role of “%(chapter)s” ends after %(day)s: %(role)s.") % values
    return _line(context, text, _("Extend it, or hand it over"))


def _say_needs_organizer(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    return _line(context, _("Nobody runs “%(chapter)s” any more.") % context, _("Find an organizer"))


def _say_concern_waits(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    text = (
        _("A confidential report waits longer than promised.")
        if context["is_overdue"]
        else _("A confidential report has come in.")
    )
    return _line(context, text, _("Take it in hand"))


def _say_concern_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    del zone
    return _line(context, _("There is an answer to something you reported."), _("Read it"))


# -- whether it is still true ------------------------------------------------------------------------------------------


def _hold_in_state(*states: ChapterState) -> Callable[[int, Sequence[NewsItemData]], Collection[str]]:
    """Return a way to keep what is about chapters that are in one of these states; without states, in the one told."""

    def hold(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
        del user_id
        now = _states_of(items)
        return [
            item.key
            for item in items
            if (state := now.get(item.context["chapter_id"])) and (state in states or state == item.context.get("to"))
        ]

    return hold


def _states_of(items: Sequence[NewsItemData]) -> dict[int, str]:
    found = Chapter.objects.filter(pk__in={item.context["chapter_id"] for item in items})
    return dict(found.values_list("pk", "state"))


def _hold_without_organizer(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    del user_id
    ids = {item.context["chapter_id"] for item in items}
    lacking = set(Chapter.objects.filter(pk__in=ids, needs_organizer=True).values_list("pk", flat=True))
    return [item.key for item in items if item.context["chapter_id"] in lacking]


def _hold_term(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about terms that still end on that day."""
    terms = Term.objects.filter(
        pk__in={item.context["term_id"] for item in items}, user_id=user_id, ended_at__isnull=True
    )
    ends = dict(terms.values_list("pk", "ends_on"))
    return [
        item.key
        for item in items
        if (day := ends.get(item.context["term_id"])) and day.isoformat() == item.context["ends_on"]
    ]


def _hold_waiting(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep reports that nobody has taken in hand and that the reader may still see."""
    from .concern_rows import visible_concerns

    ids = {item.context["concern_id"] for item in items}
    waiting = visible_concerns(user_id).filter(pk__in=ids, state=ConcernState.NEW)
    still = set(waiting.values_list("pk", flat=True))
    return [item.key for item in items if item.context["concern_id"] in still]


def _hold_own(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about reports whose words are still there."""
    own = Concern.objects.filter(
        pk__in={item.context["concern_id"] for item in items}, reporter_id=user_id, is_erased=False
    )
    still = set(own.values_list("pk", flat=True))
    return [item.key for item in items if item.context["concern_id"] in still]


KINDS: Final = (
    NewsKindData(name=PROPOSED, say=_say_proposed, holds=_hold_in_state(ChapterState.PROPOSED)),
    NewsKindData(name=MOVED, say=_say_moved, holds=_hold_in_state()),
    NewsKindData(name=ROLE, say=_say_role),
    NewsKindData(name=TERM_ENDING, say=_say_term_ending, holds=_hold_term),
    NewsKindData(name=NEEDS_ORGANIZER, say=_say_needs_organizer, holds=_hold_without_organizer),
    NewsKindData(name=CONCERN_WAITS, say=_say_concern_waits, holds=_hold_waiting, is_soon=True, is_confidential=True),
    NewsKindData(name=CONCERN_ANSWERED, say=_say_concern_answered, holds=_hold_own, is_soon=True, is_confidential=True),
)
