"""Who hosts an event: named from among the members, and kept as they were whatever becomes of their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from chapters.data import MembershipState
from chapters.exceptions import InvalidValueError
from chapters.membership.news import list_organizers
from chapters.models import EventHost, Membership

MOST_HOSTS: Final = 10


def read_hosts(user_ids: Any, *, chapter_id: int, kept: Sequence[int] = ()) -> tuple[int, ...]:
    """Return hosts in their order, each once: members of the chapter, and those who host already (``kept``).

    Raises InvalidValueError("host_ids").
    """
    wanted = tuple(dict.fromkeys(user_ids))
    if len(wanted) > MOST_HOSTS or any(type(each) is not int for each in wanted):
        message = _("Name at most %(most)d hosts.") % {"most": MOST_HOSTS}
        raise InvalidValueError(message, field="host_ids")
    fresh = set(wanted) - set(kept)
    if fresh and not fresh <= list_members(chapter_id, fresh):
        raise InvalidValueError(_("Hosts are members of the chapter. Choose among them."), field="host_ids")
    return wanted


def list_members(chapter_id: int, user_ids: Any) -> set[int]:
    """Return which of these people are members now; one query."""
    members = Membership.objects.filter(chapter_id=chapter_id, state=MembershipState.MEMBER, user_id__in=list(user_ids))
    return set(members.values_list("user_id", flat=True))


def write_hosts(event_id: int, user_ids: Sequence[int]) -> None:
    """Store the hosts of an event in their order; the caller holds the event's lock."""
    known = list(EventHost.objects.filter(event_id=event_id).order_by("position", "pk").values_list("pk", "user_id"))
    if [user_id for _pk, user_id in known] == list(user_ids):
        return
    # By their keys: a deletion that looks for what a new event has not yet locks the gap into which others write.
    for pk, _user_id in known:
        EventHost.objects.filter(pk=pk).delete()
    EventHost.objects.bulk_create(
        EventHost(event_id=event_id, user_id=user_id, position=place) for place, user_id in enumerate(user_ids)
    )


def list_team(event_id: int, chapter_id: int) -> list[int]:
    """Return who is asked about an event: its hosts who are members still or, without any, who runs the chapter."""
    hosts = EventHost.objects.filter(event_id=event_id).order_by("position", "pk").values_list("user_id", flat=True)
    named = list(hosts)
    members = list_members(chapter_id, named)
    return [user_id for user_id in named if user_id in members] or list_organizers(chapter_id)


def is_host(event_id: int, user_id: int) -> bool:
    """Tell whether somebody is named as a host of an event; one query."""
    return EventHost.objects.filter(event_id=event_id, user_id=user_id).exists()
