"""Steps in the life of a chapter: who may take which now, and taking them, with everything that follows.

A step locks the chapter's row, so that two who decide at once decide one after the other, and the second sees what the
first did. It is recorded in the audit log, announced as a public fact, and told to the people it concerns.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import api as people

from . import facts, life_news, terms
from .access import find_access
from .boards import ensure_boards
from .data import ChapterData, ChapterRole, ChapterState, TransitionData
from .events.life_kinds import LifeErrand
from .exceptions import InvalidValueError, NotAllowedError, StateError
from .lifecycle import By, Step, Strength, find_step, is_known, list_steps
from .membership.rows import lock_chapter
from .models import Chapter, Region
from .organizers import running
from .profiles import LISTED_RANKS, NOT_LISTED, read_line, read_slug, write_search_text
from .reading import get_chapter
from .records import read_zone, to_chapter
from .standpoints import Facts, no


def list_transitions(chapter: ChapterData, user_id: int | None) -> tuple[TransitionData, ...]:
    """Return the steps that somebody may take, those included for which something is missing yet."""
    asker = find_access(chapter, user_id).facts
    strength = _strength(chapter.members, asker)
    return tuple(
        TransitionData(
            to=step.to,
            label=str(step.label),
            needs_reason=step.needs_reason,
            needs_date=step.needs_date,
            missing=step.find_missing(strength),
        )
        for step in list_steps(chapter.state, _hands(asker))
    )


@transaction.atomic
def move_chapter(
    *,
    chapter_id: int,
    actor_id: int,
    to: ChapterState,
    reason: str = "",
    until: date | None = None,
    seen: ChapterState | None = None,
    slug: str = "",
    region_id: int | None = None,
) -> ChapterData:
    """Take a step in a chapter's life and return the chapter as it is then.

    ``until`` is the last day of a pause, in the chapter's zone. ``seen`` is the state that the actor decided on: where
    it has changed since, nothing is done. ``slug`` and ``region_id`` are what a manager gives a chapter that is
    approved. Raises StateError (no such step now, or something is missing), NotAllowedError, InvalidValueError
    ("reason", "until", "slug", "region_id") and NotFoundError.
    """
    row = lock_chapter(chapter_id)
    asker = find_access(to_chapter(row), actor_id).facts
    step = _choose_step(row, asker, to=ChapterState(to), seen=seen)
    said = read_line(reason, field="reason", most=500)
    if step.needs_reason and not said:
        raise InvalidValueError(_("Say why: people will read it."), field="reason")
    if step.needs_date:
        _check_until(row, until)
    if step.start is ChapterState.PROPOSED and step.to is ChapterState.FORMING:
        _give_address(row, slug=slug, region_id=region_id)
    _take(row, step, actor_id=actor_id, reason=said, until=until if step.needs_date else None)
    moved = get_chapter(chapter_id)
    if step.to is ChapterState.FORMING:
        ensure_boards(moved)
    return moved


@transaction.atomic
def on_event_published(chapter_id: int, actor_id: int | None) -> None:
    """Note that a chapter published an event: one that slept or paused is active again."""
    row = lock_chapter(chapter_id)
    row.last_active_at = timezone.now()
    row.save(update_fields=["last_active_at"])
    step = find_step(ChapterState(row.state), ChapterState.ACTIVE, frozenset({By.EVENT}))
    if step is not None:
        _take(row, step, actor_id=actor_id, reason="")


@transaction.atomic
def end_pause(chapter_id: int, *, now: datetime) -> bool:
    """Let a chapter go on whose last day of pause has passed on its own wall; tell whether that was so."""
    row = lock_chapter(chapter_id)
    is_over = row.paused_until is not None and row.paused_until < now.astimezone(read_zone(row.zone)).date()
    step = find_step(ChapterState(row.state), ChapterState.ACTIVE, frozenset({By.CLOCK}))
    if step is None or not is_over:
        return False
    _take(row, step, actor_id=None, reason="")
    return True


def list_paused(*, until: date, after: int, limit: int) -> list[int]:
    """Return chapters that pause to a day before ``until``, by number from ``after`` on."""
    paused = Chapter.objects.filter(state=ChapterState.PAUSED, paused_until__lt=until, pk__gt=after)
    return list(paused.order_by("pk").values_list("pk", flat=True)[:limit])


# -- who, and whether --------------------------------------------------------------------------------------------------


def _hands(asker: Facts) -> frozenset[By]:
    hands = {
        By.PROPOSER: asker.is_active and asker.user_id == asker.chapter.proposed_by,
        By.ORGANIZERS: asker.is_active and asker.is_organizer and asker.ban is None,
        By.MANAGER: asker.is_manager,
    }
    return frozenset(hand for hand, holds in hands.items() if holds)


def _strength(members: int, asker: Facts) -> Strength:
    return Strength(members=members, organizers=len(running(asker.terms)))


def _choose_step(row: Chapter, asker: Facts, *, to: ChapterState, seen: ChapterState | None) -> Step:
    state = ChapterState(row.state)
    if seen is not None and ChapterState(seen) is not state:
        raise StateError(_("Somebody else changed the state of this chapter meanwhile. Look at it again."), field="to")
    step = find_step(state, to, _hands(asker))
    if step is None:
        if asker.is_manager or not is_known(state, to):
            message = _("A chapter that is “%(state)s” cannot become “%(to)s”.")
            names = dict(Chapter._meta.get_field("state").flatchoices)
            raise StateError(message % {"state": names[state], "to": names[to]}, field="to")
        raise NotAllowedError(
            no("not_yours", _("This step is not yours to take."), _("Ask an organizer or the community team."))
        )
    if missing := step.find_missing(_strength(row.members, asker)):
        raise StateError(missing, field="to")
    return step


def _check_until(row: Chapter, until: date | None) -> None:
    if until is None:
        raise InvalidValueError(_("Choose the last day of the pause."), field="until")
    today = timezone.now().astimezone(read_zone(row.zone)).date()
    most = settings.CHAPTERS_PAUSE_MOST_DAYS
    if not today <= until <= today + timedelta(days=most):
        text = ngettext(
            "Choose a day from today on, at most %(most)d day ahead.",
            "Choose a day from today on, at most %(most)d days ahead.",
            most,
        )
        raise InvalidValueError(text % {"most": most}, field="until")


def _give_address(row: Chapter, *, slug: str, region_id: int | None) -> None:
    if region_id is not None:
        row.region = Region.objects.filter(pk=region_id).first()
        if row.region is None:
            raise InvalidValueError(_("Choose one of the regions that are offered."), field="region_id")
        row.search_text = write_search_text(row)
        row.save(update_fields=["region", "search_text"])
    if slug and (wanted := read_slug(slug)) != row.slug:
        try:
            with transaction.atomic():
                Chapter.objects.filter(pk=row.pk).update(slug=wanted)
        except IntegrityError as error:
            raise InvalidValueError(_("Another chapter has this address."), field="slug") from error
        row.slug = wanted


# -- what follows ------------------------------------------------------------------------------------------------------


def _take(row: Chapter, step: Step, *, actor_id: int | None, reason: str, until: date | None = None) -> None:
    """Take a step; the caller holds the chapter's lock and has checked everything."""
    now = timezone.now()
    row.state, row.state_reason, row.state_at, row.paused_until = step.to, reason, now, until
    row.listed_rank = LISTED_RANKS.get(step.to, NOT_LISTED)
    row.open_key = None
    if step.to is ChapterState.FORMING and row.opened_at is None:
        row.opened_at = now
    if step.to is ChapterState.FORMING:
        _begin(row, is_new=step.start is ChapterState.PROPOSED, actor_id=actor_id)
    row.save(
        update_fields=["state", "state_reason", "state_at", "paused_until", "listed_rank", "open_key", "opened_at"]
    )
    data: dict[str, Any] = {"from": step.start, "to": step.to}
    entry = people.record_audit(
        actor_id=actor_id,
        verb="chapter.move",
        target=f"chapter:{row.pk}",
        context_key=f"chapter:{row.pk}",
        reason=reason,
        data={**data, "until": until.isoformat()} if until else data,
    )
    if step.to is ChapterState.ARCHIVED:
        people.add_errand(
            kind=LifeErrand.ARCHIVED,
            key=str(row.pk),
            facts={"chapter": row.pk, "actor": actor_id},
            run_after_commit=True,
        )
    facts.tell_state(row, step, move_id=entry.id)
    life_news.tell_move(row, step, move_id=entry.id, actor_id=actor_id)


def _begin(row: Chapter, *, is_new: bool, actor_id: int | None) -> None:
    """Give a chapter that begins its first lead: who proposed it, while they are still there.

    One that is reopened keeps who ran it to the end, or needs somebody: who proposed it may have left, or be banned.
    """
    if terms.lock_running(row.pk):
        return
    if is_new and row.proposed_by is not None and terms.can_run(row.proposed_by):
        terms.admit(row, row.proposed_by)
        terms.open_term(row, user_id=row.proposed_by, role=ChapterRole.LEAD, given_by=actor_id)
    else:
        terms.note_missing(row)
