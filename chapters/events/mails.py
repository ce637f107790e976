"""Letters of organizers to people of an event: chosen by the server, each written to alone, on record.

Sending the form again does nothing, by its ``request_key``. The letter is one row; an errand hands it to people in
batches after the commit, and an item of news to each of them names the letter and nobody's address. Its words are read
when a mail goes out: letters that were erased go nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import paces
from chapters.data import EventData, EventMailAudience, EventMailData, EventState
from chapters.edx_platform import profiles
from chapters.exceptions import InvalidValueError, StateError
from chapters.models import Event, EventMail, Rsvp
from chapters.profiles import read_line, read_text
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from people import api as people
from people.data import NewsItemData

from .audiences import STATES_OF
from .crowds import iterate_rsvps
from .news_kinds import NEWS_MAIL, EventNews, NewsErrand, topic_of
from .reading import get_event
from .rows import lock_event
from .scenes import one_line

log = logging.getLogger(__name__)

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 5000

_DAY: Final = timedelta(days=1)
_USEFUL: Final = timedelta(days=2)
_MOST_LISTED: Final = 100
_KEY_LENGTH: Final = 100


def register() -> None:
    """Make the errand known; called once, when the app is ready."""
    people.register_errand(NewsErrand.MAIL, run_mail)


@transaction.atomic
def send_mail(
    *, event_id: int, actor_id: int, audience: EventMailAudience, subject: str, body: str, request_key: str
) -> EventMailData:
    """Write to people of an event and return the letter, which goes out after the commit.

    ``subject`` is one line of at most 150 characters, ``body`` plain text of at most 5000; addresses of the web in it
    stay text. ``request_key`` is the form's own, 1 to 100 characters: the same one again returns the letter that is
    there and sends nothing.

    Raises InvalidValueError, which names the field, NotFoundError, StateError (a draft, or too long ago),
    and ``people.TooFastError``: so many letters a day for an event, its chapter and their author.
    """
    if not request_key.isascii() or not 0 < len(request_key) <= _KEY_LENGTH:
        raise InvalidValueError(_("Open the form again."), field="request_key")
    if (known := EventMail.objects.filter(request_key=request_key).first()) is not None:
        return _read_known(known, event_id, actor_id)
    event = get_event(event_id)
    values = {
        "subject": _read_subject(subject),
        "body": _read_body(body),
        "audience": EventMailAudience(audience).value,
    }
    _check_open(event)
    try:
        with transaction.atomic():
            row = _write(event, actor_id, request_key, values)
    except IntegrityError:  # sent at the same moment; only a locking read is sure to see it
        return _read_known(EventMail.objects.select_for_update().get(request_key=request_key), event_id, actor_id)
    return _to_data(row)


def list_mails(event_id: int) -> tuple[EventMailData, ...]:
    """Return the last 100 letters about an event, the newest first; ``body`` is empty once it has expired."""
    rows = EventMail.objects.filter(event_id=event_id).order_by("-pk")
    return tuple(_to_data(row) for row in rows[:_MOST_LISTED])


def count_audience(event_id: int, audience: EventMailAudience) -> int:
    """Return how many people an audience has now, before the form is sent; one query along an index."""
    states = [each.value for each in STATES_OF[audience]]
    found = Rsvp.objects.filter(event_id=event_id, state__in=states)
    if audience is not EventMailAudience.CAME:
        return found.count()
    meeting_id = get_event(event_id).meeting_id
    return attendance.count_attendance([meeting_id])[meeting_id][AttendanceState.PRESENT]


def run_mail(facts: Mapping[str, Any]) -> None:
    """Do the errand of handing a letter to its readers. Begun again it hands it to nobody twice, and counts anew."""
    row = EventMail.objects.filter(pk=facts["mail_id"]).exclude(body="").select_related("event").first()
    if row is None or row.finished_at is not None:
        return
    sent = skipped = 0
    for user_ids in _iterate_readers(row):
        chosen = _choose(user_ids, row.event.chapter_id)
        items = [_item(row, user_id) for user_id in chosen]
        if items:
            people.add_news_for_many(items, useful_until=row.created_at + _USEFUL)
        sent, skipped = sent + len(chosen), skipped + len(user_ids) - len(chosen)
    EventMail.objects.filter(pk=row.pk).update(sent=sent, skipped=skipped, finished_at=timezone.now())
    log.info("chapters.event_mail mail=%s event=%s sent=%s skipped=%s", row.pk, row.event_id, sent, skipped)


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(event: EventData, actor_id: int, request_key: str, values: Mapping[str, str]) -> EventMail:
    """Write a letter down under the event's lock, which makes its limit exact."""
    row = lock_event(event.id)
    now = timezone.now()
    _check_event_limit(row, now)
    number = row.letters + 1
    letter = EventMail(event=row, author_id=actor_id, request_key=request_key, number=number, **values)
    with transaction.atomic():
        letter.save(force_insert=True)
    Event.objects.filter(pk=row.pk).update(letters=number)
    # After the insert: a form that is sent twice at once is counted once.
    people.keep_pace(
        act="chapters.event_mail", who=f"chapter:{event.chapter_id}", limit=settings.CHAPTERS_CHAPTER_MAILS
    )
    paces.keep_pace("event_mail", actor_id)
    people.add_errand(
        kind=NewsErrand.MAIL, key=f"mail:{letter.pk}", facts={"mail_id": letter.pk}, run_after_commit=True
    )
    people.record_audit(
        actor_id=actor_id,
        verb="event.mail",
        target=f"event:{event.id}",
        context_key=f"chapter:{event.chapter_id}",
        data={"mail": letter.pk, "audience": letter.audience},
    )
    return letter


