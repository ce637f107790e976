"""Tables of this app, by noun. Keys between them are no constraints in the database, as in ``discussion_ext.models``.

Rows are locked in one order: chapter, membership (by id), term, ban, standing.
"""

from .chapters import Chapter, ChapterRule, Region, RuleCourse
from .courses import CourseSwitch
from .members import Ban, Greeting, Invitation, JoinAnswer, JoinQuestion, Membership, MemberWord, Standing
from .organizers import Concern, ConcernNote, ConcernSubject, Term

__all__ = [
    "Ban",
    "Chapter",
    "ChapterRule",
    "Concern",
    "ConcernNote",
    "ConcernSubject",
    "CourseSwitch",
    "Greeting",
    "Invitation",
    "JoinAnswer",
    "JoinQuestion",
    "MemberWord",
    "Membership",
    "Region",
    "RuleCourse",
    "Standing",
    "Term",
]
