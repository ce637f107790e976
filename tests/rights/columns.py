"""Every text and JSON column of every table of ours: what becomes of it when a person leaves, and why.

*erased*: what stands there about the person is gone after retirement. *retained*: it stays, for the reason given.
*never*: no person's words or names ever get there; codes, keys, ids and what the course team set up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

Whose = Callable[[int], Q]


@dataclass(frozen=True)
class Fate:
    """What becomes of a column. ``whose`` selects the rows that hold something about a person (given by id)."""

    word: str
    why: str
    whose: Whose | None = None


def erased(whose: Whose, why: str = "") -> Fate:
    """Declare a column whose content about the person goes."""
    return Fate("erased", why, whose)


def retained(why: str, whose: Whose | None = None) -> Fate:
    """Declare a column whose content stays."""
    return Fate("retained", why, whose)


def never(why: str) -> Fate:
    """Declare a column that never holds a person's words or name."""
    return Fate("never", why)


def _by(column: str) -> Whose:
    return lambda user_id: Q(**{column: user_id})


KEY = never("a key of the platform's content")
CODE = never("a code")
HASH = never("a hash or token")
COUNTS = never("numbers by name")
SET_UP = never("what the course team or operator set up for everybody")

COLUMNS: dict[str, dict[str, Fate]] = {
    "people.Preferences": {"zone": erased(_by("pk")), "language": erased(_by("pk"))},
    "people.ShownName": {
        "surface": erased(_by("user_id"), "row deleted"),
        "context_key": erased(_by("user_id"), "row deleted"),
        "choice": erased(_by("user_id"), "row deleted"),
    },
    "people.Pseudonym": {
        "context_key": erased(_by("user_id"), "row deleted"),
        "text": erased(_by("user_id"), "row deleted"),
    },
    "people.Unsubscription": {"kind": erased(_by("user_id"), "row deleted")},
    "people.Delivery": {
        "key": never("made of ids; stays, so that nothing writes to somebody who is gone"),
        "key_hash": HASH,
        "kind": CODE,
        "context": erased(_by("user_id")),
        "state": CODE,
        "detail": erased(_by("user_id")),
        "claim_token": HASH,
    },
    "people.NewsItem": {
        "key": never("made of ids; stays, so that nothing is told to somebody who is gone"),
        "key_hash": HASH,
        "kind": CODE,
        "context": erased(_by("user_id")),
        "state": CODE,
    },
    "people.Errand": {
        "id": HASH,
        "kind": CODE,
        "key": never("made of ids"),
        "facts": never("ids and codes"),
        "ticket": HASH,
        "error": never("the class of an error"),
    },
    "people.JobRun": {
        "name": CODE,
        "counts": COUNTS,
        "cursor": never("ids, keys and moments"),
        "error": never("the class of an error"),
        "runner": never("host and process"),
        "token": HASH,
    },
    "people.Service": {"name": CODE, "version": CODE, "apps": CODE, "python": CODE, "django": CODE},
    "people.AuditEntry": {
        "verb": CODE,
        "target": never("made of ids"),
        "context_key": KEY,
        "reason": erased(
            lambda user_id: Q(target=f"user:{user_id}"),
            "why something was done to the person; why the person did something to others stays for their appeals",
        ),
        "data": never("numbers and ids"),
    },
    "gamification.PointsCourse": {"course_key": KEY},
    "gamification.SchemeVersion": {"scope": KEY, "title": SET_UP, "text": SET_UP},
    "gamification.Entry": {
        "source": never("made of ids"),
        "kind": CODE,
        "facts": COUNTS,
        "reason": CODE,
        "note": erased(_by("user_id")),
        "title": erased(_by("user_id")),
        "url": erased(_by("user_id")),
    },
    "gamification.Total": {"by_kind": COUNTS},
    "discussion_ext.Backfill": {"course_id": KEY},
    "discussion_ext.CourseSwitch": {"course_id": KEY},
    "discussion_ext.Task": {
        "usage_hash": HASH,
        "usage_key": KEY,
        "course_id": KEY,
        "title": SET_UP,
        "topic_key": HASH,
        "fault": CODE,
        "digest": HASH,
        "config": SET_UP,
        "kind": CODE,
        "stage_id": CODE,
        "units": KEY,
        "synthesis": retained(
            "what the course team wrote to everybody about the case; should it name somebody, the team can edit it",
            _by("synthesis_by"),
        ),
    },
    "discussion_ext.TaskVersion": {"config": SET_UP},
    "discussion_ext.Contribution": {
        "course_id": KEY,
        "forum_key": never("made of ids"),
        "slot_key": never("made of ids"),
        "topic_id": KEY,
        "kind": CODE,
        "title": erased(_by("author_id")),
        "body": erased(_by("author_id")),
        "body_hash": HASH,
        "closed_body": erased(_by("author_id")),
        "state": CODE,
        "state_reason": erased(_by("author_id"), "what a member of the team said about another's post stays there"),
    },
    "discussion_ext.Report": {
        "reason": erased(lambda user_id: Q(reporter_id=user_id) | Q(contribution__author_id=user_id)),
        "state": CODE,
        "resolution": erased(_by("contribution__author_id")),
    },
    "discussion_ext.Board": {"key": CODE, "course_id": KEY, "topic_id": KEY},
    "discussion_ext.Topic": {"kind": CODE, "state": CODE, "shelf": CODE},
    "discussion_ext.BoardReader": {"last_hash": erased(_by("user_id"), "row deleted")},
    "discussion_ext.BoardWord": {"word": erased(_by("contribution__author_id"), "row deleted")},
    "discussion_ext.Picture": {
        "uid": erased(_by("user_id"), "row deleted"),
        "path": erased(_by("user_id"), "row and file deleted"),
        "alt": erased(_by("user_id"), "row deleted"),
    },
    "discussion_ext.Meeting": {
        "key": CODE,
        "uid": HASH,
        "title": SET_UP,
        "mode": CODE,
        "place": SET_UP,
        "link": SET_UP,
        "zone": CODE,
        "starts_local": CODE,
        "cancel_reason": erased(_by("host_id"), "where the person was the host"),
        "secret": HASH,
    },
    "discussion_ext.Seat": {
        "slot": erased(_by("user_id"), "row deleted"),
        "source": erased(_by("user_id"), "row deleted"),
    },
    "discussion_ext.Attendance": {
        "state": CODE,
        "source": CODE,
        "reason": erased(_by("user_id")),
        "corrected_from": CODE,
    },
    "discussion_ext.AttendanceChange": {
        "state": CODE,
        "source": CODE,
        "reason": erased(_by("user_id")),
        "request_key": never("made of ids and of what the host's device drew by lot"),
    },
    "discussion_ext.ClassSession": {
        "course_id": CODE,
        "block_id": CODE,
        "title": SET_UP,
        "assigned_by": CODE,
    },
    "discussion_ext.Sitting": {
        "replay_url": SET_UP,
        "replay_unit": CODE,
    },
    "discussion_ext.SittingImport": {
        "token": HASH,
        "kind": CODE,
        "lines": never("made of ids, codes, and of a sitting's set-up; gone after a day"),
        "faults": never("says what is wrong with a line without repeating who stands there; gone after a day"),
        "left_out": never("says why a line was refused without repeating who stands there; gone after a day"),
    },
    "discussion_ext.StageStanding": {"stage_id": CODE, "state": CODE},
    "discussion_ext.StageDecision": {
        "stage_id": CODE,
        "kind": CODE,
        "slot_key": never("made of ids"),
        "reason": erased(_by("user_id"), "what a member of the team decided about others stays there"),
    },
    "discussion_ext.UnitDone": {"course_id": KEY, "block_id": KEY, "key": HASH},
    "discussion_ext.ReviewAssignment": {"stage_id": CODE},
    "discussion_ext.Appeal": {
        "stage_id": CODE,
        "text": erased(_by("user_id")),
        "answer": erased(_by("user_id"), "what a member of the team answered to others stays there"),
    },
    "discussion_ext.Participation": {
        "step": CODE,
        "evaluation": erased(_by("user_id"), "the team's reasons; codes and numbers of the verdict stay"),
        "override_reason": erased(_by("user_id")),
    },
}

