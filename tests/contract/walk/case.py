"""A case and the points around it, met in the LMS over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import requests
from lxml import html

from tests.contract.walk.person import Person


@dataclass(frozen=True)
class Case:
    """A published case discussion."""

    course_id: str
    usage_key: str

    def open(self, person: Person) -> requests.Response:
        """Open the block's own page, as the learning micro-frontend does in its frame."""
        return person.lms("GET", f"/xblock/{self.usage_key}", headers={"Accept": "text/html"}, allow_redirects=False)

    def step(self, person: Person) -> str:
        """Return at which step somebody stands."""
        return str(self._tree(self.open(person).text).xpath("//*[@data-step]/@data-step")[0])

    def words(self, person: Person) -> str:
        """Return all that somebody reads in the block; scripts are not read."""
        roots = self._tree(self.open(person).text).find_class("cs-root")
        return " ".join(" ".join(root.xpath(".//text()[not(ancestor::script)]")) for root in roots)

    def act(self, person: Person, act: str, **data: Any) -> requests.Response:
        """Do what a learner does."""
        return self.handle(person, f"learner_action/{act}", data)

    def decide(self, person: Person, act: str, **data: Any) -> requests.Response:
        """Do what the course team does."""
        return self.handle(person, f"team_action/{act}", data)

    def handle(self, person: Person, handler: str, data: dict[str, Any]) -> requests.Response:
        """Call one of the block's handlers."""
        address = f"/courses/{self.course_id}/xblock/{self.usage_key}/handler/{handler}"
        return person.lms("POST", address, json=data)

    def do(self, person: Person, act: str, **data: Any) -> Any:
        """Do what a learner does and return the answer; a refusal fails."""
        answer = self.act(person, act, **data)
        assert answer.status_code == 200, f"{person.name} {act}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def post_of(self, reader: Person, text: str) -> int:
        """Return the number of the post with ``text``, as ``reader`` finds it on the screen."""
        for post in self._tree(self.open(reader).text).xpath("//article[@data-post]"):
            if text in " ".join(post.text_content().split()):
                return int(post.get("data-post"))
        raise AssertionError(f"{reader.name} does not see: {text}")

    def _tree(self, page: str) -> Any:
        return html.fromstring(page)


def points_of(person: Person, course_id: str) -> int:
    """Return somebody's own points."""
    return int(person.read(f"/gamification/api/v1/courses/{course_id}/me/")["points"])


def entries_of(person: Person, course_id: str) -> list[dict[str, Any]]:
    """Return why: the lines of the ledger, newest first."""
    return list(person.read(f"/gamification/api/v1/courses/{course_id}/entries/")["results"])


def place_of(person: Person, course_id: str) -> dict[str, Any] | None:
    """Return somebody's own line on the board, or None."""
    rows = person.read(f"/gamification/api/v1/courses/{course_id}/board/")["results"]
    return next((dict(row) for row in rows if row["is_me"]), None)


def earned_of(person: Person, course_id: str, subsection: str) -> float | None:
    """Return the points that the platform's progress page counts in a subsection, None until it lists that one."""
    found = person.read(f"/api/course_home/progress/{course_id}")
    names = {part["display_name"]: part for section in found["section_scores"] for part in section["subsections"]}
    return float(names[subsection]["num_points_earned"]) if subsection in names else None


def completion_of(person: Person, course_id: str, usage_key: str) -> float | None:
    """Return how far the platform's completion says that somebody is with a block."""
    asked = {"course_id": course_id, "username": person.name, "depth": "all", "requested_fields": "completion"}
    blocks = person.read("/api/courses/v2/blocks/", params=asked)["blocks"]
    return blocks[usage_key].get("completion")


def text_lines(page: str) -> str:
    """Return a page's text in one line."""
    return re.sub(r"\s+", " ", html.fromstring(page).text_content())
