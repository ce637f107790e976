"""What other packages may use of chapters: the chapters themselves. The other modules here are further subjects."""

from chapters.access import Access, decide, find_access, is_manager
from chapters.directory import get_counts, list_cards, list_directory, list_mine, list_of_course
from chapters.managing import get_managed, list_audit, list_for_manager
from chapters.moves import list_transitions, move_chapter, on_event_published
from chapters.proposals import change_chapter, decide_proposing, list_rules, propose, set_rules
from chapters.reading import find_chapter, get_chapter, get_chapters, list_proposals
from chapters.regions import list_regions
from chapters.retirement import retire_person
from chapters.words import suggest_name

__all__ = [
    "Access",
    "change_chapter",
    "decide",
    "decide_proposing",
    "find_access",
    "find_chapter",
    "get_chapter",
    "get_chapters",
    "get_counts",
    "get_managed",
    "is_manager",
    "list_audit",
    "list_cards",
    "list_directory",
    "list_for_manager",
    "list_mine",
    "list_of_course",
    "list_proposals",
    "list_regions",
    "list_rules",
    "list_transitions",
    "move_chapter",
    "on_event_published",
    "propose",
    "retire_person",
    "set_rules",
    "suggest_name",
]
