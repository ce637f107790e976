"""Defaults of this app's settings; a site changes them in its own configuration."""

from __future__ import annotations

from typing import Any

from .filters import add_steps


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    add_steps(settings)
    # .. setting_name: CHAPTERS_BOARD_COURSE_KEY
    # .. setting_default: "course-v1:community+chapters+held"
    # .. setting_description: The key under which posts of chapters' discussion boards are stored in the forum. It must
    #    be a valid course key of which no course exists: that keeps them out of the platform's own discussion API.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_BOARD_COURSE_KEY = getattr(
        settings, "CHAPTERS_BOARD_COURSE_KEY", "course-v1:community+chapters+held"
    )
    # .. setting_name: CHAPTERS_POINTS_COURSE_KEY
    # .. setting_default: "course-v1:community+chapters+points"
    # .. setting_description: The key under which the ledger keeps points for attending and hosting events of chapters.
    #    It must be a valid course key of which no course exists. Like those of a course, its points are switched on and
    #    off in the admin of gamification, or by ``GAMIFICATION_ON_BY_DEFAULT``.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_POINTS_COURSE_KEY = getattr(
        settings, "CHAPTERS_POINTS_COURSE_KEY", "course-v1:community+chapters+points"
    )
    # .. setting_name: CHAPTERS_NEEDS_KEEP_DAYS
    # .. setting_default: 90
    # .. setting_description: How many days after an event what people needed there and what they answered to its
    #    questions is kept; 0 keeps it.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_NEEDS_KEEP_DAYS = getattr(settings, "CHAPTERS_NEEDS_KEEP_DAYS", 90)
    # .. setting_name: CHAPTERS_EVENT_MAILS_KEEP_DAYS
    # .. setting_default: 365
    # .. setting_description: How many days the words of organizers' mails to people of events are kept; 0 keeps them.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_EVENT_MAILS_KEEP_DAYS = getattr(settings, "CHAPTERS_EVENT_MAILS_KEEP_DAYS", 365)
    # .. setting_name: CHAPTERS_SURVEYS_KEEP_DAYS
    # .. setting_default: 730
    # .. setting_description: How many days what people wrote in surveys after events is kept; ratings stay. 0 keeps it.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_SURVEYS_KEEP_DAYS = getattr(settings, "CHAPTERS_SURVEYS_KEEP_DAYS", 730)
    # .. setting_name: CHAPTERS_ON_BY_DEFAULT
    # .. setting_default: False
    # .. setting_description: Whether courses whose team has not chosen show the chapters that belong to them: a course
    #    tab, the block "Chapters" and an invitation on the certificate page.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_ON_BY_DEFAULT = getattr(settings, "CHAPTERS_ON_BY_DEFAULT", False)
    # .. setting_name: CHAPTERS_FORMING_MEMBERS
    # .. setting_default: 3
    # .. setting_description: How many members a chapter that forms needs before it can become active.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_FORMING_MEMBERS = getattr(settings, "CHAPTERS_FORMING_MEMBERS", 3)
    # .. setting_name: CHAPTERS_REVIEW_DAYS
    # .. setting_default: 5
    # .. setting_description: Within how many days organizers answer a request to join; the applicant is told.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_REVIEW_DAYS = getattr(settings, "CHAPTERS_REVIEW_DAYS", 5)
    # .. setting_name: CHAPTERS_PROPOSAL_DAYS
    # .. setting_default: 14
    # .. setting_description: Within how many days community managers answer the proposal of a chapter.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_PROPOSAL_DAYS = getattr(settings, "CHAPTERS_PROPOSAL_DAYS", 14)
    # .. setting_name: CHAPTERS_PAUSE_MOST_DAYS
    # .. setting_default: 180
    # .. setting_description: For how many days a chapter can pause at most.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_PAUSE_MOST_DAYS = getattr(settings, "CHAPTERS_PAUSE_MOST_DAYS", 180)
    # .. setting_name: CHAPTERS_TERM_DAYS
    # .. setting_default: 365
    # .. setting_description: For how many days somebody becomes lead or co-organizer where nobody says otherwise; 0 for
    #    no end.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_TERM_DAYS = getattr(settings, "CHAPTERS_TERM_DAYS", 365)
    # .. setting_name: CHAPTERS_CONCERN_HOURS
    # .. setting_default: 24
    # .. setting_description: Within how many hours a confidential report is taken in hand.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_CONCERN_HOURS = getattr(settings, "CHAPTERS_CONCERN_HOURS", 24)
    # .. setting_name: CHAPTERS_CONCERN_KEEP_DAYS
    # .. setting_default: 730
    # .. setting_description: How many days after it was closed the words of a confidential report, and whom it is
    #    about, are kept.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_CONCERN_KEEP_DAYS = getattr(settings, "CHAPTERS_CONCERN_KEEP_DAYS", 730)
    # .. setting_name: CHAPTERS_ANSWERS_KEEP_DAYS
    # .. setting_default: 90
    # .. setting_description: How many days after a decision the answers to join questions are kept; 0 for ever.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_ANSWERS_KEEP_DAYS = getattr(settings, "CHAPTERS_ANSWERS_KEEP_DAYS", 90)
    # .. setting_name: CHAPTERS_LEAVING_LEAST
    # .. setting_default: 3
    # .. setting_description: From how many people on a reason for leaving is shown to organizers by itself.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_LEAVING_LEAST = getattr(settings, "CHAPTERS_LEAVING_LEAST", 3)
    # .. setting_name: CHAPTERS_NEW_ACCOUNT_DAYS
    # .. setting_default: 3
    # .. setting_description: For how many days an account is new: its limits are ``CHAPTERS_NEW_ACCOUNT_LIMITS``.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_NEW_ACCOUNT_DAYS = getattr(settings, "CHAPTERS_NEW_ACCOUNT_DAYS", 3)
    # .. setting_name: CHAPTERS_ACT_LIMITS
    # .. setting_default: {}
    # .. setting_description: How often one person may do what in all chapters together, per second (s), minute (m),
    #    hour (h) or day (d), as "10/h"; empty for no limit. What is not named here keeps its default: see
    #    ``chapters/paces.py``.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_ACT_LIMITS = getattr(settings, "CHAPTERS_ACT_LIMITS", {})
    # .. setting_name: CHAPTERS_NEW_ACCOUNT_LIMITS
    # .. setting_default: {"join": "3/d", "post": "5/d"}
    # .. setting_description: The same for new accounts, where it is stricter.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_NEW_ACCOUNT_LIMITS = getattr(
        settings, "CHAPTERS_NEW_ACCOUNT_LIMITS", {"join": "3/d", "post": "5/d"}
    )
    # .. setting_name: CHAPTERS_MINIMUM_AGES
    # .. setting_default: {"": 16}
    # .. setting_description: From which age on people have a profile that other members see, and meet in person: by
    #    country code, "" for every other country and for people whose country is not known.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_MINIMUM_AGES = getattr(settings, "CHAPTERS_MINIMUM_AGES", {"": 16})
    # .. setting_name: CHAPTERS_AGE_UNKNOWN_IS_ADULT
    # .. setting_default: True
    # .. setting_description: Whether somebody whose year of birth is not known counts as old enough.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_AGE_UNKNOWN_IS_ADULT = getattr(settings, "CHAPTERS_AGE_UNKNOWN_IS_ADULT", True)
    # .. setting_name: CHAPTERS_PAGE_SIZE
    # .. setting_default: 20
    # .. setting_description: How many chapters, members, requests or reports one page shows.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_PAGE_SIZE = getattr(settings, "CHAPTERS_PAGE_SIZE", 20)
    # .. setting_name: CHAPTERS_GUIDELINES_VERSION
    # .. setting_default: ""
    # .. setting_description: The version of the site's community guidelines that new chapters work by.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_GUIDELINES_VERSION = getattr(settings, "CHAPTERS_GUIDELINES_VERSION", "")
    # .. setting_name: CHAPTERS_GUIDELINES_URL
    # .. setting_default: ""
    # .. setting_description: Where the community guidelines can be read; empty for nowhere.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_GUIDELINES_URL = getattr(settings, "CHAPTERS_GUIDELINES_URL", "")
    # .. setting_name: CHAPTERS_MOVE_MINUTES
    # .. setting_default: 15
    # .. setting_description: By how many minutes an event is moved at least before people are told of it and asked
    #    again whether they come; another place always counts.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_MOVE_MINUTES = getattr(settings, "CHAPTERS_MOVE_MINUTES", 15)
    # .. setting_name: CHAPTERS_NO_SHOW_DAYS
    # .. setting_default: 180
    # .. setting_description: For how many days after an event it is known of somebody that they had a seat and did not
    #    come, or gave it back late. As long they may say that they were there.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_NO_SHOW_DAYS = getattr(settings, "CHAPTERS_NO_SHOW_DAYS", 180)
    # .. setting_name: CHAPTERS_SURVEY_DAYS
    # .. setting_default: 30
    # .. setting_description: For how many days after an event those who came may say what they think of it.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_SURVEY_DAYS = getattr(settings, "CHAPTERS_SURVEY_DAYS", 30)
    # .. setting_name: CHAPTERS_SURVEY_LEAST
    # .. setting_default: 3
    # .. setting_description: From how many answers on organizers see what people thought of an event; with fewer it
    #    could be told whose an answer is.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_SURVEY_LEAST = getattr(settings, "CHAPTERS_SURVEY_LEAST", 3)
    # .. setting_name: CHAPTERS_RESULT_DAYS
    # .. setting_default: 3
    # .. setting_description: Within how many days after an event its hosts should publish what came of it.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_RESULT_DAYS = getattr(settings, "CHAPTERS_RESULT_DAYS", 3)
    # .. setting_name: CHAPTERS_REMIND_AT
    # .. setting_default: "19:00"
    # .. setting_description: At what time people are reminded of an event on the day before, by the clock of the
    #    event's zone, as HH:MM; empty for no such reminder.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_REMIND_AT = getattr(settings, "CHAPTERS_REMIND_AT", "19:00")
    # .. setting_name: CHAPTERS_REMIND_HOURS
    # .. setting_default: 2
    # .. setting_description: How many hours before an event people are reminded once more; 0 for not at all.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_REMIND_HOURS = getattr(settings, "CHAPTERS_REMIND_HOURS", 2)
    # .. setting_name: CHAPTERS_SURVEY_HOURS
    # .. setting_default: 2
    # .. setting_description: How many hours after its end those who came are asked what they think of an event.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_SURVEY_HOURS = getattr(settings, "CHAPTERS_SURVEY_HOURS", 2)
    # .. setting_name: CHAPTERS_EVENT_MAILS
    # .. setting_default: "3/d"
    # .. setting_description: How many letters organizers can write to the people of one event, as "3/d"; empty for no
    #    limit. How many one author can write at all is ``event_mail`` in ``CHAPTERS_ACT_LIMITS``.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_EVENT_MAILS = getattr(settings, "CHAPTERS_EVENT_MAILS", "3/d")
    # .. setting_name: CHAPTERS_CHAPTER_MAILS
    # .. setting_default: "6/d"
    # .. setting_description: How many letters organizers of one chapter can write about all its events; empty for no
    #    limit.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_CHAPTER_MAILS = getattr(settings, "CHAPTERS_CHAPTER_MAILS", "6/d")
    # .. setting_name: CHAPTERS_EVENT_MAIL_DAYS
    # .. setting_default: 60
    # .. setting_description: For how many days after its end organizers can write to the people of an event.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_EVENT_MAIL_DAYS = getattr(settings, "CHAPTERS_EVENT_MAIL_DAYS", 60)
    # .. setting_name: CHAPTERS_REMINDERS_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat looks for events to remind people of, and that are over, in seconds;
    #    0 leaves it out of the beat. Nobody is reminded twice of the same start. Sites without a beat run the command
    #    ``remind_of_events`` instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_REMINDERS_EVERY_SECONDS = getattr(settings, "CHAPTERS_REMINDERS_EVERY_SECONDS", 300)
    # .. setting_name: CHAPTERS_RECONCILE_EVERY_SECONDS
    # .. setting_default: 86400
    # .. setting_description: How often Celery beat has members compared with the course rules of their chapters, in
    #    seconds; 0 leaves it out of the beat. Sites without a beat run the command ``reconcile_memberships`` instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_RECONCILE_EVERY_SECONDS = getattr(settings, "CHAPTERS_RECONCILE_EVERY_SECONDS", 86_400)
    # .. setting_name: CHAPTERS_REQUESTS_EVERY_SECONDS
    # .. setting_default: 3600
    # .. setting_description: How often Celery beat has organizers reminded of requests to join that are due, in
    #    seconds; 0 leaves it out of the beat. Nobody is reminded twice a day. Sites without a beat run the command
    #    ``remind_of_requests`` instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_REQUESTS_EVERY_SECONDS = getattr(settings, "CHAPTERS_REQUESTS_EVERY_SECONDS", 3600)
    # .. setting_name: CHAPTERS_DIGESTS_EVERY_SECONDS
    # .. setting_default: 900
    # .. setting_description: How often Celery beat gathers what is new on the boards of chapters for the members whose
    #    digest is due, in seconds; 0 leaves it out of the beat. Sites without a beat run the command ``send_digests``
    #    instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_DIGESTS_EVERY_SECONDS = getattr(settings, "CHAPTERS_DIGESTS_EVERY_SECONDS", 900)
    # .. setting_name: CHAPTERS_MOVE_EVERY_SECONDS
    # .. setting_default: 3600
    # .. setting_description: How often Celery beat ends pauses and terms that are over, reminds of terms that end and
    #    escalates confidential reports that nobody took, in seconds; 0 leaves it out of the beat. Nobody is reminded
    #    twice of the same. Sites without a beat run the command ``move_chapters`` instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_MOVE_EVERY_SECONDS = getattr(settings, "CHAPTERS_MOVE_EVERY_SECONDS", 3600)
    # .. setting_name: CHAPTERS_OFFER_HOURS
    # .. setting_default: 48
    # .. setting_description: For how many hours a free seat at an event is kept for who is next in line, where the
    #    event says nothing else.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_OFFER_HOURS = getattr(settings, "CHAPTERS_OFFER_HOURS", 48)
    # .. setting_name: CHAPTERS_OFFER_LAST_MINUTES
    # .. setting_default: 60
    # .. setting_description: So many minutes before an event begins every offer of a seat has lapsed.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_OFFER_LAST_MINUTES = getattr(settings, "CHAPTERS_OFFER_LAST_MINUTES", 60)
    # .. setting_name: CHAPTERS_OPEN_ROUND_HOURS
    # .. setting_default: 6
    # .. setting_description: So many hours before an event begins seats are not offered to one after the other any
    #    more: a free seat goes to whoever in line takes it first.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_OPEN_ROUND_HOURS = getattr(settings, "CHAPTERS_OPEN_ROUND_HOURS", 6)
    # .. setting_name: CHAPTERS_LATE_CANCEL_HOURS
    # .. setting_default: 24
    # .. setting_description: From how many hours before the start on a seat that is given back is given back late.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_LATE_CANCEL_HOURS = getattr(settings, "CHAPTERS_LATE_CANCEL_HOURS", 24)
    # .. setting_name: CHAPTERS_EVENTS_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat lets offers of seats lapse and offers free seats to who is next in
    #    line, in seconds; 0 leaves it out of the beat. Sites without a beat run the command ``tend_events`` instead.
    # .. setting_use_cases: open_edx
    settings.CHAPTERS_EVENTS_EVERY_SECONDS = getattr(settings, "CHAPTERS_EVENTS_EVERY_SECONDS", 300)
    settings.PEOPLE_JOBS = {
        **getattr(settings, "PEOPLE_JOBS", {}),
        "chapters.move_chapters": "CHAPTERS_MOVE_EVERY_SECONDS",
        "chapters.reconcile_memberships": "CHAPTERS_RECONCILE_EVERY_SECONDS",
        "chapters.remind_of_events": "CHAPTERS_REMINDERS_EVERY_SECONDS",
        "chapters.remind_of_requests": "CHAPTERS_REQUESTS_EVERY_SECONDS",
        "chapters.send_digests": "CHAPTERS_DIGESTS_EVERY_SECONDS",
        "chapters.tend_events": "CHAPTERS_EVENTS_EVERY_SECONDS",
    }
