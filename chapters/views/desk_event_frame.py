"""What the desk's pages of one event share: the way in for those who run or host it, and the event around each page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from chapters.access import Access
from chapters.addresses import event_url
from chapters.api import events, series
from chapters.data import Action, ChapterData, DecisionData, EventAct, EventData
from chapters.exceptions import ChapterError, NotAllowedError

from .desk_event_words import say_when, tag_of
from .desk_frame import desk_url, name_of_chapter, render_desk
from .frame import open_chapter, reader_id


@dataclass(frozen=True, kw_only=True)
class EventVisit:
    """Somebody at the desk of one event: the chapter, the event, and what they may do with it."""

    request: HttpRequest
    chapter: ChapterData
    access: Access
    user_id: int
    event: EventData

    def decide(self, act: EventAct) -> DecisionData:
        """Answer whether they may do something with the event, with reason and next step."""
        return events.decide_event(self.access, self.event, act)

    def may(self, act: EventAct) -> bool:
        """Tell whether they may do something with the event."""
        return self.decide(act).is_allowed

    def require(self, act: EventAct) -> None:
        """Raise NotAllowedError, which becomes a page with reason and next step, unless they may."""
        decision = self.decide(act)
        if not decision.is_allowed:
            raise NotAllowedError(decision)

    def did_last(self, verb: str) -> bool:
        """Tell whether they send again what they did last: the second press of a button leads where the first led."""
        return self.request.method == "POST" and events.did_last(self.event.id, self.user_id, verb)

    def url(self, name: str = "desk_event", *args: object, done: str = "") -> str:
        """Return the address of one of the event's pages at the desk."""
        return desk_url(name, self.chapter, self.event.id, *args, done=done)

    def go(self, name: str = "desk_event", *args: object, done: str = "") -> HttpResponseRedirect:
        """Lead to one of the event's pages after something was done."""
        return HttpResponseRedirect(self.url(name, *args, done=done))

    def read_again(self) -> EventVisit:
        """Return the visit with the event as it is now."""
        return replace(self, event=events.get_event(self.event.id))


def open_event(request: HttpRequest, slug: str, event_id: int, act: EventAct = EventAct.HOST) -> EventVisit:
    """Return the visit of somebody who may do ``act`` with an event of a chapter.

    Raises 404 for no such event and for one that they may not see, and NotAllowedError where the answer is no.
    """
    chapter, access = open_chapter(request, slug)
    event = events.find_event(chapter.id, event_id)
    if event is None:
        raise Http404
    visit = EventVisit(request=request, chapter=chapter, access=access, user_id=reader_id(request), event=event)
    if not visit.may(EventAct.SEE):
        raise Http404
    visit.require(act)
    return visit


def render_event(
    visit: EventVisit,
    template: str,
    context: dict[str, Any],
    *,
    refusal: ChapterError | None = None,
    notices: Mapping[str, Callable[[], str]] | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return a page of an event from ``templates/chapters/desk/events/``; its trail leads as far as the reader may."""
    event = visit.event
    frame = {
        "event": event,
        "when": say_when(event),
        "tag": tag_of(event, timezone.now()),
        "page_url": event_url(visit.chapter.slug, event.id),
        "has_desk": visit.access.can(Action.SEE_DESK),
        "may": {act.value: visit.may(act) for act in EventAct},
    }
    return render_desk(
        visit.request,
        visit.chapter,
        visit.access,
        f"events/{template}",
        frame | context,
        refusal=refusal,
        notices=notices,
        status=status,
    )


def find_following(visit: EventVisit) -> dict[str, Any] | None:
    """Return how many dates *this and all that follow* is, and which it leaves alone; None outside series."""
    if visit.event.series_id is None:
        return None
    reached = series.list_following(visit.event.id)
    return {"count": len(reached.changed), "left_alone": [say_when(each) for each in reached.left_alone]}


def list_hosts(chapter: ChapterData, access: Access, host_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return who is offered as host: everybody with a role in the chapter, and who hosts the event already."""
    names = name_of_chapter(chapter, dict.fromkeys([*host_ids, *access.terms]))
    return [(user_id, name.text) for user_id, name in names.items()]
