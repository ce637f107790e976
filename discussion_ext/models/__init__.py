"""Tables of this app, by noun."""

# Loaded with the models: the event bus looks for its signals before our AppConfig is ready.
from .. import signals  # noqa: F401
from .backfills import Backfill
from .cases import CourseSwitch, Task, TaskGroup, TaskVersion
from .contributions import Contribution, HelpfulMark, Report, SketchHash
from .participations import Participation, PendingEvaluation

__all__ = [
    "Backfill",
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
