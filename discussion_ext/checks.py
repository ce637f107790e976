"""What ``community_doctor`` looks at that concerns discussions."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from opaque_keys.edx.keys import CourseKey
from rest_framework.request import Request

from gamification import api as gamification
from people import api as people
from people.data import RangeData, Reach, SeenData

from . import edx_platform
from .boards.owners import list_course_ids
from .contributions import held_course_id
from .data import TaskKind
from .models import Contribution, CourseSwitch, HelpfulMark, Participation, PendingEvaluation, Task

_MOST_COURSES: Final = 500
_MANY_POSTS: Final = 1000
_MONTH_SECONDS: Final = 31 * 24 * 3600
_CENTURY_DAYS: Final = 36_500
_CONNECT_SECONDS: Final = 3
_GUARD: Final = "discussion_ext.middleware.HeldPostsMiddleware"
_OLDEST_FORUM: Final = (0, 3, 1)
_FORUMS_OWN: Final = ("/forum/api/v1/threads/1", "/forum/api/v2/threads/1")
_SAMPLE_COURSE: Final = "course-v1:community+doctor+check"
_SAMPLE_BLOCK: Final = "block-v1:community+doctor+check+type@case_discussion+block@sample"


def register() -> None:
    """Make the checks known."""
    people.register_ranges(RANGES)
    people.register_reserved_key("DISCUSSION_EXT_HELD_COURSE_KEY")
    for area, name, check, reach in (
        ("platform", "pages of discussions", check_addresses, Reach.PROCESS),
        ("platform", "guard of held posts", check_guard, Reach.PROCESS),
        ("platform", "forum's own addresses", check_forums_own_addresses, Reach.PROCESS),
        ("discussions", "completion", check_completion, Reach.DATABASE),
        ("discussions", "forum", check_forum, Reach.PROCESS),
        ("discussions", "forum's posts", check_forum_backend, Reach.DATABASE),
        ("discussions", "forum's search", check_forum_search, Reach.NETWORK),
        ("discussions", "backlog", check_backlog, Reach.DATABASE),
    ):
        people.register_checkup(check, area=area, name=name, reach=reach, service="lms")


def check_addresses() -> Iterator[SeenData]:
    """See that the pages that mails and points lead to are still where they were."""
    addresses = (
        edx_platform.block_url(_SAMPLE_COURSE, _SAMPLE_BLOCK),
        edx_platform.thread_url(_SAMPLE_COURSE, "course", "thread:1"),
    )
    lost = [address for address in addresses if not _leads_somewhere(address)]
    for address in lost:
        yield SeenData.failure(
            f"The LMS has no page at {address}.",
            "Install a version of the suite that is made for this release of the platform.",
        )
    if not lost:
        yield SeenData.ok(f"{len(addresses)} addresses of the platform are there.")


def check_guard() -> Iterator[SeenData]:
    """See that the guard of held posts stands before the platform's pages: a site's own list may have left it out."""
    if _GUARD in settings.MIDDLEWARE:
        yield SeenData.ok("Held posts are kept out of the platform's pages.")
    else:
        yield SeenData.failure(
            "Nothing keeps held posts out of the platform's pages: a learner who guesses a number reads them.",
            f"Add {_GUARD} at the end of MIDDLEWARE of the LMS, where the site sets that list itself.",
        )


def check_forums_own_addresses() -> Iterator[SeenData]:
    """See that the forum's own HTTP API is not open to everybody, as older releases mount it.

    It asks nobody anything there. Our guard keeps held posts out of it; the posts of all other courses are the
    platform's to protect.
    """
    if any(_is_open_to_everybody(address) for address in _FORUMS_OWN):
        yield SeenData.warning(
            "The forum's own HTTP API is open to everybody: at /forum/api/ whoever names a number reads, changes and "
            "deletes posts of ordinary courses. Held posts are kept out of it.",
            "Install a release of openedx-forum that closes it (0.4.1.post1 does), or have the web server refuse "
            "/forum/api/, which cannot be seen from here.",
        )
    else:
        yield SeenData.ok("The forum's own HTTP API is not open to everybody.")


def check_completion() -> Iterator[SeenData]:
    """See that completion is tracked: finishing a case, and points for finishing a page, depend on it."""
    if edx_platform.is_completion_tracked():
        yield SeenData.ok("Completion is tracked.")
    else:
        yield SeenData.failure(
            "Completion is not tracked: no case is ever complete, and no page earns points.",
            "Run: manage.py lms waffle_switch completion.enable_completion_tracking on --create.",
        )


def check_forum() -> Iterator[SeenData]:
    """See that the forum is installed, in a version whose rows we can read."""
    version = edx_platform.find_forum_version()
    if not version:
        yield SeenData.failure(
            "The forum is not installed in the LMS: nothing can be posted.",
            "Enable it (on Tutor: tutor plugins enable forum, and build the image again).",
        )
    elif _numbers(version) < _OLDEST_FORUM:
        yield SeenData.failure(
            f"openedx-forum {version} refuses posts on this platform.", "Install openedx-forum 0.3.1 or later."
        )
    else:
        yield SeenData.ok(f"openedx-forum {version}.")


def check_forum_backend() -> Iterator[SeenData]:
    """See that posts of the courses that use us become rows: nobody hears of one that goes to MongoDB."""
    missing = edx_platform.list_missing_tables()
    if missing:
        yield SeenData.failure(
            f"Tables of the forum are missing: {', '.join(missing)}. Nothing can be posted.",
            "Run: manage.py lms migrate forum. If it finds nothing to do, restore them.",
        )
        return
    courses = _courses_in_use()
    elsewhere = [course_id for course_id in courses if not edx_platform.keeps_posts_in_database(course_id)]
    if elsewhere:
        yield SeenData.failure(
            f"The forum keeps posts of {len(elsewhere)} of {len(courses)} courses in MongoDB, {elsewhere[0]} for one.",
            "Move the forum to MySQL (manage.py lms forum_migrate_course_from_mongodb_to_mysql), then turn the flag "
            "forum_v2.enable_mysql_backend on for everyone.",
        )
    else:
        yield SeenData.ok(f"The forum keeps posts in the database; courses asked about: {len(courses)}.")


def check_forum_search() -> Iterator[SeenData]:
    """See that the forum's search answers: it is asked with every post, which fails with it."""
    if edx_platform.list_missing_tables():
        yield SeenData.skipped("Not asked, because tables of the forum are missing.")
        return
    servers = edx_platform.list_search_servers()
    silent = [f"{host}:{port}" for host, port in servers if not _answers(host, port)]
    if silent:
        yield SeenData.failure(
            f"The search server of the forum does not answer at {', '.join(silent)}: posts fail.",
            "Start it, or see that the forum's search settings name it.",
        )
        return
    try:
        edx_platform.search_forum(held_course_id(), "community doctor")
    except Exception as error:  # noqa: BLE001 - each client has errors of its own
        yield SeenData.failure(
            f"The search of the forum fails with {type(error).__name__}.",
            "Run: manage.py lms initialize_forum_indices; then see the key in the forum's search settings.",
        )
    else:
        yield SeenData.ok(f"The search of the forum answers ({len(servers) or 'no'} servers).")


