"""A course that leads to a chapter, and the chapter itself, met over HTTP."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any, Final

from tests.contract.walk.case import Case
from tests.contract.walk.classroom import Classroom
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person

API: Final = "/chapters/api/v1"
#: All that is graded is one kind of work, and half of it passes.
_POLICY: Final = {
    "graders": [
        {"type": "Homework", "min_count": 1, "drop_count": 0, "short_label": "HW", "weight": 100, "id": 0},
    ],
    "grade_cutoffs": {"Pass": 0.5},
    "grace_period": None,
    "minimum_grade_credit": 0.8,
}
_INTRODUCTION: Final = {"position": "Team lead", "why": "To say it aloud first"}


@dataclass(frozen=True)
class Chapter:
    """A chapter by its slug."""

    slug: str

    @property
    def path(self) -> str:
        """Return where its pages begin."""
        return f"/chapters/{self.slug}/"

    def page(self, person: Person, rest: str = "") -> Page:
        """Open one of its pages."""
        return Page.open(person, self.path + rest)

    def ask(self, person: Person, rest: str = "", method: str = "GET", **options: Any) -> Any:
        """Ask its REST API."""
        return person.lms(method, f"{API}/chapters/{self.slug}/{rest}", **options)

    def join(self, person: Person) -> Page:
        """Join on its own page, as somebody without script does."""
        return self.page(person, "join/").send("position", **_INTRODUCTION)

    def open_boards(self, person: Person) -> set[str]:
        """Return the boards that are open to somebody, none for who is no member."""
        answer = self.ask(person, "boards/")
        if answer.status_code != 200:
            return set()
        return {board["audience"] for board in answer.json()["results"] if board["is_open"]}

    def write(self, person: Person, board: str, title: str, body: str) -> Page:
        """Begin a topic on its page."""
        form = self.page(person, f"topics/new/?board={board}")
        return form.send("title", board=board, kind="light", title=title, body=body)


def propose(person: Person, name: str) -> None:
    """Propose a chapter in Utrecht."""
    said = {
        "audience": "people who lead others for the first time",
        "core_value": "practising hard talks",
        "tone": "after work",
        "name": name,
        "lead": "One talk an evening.",
        "unique_value": "You hear how it lands.",
        "lost": "Rehearsing in the car.",
        "goals": "One hard talk each.",
        "field": "Feedback",
        "members": "Team leads",
        "results": "Sentences",
        "cover": "2",
        "contact": "walkers@example.com",
        "will_not": "Sell.",
        "type": "knowledge",
        "scope": "city",
        "city": "Utrecht",
        "country": "NL",
        "zone": "Europe/Amsterdam",
        "language": "en",
    }
    form = Page.open(person, "/chapters/propose/")
    assert form.status == 200, form.words[:300]
    sent = form.send("core_value", **said)
    assert sent.status == 200, sent.words[:800]


def approve(manager: Person, name: str, slug: str) -> Chapter:
    """Approve what was proposed, make it active, and return it."""
    page = Page.open(manager, f"/chapters/manage/chapters/?q={name.rsplit(maxsplit=1)[-1]}").follow(name)
    assert page.status == 200, page.words[:300]
    approved = page.send("slug", slug=slug, act="approve")
    assert approved.status == 200, approved.words[:800]
    chapter = Chapter(slug)
    moved = chapter.ask(manager, "life/", "POST", json={"to": "active"})
    assert moved.status_code == 200, moved.text[:300]
    return chapter


def set_rules(manager: Person, chapter: Chapter, course_id: str) -> None:
    """Say that who takes or completes a course belongs to the chapter's boards."""
    page = chapter.page(manager, "desk/rules/")
    assert page.status == 200, page.words[:300]
    asked = {}
    for audience in ("learners", "alumni"):
        asked |= {f"{audience}-courses": course_id, f"{audience}-match": "any", f"{audience}-follows": "invite"}
    shown = page.send("learners-courses", **asked)
    assert shown.status == 200, shown.words[:800]
    changed = shown.send("learners-courses", act="confirm")
    assert changed.status == 200, changed.words[:800]


