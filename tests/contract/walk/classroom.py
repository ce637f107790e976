"""The course of the walk: made in Studio, with its people in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from tests.contract.walk.case import Case
from tests.contract.walk.person import Person, Platform
from tests.contract.walk.studio import Studio

PEOPLE: Final = {
    "teacher": "Ruben Kok",
    "moderator": "Mira Sol",
    "ada": "Ada Lovink",
    "bram": "Bram de Wit",
    "cleo": "Cleo Mensah",
    "stranger": "Dora Vos",
}
FORM: Final = {
    "display_name": "A name by Tuesday",
    "case_text": "On Thursday two of nine bakers **call in sick**. The manager wants a name by Tuesday.",
    "prompt": "What do you do before Tuesday?",
    "position_min": "8",
    "position_max": "",
    "answers_wanted": "1",
    "answer_min": "5",
    "look_back_min": "5",
    "position_points": "4",
    "answers_points": "4",
    "look_back_points": "2",
    "is_held": True,
    "by_cohort": False,
    "topic_id": "",
    "opens_at": "",
    "closes_at": "",
}
TOPICS: Final = ("walk-open", "walk-moderated", "walk-spare")
APPS: Final = ("community_cases", "community_points")


@dataclass(frozen=True)
class Classroom:
    """A course that is published, with both blocks, and the people who meet there."""

    course_id: str
    people: dict[str, Person]
    studio: Studio
    section: str

    def __getattr__(self, name: str) -> Person:
        """Return one of the people by name."""
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def add_case(self, name: str, **form: Any) -> tuple[Case, str]:
        """Make a subsection with one case, as an author does, publish it, and return both."""
        subsection = self.studio.add(self.section, "sequential", name)
        unit = self.studio.add(subsection, "vertical", name)
        usage_key = self.studio.add(unit, "case_discussion", name)
        saved = self.studio.handle(usage_key, "author_action/submit", FORM | {"display_name": name} | form)
        assert saved.status_code == 200, saved.text[:500]
        self.studio.change(subsection, graderType="Homework")
        self.studio.publish(subsection)
        return Case(self.course_id, usage_key), subsection

    def id_of(self, person: Person) -> int:
        """Return somebody's id, as the gradebook tells it to the team."""
        asked = {"user_contains": person.name}
        found = self.teacher.read(f"/api/grades/v1/gradebook/{self.course_id}/", params=asked)["results"]
        return next(int(row["user_id"]) for row in found if row["username"] == person.name)


def gather(platform: Platform, admin: Person, accounts: list[tuple[str, str]]) -> dict[str, Person]:
    """Return the people of the walk: those of ``accounts``, or new ones with accounts of their own."""
    if accounts:
        found = {role: Person(platform, *account) for role, account in zip(PEOPLE, accounts, strict=True)}
    else:
        found = {role: _register(platform, role, full_name) for role, full_name in PEOPLE.items()}
    for person in found.values():
        if person.sign_in().status_code != 200:
            admin.activate(person.name)
            entered = person.sign_in()
            assert entered.status_code == 200, f"{person.name}: {entered.text[:300]}"
    return found


def _register(platform: Platform, role: str, full_name: str) -> Person:
    person = Person(platform, f"walk_{role}_{secrets.token_hex(3)}", secrets.token_urlsafe(18))
    made = person.register(full_name)
    assert made.status_code == 200, f"registration is closed; name accounts instead: {made.text[:300]}"
    return Person(platform, person.name, person.password)


def found_course(admin: Person, people: dict[str, Person]) -> Classroom:
    """Make the course with its team, its topics and its learners, and turn the suite on."""
    studio = Studio(admin)
    course_id = studio.create_course(f"W{secrets.token_hex(3)}")
    _appoint(admin, people, course_id)
    root = _root(course_id)
    topics = {topic: {"id": topic} for topic in TOPICS} | {"General": {"id": "course"}}
    settings = {"discussion_topics": {"value": topics}}
    saved = admin.cms("PATCH", f"/api/contentstore/v0/advanced_settings/{course_id}", json=settings)
    assert saved.status_code == 200, saved.text[:300]
    studio.change(root, metadata={"advanced_modules": ["case_discussion", "points_panel", "blended_task"]})
    for app in APPS:
        assert studio.switch(course_id, app, is_on=True).status_code == 200
    section = studio.add(root, "chapter", "Week 1")
    for role in ("moderator", "ada", "bram", "cleo"):
        people[role].enrol(course_id)
    _let_moderate(admin, people["moderator"], course_id)
    return Classroom(course_id, people, studio, section)


def _root(course_id: str) -> str:
    return course_id.replace("course-v1:", "block-v1:") + "+type@course+block@course"


def _appoint(admin: Person, people: dict[str, Person], course_id: str) -> None:
    address = f"/course_team/{course_id}/{people['teacher'].name}@example.com"
    appointed = admin.cms("PUT", address, json={"role": "staff"})
    assert appointed.status_code in {200, 204}, appointed.text[:300]


def _let_moderate(admin: Person, moderator: Person, course_id: str) -> None:
    role = {"unique_student_identifier": moderator.name, "rolename": "Moderator", "action": "allow"}
    given = admin.lms("POST", f"/courses/{course_id}/instructor/api/update_forum_role_membership", data=role)
    assert given.status_code == 200, given.text[:300]