def check_backlog() -> Iterator[SeenData]:
    """See that what a post sets going is done.

    A post does not tell since when it waits (one from before us may be years old), so posts are only counted.
    """
    rows: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("evaluations", PendingEvaluation.objects.all(), "created_at"),
        ("marks", HelpfulMark.objects.filter(fold_due__isnull=False), "created_at"),
        ("cases that have closed", Task.objects.filter(kind=TaskKind.CASE), "settle_at"),
    )
    of_blended: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("blended tasks that changed", Task.objects.filter(kind=TaskKind.BLENDED, is_active=True), "settle_at"),
        ("dates of blended tasks", Participation.objects.filter(task__is_active=True), "next_look_at"),
    )
    late = [
        people.look_at_backlog(waiting, moment=moment, what=what, command=command)
        for command, found in (("sweep_discussions", rows), ("sweep_blended_tasks", of_blended))
        for what, waiting, moment in found
    ]
    for due, what in (("points_due", "points"), ("fold_due", "counts")):
        if Contribution.objects.filter(**{f"{due}__isnull": False}).order_by()[:_MANY_POSTS].count() == _MANY_POSTS:
            late.append(
                SeenData.warning(
                    f"{_MANY_POSTS} posts or more wait for their {what}.",
                    "Let manage.py lms sweep_discussions run until nothing is left; it says what stops it.",
                )
            )
    yield from [seen for seen in late if seen] or [SeenData.ok("Nothing waits longer than it should.")]


