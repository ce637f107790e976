"""Tables of this app, by noun."""

from .cases import CourseSwitch, Task, TaskGroup, TaskVersion
from .contributions import Contribution, HelpfulMark, Report, SketchHash
from .participations import Participation, PendingEvaluation

__all__ = [
    "Contribution",
    "CourseSwitch",
    "HelpfulMark",
    "Participation",
    "PendingEvaluation",
    "Report",
    "SketchHash",
    "Task",
    "TaskGroup",
    "TaskVersion",
]
