"""Defaults of this app's settings; a site changes them in its own configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from .filters import add_steps

MAKO_TEMPLATES: Final = Path(__file__).parents[1] / "mako"


def plugin_settings(settings: Any) -> None:
    """Set what the site has not set."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "discussion_ext.middleware.HeldPostsMiddleware"]
    add_steps(settings)
    # The platform's old instructor dashboard is Mako, and looks for its sections' templates only here.
    if hasattr(settings, "MAKO_TEMPLATE_DIRS_BASE") and MAKO_TEMPLATES not in settings.MAKO_TEMPLATE_DIRS_BASE:
        settings.MAKO_TEMPLATE_DIRS_BASE = [*settings.MAKO_TEMPLATE_DIRS_BASE, MAKO_TEMPLATES]
    # .. setting_name: DISCUSSION_EXT_ON_BY_DEFAULT
    # .. setting_default: False
    # .. setting_description: Whether cases are on in a course whose team has not decided.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_ON_BY_DEFAULT = getattr(settings, "DISCUSSION_EXT_ON_BY_DEFAULT", False)
    # .. setting_name: DISCUSSION_EXT_HELD_COURSE_KEY
    # .. setting_default: "course-v1:community+discussion_ext+held"
    # .. setting_description: The key under which held posts are stored in the forum. It must be a valid course key of
    #    which no course exists: that is what keeps the posts out of the platform's own discussion API.
    # .. setting_use_cases: open_edx
    # .. setting_warning: Changing it hides the posts that are stored under the former key.
    settings.DISCUSSION_EXT_HELD_COURSE_KEY = getattr(
        settings, "DISCUSSION_EXT_HELD_COURSE_KEY", "course-v1:community+discussion_ext+held"
    )
    # .. setting_name: DISCUSSION_EXT_POST_LIMIT
    # .. setting_default: 20000
    # .. setting_description: The most characters that one post in a case may have.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_POST_LIMIT = getattr(settings, "DISCUSSION_EXT_POST_LIMIT", 20_000)
    # .. setting_name: DISCUSSION_EXT_RATE_LIMIT
    # .. setting_default: "10/m"
    # .. setting_description: How many posts a learner may make in a case per second (s), minute (m), hour (h) or
    #    day (d). The platform's own limit sits in its HTTP views, which posts from a block do not pass. The course
    #    team has no limit. Empty for none.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_RATE_LIMIT = getattr(settings, "DISCUSSION_EXT_RATE_LIMIT", "10/m")
    # .. setting_name: DISCUSSION_EXT_ACT_LIMITS
    # .. setting_default: {}
    # .. setting_description: How often one person may do what blocks and class sessions offer, per second (s), minute
    #    (m), hour (h) or day (d), where it differs from {"post": "30/m" (tries), "edit": "10/m" (withdrawing too),
    #    "report": "10/m", "mark": "60/m", "draft": "60/m", "preview": "60/m", "export": "6/m", "seat": "30/m" (for
    #    choosing and leaving), "import": "6/m" (of files), "calendar": "60/h"}. An empty text lifts a limit.
    #    But for exports and files the course team has none. Counted in the site's cache.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_ACT_LIMITS = getattr(settings, "DISCUSSION_EXT_ACT_LIMITS", {})
    # .. setting_name: DISCUSSION_EXT_PAGE_SIZE
    # .. setting_default: 10
    # .. setting_description: Positions on one page of a case.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_PAGE_SIZE = getattr(settings, "DISCUSSION_EXT_PAGE_SIZE", 10)
    # .. setting_name: DISCUSSION_EXT_NEAR_COPY_SHARE
    # .. setting_default: 0.7
    # .. setting_description: The part of a post's words, 0 to 1, from which it is a near-copy of another text and does
    #    not count.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_NEAR_COPY_SHARE = getattr(settings, "DISCUSSION_EXT_NEAR_COPY_SHARE", 0.7)
    # .. setting_name: DISCUSSION_EXT_WORD_FACTORS
    # .. setting_default: {"zh": 1.5, "ja": 2.0}
    # .. setting_description: By language, the factor on every minimum where one character counts as one word.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_WORD_FACTORS = getattr(settings, "DISCUSSION_EXT_WORD_FACTORS", {"zh": 1.5, "ja": 2.0})
    # .. setting_name: DISCUSSION_EXT_TEAM_IS_PEER
    # .. setting_default: False
    # .. setting_description: Whether an answer to a member of the course team counts as an answer to a classmate.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_TEAM_IS_PEER = getattr(settings, "DISCUSSION_EXT_TEAM_IS_PEER", False)
    # .. setting_name: DISCUSSION_EXT_SWEEP_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has discussions swept, in seconds; 0 leaves it
    #     out of the beat. Sites without a beat run the command ``sweep_discussions`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_SWEEP_EVERY_SECONDS = getattr(settings, "DISCUSSION_EXT_SWEEP_EVERY_SECONDS", 300)
    # .. setting_name: DISCUSSION_EXT_REPAIR_EVERY_SECONDS
    # .. setting_default: 86400
    # .. setting_description: How often Celery beat has the forum compared with the contributions, in seconds; 0 leaves
    #     it out of the beat. Sites without a beat run the command ``repair_contributions`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REPAIR_EVERY_SECONDS = getattr(settings, "DISCUSSION_EXT_REPAIR_EVERY_SECONDS", 86_400)
    # .. setting_name: DISCUSSION_EXT_REMIND_HOURS
    # .. setting_default: 48
    # .. setting_description: How many hours before a case closes or a stage is due learners are reminded who have not
    #     finished it; 0 for no reminders of this kind.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REMIND_HOURS = getattr(settings, "DISCUSSION_EXT_REMIND_HOURS", 48)
    # .. setting_name: DISCUSSION_EXT_REMIND_EVERY_SECONDS
    # .. setting_default: 900
    # .. setting_description: How often Celery beat looks for cases that have opened or close soon, in seconds; 0 leaves
    #     it out of the beat. Sites without a beat run the command ``remind_of_cases`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REMIND_EVERY_SECONDS = getattr(settings, "DISCUSSION_EXT_REMIND_EVERY_SECONDS", 900)
    # .. setting_name: DISCUSSION_EXT_REPAIR_MEETINGS_EVERY_SECONDS
    # .. setting_default: 86400
    # .. setting_description: How often Celery beat has the seats of meetings recounted and their clocks looked at, in
    #     seconds; 0 leaves it out of the beat. Sites without a beat run the command ``repair_meetings`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REPAIR_MEETINGS_EVERY_SECONDS = getattr(
        settings, "DISCUSSION_EXT_REPAIR_MEETINGS_EVERY_SECONDS", 86_400
    )
    # .. setting_name: DISCUSSION_EXT_PLACE_EVERY_SECONDS
    # .. setting_default: 900
    # .. setting_description: How often Celery beat has everybody in class sessions put where they should be, in
    #     seconds; 0 leaves it out of the beat. Sites without a beat run the command ``place_learners`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_PLACE_EVERY_SECONDS = getattr(settings, "DISCUSSION_EXT_PLACE_EVERY_SECONDS", 900)
    # .. setting_name: DISCUSSION_EXT_SWEEP_BLENDED_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has blended tasks looked at whose dates have passed, in seconds; 0
    #     leaves it out of the beat. Sites without a beat run the command ``sweep_blended_tasks`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_SWEEP_BLENDED_EVERY_SECONDS = getattr(
        settings, "DISCUSSION_EXT_SWEEP_BLENDED_EVERY_SECONDS", 300
    )
    # .. setting_name: DISCUSSION_EXT_GRACE_SECONDS
    # .. setting_default: 60
    # .. setting_description: How many seconds after a date of a stage something still counts as in time: it was sent
    #     before, and arrived a moment later. By the clock of the server.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_GRACE_SECONDS = getattr(settings, "DISCUSSION_EXT_GRACE_SECONDS", 60)
    # .. setting_name: DISCUSSION_EXT_APPEAL_DAYS
    # .. setting_default: 14
    # .. setting_description: For how many days after a stage of a blended task closed learners may ask the course team
    #     to look at it again.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_APPEAL_DAYS = getattr(settings, "DISCUSSION_EXT_APPEAL_DAYS", 14)
    # .. setting_name: DISCUSSION_EXT_APPEALS_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days after the answer a learner's question about a stage is kept; 0 for ever.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_APPEALS_KEEP_DAYS = getattr(settings, "DISCUSSION_EXT_APPEALS_KEEP_DAYS", 0)
    # .. setting_name: DISCUSSION_EXT_TOPICS_ON_PAGE
    # .. setting_default: 20
    # .. setting_description: Topics, or reported posts, on one page of a discussion board.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_TOPICS_ON_PAGE = getattr(settings, "DISCUSSION_EXT_TOPICS_ON_PAGE", 20)
    # .. setting_name: DISCUSSION_EXT_NEW_DAYS
    # .. setting_default: 30
    # .. setting_description: For how many days something on a discussion board can be new to somebody who has not seen
    #     it.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_NEW_DAYS = getattr(settings, "DISCUSSION_EXT_NEW_DAYS", 30)
    # .. setting_name: DISCUSSION_EXT_FOLLOWERS_TOLD
    # .. setting_default: 200
    # .. setting_description: How many people at most who follow a topic of a discussion board are told of one reply,
    #     those who began to follow it last. The others see it on the board, and in the digest.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_FOLLOWERS_TOLD = getattr(settings, "DISCUSSION_EXT_FOLLOWERS_TOLD", 200)
    # .. setting_name: DISCUSSION_EXT_PICTURE_LIMIT_KB
    # .. setting_default: 10240
    # .. setting_description: How large a file somebody may upload as a picture of a post, in kilobytes. What is kept is
    #     usually far smaller.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_PICTURE_LIMIT_KB = getattr(settings, "DISCUSSION_EXT_PICTURE_LIMIT_KB", 10_240)
    # .. setting_name: DISCUSSION_EXT_PICTURE_MEGAPIXELS
    # .. setting_default: 30
    # .. setting_description: How many million pixels such a picture may have. Each takes up to four bytes of memory
    #     while it is decoded.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_PICTURE_MEGAPIXELS = getattr(settings, "DISCUSSION_EXT_PICTURE_MEGAPIXELS", 30)
    # .. setting_name: DISCUSSION_EXT_PICTURE_SIDE
    # .. setting_default: 1600
    # .. setting_description: How many pixels the longer side of a picture has at most as it is kept and shown.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_PICTURE_SIDE = getattr(settings, "DISCUSSION_EXT_PICTURE_SIDE", 1600)
    # .. setting_name: DISCUSSION_EXT_TEND_BOARDS_EVERY_SECONDS
    # .. setting_default: 300
    # .. setting_description: How often Celery beat has topics of discussion boards closed whose date has passed, and
    #     pictures deleted whose post never came, in seconds; 0 leaves it out of the beat. Sites without a beat run the
    #     command ``tend_boards`` instead.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_TEND_BOARDS_EVERY_SECONDS = getattr(
        settings, "DISCUSSION_EXT_TEND_BOARDS_EVERY_SECONDS", 300
    )
    settings.PEOPLE_JOBS = {
        **getattr(settings, "PEOPLE_JOBS", {}),
        "discussion_ext.tend_boards": "DISCUSSION_EXT_TEND_BOARDS_EVERY_SECONDS",
        "discussion_ext.sweep_blended_tasks": "DISCUSSION_EXT_SWEEP_BLENDED_EVERY_SECONDS",
        "discussion_ext.place_learners": "DISCUSSION_EXT_PLACE_EVERY_SECONDS",
        "discussion_ext.repair_meetings": "DISCUSSION_EXT_REPAIR_MEETINGS_EVERY_SECONDS",
        "discussion_ext.remind_of_cases": "DISCUSSION_EXT_REMIND_EVERY_SECONDS",
        "discussion_ext.sweep_discussions": "DISCUSSION_EXT_SWEEP_EVERY_SECONDS",
        "discussion_ext.repair_contributions": "DISCUSSION_EXT_REPAIR_EVERY_SECONDS",
    }
    # .. setting_name: DISCUSSION_EXT_REPORTS_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days after the decision a report of a post is kept; 0 for ever.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REPORTS_KEEP_DAYS = getattr(settings, "DISCUSSION_EXT_REPORTS_KEEP_DAYS", 0)
    # .. setting_name: DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days the text of a post that was withdrawn or removed is kept; 0 for ever. After
    #     that it cannot be restored. That and why it was taken away stays.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS = getattr(settings, "DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS", 0)
    # .. setting_name: DISCUSSION_EXT_TEXTS_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days after the end of a course our copies of what was written in it are kept, and
    #     the posts of held cases, which only our pages show; 0 for ever. Verdicts, grades and points stay. Posts of the
    #     course's own discussion are the platform's to keep.
    # .. setting_warning: Nobody can appeal with their text after that, and nothing is evaluated again.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_TEXTS_KEEP_DAYS = getattr(settings, "DISCUSSION_EXT_TEXTS_KEEP_DAYS", 0)
    # .. setting_name: DISCUSSION_EXT_CHECK_IN_BEFORE_MINUTES
    # .. setting_default: 30
    # .. setting_description: From how many minutes before a meeting starts people can check in, and the roll is open.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_CHECK_IN_BEFORE_MINUTES = getattr(settings, "DISCUSSION_EXT_CHECK_IN_BEFORE_MINUTES", 30)
    # .. setting_name: DISCUSSION_EXT_CHECK_IN_AFTER_MINUTES
    # .. setting_default: 30
    # .. setting_description: Until how many minutes after a meeting started people can check in themselves.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_CHECK_IN_AFTER_MINUTES = getattr(settings, "DISCUSSION_EXT_CHECK_IN_AFTER_MINUTES", 30)
    # .. setting_name: DISCUSSION_EXT_ROLL_DAYS
    # .. setting_default: 2
    # .. setting_description: For how many days after a meeting its host can say who was there; the team always can.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_ROLL_DAYS = getattr(settings, "DISCUSSION_EXT_ROLL_DAYS", 2)
    # .. setting_name: DISCUSSION_EXT_CHECK_IN_LIMIT
    # .. setting_default: "6/m"
    # .. setting_description: How often one person may try to check in to one meeting, per second (s), minute (m), hour
    #    (h) or day (d); empty for no limit. Counted in the site's cache. It keeps codes from being guessed.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_CHECK_IN_LIMIT = getattr(settings, "DISCUSSION_EXT_CHECK_IN_LIMIT", "6/m")
    # .. setting_name: DISCUSSION_EXT_WRONG_CODES_LIMIT
    # .. setting_default: "60/m"
    # .. setting_description: How many wrong codes one meeting takes from all people together, in the same form. Beyond
    #    it nobody checks in by code for the rest of that time; the host's roll stays open. Empty for no limit.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_WRONG_CODES_LIMIT = getattr(settings, "DISCUSSION_EXT_WRONG_CODES_LIMIT", "60/m")
    # .. setting_name: DISCUSSION_EXT_ROLL_LIMIT
    # .. setting_default: "120/m"
    # .. setting_description: How often one host may send ticks of the roll and search for people, in the same form;
    #    empty for no limit. One sending holds up to 500 ticks.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_ROLL_LIMIT = getattr(settings, "DISCUSSION_EXT_ROLL_LIMIT", "120/m")
    # .. setting_name: DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS
    # .. setting_default: 0
    # .. setting_description: How many days the history of attendance is kept, and the reasons of corrections; 0 for
    #     ever. Who was there stays.
    # .. setting_use_cases: open_edx
    settings.DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS = getattr(settings, "DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS", 0)
