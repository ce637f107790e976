"""The kinds of mail, and handing one to edx-ace with a plain answer to "did it go out?"."""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import attr
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from edx_ace import ace
from edx_ace.message import Message, MessageType
from edx_ace.recipient import Recipient

from . import news_kinds
from .data import ContactData, NewsLineData
from .exceptions import UnknownMessageKindError
from .names import full_name
from .subscriptions import absolute_url, narrow, say_topic, unsubscribe_url, widen


class Outcome(Enum):
    """What became of a message: it went, it did not, nobody can say, or there was nothing left to say."""

    NEEDLESS = "needless"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Result:
    """An outcome, and for operators the class and code of what went wrong; never text, which quotes addresses."""

    outcome: Outcome
    detail: str = ""


@attr.s
class ReportedMessage(Message):
    """A message that keeps what edx-ace reports about it; ``ace.send`` itself returns nothing and hides its errors."""

    reports: dict[str, object] = attr.ib(factory=dict, init=False)
    errors: list[BaseException] = attr.ib(factory=list, init=False)

    def report(self, key: str, value: object) -> None:
        """Keep a report, and the error being handled while it is made."""
        super().report(key, value)
        self.reports[key] = value
        if (error := sys.exc_info()[1]) is not None:
            self.errors.append(error)

    def result(self) -> Result:
        """Return how it went, read from the reports of all channels."""
        if any(key.endswith("_delivery_succeeded") for key in self.reports):
            return Result(Outcome.SENT)
        if any(_leaves_doubt(error.__cause__ or error) for error in self.errors):
            return Result(Outcome.UNCLEAR, _words(self.errors))
        return Result(Outcome.REFUSED, _words(self.errors) or "No channel took the message.")


