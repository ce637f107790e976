"""Settings of this app with their defaults."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    # .. setting_name: PEOPLE_SURFACE_DEFAULTS
    # .. setting_default: {"board": "pseudonym", "post": "name", "chapter": "name"}
    # .. setting_description: How people appear on each surface until they choose: "name", "pseudonym" or "hidden".
    # .. setting_use_cases: open_edx
    settings.PEOPLE_SURFACE_DEFAULTS = {
        "board": "pseudonym",
        "post": "name",
        "chapter": "name",
        **getattr(settings, "PEOPLE_SURFACE_DEFAULTS", {}),
    }
    # .. setting_name: PEOPLE_DEFAULT_ZONE
    # .. setting_default: ""
    # .. setting_description: The IANA time zone of people who set none in their account; empty for the site's own.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DEFAULT_ZONE = getattr(settings, "PEOPLE_DEFAULT_ZONE", "")
    # .. setting_name: PEOPLE_QUIET_HOURS
    # .. setting_default: ["21:00", "07:00"]
    # .. setting_description: The local hours in which people get no mail until they set their own; equal times mean
    #     that mail goes out at any hour.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_QUIET_HOURS = getattr(settings, "PEOPLE_QUIET_HOURS", ["21:00", "07:00"])
    # .. setting_name: PEOPLE_DELIVERY_RETRY_MINUTES
    # .. setting_default: [5, 30, 120, 720]
    # .. setting_description: How long to wait after each refused try of a mail; after the last one it is given up.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERY_RETRY_MINUTES = getattr(settings, "PEOPLE_DELIVERY_RETRY_MINUTES", [5, 30, 120, 720])
    # .. setting_name: PEOPLE_DELIVERY_CLAIM_MINUTES
    # .. setting_default: 15
    # .. setting_description: How long a sender may take over one mail before it counts as lost on the way. Choose more
    #     than the mail server's timeout.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERY_CLAIM_MINUTES = getattr(settings, "PEOPLE_DELIVERY_CLAIM_MINUTES", 15)
    # .. setting_name: PEOPLE_DELIVERY_USEFUL_HOURS
    # .. setting_default: 48
    # .. setting_description: How long a mail that could not be sent (an outage, refusals) is worth sending, in hours
    #     from when it was due; older ones are skipped. 0 for no end. Choose more than all pauses of retries.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERY_USEFUL_HOURS = getattr(settings, "PEOPLE_DELIVERY_USEFUL_HOURS", 48)
    # .. setting_name: PEOPLE_DELIVERY_MOST_PER_HOUR
    # .. setting_default: 6
    # .. setting_description: How many mails one person gets within an hour; more are sent later. 0 for no limit.
    #    Changes to what somebody signed up for in a chapter are never kept back.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERY_MOST_PER_HOUR = getattr(settings, "PEOPLE_DELIVERY_MOST_PER_HOUR", 6)
    # .. setting_name: PEOPLE_DELIVERIES_PER_RUN
    # .. setting_default: 500
    # .. setting_description: How many mails one run by Celery beat sends at most, all people together: with the
    #     interval of runs it is the rate at which a backlog leaves the house. The command has its own ``--limit``.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERIES_PER_RUN = getattr(settings, "PEOPLE_DELIVERIES_PER_RUN", 500)
    # .. setting_name: PEOPLE_DELIVERIES_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has the mail sent that is due, in seconds; 0 leaves it
    #     out of the beat. Sites without a beat run the command ``send_deliveries`` instead.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERIES_EVERY_SECONDS = getattr(settings, "PEOPLE_DELIVERIES_EVERY_SECONDS", 300)
    # .. setting_name: PEOPLE_DIGEST_HOUR
    # .. setting_default: 8
    # .. setting_description: From which hour of their own day, 0 to 23, people get the mail that gathers what is new.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DIGEST_HOUR = getattr(settings, "PEOPLE_DIGEST_HOUR", 8)
    # .. setting_name: PEOPLE_NEWS_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has news gathered into mails, in seconds; 0 leaves it out of the
    #     beat. Sites without a beat run the command ``compose_news`` instead, before ``send_deliveries``.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_NEWS_EVERY_SECONDS = getattr(settings, "PEOPLE_NEWS_EVERY_SECONDS", 300)
    # .. setting_name: PEOPLE_JOBS
    # .. setting_default: every periodic job of the installed apps
    # .. setting_description: Which periodic jobs Celery beat runs: the job's name, and the name of the setting that
    #     says how often. The apps of the suite add theirs; a job that is to be left out has an interval of 0.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_JOBS = {
        "people.compose_news": "PEOPLE_NEWS_EVERY_SECONDS",
        "people.send_deliveries": "PEOPLE_DELIVERIES_EVERY_SECONDS",
        "people.run_errands": "PEOPLE_ERRANDS_EVERY_SECONDS",
        "people.purge_expired": "PEOPLE_PURGE_EVERY_SECONDS",
        **getattr(settings, "PEOPLE_JOBS", {}),
    }
    # .. setting_name: PEOPLE_TASK_QUEUE
    # .. setting_default: ""
    # .. setting_description: The Celery queue of the suite's tasks, from LMS and Studio alike; workers of the LMS must
    #     consume it. Empty: the LMS's default queue. ``EXPLICIT_QUEUES`` goes before it, task by task.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_TASK_QUEUE = getattr(settings, "PEOPLE_TASK_QUEUE", "")
    # .. setting_name: PEOPLE_ERRAND_RETRY_MINUTES
    # .. setting_default: [1, 5, 30, 120, 720]
    # .. setting_description: How long an errand (work that a receiver left behind) waits after each failure; the last
    #     pause is repeated until it succeeds. Each pause is up to a fifth shorter or longer.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_ERRAND_RETRY_MINUTES = getattr(settings, "PEOPLE_ERRAND_RETRY_MINUTES", [1, 5, 30, 120, 720])
    # .. setting_name: PEOPLE_ERRAND_CLAIM_MINUTES
    # .. setting_default: 30
    # .. setting_description: How long a worker may take over one errand before another may do it again. Choose more
    #     than the time limit of the workers' tasks.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_ERRAND_CLAIM_MINUTES = getattr(settings, "PEOPLE_ERRAND_CLAIM_MINUTES", 30)
    # .. setting_name: PEOPLE_ERRAND_STUCK_ATTEMPTS
    # .. setting_default: 5
    # .. setting_description: After so many failures an errand is reported to operators. It is never given up.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_ERRAND_STUCK_ATTEMPTS = getattr(settings, "PEOPLE_ERRAND_STUCK_ATTEMPTS", 5)
    # .. setting_name: PEOPLE_ERRANDS_EVERY_SECONDS
    # .. setting_default: 120
    # .. setting_description: How often Celery beat has due errands done, in seconds; 0 leaves it out of the beat. Sites
    #     without a beat run the command ``run_errands`` instead.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_ERRANDS_EVERY_SECONDS = getattr(settings, "PEOPLE_ERRANDS_EVERY_SECONDS", 120)
    # .. setting_name: PEOPLE_UNSUBSCRIBE_LIMIT
    # .. setting_default: "30/h"
    # .. setting_description: How often one unsubscribe link may be pressed per second (s), minute (m), hour (h) or
    #     day (d); empty for no limit. Opening the page is not limited. Counted in the site's cache.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_UNSUBSCRIBE_LIMIT = getattr(settings, "PEOPLE_UNSUBSCRIBE_LIMIT", "30/h")
    # .. setting_name: PEOPLE_DELIVERIES_KEEP_DAYS
    # .. setting_default: 180
    # .. setting_description: How many days after a mail was settled the values written into it (titles, links) are
    #     kept; 0 for ever. That it went out stays on record, so that nobody gets it twice.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERIES_KEEP_DAYS = getattr(settings, "PEOPLE_DELIVERIES_KEEP_DAYS", 180)
    # .. setting_name: PEOPLE_DELIVERY_ROWS_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days after a mail was settled the record of it is kept; 0 for ever.
    # .. setting_warning: What asks for a mail again after that (an answer that is edited years later) sends it again.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERY_ROWS_KEEP_DAYS = getattr(settings, "PEOPLE_DELIVERY_ROWS_KEEP_DAYS", 0)
    # .. setting_name: PEOPLE_AUDIT_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days entries of the audit log are kept; 0 for ever.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_AUDIT_KEEP_DAYS = getattr(settings, "PEOPLE_AUDIT_KEEP_DAYS", 0)
    # .. setting_name: PEOPLE_PURGE_EVERY_SECONDS
    # .. setting_default: 86400
    # .. setting_description: How often Celery beat has everything erased or deleted that has been kept long enough, in
    #     seconds; 0 leaves it out of the beat. Sites without a beat run the command ``purge_expired`` instead.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_PURGE_EVERY_SECONDS = getattr(settings, "PEOPLE_PURGE_EVERY_SECONDS", 86_400)
    # .. setting_name: PEOPLE_REPORT_SERVICE
    # .. setting_default: True
    # .. setting_description: Whether each process writes down with its first request which version of the suite it
    #     runs, so that the doctor of one service can tell of the other.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_REPORT_SERVICE = getattr(settings, "PEOPLE_REPORT_SERVICE", True)
