"""A person who leaves the platform, and a course that is exported and imported."""

from __future__ import annotations

import pytest

from tests.contract.walk.case import points_of
from tests.contract.walk.classroom import FORM, Classroom
from tests.contract.walk.person import Person, eventually

pytestmark = pytest.mark.walk

JWT = {"USE-JWT-COOKIE": "true"}
POSITION = "I would first hear the one who printed the labels, quietly and without the manager."


@pytest.fixture(scope="module")
def archive(classroom: Classroom) -> bytes:
    """Return the course as Studio exports it."""
    author, course = classroom.studio.author, classroom.course_id
    begun = author.cms("POST", f"/export/{course}")
    assert begun.status_code == 200, begun.text[:300]

    def output() -> str:
        return author.cms("GET", f"/export_status/{course}").json().get("ExportOutput") or ""

    address = eventually(output)
    assert address, "the export did not end"
    file = author.session.get(author.platform.cms + address if address.startswith("/") else address, timeout=120)
    assert file.status_code == 200
    return bytes(file.content)


def test_both_blocks_survive_export_and_import(classroom, archive):
    studio = classroom.studio
    copy = studio.create_course("C" + classroom.course_id.split("+")[1])
    sent = studio.author.cms(
        "POST", f"/import/{copy}", files={"course-data": ("course.tar.gz", archive, "application/gzip")}
    )
    assert sent.status_code == 200, sent.text[:300]

    def state() -> int:
        return int(studio.author.cms("GET", f"/import_status/{copy}/course.tar.gz").json()["ImportStatus"])

    assert eventually(lambda: state() in {4, -4, -3, -2, -1}, seconds=180)
    assert state() == 4
    asked = {"course_id": copy, "all_blocks": "true", "depth": "all", "requested_fields": "display_name"}
    found = studio.author.read("/api/courses/v2/blocks/", params=asked)["blocks"]
    kinds = [block["type"] for block in found.values()]
    assert "points_panel" in kinds
    [case] = [key for key, block in found.items() if block["display_name"] == FORM["display_name"]]
    shown = studio.draw(case, "author_view")["html"]
    assert FORM["prompt"] in shown


def test_a_retired_learner_is_forgotten_and_nobodys_points_move(classroom, platform, admin):
    """The platform's own retirement, called as its pipeline does: forum, LMS misc, LMS."""
    made, _subsection = classroom.add_case("A case with a guest")
    guest, ada = classroom.stranger, classroom.ada
    guest.enrol(made.course_id)
    assert eventually(lambda: made.open(guest).status_code == 200)
    for learner, words in ((guest, POSITION), (ada, POSITION + " And then I would read the log with the day lead.")):
        made.do(learner, "start")
        made.do(learner, "post_position", text=words)
    before = points_of(ada, made.course_id)
    asked = guest.lms("POST", "/api/user/v1/accounts/deactivate_logout/", data={"password": guest.password})
    if asked.status_code != 204:
        pytest.skip(f"this platform has no retirement states: {asked.status_code}")
    _retire(admin, guest)
    assert eventually(lambda: POSITION + " And" in made.words(ada))
    assert points_of(ada, made.course_id) == before
    listed = made.decide(classroom.teacher, "posts", show="all").json()["panel"]
    assert guest.name not in listed
    assert "Dora Vos" not in listed
    assert POSITION + "<" not in listed
    entered = Person(platform, guest.name, guest.password).sign_in()
    assert entered.status_code != 200


def _retire(admin: Person, guest: Person) -> None:
    steps = [
        ("RETIRING_FORUMS", "/api/discussion/v1/accounts/retire_forum/"),
        ("RETIRING_LMS", "/api/user/v1/accounts/retire_misc/"),
        ("RETIRING_LMS", "/api/user/v1/accounts/retire/"),
    ]
    for state, address in steps:
        told = {"username": guest.name, "new_state": state, "response": "walk", "force": True}
        moved = admin.lms("PATCH", "/api/user/v1/accounts/update_retirement_status/", json=told, headers=JWT)
        assert moved.status_code == 204, f"{state}: {moved.status_code} {moved.text[:300]}"
        done = admin.lms("POST", address, json={"username": guest.name}, headers=JWT)
        if done.status_code == 500 and "Duplicate entry '' for key 'email'" in done.text:
            pytest.skip("this openedx-forum leaves an empty e-mail behind, so it retires one person only")
        assert done.status_code in {200, 204}, f"{address}: {done.status_code} {done.text[:300]}"
