"""Letters of organizers to people of an event. The caller has asked `decide_event` (EventAct.MAIL)."""

from chapters.events.mails import LONGEST_BODY, LONGEST_SUBJECT, count_audience, list_mails, send_mail

__all__ = ["LONGEST_BODY", "LONGEST_SUBJECT", "count_audience", "list_mails", "send_mail"]
