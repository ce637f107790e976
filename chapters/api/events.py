"""Events of chapters: planned, published, changed, called off and read. Seats, series and results have their own api.

Callers are trusted: they have asked `decide_event` before.
"""

from chapters.events.changing import EventChangeData, change_event, did_last
from chapters.events.copying import copy_event
from chapters.events.life import cancel_event, create_event, delete_draft, publish_event, restore_event
from chapters.events.lists import list_drafts, list_events, list_my_events
from chapters.events.permissions import decide_event, list_open_to, require_event, require_following
from chapters.events.points import get_points
from chapters.events.reading import (
    find_event,
    get_event,
    get_events,
    get_plan,
    next_events,
    next_starts,
)
from chapters.events.records import list_questions, list_units
from chapters.events.templates import delete_template, get_template, list_templates, save_template
from chapters.events.units import list_preparation

__all__ = [
    "EventChangeData",
    "cancel_event",
    "change_event",
    "copy_event",
    "create_event",
    "decide_event",
    "delete_draft",
    "delete_template",
    "did_last",
    "find_event",
    "get_event",
    "get_events",
    "get_plan",
    "get_points",
    "get_template",
    "list_drafts",
    "list_events",
    "list_my_events",
    "list_open_to",
    "list_preparation",
    "list_questions",
    "list_templates",
    "list_units",
    "next_events",
    "next_starts",
    "publish_event",
    "require_event",
    "require_following",
    "restore_event",
    "save_template",
]
