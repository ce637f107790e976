"""Who runs a chapter: reading, giving, ending and handing over roles."""

from chapters.organizers import (
    ACTION_OF_ROLE,
    end_all_terms,
    end_role,
    get_term,
    give_role,
    hand_back,
    hand_over,
    list_organizers,
    list_roles_of,
    list_terms,
    name_in_public,
    step_down,
)

__all__ = [
    "ACTION_OF_ROLE",
    "end_all_terms",
    "end_role",
    "get_term",
    "give_role",
    "hand_back",
    "hand_over",
    "list_organizers",
    "list_roles_of",
    "list_terms",
    "name_in_public",
    "step_down",
]
