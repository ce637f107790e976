"""After an event: who came, what they thought of it, and what came of it. The caller has asked `decide_event`."""

from chapters.events.presence import count_came, find_presence, list_presence, list_presences, list_presences_at
from chapters.events.presence_requests import (
    answer_presence,
    ask_presence,
    can_ask,
    find_presence_request,
    list_presence_requests,
)
from chapters.events.results import (
    find_result,
    list_awaiting_results,
    list_result_changes,
    list_results,
    save_result,
)
from chapters.events.show_rates import find_show_rate
from chapters.events.surveys import can_answer, find_survey, save_survey, summarize_survey

__all__ = [
    "answer_presence",
    "ask_presence",
    "can_answer",
    "can_ask",
    "count_came",
    "find_presence",
    "find_presence_request",
    "find_result",
    "find_show_rate",
    "find_survey",
    "list_awaiting_results",
    "list_presence",
    "list_presence_requests",
    "list_presences",
    "list_presences_at",
    "list_result_changes",
    "list_results",
    "save_result",
    "save_survey",
    "summarize_survey",
]