_OF_CHAPTER = retained("what a chapter says of itself to everybody; a proposal that never became one is deleted")
_OF_CLOSED = "at once where the report is closed, else by the clock that closing it starts"


def _reported(user_id: int) -> Q:
    return Q(reporter_id=user_id, state="closed")


COLUMNS |= {
    "chapters.Region": {"slug": CODE, "name": SET_UP},
    "chapters.Chapter": {
        **dict.fromkeys(("slug", "name", "city", "topic", "lead", "audience", "core_value", "tone"), _OF_CHAPTER),
        **dict.fromkeys(("unique_value", "lost", "goals", "field", "members_wanted"), _OF_CHAPTER),
        **dict.fromkeys(("results", "will_not", "welcome", "search_text"), _OF_CHAPTER),
        **dict.fromkeys(("state", "scope", "type", "country", "zone", "languages", "entry", "name_format"), CODE),
        "state_reason": retained("why a chapter is paused, dormant or archived, said to all its members"),
        "contact": erased(lambda user_id: Q(terms__user_id=user_id), "where nobody else runs the chapter"),
        "guidelines_version": CODE,
        "open_key": HASH,
    },
    "chapters.ChapterRule": {"audience": CODE, "match": CODE},
    "chapters.RuleCourse": {"course_id": KEY, "organization": KEY},
    "chapters.CourseSwitch": {"course_id": KEY},
    "chapters.Membership": {
        **dict.fromkeys(("position", "place", "skills", "why", "hobbies"), erased(_by("user_id"))),
        "decision_note": erased(_by("user_id"), "what organizers answered them"),
        "leave_note": erased(_by("user_id")),
        **dict.fromkeys(("state", "joined_by", "private_fields", "leave_reason", "digest"), CODE),
    },
    "chapters.MemberWord": {"word": erased(lambda user_id: Q(membership__user_id=user_id), "row deleted")},
    "chapters.Standing": {
        "audience": CODE,
        "source": CODE,
        "course_id": KEY,
        "reason": erased(lambda user_id: Q(membership__user_id=user_id)),
    },
    "chapters.JoinQuestion": dict.fromkeys(("text", "hint", "kind", "choices"), never("what organizers ask everybody")),
    "chapters.JoinAnswer": {
        "question": never("what organizers ask everybody"),
        "answer": erased(lambda user_id: Q(membership__user_id=user_id), "row deleted"),
    },
    "chapters.Invitation": {"audience": CODE, "course_id": KEY, "state": CODE},
    "chapters.Ban": dict.fromkeys(("reason", "appeal", "appeal_answer"), erased(_by("user_id"))),
    "chapters.Term": {"role": CODE, "open_key": CODE, "end_reason": CODE},
    "chapters.Concern": {
        "kind": CODE,
        "text": erased(_reported, _OF_CLOSED),
        "state": CODE,
        "outcome": erased(_reported, _OF_CLOSED),
        "request_key": HASH,
    },
    "chapters.ConcernNote": {
        "text": erased(lambda user_id: Q(concern__reporter_id=user_id, concern__state="closed"), _OF_CLOSED)
    },
}

