"""What other packages may use of this app."""

from .audit import list_audit, record_audit
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
    UnknownChoiceError,
    UnknownMessageKindError,
    UnknownSurfaceError,
)
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
from .subscriptions import absolute_url, is_subscribed, read_token, subscribe, unsubscribe
from .upkeep.errands import (
    add_errand,
    count_errands,
    list_stuck_errands,
    register_errand,
    retry_errand,
    run_errand,
    run_errands,
)
from .upkeep.receivers import Missed, guarded, passes_errors_on

__all__ = [
    "InvalidDeliveryError",
    "InvalidErrandError",
    "InvalidPreferenceError",
    "InvalidTokenError",
    "Missed",
    "PeopleError",
    "UnknownChoiceError",
    "UnknownMessageKindError",
    "UnknownSurfaceError",
    "absolute_url",
    "add_errand",
    "choose_name",
    "count_due_deliveries",
    "count_errands",
    "display_names",
    "find_shape",
    "format_moment",
    "format_utc",
    "get_kind",
    "get_name_choice",
    "get_preferences",
    "guarded",
    "initials",
    "is_subscribed",
    "list_audit",
    "list_due_deliveries",
    "list_hidden",
    "list_preferences",
    "list_stuck_errands",
    "local_date",
    "name_choices",
    "passes_errors_on",
    "person_language",
    "person_zone",
    "person_zones",
    "process_deliveries",
    "process_delivery",
    "pseudonyms",
    "read_token",
    "real_names",
    "record_audit",
    "register_errand",
    "request_delivery",
    "resend_delivery",
    "retire_person",
    "retry_errand",
    "run_errand",
    "run_errands",
    "say_day",
    "say_left",
    "say_moment",
    "say_recent",
    "say_stretch",
    "say_time",
    "say_zone",
    "set_preferences",
    "subscribe",
    "tone",
    "unsubscribe",
]
