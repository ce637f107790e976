"""The discussion topics of a course, as its ``discussion_topics`` setting lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

COURSE_TOPIC_ID = "course"


@dataclass(frozen=True)
class Topic:
    """A topic: the id that threads carry and the name people see."""

    id: str
    name: str


def list_topics(course: Any) -> list[Topic]:
    """Return the topics in the order the course team chose; there is always at least one."""
    authored = getattr(course, "discussion_topics", None) or {}
    found = [
        (str(entry.get("sort_key") or name), Topic(id=str(entry["id"]), name=str(name)))
        for name, entry in authored.items()
        if isinstance(entry, dict) and entry.get("id")
    ]
    if not found:
        return [Topic(id=COURSE_TOPIC_ID, name=_("General"))]
    return [topic for _sort_key, topic in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


def find_topic(course: Any, topic_id: str | None) -> Topic | None:
    """Return the topic with this id, or None: threads may carry ids the course does not list."""
    return next((topic for topic in list_topics(course) if topic.id == topic_id), None)
