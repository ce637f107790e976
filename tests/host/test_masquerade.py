"""Staff look at a course as a learner: what they see is the learner's, what they do leaves no trace there."""

import json

import pytest
from completion.models import BlockCompletion

from lms.djangoapps.courseware.models import StudentModule


@pytest.fixture
def staff_client(client, staff):
    client.force_login(staff)
    return client


def look_as(client, course, view, name=""):
    return client.post(f"/courses/{course}/masquerade", {"view": view, "user_name": name})


def test_as_one_learner_the_runtime_is_the_learners(staff_client, staff, course, enrolled, handler_url):
    look_as(staff_client, course, "specific", "ada")
    who = staff_client.get(handler_url("who")).json()
    assert who["scope_user_id"] == who["edx-platform.user_id"] == enrolled.id
    assert (who["edx-platform.username"], who["edx-platform.user_is_staff"]) == ("ada", False)
    assert int(staff_client.session["_auth_user_id"]) == staff.id


def test_as_one_learner_the_unit_page_shows_the_learners_state(staff_client, staff, course, enrolled):
    for person, count in ((staff, 7), (enrolled, 4)):
        StudentModule.objects.create(
            student=person, course_id=course, module_state_key=course.make_usage_key("host_probe", "probe"),
            module_type="host_probe", state=json.dumps({"count": count}),
        )  # fmt: skip
    unit = f"/courses/{course}/units/{course.make_usage_key('vertical', 'unit1')}"
    assert ": 7</p>" in staff_client.get(unit).content.decode()
    look_as(staff_client, course, "specific", "ada")
    assert ": 4</p>" in staff_client.get(unit).content.decode()


def test_as_one_learner_nothing_is_stored_for_the_learner(staff_client, course, enrolled, handler_url):
    StudentModule.objects.create(
        student=enrolled, course_id=course, module_state_key=course.make_usage_key("host_probe", "probe"),
        module_type="host_probe", state='{"count": 4}',
    )  # fmt: skip
    look_as(staff_client, course, "specific", "ada")
    assert staff_client.post(handler_url("add")).json()["count"] == 5
    assert staff_client.post(handler_url("add")).json()["count"] == 6
    grade = {"type": "grade", "event": {"value": 1, "max_value": 1}}
    completion = {"type": "completion", "event": {"completion": 1}}
    for event in (grade, completion):
        staff_client.post(handler_url("publish_event"), json.dumps(event), content_type="application/json")
    row = StudentModule.objects.get()
    assert (json.loads(row.state), row.grade) == ({"count": 4}, None)
    assert not BlockCompletion.objects.exists()


def test_as_any_learner_staff_keep_their_id_and_lose_their_role(staff_client, staff, course, handler_url):
    look_as(staff_client, course, "student")
    who = staff_client.get(handler_url("who")).json()
    assert who["scope_user_id"] == staff.id
    assert (who["edx-platform.user_role"], who["edx-platform.user_is_staff"]) == ("student", False)
    look_as(staff_client, course, "staff")
    assert staff_client.get(handler_url("who")).json()["edx-platform.user_role"] == "staff"


def test_as_a_learner_the_team_only_unit_is_gone(staff_client, course):
    hidden = f"/courses/{course}/units/block-v1:Org+C1+run+type@vertical+block@hidden"
    assert staff_client.get(hidden).status_code == 200
    look_as(staff_client, course, "student")
    assert staff_client.get(hidden).status_code == 404


def test_only_staff_may_look_as_others(client, course, enrolled, handler_url):
    client.force_login(enrolled)
    assert look_as(client, course, "specific", "ada").status_code == 404


def test_an_unknown_learner_is_named_and_nothing_changes(staff_client, course, staff, handler_url):
    look_as(staff_client, course, "specific", "nobody<b>")
    page = staff_client.get(f"/courses/{course}/").content.decode()
    assert "There is no learner &quot;nobody&lt;b&gt;&quot; in this course." in page
    assert staff_client.get(handler_url("who")).json()["scope_user_id"] == staff.id


def test_a_learner_who_left_ends_the_masquerade(staff_client, course, enrolled, staff, handler_url):
    from common.djangoapps.student.models import CourseEnrollment

    look_as(staff_client, course, "specific", "ada")
    CourseEnrollment.unenroll(enrolled, course)
    assert staff_client.get(handler_url("who")).json()["scope_user_id"] == staff.id


def test_the_choice_is_offered_to_the_team_only(staff_client, client, course, enrolled):
    assert "View this course as" in staff_client.get(f"/courses/{course}/").content.decode()
    client.force_login(enrolled)
    assert "View this course as" not in client.get(f"/courses/{course}/").content.decode()
