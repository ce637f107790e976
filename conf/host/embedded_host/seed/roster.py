"""The people of the demo: learners from everywhere, a course team, volunteers, and a few to sign in as."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

TEXTS: Final = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Person:
    """One account. ``zeal`` runs from 0 (enrolled and silent) to 1 (does everything)."""

    username: str
    name: str
    city: str
    zone: str
    language: str
    zeal: float = 0.0
    role: str = "learner"
    about: str = ""
    cases: tuple[str, ...] | None = field(default=None)


ROLES: Final = (
    Person("amina", "Amina Hassan Otieno", "Nairobi", "Africa/Nairobi", "en", 1.0, "learner",
           "Learner in Nairobi who has just passed, is invited to a chapter and has a ticket for its open hour; one"
           " review of the task is left.",
           ("quiet_half", "too_salty")),
    Person("lotte", "Lotte van der Vermeer-de Graaf", "Rotterdam", "Europe/Amsterdam", "nl", 0.7, "learner",
           "Learner in Rotterdam, reads Dutch; was noted as absent in class; Leerkring Utrecht keeps a seat for her.",
           ("quiet_half", "every_calendar")),
    Person("xiaoyu", "林晓雨", "Shanghai", "Asia/Shanghai", "zh-hans", 0.8, "learner",
           "Learner in Shanghai, reads and writes Chinese; her class begins in a moment; moderates 上海学习圈,"
           " whose next meeting was moved."),
    Person("tomas", "Tomás Rivera", "Mexico City", "America/Mexico_City", "en", 0.0, "learner",
           "Learner who enrolled yesterday: every first time is still to come, also choosing a class.", ()),
    Person("ruth", "Ruth Abrahams", "Johannesburg", "Africa/Johannesburg", "en", 0.0, "instructor",
           "Instructor: hosts the class, closes cases, decides otherwise, edits the course in Studio."),
    Person("daan", "Daan Kuipers", "Utrecht", "Europe/Amsterdam", "nl", 0.0, "staff",
           "Course staff: looks after reports, learners who are behind, and their questions."),
    Person("mireille", "Mireille Dubois", "Lyon", "Europe/Paris", "en", 0.0, "moderator",
           "Moderator of the discussion, not of the course; runs Women who lead, where a request to come waits."),
    Person("wanjiru", "Wanjiru Kamau", "Nairobi", "Africa/Nairobi", "en", 0.0, "organizer",
           "Runs the Nairobi chapter: a roll to call, a result to write, a reported post, a ban with an appeal."),
    Person("daniel", "Daniel Oduor", "Nairobi", "Africa/Nairobi", "en", 0.0, "organizer",
           "Co-organizer in Nairobi; a confidential report is about him, and he never sees it."),
    Person("rosa", "Rosa Ortega", "Mexico City", "America/Mexico_City", "en", 0.0, "organizer",
           "Proposed a chapter in Mexico City and waits for the answer."),
    Person("grace", "Grace Nakato", "Kampala", "Africa/Kampala", "en", 0.0, "manager",
           "Community manager: a proposal and a confidential report wait for her."),
    Person("admin", "Site Admin", "Utrecht", "Europe/Amsterdam", "en", 0.0, "admin",
           "Site administrator: Django admin, every course."),
)  # fmt: skip


def list_roles() -> list[tuple[str, str, str]]:
    """Return (username, name, what to try) of the people to sign in as."""
    return [(person.username, person.name, person.about) for person in ROLES]


def build_roster(*, learners: int, chance: random.Random) -> list[Person]:
    """Return the people to sign in as and a crowd that makes up the number; the same people for the same chance."""
    people = list(ROLES)
    taken = {person.username for person in people}
    places = yaml.safe_load((TEXTS / "names.yaml").read_text(encoding="utf-8"))
    weights = [place["weight"] for place in places]
    missing = learners - sum(person.role == "learner" for person in people)
    for place in chance.choices(places, weights, k=max(missing, 0)):
        person = _invent(place, chance, taken)
        taken.add(person.username)
        people.append(person)
    return people


def _invent(place: dict[str, Any], chance: random.Random, taken: set[str]) -> Person:
    given, given_plain = chance.choice(place["given"]).rsplit("/", 1)
    family, family_plain = (chance.choice(place["family"]) if place["family"] else "/").rsplit("/", 1)
    glue = place.get("glue", " ")
    name = glue.join((family, given)) if place["order"] == "family" else f"{given} {family}".strip()
    username = base = f"{given_plain}.{family_plain}".strip(".")
    number = 2
    while username in taken:
        username, number = f"{base}{number}", number + 1
    # Communities are uneven: a quarter does most of what is visible, a quarter is never seen.
    zeal = max(0.0, min(1.0, chance.choice((0.0, 0.05, 0.2, 0.35, 0.5, 0.6, 0.85, 0.95)) + chance.uniform(-0.05, 0.05)))
    return Person(username, name, place["city"], place["zone"], place["language"], zeal)
