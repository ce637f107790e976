"""What this package keeps about one person, for an export of their data."""

from __future__ import annotations

from people import api as people

from .models import Entry, SchemeVersion, Total


def register() -> None:
    """Make the sections known; called once, when the app is ready."""
    people.register_export(
        "gamification.entries",
        title="Your points, line by line",
        model="gamification.Entry",
        columns={
            "id": "Line",
            "course__course_key": "Course",
            "source": "For",
            "revision": "Revision",
            "kind": "Kind of activity",
            "is_void": "Taken back",
            "occurred_at": "Happened at",
            "local_date": "On your calendar day",
            "worth": "Points, unless the day's limit was reached",
            "per_day": "Limit of the day",
            "min_words": "Words asked for",
            "scheme_version": "Version of the points scheme",
            "facts": "Counts",
            "reason": "Why it was taken back",
            "note": "Why points were given or taken by hand",
            "title": "What for",
            "url": "Where",
        },
        rows=lambda user_id: Entry.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "gamification.totals",
        title="Your points in each course",
        model="gamification.Total",
        columns={
            "course__course_key": "Course",
            "points": "Points",
            "by_kind": "By kind of activity",
            "listing": "On the board (1) or why not (2 hidden, 3 course team, 4 not enrolled, 5 retired)",
            "changed_at": "Changed at",
        },
        rows=lambda user_id: Total.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "gamification.schemes",
        title="Points schemes you installed",
        model="gamification.SchemeVersion",
        columns={"scope": "Course", "version": "Version", "title": "Title", "installed_at": "Installed at"},
        rows=lambda user_id: SchemeVersion.objects.filter(installed_by_id=user_id).order_by("pk"),
    )