def _courses_in_use() -> list[str]:
    """Return the keys without a course, and courses in which cases or points are on, not more than can be asked."""
    cases = CourseSwitch.objects.filter(is_on=True).order_by("pk").values_list("course_id", flat=True)
    points = (str(key) for key in gamification.list_numbered_courses() if gamification.is_on(key))
    apart = (held_course_id(), *sorted(list_course_ids()))
    return list(dict.fromkeys([*apart, *cases[:_MOST_COURSES], *points]))[:_MOST_COURSES]


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _is_open_to_everybody(address: str) -> bool:
    """Tell whether an account without any right may call the REST view at an address."""
    try:
        view_function = resolve(address).func
    except Resolver404:
        return False
    view_class = getattr(view_function, "cls", None)
    if view_class is None:
        return False
    request = Request(HttpRequest())
    request.user = get_user_model()(is_active=True)
    view = view_class(**getattr(view_function, "initkwargs", {}))
    return all(permission.has_permission(request, view) for permission in view.get_permissions())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _is_course_key(value: Any) -> bool:
    return CourseKey.from_string(value).is_course


def _are_factors(value: Any) -> bool:
    return all(isinstance(language, str) and 0 < factor <= 10 for language, factor in value.items())


def _are_paces(value: Any) -> bool:
    return all(isinstance(act, str) and re.fullmatch(r"(\d+/\d*[smhd])?", pace) for act, pace in value.items())


RANGES: Final = (
    RangeData.switch("DISCUSSION_EXT_ON_BY_DEFAULT"),
    RangeData("DISCUSSION_EXT_HELD_COURSE_KEY", "a course key of which no course exists", _is_course_key),
    RangeData.whole("DISCUSSION_EXT_POST_LIMIT", 100, 1_000_000),
    RangeData.pace("DISCUSSION_EXT_RATE_LIMIT"),
    RangeData("DISCUSSION_EXT_ACT_LIMITS", 'a table of acts with how often, such as {"edit": "10/m"}', _are_paces),
    RangeData.whole("DISCUSSION_EXT_PAGE_SIZE", 1, 100),
    RangeData.number("DISCUSSION_EXT_NEAR_COPY_SHARE", 0, 1),
    RangeData(
        "DISCUSSION_EXT_WORD_FACTORS", 'a table of languages with factors above 0, such as {"zh": 1.5}', _are_factors
    ),
    RangeData.switch("DISCUSSION_EXT_TEAM_IS_PEER"),
    RangeData.number("DISCUSSION_EXT_REMIND_HOURS", 0, 24 * 14),
    RangeData.number("DISCUSSION_EXT_REMIND_EVERY_SECONDS", 0, 31 * 24 * 3600),
    RangeData.number("DISCUSSION_EXT_SWEEP_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("DISCUSSION_EXT_REPAIR_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.whole("DISCUSSION_EXT_REPORTS_KEEP_DAYS", 0, _CENTURY_DAYS),
    RangeData.whole("DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS", 0, _CENTURY_DAYS),
    RangeData.whole("DISCUSSION_EXT_TEXTS_KEEP_DAYS", 0, _CENTURY_DAYS),
)
