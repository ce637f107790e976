"""A blended task and its class session, met over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.contract.walk.case import Case
from tests.contract.walk.classroom import Classroom
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person

TASK: Final = {"intro": "Prepare, come, apply.", "points": "10", "catch_up_days": "0", "session_block": "",
    "by_cohort": False}  # fmt: skip
#: Everything is open now; what is due hangs on the end of the class session.
STAGES: Final = (
    {"id": "s1", "kind": "discuss", "title": "Take a position", "weight": "40", "position_min": "8",
     "answers_wanted": "1", "answer_min": "5", "opens": {"anchor": "always"},
     "due": {"anchor": "session_end", "days": "1", "side": "after"}},
    {"id": "s2", "kind": "attend", "title": "Come to class", "weight": "30", "opens": {"anchor": "always"},
     "due": {"anchor": "session_end"}},
    {"id": "s3", "kind": "report", "title": "Report back", "weight": "30", "report_min": "8",
     "opens": {"anchor": "always"}, "due": {"anchor": "session_end", "days": "3", "side": "after"}},
)  # fmt: skip


@dataclass(frozen=True)
class BlendedTask(Case):
    """A published blended task."""

    @property
    def block_id(self) -> str:
        """Return the part of the key that names the block in its course."""
        return self.usage_key.rpartition("@")[2]

    def in_course(self, course_id: str) -> BlendedTask:
        """Return the same task in another run."""
        return BlendedTask(course_id, self.usage_key.replace(_block_course(self.course_id), _block_course(course_id)))

    def in_stage(self, person: Person, stage_id: str, act: str, **data: Any) -> Any:
        """Do something in a stage and return the answer; a refusal fails."""
        answer = self.handle(person, f"stage_action/{stage_id}/{act}", data)
        assert answer.status_code == 200, f"{person.name} {stage_id} {act}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def phase(self, person: Person, stage_id: str) -> str:
        """Return how a stage stands for a learner."""
        found = self._tree(self.open(person).text).xpath(f"//*[@data-stage='{stage_id}']/@data-phase")
        return str(found[0]) if found else ""

    def list_sittings(self, person: Person) -> list[int]:
        """Return the sittings that a learner is offered."""
        found = self._tree(self.open(person).text).xpath("//input[@type='radio'][@name='sitting']/@value")
        return [int(value) for value in found]


def _block_course(course_id: str) -> str:
    return course_id.replace("course-v1:", "block-v1:")


def add_task(classroom: Classroom, name: str, *, due: datetime) -> tuple[BlendedTask, str]:
    """Make a subsection with one blended task that is due then, publish it, and return both."""
    studio = classroom.studio
    subsection = studio.add(classroom.section, "sequential", name)
    unit = studio.add(subsection, "vertical", name)
    usage_key = studio.add(unit, "blended_task", name)
    form = {"task": {**TASK, "title": name}, "stages": list(STAGES), "version": ""}
    refused = studio.handle(usage_key, "author_action/submit", form)
    assert refused.status_code == 409, f"a form of no version was taken: {refused.status_code} {refused.text[:500]}"
    version = refused.json()["error"]["fields"][0]["version"]
    saved = studio.handle(usage_key, "author_action/submit", {**form, "version": version})
    assert saved.status_code == 200, saved.text[:500]
    studio.change(subsection, graderType="Homework", metadata={"due": due.isoformat()})
    studio.publish(subsection)
    return BlendedTask(classroom.course_id, usage_key), subsection


def soon() -> datetime:
    """Return a moment at which a sitting can start that is open for check-in now."""
    return (datetime.now(UTC) + timedelta(minutes=15)).replace(second=0, microsecond=0)


def add_sitting(sessions: Page, *, title: str, starts: datetime, host: Person, capacity: int) -> Page:
    """Add a sitting on the clock of Greenwich, from the page that the instructor dashboard leads to."""
    form = sessions.follow("/add/")
    fields = {"day": f"{starts:%Y-%m-%d}", "time": f"{starts:%H:%M}", "minutes": "60", "zone": "UTC"}
    return form.send("zone", title=title, place="Room 1", host=host.name, capacity=str(capacity), **fields)