class CommunityMessage(MessageType):
    """A mail of the community. The templates stand in ``people/edx_ace/<NAME>/email/``."""

    APP_LABEL = "people"
    title: Any = ""
    #: Whether people can stop it: what they asked for themselves comes while they have not given it back.
    is_refusable: ClassVar[bool] = True
    #: For how many hours it is worth sending; None as the site sets it, 0 for ever.
    useful_hours: int | None = None

    @classmethod
    def review(cls, user_id: int, context: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what is to be said at the moment of sending; None when there is nothing left to say."""
        del user_id
        return context

    @classmethod
    def put_into_words(cls, context: Mapping[str, Any], zone: ZoneInfo) -> Mapping[str, Any]:
        """Return what the templates are given beside the context, in the active language."""
        del context, zone
        return {}

    def personalize(self, recipient: Recipient, language: str, user_context: Mapping[str, Any]) -> ReportedMessage:
        """Return the message for one person."""
        parts: dict[str, Any] = {
            "app_label": self.app_label,
            "name": self.name,
            "expiration_time": self.expiration_time,
            "context": {**self.context, **user_context},
            "send_uuid": self.uuid,
            "recipient": recipient,
            "language": language,
            "log_level": self.log_level,
            "options": dict(self.options),
        }
        return ReportedMessage(**parts)


class CaseAnswered(CommunityMessage):
    """Somebody answered your position. Context: ``course_name``, ``case_title``, ``url``."""

    NAME = "case_answered"
    title = _("Answers to your positions in case discussions")


class Digest(CommunityMessage):
    """What is new in somebody's courses, once a day. Context: ``items``, see ``news``."""

    NAME = "digest"
    title = _("Reminders and news of your courses, once a day")
    useful_hours = 0  # what no longer holds is left out when it is sent

    @classmethod
    def review(cls, user_id: int, context: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Leave out what holds no longer."""
        items = news_kinds.keep_what_holds(user_id, context.get("items", []))
        return {**context, "items": items} if items else None

    @classmethod
    def put_into_words(cls, context: Mapping[str, Any], zone: ZoneInfo) -> Mapping[str, Any]:
        """Return the lines, those of one course together, and the first of them for the subject."""
        lines = news_kinds.say_lines(context.get("items", []), zone)
        lines = [_make_absolute(line) for line in lines]
        courses = dict.fromkeys(line.course_name for line in lines)
        groups = [(course, [line for line in lines if line.course_name == course]) for course in courses]
        return {
            "lines": lines,
            "groups": groups,
            "first": lines[0] if lines else None,
            "count": len(lines),
            "is_of_chapters": any("chapter_id" in item["context"] for item in context.get("items", [])),
        }


class Notice(Digest):
    """Something that cannot wait for the daily mail. Context as in `Digest`, with one item."""

    NAME = "notice"
    title = _("Changes to what you signed up for")


class EventNotice(Digest):
    """What somebody must know who answered an event: their seat, another time, called off. Context as in `Notice`."""

    NAME = "event_notice"
    title = _("Changes to events that you answered")
    is_refusable = False


class EventNews(Digest):
    """Reminders, questions and results of a chapter's events. Context as in `Notice`, with the chapter as its topic."""

    NAME = "event_news"
    title = _("Reminders, letters and results of events")


class ChapterInvitation(Digest):
    """A course that somebody completed opens chapters to them. Context: ``course_name``, and ``items`` as in `Digest`,
    one for each chapter, the nearest first, with ``lead`` and ``members`` in its context.
    """

    NAME = "chapter_invitation"
    title = _("Invitations to chapters that your courses open")
    useful_hours = 14 * 24

    @classmethod
    def put_into_words(cls, context: Mapping[str, Any], zone: ZoneInfo) -> Mapping[str, Any]:
        """Return the chapters that still hold."""
        del zone
        chapters = [item["context"] for item in context.get("items", [])]
        chapters = [{**chapter, "url": absolute_url(chapter["url"])} for chapter in chapters]
        return {"chapters": chapters, "first": chapters[0] if chapters else None, "count": len(chapters)}


KINDS: Final[Mapping[str, type[CommunityMessage]]] = {
    kind.NAME: kind for kind in (CaseAnswered, ChapterInvitation, Digest, EventNews, EventNotice, Notice)
}


def get_kind(kind: str) -> type[CommunityMessage]:
    """Return the message type of a kind, narrowed to a topic or not, or raise UnknownMessageKindError."""
    try:
        return KINDS[widen(kind)]
    except KeyError as error:
        message = f"Unknown kind of message: {kind!r}."
        raise UnknownMessageKindError(message, field="kind") from error


def say_kind(kind: str) -> str:
    """Return what a kind of mail is called, with its topic where it is narrowed to one, in the active language."""
    topic = say_topic(kind)
    title = str(get_kind(kind).title)
    return gettext("%(kind)s: %(topic)s") % {"kind": title, "topic": topic} if topic else title


def prepare_message(
    *, kind: str, contact: ContactData, language: str, context: Mapping[str, Any], zone: ZoneInfo | None = None
) -> ReportedMessage:
    """Return a mail as one person would get it."""
    narrowed = narrow(kind, str(context.get("topic", "")))
    stop_url = unsubscribe_url(contact.user_id, narrowed) if get_kind(kind).is_refusable else ""
    with translation.override(language):
        words = {
            **get_kind(kind).put_into_words(context, zone or ZoneInfo("UTC")),
            "kind_title": say_kind(narrowed),
        }
    values = {
        **context,
        **words,
        "url": absolute_url(str(context.get("url", ""))),
        "name": full_name(contact),
        "platform_name": settings.PLATFORM_NAME,
        "unsubscribe_url": stop_url,
    }
    message = get_kind(kind)().personalize(Recipient(contact.user_id, contact.email), language, values)
    message.headers = {"Auto-Submitted": "auto-generated"}
    if stop_url:
        message.headers |= {
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return message


def send_message(
    *, kind: str, contact: ContactData, language: str, context: Mapping[str, Any], zone: ZoneInfo | None = None
) -> Result:
    """Send one mail now and say how it went. Raises nothing that a mail server can cause."""
    message = prepare_message(kind=kind, contact=contact, language=language, zone=zone, context=context)
    try:
        ace.send(message)
    except OSError as error:
        return Result(Outcome.UNCLEAR if _leaves_doubt(error) else Outcome.REFUSED, _words([error]))
    return message.result()


def _make_absolute(line: NewsLineData) -> NewsLineData:
    """Return a line whose addresses work in a mail."""
    other = absolute_url(line.other_url) if line.other_url else ""
    return replace(line, url=absolute_url(line.url), other_url=other)


def _leaves_doubt(error: BaseException) -> bool:
    """Say whether the server may have taken the mail before it fell silent.

    A refused connection or an answer with a code means no; a line that broke or went quiet half-way means perhaps.
    """
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return True
    if isinstance(error, smtplib.SMTPException):
        return False
    return isinstance(error, (TimeoutError, ConnectionResetError, BrokenPipeError))


def _words(errors: list[BaseException]) -> str:
    """Return classes and the mail server's codes: what it says beside them quotes addresses."""
    return "; ".join(_name(error.__cause__ or error) for error in errors)


def _name(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes: list[Any] = [answer[0] for answer in error.recipients.values()]
    else:
        codes = [code for code in (getattr(error, "smtp_code", None), getattr(error, "errno", None)) if code]
    return " ".join([type(error).__name__, *map(str, codes)])