def found_course_with_certificate(classroom: Classroom, admin: Person) -> tuple[Classroom, Case, str]:
    """Make a course that one case passes and that gives a certificate; return it, the case and a chapters block."""
    studio = classroom.studio
    course_id = studio.create_course(f"C{secrets.token_hex(3)}")
    root = course_id.replace("course-v1:", "block-v1:") + "+type@course+block@course"
    studio.change(root, metadata={"advanced_modules": ["case_discussion", "chapter_panel"]})
    appointed = admin.cms(
        "PUT", f"/course_team/{course_id}/{classroom.teacher.name}@example.com", json={"role": "staff"}
    )
    assert appointed.status_code in {200, 204}, appointed.text[:300]
    _let_certify(admin, course_id)
    graded = admin.cms("POST", f"/settings/grading/{course_id}", json=_POLICY)
    assert graded.status_code == 200, graded.text[:300]
    for app in ("community_cases", "community_chapters"):
        assert studio.switch(course_id, app, is_on=True).status_code == 200
    section = studio.add(root, "chapter", "Week 1")
    course = Classroom(course_id, classroom.people, studio, section)
    case, _subsection = course.add_case("What passes the course")
    part = studio.add(section, "sequential", "And then")
    unit = studio.add(part, "vertical", "Go on")
    panel = studio.add(unit, "chapter_panel", "Go on together")
    studio.publish(part)
    return course, case, panel


def _let_certify(admin: Person, course_id: str) -> None:
    """Give the course a mode that earns certificates, and a certificate that is shown at once."""
    mode = {
        "course_id": course_id,
        "mode_slug": "honor",
        "mode_display_name": "Honor",
        "min_price": 0,
        "currency": "usd",
    }
    made = admin.lms("POST", f"/api/course_modes/v1/courses/{course_id}/", json=mode)
    assert made.status_code in {200, 201}, made.text[:300]
    details = f"/settings/details/{course_id}"
    found = admin.cms("GET", details).json()
    saved = admin.cms("POST", details, json={**found, "certificates_display_behavior": "early_no_info"})
    assert saved.status_code == 200, saved.text[:300]
    certificate = {
        "name": "Walk",
        "description": "For who went through",
        "course_title": "",
        "is_active": False,
        "version": 1,
        "signatories": [{"name": "Ruben Kok", "title": "Teacher", "organization": "Walk"}],
    }
    made = admin.cms("POST", f"/certificates/{course_id}", json=certificate)
    assert made.status_code in {200, 201}, made.text[:300]
    turned = admin.cms("POST", f"/certificates/activation/{course_id}/", json={"is_active": True})
    assert turned.status_code == 200, turned.text[:300]
    _turn_on_certificates(admin)


def _turn_on_certificates(admin: Person) -> None:
    """Turn on that certificates are made when somebody passes, unless the site has decided about it."""
    name = "certificates.auto_certificate_generation"
    if not rows_in_admin(admin, "waffle/switch", q=name):
        form = Page.open(admin, "/admin/waffle/switch/add/")
        sent = form.send("name", name=name, active="on")
        assert sent.status == 200, sent.words[:300]


def find_certificate(person: Person, course_id: str) -> str:
    """Return the address of somebody's certificate, empty while there is none."""
    answer = person.lms("GET", f"/api/certificates/v0/certificates/{person.name}/courses/{course_id}/")
    found = answer.json().get("download_url") if answer.status_code == 200 else ""
    return re.sub(r"^https?://[^/]+", "", found or "")


def rows_in_admin(admin: Person, model: str, **asked: Any) -> int:
    """Return how many rows the Django admin lists."""
    page = Page.open(admin, f"/admin/{model}/?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    assert page.status == 200, page.words[:300]
    return len(page.tree.xpath("//table[@id='result_list']/tbody/tr"))
