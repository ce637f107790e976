"""Points schemes: what each kind of activity pays, since when, in which course."""

from .files import Rule, Scheme, parse_scheme
from .versions import (
    SchemeInForce,
    check_scheme,
    describe_scheme,
    get_in_force,
    get_scheme_info,
    install_scheme,
    is_latest_scheme,
    list_levels,
    points_for,
)

__all__ = [
    "Rule",
    "Scheme",
    "SchemeInForce",
    "check_scheme",
    "describe_scheme",
    "get_in_force",
    "get_scheme_info",
    "install_scheme",
    "is_latest_scheme",
    "list_levels",
    "parse_scheme",
    "points_for",
]