def _check_event_limit(row: Event, now: datetime) -> None:
    """Refuse one letter too many of an event that is locked: ask when the one was written that is so many back."""
    limit = people.read_limit(settings.CHAPTERS_EVENT_MAILS)
    if limit is None:
        return
    most, seconds = limit
    # By its number, and a locking read: at REPEATABLE READ any other sees what was there before the event was locked,
    # and one of a range would lock what letters about other events are inserted into.
    earlier = EventMail.objects.select_for_update().filter(event_id=row.pk, number=row.letters + 1 - most).first()
    wait = int((earlier.created_at - now).total_seconds()) + seconds if earlier is not None else 0
    if wait > 0:
        text = ngettext(
            "This event has had %(count)d letter in the last time, which is the most. People have other mail as well.",
            "This event has had %(count)d letters in the last time, which is the most. People have other mail as well.",
            most,
        )
        raise people.TooFastError(text % {"count": most}, wait_seconds=wait)


def _check_open(event: EventData) -> None:
    if event.state is EventState.DRAFT:
        raise StateError(_("Nobody has answered a draft. Publish the event first."))
    if timezone.now() > event.ends_at + timedelta(days=settings.CHAPTERS_EVENT_MAIL_DAYS):
        raise StateError(_("This event is too long ago to write to its people. Announce the next one on the board."))


def _read_subject(text: object) -> str:
    subject = one_line(read_line(text, field="subject", most=LONGEST_SUBJECT))
    if not subject:
        raise InvalidValueError(_("Say in a few words what it is about."), field="subject")
    return subject


def _read_body(text: object) -> str:
    body = read_text(text, field="body", most=LONGEST_BODY)
    if not body:
        raise InvalidValueError(_("Write what people are to know."), field="body")
    return body


def _read_known(row: EventMail, event_id: int, actor_id: int) -> EventMailData:
    """Return a letter that was sent before, if it is this one: a key of somebody else's form is none."""
    if (row.event_id, row.author_id) != (event_id, actor_id):
        raise InvalidValueError(_("Open the form again."), field="request_key")
    return _to_data(row)


# -- handing out -------------------------------------------------------------------------------------------------------


def _iterate_readers(row: EventMail) -> Iterator[list[int]]:
    audience = EventMailAudience(row.audience)
    for rows in iterate_rsvps(row.event_id, STATES_OF[audience]):
        user_ids = [each.user_id for each in rows]
        if audience is EventMailAudience.CAME:
            meeting_id = row.event.meeting_id
            known = attendance.find_attendance([meeting_id] if meeting_id else [], user_ids)
            user_ids = [user_id for (_meeting, user_id), each in known.items() if each.state is AttendanceState.PRESENT]
        yield user_ids


def _choose(user_ids: Sequence[int], chapter_id: int) -> list[int]:
    """Return those who still want such mail of the chapter and have an account in use; two queries."""
    wanted = people.list_subscribed(user_ids, people.narrow(NEWS_MAIL, topic_of(chapter_id)))
    accounts = profiles.list_accounts(wanted)
    return [user_id for user_id in user_ids if (account := accounts.get(user_id)) and account.is_active]


def _item(row: EventMail, user_id: int) -> NewsItemData:
    context = {"event_id": row.event_id, "chapter_id": row.event.chapter_id, "mail_id": row.pk}
    return NewsItemData(
        key=f"{EventNews.MAIL}:{row.pk}:{user_id}", user_id=user_id, kind=EventNews.MAIL, context=context
    )


def _to_data(row: EventMail) -> EventMailData:
    return EventMailData(
        id=row.pk,
        event_id=row.event_id,
        author_id=row.author_id,
        audience=EventMailAudience(row.audience),
        subject=row.subject,
        body=row.body,
        created_at=row.created_at,
        sent=row.sent,
        skipped=row.skipped,
        finished_at=row.finished_at,
    )
