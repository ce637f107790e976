"""Settings of this app with their defaults."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    # .. setting_name: PEOPLE_SURFACE_DEFAULTS
    # .. setting_default: {"board": "pseudonym", "post": "name"}
    # .. setting_description: How people appear on each surface until they choose: "name", "pseudonym" or "hidden".
    # .. setting_use_cases: open_edx
    settings.PEOPLE_SURFACE_DEFAULTS = getattr(
        settings, "PEOPLE_SURFACE_DEFAULTS", {"board": "pseudonym", "post": "name"}
    )
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
    # .. setting_name: PEOPLE_DELIVERIES_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has the mail sent that is due, in seconds; 0 leaves it
    #     out of the beat. Sites without a beat run the command ``send_deliveries`` instead.
    # .. setting_use_cases: open_edx
    settings.PEOPLE_DELIVERIES_EVERY_SECONDS = getattr(settings, "PEOPLE_DELIVERIES_EVERY_SECONDS", 300)
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
