"""What is kept about one person's part in events, for an export of their data."""

from __future__ import annotations

from chapters.models import (
    Event,
    EventAnswer,
    EventCredit,
    EventHost,
    EventMail,
    EventResult,
    EventSeries,
    EventSurvey,
    EventTemplate,
    PresenceRequest,
    Rsvp,
    SeriesRsvp,
)
from people import api as people


def register() -> None:
    """Make the sections known; called once, when the app is ready."""
    _register_answers()
    _register_afterwards()
    _register_work()


def _register_answers() -> None:
    people.register_export(
        "chapters.rsvps",
        title="Events you answered",
        model="chapters.Rsvp",
        columns={
            "id": "Number",
            "event_id": "Event",
            "state": "What it came to",
            "state_at": "Since",
            "mode": "In the room or online",
            "guests": "Guests",
            "source": "How it came about",
            "needs_step_free": "Needs a way without steps",
            "needs_note": "What you need",
            "queued_at": "In line since",
            "offered_at": "Seat offered at",
            "offer_until": "Seat kept until",
            "offers": "Seats offered",
            "note": "What organizers told you",
            "is_late": "Given back late",
            "answered_sequence": "Version of the event that you answered",
            "created_at": "First answered at",
        },
        rows=lambda user_id: Rsvp.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_answers",
        title="What you answered to questions of events",
        model="chapters.EventAnswer",
        columns={"rsvp__event_id": "Event", "question__text": "Question", "text": "Answer"},
        rows=lambda user_id: EventAnswer.objects.filter(rsvp__user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.series_rsvps",
        title="Series of events you come or came to",
        model="chapters.SeriesRsvp",
        columns={
            "series_id": "Series",
            "mode": "In the room or online",
            "guests": "Guests",
            "from_on": "From",
            "ended_at": "Until",
            "created_at": "Answered at",
        },
        rows=lambda user_id: SeriesRsvp.objects.filter(user_id=user_id).order_by("pk"),
    )


def _register_afterwards() -> None:
    people.register_export(
        "chapters.event_surveys",
        title="What you said of events afterwards",
        model="chapters.EventSurvey",
        columns={
            "event_id": "Event",
            "rating": "Rating, 1 to 5",
            "useful": "What you take with you",
            "better": "What could be better",
            "created_at": "At",
        },
        rows=lambda user_id: EventSurvey.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.presence_requests",
        title="Events at which you say you were",
        model="chapters.PresenceRequest",
        columns={
            "event_id": "Event",
            "text": "What you wrote",
            "asked_at": "At",
            "is_accepted": "Accepted",
            "answer": "Answer",
            "answered_at": "Answered at",
        },
        rows=lambda user_id: PresenceRequest.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_credits",
        title="Events for which you had points",
        model="chapters.EventCredit",
        columns={"event_id": "Event", "kind": "For", "is_given": "Given now", "revision": "Times told"},
        rows=lambda user_id: EventCredit.objects.filter(user_id=user_id).order_by("pk"),
    )


def _register_work() -> None:
    people.register_export(
        "chapters.hosted",
        title="Events you host or hosted",
        model="chapters.EventHost",
        columns={"event_id": "Event", "position": "Place among the hosts"},
        rows=lambda user_id: EventHost.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.events",
        title="Events you made",
        model="chapters.Event",
        columns={
            "id": "Number",
            "chapter_id": "Chapter",
            "state": "State",
            "starts_at": "Begins at",
            "summary": "Summary",
            "created_at": "Made at",
            "published_at": "Published at",
        },
        rows=lambda user_id: Event.objects.filter(created_by=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_series",
        title="Series of events you made",
        model="chapters.EventSeries",
        columns={"id": "Number", "chapter_id": "Chapter", "title": "Title", "created_at": "Made at"},
        rows=lambda user_id: EventSeries.objects.filter(created_by=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_templates",
        title="Templates of events you made",
        model="chapters.EventTemplate",
        columns={"id": "Number", "chapter_id": "Chapter", "name": "Name", "created_at": "Made at"},
        rows=lambda user_id: EventTemplate.objects.filter(created_by=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_mails",
        title="What you wrote to people of events",
        model="chapters.EventMail",
        columns={
            "event_id": "Event",
            "audience": "To whom",
            "subject": "Subject",
            "body": "Text",
            "sent": "Sent to so many",
            "skipped": "Not sent to so many",
            "created_at": "At",
        },
        rows=lambda user_id: EventMail.objects.filter(author_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.event_results",
        title="Results of events you wrote",
        model="chapters.EventResult",
        columns={
            "event_id": "Event",
            "text": "Text",
            "published_at": "Published at",
            "changed_at": "Changed at",
        },
        rows=lambda user_id: EventResult.objects.filter(author_id=user_id).order_by("pk"),
    )
