"""What class sessions need to run well: their errands, the job that seats people, exports and ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from discussion_ext.models import CalendarFeed, SeatWish, SittingImport
from people import api as people
from people.data import JobData, JobStepData, RangeData

from . import changes, imports, owner, placing, wishes
from .keys import SessionErrand
from .lessons import get_session
from .replays import take_replays
from .sittings import list_live_sessions, list_sittings

_MONTH_SECONDS: Final = 31 * 24 * 3600
#: For so long after a sitting its recording is looked for by the sweep; after that, only when the learner comes.
REPLAYS_LOOKED_FOR: Final = timedelta(days=90)
_PARTS: Final = ("learners", "seated")


def register() -> None:
    """Make it known; called once, when the app is ready."""
    owner.register()
    people.register_ranges(RANGES)
    people.register_job(PLACE)
    people.register_errand(SessionErrand.SITTING_CHANGED, changes.run_change)
    people.register_errand(SessionErrand.SEAT_OPENED, wishes.run_opening)
    people.register_errand(SessionErrand.LEARNER_CHANGED, placing.run_learner)
    people.register_errand(SessionErrand.SESSION_CHANGED, placing.run_session)
    people.register_errand(SessionErrand.IMPORT_CONFIRMED, imports.run_import)
    _register_exports()


def place_learners(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Seat cohorts, count recordings, free the seats of who left, and tell who waits, batch by batch and by session."""
    if resume is None:
        yield JobStepData(counts=_tidy(), cursor=None)
    at = resume or {"session": 0, "part": _PARTS[0], "after": 0}
    while True:
        session_id = at["session"] if at["after"] or at["part"] != _PARTS[0] else _next_session(at["session"])
        if session_id is None:
            return
        for part in _PARTS[_PARTS.index(at["part"]) :]:
            after = at["after"] if part == at["part"] else 0
            for counts, last in _work(part, session_id, after):
                yield JobStepData(counts=counts, cursor={"session": session_id, "part": part, "after": last})
        yield JobStepData(counts={"people told of a seat": _tell(session_id)}, cursor=_after_session(session_id))
        at = _after_session(session_id)


def look_at_places() -> Mapping[str, int]:
    """Count what a run would look at."""
    moment = timezone.now()
    sessions = list_live_sessions(since=moment - REPLAYS_LOOKED_FOR, after=0, limit=None)
    return {
        "sessions to be looked at": len(sessions),
        "wishes for a seat": SeatWish.objects.filter(told_at__isnull=True).count(),
        "files thrown away": SittingImport.objects.filter(expires_at__lt=moment).count(),
    }


def _work(part: str, session_id: int, after: int) -> Iterator[tuple[Counter[str], int]]:
    session = get_session(session_id)
    if part == "learners":
        for user_ids in placing.list_learners(session, after=after):
            seated = placing.place_learners(session_id=session_id, user_ids=user_ids)
            watched = take_replays(session_id=session_id, user_ids=user_ids)
            yield Counter({"people seated": seated, "recordings counted": watched}), user_ids[-1]
    else:
        for user_ids in placing.list_seated(session_id, after=after):
            freed = placing.free_absent(session_id=session_id, user_ids=user_ids)
            yield Counter({"seats freed": freed}), user_ids[-1]


def _tell(session_id: int) -> int:
    return sum(wishes.tell_next(sitting.id) for sitting in list_sittings(session_id))


def _next_session(after: int) -> int | None:
    found = list_live_sessions(since=timezone.now() - REPLAYS_LOOKED_FOR, after=after, limit=1)
    return found[0] if found else None


def _after_session(session_id: int) -> dict[str, Any]:
    return {"session": session_id, "part": _PARTS[0], "after": 0}


def _tidy() -> Counter[str]:
    """Delete files that expired and wishes for sittings that have begun; leave files again whose errand was lost."""
    confirmed = SittingImport.objects.filter(confirmed_at__isnull=False, finished_at__isnull=True)
    for pk in confirmed.values_list("pk", flat=True):
        if not people.has_errand(kind=SessionErrand.IMPORT_CONFIRMED, key=str(pk)):
            imports.leave_import(pk)
    return Counter({"files thrown away": imports.forget_expired(), "wishes that are over": wishes.forget_past()})


def _register_exports() -> None:
    people.register_export(
        "discussion_ext.seat_wishes",
        title="Sittings in which you would like a seat",
        model="discussion_ext.SeatWish",
        columns={"sitting_id": "Sitting", "created_at": "Asked at", "told_at": "Told at"},
        rows=lambda user_id: SeatWish.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.calendar_feeds",
        title="The address of your calendar",
        model="discussion_ext.CalendarFeed",
        columns={"revision": "How often it was renewed", "renewed_at": "Renewed at"},
        rows=lambda user_id: CalendarFeed.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.sitting_imports",
        title="Files of sittings and seats that you read in, kept for a day",
        model="discussion_ext.SittingImport",
        columns={
            "kind": "Of what",
            "session_id": "Session",
            "total": "Valid lines",
            "done": "Lines written",
            "created_at": "Read in at",
            "confirmed_at": "Confirmed at",
        },
        rows=lambda user_id: SittingImport.objects.filter(actor_id=user_id).order_by("pk"),
    )


def forget_person(user_id: int) -> None:
    """Delete what is kept here about somebody who leaves the site; sessions and sittings say nothing of people."""
    SeatWish.objects.filter(user_id=user_id).delete()
    CalendarFeed.objects.filter(user_id=user_id).delete()
    SittingImport.objects.filter(actor_id=user_id).delete()


PLACE: Final = JobData(
    name="discussion_ext.place_learners",
    says="Seats members of cohorts, counts recordings that were watched, frees seats and tells who waits for one.",
    work=place_learners,
    look=look_at_places,
    limit=None,
    is_resumable=True,
)
RANGES: Final = (RangeData.number("DISCUSSION_EXT_PLACE_EVERY_SECONDS", 0, _MONTH_SECONDS),)
