"""Acts inside the house that no page offers: people, roles and sessions, and a look at what the platform stored.

Run as a program by `House.stage`, because Django's ORM and Playwright's loop do not share a thread.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def open_house() -> None:
    for path in (ROOT, ROOT / "conf/host/shims", ROOT / "conf/host"):
        sys.path.insert(0, str(path))
    os.environ["DJANGO_SETTINGS_MODULE"] = "embedded_host.settings.lms"
    import django

    django.setup()


def people(*, course: str, accounts: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Make accounts with their roles in a course and return the session of each."""
    from django.contrib.auth.models import User
    from opaque_keys.edx.keys import CourseKey

    from common.djangoapps.student.models import CourseEnrollment, UserProfile
    from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole
    from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_MODERATOR, Role
    from openedx.core.djangoapps.user_api.models import UserPreference

    course_key = CourseKey.from_string(course)
    sessions = {}
    for username, about in accounts.items():
        user = User.objects.create_user(username, f"{username}@example.org", "edx")
        UserProfile.objects.update_or_create(user=user, defaults={"name": about["name"]})
        preferences = {"pref-lang": about.get("language", "en"), "time_zone": about.get("zone", "Europe/Amsterdam")}
        for key, value in preferences.items():
            UserPreference.objects.create(user=user, key=key, value=value)
        if about["role"] == "learner":
            CourseEnrollment.enroll(user, course_key)
        if about["role"] == "author":
            CourseInstructorRole(course_key).add_users(user)
        if about["role"] in ("author", "moderator"):
            CourseStaffRole(course_key).add_users(user)
        if about["role"] == "moderator":
            Role.objects.get_or_create(name=FORUM_ROLE_MODERATOR, course_id=course_key)[0].users.add(user)
        sessions[username] = _session(user)
    return sessions


def sessions(*, usernames: list[str]) -> dict[str, str]:
    """Return a session for each of these people."""
    from django.contrib.auth.models import User

    return {username: _session(User.objects.get(username=username)) for username in usernames}


def _session(user: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.AllowAllUsersModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def language(*, username: str, code: str) -> dict[str, str]:
    """Let somebody read in another language."""
    from django.contrib.auth.models import User

    from openedx.core.djangoapps.user_api.models import UserPreference

    user = User.objects.get(username=username)
    UserPreference.objects.update_or_create(user=user, key="pref-lang", defaults={"value": code})
    return {"language": code}


def stored(*, username: str, course: str, category: str) -> dict[str, Any]:
    """Return what the platform keeps of a learner's work: grade and completion per block of a type, points, rank."""
    from completion.models import BlockCompletion
    from django.contrib.auth.models import User
    from opaque_keys.edx.keys import CourseKey

    from gamification import api as gamification
    from lms.djangoapps.courseware.models import StudentModule

    user, course_key = User.objects.get(username=username), CourseKey.from_string(course)
    modules = StudentModule.objects.filter(student=user, course_id=course_key, module_type=category)
    standing = gamification.get_standing(user.id, course_key)
    entries = gamification.list_entries(user.id, course_key, page_size=50).entries
    return {
        "grades": {str(module.module_state_key): [module.grade, module.max_grade] for module in modules},
        "completions": {
            str(row.block_key): row.completion
            for row in BlockCompletion.objects.filter(user=user, context_key=course_key, block_type=category)
        },
        "points": standing.points,
        "rank": standing.rank,
        "entries": [[entry.kind, entry.points, entry.reason] for entry in entries],
    }


def switch_on(*, course: str, username: str) -> dict[str, str]:
    """Turn points and discussion features on for a course, as its team does in Studio."""
    from django.contrib.auth.models import User
    from opaque_keys.edx.keys import CourseKey

    from discussion_ext import api as discussion
    from gamification import api as gamification

    course_key = CourseKey.from_string(course)
    team_id = User.objects.get(username=username).id
    gamification.set_on(course_key, is_on=True, actor_id=team_id)
    discussion.set_on(course_key, is_on=True, actor_id=team_id)
    return {"course": course}


def units(*, course: str) -> dict[str, str]:
    """Return a unit to put a case into and another one that is only read."""
    from opaque_keys.edx.keys import CourseKey

    from xmodule.modulestore.django import modulestore

    found = modulestore().get_items(CourseKey.from_string(course), qualifiers={"category": "vertical"})
    types = {str(unit.scope_ids.usage_id): [child.block_type for child in unit.children] for unit in found}
    reading = min((key for key in types if set(types[key]) == {"html"}), key=lambda key: len(types[key]))
    return {"reading": reading, "case": next(key for key in types if types[key] and key != reading)}


def mail() -> dict[str, int]:
    """Gather news into mails and send all that waits, whatever the hour is and however many: nobody sleeps here."""
    from django.conf import settings

    from people import api as platform_people

    settings.PEOPLE_QUIET_HOURS, settings.PEOPLE_DIGEST_HOUR = ["00:00", "00:00"], 0
    settings.PEOPLE_DELIVERY_MOST_PER_HOUR = 0
    platform_people.run_errands()
    told = platform_people.compose_news()
    return {"told": told.get("told", 0), "sent": platform_people.process_deliveries().sent}


ACTS = {
    "mail": mail,
    "units": units,
    "people": people,
    "sessions": sessions,
    "language": language,
    "stored": stored,
    "switch_on": switch_on,
}


def main(act: str, arguments: str) -> None:
    open_house()
    from tests.e2e import chapters_stage as chapters
    from tests.e2e import events_stage as events

    acts = ACTS | {
        "found_chapters": chapters.found_chapters,
        "prepare_course": chapters.prepare_course,
        "find_certificate": chapters.find_certificate,
        "plan_evenings": events.plan_evenings,
        "pass_evening": events.pass_evening,
    }
    print(json.dumps(acts[act](**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
