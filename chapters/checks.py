"""What ``community_doctor`` looks at that concerns chapters. It counts and names chapters, never people or reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from people import api as people
from people.data import Reach, SeenData

from .data import ORGANIZER_ROLES, ChapterState, ConcernState
from .edx_platform import profiles
from .models import Chapter, Concern, Region, Term

#: States in which a chapter needs somebody who runs it; a dormant one waits for somebody who does.
_RUNNING: Final = (ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED)
_MOST: Final = 1000
_GRACE: Final = timedelta(hours=1)


def register() -> None:
    """Make the checks known."""
    for name, check in (
        ("community managers", check_managers),
        ("regions", check_regions),
        ("organizers", check_organizers),
        ("answers", check_answers),
    ):
        people.register_checkup(check, area="chapters", name=name, reach=Reach.DATABASE, service="lms")


def check_managers() -> Iterator[SeenData]:
    """See that somebody answers proposals and confidential reports."""
    if not Chapter.objects.exists():
        yield SeenData.ok("There is no chapter yet.")
        return
    managers = profiles.list_managers()
    if not managers:
        yield SeenData.failure(
            "Nobody is there for proposals of chapters and for confidential reports.",
            "Give somebody the permission chapters.manage_chapters: in the Django admin, put them into the group "
            "“Community managers” (manage.py lms setup_chapters makes it).",
        )
    elif not profiles.has_permitted_managers():
        yield SeenData.warning(
            "Nobody has the permission chapters.manage_chapters: all of the site's staff hears of each proposal and "
            "each confidential report.",
            "In the Django admin, put community managers into the group “Community managers” (manage.py lms "
            "setup_chapters makes it).",
        )
    else:
        yield SeenData.ok(f"Community managers: {len(managers)}.")


def check_regions() -> Iterator[SeenData]:
    """See that chapters can be found by region."""
    if Region.objects.exists() or not Chapter.objects.exists():
        yield SeenData.ok("Regions are set up, or there is no chapter yet.")
    else:
        yield SeenData.warning(
            "There are chapters and no region: the directory cannot be read by parts of the world.",
            "Run: manage.py lms setup_chapters, or add regions in the Django admin.",
        )


def check_organizers() -> Iterator[SeenData]:
    """See that every chapter that goes on has somebody who runs it."""
    roles = [role.value for role in ORGANIZER_ROLES]
    runs = Term.objects.filter(chapter=OuterRef("pk"), ended_at__isnull=True, role__in=roles)
    alone = Chapter.objects.filter(~Q(Exists(runs)), state__in=_RUNNING).order_by("pk")
    slugs = list(alone.values_list("slug", flat=True)[:_MOST])
    if slugs:
        yield SeenData.warning(
            f"{len(slugs)} chapters have no organizer, {slugs[0]} for one: nobody answers requests or moderates there.",
            "A community manager gives somebody the role on the community desk, or sets the chapter dormant.",
        )
    else:
        yield SeenData.ok("Every chapter that goes on has an organizer.")


def check_answers() -> Iterator[SeenData]:
    """See that nothing waits longer for community managers than the site promised. Only numbers are told."""
    now = timezone.now()
    days = timedelta(days=settings.CHAPTERS_PROPOSAL_DAYS)
    reports = Concern.objects.filter(state=ConcernState.NEW, due_at__lt=now - _GRACE)
    proposals = Chapter.objects.filter(state=ChapterState.PROPOSED, state_at__lt=now - days)
    late = [
        (reports, "confidential reports have been taken in hand by nobody within the hours promised"),
        (proposals, "proposals of chapters have had no answer within the days promised"),
    ]
    is_late = False
    for rows, what in late:
        if count := rows.order_by()[:_MOST].count():
            is_late = True
            yield SeenData.warning(
                f"{count} {what}.", "Tell the community managers; their page is at /chapters/manage/ of the LMS."
            )
    if not is_late:
        yield SeenData.ok("Nothing waits longer than was promised.")
