"""Which of the suite's public facts there are, and where on the event bus each goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_SUITE = "org.openedx.community."

#: The type of each fact and the field by which a bus that can do so keeps facts in order.
KEY_FIELDS = {
    f"{_SUITE}gamification.total.changed.v1": "total.user_id",
    f"{_SUITE}gamification.level.reached.v1": "level.user_id",
    f"{_SUITE}discussion_ext.case.finished.v1": "case.user_id",
    f"{_SUITE}discussion_ext.case.unfinished.v1": "case.user_id",
    f"{_SUITE}discussion_ext.contribution.recorded.v1": "contribution.contribution_id",
    f"{_SUITE}discussion_ext.contribution.removed.v1": "contribution.contribution_id",
    f"{_SUITE}chapters.membership.started.v1": "membership.membership_id",
    f"{_SUITE}chapters.membership.ended.v1": "membership.membership_id",
    f"{_SUITE}chapters.post.recorded.v1": "post.post_id",
    f"{_SUITE}chapters.chapter.moved.v1": "chapter.chapter_id",
    f"{_SUITE}chapters.event.published.v1": "event.event_id",
    f"{_SUITE}chapters.event.cancelled.v1": "event.event_id",
    f"{_SUITE}chapters.rsvp.changed.v1": "rsvp.rsvp_id",
    f"{_SUITE}chapters.attendance.recorded.v1": "attendance.user_id",
}


def routes(types: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield type, topic and key field of facts; one topic for each package of the suite."""
    for event_type in types:
        package = event_type.removeprefix(_SUITE).split(".", maxsplit=1)[0]
        yield event_type, f"community-{package.replace('_', '-')}", KEY_FIELDS[event_type]
