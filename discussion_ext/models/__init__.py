"""Tables of this app, by noun.

Keys between them are no constraints in the database: with one, inserting a row locks the row it points at, so that a
post waits for its case to be published, and two of them deadlock with it. What is pointed at is never deleted.
"""

# Loaded with the models: the event bus looks for its signals before our AppConfig is ready.
from discussion_ext import signals  # noqa: F401

from .backfills import Backfill
from .blended import Appeal, ReviewAssignment, ReviewLoad, StageDecision, StageStanding, UnitDone
from .boards import Board, BoardReader, BoardWord, Picture, Topic, TopicReader
from .cases import CourseSwitch, Task, TaskGroup, TaskVersion
from .contributions import Contribution, HelpfulMark, Report, SketchHash
from .meetings import Attendance, AttendanceChange, Meeting, Seat
from .participations import Participation, PendingEvaluation
from .sessions import CalendarFeed, ClassSession, SeatWish, Sitting, SittingCohort, SittingImport

__all__ = [
    "Appeal",
    "Attendance",
    "AttendanceChange",
    "Backfill",
    "Board",
    "BoardReader",
    "BoardWord",
    "CalendarFeed",
    "ClassSession",
    "Contribution",
    "CourseSwitch",
    "HelpfulMark",
    "Meeting",
    "Participation",
    "PendingEvaluation",
    "Picture",
    "Report",
    "ReviewAssignment",
    "ReviewLoad",
    "Seat",
    "SeatWish",
    "Sitting",
    "SittingCohort",
    "SittingImport",
    "SketchHash",
    "StageDecision",
    "StageStanding",
    "Task",
    "TaskGroup",
    "TaskVersion",
    "Topic",
    "TopicReader",
    "UnitDone",
]
