"""Who may not: staff in a learner's place, people who left, and courses that did not ask for the suite."""

from __future__ import annotations

import pytest

from tests.contract.walk.case import Case, completion_of, earned_of, entries_of, points_of
from tests.contract.walk.classroom import APPS, TOPICS, Classroom
from tests.contract.walk.person import Person, eventually

pytestmark = pytest.mark.walk

POSITION = "I would write down what everyone saw before anybody speaks about blame at all."
NAME = "A case nobody began"


@pytest.fixture(scope="module")
def case(classroom: Classroom) -> Case:
    """Return a published case that no learner has opened."""
    made, _subsection = classroom.add_case(NAME)
    assert eventually(lambda: made.open(classroom.teacher).status_code == 200)
    return made


def _view_as(teacher: Person, course_id: str, **whom: str) -> None:
    answer = teacher.lms("POST", f"/courses/{course_id}/masquerade", json=whom)
    assert answer.json() == {"success": True}, answer.text[:300]


def test_viewing_as_a_learner_changes_nothing_of_theirs(classroom, case):
    teacher, cleo = classroom.teacher, classroom.cleo
    points = points_of(cleo, case.course_id)
    _view_as(teacher, case.course_id, role="student", user_name=cleo.name)
    try:
        assert "You are viewing the course as a learner." in case.words(teacher)
        acts = {"start": {}, "draft": {"name": "position", "text": POSITION}, "post_position": {"text": POSITION}}
        for act, data in acts.items():
            assert case.act(teacher, act, **data).status_code == 403, act
        assert case.decide(teacher, "overview").status_code == 403
    finally:
        _view_as(teacher, case.course_id, role="staff")
    seen = case.decide(teacher, "learner", user=classroom.id_of(cleo)).json()["panel"]
    assert "Nothing written here yet." in seen
    assert case.step(cleo) == "read"
    assert POSITION not in case.words(cleo)
    assert eventually(lambda: earned_of(cleo, case.course_id, NAME) == 0)
    assert completion_of(cleo, case.course_id, case.usage_key) in {0.0, None}
    assert points_of(cleo, case.course_id) == points


def test_a_stranger_is_refused_by_handlers_and_api(classroom, case):
    for person, status in ((classroom.stranger, 403), (classroom.ada, 200)):
        assert case.act(person, "show").status_code == status
        me = person.lms("GET", f"/gamification/api/v1/courses/{case.course_id}/me/")
        assert me.status_code == status
    assert case.act(classroom.stranger, "post_position", text=POSITION).status_code == 403
    for act in ("overview", "posts", "reports"):
        assert case.decide(classroom.moderator, act).status_code == 403
        assert case.decide(classroom.teacher, act).status_code == 200


def test_who_left_the_course_is_refused(classroom, case):
    """The platform itself still runs a block's handler for somebody who left."""
    guest = classroom.stranger
    guest.enrol(case.course_id)
    case.do(guest, "start")
    case.do(guest, "post_position", text=POSITION)
    guest.leave(case.course_id)
    try:
        for act, data in {"show": {}, "post_position": {"text": POSITION}, "draft": {"name": "a", "text": "b"}}.items():
            assert case.act(guest, act, **data).status_code == 403, act
        assert case.open(guest).status_code == 404
        assert guest.lms("GET", f"/gamification/api/v1/courses/{case.course_id}/me/").status_code == 403
    finally:
        guest.enrol(case.course_id)
    assert case.step(guest) == "answer"
    guest.leave(case.course_id)


def _our_tabs(person: Person, course_id: str) -> list[str]:
    tabs = person.read(f"/api/course_home/course_metadata/{course_id}")["tabs"]
    return [tab["url"] for tab in tabs if "/gamification/" in tab["url"]]


def test_a_course_without_the_suite_is_left_alone(classroom, case):
    """Nothing is shown, and what is written meanwhile earns nothing later: no line was kept of it."""
    teacher, ada, course = classroom.teacher, classroom.ada, case.course_id
    before = len(entries_of(ada, course))
    total = points_of(ada, course)
    for app in APPS:
        assert classroom.studio.switch(course, app, is_on=False).status_code == 200
    try:
        # Each process of the LMS remembers for some seconds that points were on.
        assert eventually(lambda: not _our_tabs(ada, course))
        for path in ("points", "board", "how", "privacy"):
            assert ada.lms("GET", f"/gamification/courses/{course}/{path}/").status_code == 404
        assert ada.lms("GET", f"/gamification/api/v1/courses/{course}/me/").status_code in {403, 404}
        assert case.open(ada).status_code == 200
        assert eventually(lambda: case.act(ada, "show").status_code == 403)
        assert case.act(ada, "post_position", text=POSITION).status_code == 403
        assert case.decide(teacher, "overview").status_code == 403
        thread = ada.start_thread(course, TOPICS[2], title="Meanwhile", body="Written while nothing was counted here.")
        ada.respond(thread["id"], "And answered too, with words enough for a comment.")
    finally:
        for app in APPS:
            assert classroom.studio.switch(course, app, is_on=True).status_code == 200
    me = f"/gamification/api/v1/courses/{course}/me/"
    assert eventually(lambda: ada.lms("GET", me).status_code == 200)
    assert points_of(ada, course) == total
    assert len(entries_of(ada, course)) == before
