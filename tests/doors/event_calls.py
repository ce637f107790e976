"""Where the doors of a chapter's events are, and what is sent there so that a refusal can only be about who calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chapters.api import event_results, events
from tests.doors.event_world import feed_of
from tests.events.factories import in_days

if TYPE_CHECKING:
    from tests.doors.world import World

Make = Callable[["World"], dict[str, Any]]


def _event(name: str = "event") -> Make:
    return lambda world: {"event_id": world.ids[name]}


def _series(world: World) -> dict[str, Any]:
    return {"series_id": world.ids["event series"]}


def _rsvp(world: World) -> dict[str, Any]:
    return {"event_id": world.ids["event"], "rsvp_id": world.ids["rsvp"]}


LATER, HELD, DRAFT = _event("event later"), _event("event held"), _event("event draft")
OFFERED, DATE = _event("event offered"), _event("event of series")

#: What stands in addresses beside the slug, by the name of the door, with the method where that has its own.
ADDRESSES: dict[str, Make] = {
    "event": _event(),
    "event_answer": _event(),
    "event_decline": _event(),
    "event_offer": OFFERED,
    "event_keep": OFFERED,
    "event_series": DATE,
    "event_calendar": _event(),
    "event_ticket": _event(),
    "event_result": HELD,
    "event_survey": HELD,
    "event_presence": HELD,
    "chapter_feed": lambda world: {"token": feed_of(world, "member")},
    "desk_series": _series,
    "desk_event": _event(),
    "desk_event POST": DRAFT,
    "desk_event_edit": LATER,
    "desk_event_copy": LATER,
    "desk_event_cancel": LATER,
    "desk_event_skip": DATE,
    "desk_event_result": HELD,
    "desk_attendees": _event(),
    "desk_attendee": _rsvp,
    "desk_event_presences": HELD,
    "desk_attendees_print": _event(),
    "desk_attendees_csv": _event(),
    "desk_event_mail": _event(),
    "api_event": _event(),
    "api_event DELETE": DRAFT,
    "api_event_plan": _event(),
    "api_event_publish": DRAFT,
    "api_event_cancel": LATER,
    "api_event_restore": _event("event off"),
    "api_event_copy": LATER,
    "api_event_skip": DATE,
    "api_event_answer": _event(),
    "api_event_decline": _event(),
    "api_event_offer": OFFERED,
    "api_event_keep": OFFERED,
    "api_event_ticket": _event(),
    "api_event_survey": HELD,
    "api_event_survey_summary": HELD,
    "api_event_presence": HELD,
    "api_event_presences": HELD,
    "api_event_result": HELD,
    "api_event_mails": _event(),
    "api_attendees": _event(),
    "api_attendee": _rsvp,
    "api_series": _series,
    "api_series_answer": _series,
    "api_series_decline": _series,
    "api_series_publish": _series,
    "api_series_extend": _series,
}
#: Doors that are not about one chapter.
BESIDE = ("my_events", "api_my_events")

#: An event as a form sends it.
FORM = {
    "title": "Giving feedback upwards",
    "day": in_days().date().isoformat(),
    "time": "18:30",
    "ends": "20:30",
    "mode": "offline",
    "place": "Riverside Campus, room B2",
    "zone": "Africa/Nairobi",
    "open_to": "members",
    "guests_most": "0",
    "closes_minutes": "0",
    "link_minutes": "15",
    "act": "draft",
}


def _changed(world: World) -> dict[str, Any]:
    event = events.get_event(world.ids["event later"])
    return {**FORM, "revision": event.revision, "hosts": event.host_ids[0]}


def _revision(world: World) -> int:
    found = event_results.find_result(world.ids["event held"])
    return found.revision if found is not None else 0


#: What each form is filled in with.
FORMS: dict[str, Make] = {
    "my_events": lambda _world: {"act": "renew"},
    "event_answer": lambda _world: {"come": "offline"},
    "event_offer": lambda _world: {"act": "take"},
    "event_keep": lambda _world: {"act": "keep"},
    "event_series": lambda _world: {"act": "come", "come": "offline"},
    "event_survey": lambda _world: {"rating": "4", "useful": "A sentence to begin with."},
    "event_presence": lambda _world: {"text": "I came late and sat at the back."},
    "desk_event_new": lambda _world: FORM,
    "desk_event_templates": lambda world: {"act": "delete", "template": world.ids["event template"]},
    "desk_series": lambda _world: {"act": "extend", "repeat_count": "1"},
    "desk_event": lambda _world: {"act": "publish"},
    "desk_event_edit": _changed,
    "desk_event_copy": lambda _world: {"day": in_days(20).date().isoformat(), "time": "18:30"},
    "desk_event_cancel": lambda _world: {"reason": "The hall is flooded."},
    "desk_event_skip": lambda _world: {"reason": "It is a holiday."},
    "desk_event_result": lambda world: {"act": "draft", "text": "Three sentences.", "revision": _revision(world)},
    "desk_attendees": lambda world: {"username": world.people["heir"].username, "mode": "offline"},
    "desk_attendee": lambda _world: {"act": "approve"},
    "desk_event_presences": lambda world: {"act": "keep", "user": world.people["heir"].pk, "answer": "Nobody knows."},
    "desk_attendees_csv": lambda _world: {"reason": "Chairs."},
    "desk_event_mail": lambda _world: {
        "audience": "all", "subject": "The door", "body": "Ring twice.", "request_key": "0" * 32
    },
}  # fmt: skip

PLAN = {"title": "Giving feedback upwards", "place": "Riverside Campus, room B2"}
ANSWER = {"mode": "offline", "guests": 0}


def _rule() -> dict[str, Any]:
    return {"frequency": "weekly", "starts_on": in_days().date().isoformat(), "at": "18:30", "count": 2}


#: What is sent to the REST API, right in every field.
BODIES: dict[str, Make] = {
    "api_events POST": lambda _world: {**PLAN, "starts_local": f"{in_days():%Y-%m-%dT%H:%M}"},
    "api_event PATCH": lambda world: {
        "revision": events.get_event(world.ids["event"]).revision, "title": "Evening of harder talks"
    },
    "api_event_cancel POST": lambda _world: {"reason": "The hall is flooded."},
    "api_event_copy POST": lambda _world: {"starts_local": f"{in_days(20):%Y-%m-%dT%H:%M}"},
    "api_event_skip POST": lambda _world: {"reason": "It is a holiday."},
    "api_event_answer PUT": lambda world: {
        **ANSWER, "answers": [{"question": world.ids["event question"], "answer": "Nine bakers."}]
    },
    "api_event_offer POST": lambda _world: {"is_taken": True},
    "api_event_survey PUT": lambda _world: {"rating": 4, "useful": "A sentence to begin with."},
    "api_event_presence POST": lambda _world: {"text": "I came late and sat at the back."},
    "api_event_presences POST": lambda world: {
        "user_id": world.people["heir"].pk, "is_accepted": False, "answer": "Nobody knows."
    },
    "api_event_result PUT": lambda world: {"text": "Three sentences.", "revision": _revision(world)},
    "api_event_mails POST": lambda _world: {
        "audience": "all", "subject": "The door", "body": "Ring twice.", "request_key": "doors again"
    },
    "api_attendees POST": lambda world: {"user_id": world.people["heir"].pk},
    "api_attendee POST": lambda _world: {"act": "approve"},
    "api_new_series POST": lambda _world: {"plan": PLAN, "rule": _rule()},
    "api_series_preview POST": lambda _world: {"rule": _rule()},
    "api_series_answer PUT": lambda _world: ANSWER,
    "api_series_decline POST": lambda _world: {},
    "api_series_extend POST": lambda _world: {"more": 1},
}  # fmt: skip
