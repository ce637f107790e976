"""Who comes to events: answers, seats and the line. The caller has asked `decide_event`."""

from chapters.events.answers import answer, decline, keep_seat, pass_offer, take_offer
from chapters.events.answers_read import count_pending, find_rsvp, find_rsvps
from chapters.events.approvals import add_attendee, approve, refuse, remove_attendee
from chapters.events.attendees import get_attendee, iter_attendees_csv, list_attendees
from chapters.events.drafts import list_own_answers
from chapters.events.line import promote
from chapters.events.releases import release_person
from chapters.events.seats import count_rsvps, is_seated, recount_seats
from chapters.events.series_answers import answer_series, decline_series, find_series_answer
from chapters.events.tending import lapse_offers

__all__ = [
    "add_attendee",
    "answer",
    "answer_series",
    "approve",
    "count_pending",
    "count_rsvps",
    "decline",
    "decline_series",
    "find_rsvp",
    "find_rsvps",
    "find_series_answer",
    "get_attendee",
    "is_seated",
    "iter_attendees_csv",
    "keep_seat",
    "lapse_offers",
    "list_attendees",
    "list_own_answers",
    "pass_offer",
    "promote",
    "recount_seats",
    "refuse",
    "release_person",
    "remove_attendee",
    "take_offer",
]
