"""What other packages may use of this app."""

from .audit import (
    forget_reasons,
    iter_audit,
    list_audit,
    list_recent_audit,
    record_audit,
    register_confidential_context,
)
from .deliveries import (
    count_due_deliveries,
    list_due_deliveries,
    process_deliveries,
    process_delivery,
    request_delivery,
    resend_delivery,
)
from .exceptions import (
    InvalidDeliveryError,
    InvalidErrandError,
    InvalidPreferenceError,
    InvalidTokenError,
    PeopleError,
    PersonNotFoundError,
    TooFastError,
    UnknownChoiceError,
    UnknownJobError,
    UnknownMessageKindError,
    UnknownSurfaceError,
)
from .headers import personal_page
from .icons import find_shape
from .messages import get_kind
from .moments import (
    format_moment,
    format_utc,
    say_day,
    say_left,
    say_moment,
    say_recent,
    say_stretch,
    say_time,
    say_zone,
)
from .names import choose_name, display_names, get_name_choice, initials, list_hidden, name_choices, real_names, tone
from .news import add_news, add_news_for_many, compose_news, count_due_news, drop_news
from .news_kinds import register_news_kind
from .paces import check_pace, keep_pace, read_limit, say_wait
from .preferences import (
    get_preferences,
    list_preferences,
    local_date,
    person_language,
    person_zone,
    person_zones,
    set_preferences,
)
from .pseudonyms import pseudonyms
from .retirement import retire_person
from .rows import insert_or_update
from .subscriptions import absolute_url, is_subscribed, read_token, subscribe, unsubscribe
from .upkeep.background import background_task, send_after_commit
from .upkeep.backlogs import look_at_backlog
from .upkeep.checkups import current_service, list_checkup_areas, register_checkup, run_checkups
from .upkeep.commands import JobCommand, read_course, whole_number
from .upkeep.errands import (
    add_errand,
    count_errands,
    has_errand,
    list_stuck_errands,
    register_errand,
    retry_errand,
    run_errand,
    run_errands,
)
from .upkeep.exports import export_person, find_person, list_export_sections, register_export
from .upkeep.facts import announce
from .upkeep.jobs import (
    LONG_SECONDS,
    get_job,
    in_batches,
    is_job_due,
    list_jobs,
    look_at_job,
    register_job,
    run_job,
)
from .upkeep.logs import name_error
from .upkeep.ranges import list_ranges, register_ranges
from .upkeep.receivers import Missed, guarded, passes_errors_on
from .upkeep.reports import count_states, report_checkups, worst_state
from .upkeep.reserved_keys import register_reserved_key
from .upkeep.retention import count_expired, list_retention_rules, purge_expired, register_retention
from .upkeep.services import list_services

__all__ = [
    "LONG_SECONDS",
    "InvalidDeliveryError",
    "InvalidErrandError",
    "InvalidPreferenceError",
    "InvalidTokenError",
    "JobCommand",
    "Missed",
    "PeopleError",
    "PersonNotFoundError",
    "TooFastError",
    "UnknownChoiceError",
    "UnknownJobError",
    "UnknownMessageKindError",
    "UnknownSurfaceError",
    "absolute_url",
    "add_errand",
    "add_news",
    "add_news_for_many",
    "announce",
    "background_task",
    "check_pace",
    "choose_name",
    "compose_news",
    "count_due_deliveries",
    "count_due_news",
    "count_errands",
    "count_expired",
    "count_states",
    "current_service",
    "display_names",
    "drop_news",
    "export_person",
    "find_person",
    "find_shape",
    "forget_reasons",
    "format_moment",
    "format_utc",
    "get_job",
    "get_kind",
    "get_name_choice",
    "get_preferences",
    "guarded",
    "has_errand",
    "in_batches",
    "initials",
    "insert_or_update",
    "is_job_due",
    "is_subscribed",
    "iter_audit",
    "keep_pace",
    "list_audit",
    "list_checkup_areas",
    "list_due_deliveries",
    "list_export_sections",
    "list_hidden",
    "list_jobs",
    "list_preferences",
    "list_ranges",
    "list_recent_audit",
    "list_retention_rules",
    "list_services",
    "list_stuck_errands",
    "local_date",
    "look_at_backlog",
    "look_at_job",
    "name_choices",
    "name_error",
    "passes_errors_on",
    "person_language",
    "person_zone",
    "person_zones",
    "personal_page",
    "process_deliveries",
    "process_delivery",
    "pseudonyms",
    "purge_expired",
    "read_course",
    "read_limit",
    "read_token",
    "real_names",
    "record_audit",
    "register_checkup",
    "register_confidential_context",
    "register_errand",
    "register_export",
    "register_job",
    "register_news_kind",
    "register_ranges",
    "register_reserved_key",
    "register_retention",
    "report_checkups",
    "request_delivery",
    "resend_delivery",
    "retire_person",
    "retry_errand",
    "run_checkups",
    "run_errand",
    "run_errands",
    "run_job",
    "say_day",
    "say_left",
    "say_moment",
    "say_recent",
    "say_stretch",
    "say_time",
    "say_wait",
    "say_zone",
    "send_after_commit",
    "set_preferences",
    "subscribe",
    "tone",
    "unsubscribe",
    "whole_number",
    "worst_state",
]