_OF_EVENT = never("what a chapter plans and says of its events")
_OF_LETTER = "who wrote it is cut off too, and what was not sent yet is not sent"


def _written_down(user_id: int) -> Q:
    return Q(author_id=user_id, published_at__isnull=True)


COLUMNS |= {
    "chapters.EventSeries": {
        "title": _OF_EVENT,
        **dict.fromkeys(("frequency", "starts_on", "at", "until", "skipped"), CODE),
    },
    "chapters.Event": {
        **dict.fromkeys(("occurrence", "state", "mode", "open_to", "kind", "languages", "access_facts"), CODE),
        **dict.fromkeys(("summary", "description", "agenda", "place_hint", "access_note"), _OF_EVENT),
        "request_key": HASH,
    },
    "chapters.EventUnit": {"usage_key": KEY, "title": never("the title of a unit of a course")},
    "chapters.EventQuestion": dict.fromkeys(("kind", "text", "choices"), never("what organizers ask everybody")),
    "chapters.EventTemplate": {"name": _OF_EVENT, "plan": _OF_EVENT},
    "chapters.EventMail": {
        "audience": CODE,
        "subject": erased(_by("author_id"), _OF_LETTER),
        "body": erased(_by("author_id"), _OF_LETTER),
        "request_key": HASH,
    },
    "chapters.EventNotice": {"key": never("made of ids")},
    "chapters.EventResult": {
        "text": erased(_written_down, "what was published stays, without who wrote it: it is the chapter's knowledge"),
    },
    "chapters.Rsvp": {
        **dict.fromkeys(("state", "mode", "source"), CODE),
        "needs_note": erased(_by("user_id")),
        "note": erased(_by("user_id"), "what organizers answered them"),
    },
    "chapters.EventAnswer": {"text": erased(lambda user_id: Q(rsvp__user_id=user_id), "row deleted")},
    "chapters.EventCredit": {"kind": CODE},
    "chapters.SeriesRsvp": {"mode": CODE, "from_on": CODE},
    "chapters.EventSurvey": dict.fromkeys(("useful", "better"), erased(_by("user_id"))),
    "chapters.PresenceRequest": dict.fromkeys(("text", "answer"), erased(_by("user_id"), "row deleted")),
}

#: Tables that are erased in another way than by emptying a text; each is shown in test_retirement.
OTHERWISE: dict[str, str] = {
    "gamification.Total": "the row leaves the board for good",
    "discussion_ext.PendingEvaluation": "the row is deleted",
    "discussion_ext.SeatWish": "the row is deleted",
    "discussion_ext.TopicReader": "the row is deleted",
    "discussion_ext.Topic": "an id stays; the words are those of its first post",
    "discussion_ext.CalendarFeed": "the row is deleted",
    "discussion_ext.SittingImport": "the row is deleted",
    "chapters.Invitation": "the row is deleted",
    "chapters.Greeting": "the row is deleted",
    "chapters.Term": "the role ends; that somebody had it stays, under a number",
    "chapters.ConcernSubject": "the row is deleted",
    "chapters.Event": "ids of who made and published it go; what it says is the chapter's",
    "chapters.EventSeries": "the id of who made it goes",
    "chapters.EventTemplate": "the id of who made it goes",
    "chapters.EventHost": "the row is deleted",
    "chapters.EventCredit": "the row is deleted",
    "chapters.SeriesRsvp": "the row is deleted",
}
