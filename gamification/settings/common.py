"""Defaults of gamification. YAML and the site's own settings win over them."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    # .. setting_name: GAMIFICATION_ON_BY_DEFAULT
    # .. setting_default: False
    # .. setting_description: Whether points are given in courses whose team has not decided yet.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_ON_BY_DEFAULT = getattr(settings, "GAMIFICATION_ON_BY_DEFAULT", False)

    # .. setting_name: GAMIFICATION_CACHE_SECONDS
    # .. setting_default: 10
    # .. setting_description: How long a process remembers whether a course gives points and by which scheme. A new
    #     scheme comes into force this many seconds after it was installed, so that all processes agree on it.
    # .. setting_use_cases: open_edx
    # .. setting_warning: Keep it short: for so long an LMS process may not know that points were switched off.
    settings.GAMIFICATION_CACHE_SECONDS = getattr(settings, "GAMIFICATION_CACHE_SECONDS", 10)

    # .. setting_name: GAMIFICATION_BOARD_MAX_PAGES
    # .. setting_default: 100
    # .. setting_description: Pages of a board that can be turned, because a place far down costs as many steps as
    #     there are places above it. Everybody's own surroundings are shown at any depth.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_BOARD_MAX_PAGES = getattr(settings, "GAMIFICATION_BOARD_MAX_PAGES", 100)

    # .. setting_name: GAMIFICATION_OWN_BLOCK_TYPES
    # .. setting_default: ["case_discussion", "points_panel"]
    # .. setting_description: Block types of the suite. They earn by rules of their own, so finishing them does not
    #     count towards "page finished".
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_OWN_BLOCK_TYPES = getattr(
        settings, "GAMIFICATION_OWN_BLOCK_TYPES", ["case_discussion", "points_panel"]
    )

    # .. setting_name: GAMIFICATION_MANUAL_LIMIT
    # .. setting_default: 1000
    # .. setting_description: The most points that can be given or taken by hand in one go.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_MANUAL_LIMIT = getattr(settings, "GAMIFICATION_MANUAL_LIMIT", 1000)

    # .. setting_name: GAMIFICATION_SWEEP_AFTER_SECONDS
    # .. setting_default: 30
    # .. setting_description: Age at which the sweep folds an entry that should have been folded right after commit.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_SWEEP_AFTER_SECONDS = getattr(settings, "GAMIFICATION_SWEEP_AFTER_SECONDS", 30)

    # .. setting_name: GAMIFICATION_CONTACT
    # .. setting_default: ""
    # .. setting_description: Where "Ask about my points" leads: an e-mail address or the address of a page. Empty means
    #     the platform's CONTACT_EMAIL.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_CONTACT = getattr(settings, "GAMIFICATION_CONTACT", "")

    # .. setting_name: GAMIFICATION_KINDS_IN_USE
    # .. setting_default: ["unit_finished", "comment", "question", "answer", "case_finished"]
    # .. setting_description: Kinds of activity that something on this site records. "How points work" lists these
    #     rules of the scheme and no others, so that it never promises points that nobody can earn.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_KINDS_IN_USE = getattr(
        settings, "GAMIFICATION_KINDS_IN_USE", ["unit_finished", "comment", "question", "answer", "case_finished"]
    )

    # .. setting_name: GAMIFICATION_SWEEP_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has waiting points added, in seconds; 0 leaves it
    #     out of the beat. Sites without a beat run the command ``fold_points`` instead.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_SWEEP_EVERY_SECONDS = getattr(settings, "GAMIFICATION_SWEEP_EVERY_SECONDS", 300)

    # .. setting_name: GAMIFICATION_REBUILD_EVERY_SECONDS
    # .. setting_default: 86400
    # .. setting_description: How often Celery beat has totals and boards compared with the ledger and repaired, in
    #     seconds; 0 leaves it out of the beat. Sites without a beat run the command ``rebuild_boards`` instead.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_REBUILD_EVERY_SECONDS = getattr(settings, "GAMIFICATION_REBUILD_EVERY_SECONDS", 86_400)

    settings.PEOPLE_JOBS = {
        **getattr(settings, "PEOPLE_JOBS", {}),
        "gamification.fold_points": "GAMIFICATION_SWEEP_EVERY_SECONDS",
        "gamification.rebuild_boards": "GAMIFICATION_REBUILD_EVERY_SECONDS",
    }
    # .. setting_name: GAMIFICATION_NAME_CHOICE_LIMIT
    # .. setting_default: "10/m"
    # .. setting_description: How often a learner may change how the boards name them, by page, block and REST API
    #     together, per second (s), minute (m), hour (h) or day (d); empty for no limit. Counted in the site's cache.
    # .. setting_use_cases: open_edx
    settings.GAMIFICATION_NAME_CHOICE_LIMIT = getattr(settings, "GAMIFICATION_NAME_CHOICE_LIMIT", "10/m")
